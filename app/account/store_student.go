package account

import (
	"context"
	"database/sql"
	"fmt"

	"lectern/app/db"
	"lectern/app/search"
)

// studentConditions narrow a list by StudentQuery.Status.
var studentConditions = map[string]string{
	"active":   " AND u.deactivated_at IS NULL",
	"inactive": " AND u.deactivated_at IS NOT NULL",
}

func listStudents(ctx context.Context, q db.Querier, f StudentQuery) ([]StudentRow, error) {
	where, args, err := search.Match(ctx, q, "student", "u.id", f.Q, nil)
	if err != nil {
		return nil, err
	}
	where += studentConditions[f.Status]
	if f.After != "" {
		args = append(args, f.After)
		where += fmt.Sprintf(" AND u.id < $%d", len(args))
	}
	args = append(args, f.Limit+1)
	return db.All(ctx, q, func(row db.Scanner) (r StudentRow, err error) {
		var seen sql.NullInt64
		r.User, err = scanUser(row, &r.Courses, &seen)
		r.LastSeen = db.MaybeTime(seen)
		return r, err
	}, fmt.Sprintf(`SELECT `+userColumns+`,
			(SELECT count(*) FROM enrollments e WHERE e.user_id = u.id),
			(SELECT max(s.last_seen_at) FROM sessions s WHERE s.user_id = u.id)
		FROM users u WHERE u.role = 'student' AND %s ORDER BY u.id DESC LIMIT $%d`, where, len(args)), args...)
}
