package account

import (
	"context"
	"database/sql"
	"slices"
	"time"

	"lectern/app/db"
)

// link is a row of tokens, with its user where it has one.
type link struct {
	kind, userID, email string
	used                bool
	expires             time.Time
	user                User
}

// putLink makes a link, or lengthens the life of the one there is unless that was used.
func putLink(ctx context.Context, tx *sql.Tx, l link, tokenHash string, now time.Time, life time.Duration) error {
	return db.Exec(ctx, tx, `
		INSERT INTO tokens (hash, kind, user_id, email, created_at, expires_at) VALUES ($1, $2, $3, $4, $5, $6)
		ON CONFLICT (hash) DO UPDATE SET expires_at = excluded.expires_at WHERE tokens.used_at IS NULL`,
		tokenHash, l.kind, sql.NullString{String: l.userID, Valid: l.userID != ""}, l.email, db.Millis(now), db.Millis(now.Add(life)))
}

func findLink(ctx context.Context, q db.Querier, kind, tokenHash string) (link, error) {
	l := link{kind: kind}
	var expires int64
	var userID sql.NullString
	err := q.QueryRowContext(ctx, `SELECT user_id, email, used_at IS NOT NULL, expires_at FROM tokens WHERE hash = $1 AND kind = $2`, tokenHash, kind).
		Scan(&userID, &l.email, &l.used, &expires)
	if err != nil {
		return link{}, found(err)
	}
	l.userID, l.expires = userID.String, db.Time(expires)
	if l.userID != "" {
		l.user, err = userByID(ctx, q, l.userID)
	}
	return l, err
}

// takeLink uses a link up. False where it was used before, or is too old.
func takeLink(ctx context.Context, tx *sql.Tx, kind, tokenHash string, now time.Time) (bool, error) {
	return db.Changed(ctx, tx, `UPDATE tokens SET used_at = $1 WHERE hash = $2 AND kind = $3 AND used_at IS NULL AND expires_at > $1`,
		db.Millis(now), tokenHash, kind)
}

// voidLinks uses up all of a user's links of a kind but the one whose hash is keep.
func voidLinks(ctx context.Context, tx *sql.Tx, userID, kind, keep string, now time.Time) error {
	return db.Exec(ctx, tx, `UPDATE tokens SET used_at = $1 WHERE user_id = $2 AND kind = $3 AND hash <> $4 AND used_at IS NULL`,
		db.Millis(now), userID, kind, keep)
}

// takeSetupLinks uses up all set-up links and reports whether the one with that hash was among them, and not too old. So
// those who come at the same moment with different links take turns, and the first has it.
func takeSetupLinks(ctx context.Context, tx *sql.Tx, tokenHash string, now time.Time) (took bool, err error) {
	live, err := db.All(ctx, tx, func(row db.Scanner) (hash string, err error) { return hash, row.Scan(&hash) },
		`UPDATE tokens SET used_at = $1 WHERE user_id IS NULL AND kind = 'setup' AND used_at IS NULL AND expires_at > $1 RETURNING hash`, db.Millis(now))
	return slices.Contains(live, tokenHash), err
}
