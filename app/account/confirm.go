package account

import (
	"cmp"
	"context"
	"database/sql"

	"lectern/app/fault"
)

// Proof is what somebody gives who is signed in, to prove that it's him: the password, with a second factor where the
// account has one, or a passkey alone. Step is the token of the passkey's question.
type Proof struct {
	Password string
	Answer
	Step string
}

// Confirm checks who is signed in, before something that must not be done by whoever finds his browser open. It begins the
// session's ten minutes anew and returns its new token for the cookie. Invalid about the fields password, code and
// passkey; TooMany as in LogIn, whose failures it shares; NotFound where the session was ended meanwhile.
func (s *Service) Confirm(ctx context.Context, userID, sessionID string, given Proof, via Client) (token string, err error) {
	u, err := userByID(ctx, s.DB.Read(), userID)
	if err != nil {
		return "", err
	}
	via.user = u.ID
	var p proven
	var second *proof
	if given.Passkey == "" {
		ok := false
		if p, ok, err = s.prove(ctx, u.EmailNorm, given.Password, via); err != nil {
			return "", err
		}
		if !ok || p.ID != u.ID {
			return "", fault.Field("password", "account.password.wrong")
		}
	}
	has, err := hasFactor(ctx, s.DB.Read(), u.ID)
	if err != nil {
		return "", err
	}
	if has || given.Passkey != "" {
		q, err := s.proveFactor(ctx, u, given.Step, confirmStep, given.Answer)
		if err != nil {
			return "", err
		}
		second = &q
	}
	err = s.DB.InTx(ctx, func(tx *sql.Tx) error {
		if err := s.takeProof(ctx, tx, u, p, second, via); err != nil {
			return err
		}
		if token, err = s.renew(ctx, tx, u.ID, sessionID); err != nil {
			return err
		}
		return s.record(ctx, tx, u.ID, "account.confirm", u.ID)
	})
	return token, err
}

// takeProof takes up what was checked: p where a password was given, second where a factor was.
func (s *Service) takeProof(ctx context.Context, tx *sql.Tx, u User, p proven, second *proof, via Client) error {
	if p.ID != "" {
		if err := s.mayTry(ctx, tx, u.EmailNorm, via); err != nil {
			return err
		}
		if ok, err := takePassword(ctx, tx, u.ID, p.hash, p.next); err != nil || !ok { // it was changed while it was checked
			return cmp.Or[error](err, fault.Field("password", "account.password.wrong"))
		}
	} else if ok, err := holdUser(ctx, tx, u.ID); err != nil || !ok {
		return cmp.Or[error](err, fault.New(fault.NotFound, "fault.not_found"))
	}
	if second == nil {
		return nil
	}
	return s.useProof(ctx, tx, u, *second)
}
