package learning

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"lectern/app/db"
	"lectern/app/fault"
)

// inForce is the condition on a grant g at the time that the placeholder stands for.
func inForce(now string) string {
	return `g.ended_at IS NULL AND (g.until IS NULL OR g.until > ` + now + `)`
}

// null turns an empty id into NULL.
func null(id string) sql.NullString { return sql.NullString{String: id, Valid: id != ""} }

func insertGrant(ctx context.Context, tx *sql.Tx, id string, in GrantInput) (bool, error) {
	until := sql.NullInt64{Int64: db.Millis(in.Until), Valid: !in.Until.IsZero()}
	return db.Changed(ctx, tx, `INSERT INTO grants (id, user_id, course_id, source, order_id, reason, created_at, created_by, until)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT DO NOTHING`,
		id, in.UserID, in.CourseID, in.Source, null(in.OrderID), in.Reason, db.Millis(in.At), null(in.By), until)
}

func insertEnrollment(ctx context.Context, q db.Querier, userID, courseID string, at time.Time) error {
	return db.Exec(ctx, q, `INSERT INTO enrollments (id, user_id, course_id, created_at, learner)
		VALUES ($1, $2, $3, $4, CASE WHEN EXISTS (SELECT 1 FROM enrollments WHERE user_id = $2) THEN NULL
			ELSE (SELECT COALESCE(max(learner), 0) + 1 FROM enrollments) END)
		ON CONFLICT (user_id, course_id) DO NOTHING`, db.NewID(), userID, courseID, db.Millis(at))
}

// noEnd is enrollments.open_until where a grant without an end is in force.
const noEnd = 1<<53 - 1

// settle works out anew until when a student may open a course. The first statement only holds the row, so that on
// PostgreSQL the second sees what others who held it did to the grants.
func settle(ctx context.Context, q db.Querier, userID, courseID string) error {
	if err := db.Exec(ctx, q, `UPDATE enrollments SET open_until = open_until WHERE user_id = $1 AND course_id = $2`, userID, courseID); err != nil {
		return err
	}
	return db.Exec(ctx, q, `UPDATE enrollments SET open_until = (SELECT COALESCE(MAX(COALESCE(g.until, $3)), 0) FROM grants g
		WHERE g.user_id = $1 AND g.course_id = $2 AND g.ended_at IS NULL) WHERE user_id = $1 AND course_id = $2`, userID, courseID, int64(noEnd))
}

// endGrants ends the grants that meet cond, which knows $3, and returns their ids.
func endGrants(ctx context.Context, q db.Querier, cond, value, by string, at time.Time) ([]string, error) {
	type ended struct{ id, user, course string }
	all, err := db.All(ctx, q, func(row db.Scanner) (e ended, err error) { return e, row.Scan(&e.id, &e.user, &e.course) },
		`UPDATE grants SET ended_at = $1, ended_by = $2 WHERE ended_at IS NULL AND `+cond+` RETURNING id, user_id, course_id`, db.Millis(at), null(by), value)
	var ids []string
	for _, e := range all {
		if err == nil {
			err = settle(ctx, q, e.user, e.course)
		}
		ids = append(ids, e.id)
	}
	return ids, err
}

func endOrderGrants(ctx context.Context, q db.Querier, orderID, by string, at time.Time) ([]string, error) {
	return endGrants(ctx, q, `order_id = $3`, orderID, by, at)
}

func endGrant(ctx context.Context, tx *sql.Tx, id, by string, at time.Time) (bool, error) {
	ids, err := endGrants(ctx, tx, `id = $3 AND order_id IS NULL`, id, by, at)
	return len(ids) > 0, err
}

func isOrderGrant(ctx context.Context, tx *sql.Tx, id string) (bool, error) {
	of, err := db.Value[bool](ctx, tx, `SELECT order_id IS NOT NULL FROM grants WHERE id = $1`, id)
	if errors.Is(err, sql.ErrNoRows) {
		return false, fault.New(fault.NotFound, "learning.end.none")
	}
	return of, err
}

func mayOpen(ctx context.Context, q db.Querier, userID, courseID string, now time.Time) (bool, error) {
	return db.Value[bool](ctx, q, `SELECT EXISTS (SELECT 1 FROM grants g
		WHERE g.user_id = $1 AND g.course_id = $2 AND `+inForce("$3")+`)`, userID, courseID, db.Millis(now))
}

type enrollment struct {
	courseID string
	since    time.Time
	open     bool
}

func enrollments(ctx context.Context, q db.Querier, userID string, now time.Time) ([]enrollment, error) {
	return db.All(ctx, q, func(row db.Scanner) (e enrollment, err error) {
		var since int64
		err = row.Scan(&e.courseID, &since, &e.open)
		e.since = db.Time(since)
		return e, err
	}, `SELECT e.course_id, e.created_at, EXISTS (SELECT 1 FROM grants g
			WHERE g.user_id = e.user_id AND g.course_id = e.course_id AND `+inForce("$2")+`)
		FROM enrollments e WHERE e.user_id = $1 ORDER BY e.created_at DESC, e.id DESC`, userID, db.Millis(now))
}

func grants(ctx context.Context, q db.Querier, userID string) ([]GrantRow, error) {
	return db.All(ctx, q, func(row db.Scanner) (GrantRow, error) {
		var g GrantRow
		var at int64
		var until, ended sql.NullInt64
		err := row.Scan(&g.ID, &g.CourseID, &g.Course, &g.Source, &g.Order, &g.Reason, &at, &g.By, &until, &ended, &g.EndedBy)
		g.At, g.Until, g.EndedAt = db.Time(at), db.MaybeTime(until), db.MaybeTime(ended)
		return g, err
	}, `SELECT g.id, g.course_id, c.title, g.source, COALESCE(o.code, ''), g.reason, g.created_at, COALESCE(b.name, ''),
			g.until, g.ended_at, COALESCE(e.name, '')
		FROM grants g JOIN courses c ON c.id = g.course_id LEFT JOIN orders o ON o.id = g.order_id
		LEFT JOIN users b ON b.id = g.created_by LEFT JOIN users e ON e.id = g.ended_by
		WHERE g.user_id = $1 ORDER BY g.id DESC`, userID)
}

func stats(ctx context.Context, q db.Querier) (Stats, error) {
	n, err := db.Value[int](ctx, q, `SELECT COALESCE(max(learner), 0) FROM enrollments`)
	return Stats{Students: n}, err
}

func userExists(ctx context.Context, tx *sql.Tx, id string) error {
	_, err := db.Value[string](ctx, tx, `SELECT id FROM users WHERE id = $1`, id)
	if errors.Is(err, sql.ErrNoRows) {
		return fault.New(fault.NotFound, "learning.user.none")
	}
	return err
}
