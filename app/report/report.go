// Package report reads across the rooms what no single one of them holds: numbers by day, and what the ids of a list stand
// for. It owns no table and changes nothing.
package report

import (
	"context"
	"time"

	"lectern/app/db"
)

// Options wire a Service.
type Options struct {
	DB       *db.DB
	Currency string                                   // of the sums; money in another one is left out of them
	Zone     func(ctx context.Context) *time.Location // the school's, whose days these are; nil: UTC
	Now      func() time.Time
}

// Service reads. Safe for concurrent use.
type Service struct {
	Options
	past past
}

// New returns a Service.
func New(o Options) *Service {
	if o.Zone == nil {
		o.Zone = func(context.Context) *time.Location { return time.UTC }
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	return &Service{Options: o}
}

// Day is what happened on one day of the school's.
type Day struct {
	Start       time.Time // its first moment, in the school's zone
	SignUps     int64     // students who registered
	Enrollments int64
	Revenue     int64 // minor unit; receipts written down that stand, less what was given back on this day
}

// Days returns the last n days, the last of them today.
func (s *Service) Days(ctx context.Context, n int) ([]Day, error) {
	zone := s.Zone(ctx)
	year, month, today := s.Now().In(zone).Date()
	borders := make([]time.Time, n+1)
	for i := range borders {
		borders[i] = time.Date(year, month, today-n+1+i, 0, 0, 0, 0, zone)
	}
	return s.days(ctx, borders)
}

// Totals are the school's numbers as a whole, and its revenue by calendar month as in Day.
type Totals struct {
	Students, Enrollments int64
	Month, LastMonth      int64     // revenue, minor unit: of this month so far, and of all of the last
	MonthStart            time.Time // in the school's zone
}

// Totals counts what there is now.
func (s *Service) Totals(ctx context.Context) (Totals, error) {
	zone := s.Zone(ctx)
	year, month, today := s.Now().In(zone).Date()
	start := time.Date(year, month, 1, 0, 0, 0, 0, zone)
	var borders []time.Time
	for day := start.AddDate(0, -1, 0); !day.After(time.Date(year, month, today+1, 0, 0, 0, 0, zone)); {
		borders = append(borders, day)
		y, m, d := day.Date()
		day = time.Date(y, m, d+1, 0, 0, 0, 0, zone)
	}
	days, err := s.days(ctx, borders)
	if err != nil {
		return Totals{}, err
	}
	t := Totals{MonthStart: start}
	for _, d := range days {
		if d.Start.Before(start) {
			t.LastMonth += d.Revenue
		} else {
			t.Month += d.Revenue
		}
	}
	t.Students, t.Enrollments, err = s.counts(ctx)
	return t, err
}

// Course is a course that somebody can be let into.
type Course struct {
	ID, Title string
	Archived  bool
}

// Courses returns all courses but drafts: the published ones in the school's order, then the archived.
func (s *Service) Courses(ctx context.Context) ([]Course, error) { return courses(ctx, s.DB.Read()) }

// Receipt is money that came in for one order of a student's.
type Receipt struct {
	ID, Method, Reference string // the reference is empty for cash
	Amount                int64  // of the whole receipt, minor unit
	Currency              string
	At                    time.Time
	Voided                bool   // written down by mistake
	OrderCode             string // that it pays, paid, or was claimed for
	Used                  int64  // what that order takes of it now
	GivenBack             int64  // of it, for that order
}

// Receipts returns the money that came in for a student's orders, the latest first; a receipt for several of them stands
// there once for each.
func (s *Service) Receipts(ctx context.Context, userID string) ([]Receipt, error) {
	return receiptsOf(ctx, s.DB.Read(), userID)
}

// Thing is what an id stands for.
type Thing struct {
	Kind string // user, order, course, grant, claim, receipt, invite, payee
	Text string // what people call it: name, code, title, reference, address
	User string // whose it is, users.id: of orders and grants; of a user himself
	Name string // that user's
	Code string // of the order that it is about: of orders and claims
}

// Things looks ids up. One that isn't there, or names another kind of thing, is left out.
func (s *Service) Things(ctx context.Context, ids []string) (map[string]Thing, error) {
	return things(ctx, s.DB.Read(), ids)
}

// Find returns the id and the kind (user, order, course, grant) of what one of the given words names: an id, an order's
// code, a normal mail address, a course's slug. A claim's id leads to its order. Empty where nothing is named so.
func (s *Service) Find(ctx context.Context, words ...string) (kind, id string, err error) {
	return find(ctx, s.DB.Read(), words)
}

// LastSeen tells when a user last made a request, to within minutes, in any session that is remembered; the zero Time
// where there is none.
func (s *Service) LastSeen(ctx context.Context, userID string) (time.Time, error) {
	return lastSeen(ctx, s.DB.Read(), userID)
}
