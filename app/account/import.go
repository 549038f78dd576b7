package account

import (
	"context"
	"database/sql"
	"strings"

	"lectern/app/db"
	"lectern/app/fault"
)

// Imported is what a file tells of a student. A name that is missing is made of the address.
type Imported struct {
	Name, Email, Phone string
	Tags               []Tag
	Note               string
	SlipConfirmed      bool // addresses that look mistyped are meant
}

// Check reads what a file tells. Invalid, by field.
func (s *Service) Check(in Imported) (User, error) {
	var wrong fault.Fields
	var u User
	var err error
	u.Email, u.EmailNorm, err = NormalEmail(in.Email)
	suggestion, slipped := EmailSlip(u.EmailNorm)
	switch {
	case strings.TrimSpace(in.Email) == "":
		wrong.Add("email", "account.import.no_email")
	case err == nil && slipped && !in.SlipConfirmed:
		wrong.Add("email", "account.import.slip", "suggestion", suggestion)
	}
	note(&wrong, err)
	if err == nil {
		if strings.TrimSpace(in.Name) == "" {
			in.Name, _, _ = strings.Cut(u.Email, "@")
		}
		u.Name, err = CleanName(in.Name)
		note(&wrong, err)
	}
	u.Phone, err = NormalPhone(in.Phone, s.Country)
	note(&wrong, err)
	return u, wrong.Err()
}

// ImportResult is what Import did.
type ImportResult struct {
	User
	Created bool
	Filled  bool // a phone number that was missing, tags or a note came in
}

// Import makes an account out of what a file tells, without a password and without a letter, as part of tx. Of an account
// that has the address nothing is overwritten: a missing phone number is filled in, tags and a note are added. Running it
// again changes nothing. Invalid, by field; Conflict for accounts of staff and deactivated ones.
func (s *Service) Import(ctx context.Context, tx *sql.Tx, by string, in Imported) (ImportResult, error) {
	checked, err := s.Check(in)
	if err != nil {
		return ImportResult{}, err
	}
	u := User{ID: db.NewID(), Email: checked.Email, EmailNorm: checked.EmailNorm, Name: checked.Name, Phone: checked.Phone, Role: RoleStudent, Lang: "en", CreatedAt: s.Now()}
	r := ImportResult{User: u}
	if r.Created, err = insertRow(ctx, tx, u, ""); err != nil {
		return r, err
	}
	if !r.Created {
		if r.User, err = s.importable(ctx, tx, u.EmailNorm); err != nil {
			return r, err
		}
		if r.Filled, err = fillPhone(ctx, tx, r.ID, u.Phone); err != nil {
			return r, err
		}
		if r.Filled {
			r.Phone = u.Phone
		}
	}
	tagged, err := putTags(ctx, tx, r.ID, in.Tags)
	if err != nil {
		return r, err
	}
	if r.Created || r.Filled || tagged {
		if err := index(ctx, tx, r.User); err != nil {
			return r, err
		}
	}
	noted, err := s.importNote(ctx, tx, by, r, in.Note)
	if err != nil {
		return r, err
	}
	action := "account.import"
	switch {
	case r.Created:
	case r.Filled, tagged, noted:
		r.Filled, action = true, "account.import_more"
	default:
		return r, nil
	}
	return r, s.record(ctx, tx, by, action, r.ID)
}

// importable takes the account with that address, if a file may add to it.
func (s *Service) importable(ctx context.Context, tx *sql.Tx, norm string) (User, error) {
	c, err := credentialsByEmail(ctx, tx, norm)
	if err != nil {
		return User{}, err
	}
	u, err := s.holdPresent(ctx, tx, c.ID)
	switch {
	case err != nil:
		return u, err
	case u.Role != RoleStudent:
		return u, fault.New(fault.Conflict, "account.import.staff")
	case !u.DeactivatedAt.IsZero():
		return u, fault.New(fault.Conflict, "account.import.deactivated")
	}
	return u, nil
}

// importNote adds a note, unless the same words were written about the student before.
func (s *Service) importNote(ctx context.Context, tx *sql.Tx, by string, r ImportResult, text string) (bool, error) {
	text = strings.TrimSpace(text)
	if text == "" {
		return false, nil
	}
	if runes := []rune(text); len(runes) > maxNote {
		text = string(runes[:maxNote])
	}
	if !r.Created {
		if has, err := hasNote(ctx, tx, r.ID, text); has || err != nil {
			return false, err
		}
	}
	return true, insertNote(ctx, tx, Note{ID: db.NewID(), Text: text}, r.ID, by, s.Now())
}

// Known returns those accounts that have one of the given normal addresses, by address.
func (s *Service) Known(ctx context.Context, q db.Querier, norms []string) (map[string]User, error) {
	return usersByEmail(ctx, q, norms)
}
