package account

import (
	"context"
	"database/sql"
	"time"

	"lectern/app/db"
)

// hit counts a try in a bucket and returns how many there are in its window, and when that ends. A window that would
// last beyond end was begun before the clock went back: it is over too, or it might last for years.
func hit(ctx context.Context, q db.Querier, bucket string, now, end time.Time) (n int64, until time.Time, err error) {
	var ms int64
	err = q.QueryRowContext(ctx, `
		INSERT INTO throttle (bucket, hits, expires_at) VALUES ($1, 1, $3)
		ON CONFLICT (bucket) DO UPDATE SET
			hits = CASE WHEN throttle.expires_at > $2 AND throttle.expires_at <= $3 THEN throttle.hits + 1 ELSE 1 END,
			expires_at = CASE WHEN throttle.expires_at > $2 AND throttle.expires_at <= $3 THEN throttle.expires_at ELSE $3 END
		RETURNING hits, expires_at`, bucket, db.Millis(now), db.Millis(end)).Scan(&n, &ms)
	return n, db.Time(ms), err
}

// hits reads a bucket as hit would find it.
func hits(ctx context.Context, q db.Querier, bucket string, now, end time.Time) (n int64, until time.Time, err error) {
	var ms int64
	err = q.QueryRowContext(ctx, `SELECT hits, expires_at FROM throttle WHERE bucket = $1 AND expires_at > $2 AND expires_at <= $3`,
		bucket, db.Millis(now), db.Millis(end)).Scan(&n, &ms)
	if err == sql.ErrNoRows {
		return 0, time.Time{}, nil
	}
	return n, db.Time(ms), err
}

func emptyBucket(ctx context.Context, tx *sql.Tx, bucket string) error {
	return db.Exec(ctx, tx, `DELETE FROM throttle WHERE bucket = $1`, bucket)
}

func insertKept(ctx context.Context, tx *sql.Tx, tokenHash, action, form string, expires time.Time) error {
	return db.Exec(ctx, tx, `INSERT INTO kept_forms (hash, action, form, expires_at) VALUES ($1, $2, $3, $4)`, tokenHash, action, form, db.Millis(expires))
}

func keptForm(ctx context.Context, q db.Querier, tokenHash, action string, now time.Time) (string, error) {
	text, err := db.Value[string](ctx, q, `SELECT form FROM kept_forms WHERE hash = $1 AND action = $2 AND expires_at > $3`, tokenHash, action, db.Millis(now))
	return text, found(err)
}

// What Clean deletes.
const (
	purgeKept     = `DELETE FROM kept_forms WHERE expires_at <= $1`
	purgeThrottle = `DELETE FROM throttle WHERE expires_at <= $1`
	purgeSteps    = `DELETE FROM steps WHERE expires_at <= $1`
	purgeSessions = `DELETE FROM sessions WHERE expires_at <= $1`
	purgeLinks    = `DELETE FROM tokens WHERE expires_at <= $1`
	purgeInvites  = `DELETE FROM invites WHERE expires_at <= $1`
)
