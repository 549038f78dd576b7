package catalog

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"time"

	"lectern/app/db"
	"lectern/app/fault"
	"lectern/app/search"
)

const columns = `c.id, c.slug, c.title, c.summary, c.description, c.audience, c.outcomes, c.teacher, c.level, c.duration,
	c.status, c.price, c.currency, c.featured, c.position, c.created_at, c.published_at`

func scanCourse(row db.Scanner) (Course, error) {
	var c Course
	var outcomes string
	var created int64
	var published sql.NullInt64
	err := row.Scan(&c.ID, &c.Slug, &c.Title, &c.Summary, &c.Description, &c.Audience, &outcomes, &c.Teacher, &c.Level,
		&c.Duration, &c.Status, &c.Price.Amount, &c.Price.Currency, &c.Featured, &c.Position, &created, &published)
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
	return one(q.QueryRowContext(ctx, `SELECT `+columns+` FROM courses c WHERE c.slug = $1 AND c.status <> 'draft'`, slug))
}

func courseByID(ctx context.Context, q db.Querier, id string) (Course, error) {
	return one(q.QueryRowContext(ctx, `SELECT `+columns+` FROM courses c WHERE c.id = $1`, id))
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

func outline(ctx context.Context, q db.Querier, courseID string) ([]Section, error) {
	type line struct{ id, section, lesson string }
	lines, err := db.All(ctx, q, func(row db.Scanner) (l line, err error) {
		err = row.Scan(&l.id, &l.section, &l.lesson)
		return l, err
	}, `SELECT s.id, s.title, COALESCE(l.title, '') FROM sections s LEFT JOIN lessons l ON l.section_id = s.id
		WHERE s.course_id = $1 ORDER BY s.position, s.id, l.position, l.id`, courseID)
	var sections []Section
	last := ""
	for _, l := range lines {
		if l.id != last {
			sections, last = append(sections, Section{Title: l.section}), l.id
		}
		if l.lesson != "" {
			s := &sections[len(sections)-1]
			s.Lessons = append(s.Lessons, l.lesson)
		}
	}
	return sections, err
}

func stats(ctx context.Context, q db.Querier) (Stats, error) {
	var s Stats
	err := q.QueryRowContext(ctx, `SELECT
		(SELECT count(*) FROM courses WHERE status = 'published'),
		(SELECT count(*) FROM courses c JOIN sections s ON s.course_id = c.id WHERE c.status = 'published'),
		(SELECT count(*) FROM courses c JOIN sections s ON s.course_id = c.id JOIN lessons l ON l.section_id = s.id
			WHERE c.status = 'published')`).Scan(&s.Courses, &s.Sections, &s.Lessons)
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
	c.ID, c.Slug = db.NewID(), base
	for n := 2; ; n++ {
		position, err := insertRow(ctx, tx, c)
		if !errors.Is(err, sql.ErrNoRows) {
			c.Position = position
			return c, err
		}
		if given {
			return c, fault.Field("slug", "catalog.slug.taken", "slug", c.Slug)
		}
		c.Slug = fmt.Sprintf("%s-%d", base, n)
	}
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

func insertOutline(ctx context.Context, tx *sql.Tx, courseID string, sections []Section) error {
	for i, s := range sections {
		id := db.NewID()
		if err := db.Exec(ctx, tx, `INSERT INTO sections (id, course_id, title, position) VALUES ($1, $2, $3, $4)`,
			id, courseID, s.Title, i+1); err != nil {
			return err
		}
		for j, title := range s.Lessons {
			if err := db.Exec(ctx, tx, `INSERT INTO lessons (id, section_id, title, position) VALUES ($1, $2, $3, $4)`,
				db.NewID(), id, title, j+1); err != nil {
				return err
			}
		}
	}
	return nil
}

func publish(ctx context.Context, tx *sql.Tx, id string, at time.Time) (bool, error) {
	return db.Changed(ctx, tx, `UPDATE courses SET status = 'published', published_at = COALESCE(published_at, $2)
		WHERE id = $1 AND status <> 'published'`, id, db.Millis(at))
}

// index makes the words by which the course is found.
func index(ctx context.Context, tx *sql.Tx, c Course, sections []Section) error {
	texts := []string{c.Title, c.Summary, c.Level}
	for _, s := range sections {
		texts = append(texts, s.Title)
	}
	return search.Put(ctx, tx, "course", c.ID, texts...)
}

// isEmpty reports whether nothing was ever done with this database: no course, and nobody but admins.
func isEmpty(ctx context.Context, tx *sql.Tx) (bool, error) {
	return db.Value[bool](ctx, tx, `SELECT NOT EXISTS (SELECT 1 FROM courses)
		AND NOT EXISTS (SELECT 1 FROM users WHERE role <> 'admin')`)
}
