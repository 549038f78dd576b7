package catalog

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"

	"lectern/app/db"
	"lectern/app/fault"
	"lectern/app/lang"
	"lectern/app/search"
)

const columns = `c.id, c.slug, c.title, c.summary, c.description, c.audience, c.outcomes, c.teacher, c.level, c.duration,
	c.status, c.price, c.currency, c.next_price, c.next_from, c.picture, c.featured, c.position, c.created_at, c.published_at, c.version`

func scanCourse(row db.Scanner) (Course, error) {
	var c Course
	var outcomes string
	var created int64
	var published, nextPrice, nextFrom sql.NullInt64
	err := row.Scan(&c.ID, &c.Slug, &c.Title, &c.Summary, &c.Description, &c.Audience, &outcomes, &c.Teacher, &c.Level,
		&c.Duration, &c.Status, &c.Price.Amount, &c.Price.Currency, &nextPrice, &nextFrom, &c.Picture, &c.Featured, &c.Position,
		&created, &published, &c.Version)
	if nextFrom.Valid {
		c.Next = Plan{Price: lang.Money{Amount: nextPrice.Int64, Currency: c.Price.Currency}, From: db.Time(nextFrom.Int64)}
	}
	if outcomes != "" {
		c.Outcomes = strings.Split(outcomes, "\n")
	}
	c.CreatedAt, c.PublishedAt = db.Time(created), db.MaybeTime(published)
	return c, err
}

func one(row *sql.Row) (Course, error) {
	c, err := scanCourse(row)
	if errors.Is(err, sql.ErrNoRows) {
		return Course{}, errNoCourse()
	}
	return c, err
}

func courseBySlug(ctx context.Context, q db.Querier, slug string) (Course, error) {
	return one(q.QueryRowContext(ctx, `SELECT `+columns+` FROM courses c WHERE c.slug = $1`, slug))
}

func courseByOldSlug(ctx context.Context, q db.Querier, slug string) (Course, error) {
	return one(q.QueryRowContext(ctx, `SELECT `+columns+` FROM course_slugs o JOIN courses c ON c.id = o.course_id WHERE o.slug = $1`, slug))
}

func courseByID(ctx context.Context, q db.Querier, id string) (Course, error) {
	return one(q.QueryRowContext(ctx, `SELECT `+columns+` FROM courses c WHERE c.id = $1`, id))
}

// lockCourse reads a course and holds it until tx ends, by an update that changes nothing: there is no FOR UPDATE on SQLite,
// and no alias in RETURNING.
func lockCourse(ctx context.Context, tx *sql.Tx, id string) (Course, error) {
	return one(tx.QueryRowContext(ctx, `UPDATE courses SET version = version WHERE id = $1 RETURNING `+strings.ReplaceAll(columns, "c.", ""), id))
}

func coursesByID(ctx context.Context, q db.Querier, ids []string) ([]Course, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	list, args := db.List(nil, ids)
	return db.All(ctx, q, scanCourse, `SELECT `+columns+` FROM courses c WHERE c.id IN (`+list+`)`, args...)
}

func featured(ctx context.Context, q db.Querier) ([]Course, error) {
	return db.All(ctx, q, scanCourse, `SELECT `+columns+` FROM courses c
		WHERE c.status = 'published' AND c.featured ORDER BY c.position, c.id`)
}

func firstListed(ctx context.Context, q db.Querier, n int) ([]Course, error) {
	return db.All(ctx, q, scanCourse, `SELECT `+columns+` FROM courses c
		WHERE c.status = 'published' ORDER BY c.position, c.id LIMIT $1`, n)
}

var orders = map[string]string{
	"":       "c.position, c.id",
	"title":  "c.position, c.id", // sorted by List
	"newest": "c.published_at DESC NULLS LAST, c.id DESC",
	"price":  "c.price, c.position, c.id",
}

// listed returns the published courses that meet cond and the level, in the order of q.Sort.
func listed(ctx context.Context, q db.Querier, cond string, args []any, query ListQuery) ([]entry, error) {
	if query.Level != "" {
		args = append(args, query.Level)
		cond += fmt.Sprintf(" AND c.level = $%d", len(args))
	}
	return db.All(ctx, q, func(row db.Scanner) (e entry, err error) {
		err = row.Scan(&e.id, &e.title)
		return e, err
	}, `SELECT c.id, c.title FROM courses c WHERE c.status = 'published' AND `+cond+` ORDER BY `+orders[query.Sort], args...)
}

func stats(ctx context.Context, q db.Querier) (Stats, error) {
	var s Stats
	err := q.QueryRowContext(ctx, `SELECT
		(SELECT count(*) FROM courses WHERE status = 'published'),
		(SELECT count(*) FROM courses c JOIN sections s ON s.course_id = c.id WHERE c.status = 'published' AND s.deleted_at IS NULL),
		(SELECT count(*) FROM courses c JOIN sections s ON s.course_id = c.id JOIN lessons l ON l.section_id = s.id
			WHERE c.status = 'published' AND s.deleted_at IS NULL AND l.deleted_at IS NULL)`).Scan(&s.Courses, &s.Sections, &s.Lessons)
	return s, err
}

// insertCourse adds c. A slug that came empty is made from the title, with a number behind it while it is taken.
func insertCourse(ctx context.Context, tx *sql.Tx, c Course) (Course, error) {
	given, base := c.Slug != "", c.Slug
	if !given {
		base = Slug(c.Title)
	}
	if base == "" {
		base = "course"
	}
	if !isID(c.ID) {
		c.ID = db.NewID()
	}
	c.Slug = base
	for n := 2; ; n++ {
		position, err := insertRow(ctx, tx, c)
		if err == nil {
			c.Position = position
			taken, err := leadsElsewhere(ctx, tx, c.Slug, c.ID)
			if err != nil || !taken {
				return c, err
			}
			if err := deleteCourse(ctx, tx, c.ID); err != nil {
				return c, err
			}
		} else if !errors.Is(err, sql.ErrNoRows) {
			return c, err
		}
		if given {
			return c, fault.Field("slug", "catalog.slug.taken", "slug", c.Slug)
		}
		c.Slug = fmt.Sprintf("%s-%d", base, n)
	}
}

// isID tells whether an id that came from outside can be one of ours.
func isID(id string) bool {
	return len(id) == 20 && !strings.ContainsFunc(id, func(r rune) bool { return (r < '0' || r > '9') && (r < 'a' || r > 'v') })
}

// insertRow writes the row and returns its position, the last when c has none; sql.ErrNoRows if the slug is taken.
func insertRow(ctx context.Context, tx *sql.Tx, c Course) (position int64, err error) {
	var published any
	if !c.PublishedAt.IsZero() {
		published = db.Millis(c.PublishedAt)
	}
	err = tx.QueryRowContext(ctx, `INSERT INTO courses (id, slug, title, summary, description, audience, outcomes, teacher,
			level, duration, price, currency, status, featured, position, created_at, published_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14,
			CASE WHEN $15 > 0 THEN $15 ELSE (SELECT COALESCE(max(position), 0) + 1 FROM courses) END, $16, $17)
		ON CONFLICT (slug) DO NOTHING RETURNING position`,
		c.ID, c.Slug, c.Title, c.Summary, c.Description, c.Audience, strings.Join(c.Outcomes, "\n"), c.Teacher, c.Level,
		c.Duration, c.Price.Amount, c.Price.Currency, c.Status, c.Featured, c.Position, db.Millis(c.CreatedAt), published).
		Scan(&position)
	return position, err
}

// index makes the words by which the course is found, those of its sections among them.
func index(ctx context.Context, tx *sql.Tx, c Course) error {
	sections, err := db.All(ctx, tx, func(row db.Scanner) (title string, err error) { return title, row.Scan(&title) },
		`SELECT title FROM sections WHERE course_id = $1 AND deleted_at IS NULL ORDER BY position, id`, c.ID)
	if err != nil {
		return err
	}
	return search.Put(ctx, tx, "course", c.ID, append([]string{c.Title, c.Summary, c.Level}, sections...)...)
}

// isEmpty reports whether nothing was ever done with this database: no course, no internship, and nobody but admins.
func isEmpty(ctx context.Context, tx *sql.Tx) (bool, error) {
	return db.Value[bool](ctx, tx, `SELECT NOT EXISTS (SELECT 1 FROM courses) AND NOT EXISTS (SELECT 1 FROM internships)
		AND NOT EXISTS (SELECT 1 FROM users WHERE role <> 'admin')`)
}
