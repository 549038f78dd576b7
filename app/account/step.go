package account

import (
	"cmp"
	"context"
	"database/sql"
	"time"

	"lectern/app/db"
	"lectern/app/fault"
)

// Kinds of steps, as steps.kind has them.
const (
	loginStep    = "login"    // the password was right
	passkeyStep  = "passkey"  // a passkey in place of a password
	registerStep = "register" // a passkey is made
	confirmStep  = "confirm"  // who is signed in proves that it's him
)

// stepLife is how long a step waits for its answer.
const stepLife = 10 * time.Minute

// step is a row of steps.
type step struct {
	hash, kind, userID string
	remember           bool
	how, question      string
	expires            time.Time
}

// SecondStep is the error of a login that went well so far, where the account has a second factor: nobody is let in who
// doesn't handle it. Token is for the cookie of the step, which Continue takes.
type SecondStep struct{ Token string }

func (*SecondStep) Error() string { return "a second factor is asked for" }

// proof is a second factor that was right. use takes it up in the transaction of what it is for; false where it was used,
// or removed, meanwhile.
type proof struct {
	kind string
	use  func(ctx context.Context, tx *sql.Tx) (bool, error)
}

// Answer proves a second factor: the code of an app, a recovery code, or a passkey's answer to the question of its step.
type Answer struct{ Code, Passkey string }

// admit begins a session for who has proved himself so far, or, where the account has a second factor, the step towards
// it: then second says so, to be returned when tx is over. tx holds the user's row.
func (s *Service) admit(ctx context.Context, tx *sql.Tx, userID string, remember bool, via Client, how string) (session string, second *SecondStep, err error) {
	has, err := hasFactor(ctx, tx, userID)
	if err != nil {
		return "", nil, err
	}
	if !has {
		session, err = s.begin(ctx, tx, userID, remember, via, how, "")
		return session, nil, err
	}
	second = &SecondStep{newToken()}
	st := step{kind: loginStep, userID: userID, remember: remember, how: how, expires: s.Now().Add(stepLife)}
	return "", second, insertStep(ctx, tx, st, hashed(second.Token))
}

// entered is what a login returns when its transaction is over.
func entered(u User, session string, second *SecondStep, err error) (User, string, error) {
	switch {
	case err != nil:
		return User{}, "", err
	case second != nil:
		return User{}, "", second
	}
	return u, session, nil
}

// Waiting returns whose login waits for the second factor under a token; it changes nothing. NotFound where none does.
func (s *Service) Waiting(ctx context.Context, token string) (User, error) {
	st, err := stepByToken(ctx, s.DB.Read(), hashed(token), s.Now())
	if err == nil && st.kind != loginStep {
		err = fault.New(fault.NotFound, "fault.not_found")
	}
	if err != nil {
		return User{}, err
	}
	return userByID(ctx, s.DB.Read(), st.userID)
}

// Continue ends a login that waits for the second factor. NotFound where it waits no more; Invalid about the fields code or
// passkey; TooMany after a few wrong codes.
func (s *Service) Continue(ctx context.Context, token string, a Answer, via Client) (u User, session string, err error) {
	u, err = s.Waiting(ctx, token)
	if err != nil {
		return User{}, "", err
	}
	st, err := stepByToken(ctx, s.DB.Read(), hashed(token), s.Now())
	if err != nil {
		return User{}, "", err
	}
	p, err := s.proveFactor(ctx, u, token, loginStep, a)
	if err != nil {
		return User{}, "", err
	}
	return s.enterBy(ctx, u, st, p, st.remember, via)
}

// LogInByPasskey lets in whose passkey answers the question of AskPasskey. Invalid about the field passkey.
func (s *Service) LogInByPasskey(ctx context.Context, token, answer string, remember bool, via Client) (u User, session string, err error) {
	st, question, err := s.answered(ctx, token, passkeyStep)
	if err != nil {
		return User{}, "", passkeyWrong(err)
	}
	u, p, err := s.checkPasskey(question, answer, func(id string) (User, []Factor, error) {
		u, err := userByID(ctx, s.DB.Read(), id)
		if err != nil {
			return User{}, nil, err
		}
		all, err := factorsOf(ctx, s.DB.Read(), id)
		return u, all, err
	})
	if err != nil {
		return User{}, "", err
	}
	if !u.DeactivatedAt.IsZero() {
		return User{}, "", fault.New(fault.Invalid, "account.login.deactivated")
	}
	return s.enterBy(ctx, u, st, p, remember, via)
}

// enterBy begins the session of a step whose proof was right.
func (s *Service) enterBy(ctx context.Context, u User, st step, p proof, remember bool, via Client) (User, string, error) {
	var session string
	err := s.DB.InTx(ctx, func(tx *sql.Tx) error {
		if ok, err := holdUser(ctx, tx, u.ID); err != nil || !ok {
			return cmp.Or[error](err, fault.New(fault.NotFound, "fault.not_found"))
		}
		if ok, err := takeStep(ctx, tx, st.hash, s.Now()); err != nil || !ok {
			return cmp.Or[error](err, fault.New(fault.NotFound, "fault.not_found"))
		}
		if err := s.useProof(ctx, tx, u, p); err != nil {
			return err
		}
		var err error
		session, err = s.begin(ctx, tx, u.ID, remember, via, st.how, p.kind)
		return err
	})
	if err != nil {
		return User{}, "", err
	}
	return u, session, nil
}

// useProof takes a proof up. What would be one guess too many is refused here too: guesses sent all at once would pass the
// first look together.
func (s *Service) useProof(ctx context.Context, tx *sql.Tx, u User, p proof) error {
	if p.kind == Passkey {
		ok, err := p.use(ctx, tx)
		if err == nil && !ok {
			err = passkeyWrong(nil)
		}
		return err
	}
	if err := s.mayTryCode(ctx, tx, u.ID); err != nil {
		return err
	}
	if ok, err := p.use(ctx, tx); err != nil || !ok {
		return cmp.Or[error](err, fault.Field("code", "factor.code.wrong"))
	}
	return s.forget(ctx, tx, codeFailures, u.ID)
}

// proveFactor checks an answer, for the step of a token where a passkey gave it.
func (s *Service) proveFactor(ctx context.Context, u User, token, kind string, a Answer) (proof, error) {
	all, err := factorsOf(ctx, s.DB.Read(), u.ID)
	if err != nil {
		return proof{}, err
	}
	if a.Passkey != "" {
		st, question, err := s.answered(ctx, token, kind)
		if err != nil || st.userID != u.ID {
			return proof{}, passkeyWrong(err)
		}
		return s.provePasskey(u, all, question, a.Passkey)
	}
	if err := s.mayTryCode(ctx, s.DB.Read(), u.ID); err != nil {
		return proof{}, err
	}
	code := digitsOf(a.Code)
	var p proof
	ok := false
	switch len(code) {
	case 0:
		return proof{}, fault.Field("code", "factor.code.missing")
	case 6:
		p, ok = s.proveCode(u, all, code)
	case recoveryLength:
		if p, ok, err = s.proveRecovery(ctx, u, code); err != nil {
			return proof{}, err
		}
	}
	if !ok {
		return proof{}, s.codeFailed(ctx, u.ID, "factor.code.wrong")
	}
	return p, nil
}

func (s *Service) mayTryCode(ctx context.Context, q db.Querier, userID string) error {
	return s.spent(ctx, q, codeFailures, userID)
}

// codeFailed counts a wrong code and says so. TooMany if it is one too many, as a right one would be told in its place.
func (s *Service) codeFailed(ctx context.Context, userID, key string) error {
	var over error
	err := s.DB.InTx(ctx, func(tx *sql.Tx) (err error) {
		over, err = s.count(ctx, tx, codeFailures, userID)
		return err
	})
	s.Log.Info("wrong code", "user", userID)
	return cmp.Or[error](err, over, fault.Field("code", key))
}
