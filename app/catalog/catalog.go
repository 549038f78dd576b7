// Package catalog holds the courses: what the school teaches, at which price, in which sections and lessons, and how a
// visitor finds it.
package catalog

import (
	"context"
	"database/sql"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"lectern/app/audit"
	"lectern/app/db"
	"lectern/app/fault"
	"lectern/app/lang"
	"lectern/app/school"
)

// What a course's Level and Status can be, in the order in which people meet them.
var (
	Levels   = []string{"Foundational", "Intermediate", "Advanced"}
	Statuses = []string{Draft, Published, Archived}
)

// The statuses: a draft is seen by nobody, an archived course by those who have its address, and opened by those who
// are enrolled.
const (
	Draft     = "draft"
	Published = "published"
	Archived  = "archived"
)

// Course is one course. All texts but Slug, Title and Level may be empty.
type Course struct {
	ID          string
	Slug        string // its address, unique
	Title       string
	Summary     string   // one line, for cards
	Description string   // paragraphs, an empty line between them
	Audience    string   // for whom
	Outcomes    []string // what one can do afterwards
	Teacher     string
	Level       string // one of Levels
	Duration    string // as people say it: 3 months
	Status      string // one of Statuses
	Price       lang.Money
	Featured    bool
	Position    int64 // of several, the lower comes first
	CreatedAt   time.Time
	PublishedAt time.Time // zero: never
}

// Free reports whether the course costs nothing.
func (c Course) Free() bool { return c.Price.Amount == 0 }

// Section is a part of a course, with the titles of its lessons.
type Section struct {
	Title   string
	Lessons []string
}

// Options wire a Service.
type Options struct {
	DB       *db.DB
	Now      func() time.Time // nil: time.Now
	Currency string           // of courses made without one, ISO 4217; empty: INR
}

// Service reads and changes the catalogue. Safe for concurrent use.
type Service struct {
	db       *db.DB
	now      func() time.Time
	currency string
}

// New returns a Service.
func New(o Options) *Service {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Currency == "" {
		o.Currency = "INR"
	}
	return &Service{db: o.DB, now: o.Now, currency: o.Currency}
}

// BySlug returns the published or archived course with that address. NotFound for others, drafts too.
func (s *Service) BySlug(ctx context.Context, slug string) (Course, error) {
	if !utf8.ValidString(slug) || strings.ContainsRune(slug, 0) { // PostgreSQL refuses to look for them
		return Course{}, errNoCourse()
	}
	return courseBySlug(ctx, s.db.Read(), norm.NFC.String(slug))
}

// ByID returns the course with that id, whatever its status. NotFound where there is none.
func ByID(ctx context.Context, q db.Querier, id string) (Course, error) {
	return courseByID(ctx, q, id)
}

// ByID returns the course with that id, whatever its status. NotFound where there is none.
func (s *Service) ByID(ctx context.Context, id string) (Course, error) {
	return courseByID(ctx, s.db.Read(), id)
}

// ByIDs returns the courses with those ids, in the order of ids; those that aren't there are left out.
func ByIDs(ctx context.Context, q db.Querier, ids []string) ([]Course, error) {
	found, err := coursesByID(ctx, q, ids)
	if err != nil {
		return nil, err
	}
	slices.SortFunc(found, func(a, b Course) int { return slices.Index(ids, a.ID) - slices.Index(ids, b.ID) })
	return found, nil
}

// Featured returns the published courses that the school puts forward, in their order; the first four, if it puts none.
func (s *Service) Featured(ctx context.Context) ([]Course, error) {
	list, err := featured(ctx, s.db.Read())
	if err != nil || len(list) > 0 {
		return list, err
	}
	return firstListed(ctx, s.db.Read(), 4)
}

// Outline returns the sections of a course with their lessons, in order.
func (s *Service) Outline(ctx context.Context, courseID string) ([]Section, error) {
	return outline(ctx, s.db.Read(), courseID)
}

// Stats are what the published courses add up to.
type Stats struct{ Courses, Sections, Lessons int }

// Stats counts what is published.
func (s *Service) Stats(ctx context.Context) (Stats, error) { return stats(ctx, s.db.Read()) }

// Create adds a course with its outline, done by the user with that id (empty: by the program itself), and returns it
// with what was filled in: ID, Slug from the title and made unique, Status draft, Currency, Position last, times.
// Invalid, by fields, for a course that can't be, and for a given Slug that is taken.
func (s *Service) Create(ctx context.Context, tx *sql.Tx, by string, c Course, sections []Section) (Course, error) {
	c, err := s.prepared(c)
	if err != nil {
		return c, err
	}
	if c, err = insertCourse(ctx, tx, c); err != nil {
		return c, err
	}
	if err := insertOutline(ctx, tx, c.ID, sections); err != nil {
		return c, err
	}
	if err := index(ctx, tx, c, sections); err != nil {
		return c, err
	}
	if err := s.record(ctx, tx, by, "course.create", c.ID); err != nil {
		return c, err
	}
	return c, school.Bump(ctx, tx)
}

// Publish shows a course to everybody. NotFound where there is none; doing it twice is no fault.
func (s *Service) Publish(ctx context.Context, by, id string) error {
	return s.db.InTx(ctx, func(tx *sql.Tx) error {
		changed, err := publish(ctx, tx, id, s.now())
		if err != nil {
			return err
		}
		if !changed {
			_, err := courseByID(ctx, tx, id)
			return err
		}
		if err := s.record(ctx, tx, by, "course.publish", id); err != nil {
			return err
		}
		return school.Bump(ctx, tx)
	})
}

func (s *Service) record(ctx context.Context, tx *sql.Tx, by, action, id string) error {
	return audit.Record(ctx, tx, audit.Entry{At: s.now(), Actor: by, Action: action, Kind: "course", Subject: id})
}

func errNoCourse() error { return fault.New(fault.NotFound, "catalog.none") }
