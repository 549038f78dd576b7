package account

import (
	"context"
	"database/sql"
	"time"

	"lectern/app/db"
)

const sessionColumns = `s.id, s.user_id, s.created_at, s.auth_at, s.last_seen_at, s.expires_at, s.remember, s.ip, s.agent`

func sessionFields(s *Session) (dest []any, done func()) {
	var created, auth, seen, expires int64
	return []any{&s.ID, &s.UserID, &created, &auth, &seen, &expires, &s.Remember, &s.IP, &s.Agent}, func() {
		s.CreatedAt, s.AuthAt, s.LastSeen, s.Expires = db.Time(created), db.Time(auth), db.Time(seen), db.Time(expires)
	}
}

// insertSession is the only INSERT into sessions. The caller holds the user's row.
func insertSession(ctx context.Context, tx *sql.Tx, s Session, tokenHash string) error {
	return db.Exec(ctx, tx, `
		INSERT INTO sessions (id, token_hash, user_id, created_at, auth_at, last_seen_at, expires_at, remember, ip, agent)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
		s.ID, tokenHash, s.UserID, db.Millis(s.CreatedAt), db.Millis(s.AuthAt), db.Millis(s.LastSeen), db.Millis(s.Expires), s.Remember, s.IP, s.Agent)
}

// sessionByToken returns the session that wasn't ended, and its user if he is active.
func sessionByToken(ctx context.Context, q db.Querier, tokenHash string) (Session, User, error) {
	var s Session
	var due sql.NullInt64
	dest, done := sessionFields(&s)
	dest = append(dest, &s.Factor, &due)
	u, err := scanUser(q.QueryRowContext(ctx, `SELECT `+userColumns+`, `+sessionColumns+`,
			EXISTS (SELECT 1 FROM factors f WHERE f.user_id = u.id), u.factor_due_at
		FROM sessions s JOIN users u ON u.id = s.user_id
		WHERE s.token_hash = $1 AND s.ended_at IS NULL AND u.deactivated_at IS NULL`, tokenHash), dest...)
	done()
	s.FactorDue = db.MaybeTime(due)
	return s, u, found(err)
}

// liveSessions returns a user's sessions that weren't ended and didn't expire, the newest first.
func liveSessions(ctx context.Context, q db.Querier, userID string, now time.Time) ([]Session, error) {
	return db.All(ctx, q, func(row db.Scanner) (Session, error) {
		var s Session
		dest, done := sessionFields(&s)
		err := row.Scan(dest...)
		done()
		return s, err
	}, `SELECT `+sessionColumns+` FROM sessions s WHERE s.user_id = $1 AND s.ended_at IS NULL AND s.expires_at > $2 ORDER BY s.created_at DESC, s.id DESC`,
		userID, db.Millis(now))
}

// beginGrace says until when a user may go on without a second factor, unless that was said before.
func beginGrace(ctx context.Context, tx *sql.Tx, userID string, due time.Time) error {
	return db.Exec(ctx, tx, `UPDATE users SET factor_due_at = $1 WHERE id = $2 AND factor_due_at IS NULL`, db.Millis(due), userID)
}

func touchSession(ctx context.Context, q db.Querier, id string, now time.Time) error {
	return db.Exec(ctx, q, `UPDATE sessions SET last_seen_at = $1 WHERE id = $2 AND last_seen_at < $1 AND ended_at IS NULL`, db.Millis(now), id)
}

// renewSession gives a session another token. False where it was ended.
func renewSession(ctx context.Context, tx *sql.Tx, userID, id, tokenHash string, now time.Time) (bool, error) {
	return db.Changed(ctx, tx, `UPDATE sessions SET token_hash = $1, auth_at = $2 WHERE id = $3 AND user_id = $4 AND ended_at IS NULL`,
		tokenHash, db.Millis(now), id, userID)
}

// endSession returns whose session it was; NotFound where it was ended before or never was.
func endSession(ctx context.Context, tx *sql.Tx, id string, now time.Time) (userID string, err error) {
	userID, err = db.Value[string](ctx, tx, `UPDATE sessions SET ended_at = $1 WHERE id = $2 AND ended_at IS NULL RETURNING user_id`, db.Millis(now), id)
	return userID, found(err)
}

func sessionIs(ctx context.Context, q db.Querier, userID, id string) error {
	_, err := db.Value[string](ctx, q, `SELECT id FROM sessions WHERE id = $1 AND user_id = $2`, id, userID)
	return found(err)
}

// endSessions ends all of a user's sessions but keep, which may be empty.
func endSessions(ctx context.Context, tx *sql.Tx, userID, keep string, now time.Time) error {
	return db.Exec(ctx, tx, `UPDATE sessions SET ended_at = $1 WHERE user_id = $2 AND id <> $3 AND ended_at IS NULL`, db.Millis(now), userID, keep)
}
