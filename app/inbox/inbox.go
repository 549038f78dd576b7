// Package inbox keeps what people write to the school by its contact form, and what the school answers. A message is
// stored, and the school told, in one transaction; an answer is a letter of the outbox, so that nothing is lost while mail
// is down.
package inbox

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"errors"
	"strings"
	"time"

	"lectern/app/account"
	"lectern/app/audit"
	"lectern/app/db"
	"lectern/app/fault"
	"lectern/app/mail"
	"lectern/app/text"
)

// Statuses of a message.
const (
	Unread = "new"  // nobody has read it yet
	Open   = "open" // read, and not done with
	Closed = "closed"
	Spam   = "spam" // kept, so that nothing is lost by a wrong guess, but nobody is told of it
)

const (
	maxSubject = 200  // characters
	maxBody    = 5000 // characters
)

// Message is what somebody wrote.
type Message struct {
	ID, Code      string
	UserID        string // who was signed in; empty: nobody
	Name, Email   string
	Phone         string // E.164, or empty
	Subject, Body string // Subject may be empty
	Status        string
	CreatedAt     time.Time
	ReadAt        time.Time // times that don't apply are zero
	RepliedAt     time.Time
	ClosedAt      time.Time
}

// Form is what is typed into the contact form.
type Form struct {
	Name, Email, Phone, Subject, Body string
	Trap                              string // a field that people don't see and programs fill in
	UserID                            string // who is signed in, or empty
}

// Options wire a Service.
type Options struct {
	DB      *db.DB
	Country string           // of phone numbers without a country code
	Now     func() time.Time // nil: time.Now
}

// Service takes messages and lets the school work on them. Safe for concurrent use.
type Service struct {
	db      *db.DB
	country string
	now     func() time.Time
}

// New returns a Service.
func New(o Options) *Service {
	if o.Now == nil {
		o.Now = time.Now
	}
	return &Service{db: o.DB, country: o.Country, now: o.Now}
}

// Send stores a message and tells the school. The same text by the same sender on the same day is the same message: a
// double click writes once, and gets the same code. Invalid, by fields name, email, phone, subject and message.
func (s *Service) Send(ctx context.Context, f Form) (Message, error) {
	m, norm, err := s.message(f)
	if err != nil {
		return m, err
	}
	once := fingerprint(norm, m.Subject, m.Body, m.CreatedAt.UTC().Format(time.DateOnly))
	err = s.db.InTx(ctx, func(tx *sql.Tx) error {
		for range tries {
			m.ID, m.Code = db.NewID(), newCode()
			made, err := insertMessage(ctx, tx, m, norm, once)
			if err != nil {
				return err
			}
			if made {
				return s.sent(ctx, tx, m)
			}
			known, err := messageBy(ctx, tx, `m.once = $1`, once)
			if !fault.Is(err, fault.NotFound) { // not found: the code was taken
				m = known
				return err
			}
		}
		return errors.New("inbox: no code for a message")
	})
	return m, err
}

// tries bounds how often a message's code may be taken.
const tries = 5

// message checks what was typed.
func (s *Service) message(f Form) (m Message, norm string, err error) {
	var wrong fault.Fields
	note := func(err error) {
		var f *fault.Fault
		if errors.As(err, &f) {
			for name, msg := range f.Fields {
				wrong.Add(name, msg.Key, msg.Args...)
			}
		}
	}
	m = Message{UserID: f.UserID, Status: Unread, Subject: text.Line(f.Subject), Body: text.Body(f.Body), CreatedAt: s.now()}
	m.Name, err = account.CleanName(f.Name)
	note(err)
	m.Email, norm, err = account.NormalEmail(f.Email)
	note(err)
	m.Phone, err = account.NormalPhone(f.Phone, s.country)
	note(err)
	if text.Long(m.Subject, maxSubject) {
		wrong.Add("subject", "inbox.long", "n", maxSubject)
	}
	switch {
	case m.Body == "":
		wrong.Add("message", "inbox.message.needed")
	case text.Long(m.Body, maxBody):
		wrong.Add("message", "inbox.long", "n", maxBody)
	}
	if f.Trap != "" {
		m.Status = Spam
	}
	return m, norm, wrong.Err()
}

// sent writes down that a message came, makes it findable, and tells the school.
func (s *Service) sent(ctx context.Context, tx *sql.Tx, m Message) error {
	if err := index(ctx, tx, m); err != nil {
		return err
	}
	if err := s.record(ctx, tx, m.UserID, "message.send", m.ID, nil); err != nil || m.Status == Spam {
		return err
	}
	return tell(ctx, tx, m)
}

// letters is how many messages of one hour the school gets a letter each for. What comes on top is told together, so that
// no flood of messages uses up the day's mail.
const letters = 20

func tell(ctx context.Context, tx *sql.Tx, m Message) error {
	n, err := since(ctx, tx, m.CreatedAt.Add(-time.Hour))
	if err != nil {
		return err
	}
	if n > letters {
		return mail.Enqueue(ctx, tx, m.CreatedAt, mail.To{}, mail.MessagesDigest{})
	}
	return mail.Enqueue(ctx, tx, m.CreatedAt, mail.To{}, mail.NewMessage{ID: m.ID})
}

// Unread is the number of messages that nobody has read yet.
func (s *Service) Unread(ctx context.Context) (int, error) { return unread(ctx, s.db.Read()) }

func (s *Service) record(ctx context.Context, tx *sql.Tx, by, action, id string, detail map[string]any) error {
	return audit.Record(ctx, tx, audit.Entry{At: s.now(), Actor: by, Action: action, Kind: "message", Subject: id, Detail: detail})
}

func fingerprint(parts ...string) string {
	sum := sha256.Sum256([]byte(strings.Join(parts, "\x00")))
	return hex.EncodeToString(sum[:16])
}

// none is the answer where there is no such message.
func none() error { return fault.New(fault.NotFound, "inbox.none") }
