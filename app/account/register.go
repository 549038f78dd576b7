package account

import (
	"context"
	"database/sql"
	"errors"

	"lectern/app/db"
	"lectern/app/fault"
	"lectern/app/mail"
)

const (
	leastPassword      = 10 // runes
	leastStaffPassword = 15
)

// RegisterForm is what a new student tells. SlipConfirmed means that he was asked about the address and means it.
type RegisterForm struct {
	Name, Email, Phone, Password string
	SlipConfirmed                bool
}

// Register makes a student's account, with the welcome letter, and begins its first session; token is for the cookie.
// A known address with its right password logs in, whatever else the form says. Invalid, by field: with a wrong one
// (which counts as a failed login) and for an address that looks like a slip, unless that is confirmed.
func (s *Service) Register(ctx context.Context, form RegisterForm, via Client) (u User, token string, err error) {
	if err := s.Allow(ctx, Registrations, via.IP); err != nil {
		return User{}, "", err
	}
	email, norm, bad := NormalEmail(form.Email)
	if bad == nil {
		switch _, err := credentialsByEmail(ctx, s.DB.Read(), norm); {
		case err == nil:
			return s.registerAgain(ctx, norm, form.Password, via)
		case !fault.Is(err, fault.NotFound):
			return User{}, "", err
		}
	}
	u = User{ID: db.NewID(), Email: email, EmailNorm: norm, Role: RoleStudent, Lang: "en", CreatedAt: s.Now()}
	if err := s.check(ctx, &u, form); err != nil {
		return User{}, "", err
	}
	hash, err := s.Hasher.Hash(ctx, form.Password)
	if err != nil {
		return User{}, "", err
	}
	err = s.DB.InTx(ctx, func(tx *sql.Tx) error {
		token = ""
		created, err := insertUser(ctx, tx, u, hash)
		if err != nil || !created {
			return err
		}
		if err := mail.Enqueue(ctx, tx, u.CreatedAt, mail.To{UserID: u.ID}, mail.Welcome{}); err != nil {
			return err
		}
		token, err = s.begin(ctx, tx, u.ID, true, via, "account.register", "")
		return err
	})
	if err != nil {
		return User{}, "", err
	}
	if token == "" { // somebody with the same address was quicker
		return s.registerAgain(ctx, norm, form.Password, via)
	}
	return u, token, nil
}

// registerAgain answers for an address that has an account.
func (s *Service) registerAgain(ctx context.Context, norm, password string, via Client) (User, string, error) {
	p, ok, err := s.prove(ctx, norm, password, via)
	if err != nil {
		return User{}, "", err
	}
	if !ok {
		return User{}, "", fault.Field("email", "account.email.known")
	}
	return s.enter(ctx, p, true, via)
}

// check fills u from the form, or says all that is wrong with it.
func (s *Service) check(ctx context.Context, u *User, form RegisterForm) error {
	var wrong fault.Fields
	var err error
	u.Name, err = CleanName(form.Name)
	note(&wrong, err)
	if u.Email == "" {
		_, _, err = NormalEmail(form.Email)
		note(&wrong, err)
	} else {
		note(&wrong, slip(u.EmailNorm, form.SlipConfirmed))
	}
	u.Phone, err = NormalPhone(form.Phone, s.Country)
	note(&wrong, err)
	note(&wrong, CheckPassword(form.Password, s.PasswordLength(u.Staff()), u.Name, u.EmailNorm, s.SiteName(ctx)))
	return wrong.Err()
}

// PasswordLength is how many characters a new password must have.
func (s *Service) PasswordLength(staff bool) int {
	if staff {
		return leastStaffPassword
	}
	return leastPassword
}

// slip asks about an address that was probably meant otherwise.
func slip(norm string, confirmed bool) error {
	if suggestion, ok := EmailSlip(norm); ok && !confirmed {
		return fault.Field("email", "account.email.slip", "suggestion", suggestion)
	}
	return nil
}

// note adds what err says about form fields.
func note(wrong *fault.Fields, err error) {
	var f *fault.Fault
	if !errors.As(err, &f) {
		return
	}
	for field, m := range f.Fields {
		wrong.Add(field, m.Key, m.Args...)
	}
}
