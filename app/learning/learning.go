// Package learning decides who may open which course. Access is the union of the grants in force, so ending one never
// takes away what another gives; an enrollment is a student in a course, and stays when access ends.
package learning

import (
	"context"
	"database/sql"
	"time"

	"lectern/app/audit"
	"lectern/app/catalog"
	"lectern/app/db"
	"lectern/app/fault"
	"lectern/app/school"
)

// Where a grant comes from. Of ByOrder there is one in force for each order and course, of Free and ByHand one for each
// student and course.
const (
	ByOrder     = "order"
	Free        = "free"
	ByHand      = "hand"
	Scholarship = "scholarship"
	Gift        = "gift"
	Bundle      = "bundle"
	Import      = "import"
)

// GrantInput is one reason why a student may open a course.
type GrantInput struct {
	UserID   string
	CourseID string
	Source   string    // one of the constants above
	OrderID  string    // orders.id, for grants that an order's payment gives; else empty
	Reason   string    // for admins; may be empty
	By       string    // users.id of who gives it; empty: the program itself
	Until    time.Time // when it ends by itself; zero: never
	At       time.Time // now
}

// GrantRow is a grant as admins see it.
type GrantRow struct {
	ID       string
	CourseID string
	Course   string // its title
	Source   string
	Order    string // its code; empty when there is none
	Reason   string
	At       time.Time
	By       string    // name; empty: the program itself
	Until    time.Time // zero: it doesn't end by itself
	EndedAt  time.Time // zero: it hasn't been ended
	EndedBy  string    // name
}

// InForce reports whether the grant gives access at that time.
func (g GrantRow) InForce(now time.Time) bool {
	return g.EndedAt.IsZero() && (g.Until.IsZero() || now.Before(g.Until))
}

// EnrolledCourse is a course that a student is or was in.
type EnrolledCourse struct {
	catalog.Course
	Open  bool // may be opened now
	Since time.Time
}

// Options wire a Service.
type Options struct {
	DB  *db.DB
	Now func() time.Time // nil: time.Now
}

// Service reads who learns what, and enrols. Safe for concurrent use.
type Service struct {
	db  *db.DB
	now func() time.Time
}

// New returns a Service.
func New(o Options) *Service {
	if o.Now == nil {
		o.Now = time.Now
	}
	return &Service{db: o.DB, now: o.Now}
}

// Grant lets a student open a course, and enrols the student there. created is false, and nothing changes, when the
// same grant is in force already: doing it again is always safe.
func Grant(ctx context.Context, tx *sql.Tx, in GrantInput) (created bool, err error) {
	id := db.NewID()
	if created, err = insertGrant(ctx, tx, id, in); err != nil || !created {
		return false, err
	}
	if err := record(ctx, tx, in.At, in.By, "grant.create", id, map[string]any{
		"user": in.UserID, "course": in.CourseID, "source": in.Source, "order": in.OrderID}); err != nil {
		return false, err
	}
	// The bump comes before the enrollment because its lock makes those who enrol wait for each other, on PostgreSQL
	// too: each sees the number of learners that the one before left.
	if err := school.Bump(ctx, tx); err != nil {
		return false, err
	}
	if err := insertEnrollment(ctx, tx, in.UserID, in.CourseID, in.At); err != nil {
		return false, err
	}
	return true, settle(ctx, tx, in.UserID, in.CourseID)
}

// EndOrderGrants ends what an order gave, and returns how many grants those were. The enrollments stay.
func EndOrderGrants(ctx context.Context, tx *sql.Tx, orderID, by string, at time.Time) (n int, err error) {
	ids, err := endOrderGrants(ctx, tx, orderID, by, at)
	for _, id := range ids {
		if err == nil {
			err = record(ctx, tx, at, by, "grant.end", id, map[string]any{"order": orderID})
		}
	}
	return len(ids), err
}

// MayOpen reports whether a grant in force lets the student open the course, whatever the course's status.
func MayOpen(ctx context.Context, q db.Querier, userID, courseID string, now time.Time) (bool, error) {
	return mayOpen(ctx, q, userID, courseID, now)
}

// MayOpen is the function of that name, now and outside of any transaction.
func (s *Service) MayOpen(ctx context.Context, userID, courseID string) (bool, error) {
	return mayOpen(ctx, s.db.Read(), userID, courseID, s.now())
}

// EndGrant ends a grant that no order gave, by an admin. NotFound where there is none, Conflict if it has ended already
// or came from an order: that one ends when the order is reversed.
func (s *Service) EndGrant(ctx context.Context, id, by string) error {
	return s.db.InTx(ctx, func(tx *sql.Tx) error {
		ended, err := endGrant(ctx, tx, id, by, s.now())
		if err != nil {
			return err
		}
		if !ended {
			return whyNotEnded(ctx, tx, id)
		}
		return record(ctx, tx, s.now(), by, "grant.end", id, nil)
	})
}

func whyNotEnded(ctx context.Context, tx *sql.Tx, id string) error {
	ofOrder, err := isOrderGrant(ctx, tx, id)
	if err != nil {
		return err
	}
	if ofOrder {
		return fault.New(fault.Conflict, "learning.end.order")
	}
	return fault.New(fault.Conflict, "learning.end.ended")
}

// Enrolled returns the courses that a student is or was in, the latest first.
func (s *Service) Enrolled(ctx context.Context, userID string, now time.Time) ([]EnrolledCourse, error) {
	rows, err := enrollments(ctx, s.db.Read(), userID, now)
	if err != nil {
		return nil, err
	}
	ids := make([]string, len(rows))
	for i, r := range rows {
		ids[i] = r.courseID
	}
	courses, err := catalog.ByIDs(ctx, s.db.Read(), ids)
	if err != nil {
		return nil, err
	}
	list := make([]EnrolledCourse, len(courses)) // courses are never deleted: one for each row, in the same order
	for i, c := range courses {
		list[i] = EnrolledCourse{Course: c, Open: rows[i].open, Since: rows[i].since}
	}
	return list, nil
}

// Grants returns all grants that a student has or had, the latest first.
func (s *Service) Grants(ctx context.Context, userID string) ([]GrantRow, error) {
	return grants(ctx, s.db.Read(), userID)
}

// Stats are the school's numbers.
type Stats struct{ Students int } // who are, or were, in a course

// Stats counts, at the cost of one look into an index.
func (s *Service) Stats(ctx context.Context) (Stats, error) { return stats(ctx, s.db.Read()) }

func record(ctx context.Context, tx *sql.Tx, at time.Time, by, action, id string, detail map[string]any) error {
	return audit.Record(ctx, tx, audit.Entry{At: at, Actor: by, Action: action, Kind: "grant", Subject: id, Detail: detail})
}
