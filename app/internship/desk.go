package internship

import (
	"context"
	"database/sql"
	"slices"
	"time"

	"lectern/app/db"
	"lectern/app/fault"
	"lectern/app/mail"
	"lectern/app/search"
	"lectern/app/text"
)

// ApplicationStatuses lists them in the order in which they come.
var ApplicationStatuses = []string{Applied, Shortlisted, Accepted, Rejected}

// Query chooses applications, the newest first.
type Query struct {
	Q      string // beginnings of words of name, address, number or cover letter
	Status string // one of ApplicationStatuses; anything else: all
	Post   string // id of an internship; empty: all
	After  string // id of the last row of the page before
	Limit  int    // 0: 50
}

// Fee is how the order stands that pays an application's fee.
type Fee struct {
	Amount    int64 // 0: none is asked
	Currency  string
	OrderCode string // empty: there is no order yet
	Status    string // of the order, waiting where a claim waits
}

// Row is an application in a list.
type Row struct {
	Application
	Post Post
	Fee  Fee
}

// List returns a page of applications, and one row more where there is a next.
func (s *Service) List(ctx context.Context, q Query) ([]Row, error) {
	return list(ctx, s.db.Read(), q)
}

func list(ctx context.Context, r db.Querier, q Query) ([]Row, error) {
	if q.Limit <= 0 {
		q.Limit = 50
	}
	l := search.List{Table: "applications", Owner: "id", Limit: q.Limit + 1}
	if slices.Contains(ApplicationStatuses, q.Status) {
		l.Where = `status = '` + q.Status + `'`
	}
	if q.Post != "" {
		l.Of, l.Value = "internship_id", q.Post
	}
	if isKey(q.After) {
		l.After = q.After
	}
	found, err := search.Match(ctx, r, "application", q.Q)
	if err != nil {
		return nil, err
	}
	ids, err := found.Page(ctx, r, l)
	if err != nil || len(ids) == 0 {
		return nil, err
	}
	return rowsByID(ctx, r, ids)
}

// Note is what somebody of the school wrote down about an application.
type Note struct {
	ID, Body  string
	At        time.Time
	By        string    // name
	RemovedAt time.Time // zero: it stands
}

// File is an application with everything that belongs to it.
type File struct {
	Row
	Decider string // name of who changed the status last
	Account string // name of the account that it is tied to, or that has its address; empty: none
	Holder  string // id of that account
	Notes   []Note // oldest first
	Letter  string // of the last decision: queued, sent or failed; empty where none is remembered
	Others  []Row  // other applications from the same address
}

// File returns an application with what belongs to it. NotFound where there is none.
func (s *Service) File(ctx context.Context, id string) (f File, err error) {
	if !isKey(id) {
		return f, noApplication()
	}
	rows, err := rowsByID(ctx, s.db.Read(), []string{id})
	if err != nil {
		return f, err
	}
	if len(rows) == 0 {
		return f, noApplication()
	}
	f.Row = rows[0]
	for _, part := range []func(context.Context, db.Querier, *File) error{addPeople, addNotes, addLetter, addOthers} {
		if err := part(ctx, s.db.Read(), &f); err != nil {
			return f, err
		}
	}
	return f, nil
}

// See notes that somebody of the school has looked at an application; one that was seen before stays as it is.
func (s *Service) See(ctx context.Context, by, id string) error {
	return s.db.InTx(ctx, func(tx *sql.Tx) error {
		changed, err := markSeen(ctx, tx, id, s.now())
		if err != nil || !changed {
			return err
		}
		return s.record(ctx, tx, by, "application.see", "application", id, nil)
	})
}

// Decision is a change of an application's status.
type Decision struct {
	From, To string
	Line     string // a personal line in the letter; may be empty
	Tell     bool   // the applicant gets a letter
}

// Decide changes an application's status; with Tell the applicant is told, which makes a correction of a letter that was
// sent before. Every change can be changed back. Invalid, by fields status and line; NotFound; Conflict where the
// application has another status than From by now.
func (s *Service) Decide(ctx context.Context, by, id string, d Decision) error {
	d.Line = text.Body(d.Line)
	var wrong fault.Fields
	if !slices.Contains(ApplicationStatuses, d.To) || d.To == d.From {
		wrong.Add("status", "internship.application.status")
	}
	if text.Long(d.Line, 1000) {
		wrong.Add("line", "internship.long", "n", 1000)
	}
	if err := wrong.Err(); err != nil {
		return err
	}
	return s.db.InTx(ctx, func(tx *sql.Tx) error { return s.decide(ctx, tx, by, id, d) })
}

func (s *Service) decide(ctx context.Context, tx *sql.Tx, by, id string, d Decision) error {
	if !isKey(id) {
		return noApplication()
	}
	a, changed, err := setStatus(ctx, tx, id, by, d, s.now())
	if err != nil {
		return err
	}
	if !changed {
		if _, err := applicationBy(ctx, tx, `a.id = $1`, id); err != nil {
			return err
		}
		return conflict()
	}
	if err := s.record(ctx, tx, by, "application."+d.To, "application", id, map[string]any{"from": d.From}); err != nil {
		return err
	}
	// A shortlist is the school's own; only its end, after a letter said otherwise, is told.
	if !d.Tell || a.Told == "" && d.To != Accepted && d.To != Rejected {
		return nil
	}
	letter := db.NewID()
	if err := setTold(ctx, tx, id, d.To, letter); err != nil {
		return err
	}
	return mail.Enqueue(ctx, tx, s.now(), mail.To{ID: letter, Address: a.Email}, mail.ApplicationDecided{ID: id, Status: d.To, Before: a.Told})
}

// AddNote keeps a note that only the school sees; the same form sent twice counts once. Invalid, field note; NotFound.
func (s *Service) AddNote(ctx context.Context, by, id, body, once string) error {
	body = text.Body(body)
	switch {
	case body == "":
		return fault.Field("note", "internship.note.needed")
	case text.Long(body, maxLetter):
		return fault.Field("note", "internship.long", "n", maxLetter)
	}
	if !isKey(once) {
		once = db.NewID()
	}
	return s.db.InTx(ctx, func(tx *sql.Tx) error {
		if _, err := applicationBy(ctx, tx, `a.id = $1`, id); err != nil {
			return err
		}
		noteID := db.NewID()
		made, err := insertNote(ctx, tx, id, by, once, Note{ID: noteID, Body: body, At: s.now()})
		if err != nil || !made {
			return err
		}
		return s.record(ctx, tx, by, "application.note", "application", id, map[string]any{"entry": noteID})
	})
}

// RemoveNote takes a note away, or with back puts it back. NotFound for what is no note of the application, Conflict where
// it was done already.
func (s *Service) RemoveNote(ctx context.Context, by, id, noteID string, back bool) error {
	if !isKey(id) || !isKey(noteID) {
		return noApplication()
	}
	return s.db.InTx(ctx, func(tx *sql.Tx) error {
		known, err := isNote(ctx, tx, id, noteID)
		if err != nil {
			return err
		}
		if !known {
			return noApplication()
		}
		if changed, err := removeNote(ctx, tx, noteID, back, s.now()); err != nil {
			return err
		} else if !changed {
			return conflict()
		}
		action := "application.note_removed"
		if back {
			action = "application.note_back"
		}
		return s.record(ctx, tx, by, action, "application", id, map[string]any{"entry": noteID})
	})
}

func noApplication() error { return fault.New(fault.NotFound, "internship.application.none") }
