package school

import (
	"cmp"
	"context"
	"database/sql"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"lectern/app/audit"
	"lectern/app/db"
	"lectern/app/fault"
	"lectern/app/mail"
)

// Payee is an address that the school is paid to.
type Payee struct {
	ID       string
	Label    string // for choosing among several; may be empty
	VPA      string // UPI address, lower case
	Merchant bool   // a verified merchant's address, whose links carry more
	Active   bool
	Version  int64 // grows with each change
}

// PayeeForm is what an admin says about a payee.
type PayeeForm struct {
	Label, VPA string
	Merchant   bool
}

const (
	maxLabel  = 60
	maxPayees = 20
)

// vpa is the shape of a UPI address: a name and the handle of a bank or an app. Package payment/upi has the same, and a
// test compares them.
var vpa = regexp.MustCompile(`^[a-z0-9._-]{2,256}@[a-z][a-z0-9]{1,63}$`)

// Payees returns the active payees in their order. The result is shared: don't change it.
func (s *Service) Payees(ctx context.Context) ([]Payee, error) {
	epoch, err := s.Epoch(ctx)
	if err != nil {
		return nil, err
	}
	if r := s.payees.Load(); r != nil && r.epoch == epoch {
		return r.list, nil
	}
	list, err := readPayees(ctx, s.db.Read())
	if err != nil {
		return nil, err
	}
	s.payees.Store(&payeesRead{epoch, list})
	return list, nil
}

// AllPayees returns the payees in their order, those that are switched off too.
func (s *Service) AllPayees(ctx context.Context) ([]Payee, error) {
	return readAllPayees(ctx, s.db.Read())
}

// AddPayee adds an address at the end of the list and returns its id. Invalid by field: label, vpa.
func (s *Service) AddPayee(ctx context.Context, by string, f PayeeForm) (id string, err error) {
	if f, err = f.checked(); err != nil {
		return "", err
	}
	err = s.payeeChange(ctx, by, mail.PayeeAdded, func(tx *sql.Tx) (string, string, string, error) {
		n, last, err := countPayees(ctx, tx)
		if err == nil && n >= maxPayees {
			err = fault.New(fault.Invalid, "school.payee.many", "max", maxPayees)
		}
		if err != nil {
			return "", "", "", err
		}
		added := false
		if id, added, err = addPayee(ctx, tx, f, int(last)+1, s.now()); err == nil && !added {
			err = fault.Field("vpa", "school.payee.known")
		}
		return id, "", f.VPA, err
	})
	return id, err
}

// ChangePayee changes what is said about a payee, as it was shown at that version. Invalid by field, NotFound, Conflict
// where it was changed since.
func (s *Service) ChangePayee(ctx context.Context, by, id string, version int64, f PayeeForm) error {
	f, err := f.checked()
	if err != nil {
		return err
	}
	err = s.payeeChange(ctx, by, mail.PayeeChanged, func(tx *sql.Tx) (string, string, string, error) {
		old, err := readPayee(ctx, tx, id)
		if err != nil {
			return "", "", "", err
		}
		if taken, err := vpaTaken(ctx, tx, f.VPA, id); err != nil || taken {
			return "", "", "", cmp.Or[error](err, fault.Field("vpa", "school.payee.known"))
		}
		ok, err := changePayee(ctx, tx, id, version, f)
		return id, old.VPA, f.VPA, guarded(ok, err)
	})
	if db.IsUnique(err) { // another admin was quicker with the same address
		return fault.Field("vpa", "school.payee.known")
	}
	return err
}

// SwitchPayee takes a payee out of use or back into it. NotFound, Conflict where it is so already.
func (s *Service) SwitchPayee(ctx context.Context, by, id string, on bool) error {
	what := mail.PayeeOff
	if on {
		what = mail.PayeeOn
	}
	return s.payeeChange(ctx, by, what, func(tx *sql.Tx) (string, string, string, error) {
		old, err := readPayee(ctx, tx, id)
		if err != nil {
			return "", "", "", err
		}
		ok, err := switchPayee(ctx, tx, id, on)
		return id, "", old.VPA, guarded(ok, err)
	})
}

// MovePayee lets a payee and the one before it, or after it, change places: students are offered the first. NotFound;
// Conflict where it was changed since that version, as by the same click.
func (s *Service) MovePayee(ctx context.Context, by, id string, version int64, up bool) error {
	return s.payeeChange(ctx, by, mail.PayeesMoved, func(tx *sql.Tx) (string, string, string, error) {
		old, err := readPayee(ctx, tx, id)
		if err != nil {
			return "", "", "", err
		}
		ok, err := movePayee(ctx, tx, id, version, up)
		return id, "", old.VPA, guarded(ok, err)
	})
}

// payeeChange runs a change of the payees in one transaction with its record, the letter that tells the school, and the
// epoch.
func (s *Service) payeeChange(ctx context.Context, by, what string, do func(tx *sql.Tx) (id, was, is string, err error)) error {
	defer s.epoch.Store(nil)
	return s.db.InTx(ctx, func(tx *sql.Tx) error {
		id, was, is, err := do(tx)
		if err != nil {
			return err
		}
		if err := s.recordPayee(ctx, tx, by, what, id); err != nil {
			return err
		}
		if err := mail.Enqueue(ctx, tx, s.now(), mail.To{}, mail.Payee{Change: what, Was: was, Is: is, By: by}); err != nil {
			return err
		}
		return bumpEpoch(ctx, tx)
	})
}

func (s *Service) recordPayee(ctx context.Context, tx *sql.Tx, by, what, id string) error {
	return audit.Record(ctx, tx, audit.Entry{At: s.now(), Actor: by, Action: "payee." + what, Kind: "payee", Subject: id})
}

func guarded(ok bool, err error) error {
	if err == nil && !ok {
		err = fault.New(fault.Conflict, "fault.conflict")
	}
	return err
}

// checked cleans the form and says what is wrong with it.
func (f PayeeForm) checked() (PayeeForm, error) {
	var faults fault.Fields
	f.Label, f.VPA = strings.Join(strings.Fields(f.Label), " "), strings.ToLower(strings.TrimSpace(f.VPA))
	switch {
	case utf8.RuneCountInString(f.Label) > maxLabel:
		faults.Add("label", "school.long", "max", maxLabel)
	case strings.ContainsFunc(f.Label, unicode.IsControl):
		faults.Add("label", "school.control")
	}
	switch {
	case f.VPA == "":
		faults.Add("vpa", "school.missing")
	case !vpa.MatchString(f.VPA):
		faults.Add("vpa", "school.payee.vpa")
	}
	return f, faults.Err()
}
