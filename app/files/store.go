package files

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"lectern/app/db"
)

func insert(ctx context.Context, q db.Querier, name string, bytes int64, by string, now, until time.Time) error {
	return db.Exec(ctx, q, `INSERT INTO files (name, bytes, created_at, created_by, kept_until) VALUES ($1, $2, $3, $4, $5)`,
		name, bytes, db.Millis(now), by, db.Millis(until))
}

func broughtBy(ctx context.Context, q db.Querier, by, name string) (bool, error) {
	n, err := db.Value[int](ctx, q, `SELECT count(*) FROM files WHERE name = $1 AND created_by = $2`, name, by)
	return n == 1, err
}

// lockUse returns the picture that a use has, which is name where it had none; empty if it has none and there is no such
// picture either. Who else wants to change the use waits.
func lockUse(ctx context.Context, q db.Querier, use, name string) (string, error) {
	had, err := db.Value[string](ctx, q, `UPDATE file_uses SET name = name WHERE used_by = $1 RETURNING name`, use)
	if errors.Is(err, sql.ErrNoRows) && name != "" {
		had, err = db.Value[string](ctx, q, `INSERT INTO file_uses (used_by, name) SELECT $1, f.name FROM files f WHERE f.name = $2
			ON CONFLICT (used_by) DO UPDATE SET name = file_uses.name RETURNING name`, use, name)
	}
	if errors.Is(err, sql.ErrNoRows) {
		return "", nil
	}
	return had, err
}

// hold keeps a picture for good; false when there is none. It locks the row: who lets go of the picture, or deletes it,
// waits and then sees the use that follows.
func hold(ctx context.Context, q db.Querier, name string) (bool, error) {
	return db.Changed(ctx, q, `UPDATE files SET kept_until = NULL WHERE name = $1`, name)
}

func setUse(ctx context.Context, q db.Querier, use, name string) error {
	if name == "" {
		return db.Exec(ctx, q, `DELETE FROM file_uses WHERE used_by = $1`, use)
	}
	return db.Exec(ctx, q, `UPDATE file_uses SET name = $2 WHERE used_by = $1`, use, name)
}

// letGo gives a picture a last day unless something else uses it. Two statements: the second sees what was committed
// while the first waited for the row.
func letGo(ctx context.Context, q db.Querier, name string, until time.Time) error {
	if err := db.Exec(ctx, q, `UPDATE files SET kept_until = $1 WHERE name = $2`, db.Millis(until), name); err != nil {
		return err
	}
	return db.Exec(ctx, q, `UPDATE files SET kept_until = NULL WHERE name = $1
		AND EXISTS (SELECT 1 FROM file_uses u WHERE u.name = $1)`, name)
}

func over(ctx context.Context, q db.Querier, now time.Time, limit int) ([]string, error) {
	return db.All(ctx, q, scanName, `SELECT name FROM files f WHERE kept_until < $1
		AND NOT EXISTS (SELECT 1 FROM file_uses u WHERE u.name = f.name) ORDER BY kept_until, name LIMIT $2`, db.Millis(now), limit)
}

// forget deletes the row of a picture that is still over.
func forget(ctx context.Context, q db.Querier, name string, now time.Time) (bool, error) {
	return db.Changed(ctx, q, `DELETE FROM files WHERE name = $1 AND kept_until < $2
		AND NOT EXISTS (SELECT 1 FROM file_uses u WHERE u.name = $1)`, name, db.Millis(now))
}

func known(ctx context.Context, q db.Querier, names []string) ([]string, error) {
	if len(names) == 0 {
		return nil, nil
	}
	cond, args := db.In("name", names, nil)
	return db.All(ctx, q, scanName, `SELECT name FROM files WHERE `+cond, args...)
}

func scanName(row db.Scanner) (name string, err error) { return name, row.Scan(&name) }
