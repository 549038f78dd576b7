package internship

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"time"

	"lectern/app/catalog"
	"lectern/app/db"
	"lectern/app/fault"
	"lectern/app/search"
)

const postColumns = `p.id, p.slug, p.title, p.summary, p.description, p.duration, p.place, p.stipend, p.fee, p.currency, p.seats, p.last_day,
	p.status, p.position, p.version, p.created_at, p.published_at`

// postFields are where postColumns are scanned to; done finishes the post after the scan.
func postFields(p *Post) (fields []any, done func()) {
	var created int64
	var published sql.NullInt64
	fields = []any{&p.ID, &p.Slug, &p.Title, &p.Summary, &p.Description, &p.Duration, &p.Place, &p.Stipend, &p.Fee.Amount, &p.Fee.Currency, &p.Seats, &p.LastDay,
		&p.Status, &p.Position, &p.Version, &created, &published}
	return fields, func() { p.CreatedAt, p.PublishedAt = db.Time(created), db.MaybeTime(published) }
}

func scanPost(row db.Scanner) (Post, error) {
	var p Post
	fields, done := postFields(&p)
	err := row.Scan(fields...)
	done()
	return p, err
}

func postBy(ctx context.Context, q db.Querier, where string, args ...any) (Post, error) {
	p, err := scanPost(q.QueryRowContext(ctx, `SELECT `+postColumns+` FROM internships p WHERE `+where, args...))
	if errors.Is(err, sql.ErrNoRows) {
		return p, none()
	}
	return p, err
}

// lockPost holds a row by an update that changes nothing: there is no FOR UPDATE on SQLite.
func lockPost(ctx context.Context, tx *sql.Tx, id string) error {
	return db.Exec(ctx, tx, `UPDATE internships SET version = version WHERE id = $1`, id)
}

func published(ctx context.Context, q db.Querier) ([]Post, error) {
	return db.All(ctx, q, scanPost, `SELECT `+postColumns+` FROM internships p WHERE p.status = 'published' ORDER BY p.position, p.id`)
}

func postsIn(ctx context.Context, q db.Querier, status string) ([]Post, error) {
	return db.All(ctx, q, scanPost, `SELECT `+postColumns+` FROM internships p WHERE p.status = $1 ORDER BY p.position, p.id`, status)
}

func anyListed(ctx context.Context, q db.Querier, today string) (bool, error) {
	return db.Value[bool](ctx, q, `SELECT EXISTS (SELECT 1 FROM internships WHERE status = 'published' AND (last_day = '' OR last_day >= $1))`, today)
}

// insertPost adds p. A slug that came empty is made from the title, with a number behind it while it is taken.
func insertPost(ctx context.Context, tx *sql.Tx, p Post) (Post, error) {
	given, base := p.Slug != "", p.Slug
	if !given {
		base = catalog.Slug(p.Title)
	}
	if base == "" {
		base = "internship"
	}
	p.ID, p.Slug = db.NewID(), base
	for n := 2; ; n++ {
		made, err := insertRow(ctx, tx, &p)
		if err != nil || made {
			return p, err
		}
		if given {
			return p, fault.Field("slug", "internship.slug.taken", "slug", p.Slug)
		}
		p.Slug = fmt.Sprintf("%s-%d", base, n)
	}
}

// insertRow writes the row at the end of the order; made is false if the slug is taken.
func insertRow(ctx context.Context, tx *sql.Tx, p *Post) (made bool, err error) {
	publishedAt := sql.NullInt64{Int64: db.Millis(p.PublishedAt), Valid: !p.PublishedAt.IsZero()}
	err = tx.QueryRowContext(ctx, `INSERT INTO internships (id, slug, title, summary, description, duration, place, stipend, fee, currency, seats, last_day,
			status, version, created_at, published_at, position)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, (SELECT COALESCE(max(position), 0) + 1 FROM internships))
		ON CONFLICT (slug) DO NOTHING RETURNING position`,
		p.ID, p.Slug, p.Title, p.Summary, p.Description, p.Duration, p.Place, p.Stipend, p.Fee.Amount, p.Fee.Currency, p.Seats, p.LastDay,
		p.Status, p.Version, db.Millis(p.CreatedAt), publishedAt).Scan(&p.Position)
	if errors.Is(err, sql.ErrNoRows) {
		return false, nil
	}
	return err == nil, err
}

func slugTaken(ctx context.Context, q db.Querier, slug, by string) (bool, error) {
	return db.Value[bool](ctx, q, `SELECT EXISTS (SELECT 1 FROM internships WHERE slug = $1 AND id <> $2)`, slug, by)
}

// updatePost writes the texts of p where they still have the version that p was made from.
func updatePost(ctx context.Context, tx *sql.Tx, p Post) (bool, error) {
	return db.Changed(ctx, tx, `UPDATE internships SET slug = $1, title = $2, summary = $3, description = $4, duration = $5, place = $6, stipend = $7,
			fee = $8, currency = $9, seats = $10, last_day = $11, version = version + 1 WHERE id = $12 AND version = $13`,
		p.Slug, p.Title, p.Summary, p.Description, p.Duration, p.Place, p.Stipend, p.Fee.Amount, p.Fee.Currency, p.Seats, p.LastDay, p.ID, p.Version)
}

func movePost(ctx context.Context, tx *sql.Tx, id, from, to string, now time.Time) (bool, error) {
	return db.Changed(ctx, tx, `UPDATE internships SET status = $1, published_at = CASE WHEN $1 = 'published' THEN COALESCE(published_at, $2) ELSE published_at END
		WHERE id = $3 AND status = $4 AND status <> $1`, to, db.Millis(now), id, from)
}

// place gives posts their positions anew, in the order of the list.
func place(ctx context.Context, tx *sql.Tx, posts []Post) error {
	positions := make([]int64, len(posts))
	for i, p := range posts {
		positions[i] = p.Position
	}
	slices.Sort(positions) // those that they had, so that others stay between them
	for i, p := range posts {
		if i > 0 && positions[i] <= positions[i-1] {
			positions[i] = positions[i-1] + 1
		}
		if err := db.Exec(ctx, tx, `UPDATE internships SET position = $1 WHERE id = $2`, positions[i], p.ID); err != nil {
			return err
		}
	}
	return nil
}

// index makes the words by which an internship is found.
func index(ctx context.Context, tx *sql.Tx, p Post) error {
	return search.Put(ctx, tx, "internship", p.ID, p.Title, p.Summary, p.Place)
}

func postRows(ctx context.Context, q db.Querier, where string, args ...any) ([]PostRow, error) {
	return db.All(ctx, q, func(row db.Scanner) (PostRow, error) {
		var r PostRow
		fields, done := postFields(&r.Post)
		err := row.Scan(append(fields, &r.Applied, &r.Unseen, &r.Accepted)...)
		done()
		return r, err
	}, `SELECT `+postColumns+`, (SELECT count(*) FROM applications a WHERE a.internship_id = p.id),
			(SELECT count(*) FROM applications a WHERE a.internship_id = p.id AND a.seen_at IS NULL),
			(SELECT count(*) FROM applications a WHERE a.internship_id = p.id AND a.status = 'accepted')
		FROM internships p WHERE `+where+fmt.Sprintf(` ORDER BY p.position, p.id LIMIT %d`, mostPosts), args...)
}

func anyApplied(ctx context.Context, q db.Querier, id string) (bool, error) {
	return db.Value[bool](ctx, q, `SELECT EXISTS (SELECT 1 FROM applications WHERE internship_id = $1)`, id)
}
