package account

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"lectern/app/db"
	"lectern/app/fault"
	"lectern/app/search"
)

// userColumns is what scanUser reads, of a table users called u.
const userColumns = `u.id, u.email, u.email_norm, u.name, u.phone, u.role, u.lang, u.verified_at, u.created_at, u.deactivated_at, u.erased_at`

// scanUser reads userColumns and, after them, whatever else the query chose.
func scanUser(row db.Scanner, more ...any) (User, error) {
	var u User
	var created int64
	var verified, deactivated, erased sql.NullInt64
	dest := []any{&u.ID, &u.Email, &u.EmailNorm, &u.Name, &u.Phone, &u.Role, &u.Lang, &verified, &created, &deactivated, &erased}
	if err := row.Scan(append(dest, more...)...); err != nil {
		return User{}, err
	}
	u.VerifiedAt, u.CreatedAt = db.MaybeTime(verified), db.Time(created)
	u.DeactivatedAt, u.ErasedAt = db.MaybeTime(deactivated), db.MaybeTime(erased)
	return u, nil
}

// activeAdmin also says what users_staff is an index of, or SQLite wouldn't use it.
const activeAdmin = `role = 'admin' AND role <> 'student' AND deactivated_at IS NULL`

// found turns the lack of a row into a fault.
func found(err error) error {
	if errors.Is(err, sql.ErrNoRows) {
		return fault.New(fault.NotFound, "fault.not_found")
	}
	return err
}

// credentials is a user with what his password is checked against.
type credentials struct {
	User
	hash string
}

func scanCredentials(row db.Scanner) (c credentials, err error) {
	c.User, err = scanUser(row, &c.hash)
	return c, found(err)
}

func credentialsByEmail(ctx context.Context, q db.Querier, norm string) (credentials, error) {
	return scanCredentials(q.QueryRowContext(ctx, `SELECT `+userColumns+`, u.password_hash FROM users u WHERE u.email_norm = $1`, norm))
}

func credentialsByID(ctx context.Context, q db.Querier, id string) (credentials, error) {
	return scanCredentials(q.QueryRowContext(ctx, `SELECT `+userColumns+`, u.password_hash FROM users u WHERE u.id = $1`, id))
}

func userByID(ctx context.Context, q db.Querier, id string) (User, error) {
	c, err := credentialsByID(ctx, q, id)
	return c.User, err
}

// insertUser reports false where the address is another's already.
func insertUser(ctx context.Context, tx *sql.Tx, u User, hash string) (bool, error) {
	created, err := insertRow(ctx, tx, u, hash)
	if err != nil || !created {
		return false, err
	}
	return true, index(ctx, tx, u)
}

// insertRow is insertUser without making the user found.
func insertRow(ctx context.Context, tx *sql.Tx, u User, hash string) (bool, error) {
	return db.Changed(ctx, tx, `
		INSERT INTO users (id, email, email_norm, verified_at, name, phone, password_hash, role, lang, created_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) ON CONFLICT (email_norm) DO NOTHING`,
		u.ID, u.Email, u.EmailNorm, maybeMillis(u.VerifiedAt), u.Name, u.Phone, hash, u.Role, u.Lang, db.Millis(u.CreatedAt))
}

func maybeMillis(t time.Time) sql.NullInt64 {
	return sql.NullInt64{Int64: db.Millis(t), Valid: !t.IsZero()}
}

// index makes u found by name, address, number (with and without its country code) and tags. The row of users must be
// held by tx, or two changes at once would index both.
func index(ctx context.Context, tx *sql.Tx, u User) error {
	words := []string{u.Name, u.Email, digits(u.Phone), nationalDigits(u.Phone)}
	tags, err := tagsOf(ctx, tx, u.ID)
	if err != nil {
		return err
	}
	for _, t := range tags {
		words = append(words, t.Name)
	}
	return search.Put(ctx, tx, "student", u.ID, words...)
}

// The guarded updates below take the user's row until tx ends. Whoever makes a session or a link goes through one of
// them first, and so does whoever ends all of them: on PostgreSQL too, none slips in between.

// takePassword writes the hash of a password that was checked against the hash was. False where somebody changed the
// password meanwhile, or deactivated the account.
func takePassword(ctx context.Context, tx *sql.Tx, id, was, hash string) (bool, error) {
	return db.Changed(ctx, tx, `UPDATE users SET password_hash = $1 WHERE id = $2 AND password_hash = $3 AND deactivated_at IS NULL`, hash, id, was)
}

// setPassword writes a hash without regard to the one before. False where there is no such active account.
func setPassword(ctx context.Context, tx *sql.Tx, id, hash string) (bool, error) {
	return db.Changed(ctx, tx, `UPDATE users SET password_hash = $1 WHERE id = $2 AND deactivated_at IS NULL`, hash, id)
}

// holdStudent takes the row of an active student.
func holdStudent(ctx context.Context, tx *sql.Tx, id string) (bool, error) {
	return db.Changed(ctx, tx, `UPDATE users SET role = role WHERE id = $1 AND role = 'student' AND deactivated_at IS NULL`, id)
}

// holdAdmins takes the rows of all active admins and reports whether by is one of them: of two who deactivate each other
// at once, one is told no.
func holdAdmins(ctx context.Context, tx *sql.Tx, by string) (bool, error) {
	if err := db.Exec(ctx, tx, `UPDATE users SET role = role WHERE `+activeAdmin); err != nil {
		return false, err
	}
	n, err := db.Value[int](ctx, tx, `SELECT count(*) FROM users WHERE id = $1 AND `+activeAdmin, by)
	return n > 0, err
}

// setEmail writes an address whose owner's password was checked against the hash was. The error where the address is
// another's is one that db.IsUnique knows.
func setEmail(ctx context.Context, tx *sql.Tx, id, was, email, norm string) (bool, error) {
	return db.Changed(ctx, tx, `UPDATE users SET email = $1, email_norm = $2, verified_at = NULL
		WHERE id = $3 AND password_hash = $4 AND deactivated_at IS NULL`, email, norm, id, was)
}

// confirmEmail notes that mail to this address reached its owner. False where it was noted before, or the address is
// not the user's any more.
func confirmEmail(ctx context.Context, tx *sql.Tx, id, email string, now time.Time) (bool, error) {
	return db.Changed(ctx, tx, `UPDATE users SET verified_at = $1 WHERE id = $2 AND email = $3 AND verified_at IS NULL`, db.Millis(now), id, email)
}

func setProfile(ctx context.Context, tx *sql.Tx, id, name, phone string) (User, error) {
	if err := db.Exec(ctx, tx, `UPDATE users SET name = $1, phone = $2 WHERE id = $3`, name, phone, id); err != nil {
		return User{}, err
	}
	return userByID(ctx, tx, id)
}

func deactivate(ctx context.Context, tx *sql.Tx, id string, now time.Time) (bool, error) {
	return db.Changed(ctx, tx, `UPDATE users SET deactivated_at = $1 WHERE id = $2 AND deactivated_at IS NULL`, db.Millis(now), id)
}

func activate(ctx context.Context, tx *sql.Tx, id string) (bool, error) {
	return db.Changed(ctx, tx, `UPDATE users SET deactivated_at = NULL WHERE id = $1 AND deactivated_at IS NOT NULL AND erased_at IS NULL`, id)
}

func hasAdmin(ctx context.Context, q db.Querier) (bool, error) {
	n, err := db.Value[int](ctx, q, `SELECT count(*) FROM users WHERE `+activeAdmin)
	return n > 0, err
}

// promote makes an admin of the account that has a's address, active and with this password. False where it is an active
// admin's already.
func promote(ctx context.Context, tx *sql.Tx, a User, hash string) (User, bool, error) {
	changed, err := db.Changed(ctx, tx, `
		UPDATE users SET role = 'admin', password_hash = $1, verified_at = COALESCE(verified_at, $2), deactivated_at = NULL
		WHERE email_norm = $3 AND (role <> 'admin' OR deactivated_at IS NOT NULL)`, hash, maybeMillis(a.VerifiedAt), a.EmailNorm)
	if err != nil || !changed {
		return User{}, false, err
	}
	c, err := credentialsByEmail(ctx, tx, a.EmailNorm)
	return c.User, true, err
}
