package account

import (
	"cmp"
	"context"
	"database/sql"

	"lectern/app/fault"
	"lectern/app/lang"
)

// nowhere is a domain that no mail is ever delivered to, RFC 2606.
const nowhere = "deleted.invalid"

// Erase deletes what tells who a student is, as part of tx: name, address, phone, password, notes, tags, sessions and links.
// The row stays with its id, for the orders that need somebody. It can't be taken back. by is an admin, or empty where
// the student asked for it; who it was comes back, for other rooms. Forbidden for staff, NotFound for nobody, Conflict where it was done.
func (s *Service) Erase(ctx context.Context, tx *sql.Tx, by, userID string) (was User, err error) {
	if by != "" {
		if ok, err := holdAdmins(ctx, tx, by); err != nil || !ok {
			return User{}, cmp.Or[error](err, fault.New(fault.Forbidden, "fault.forbidden"))
		}
	}
	u, err := userByID(ctx, tx, userID)
	if err != nil {
		return User{}, err
	}
	if u.Staff() {
		return User{}, fault.New(fault.Forbidden, "account.erase.staff")
	}
	name := lang.For("en").T("account.erased.name")
	if ok, err := erase(ctx, tx, userID, name, userID+"@"+nowhere, s.Now()); err != nil || !ok {
		return User{}, s.notChanged(ctx, tx, userID, err)
	}
	if err := eraseTraces(ctx, tx, userID); err != nil {
		return User{}, err
	}
	if err := s.forget(ctx, tx, accountFailures, u.EmailNorm); err != nil {
		return User{}, err
	}
	return u, s.record(ctx, tx, by, "account.erase", userID)
}
