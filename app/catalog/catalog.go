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
	Next        Plan   // the price that is to come; zero: none is planned
	Picture     string // name of an upload, see package files; empty: the cover is drawn
	Featured    bool
	Position    int64 // of several, the lower comes first
	CreatedAt   time.Time
	PublishedAt time.Time // zero: never
	Version     int64     // grows with each save of its texts; see Edit
}

// Plan is a price that holds from a moment on.
type Plan struct {
	Price lang.Money
	From  time.Time
}

// At returns the course as it stands at that time: with the planned price, once its moment has come.
func (c Course) At(now time.Time) Course {
	if !c.Next.From.IsZero() && !now.Before(c.Next.From) {
		c.Price, c.Next = c.Next.Price, Plan{}
	}
	return c
}

// Free reports whether the course costs nothing.
func (c Course) Free() bool { return c.Price.Amount == 0 }

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

// BySlug returns the published or archived course with that address, or that once had it: then its Slug is another.
// NotFound for others, drafts too.
func (s *Service) BySlug(ctx context.Context, slug string) (Course, error) {
	c, err := s.AnyBySlug(ctx, slug)
	if err == nil && c.Status == Draft {
		return Course{}, errNoCourse()
	}
	return c, err
}

// AnyBySlug is BySlug with the drafts, for who may see them.
func (s *Service) AnyBySlug(ctx context.Context, slug string) (Course, error) {
	if !utf8.ValidString(slug) || strings.ContainsRune(slug, 0) { // PostgreSQL refuses to look for them
		return Course{}, errNoCourse()
	}
	slug = norm.NFC.String(slug)
	c, err := courseBySlug(ctx, s.db.Read(), slug)
	if fault.Is(err, fault.NotFound) {
		c, err = courseByOldSlug(ctx, s.db.Read(), slug)
	}
	return c.At(s.now()), err
}

// ByID returns the course with that id, whatever its status. NotFound where there is none.
func ByID(ctx context.Context, q db.Querier, id string) (Course, error) {
	return courseByID(ctx, q, id)
}

// ByID returns the course with that id, whatever its status. NotFound where there is none.
func (s *Service) ByID(ctx context.Context, id string) (Course, error) {
	c, err := courseByID(ctx, s.db.Read(), id)
	return c.At(s.now()), err
}

// Lock is ByID as of now, and keeps others from changing the course until tx ends: what depends on its status or price
// is decided under it.
func Lock(ctx context.Context, tx *sql.Tx, id string, now time.Time) (Course, error) {
	c, err := lockCourse(ctx, tx, id)
	return c.At(now), err
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
	if err == nil && len(list) == 0 {
		list, err = firstListed(ctx, s.db.Read(), 4)
	}
	return s.inForce(list), err
}

// inForce gives each course the price that it has now.
func (s *Service) inForce(list []Course) []Course {
	for i, c := range list {
		list[i] = c.At(s.now())
	}
	return list
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
	if err := insertPrice(ctx, tx, by, c.ID, c.Price, c.CreatedAt); err != nil {
		return c, err
	}
	if err := index(ctx, tx, c); err != nil {
		return c, err
	}
	if err := s.record(ctx, tx, by, "course.create", c.ID, nil); err != nil {
		return c, err
	}
	return c, school.Bump(ctx, tx)
}

func (s *Service) record(ctx context.Context, tx *sql.Tx, by, action, id string, detail map[string]any) error {
	return audit.Record(ctx, tx, audit.Entry{At: s.now(), Actor: by, Action: action, Kind: "course", Subject: id, Detail: detail})
}

func errNoCourse() error { return fault.New(fault.NotFound, "catalog.none") }
