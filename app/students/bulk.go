package students

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"slices"
	"strings"
	"unicode/utf8"

	"lectern/app/account"
	"lectern/app/db"
	"lectern/app/fault"
	"lectern/app/jobs"
	"lectern/app/lang"
	"lectern/app/learning"
	"lectern/app/mail"
)

// Selection is who something is done to: those with the ids, or all that a list shows.
type Selection struct {
	IDs []string
	All *account.StudentQuery // nil: only the IDs
}

// BulkOptions say what is done to those who are selected; each action reads its own.
type BulkOptions struct {
	Course, Reason string // Enroll
	Letters        bool   // Enroll: tell each by mail
	Tags           string // Tag, Untag
	Subject, Text  string // Message
}

// maxSelected is how many may be selected at once.
const maxSelected = 200_000

// Select makes a draft of an action on those who are selected, and returns its id. Invalid where nobody is, or where there
// is no such action.
func (s *Service) Select(ctx context.Context, by, action string, sel Selection) (id string, err error) {
	if !slices.Contains(Actions, action) {
		return "", fault.Field("action", "bulk.action.needed")
	}
	items, err := s.selected(ctx, sel)
	if err != nil {
		return "", err
	}
	if len(items) == 0 {
		return "", fault.Field("id", "bulk.nobody")
	}
	p := jobs.Plan{Kind: action, Params: BulkOptions{Letters: true}, Columns: []string{"name", "email"}, Items: items, By: by}
	err = s.DB.InTx(ctx, func(tx *sql.Tx) (err error) {
		id, err = jobs.Create(ctx, tx, s.Now(), p)
		return err
	})
	return id, err
}

func (s *Service) selected(ctx context.Context, sel Selection) ([]jobs.Item, error) {
	var items []jobs.Item
	add := func(u account.User) {
		items = append(items, jobs.Item{Subject: u.ID, Cells: []string{u.Name, u.Email}})
	}
	if sel.All == nil {
		users, err := s.Accounts.StudentsByID(ctx, sel.IDs)
		for _, u := range users {
			add(u)
		}
		return items, err
	}
	f := *sel.All
	f.After, f.Limit = "", 2000
	for len(items) <= maxSelected {
		users, err := s.Accounts.StudentUsers(ctx, f)
		if err != nil {
			return nil, err
		}
		for _, u := range users[:min(len(users), f.Limit)] {
			add(u)
		}
		if len(users) <= f.Limit {
			return items, nil
		}
		f.After = users[f.Limit-1].ID
	}
	return nil, fault.Field("id", "bulk.too_many", "max", maxSelected)
}

// Decide gives a draft its options and says go. Invalid, by field; Conflict where it was started already.
func (s *Service) Decide(ctx context.Context, by, id string, o BulkOptions) error {
	j, err := s.Draft(ctx, id, Actions...)
	if err != nil {
		return err
	}
	if o, err = s.checkBulk(ctx, j.Kind, o); err != nil {
		return err
	}
	return s.DB.InTx(ctx, func(tx *sql.Tx) error {
		if err := jobs.Change(ctx, tx, id, o); err != nil {
			return err
		}
		if j.Kind == Message {
			if _, err := insertNotice(ctx, tx, Notice{ID: id, Subject: o.Subject, Text: o.Text, At: s.Now()}, by); err != nil {
				return err
			}
		}
		return jobs.Start(ctx, tx, id, by, s.Now())
	})
}

// Sketch keeps what was typed for a draft, and tells what is wrong with it.
func (s *Service) Sketch(ctx context.Context, id string, o BulkOptions) error {
	j, err := s.Draft(ctx, id, Actions...)
	if err != nil {
		return err
	}
	_, wrong := s.checkBulk(ctx, j.Kind, o)
	if wrong != nil && !fault.Is(wrong, fault.Invalid) {
		return wrong
	}
	err = s.DB.InTx(ctx, func(tx *sql.Tx) error { return jobs.Change(ctx, tx, id, o) })
	return cmp.Or(err, wrong)
}

func (s *Service) checkBulk(ctx context.Context, kind string, o BulkOptions) (BulkOptions, error) {
	switch kind {
	case Enroll:
		var wrong fault.Fields
		_, err := learning.Admissible(ctx, s.DB.Read(), o.Course)
		if err := noted(&wrong, err); err != nil {
			return o, err
		}
		o.Reason, err = learning.CheckReason(o.Reason)
		if err := noted(&wrong, err); err != nil {
			return o, err
		}
		return o, wrong.Err()
	case Tag, Untag:
		tags, err := account.ParseTags(o.Tags)
		if err == nil && len(tags) == 0 {
			err = fault.Field("tags", "account.tag.needed")
		}
		return o, err
	case Message:
		subject, text, err := checkNotice(o.Subject, o.Text)
		o.Subject, o.Text = subject, text
		return o, err
	}
	return o, nil
}

// noted adds what err says about fields to wrong, and returns any other error.
func noted(wrong *fault.Fields, err error) error {
	var f *fault.Fault
	if err == nil || !errors.As(err, &f) || f.Kind != fault.Invalid {
		return err
	}
	for field, m := range f.Fields {
		wrong.Add(field, m.Key, m.Args...)
	}
	return nil
}

const (
	maxSubject = 120
	maxText    = 20_000
)

// checkNotice reads what is to be written. Invalid about the fields subject and text.
func checkNotice(subject, text string) (string, string, error) {
	var wrong fault.Fields
	subject, text = strings.Join(strings.Fields(subject), " "), strings.TrimSpace(text)
	switch {
	case subject == "":
		wrong.Add("subject", "message.subject.needed")
	case utf8.RuneCountInString(subject) > maxSubject:
		wrong.Add("subject", "message.subject.long", "max", maxSubject)
	}
	switch {
	case text == "":
		wrong.Add("text", "message.text.needed")
	case utf8.RuneCountInString(text) > maxText:
		wrong.Add("text", "message.text.long", "max", maxText)
	}
	return subject, text, wrong.Err()
}

// Write sends a student a message. key makes it be sent once however often the button is pressed. Invalid about the
// fields subject and text, NotFound for nobody, Conflict for who is deactivated.
func (s *Service) Write(ctx context.Context, by, userID, key, subject, text string) error {
	subject, text, err := checkNotice(subject, text)
	if err != nil {
		return err
	}
	u, err := s.Accounts.Student(ctx, userID)
	if err != nil {
		return err
	}
	if !u.DeactivatedAt.IsZero() {
		return fault.New(fault.Conflict, "message.deactivated")
	}
	if len(key) != 20 {
		key = db.NewID()
	}
	return s.DB.InTx(ctx, func(tx *sql.Tx) error {
		made, err := insertNotice(ctx, tx, Notice{ID: key, Subject: subject, Text: text, At: s.Now()}, by)
		if err != nil || !made {
			return err
		}
		return s.send(ctx, tx, by, key, userID, mail.Written{Notice: key})
	})
}

// Notices returns what was written to a student last, the latest first.
func (s *Service) Notices(ctx context.Context, userID string) ([]Notice, error) {
	return noticesOf(ctx, s.DB.Read(), userID)
}

// send puts a notice's letter to a student into the outbox, once.
func (s *Service) send(ctx context.Context, tx *sql.Tx, by, id, userID string, l mail.Letter) error {
	now := s.Now()
	fresh, err := insertReader(ctx, tx, id, userID, now)
	if err != nil || !fresh {
		return err
	}
	if err := mail.Enqueue(ctx, tx, now, mail.To{UserID: userID, Dedupe: "notice:" + id + ":" + userID}, l); err != nil {
		return err
	}
	return s.Accounts.Record(ctx, tx, by, "account.message", userID)
}

func (s *Service) enrollOne(ctx context.Context, tx *sql.Tx, j jobs.Job, it jobs.Item) (jobs.Result, error) {
	o, err := s.present(ctx, tx, j, it)
	if err != nil {
		return jobs.Result{}, err
	}
	created, err := s.Learning.Admit(ctx, tx, learning.GrantInput{UserID: it.Subject, CourseID: o.Course, Source: learning.ByHand, Reason: o.Reason, By: j.By}, o.Letters)
	return did(created, "bulk.did.enroll", "bulk.kept.enroll"), err
}

func (s *Service) tagOne(ctx context.Context, tx *sql.Tx, j jobs.Job, it jobs.Item) (jobs.Result, error) {
	var o BulkOptions
	if err := j.Read(&o); err != nil {
		return jobs.Result{}, err
	}
	tags, err := account.ParseTags(o.Tags)
	if err != nil {
		return jobs.Result{}, err
	}
	change := s.Accounts.Tag
	if j.Kind == Untag {
		change = s.Accounts.Untag
	}
	changed, err := change(ctx, tx, j.By, it.Subject, tags)
	return did(changed, "bulk.did."+j.Kind, "bulk.kept."+j.Kind), err
}

func (s *Service) messageOne(ctx context.Context, tx *sql.Tx, j jobs.Job, it jobs.Item) (jobs.Result, error) {
	if _, err := s.present(ctx, tx, j, it); err != nil {
		return jobs.Result{}, err
	}
	return did(true, "bulk.did.message", ""), s.send(ctx, tx, j.By, j.ID, it.Subject, mail.Circular{Notice: j.ID})
}

func (s *Service) deactivateOne(ctx context.Context, tx *sql.Tx, j jobs.Job, it jobs.Item) (jobs.Result, error) {
	err := s.Accounts.Shut(ctx, tx, j.By, it.Subject)
	if fault.Is(err, fault.Conflict) {
		return did(false, "", "bulk.kept.deactivate"), nil
	}
	return did(true, "bulk.did.deactivate", ""), err
}

// present reads a job's options and takes the item's student, who must be active.
func (s *Service) present(ctx context.Context, tx *sql.Tx, j jobs.Job, it jobs.Item) (o BulkOptions, err error) {
	if err := j.Read(&o); err != nil {
		return o, err
	}
	return o, s.Accounts.Hold(ctx, tx, it.Subject)
}

func did(changed bool, done, kept string) jobs.Result {
	if changed {
		return jobs.Result{State: jobs.Did, Outcome: lang.M(done)}
	}
	return jobs.Result{State: jobs.Unchanged, Outcome: lang.M(kept)}
}
