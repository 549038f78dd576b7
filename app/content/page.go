package content

import (
	"context"
	"database/sql"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"lectern/app/catalog"
	"lectern/app/db"
	"lectern/app/fault"
	"lectern/app/school"
	"lectern/app/search"
)

// The statuses of a page: a draft is seen by the school's staff only.
const (
	Draft     = "draft"
	Published = "published"
)

// Most characters of a page's texts. Each letter of Devanagari takes nine bytes of a form, and a form 512 KiB at most.
const (
	MaxTitle       = 120
	MaxDescription = 300
	MaxBody        = 40_000
)

// Page is a page that the school writes.
type Page struct {
	ID          string // empty for a default that was never changed
	Slug        string // its address below /
	Standard    string // one of Standards when it is one that every school has
	Title       string
	Description string // for search engines
	Body        string // Markdown
	Status      string
	Version     int64 // 0 for the default text
	CreatedAt   time.Time
	UpdatedAt   time.Time
	UpdatedBy   string // a name
	DeletedAt   time.Time
}

// Key is what the page is called in addresses of the panel and in menus, whether it has been written yet or not.
func (p Page) Key() string {
	if p.Standard != "" && p.DeletedAt.IsZero() {
		return p.Standard
	}
	return p.ID
}

// Default reports whether the page shows the default text, which only the pages have that every school has.
func (p Page) Default() bool { return p.Standard != "" && p.Version == 0 }

// PageForm is what an admin writes.
type PageForm struct{ Title, Slug, Description, Body string }

// Public returns the published page at an address. Where the page has moved, moved is its address now. NotFound for
// drafts and for what was never there.
func (s *Service) Public(ctx context.Context, slug string) (p Page, moved string, err error) {
	p, moved, err = s.at(ctx, slug)
	if err == nil && p.Status != Published {
		return Page{}, "", errNoPage()
	}
	return p, moved, err
}

// Draft is Public for the school's staff, who see drafts too.
func (s *Service) Draft(ctx context.Context, slug string) (p Page, moved string, err error) {
	return s.at(ctx, slug)
}

func (s *Service) at(ctx context.Context, slug string) (p Page, moved string, err error) {
	if !utf8.ValidString(slug) || strings.ContainsRune(slug, 0) {
		return Page{}, "", errNoPage()
	}
	p, err = pageAt(ctx, s.DB.Read(), slug)
	if !fault.Is(err, fault.NotFound) {
		return p, "", err
	}
	if slices.Contains(Standards, slug) {
		p, err = s.standard(ctx, slug)
		return p, "", err
	}
	p, err = pageThatWasAt(ctx, s.DB.Read(), slug)
	return p, p.Slug, err
}

// Page returns the page with that key, a default that was never changed too, and a deleted one by its id.
func (s *Service) Page(ctx context.Context, key string) (Page, error) {
	if slices.Contains(Standards, key) {
		p, err := pageFor(ctx, s.DB.Read(), key)
		if fault.Is(err, fault.NotFound) {
			return s.standard(ctx, key)
		}
		return p, err
	}
	return pageByID(ctx, s.DB.Read(), key)
}

// CreatePage adds a draft. Invalid by fields. Without a slug it gets one from its title.
func (s *Service) CreatePage(ctx context.Context, by string, f PageForm) (Page, error) {
	f, err := f.checked()
	if err != nil {
		return Page{}, err
	}
	p := Page{ID: db.NewID(), Slug: f.Slug, Title: f.Title, Description: f.Description, Body: f.Body, Status: Draft, Version: 1,
		CreatedAt: s.Now(), UpdatedAt: s.Now()}
	err = s.DB.InTx(ctx, func(tx *sql.Tx) error {
		if p.Slug, err = freeSlug(ctx, tx, f, p.ID); err != nil {
			return err
		}
		if added, err := insertPage(ctx, tx, p, by); err != nil || !added {
			return orTaken(err, p.Slug)
		}
		return s.wrote(ctx, tx, by, "page.create", p)
	})
	return p, err
}

// SavePage gives a page new texts. base is the version that they were written from: Conflict when somebody has saved the
// page since. Invalid by fields. A page that stands for a default keeps its address.
func (s *Service) SavePage(ctx context.Context, by, key string, base int64, f PageForm) (Page, error) {
	was, err := s.Page(ctx, key)
	if err != nil {
		return Page{}, err
	}
	if !was.DeletedAt.IsZero() {
		return Page{}, errNoPage()
	}
	if was.Standard != "" || strings.TrimSpace(f.Slug) == "" {
		f.Slug = was.Slug
	}
	if f, err = f.checked(was.Slug); err != nil {
		return Page{}, err
	}
	if was.Version != base {
		return was, errChanged()
	}
	p := was
	p.Title, p.Description, p.Body, p.Slug, p.Version, p.UpdatedAt = f.Title, f.Description, f.Body, f.Slug, base+1, s.Now()
	if f == (PageForm{was.Title, was.Slug, was.Description, was.Body}) {
		return was, nil
	}
	err = s.DB.InTx(ctx, func(tx *sql.Tx) error {
		if base == 0 {
			return s.materialise(ctx, tx, by, &p)
		}
		if p.Slug != was.Slug {
			if p.Slug, err = freeSlug(ctx, tx, f, p.ID); err != nil {
				return err
			}
			if err := moved(ctx, tx, was.Slug, p); err != nil {
				return err
			}
		}
		if changed, err := updatePage(ctx, tx, p, by, base); err != nil || !changed {
			return orConflict(err)
		}
		return s.wrote(ctx, tx, by, "page.edit", p)
	})
	return p, err
}

// materialise makes the row of a page that only had a default text until now.
func (s *Service) materialise(ctx context.Context, tx *sql.Tx, by string, p *Page) error {
	p.ID, p.Version, p.CreatedAt, p.UpdatedAt = db.NewID(), 1, s.Now(), s.Now()
	if added, err := insertPage(ctx, tx, *p, by); err != nil || !added {
		return orConflict(err)
	}
	return s.wrote(ctx, tx, by, "page.edit", *p)
}

// wrote keeps the version, the words to find the page by and the record of the deed.
func (s *Service) wrote(ctx context.Context, tx *sql.Tx, by, action string, p Page) error {
	if err := insertVersion(ctx, tx, p, by); err != nil {
		return err
	}
	if err := search.Put(ctx, tx, "page", p.ID, p.Title, p.Slug, p.Description); err != nil {
		return err
	}
	return s.changed(ctx, tx, by, action, p)
}

func (s *Service) changed(ctx context.Context, tx *sql.Tx, by, action string, p Page) error {
	if err := s.record(ctx, tx, by, action, "page", p.ID); err != nil {
		return err
	}
	return school.Bump(ctx, tx)
}

// Clean returns the texts as they are kept.
func (f PageForm) Clean() PageForm {
	f.Title = strings.Join(strings.Fields(f.Title), " ")
	f.Description = strings.Join(strings.Fields(f.Description), " ")
	f.Slug = strings.TrimPrefix(strings.TrimSpace(f.Slug), "/")
	f.Body = strings.TrimSpace(strings.ReplaceAll(f.Body, "\r\n", "\n"))
	return f
}

// checked cleans the texts and says by fields what can't be. A slug that the page has already is never wrong.
func (f PageForm) checked(own ...string) (PageForm, error) {
	f = f.Clean()
	var wrong fault.Fields
	if f.Title == "" {
		wrong.Add("title", "page.title.missing")
	}
	for name, text := range map[string]struct {
		text string
		max  int
	}{"title": {f.Title, MaxTitle}, "description": {f.Description, MaxDescription}, "body": {f.Body, MaxBody}} {
		if n := utf8.RuneCountInString(text.text); n > text.max {
			wrong.Add(name, "page.long", "max", text.max, "n", n)
		}
	}
	switch {
	case f.Slug == "" || slices.Contains(own, f.Slug):
	case f.Slug != catalog.Slug(f.Slug):
		wrong.Add("slug", "page.slug.wrong", "slug", catalog.Slug(f.Slug))
	case slices.Contains(Reserved, f.Slug):
		wrong.Add("slug", "page.slug.reserved", "slug", f.Slug)
	}
	return f, wrong.Err()
}

func errNoPage() error  { return fault.New(fault.NotFound, "fault.not_found") }
func errChanged() error { return fault.New(fault.Conflict, "page.changed") }

// orConflict is for a guarded step that touched nothing.
func orConflict(err error) error {
	if err == nil {
		return errChanged()
	}
	return err
}

func orTaken(err error, slug string) error {
	if err == nil {
		return fault.Field("slug", "page.slug.taken", "slug", slug)
	}
	return err
}
