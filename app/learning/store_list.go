package learning

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"lectern/app/db"
	"lectern/app/search"
)

// windows are how many enrollments are looked through, in the order of the list, for those that match: where most do, a
// page of them is soon found. Where few do, they are collected from the other side.
var windows = []int{3000, 15000}

// enrollmentIDs are the ids of a source's first matches, to one more than a page.
func enrollmentIDs(ctx context.Context, q db.Querier, f EnrollmentQuery, src source, now time.Time) ([]string, error) {
	if f.Status != Open && f.Status != Ended && src.students.All {
		inner, args := src.rows(f, nil)
		return search.IDs(ctx, q, fmt.Sprintf("SELECT e.id FROM %s ORDER BY e.id DESC LIMIT %d", inner, f.Limit+1), args...)
	}
	if f.Status != Open && f.Status != Ended && src.course == "" {
		return src.students.Page(ctx, q, search.List{Table: "enrollments", Owner: "user_id", After: f.After, Limit: f.Limit + 1})
	}
	if src.students.All || src.students.Many {
		sizes := windows
		if f.Status == Ended { // which are soon collected from the grants
			sizes = windows[:1]
		}
		for _, size := range sizes {
			ids, all, err := look(ctx, q, f, src, size, now)
			if err != nil || all || len(ids) > f.Limit {
				return ids, err
			}
		}
	}
	return collect(ctx, q, f, src, now)
}

// rows are the enrollments e of a source, without regard to the students, from where the page begins.
func (src source) rows(f EnrollmentQuery, args []any) (string, []any) {
	from := "enrollments e WHERE 1 = 1"
	if src.course != "" {
		args = append(args, src.course)
		from += fmt.Sprintf(" AND e.course_id = $%d", len(args))
	}
	if f.After != "" {
		args = append(args, f.After)
		from += fmt.Sprintf(" AND e.id < $%d", len(args))
	}
	return from, args
}

// matches is the condition on an enrollment e.
func (src source) matches(f EnrollmentQuery, among int, now time.Time, args []any) (string, []any) {
	cond, args := src.students.CondAmong("e.user_id", among, args)
	if f.Status != Open && f.Status != Ended {
		return cond, args
	}
	args = append(args, db.Millis(now))
	want := "> 0"
	if f.Status == Ended {
		want = "= 0"
	}
	// A count, because of EXISTS PostgreSQL may make a join of all grants.
	return fmt.Sprintf("%s AND (SELECT count(*) FROM grants g WHERE g.user_id = e.user_id AND g.course_id = e.course_id AND %s) %s",
		cond, inForce(fmt.Sprintf("$%d", len(args))), want), args
}

// look finds the matches in the window; all tells whether there are no other rows.
func look(ctx context.Context, q db.Querier, f EnrollmentQuery, src source, size int, now time.Time) (ids []string, all bool, err error) {
	from, args := src.rows(f, nil)
	n, err := db.Value[int](ctx, q, fmt.Sprintf("SELECT count(*) FROM (SELECT 1 FROM %s LIMIT %d) w", from, size), args...)
	if err != nil {
		return nil, false, err
	}
	cond, args := src.matches(f, size, now, args)
	ids, err = search.IDs(ctx, q, fmt.Sprintf("SELECT e.id FROM (SELECT e.id, e.user_id, e.course_id FROM %s ORDER BY e.id DESC LIMIT %d) e WHERE %s ORDER BY e.id DESC LIMIT %d",
		from, size, cond, f.Limit+1), args...)
	return ids, n < size, err
}

// collect starts from the students found. MATERIALIZED keeps both databases from walking the list in its order.
func collect(ctx context.Context, q db.Querier, f EnrollmentQuery, src source, now time.Time) ([]string, error) {
	if f.Status == Ended && (src.students.All || src.students.Many) {
		return collectEnded(ctx, q, f, src, now)
	}
	from, args := src.rows(f, nil)
	cond, args := src.matches(f, windows[0], now, args)
	return search.IDs(ctx, q, fmt.Sprintf("WITH m AS MATERIALIZED (SELECT e.id FROM %s AND %s) SELECT id FROM m ORDER BY id DESC LIMIT %d",
		from, cond, f.Limit+1), args...)
}

// collectEnded starts from the grants that are over, in three steps, each MATERIALIZED lest SQLite begin with the students,
// of whom there are many more.
func collectEnded(ctx context.Context, q db.Querier, f EnrollmentQuery, src source, now time.Time) ([]string, error) {
	cond, args := src.students.CondAmong("o.user_id", windows[0], []any{db.Millis(now)})
	from, args := src.rows(f, args)
	return search.IDs(ctx, q, fmt.Sprintf(`WITH over AS MATERIALIZED (SELECT user_id, course_id FROM grants WHERE ended_at IS NOT NULL
			UNION SELECT user_id, course_id FROM grants WHERE until <= $1),
		theirs AS MATERIALIZED (SELECT o.user_id, o.course_id FROM over o WHERE %s),
		m AS MATERIALIZED (SELECT e.id FROM theirs t CROSS JOIN %s AND e.user_id = t.user_id AND e.course_id = t.course_id
			AND (SELECT count(*) FROM grants g WHERE g.user_id = t.user_id AND g.course_id = t.course_id AND %s) = 0)
		SELECT id FROM m ORDER BY id DESC LIMIT %d`, cond, from, inForce("$1"), f.Limit+1), args...)
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
