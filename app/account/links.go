package account

import (
	"cmp"
	"context"
	"database/sql"
	"fmt"
	"time"

	"lectern/app/db"
	"lectern/app/fault"
	"lectern/app/mail"
)

// Kinds of links. Each works once: opening it has no effect, so that scanners of mail may, sending its form has.
const (
	ResetLink  = "reset"  // mailed: sets a new password
	VerifyLink = "verify" // mailed: confirms the address
	SetupLink  = "setup"  // printed at the start: makes the first admin
	LoginLink  = "login"  // made by an admin: logs a student in
	InviteLink = "invite" // made by an admin, and mailed: makes a member of the staff; see Invite
)

// WelcomeLink is mailed to who was imported: a reset link with time to come round to it.
const WelcomeLink = "welcome"

// linkLife is how long a link works from when it was made or, if mailed, last put into a letter: an hour, but for what
// nobody asked for and so nobody sits waiting for, WelcomeLink and invites.
var linkLife = map[string]time.Duration{
	ResetLink:   time.Hour,
	VerifyLink:  time.Hour,
	SetupLink:   time.Hour,
	LoginLink:   time.Hour,
	WelcomeLink: 7 * 24 * time.Hour,
}

// linkPath is what stands between BaseURL and the token.
var linkPath = map[string]string{
	ResetLink:  "/password/reset/",
	VerifyLink: "/email/verify/",
	SetupLink:  "/setup/",
	LoginLink:  "/login?link=",
}

// Link returns the link for a letter about to be sent to email: ResetLink, WelcomeLink, VerifyLink, or InviteLink, whose
// seed says which one. The letter's seed gives the same link at every try, and each try gives a reset or verify link its whole life
// again, because letters may wait for a day. A link that was used stays used. A newer reset link voids the older ones.
// Not to be called inside a transaction.
func (s *Service) Link(ctx context.Context, kind, userID, email, seed string) (string, error) {
	if kind == InviteLink {
		return s.inviteLink(ctx, seed)
	}
	if kind != ResetLink && kind != VerifyLink && kind != WelcomeLink {
		return "", fmt.Errorf("account: no link of kind %q is mailed", kind)
	}
	token, life := s.keyed("link", kind, userID, seed, email), linkLife[kind]
	if kind == WelcomeLink {
		kind = ResetLink
	}
	err := s.DB.InTx(ctx, func(tx *sql.Tx) error {
		now := s.Now()
		if kind == ResetLink {
			if err := voidLinks(ctx, tx, userID, kind, hashed(token), now); err != nil {
				return err
			}
		}
		return putLink(ctx, tx, link{kind: kind, userID: userID, email: email}, hashed(token), now, life)
	})
	return s.BaseURL + linkPath[kind] + token, err
}

// newLink makes a link with a random token as part of tx.
func (s *Service) newLink(ctx context.Context, tx *sql.Tx, kind, userID string) (string, error) {
	token := newToken()
	return s.BaseURL + linkPath[kind] + token, putLink(ctx, tx, link{kind: kind, userID: userID}, hashed(token), s.Now(), linkLife[kind])
}

func deadLink() error { return fault.New(fault.NotFound, "account.link.dead") }

// CheckToken reports whether the form behind a link would work; it changes nothing. NotFound where the link was used,
// replaced, is too old or never was.
func (s *Service) CheckToken(ctx context.Context, kind, token string) error {
	_, err := s.openLink(ctx, s.DB.Read(), kind, token)
	return err
}

// LinkUser returns whose link it is, nobody for a set-up link, for the page before its form; it changes nothing. NotFound
// as in CheckToken.
func (s *Service) LinkUser(ctx context.Context, kind, token string) (User, error) {
	l, err := s.openLink(ctx, s.DB.Read(), kind, token)
	return l.user, err
}

// openLink finds a link that works. One that confirmed an address works again: it has nothing left to do.
func (s *Service) openLink(ctx context.Context, q db.Querier, kind, token string) (link, error) {
	l, err := findLink(ctx, q, kind, hashed(token))
	if fault.Is(err, fault.NotFound) {
		return link{}, deadLink()
	}
	if err != nil {
		return link{}, err
	}
	dead := l.used || !s.Now().Before(l.expires)
	switch kind {
	case VerifyLink:
		dead = l.email != l.user.Email || dead && l.user.VerifiedAt.IsZero()
	case ResetLink, LoginLink:
		dead = dead || !l.user.DeactivatedAt.IsZero()
	case SetupLink:
		done, err := hasAdmin(ctx, q)
		if err != nil {
			return link{}, err
		}
		dead = dead || done
	}
	if dead {
		return link{}, deadLink()
	}
	return l, nil
}

// RequestReset mails a reset link if email belongs to an active account; the answer is the same if it doesn't, and when
// there were too many requests for it. Invalid for what is no address, TooMany for one client's requests for many.
func (s *Service) RequestReset(ctx context.Context, email string, via Client) error {
	_, norm, err := NormalEmail(email)
	if err != nil {
		return err
	}
	if err := s.Allow(ctx, addressResets, via.IP); err != nil {
		return err
	}
	c, err := credentialsByEmail(ctx, s.DB.Read(), norm)
	if err != nil && !fault.Is(err, fault.NotFound) {
		return err
	}
	return s.DB.InTx(ctx, func(tx *sql.Tx) error {
		over, err := s.count(ctx, tx, accountResets, norm)
		if err != nil || over != nil || c.ID == "" || !c.DeactivatedAt.IsZero() {
			return err
		}
		if err := mail.Enqueue(ctx, tx, s.Now(), mail.To{UserID: c.ID, Dedupe: "reset:" + c.ID}, mail.Reset{}); err != nil {
			return err
		}
		return s.record(ctx, tx, "", "account.request_reset", c.ID)
	})
}

// ResetPassword sets a new password by a reset link, ends all sessions, voids all links and lifts the throttle of the
// login. It doesn't log in. Invalid about the field password, NotFound where the link doesn't work.
func (s *Service) ResetPassword(ctx context.Context, token, password string) error {
	l, err := s.openLink(ctx, s.DB.Read(), ResetLink, token)
	if err != nil {
		return err
	}
	if err := CheckPassword(password, s.PasswordLength(l.user.Staff()), l.user.Name, l.user.EmailNorm, s.SiteName(ctx)); err != nil {
		return err
	}
	hash, err := s.Hasher.Hash(ctx, password)
	if err != nil {
		return err
	}
	return s.DB.InTx(ctx, func(tx *sql.Tx) error {
		now := s.Now()
		if ok, err := setPassword(ctx, tx, l.user.ID, hash); err != nil || !ok {
			return cmp.Or(err, deadLink())
		}
		if ok, err := takeLink(ctx, tx, ResetLink, hashed(token), now); err != nil || !ok {
			return cmp.Or(err, deadLink())
		}
		if err := cmp.Or(s.passwordChanged(ctx, tx, l.user, "", now), forgetDevices(ctx, tx, l.user.ID)); err != nil {
			return err
		}
		if _, err := confirmEmail(ctx, tx, l.user.ID, l.email, now); err != nil { // the link arrived there
			return err
		}
		return s.record(ctx, tx, l.user.ID, "account.reset_password", l.user.ID)
	})
}

// passwordChanged does what follows from a new password, whoever set it. The session keep goes on; it may be empty.
func (s *Service) passwordChanged(ctx context.Context, tx *sql.Tx, u User, keep string, now time.Time) error {
	if err := endSessions(ctx, tx, u.ID, keep, now); err != nil {
		return err
	}
	for _, kind := range []string{ResetLink, LoginLink} {
		if err := voidLinks(ctx, tx, u.ID, kind, "", now); err != nil {
			return err
		}
	}
	if err := endSteps(ctx, tx, u.ID); err != nil {
		return err
	}
	if err := s.forget(ctx, tx, accountFailures, u.EmailNorm); err != nil {
		return err
	}
	return mail.Enqueue(ctx, tx, now, mail.To{UserID: u.ID}, mail.PasswordChanged{})
}

// VerifyEmail confirms the address that a link was mailed to. Doing it again is no fault. NotFound where the link doesn't
// work, or the account has another address by now.
func (s *Service) VerifyEmail(ctx context.Context, token string) error {
	return s.DB.InTx(ctx, func(tx *sql.Tx) error {
		l, err := s.openLink(ctx, tx, VerifyLink, token)
		if err != nil {
			return err
		}
		now := s.Now()
		confirmed, err := confirmEmail(ctx, tx, l.user.ID, l.email, now)
		if err != nil || !confirmed {
			return err
		}
		if _, err := takeLink(ctx, tx, VerifyLink, hashed(token), now); err != nil {
			return err
		}
		return s.record(ctx, tx, l.user.ID, "account.verify_email", l.user.ID)
	})
}

// ResendVerify mails another link to the user's address, unless it is confirmed. TooMany after a few.
func (s *Service) ResendVerify(ctx context.Context, userID string) error {
	u, err := userByID(ctx, s.DB.Read(), userID)
	if err != nil || !u.VerifiedAt.IsZero() {
		return err
	}
	if err := s.Allow(ctx, accountLetters, userID); err != nil {
		return err
	}
	return s.DB.InTx(ctx, func(tx *sql.Tx) error { return s.askToVerify(ctx, tx, u) })
}

// askToVerify mails a link that confirms u's address.
func (s *Service) askToVerify(ctx context.Context, tx *sql.Tx, u User) error {
	to := mail.To{UserID: u.ID, Address: u.Email, Dedupe: "verify:" + u.ID + ":" + u.EmailNorm}
	return mail.Enqueue(ctx, tx, s.Now(), to, mail.VerifyAddress{Address: u.Email})
}
