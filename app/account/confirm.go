package account

import (
	"cmp"
	"context"
	"database/sql"

	"lectern/app/fault"
)

// Confirm checks the password of somebody who is signed in, before something that must not be done by whoever finds his
// browser open. It begins the session's ten minutes anew and returns its new token for the cookie. Invalid about the
// field password; TooMany as in LogIn, whose failures it shares; NotFound where the session was ended meanwhile.
func (s *Service) Confirm(ctx context.Context, userID, sessionID, password string, via Client) (token string, err error) {
	u, err := userByID(ctx, s.DB.Read(), userID)
	if err != nil {
		return "", err
	}
	p, ok, err := s.prove(ctx, u.EmailNorm, password, via)
	if err != nil {
		return "", err
	}
	if !ok || p.ID != u.ID {
		return "", fault.Field("password", "account.password.wrong")
	}
	err = s.DB.InTx(ctx, func(tx *sql.Tx) error {
		if err := s.mayTry(ctx, tx, u.EmailNorm, via); err != nil {
			return err
		}
		if ok, err := takePassword(ctx, tx, u.ID, p.hash, p.next); err != nil || !ok { // it was changed while it was checked
			return cmp.Or[error](err, fault.Field("password", "account.password.wrong"))
		}
		if token, err = s.renew(ctx, tx, u.ID, sessionID); err != nil {
			return err
		}
		return s.record(ctx, tx, u.ID, "account.confirm", u.ID)
	})
	return token, err
}
