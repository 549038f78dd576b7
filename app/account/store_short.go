package account

import (
	"context"
	"database/sql"
	"time"

	"lectern/app/db"
)

// hit counts a try in a bucket, whose window is new or goes on, and returns how many there are in it, and when it ends. A
// window that would last beyond latest was begun before the clock went back: it is over too, or it might last for years.
func hit(ctx context.Context, q db.Querier, bucket string, now, end, latest time.Time) (n int64, until time.Time, err error) {
	var ms int64
	err = q.QueryRowContext(ctx, `
		INSERT INTO throttle (bucket, hits, expires_at) VALUES ($1, 1, $3)
		ON CONFLICT (bucket) DO UPDATE SET
			hits = CASE WHEN throttle.expires_at > $2 AND throttle.expires_at <= $4 THEN throttle.hits + 1 ELSE 1 END,
			expires_at = CASE WHEN throttle.expires_at > $2 AND throttle.expires_at <= $4 THEN throttle.expires_at ELSE $3 END
		RETURNING hits, expires_at`, bucket, db.Millis(now), db.Millis(end), db.Millis(latest)).Scan(&n, &ms)
	return n, db.Time(ms), err
}

// hits reads a bucket as hit would find it.
func hits(ctx context.Context, q db.Querier, bucket string, now, latest time.Time) (n int64, until time.Time, err error) {
	var ms int64
	err = q.QueryRowContext(ctx, `SELECT hits, expires_at FROM throttle WHERE bucket = $1 AND expires_at > $2 AND expires_at <= $3`,
		bucket, db.Millis(now), db.Millis(latest)).Scan(&n, &ms)
	if err == sql.ErrNoRows {
		return 0, time.Time{}, nil
	}
	return n, db.Time(ms), err
}

// endBucketAt moves the end of a bucket's window.
func endBucketAt(ctx context.Context, tx *sql.Tx, bucket string, end time.Time) error {
	return db.Exec(ctx, tx, `UPDATE throttle SET expires_at = $1 WHERE bucket = $2`, db.Millis(end), bucket)
}

func emptyBucket(ctx context.Context, tx *sql.Tx, bucket string) error {
	return db.Exec(ctx, tx, `DELETE FROM throttle WHERE bucket = $1`, bucket)
}

// putDevice remembers a browser of a user's; met tells whether it was known.
func putDevice(ctx context.Context, tx *sql.Tx, tokenHash, userID string, now time.Time) (met bool, err error) {
	met, err = db.Changed(ctx, tx, `UPDATE devices SET seen_at = $1 WHERE hash = $2 AND user_id = $3`, db.Millis(now), tokenHash, userID)
	if err != nil || met {
		return met, err
	}
	return false, db.Exec(ctx, tx, `INSERT INTO devices (hash, user_id, created_at, seen_at) VALUES ($1, $2, $3, $3) ON CONFLICT DO NOTHING`,
		tokenHash, userID, db.Millis(now))
}

// knowsDevice reports whether somebody has logged in with that address in a browser.
func knowsDevice(ctx context.Context, q db.Querier, tokenHash, norm string, since time.Time) (bool, error) {
	return db.Value[bool](ctx, q, `SELECT EXISTS (SELECT 1 FROM devices d JOIN users u ON u.id = d.user_id
		WHERE d.hash = $1 AND d.seen_at > $2 AND u.email_norm = $3)`, tokenHash, db.Millis(since), norm)
}

func forgetDevices(ctx context.Context, tx *sql.Tx, userID string) error {
	return db.Exec(ctx, tx, `DELETE FROM devices WHERE user_id = $1`, userID)
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
	purgeDevices  = `DELETE FROM devices WHERE seen_at <= $1`
	purgeSteps    = `DELETE FROM steps WHERE expires_at <= $1`
	purgeSessions = `DELETE FROM sessions WHERE expires_at <= $1`
	purgeLinks    = `DELETE FROM tokens WHERE expires_at <= $1`
	purgeInvites  = `DELETE FROM invites WHERE expires_at <= $1`
)
