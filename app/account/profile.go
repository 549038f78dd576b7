package account

import (
	"cmp"
	"context"
	"database/sql"

	"lectern/app/db"
	"lectern/app/fault"
	"lectern/app/mail"
)

// ProfileForm is what people may change about themselves without being asked for the password.
type ProfileForm struct{ Name, Phone string }

// UpdateProfile changes a user's name and phone number. Invalid, by field.
func (s *Service) UpdateProfile(ctx context.Context, userID string, form ProfileForm) error {
	var wrong fault.Fields
	name, err := CleanName(form.Name)
	note(&wrong, err)
	phone, err := NormalPhone(form.Phone, s.Country)
	note(&wrong, err)
	if err := wrong.Err(); err != nil {
		return err
	}
	return s.DB.InTx(ctx, func(tx *sql.Tx) error {
		u, err := setProfile(ctx, tx, userID, name, phone)
		if err != nil {
			return err
		}
		if err := index(ctx, tx, u); err != nil {
			return err
		}
		return s.record(ctx, tx, userID, "account.profile", userID)
	})
}

// Exported writes down that somebody took a copy of all that is stored about him.
func (s *Service) Exported(ctx context.Context, userID string) error {
	return s.DB.InTx(ctx, func(tx *sql.Tx) error { return s.record(ctx, tx, userID, "account.export", userID) })
}

// ChangePassword sets a new password for who knows the current one, ends the other sessions and voids mailed links. The
// session keep goes on under a new token, for the cookie. Invalid about the fields current_password and password; wrong
// current passwords count as failed logins. TooMany after a few.
func (s *Service) ChangePassword(ctx context.Context, u User, current, password, keep string) (token string, err error) {
	p, err := s.confirm(ctx, u, current)
	if err != nil {
		return "", err
	}
	if err := CheckPassword(password, s.PasswordLength(p.Staff()), p.Name, p.EmailNorm, s.SiteName(ctx)); err != nil {
		return "", err
	}
	hash, err := s.Hasher.Hash(ctx, password)
	if err != nil {
		return "", err
	}
	err = s.DB.InTx(ctx, func(tx *sql.Tx) error {
		if ok, err := takePassword(ctx, tx, u.ID, p.hash, hash); err != nil || !ok {
			return cmp.Or[error](err, fault.New(fault.Conflict, "fault.conflict"))
		}
		if over, err := s.count(ctx, tx, accountLetters, u.ID); err != nil || over != nil {
			return cmp.Or(err, over)
		}
		if err := s.passwordChanged(ctx, tx, p.User, keep, s.Now()); err != nil {
			return err
		}
		if token, err = s.renew(ctx, tx, u.ID, keep); err != nil {
			return err
		}
		return s.record(ctx, tx, u.ID, "account.change_password", u.ID)
	})
	if err != nil {
		return "", err
	}
	return token, nil
}

// EmailForm asks for another mail address. SlipConfirmed as in RegisterForm.
type EmailForm struct {
	Email, Password string
	SlipConfirmed   bool
}

// ChangeEmail gives the account another address, at once: it has to be confirmed like a first one, and the old one is
// told. The session keep goes on under a new token, for the cookie; links mailed to the old address end. Invalid about
// the fields email and current_password; wrong passwords count as failed logins. TooMany after a few.
func (s *Service) ChangeEmail(ctx context.Context, u User, form EmailForm, keep string) (token string, err error) {
	email, norm, err := NormalEmail(form.Email)
	if err == nil {
		err = slip(norm, form.SlipConfirmed)
	}
	if err != nil {
		return "", err
	}
	p, err := s.confirm(ctx, u, form.Password)
	if err != nil {
		return "", err
	}
	if norm == p.EmailNorm {
		return "", fault.Field("email", "account.email.same")
	}
	err = s.DB.InTx(ctx, func(tx *sql.Tx) error {
		if ok, err := setEmail(ctx, tx, u.ID, p.hash, email, norm); err != nil || !ok {
			return cmp.Or[error](err, fault.New(fault.Conflict, "fault.conflict"))
		}
		if over, err := s.count(ctx, tx, accountLetters, u.ID); err != nil || over != nil {
			return cmp.Or(err, over)
		}
		changed := p.User
		changed.Email, changed.EmailNorm = email, norm
		if err := index(ctx, tx, changed); err != nil {
			return err
		}
		if err := s.tellAddresses(ctx, tx, p.User, changed); err != nil {
			return err
		}
		if token, err = s.renew(ctx, tx, u.ID, keep); err != nil {
			return err
		}
		return s.record(ctx, tx, u.ID, "account.change_email", u.ID)
	})
	switch {
	case db.IsUnique(err):
		return "", fault.Field("email", "account.email.taken")
	case err != nil:
		return "", err
	}
	return token, nil
}

// tellAddresses ends what was sent to the old address, tells it, and asks the new one to be confirmed.
func (s *Service) tellAddresses(ctx context.Context, tx *sql.Tx, old, changed User) error {
	now := s.Now()
	if err := voidLinks(ctx, tx, old.ID, ResetLink, "", now); err != nil {
		return err
	}
	told := mail.AddressChanged{Old: mail.Mask(old.Email), New: mail.Mask(changed.Email)}
	if err := mail.Enqueue(ctx, tx, now, mail.To{UserID: old.ID, Address: old.Email}, told); err != nil {
		return err
	}
	return s.askToVerify(ctx, tx, changed)
}

// confirm checks the password of somebody who is signed in. Invalid about the field current_password.
func (s *Service) confirm(ctx context.Context, u User, password string) (proven, error) {
	p, ok, err := s.prove(ctx, u.EmailNorm, password, Client{user: u.ID})
	if err != nil {
		return proven{}, err
	}
	if !ok || p.ID != u.ID {
		return proven{}, fault.Field("current_password", "account.password.wrong")
	}
	return p, nil
}

// renew gives the session that a request came with another token. NotFound where that session was ended meanwhile.
func (s *Service) renew(ctx context.Context, tx *sql.Tx, userID, sessionID string) (string, error) {
	token := newToken()
	ok, err := renewSession(ctx, tx, userID, sessionID, hashed(token), s.Now())
	if err == nil && !ok {
		err = fault.New(fault.NotFound, "fault.not_found")
	}
	return token, err
}
