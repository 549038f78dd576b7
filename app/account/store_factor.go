package account

import (
	"context"
	"database/sql"
	"time"

	"lectern/app/db"
)

func factorsOf(ctx context.Context, q db.Querier, userID string) ([]Factor, error) {
	return db.All(ctx, q, scanFactor, `SELECT id, user_id, kind, name, credential, secret, counter, created_at, used_at
		FROM factors WHERE user_id = $1 ORDER BY created_at, id`, userID)
}

func scanFactor(row db.Scanner) (Factor, error) {
	var f Factor
	var created int64
	var used sql.NullInt64
	err := row.Scan(&f.ID, &f.UserID, &f.Kind, &f.Name, &f.credential, &f.secret, &f.counter, &created, &used)
	f.CreatedAt, f.UsedAt = db.Time(created), db.MaybeTime(used)
	return f, err
}

func hasFactor(ctx context.Context, q db.Querier, userID string) (bool, error) {
	return db.Value[bool](ctx, q, `SELECT EXISTS (SELECT 1 FROM factors WHERE user_id = $1)`, userID)
}

// putFactor adds a factor; an app takes the place of the one there is. The caller holds the user's row. The error where a
// passkey is known already is one that db.IsUnique knows.
func putFactor(ctx context.Context, tx *sql.Tx, f Factor) error {
	return db.Exec(ctx, tx, `
		INSERT INTO factors (id, user_id, kind, name, credential, secret, counter, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
		ON CONFLICT (user_id) WHERE kind = 'totp' DO UPDATE
		SET id = excluded.id, name = excluded.name, secret = excluded.secret, counter = excluded.counter, created_at = excluded.created_at, used_at = NULL`,
		f.ID, f.UserID, f.Kind, f.Name, f.credential, f.secret, f.counter, db.Millis(f.CreatedAt))
}

// useCode takes an app's code of a time step. False where that step or a later one was used, or the app was removed.
func useCode(ctx context.Context, tx *sql.Tx, id string, step int64, now time.Time) (bool, error) {
	return db.Changed(ctx, tx, `UPDATE factors SET counter = $1, used_at = $2 WHERE id = $3 AND counter < $1`, step, db.Millis(now), id)
}

// usePasskey writes a passkey's record after an answer. False where it changed meanwhile, or was removed.
func usePasskey(ctx context.Context, tx *sql.Tx, f Factor, secret string, now time.Time) (bool, error) {
	return db.Changed(ctx, tx, `UPDATE factors SET secret = $1, used_at = $2 WHERE id = $3 AND secret = $4`, secret, db.Millis(now), f.ID, f.secret)
}

func deleteFactor(ctx context.Context, tx *sql.Tx, userID, id string) (bool, error) {
	return db.Changed(ctx, tx, `DELETE FROM factors WHERE id = $1 AND user_id = $2`, id, userID)
}

func deleteFactors(ctx context.Context, tx *sql.Tx, userID string) (bool, error) {
	return db.Changed(ctx, tx, `DELETE FROM factors WHERE user_id = $1`, userID)
}

func setFactorDue(ctx context.Context, tx *sql.Tx, userID string, due time.Time) error {
	return db.Exec(ctx, tx, `UPDATE users SET factor_due_at = $1 WHERE id = $2`, db.Millis(due), userID)
}

func deleteRecovery(ctx context.Context, tx *sql.Tx, userID string) error {
	return db.Exec(ctx, tx, `DELETE FROM recovery_codes WHERE user_id = $1`, userID)
}

func insertRecovery(ctx context.Context, tx *sql.Tx, userID string, n int, hash string) error {
	return db.Exec(ctx, tx, `INSERT INTO recovery_codes (user_id, n, hash) VALUES ($1, $2, $3)`, userID, n, hash)
}

func recoveryHash(ctx context.Context, q db.Querier, userID string, n int) (string, error) {
	hash, err := db.Value[string](ctx, q, `SELECT hash FROM recovery_codes WHERE user_id = $1 AND n = $2 AND used_at IS NULL`, userID, n)
	return hash, found(err)
}

func useRecovery(ctx context.Context, tx *sql.Tx, userID string, n int, hash string, now time.Time) (bool, error) {
	return db.Changed(ctx, tx, `UPDATE recovery_codes SET used_at = $1 WHERE user_id = $2 AND n = $3 AND hash = $4 AND used_at IS NULL`,
		db.Millis(now), userID, n, hash)
}

func recoveryLeft(ctx context.Context, q db.Querier, userID string) (int, error) {
	return db.Value[int](ctx, q, `SELECT count(*) FROM recovery_codes WHERE user_id = $1 AND used_at IS NULL`, userID)
}

func insertStep(ctx context.Context, tx *sql.Tx, s step, tokenHash string) error {
	return db.Exec(ctx, tx, `INSERT INTO steps (hash, kind, user_id, remember, how, question, expires_at) VALUES ($1, $2, $3, $4, $5, $6, $7)`,
		tokenHash, s.kind, sql.NullString{String: s.userID, Valid: s.userID != ""}, s.remember, s.how, s.question, db.Millis(s.expires))
}

func stepByToken(ctx context.Context, q db.Querier, tokenHash string, now time.Time) (step, error) {
	s := step{hash: tokenHash}
	var userID sql.NullString
	var expires int64
	err := q.QueryRowContext(ctx, `SELECT kind, user_id, remember, how, question, expires_at FROM steps WHERE hash = $1 AND expires_at > $2`,
		tokenHash, db.Millis(now)).Scan(&s.kind, &userID, &s.remember, &s.how, &s.question, &expires)
	s.userID, s.expires = userID.String, db.Time(expires)
	return s, found(err)
}

// askStep puts a question to a passkey into a step, in place of the one before.
func askStep(ctx context.Context, tx *sql.Tx, tokenHash, question string) (bool, error) {
	return db.Changed(ctx, tx, `UPDATE steps SET question = $1 WHERE hash = $2`, question, tokenHash)
}

// answerStep takes the question out of a step. False where it was answered before.
func answerStep(ctx context.Context, tx *sql.Tx, s step) (bool, error) {
	return db.Changed(ctx, tx, `UPDATE steps SET question = '' WHERE hash = $1 AND question = $2`, s.hash, s.question)
}

// takeStep ends a step. False where it was ended before, or is too old.
func takeStep(ctx context.Context, tx *sql.Tx, tokenHash string, now time.Time) (bool, error) {
	return db.Changed(ctx, tx, `DELETE FROM steps WHERE hash = $1 AND expires_at > $2`, tokenHash, db.Millis(now))
}

func endSteps(ctx context.Context, tx *sql.Tx, userID string) error {
	return db.Exec(ctx, tx, `DELETE FROM steps WHERE user_id = $1`, userID)
}

// holdUser takes the row of an active account.
func holdUser(ctx context.Context, tx *sql.Tx, id string) (bool, error) {
	return db.Changed(ctx, tx, `UPDATE users SET role = role WHERE id = $1 AND deactivated_at IS NULL`, id)
}
