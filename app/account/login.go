package account

import (
	"cmp"
	"context"
	"database/sql"
	"strings"

	"lectern/app/db"
	"lectern/app/fault"
)

// LogIn checks address and password and begins a session; token is for the cookie. The error is a *SecondStep where the
// account has a second factor. Invalid, with the same words for
// wrong passwords and unknown addresses; a deactivated account is told so only to who knows its password. TooMany after
// ten failures for an address, known or not, or a hundred from one client, within 15 minutes.
func (s *Service) LogIn(ctx context.Context, email, password string, remember bool, via Client) (u User, token string, err error) {
	_, norm, err := NormalEmail(email)
	if err != nil {
		norm = strings.ToLower(strings.TrimSpace(email)) // no address: nobody's, and counted as such
	}
	c, ok, err := s.prove(ctx, norm, password, via)
	if err != nil {
		return User{}, "", err
	}
	if !ok {
		return User{}, "", fault.Field("password", "account.login.wrong")
	}
	return s.enter(ctx, c, remember, via)
}

// proven is an account whose password was given, and the hash to keep of it from now on.
type proven struct {
	credentials
	next string
}

// prove looks for the account with that address and password. Where there is none, ok is false and the failure is
// counted, in the same time whether the address is known or not.
func (s *Service) prove(ctx context.Context, norm, password string, via Client) (p proven, ok bool, err error) {
	if err := s.mayTry(ctx, s.DB.Read(), norm, via); err != nil {
		return proven{}, false, err
	}
	c, err := credentialsByEmail(ctx, s.DB.Read(), norm)
	if err != nil && !fault.Is(err, fault.NotFound) {
		return proven{}, false, err
	}
	ok, rehash, err := s.Hasher.VerifyFor(ctx, norm, c.hash, password) // the hash of nobody is empty, and costs as much as any
	if err != nil {
		return proven{}, false, err
	}
	if !ok {
		s.Log.Info("wrong password", "user", c.ID)
		return proven{}, false, s.failed(ctx, norm, via)
	}
	p = proven{c, c.hash}
	if rehash {
		p.next, err = s.Hasher.Hash(ctx, password)
	}
	return p, err == nil, err
}

// bucketed is a limit and who it counts.
type bucketed struct {
	Limit
	who string
}

// guesses are the limits on wrong passwords for an address. Who is signed in has one of his own, and so has a browser in
// which that account was logged in before: whatever strangers try, they don't shut its owner out.
func (s *Service) guesses(ctx context.Context, q db.Querier, norm string, via Client) ([]bucketed, error) {
	if via.user != "" {
		return []bucketed{{deviceFailures, via.user}}, nil
	}
	if via.Device != "" {
		known, err := knowsDevice(ctx, q, hashed(via.Device), norm, s.Now().Add(-DeviceLife))
		if err != nil || known {
			return []bucketed{{deviceFailures, via.Device + norm}}, err
		}
	}
	all := []bucketed{{accountFailures, norm}, {allFailures, "all"}}
	if via.IP != "" {
		all = append(all, bucketed{addressFailures, via.IP})
	}
	return all, nil
}

// mayTry returns TooMany where too many passwords were wrong. It is asked again before a right one counts: guesses sent
// all at once would pass it together.
func (s *Service) mayTry(ctx context.Context, q db.Querier, norm string, via Client) error {
	all, err := s.guesses(ctx, q, norm, via)
	for _, b := range all {
		err = cmp.Or(err, s.spent(ctx, q, b.Limit, b.who))
	}
	return err
}

// failed counts a wrong password. TooMany if it is one too many, as a right one would be told in its place.
func (s *Service) failed(ctx context.Context, norm string, via Client) error {
	var over error
	err := s.DB.InTx(ctx, func(tx *sql.Tx) error {
		over = nil
		all, err := s.guesses(ctx, tx, norm, via)
		for _, b := range all {
			if err != nil {
				break
			}
			var more error
			more, err = s.count(ctx, tx, b.Limit, b.who)
			over = cmp.Or(over, more)
		}
		return err
	})
	return cmp.Or(err, over)
}

// enter begins a session, or the second step, for who has proved himself, unless the password was changed or the account deactivated since.
func (s *Service) enter(ctx context.Context, p proven, remember bool, via Client) (User, string, error) {
	if !p.DeactivatedAt.IsZero() {
		return User{}, "", fault.New(fault.Invalid, "account.login.deactivated")
	}
	var token string
	var second *SecondStep
	err := s.DB.InTx(ctx, func(tx *sql.Tx) error {
		if err := s.mayTry(ctx, tx, p.EmailNorm, via); err != nil {
			return err
		}
		ok, err := takePassword(ctx, tx, p.ID, p.hash, p.next)
		if err != nil {
			return err
		}
		if !ok {
			return fault.Field("password", "account.login.wrong")
		}
		token, second, err = s.admit(ctx, tx, p.ID, remember, via, "account.login")
		return err
	})
	return entered(p.User, token, second, err)
}
