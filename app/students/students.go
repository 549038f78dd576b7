// Package students does to many students at once what the rooms below do to one: imports them from a file, enrols, tags,
// writes to and deactivates those who were selected, and deletes one from all rooms. Long work is a job: a draft that an
// admin looks at, then items done in small transactions.
//
// It owns the tables notices and notice_readers.
package students

import (
	"context"
	"database/sql"
	"time"

	"lectern/app/account"
	"lectern/app/db"
	"lectern/app/fault"
	"lectern/app/jobs"
	"lectern/app/learning"
	"lectern/app/mail"
	"lectern/app/payment"
)

// Kinds of jobs.
const (
	Import     = "import"
	Enroll     = "enroll"
	Tag        = "tag"
	Untag      = "untag"
	Message    = "message"
	Deactivate = "deactivate"
)

// Actions are what can be done to those who are selected.
var Actions = []string{Enroll, Tag, Untag, Message, Deactivate}

// Options are the rooms below.
type Options struct {
	DB       *db.DB
	Accounts *account.Service
	Learning *learning.Service
	Now      func() time.Time
	Erased   []func(ctx context.Context, tx *sql.Tx, was account.User) error // of rooms that know more about a student
}

// Service changes many students. Safe for concurrent use.
type Service struct{ Options }

// New returns a Service.
func New(o Options) *Service { return &Service{o} }

// Kinds are the handlers of the jobs, for the runner.
func (s *Service) Kinds() map[string]jobs.Kind {
	return map[string]jobs.Kind{
		Import:     {Chunk: 50, Do: s.importRow},
		Enroll:     {Chunk: 50, Do: s.enrollOne},
		Tag:        {Chunk: 50, Do: s.tagOne},
		Untag:      {Chunk: 50, Do: s.tagOne},
		Message:    {Chunk: 100, Do: s.messageOne},
		Deactivate: {Chunk: 50, Do: s.deactivateOne},
	}
}

// Draft returns a job of these kinds that waits to be started. NotFound where there is none such, Conflict where it was
// started already.
func (s *Service) Draft(ctx context.Context, id string, kinds ...string) (jobs.Job, error) {
	j, err := jobs.Get(ctx, s.DB.Read(), id)
	if err != nil {
		return j, err
	}
	for _, k := range kinds {
		if j.Kind == k {
			if j.Status != jobs.Draft {
				return j, fault.New(fault.Conflict, "fault.conflict")
			}
			return j, nil
		}
	}
	return j, fault.New(fault.NotFound, "fault.not_found")
}

// Erase deletes what tells who a student is, everywhere, for good; orders, receipts and access stay. by is an admin
// who is sure. Invalid about the field sure, Forbidden for staff, NotFound for nobody, Conflict where it was done.
func (s *Service) Erase(ctx context.Context, by, userID string, sure bool) error {
	if !sure {
		return fault.Field("sure", "student.erase.sure.needed")
	}
	return s.DB.InTx(ctx, func(tx *sql.Tx) error {
		was, err := s.Accounts.Erase(ctx, tx, by, userID)
		if err != nil {
			return err
		}
		for _, forget := range []func(context.Context, *sql.Tx, string) error{payment.Forget, jobs.Forget, forgetNotices} {
			if err := forget(ctx, tx, userID); err != nil {
				return err
			}
		}
		for _, forget := range s.Erased {
			if err := forget(ctx, tx, was); err != nil {
				return err
			}
		}
		return mail.Forget(ctx, tx, userID, was.Email)
	})
}

// EraseAsked deletes the students who asked for it a week ago, as they didn't change their minds. Who has a payment under
// way waits until that is decided.
func (s *Service) EraseAsked(ctx context.Context) error {
	due, err := s.Accounts.DueForDeletion(ctx)
	for _, id := range due {
		if err != nil {
			return err
		}
		waits, waitsErr := payment.Waits(ctx, s.DB.Read(), id)
		if waitsErr != nil {
			return waitsErr
		}
		if !waits {
			err = s.Erase(ctx, "", id, true)
		}
	}
	return err
}

// Courses returns those that students can be let into: the published ones in the school's order, then the archived.
func (s *Service) Courses(ctx context.Context) ([]Course, error) {
	return listCourses(ctx, s.DB.Read())
}

// Discard forgets a draft. Conflict where it is none any more.
func (s *Service) Discard(ctx context.Context, id string) error {
	return s.DB.InTx(ctx, func(tx *sql.Tx) error { return jobs.Discard(ctx, tx, id) })
}
