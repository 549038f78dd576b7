package account

import (
	"cmp"
	"context"
	"database/sql"
	"strings"
	"time"

	"lectern/app/fault"
)

// StudentQuery chooses students, the newest first.
type StudentQuery struct {
	Q      string // beginnings of words of the name, the address or the number; empty: all
	Status string // active, inactive, anything else: all
	Tag    string // Tag.Norm; empty: with any and none
	Course string // its id: who is or was in it; empty: any and none
	After  string // id of the last student of the page before
	Limit  int
}

// StudentRow is a student in a list.
type StudentRow struct {
	User
	Courses  int64     // that he was ever enrolled in
	LastSeen time.Time // in any session that is still remembered
	Tags     []string  // by name
}

// Students returns a page, and one row more where there is a next.
func (s *Service) Students(ctx context.Context, f StudentQuery) ([]StudentRow, error) {
	f.Q = s.PhoneQuery(f.Q)
	f.Limit = max(f.Limit, 1)
	return listStudents(ctx, s.DB.Read(), f)
}

// PhoneQuery writes a phone number the way it is indexed, however it was typed: in one run of digits.
func (s *Service) PhoneQuery(q string) string {
	if phone, err := NormalPhone(q, s.Country); err == nil && phone != "" {
		return digits(phone)
	}
	if d := digits(q); d != "" && strings.Trim(q, "+-() 0123456789") == "" {
		return d
	}
	return q
}

// digits returns what is left of a phone number without the signs between and before.
func digits(phone string) string {
	return strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' {
			return r
		}
		return -1
	}, phone)
}

// nationalDigits returns the digits of an E.164 number without its country code.
func nationalDigits(e164 string) string {
	_, national, _ := strings.Cut(ShowPhone(e164), " ")
	return digits(national)
}

// Student returns the account with that id; an admin's too, who may have ordered a course to see how that is.
func (s *Service) Student(ctx context.Context, id string) (User, error) {
	return userByID(ctx, s.DB.Read(), id)
}

// Deactivate shuts a user out from this moment on: his sessions and links end, no login works. by is the admin who does
// it: Forbidden for himself and for who is no admin any more, so that one always remains. Conflict where it was done.
func (s *Service) Deactivate(ctx context.Context, by, userID string) error {
	return s.DB.InTx(ctx, func(tx *sql.Tx) error { return s.Shut(ctx, tx, by, userID) })
}

// Shut is Deactivate as part of tx.
func (s *Service) Shut(ctx context.Context, tx *sql.Tx, by, userID string) error {
	if by == userID {
		return fault.New(fault.Forbidden, "account.deactivate.self")
	}
	now := s.Now()
	if ok, err := holdAdmins(ctx, tx, by); err != nil || !ok {
		return cmp.Or[error](err, fault.New(fault.Forbidden, "fault.forbidden"))
	}
	if ok, err := deactivate(ctx, tx, userID, now); err != nil || !ok {
		return s.notChanged(ctx, tx, userID, err)
	}
	if err := endSessions(ctx, tx, userID, "", now); err != nil {
		return err
	}
	for _, kind := range []string{ResetLink, LoginLink} {
		if err := voidLinks(ctx, tx, userID, kind, "", now); err != nil {
			return err
		}
	}
	return s.record(ctx, tx, by, "account.deactivate", userID)
}

// Hold takes an active student's row until tx ends. NotFound for nobody, Conflict for who is deactivated or staff.
func (s *Service) Hold(ctx context.Context, tx *sql.Tx, userID string) error {
	ok, err := holdStudent(ctx, tx, userID)
	if err != nil || !ok {
		err = s.notChanged(ctx, tx, userID, err)
		if fault.Is(err, fault.Conflict) {
			err = fault.New(fault.Conflict, "account.inactive")
		}
	}
	return err
}

// Record writes down what another room did to a user, as part of tx.
func (s *Service) Record(ctx context.Context, tx *sql.Tx, by, action, userID string) error {
	return s.record(ctx, tx, by, action, userID)
}

// StudentUsers is Students without what the rows of a list tell beside the account.
func (s *Service) StudentUsers(ctx context.Context, f StudentQuery) ([]User, error) {
	f.Q = s.PhoneQuery(f.Q)
	ids, err := studentIDs(ctx, s.DB.Read(), f)
	if err != nil || len(ids) == 0 {
		return nil, err
	}
	return s.StudentsByID(ctx, ids)
}

// StudentsByID returns those of the given ids that are students, the newest first.
func (s *Service) StudentsByID(ctx context.Context, ids []string) ([]User, error) {
	return usersByID(ctx, s.DB.Read(), ids)
}

// Activate lets a user in again. Conflict where it was done.
func (s *Service) Activate(ctx context.Context, by, userID string) error {
	return s.DB.InTx(ctx, func(tx *sql.Tx) error {
		if ok, err := activate(ctx, tx, userID); err != nil || !ok {
			return s.notChanged(ctx, tx, userID, err)
		}
		return s.record(ctx, tx, by, "account.activate", userID)
	})
}

// notChanged says why a guarded update found nothing to do: NotFound or Conflict.
func (s *Service) notChanged(ctx context.Context, tx *sql.Tx, userID string, err error) error {
	if err == nil {
		_, err = userByID(ctx, tx, userID)
	}
	return cmp.Or[error](err, fault.New(fault.Conflict, "fault.conflict"))
}

// LoginLink makes a link that logs a student in once, within 24 hours, to be sent by other ways than mail. It voids the
// one before. Forbidden for staff and deactivated students.
func (s *Service) LoginLink(ctx context.Context, by, userID string) (url string, err error) {
	err = s.DB.InTx(ctx, func(tx *sql.Tx) error {
		if _, err := userByID(ctx, tx, userID); err != nil {
			return err
		}
		if ok, err := holdStudent(ctx, tx, userID); err != nil || !ok {
			return cmp.Or[error](err, fault.New(fault.Forbidden, "account.login_link.student"))
		}
		if err := voidLinks(ctx, tx, userID, LoginLink, "", s.Now()); err != nil {
			return err
		}
		if url, err = s.newLink(ctx, tx, LoginLink, userID); err != nil {
			return err
		}
		return s.record(ctx, tx, by, "account.login_link", userID)
	})
	return url, err
}

// LoginByLink begins a session by a login link, which is used up; *SecondStep as in LogIn. NotFound where it doesn't work.
func (s *Service) LoginByLink(ctx context.Context, token string, via Client) (u User, session string, err error) {
	l, err := s.openLink(ctx, s.DB.Read(), LoginLink, token)
	if err != nil {
		return User{}, "", err
	}
	var second *SecondStep
	err = s.DB.InTx(ctx, func(tx *sql.Tx) error {
		if ok, err := holdStudent(ctx, tx, l.user.ID); err != nil || !ok {
			return cmp.Or(err, deadLink())
		}
		if ok, err := takeLink(ctx, tx, LoginLink, hashed(token), s.Now()); err != nil || !ok {
			return cmp.Or(err, deadLink())
		}
		session, second, err = s.admit(ctx, tx, l.user.ID, false, via, linkLogin)
		return err
	})
	return entered(l.user, session, second, err)
}
