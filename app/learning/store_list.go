package learning

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"lectern/app/db"
	"lectern/app/search"
)

// enrollmentIDs are the ids of a source's first matches, to one more than a page. The condition on those that have ended
// begins with that of the index which holds them.
func enrollmentIDs(ctx context.Context, q db.Querier, f EnrollmentQuery, src source, now time.Time) ([]string, error) {
	l := search.List{Table: "enrollments", Owner: "user_id", After: f.After, Limit: f.Limit + 1}
	if src.course != "" {
		l.Of, l.Value = "course_id", src.course
	}
	switch f.Status {
	case Open:
		l.Where = fmt.Sprintf("open_until > %d", db.Millis(now))
	case Ended:
		l.Where = fmt.Sprintf("open_until < %d AND open_until <= %d", noEnd, db.Millis(now))
	}
	return src.students.Page(ctx, q, l)
}

func enrollmentRows(ctx context.Context, q db.Querier, ids []string, now time.Time) ([]EnrollmentRow, error) {
	of, args := db.In("e.id", ids, []any{db.Millis(now)})
	return db.All(ctx, q, func(row db.Scanner) (r EnrollmentRow, err error) {
		var since int64
		err = row.Scan(&r.ID, &r.UserID, &r.Name, &r.Email, &r.CourseID, &r.Course, &since, &r.Open)
		r.Since = db.Time(since)
		return r, err
	}, `SELECT e.id, u.id, u.name, u.email, c.id, c.title, e.created_at, EXISTS (SELECT 1 FROM grants g
			WHERE g.user_id = e.user_id AND g.course_id = e.course_id AND `+inForce("$1")+`)
		FROM enrollments e JOIN users u ON u.id = e.user_id JOIN courses c ON c.id = e.course_id WHERE `+of+` ORDER BY e.id DESC`, args...)
}

// addGrants puts to each row why it is open, or was.
func addGrants(ctx context.Context, q db.Querier, rows []EnrollmentRow) error {
	users := make([]string, len(rows))
	at := map[[2]string]*EnrollmentRow{}
	for i := range rows {
		users[i] = rows[i].UserID
		at[[2]string{rows[i].UserID, rows[i].CourseID}] = &rows[i]
	}
	of, args := db.In("g.user_id", users, nil)
	_, err := db.All(ctx, q, func(row db.Scanner) (struct{}, error) {
		var g GrantRow
		var user string
		var made int64
		var until, ended sql.NullInt64
		err := row.Scan(&g.ID, &user, &g.CourseID, &g.Source, &g.Order, &g.Reason, &made, &until, &ended)
		g.At, g.Until, g.EndedAt = db.Time(made), db.MaybeTime(until), db.MaybeTime(ended)
		if r := at[[2]string{user, g.CourseID}]; r != nil {
			r.Grants = append(r.Grants, g)
		}
		return struct{}{}, err
	}, `SELECT g.id, g.user_id, g.course_id, g.source, COALESCE(o.code, ''), g.reason, g.created_at, g.until, g.ended_at
		FROM grants g LEFT JOIN orders o ON o.id = g.order_id WHERE `+of+` ORDER BY g.id DESC`, args...)
	return err
}
