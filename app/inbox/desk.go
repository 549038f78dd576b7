package inbox

import (
	"context"
	"database/sql"
	"time"

	"lectern/app/db"
	"lectern/app/fault"
	"lectern/app/mail"
	"lectern/app/search"
	"lectern/app/text"
)

// Query chooses messages.
type Query struct {
	Q      string // beginnings of words of name, address, number, subject or text, or a message's code
	Status string // Unread, Open, Closed, Spam, "all"; anything else: what isn't done with, the unread first
	After  string // Key of the last row of the page before
	Limit  int    // 0: 50
}

// Key is what a list goes on from after m.
func (m Message) Key() string {
	if m.Status == Unread {
		return Unread + "." + m.ID
	}
	return Open + "." + m.ID
}

// List returns a page of messages, newest first, and one row more where there is a next.
func (s *Service) List(ctx context.Context, q Query) ([]Message, error) {
	return list(ctx, s.db.Read(), q)
}

func list(ctx context.Context, r db.Querier, q Query) ([]Message, error) {
	if q.Limit <= 0 {
		q.Limit = 50
	}
	if code, ok := ParseCode(q.Q); ok {
		m, err := messageBy(ctx, r, `m.code = $1`, code)
		if fault.Is(err, fault.NotFound) {
			return nil, nil
		}
		return []Message{m}, err
	}
	found, err := search.Match(ctx, r, "message", q.Q)
	if err != nil {
		return nil, err
	}
	var ids []string
	for _, part := range parts(q) {
		part.Limit = q.Limit + 1 - len(ids)
		more, err := found.Page(ctx, r, part)
		if err != nil {
			return nil, err
		}
		if ids = append(ids, more...); len(ids) > q.Limit {
			break
		}
	}
	return messagesByID(ctx, r, ids)
}

// parts are the lists that follow each other in a page: of what isn't done with, the unread and then the rest.
func parts(q Query) []search.List {
	of := func(where string) search.List {
		return search.List{Table: "messages", Owner: "id", Where: where}
	}
	phase, after := cutKey(q.After)
	switch q.Status {
	case Unread, Open, Closed, Spam:
		l := of(`status = '` + q.Status + `'`)
		l.After = after
		return []search.List{l}
	case "all":
		l := of("")
		l.After = after
		return []search.List{l}
	}
	unread, rest := of(`status = 'new'`), of(`status = 'open'`)
	if phase == Open {
		rest.After = after
		return []search.List{rest}
	}
	unread.After = after
	return []search.List{unread, rest}
}

// Entry is what the school added to a message.
type Entry struct {
	ID, Kind, Body string // Kind: reply or note
	At             time.Time
	By             string    // name of who wrote it
	RemovedAt      time.Time // of a note that was taken away; zero: it stands
	Letter         string    // of a reply: queued, sent or failed; empty when the outbox has forgotten it, a month after
	Trouble        string    // why the letter isn't sent yet
}

// The kinds of entries.
const (
	Reply = "reply"
	Note  = "note"
)

// Account is a student's, by which a sender is known.
type Account struct {
	ID, Name string
	Sure     bool // he was signed in when he wrote; else the account only has the address that was typed
}

// Thread is a message with everything that belongs to it.
type Thread struct {
	Message
	Entries []Entry  // oldest first
	Account *Account // nil: none is known
	Others  []Message
}

// Thread returns a message and what belongs to it, the sender's latest other messages too. NotFound where there is none.
func (s *Service) Thread(ctx context.Context, id string) (t Thread, err error) {
	if t.Message, err = s.byID(ctx, s.db.Read(), id); err != nil {
		return t, err
	}
	if t.Entries, err = entries(ctx, s.db.Read(), id); err != nil {
		return t, err
	}
	if t.Account, err = accountOf(ctx, s.db.Read(), id); err != nil {
		return t, err
	}
	t.Others, err = others(ctx, s.db.Read(), id)
	return t, err
}

func (s *Service) byID(ctx context.Context, q db.Querier, id string) (Message, error) {
	if !isKey(id) {
		return Message{}, none()
	}
	return messageBy(ctx, q, `m.id = $1`, id)
}

// Read notes that somebody of the school has seen a message; one that was read before stays as it is.
func (s *Service) Read(ctx context.Context, by, id string) error {
	return s.db.InTx(ctx, func(tx *sql.Tx) error {
		changed, err := markRead(ctx, tx, id, s.now())
		if err != nil || !changed {
			return err
		}
		return s.record(ctx, tx, by, "message.read", id, nil)
	})
}

// Move brings a message from one status to another: Closed, Open again, Unread, Spam. NotFound where there is
// none; Conflict where somebody has moved it already.
func (s *Service) Move(ctx context.Context, by, id, to string) error {
	return s.db.InTx(ctx, func(tx *sql.Tx) error {
		was, err := s.byID(ctx, tx, id)
		if err != nil {
			return err
		}
		if changed, err := move(ctx, tx, id, was.Status, to, s.now()); err != nil {
			return err
		} else if !changed {
			return fault.New(fault.Conflict, "fault.conflict")
		}
		return s.record(ctx, tx, by, "message."+to, id, map[string]any{"from": was.Status})
	})
}

// EntryForm is what is typed under a message.
type EntryForm struct {
	Body string
	Once string // the form's key: sent twice it counts once
	Done bool   // close the message with it
}

// Reply answers by mail: the letter is queued in the transaction that keeps the answer, and a second one hangs in the same
// thread as the first. repeated is true where the same form was sent before. Invalid, field reply; NotFound.
func (s *Service) Reply(ctx context.Context, by, id string, f EntryForm) (repeated bool, err error) {
	return s.add(ctx, by, id, Reply, f)
}

// Note keeps a note that only the school sees. Invalid, field note; NotFound.
func (s *Service) Note(ctx context.Context, by, id string, f EntryForm) (repeated bool, err error) {
	return s.add(ctx, by, id, Note, f)
}

func (s *Service) add(ctx context.Context, by, id, kind string, f EntryForm) (repeated bool, err error) {
	f.Body = text.Body(f.Body)
	switch {
	case f.Body == "":
		return false, fault.Field(kind, "inbox."+kind+".needed")
	case text.Long(f.Body, maxBody):
		return false, fault.Field(kind, "inbox.long", "n", maxBody)
	}
	if !isKey(f.Once) {
		f.Once = db.NewID()
	}
	err = s.db.InTx(ctx, func(tx *sql.Tx) error {
		m, err := s.byID(ctx, tx, id)
		if err != nil {
			return err
		}
		e := Entry{ID: db.NewID(), Kind: kind, Body: f.Body, At: s.now()}
		made, err := insertEntry(ctx, tx, id, by, f.Once, e)
		if err != nil || !made {
			repeated = true
			return err
		}
		repeated = false
		if err := s.record(ctx, tx, by, "message."+kind, id, map[string]any{"entry": e.ID}); err != nil || kind == Note {
			return err
		}
		return s.replied(ctx, tx, by, m, e, f.Done)
	})
	return repeated, err
}

// replied queues the letter of a reply. Whoever answers has read the message, and may be done with it.
func (s *Service) replied(ctx context.Context, tx *sql.Tx, by string, m Message, e Entry, done bool) error {
	to := Open
	if done {
		to = Closed
	}
	if err := markReplied(ctx, tx, m.ID, to, e.At); err != nil {
		return err
	}
	if done && m.Status != Closed {
		if err := s.record(ctx, tx, by, "message.closed", m.ID, map[string]any{"from": m.Status}); err != nil {
			return err
		}
	}
	return mail.Enqueue(ctx, tx, e.At, mail.To{ID: e.ID, Address: m.Email}, mail.MessageReply{Message: m.ID})
}

// Remove takes a note away, or with back puts it back. NotFound for what is no note of the message, Conflict where it was
// done already.
func (s *Service) Remove(ctx context.Context, by, id, noteID string, back bool) error {
	if !isKey(id) || !isKey(noteID) {
		return none()
	}
	return s.db.InTx(ctx, func(tx *sql.Tx) error {
		if known, err := isNote(ctx, tx, id, noteID); err != nil || !known {
			return orNone(err)
		}
		changed, err := removeNote(ctx, tx, noteID, back, s.now())
		if err != nil {
			return err
		}
		if !changed {
			return fault.New(fault.Conflict, "fault.conflict")
		}
		action := "message.note_removed"
		if back {
			action = "message.note_back"
		}
		return s.record(ctx, tx, by, action, id, map[string]any{"entry": noteID})
	})
}

func orNone(err error) error {
	if err != nil {
		return err
	}
	return none()
}
