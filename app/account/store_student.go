package account

import (
	"context"
	"database/sql"

	"lectern/app/db"
	"lectern/app/search"
)

// studentConditions choose the rows of users that are listed, by StudentQuery.Status; all is the first.
var studentConditions = map[string]string{
	"":         "role = 'student'",
	"active":   "role = 'student' AND deactivated_at IS NULL",
	"inactive": "role = 'student' AND deactivated_at IS NOT NULL",
}

func listStudents(ctx context.Context, q db.Querier, f StudentQuery) ([]StudentRow, error) {
	found, err := search.Match(ctx, q, "student", f.Q)
	if err != nil {
		return nil, err
	}
	where, known := studentConditions[f.Status]
	if !known {
		where = studentConditions[""]
	}
	ids, err := found.Page(ctx, q, search.List{Table: "users", Where: where, Owner: "id", After: f.After, Limit: f.Limit + 1})
	if err != nil || len(ids) == 0 {
		return nil, err
	}
	return studentRows(ctx, q, ids)
}

func studentRows(ctx context.Context, q db.Querier, ids []string) ([]StudentRow, error) {
	of, args := db.In("u.id", ids, nil)
	return db.All(ctx, q, func(row db.Scanner) (r StudentRow, err error) {
		var seen sql.NullInt64
		r.User, err = scanUser(row, &r.Courses, &seen)
		r.LastSeen = db.MaybeTime(seen)
		return r, err
	}, `SELECT `+userColumns+`,
			(SELECT count(*) FROM enrollments e WHERE e.user_id = u.id),
			(SELECT max(s.last_seen_at) FROM sessions s WHERE s.user_id = u.id)
		FROM users u WHERE `+of+` ORDER BY u.id DESC`, args...)
}
