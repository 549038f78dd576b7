package students

import (
	"context"
	"database/sql"
	"strings"
	"time"

	"lectern/app/db"
)

// Course is one that students can be let into.
type Course struct {
	ID, Slug, Title string
	Archived        bool
}

func listCourses(ctx context.Context, q db.Querier) ([]Course, error) {
	return db.All(ctx, q, func(row db.Scanner) (c Course, err error) { return c, row.Scan(&c.ID, &c.Slug, &c.Title, &c.Archived) },
		`SELECT id, slug, title, status = 'archived' FROM courses WHERE status <> 'draft' ORDER BY status DESC, position, id`)
}

// named finds a course by its title or slug, whatever the case.
func named(courses []Course, name string) (Course, bool) {
	for _, c := range courses {
		if strings.EqualFold(strings.Join(strings.Fields(c.Title), " "), name) || strings.EqualFold(c.Slug, name) {
			return c, true
		}
	}
	return Course{}, false
}

// Notice is what the school wrote to a student or to many.
type Notice struct {
	ID, Subject, Text string
	At                time.Time
	By                string // name
	Sent              string // of the letter: queued, sent, failed; empty: it was sent long ago
}

// insertNotice reports false where it is there already.
func insertNotice(ctx context.Context, tx *sql.Tx, n Notice, by string) (bool, error) {
	return db.Changed(ctx, tx, `INSERT INTO notices (id, subject, text, created_at, created_by) VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING`,
		n.ID, n.Subject, n.Text, db.Millis(n.At), by)
}

// insertReader reports false where the notice went to the user before.
func insertReader(ctx context.Context, tx *sql.Tx, id, userID string, now time.Time) (bool, error) {
	return db.Changed(ctx, tx, `INSERT INTO notice_readers (notice_id, user_id, created_at) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING`, id, userID, db.Millis(now))
}

// shownNotices is how many stand on a student's page.
const shownNotices = 20

func noticesOf(ctx context.Context, q db.Querier, userID string) ([]Notice, error) {
	return db.All(ctx, q, func(row db.Scanner) (Notice, error) {
		var n Notice
		var at int64
		err := row.Scan(&n.ID, &n.Subject, &n.Text, &at, &n.By, &n.Sent)
		n.At = db.Time(at)
		return n, err
	}, `SELECT n.id, n.subject, n.text, r.created_at, COALESCE(u.name, ''),
			COALESCE((SELECT max(o.status) FROM outbox o WHERE o.user_id = r.user_id AND o.dedupe = 'notice:' || r.notice_id || ':' || r.user_id), '')
		FROM notice_readers r JOIN notices n ON n.id = r.notice_id LEFT JOIN users u ON u.id = n.created_by
		WHERE r.user_id = $1 ORDER BY r.notice_id DESC LIMIT $2`, userID, shownNotices)
}

// forgetNotices deletes that a user was written to, and what went to nobody else.
func forgetNotices(ctx context.Context, tx *sql.Tx, userID string) error {
	ids, err := db.All(ctx, tx, func(row db.Scanner) (id string, err error) { return id, row.Scan(&id) },
		`DELETE FROM notice_readers WHERE user_id = $1 RETURNING notice_id`, userID)
	for _, id := range ids {
		if err == nil {
			err = db.Exec(ctx, tx, `DELETE FROM notices WHERE id = $1 AND NOT EXISTS (SELECT 1 FROM notice_readers WHERE notice_id = $1)`, id)
		}
	}
	return err
}
