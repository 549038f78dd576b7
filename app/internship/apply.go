package internship

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"lectern/app/account"
	"lectern/app/db"
	"lectern/app/fault"
	"lectern/app/mail"
	"lectern/app/search"
	"lectern/app/text"
)

// Statuses of an application.
const (
	Applied     = "new"
	Shortlisted = "shortlisted"
	Accepted    = "accepted"
	Rejected    = "rejected"
)

// Application is somebody's wish to have a place.
type Application struct {
	ID, PostID  string
	UserID      string // who was signed in, or logged in to pay; empty: nobody
	Name, Email string
	Phone       string // E.164, or empty
	CoverLetter string
	Suspect     bool // a program may have filled the form in
	Status      string
	Line        string // a personal line in the letter about the decision
	Told        string // the status that the last letter told of; empty: none was sent
	CreatedAt   time.Time
	SeenAt      time.Time // times that don't apply are zero
	DecidedAt   time.Time // last change of status
	DecidedBy   string    // users.id
}

// ApplyForm is what is typed into an application.
type ApplyForm struct {
	Name, Email, Phone, CoverLetter string
	Trap                            string // a field that people don't see and programs fill in
	UserID                          string // who is signed in, or empty
}

const maxLetter = 5000 // characters

// Apply stores an application, and tells both sides. An address, and an account, applies once for each internship: a second
// time nothing changes, and nobody learns of the first. Invalid, by fields name, email, phone and cover_letter; NotFound for
// an unknown internship; Conflict where it takes no applications any more.
func (s *Service) Apply(ctx context.Context, slug string, f ApplyForm) (Post, error) {
	p, err := s.BySlug(ctx, slug)
	if err != nil {
		return p, err
	}
	if takes, err := s.Takes(ctx, p); err != nil {
		return p, err
	} else if !takes {
		return p, fault.New(fault.Conflict, "internship.closed")
	}
	a, norm, err := s.application(f)
	if err != nil {
		return p, err
	}
	a.PostID = p.ID
	return p, s.db.InTx(ctx, func(tx *sql.Tx) error {
		made, err := insertApplication(ctx, tx, a, norm)
		if err != nil || !made {
			return err
		}
		if err := indexApplication(ctx, tx, a); err != nil {
			return err
		}
		if err := s.record(ctx, tx, a.UserID, "application.send", "application", a.ID, map[string]any{"internship": p.ID}); err != nil || a.Suspect {
			return err
		}
		return tell(ctx, tx, a)
	})
}

// application checks what was typed.
func (s *Service) application(f ApplyForm) (a Application, norm string, err error) {
	var wrong fault.Fields
	note := func(err error) {
		var f *fault.Fault
		if errors.As(err, &f) {
			for name, msg := range f.Fields {
				wrong.Add(name, msg.Key, msg.Args...)
			}
		}
	}
	a = Application{ID: db.NewID(), UserID: f.UserID, Status: Applied, CoverLetter: text.Body(f.CoverLetter), Suspect: f.Trap != "", CreatedAt: s.now()}
	a.Name, err = account.CleanName(f.Name)
	note(err)
	a.Email, norm, err = account.NormalEmail(f.Email)
	note(err)
	a.Phone, err = account.NormalPhone(f.Phone, s.country)
	note(err)
	switch {
	case a.CoverLetter == "":
		wrong.Add("cover_letter", "internship.letter.needed")
	case text.Long(a.CoverLetter, maxLetter):
		wrong.Add("cover_letter", "internship.long", "n", maxLetter)
	}
	if a.Suspect {
		a.SeenAt = a.CreatedAt // nobody is called to look at it
	}
	return a, norm, wrong.Err()
}

// letters is how many applications of one hour the school gets a letter each for; what comes on top is told together.
const letters = 20

func tell(ctx context.Context, tx *sql.Tx, a Application) error {
	if err := mail.Enqueue(ctx, tx, a.CreatedAt, mail.To{Address: a.Email}, mail.ApplicationReceived{ID: a.ID}); err != nil {
		return err
	}
	n, err := since(ctx, tx, a.CreatedAt.Add(-time.Hour))
	if err != nil {
		return err
	}
	if n > letters {
		return mail.Enqueue(ctx, tx, a.CreatedAt, mail.To{}, mail.ApplicationsDigest{})
	}
	return mail.Enqueue(ctx, tx, a.CreatedAt, mail.To{}, mail.NewApplication{ID: a.ID})
}

// Of returns a student's application for an internship: the one that he sent while signed in, or that came from his
// address. NotFound where there is none.
func (s *Service) Of(ctx context.Context, userID, postID string) (Application, error) {
	return applicationOf(ctx, s.db.Read(), userID, postID)
}

// Claim ties an application to the account that pays for it, unless it has one.
func Claim(ctx context.Context, tx *sql.Tx, id, userID string) error {
	return claim(ctx, tx, id, userID)
}

// Unseen is the number of applications that nobody has looked at yet.
func (s *Service) Unseen(ctx context.Context) (int, error) { return unseen(ctx, s.db.Read()) }

func indexApplication(ctx context.Context, tx *sql.Tx, a Application) error {
	return search.Put(ctx, tx, "application", a.ID, a.Name, a.Email, digits(a.Phone), a.CoverLetter)
}

// digits leaves of an E.164 number what people search for.
func digits(phone string) string {
	if phone == "" {
		return ""
	}
	return phone[1:]
}
