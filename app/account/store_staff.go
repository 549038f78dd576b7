package account

import (
	"context"
	"database/sql"
	"time"

	"lectern/app/db"
)

func listStaff(ctx context.Context, q db.Querier) ([]StaffRow, error) {
	return db.All(ctx, q, func(row db.Scanner) (r StaffRow, err error) {
		var seen sql.NullInt64
		r.User, err = scanUser(row, &seen, &r.Factor)
		r.LastSeen = db.MaybeTime(seen)
		return r, err
	}, `SELECT `+userColumns+`, (SELECT max(s.last_seen_at) FROM sessions s WHERE s.user_id = u.id),
			EXISTS (SELECT 1 FROM factors f WHERE f.user_id = u.id)
		FROM users u WHERE u.role <> 'student' ORDER BY u.role, u.id`)
}

// changeRole gives a member of the staff another role. False where was isn't his any more, and for the last admin.
func changeRole(ctx context.Context, tx *sql.Tx, id, was, role string) (bool, error) {
	return db.Changed(ctx, tx, `UPDATE users SET role = $1 WHERE id = $2 AND role = $3 AND role <> 'student' AND role <> $1
		AND EXISTS (SELECT 1 FROM users a WHERE a.id <> $2 AND a.role = 'admin' AND a.role <> 'student' AND a.deactivated_at IS NULL)`, role, id, was)
}

// raiseRole gives an active account more powers than it has. False where it has others than u by now, or another address.
func raiseRole(ctx context.Context, tx *sql.Tx, u User, role string) (bool, error) {
	return db.Changed(ctx, tx, `UPDATE users SET role = $1 WHERE id = $2 AND email_norm = $3 AND role = $4 AND role <> $1 AND role <> 'admin'
		AND deactivated_at IS NULL`, role, u.ID, u.EmailNorm, u.Role)
}

// inviteColumns is what scanInvite reads of openInvites.
const (
	inviteColumns = `i.id, i.email, i.email_norm, i.name, i.role, i.issue, i.created_at, i.expires_at, b.name, b.role <> 'admin' OR b.deactivated_at IS NOT NULL`
	openInvites   = ` FROM invites i JOIN users b ON b.id = i.created_by WHERE i.accepted_at IS NULL AND i.revoked_at IS NULL`
)

func scanInvite(row db.Scanner) (Invite, error) {
	var i Invite
	var created, expires int64
	err := row.Scan(&i.ID, &i.Email, &i.EmailNorm, &i.Name, &i.Role, &i.issue, &created, &expires, &i.By, &i.Void)
	i.CreatedAt, i.Expires = db.Time(created), db.Time(expires)
	return i, found(err)
}

func listInvites(ctx context.Context, q db.Querier) ([]Invite, error) {
	return db.All(ctx, q, scanInvite, `SELECT `+inviteColumns+openInvites+` ORDER BY i.id DESC`)
}

func inviteByID(ctx context.Context, q db.Querier, id string) (Invite, error) {
	return scanInvite(q.QueryRowContext(ctx, `SELECT `+inviteColumns+openInvites+` AND i.id = $1`, id))
}

func inviteByHash(ctx context.Context, q db.Querier, hash string) (Invite, error) {
	return scanInvite(q.QueryRowContext(ctx, `SELECT `+inviteColumns+openInvites+` AND i.hash = $1`, hash))
}

func openInviteTo(ctx context.Context, q db.Querier, norm string) (Invite, error) {
	return scanInvite(q.QueryRowContext(ctx, `SELECT `+inviteColumns+openInvites+` AND i.email_norm = $1`, norm))
}

func insertInvite(ctx context.Context, tx *sql.Tx, i Invite, by, hash string) error {
	return db.Exec(ctx, tx, `INSERT INTO invites (id, hash, issue, email, email_norm, name, role, created_at, created_by, expires_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
		i.ID, hash, i.issue, i.Email, i.EmailNorm, i.Name, i.Role, db.Millis(i.CreatedAt), by, db.Millis(i.Expires))
}

// updateInvite makes an open invite what i says, on the word of by. False where it was accepted or revoked meanwhile.
func updateInvite(ctx context.Context, tx *sql.Tx, i Invite, by, hash string) (bool, error) {
	return db.Changed(ctx, tx, `UPDATE invites SET hash = $1, issue = $2, email = $3, name = $4, role = $5, created_by = $6, expires_at = $7
		WHERE id = $8 AND accepted_at IS NULL AND revoked_at IS NULL`, hash, i.issue, i.Email, i.Name, i.Role, by, db.Millis(i.Expires), i.ID)
}

func revokeInvite(ctx context.Context, tx *sql.Tx, id string, now time.Time) (bool, error) {
	return db.Changed(ctx, tx, `UPDATE invites SET revoked_at = $1 WHERE id = $2 AND accepted_at IS NULL AND revoked_at IS NULL`, db.Millis(now), id)
}

// acceptInvite uses up the invite behind a link. False where it was used, revoked or renewed, is too old, or is the word
// of somebody who is no admin any more: his row is held, so that he isn't removed at this moment.
func acceptInvite(ctx context.Context, tx *sql.Tx, hash, userID string, now time.Time) (bool, error) {
	if err := db.Exec(ctx, tx, `UPDATE users SET role = role WHERE id = (SELECT created_by FROM invites WHERE hash = $1)`, hash); err != nil {
		return false, err
	}
	return db.Changed(ctx, tx, `UPDATE invites SET accepted_at = $1, accepted_by = $2
		WHERE hash = $3 AND accepted_at IS NULL AND revoked_at IS NULL AND expires_at > $1
		AND EXISTS (SELECT 1 FROM users b WHERE b.id = created_by AND b.role = 'admin' AND b.deactivated_at IS NULL)`, db.Millis(now), userID, hash)
}
