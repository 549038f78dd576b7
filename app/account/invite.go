package account

import (
	"cmp"
	"context"
	"database/sql"
	"slices"
	"strconv"
	"strings"
	"time"

	"lectern/app/audit"
	"lectern/app/db"
	"lectern/app/fault"
	"lectern/app/mail"
)

// InviteLife is how long an invite can be accepted.
const InviteLife = 7 * 24 * time.Hour

// Invite is somebody who was asked to join the staff and hasn't answered yet.
type Invite struct {
	ID, Name, Role     string
	Email, EmailNorm   string
	By                 string // name of the admin whose word it is
	CreatedAt, Expires time.Time
	Void               bool // that admin is none any more

	issue int64
}

// Dead reports whether the link of i doesn't work any more, until it is renewed.
func (i Invite) Dead(now time.Time) bool { return i.Void || !now.Before(i.Expires) }

// InviteForm says who is asked. SlipConfirmed means that the admin was asked about the address and means it.
type InviteForm struct {
	Name, Email, Role string
	SlipConfirmed     bool
}

// Invites returns the invites that wait for an answer, the latest first.
func (s *Service) Invites(ctx context.Context) ([]Invite, error) {
	return listInvites(ctx, s.DB.Read())
}

// Invite asks somebody to join the staff, mails the link and returns the invite's id. An address that was asked already
// keeps its link, unless that has run out or is for another role. Invalid, by field; Forbidden for who is no admin.
func (s *Service) Invite(ctx context.Context, by string, form InviteForm) (id string, err error) {
	i := Invite{ID: db.NewID(), Role: form.Role, CreatedAt: s.Now(), Expires: s.Now().Add(InviteLife), issue: 1}
	var wrong fault.Fields
	i.Name, err = CleanName(form.Name)
	note(&wrong, err)
	i.Email, i.EmailNorm, err = NormalEmail(form.Email)
	note(&wrong, cmp.Or(err, slip(i.EmailNorm, form.SlipConfirmed)))
	if !slices.Contains(StaffRoles, form.Role) {
		wrong.Add("role", "staff.role.choose")
	}
	if err := wrong.Err(); err != nil {
		return "", err
	}
	err = s.DB.InTx(ctx, func(tx *sql.Tx) error {
		if err := s.asAdmin(ctx, tx, by); err != nil {
			return err
		}
		if err := mayBeAsked(ctx, tx, i.EmailNorm); err != nil {
			return err
		}
		id, err = s.putInvite(ctx, tx, by, i)
		return err
	})
	return id, err
}

// mayBeAsked refuses the address of who has powers already, and of who was shut out.
func mayBeAsked(ctx context.Context, tx *sql.Tx, norm string) error {
	c, err := credentialsByEmail(ctx, tx, norm)
	switch {
	case fault.Is(err, fault.NotFound):
		return nil
	case err != nil:
		return err
	case !c.DeactivatedAt.IsZero():
		return fault.Field("email", "staff.invite.deactivated")
	case c.Staff():
		return fault.Field("email", "staff.invite.member")
	}
	return nil
}

// putInvite writes an invite, in place of an open one for the same address. Whoever calls it holds all admins.
func (s *Service) putInvite(ctx context.Context, tx *sql.Tx, by string, i Invite) (id string, err error) {
	old, err := openInviteTo(ctx, tx, i.EmailNorm)
	switch {
	case fault.Is(err, fault.NotFound):
		if err := insertInvite(ctx, tx, i, by, s.inviteHash(i)); err != nil {
			return "", err
		}
	case err != nil:
		return "", err
	default:
		i.ID, i.issue = old.ID, old.issue
		if old.Role != i.Role || old.Dead(s.Now()) {
			i.issue++
		}
		if ok, err := updateInvite(ctx, tx, i, by, s.inviteHash(i)); err != nil || !ok {
			return "", cmp.Or[error](err, fault.New(fault.Conflict, "staff.invite.over"))
		}
	}
	return i.ID, s.sendInvite(ctx, tx, by, i, "invite.create")
}

// RenewInvite gives an open invite another link, with its whole life, on the word of by. Links from before are void.
// Conflict where it was accepted or revoked.
func (s *Service) RenewInvite(ctx context.Context, by, id string) error {
	return s.DB.InTx(ctx, func(tx *sql.Tx) error {
		if err := s.asAdmin(ctx, tx, by); err != nil {
			return err
		}
		i, err := inviteByID(ctx, tx, id)
		if err != nil {
			return err
		}
		i.issue++
		i.Expires = s.Now().Add(InviteLife)
		if ok, err := updateInvite(ctx, tx, i, by, s.inviteHash(i)); err != nil || !ok {
			return cmp.Or[error](err, fault.New(fault.Conflict, "staff.invite.over"))
		}
		return s.sendInvite(ctx, tx, by, i, "invite.renew")
	})
}

// sendInvite mails the link of an invite.
func (s *Service) sendInvite(ctx context.Context, tx *sql.Tx, by string, i Invite, action string) error {
	if err := mail.Enqueue(ctx, tx, s.Now(), mail.To{Address: i.Email, Dedupe: "invite:" + i.seed()}, mail.StaffInvited{Seed: i.seed(), Role: i.Role}); err != nil {
		return err
	}
	return s.recordInvite(ctx, tx, by, action, i)
}

func (s *Service) recordInvite(ctx context.Context, tx *sql.Tx, by, action string, i Invite) error {
	return audit.Record(ctx, tx, audit.Entry{At: s.Now(), Actor: by, Action: action, Kind: "invite", Subject: i.ID, Detail: map[string]any{"role": i.Role}})
}

// RevokeInvite takes an invite back: its link is dead from now on. Conflict where it was accepted or revoked.
func (s *Service) RevokeInvite(ctx context.Context, by, id string) error {
	return s.DB.InTx(ctx, func(tx *sql.Tx) error {
		if err := s.asAdmin(ctx, tx, by); err != nil {
			return err
		}
		i, err := inviteByID(ctx, tx, id)
		if err != nil {
			return err
		}
		if ok, err := revokeInvite(ctx, tx, id, s.Now()); err != nil || !ok {
			return cmp.Or[error](err, fault.New(fault.Conflict, "staff.invite.over"))
		}
		return s.recordInvite(ctx, tx, by, "invite.revoke", i)
	})
}

// seed names an invite and the issue of its link.
func (i Invite) seed() string { return i.ID + "." + strconv.FormatInt(i.issue, 10) }

// inviteToken is the secret in an invite's link.
func (s *Service) inviteToken(i Invite) string { return s.keyed("invite", i.seed()) }

func (s *Service) inviteHash(i Invite) string { return hashed(s.inviteToken(i)) }

// InviteURL returns the link of an invite, to be shown to an admin or mailed. NotFound where it doesn't work any more.
func (s *Service) InviteURL(ctx context.Context, id string) (string, error) {
	i, err := inviteByID(ctx, s.DB.Read(), id)
	return s.inviteURL(i, err)
}

// inviteLink is InviteURL for a letter, as long as no newer one went out.
func (s *Service) inviteLink(ctx context.Context, seed string) (string, error) {
	id, _, _ := strings.Cut(seed, ".")
	i, err := inviteByID(ctx, s.DB.Read(), id)
	if err == nil && i.seed() != seed {
		err = deadLink()
	}
	return s.inviteURL(i, err)
}

func (s *Service) inviteURL(i Invite, err error) (string, error) {
	if err != nil {
		return "", err
	}
	if i.Dead(s.Now()) {
		return "", deadLink()
	}
	return s.BaseURL + linkPath[SetupLink] + s.inviteToken(i), nil
}

// OpenInvite returns the invite behind a link, and the account that has its address already; the zero User where none
// has. It changes nothing. NotFound where the link doesn't work.
func (s *Service) OpenInvite(ctx context.Context, token string) (Invite, User, error) {
	i, err := s.inviteBehind(ctx, s.DB.Read(), token)
	if err != nil {
		return Invite{}, User{}, err
	}
	c, err := credentialsByEmail(ctx, s.DB.Read(), i.EmailNorm)
	if fault.Is(err, fault.NotFound) {
		return i, User{}, nil
	}
	return i, c.User, err
}

func (s *Service) inviteBehind(ctx context.Context, q db.Querier, token string) (Invite, error) {
	i, err := inviteByHash(ctx, q, hashed(token))
	if fault.Is(err, fault.NotFound) || err == nil && i.Dead(s.Now()) {
		return Invite{}, deadLink()
	}
	return i, err
}

// AcceptInvite makes the account of who was asked, with the powers of the invite, and begins a session. Invalid, by
// field; Conflict where the address has an account, which has to log in; NotFound where the link doesn't work.
func (s *Service) AcceptInvite(ctx context.Context, token string, form SetupForm, via Client) (u User, session string, err error) {
	i, known, err := s.OpenInvite(ctx, token)
	if err != nil {
		return User{}, "", err
	}
	if known.ID != "" {
		return User{}, "", fault.New(fault.Conflict, "staff.accept.known")
	}
	u = User{ID: db.NewID(), Email: i.Email, EmailNorm: i.EmailNorm, Role: i.Role, Lang: "en", CreatedAt: s.Now()}
	if err := s.check(ctx, &u, RegisterForm{Name: form.Name, Password: form.Password, SlipConfirmed: true}); err != nil {
		return User{}, "", err
	}
	hash, err := s.Hasher.Hash(ctx, form.Password)
	if err != nil {
		return User{}, "", err
	}
	err = s.DB.InTx(ctx, func(tx *sql.Tx) error {
		if created, err := insertUser(ctx, tx, u, hash); err != nil || !created {
			return cmp.Or[error](err, fault.New(fault.Conflict, "staff.accept.known"))
		}
		if err := s.takeInvite(ctx, tx, token, i, u.ID); err != nil {
			return err
		}
		if err := s.askToVerify(ctx, tx, u); err != nil {
			return err
		}
		if err := s.tellStaff(ctx, tx, u.ID, u.ID, i.Role); err != nil {
			return err
		}
		session, err = s.begin(ctx, tx, u.ID, false, via, "account.login", "")
		return err
	})
	if err != nil {
		return User{}, "", err
	}
	return u, session, nil
}

// takeInvite uses an invite up, for the account userID, whose row tx holds.
func (s *Service) takeInvite(ctx context.Context, tx *sql.Tx, token string, i Invite, userID string) error {
	if ok, err := acceptInvite(ctx, tx, hashed(token), userID, s.Now()); err != nil || !ok {
		return cmp.Or(err, deadLink())
	}
	return s.recordInvite(ctx, tx, userID, "invite.accept", i)
}

// JoinStaff accepts an invite for an account that is logged in with the session keep: it gets the invite's powers, that
// session a new token, and all others end. NotFound where the link doesn't work or is for another address.
func (s *Service) JoinStaff(ctx context.Context, token, userID, keep string) (session string, err error) {
	i, u, err := s.OpenInvite(ctx, token)
	if err != nil {
		return "", err
	}
	if u.ID != userID || u.ID == "" {
		return "", deadLink()
	}
	err = s.DB.InTx(ctx, func(tx *sql.Tx) error {
		if ok, err := raiseRole(ctx, tx, u, i.Role); err != nil || !ok {
			return cmp.Or[error](err, fault.New(fault.Conflict, "staff.conflict"))
		}
		if err := s.takeInvite(ctx, tx, token, i, u.ID); err != nil {
			return err
		}
		if err := endSessions(ctx, tx, u.ID, keep, s.Now()); err != nil {
			return err
		}
		if session, err = s.renew(ctx, tx, u.ID, keep); err != nil {
			return err
		}
		return s.roleChanged(ctx, tx, u.ID, u, i.Role)
	})
	return session, err
}
