package account

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"lectern/app/db"
	"lectern/app/search"
)

// studentConditions choose the rows of users that are listed, by StudentQuery.Status; all is the first.
var studentConditions = map[string]string{
	"":         "role = 'student' AND erased_at IS NULL",
	"active":   "role = 'student' AND deactivated_at IS NULL AND erased_at IS NULL",
	"inactive": "role = 'student' AND deactivated_at IS NOT NULL AND erased_at IS NULL",
}

func listStudents(ctx context.Context, q db.Querier, f StudentQuery) ([]StudentRow, error) {
	ids, err := studentIDs(ctx, q, f)
	if err != nil || len(ids) == 0 {
		return nil, err
	}
	return studentRows(ctx, q, ids)
}

// studentIDs are the ids of a page, and one more where there is a next.
func studentIDs(ctx context.Context, q db.Querier, f StudentQuery) ([]string, error) {
	found, err := search.Match(ctx, q, "student", f.Q)
	if err != nil {
		return nil, err
	}
	where, known := studentConditions[f.Status]
	if !known {
		where = studentConditions[""]
	}
	if f.Tag == "" && f.Course == "" {
		return found.Page(ctx, q, search.List{Table: "users", Where: where, Owner: "id", After: f.After, Limit: f.Limit + 1})
	}
	return members(ctx, q, found, where, f)
}

// members lists who has a tag, is in a course, or both. It starts from the index of the tag, or else of the course, which
// is in the order of the list.
func members(ctx context.Context, q db.Querier, found search.Matches, where string, f StudentQuery) ([]string, error) {
	from, args := "", []any{}
	if f.Tag != "" {
		args = append(args, f.Tag)
		from = "user_tags m JOIN users u ON u.id = m.user_id WHERE m.norm = $1"
	}
	if f.Course != "" {
		args = append(args, f.Course)
		if from == "" {
			from = "enrollments m JOIN users u ON u.id = m.user_id WHERE m.course_id = $1"
		} else {
			from += " AND EXISTS (SELECT 1 FROM enrollments e WHERE e.user_id = m.user_id AND e.course_id = $2)"
		}
	}
	if f.After != "" {
		args = append(args, f.After)
		from += fmt.Sprintf(" AND m.user_id < $%d", len(args))
	}
	matching, args := found.Cond("m.user_id", args)
	return search.IDs(ctx, q, fmt.Sprintf("SELECT m.user_id FROM %s AND %s AND %s ORDER BY m.user_id DESC LIMIT %d", from, where, matching, f.Limit+1), args...)
}

func studentRows(ctx context.Context, q db.Querier, ids []string) ([]StudentRow, error) {
	of, args := db.In("u.id", ids, nil)
	rows, err := db.All(ctx, q, func(row db.Scanner) (r StudentRow, err error) {
		var seen sql.NullInt64
		r.User, err = scanUser(row, &r.Courses, &seen)
		r.LastSeen = db.MaybeTime(seen)
		return r, err
	}, `SELECT `+userColumns+`,
			(SELECT count(*) FROM enrollments e WHERE e.user_id = u.id),
			(SELECT max(s.last_seen_at) FROM sessions s WHERE s.user_id = u.id)
		FROM users u WHERE `+of+` ORDER BY u.id DESC`, args...)
	if err != nil {
		return nil, err
	}
	tags, err := tagsOfMany(ctx, q, ids)
	for i := range rows {
		rows[i].Tags = tags[rows[i].ID]
	}
	return rows, err
}

// fillPhone notes a number where there was none.
func fillPhone(ctx context.Context, tx *sql.Tx, id, phone string) (bool, error) {
	if phone == "" {
		return false, nil
	}
	return db.Changed(ctx, tx, `UPDATE users SET phone = $2 WHERE id = $1 AND phone = ''`, id, phone)
}

func usersByEmail(ctx context.Context, q db.Querier, norms []string) (map[string]User, error) {
	of, args := db.In("u.email_norm", norms, nil)
	all, err := db.All(ctx, q, func(row db.Scanner) (User, error) { return scanUser(row) }, `SELECT `+userColumns+` FROM users u WHERE `+of, args...)
	known := make(map[string]User, len(all))
	for _, u := range all {
		known[u.EmailNorm] = u
	}
	return known, err
}

// erase overwrites all that tells who somebody is. False for staff, for nobody, and where it was done.
func erase(ctx context.Context, tx *sql.Tx, id, name, email string, now time.Time) (bool, error) {
	return db.Changed(ctx, tx, `UPDATE users SET name = $2, email = $3, email_norm = $3, phone = '', password_hash = '', verified_at = NULL,
		deactivated_at = COALESCE(deactivated_at, $4), erased_at = $4 WHERE id = $1 AND role = 'student' AND erased_at IS NULL`, id, name, email, db.Millis(now))
}

// eraseTraces deletes what else the room knows of an account.
func eraseTraces(ctx context.Context, tx *sql.Tx, id string) error {
	for _, query := range []string{`DELETE FROM sessions WHERE user_id = $1`, `DELETE FROM tokens WHERE user_id = $1`,
		`DELETE FROM factors WHERE user_id = $1`, `DELETE FROM recovery_codes WHERE user_id = $1`, `DELETE FROM steps WHERE user_id = $1`,
		`DELETE FROM devices WHERE user_id = $1`,
		`DELETE FROM user_tags WHERE user_id = $1`, `DELETE FROM user_notes WHERE user_id = $1`} {
		if err := db.Exec(ctx, tx, query, id); err != nil {
			return err
		}
	}
	return search.Drop(ctx, tx, "student", id)
}

func usersByID(ctx context.Context, q db.Querier, ids []string) ([]User, error) {
	of, args := db.In("u.id", ids, nil)
	return db.All(ctx, q, func(row db.Scanner) (User, error) { return scanUser(row) },
		`SELECT `+userColumns+` FROM users u WHERE `+of+` AND u.role = 'student' AND u.erased_at IS NULL ORDER BY u.id DESC`, args...)
}

func deletionOf(ctx context.Context, q db.Querier, id string) (time.Time, error) {
	at, err := db.Value[sql.NullInt64](ctx, q, `SELECT delete_at FROM users WHERE id = $1`, id)
	return db.MaybeTime(at), found(err)
}

// setDeletion notes when an active student's account goes. False where that was noted before.
func setDeletion(ctx context.Context, tx *sql.Tx, id string, at time.Time) (bool, error) {
	return db.Changed(ctx, tx, `UPDATE users SET delete_at = $1 WHERE id = $2 AND delete_at IS NULL AND role = 'student' AND deactivated_at IS NULL`,
		db.Millis(at), id)
}

func dropDeletion(ctx context.Context, tx *sql.Tx, id string) (bool, error) {
	return db.Changed(ctx, tx, `UPDATE users SET delete_at = NULL WHERE id = $1 AND delete_at IS NOT NULL AND erased_at IS NULL`, id)
}

// dueForDeletion also says what users_delete is an index of, or SQLite wouldn't use it.
func dueForDeletion(ctx context.Context, q db.Querier, now time.Time) ([]string, error) {
	return db.All(ctx, q, func(row db.Scanner) (id string, err error) { return id, row.Scan(&id) },
		`SELECT id FROM users WHERE delete_at IS NOT NULL AND delete_at <= $1 AND erased_at IS NULL AND role = 'student' ORDER BY delete_at, id LIMIT 50`, db.Millis(now))
}
