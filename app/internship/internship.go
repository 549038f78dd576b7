// Package internship holds the internships that the school offers, and who applied for them. An application is stored, the
// applicant and the school told, in one transaction; so is a decision. What an internship costs is paid by an order like a
// course's: package payment makes it, and this room knows nothing of money but the fee.
package internship

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

// Statuses of an internship.
const (
	Draft     = "draft"     // seen by nobody
	Published = "published" // takes applications until its last day
	Closed    = "closed"    // has its page, and takes none
	Archived  = "archived"  // gone from the site; its applications are kept
)

// Statuses lists them in the order in which people meet them.
var Statuses = []string{Draft, Published, Closed, Archived}

// Post is one internship. All texts but Slug, Title and Status may be empty.
type Post struct {
	ID          string
	Slug        string // its address, unique
	Title       string
	Summary     string // one line, for the list
	Description string // paragraphs, an empty line between them
	Duration    string // as people say it: 3 months
	Place       string
	Stipend     string     // what the intern gets, as people say it
	Fee         lang.Money // what the intern pays
	Seats       int64      // 0: not said
	LastDay     string     // to apply, 2026-12-31 in the school's zone; empty: no end
	Status      string
	Position    int64 // of several, the lower comes first
	Version     int64 // grows with every change of the texts
	CreatedAt   time.Time
	PublishedAt time.Time // first; zero: never
}

// Free reports whether the internship costs nothing.
func (p Post) Free() bool { return p.Fee.Amount == 0 }

// Takes reports whether applications are taken on now's day, in now's zone.
func (p Post) Takes(now time.Time) bool {
	return p.Status == Published && (p.LastDay == "" || now.Format(time.DateOnly) <= p.LastDay)
}

// Options wire a Service.
type Options struct {
	DB       *db.DB
	School   *school.Service
	Country  string           // of phone numbers without a country code
	Currency string           // of fees; empty: INR
	Now      func() time.Time // nil: time.Now
}

// Service reads and changes internships and applications. Safe for concurrent use.
type Service struct {
	db                *db.DB
	school            *school.Service
	country, currency string
	now               func() time.Time
}

// New returns a Service.
func New(o Options) *Service {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Currency == "" {
		o.Currency = "INR"
	}
	return &Service{db: o.DB, school: o.School, country: o.Country, currency: o.Currency, now: o.Now}
}

// today is the clock in the school's zone.
func (s *Service) today(ctx context.Context) (time.Time, error) {
	settings, err := s.school.Get(ctx)
	if err != nil {
		return time.Time{}, err
	}
	return s.now().In(settings.Zone), nil
}

// Listed returns the internships that take applications now, in the school's order.
func (s *Service) Listed(ctx context.Context) ([]Post, error) {
	now, err := s.today(ctx)
	if err != nil {
		return nil, err
	}
	all, err := published(ctx, s.db.Read())
	return slices.DeleteFunc(all, func(p Post) bool { return !p.Takes(now) }), err
}

// Any reports whether there is an internship to apply for, for the menus.
func (s *Service) Any(ctx context.Context) (bool, error) {
	now, err := s.today(ctx)
	if err != nil {
		return false, err
	}
	return anyListed(ctx, s.db.Read(), now.Format(time.DateOnly))
}

// BySlug returns the published or closed internship with that address. NotFound for others.
func (s *Service) BySlug(ctx context.Context, slug string) (Post, error) {
	if !utf8.ValidString(slug) || strings.ContainsRune(slug, 0) { // PostgreSQL refuses to look for them
		return Post{}, none()
	}
	return postBy(ctx, s.db.Read(), `p.slug = $1 AND p.status IN ('published', 'closed')`, norm.NFC.String(slug))
}

// Takes reports whether a post takes applications now.
func (s *Service) Takes(ctx context.Context, p Post) (bool, error) {
	now, err := s.today(ctx)
	return err == nil && p.Takes(now), err
}

// ByID returns the internship with that id, whatever its status. NotFound where there is none.
func (s *Service) ByID(ctx context.Context, id string) (Post, error) {
	return byID(ctx, s.db.Read(), id)
}

// Lock reads an internship and holds it until tx ends, so that its fee can't change meanwhile. NotFound where there is none.
func Lock(ctx context.Context, tx *sql.Tx, id string) (Post, error) {
	if err := lockPost(ctx, tx, id); err != nil {
		return Post{}, err
	}
	return byID(ctx, tx, id)
}

func byID(ctx context.Context, q db.Querier, id string) (Post, error) {
	if !isKey(id) {
		return Post{}, none()
	}
	return postBy(ctx, q, `p.id = $1`, id)
}

func (s *Service) record(ctx context.Context, tx *sql.Tx, by, action, kind, id string, detail map[string]any) error {
	return audit.Record(ctx, tx, audit.Entry{At: s.now(), Actor: by, Action: action, Kind: kind, Subject: id, Detail: detail})
}

// none is the answer where there is no such internship.
func none() error { return fault.New(fault.NotFound, "internship.none") }

func conflict() error { return fault.New(fault.Conflict, "fault.conflict") }

// isKey reports whether text from an address can be an id at all.
func isKey(id string) bool {
	return id != "" && len(id) <= 64 && strings.IndexFunc(id, func(r rune) bool {
		return (r < '0' || r > '9') && (r < 'a' || r > 'z')
	}) < 0
}
