package account

import (
	"cmp"
	"context"
	"database/sql"
	"strings"

	"lectern/app/db"
	"lectern/app/fault"
)

// FirstAdmin makes an admin where there is none, and reports whether it did. An account that has the address already
// becomes one, with this password. The password is taken as it is: settings were checked when they were read.
func (s *Service) FirstAdmin(ctx context.Context, email, password string) (created bool, err error) {
	if done, err := hasAdmin(ctx, s.DB.Read()); done || err != nil {
		return false, err
	}
	a, err := s.newAdmin(email, "")
	if err != nil {
		return false, err
	}
	a.VerifiedAt = a.CreatedAt
	hash, err := s.Hasher.Hash(ctx, password)
	if err != nil {
		return false, err
	}
	err = s.DB.InTx(ctx, func(tx *sql.Tx) error {
		created = false
		if _, err := takeSetupLinks(ctx, tx, "", s.Now()); err != nil {
			return err
		}
		if done, err := hasAdmin(ctx, tx); done || err != nil {
			return err
		}
		_, err := s.putAdmin(ctx, tx, a, hash)
		created = err == nil
		return err
	})
	if fault.Is(err, fault.Conflict) {
		return false, nil // another copy of the program, started at the same moment
	}
	return created, err
}

// CreateAdmin makes an admin, for the command line. An account that has the address already becomes one, with this
// password. Invalid, by field; Conflict where it is an admin's.
func (s *Service) CreateAdmin(ctx context.Context, email, name, password string) error {
	a, err := s.newAdmin(email, name)
	if err != nil {
		return err
	}
	a.VerifiedAt = a.CreatedAt
	if err := s.check(ctx, &a, RegisterForm{Name: name, Email: email, Password: password, SlipConfirmed: true}); err != nil {
		return err
	}
	hash, err := s.Hasher.Hash(ctx, password)
	if err != nil {
		return err
	}
	return s.DB.InTx(ctx, func(tx *sql.Tx) error {
		_, err := s.putAdmin(ctx, tx, a, hash)
		return err
	})
}

// newAdmin reads the address of an admin to be; without a name, what stands before the @ has to do.
func (s *Service) newAdmin(email, name string) (User, error) {
	email, norm, err := NormalEmail(email)
	if err != nil {
		return User{}, err
	}
	if name == "" {
		name, _, _ = strings.Cut(email, "@")
	}
	return User{ID: db.NewID(), Email: email, EmailNorm: norm, Name: name, Role: RoleAdmin, Lang: "en", CreatedAt: s.Now()}, nil
}

// putAdmin inserts an admin or makes one of the account that has the address. Conflict where that is an active admin's.
func (s *Service) putAdmin(ctx context.Context, tx *sql.Tx, a User, hash string) (User, error) {
	created, err := insertUser(ctx, tx, a, hash)
	if err != nil {
		return User{}, err
	}
	if !created {
		if a, err = s.promote(ctx, tx, a, hash); err != nil {
			return User{}, err
		}
	}
	return a, s.record(ctx, tx, "", "account.make_admin", a.ID)
}

func (s *Service) promote(ctx context.Context, tx *sql.Tx, a User, hash string) (User, error) {
	a, ok, err := promote(ctx, tx, a, hash)
	if err != nil || !ok {
		return User{}, cmp.Or[error](err, fault.New(fault.Conflict, "account.admin.known"))
	}
	if err := index(ctx, tx, a); err != nil {
		return User{}, err
	}
	return a, s.passwordChanged(ctx, tx, a, "", s.Now())
}

// SetPassword sets the password of any account, for the command line, and ends its sessions. Invalid about the field
// password, NotFound where no active account has the address.
func (s *Service) SetPassword(ctx context.Context, email, password string) error {
	_, norm, err := NormalEmail(email)
	if err != nil {
		return err
	}
	c, err := credentialsByEmail(ctx, s.DB.Read(), norm)
	if fault.Is(err, fault.NotFound) {
		return fault.New(fault.NotFound, "account.email.nobody")
	}
	if err != nil {
		return err
	}
	if err := CheckPassword(password, s.PasswordLength(c.Staff()), c.Name, c.EmailNorm, s.SiteName(ctx)); err != nil {
		return err
	}
	hash, err := s.Hasher.Hash(ctx, password)
	if err != nil {
		return err
	}
	return s.DB.InTx(ctx, func(tx *sql.Tx) error {
		if ok, err := setPassword(ctx, tx, c.ID, hash); err != nil || !ok {
			return cmp.Or[error](err, fault.New(fault.NotFound, "fault.not_found"))
		}
		if err := s.passwordChanged(ctx, tx, c.User, "", s.Now()); err != nil {
			return err
		}
		return s.record(ctx, tx, "", "account.set_password", c.ID)
	})
}

// SetupLink makes a link under which the first admin is made, for the log of the start; empty where there is an admin.
// Links of earlier starts go on working, since several copies may start at once: all end with the first admin.
func (s *Service) SetupLink(ctx context.Context) (url string, err error) {
	if done, err := hasAdmin(ctx, s.DB.Read()); done || err != nil {
		return "", err
	}
	err = s.DB.InTx(ctx, func(tx *sql.Tx) (err error) {
		url, err = s.newLink(ctx, tx, SetupLink, "")
		return err
	})
	return url, err
}

// SetupForm is what the first admin tells.
type SetupForm struct{ Name, Email, Password string }

// Setup makes the first admin by a set-up link and begins a session. NotFound where the link doesn't work or there is an
// admin; Invalid, by field.
func (s *Service) Setup(ctx context.Context, token string, form SetupForm, via Client) (u User, session string, err error) {
	if err := s.CheckToken(ctx, SetupLink, token); err != nil {
		return User{}, "", err
	}
	u, _ = s.newAdmin(form.Email, form.Name)
	u.Role = RoleAdmin // also where the address is wrong, which check says with the rest
	if err := s.check(ctx, &u, RegisterForm{Name: form.Name, Email: form.Email, Password: form.Password, SlipConfirmed: true}); err != nil {
		return User{}, "", err
	}
	hash, err := s.Hasher.Hash(ctx, form.Password)
	if err != nil {
		return User{}, "", err
	}
	var second *SecondStep
	err = s.DB.InTx(ctx, func(tx *sql.Tx) error {
		if ok, err := takeSetupLinks(ctx, tx, hashed(token), s.Now()); err != nil || !ok {
			return cmp.Or(err, deadLink())
		}
		if done, err := hasAdmin(ctx, tx); err != nil || done {
			return cmp.Or(err, deadLink())
		}
		a, err := s.putAdmin(ctx, tx, u, hash)
		if err != nil {
			return err
		}
		if err := s.askToVerify(ctx, tx, a); err != nil {
			return err
		}
		u = a
		session, second, err = s.admit(ctx, tx, a.ID, false, via, "account.login")
		return err
	})
	return entered(u, session, second, err)
}
