package internship

import (
	"context"
	"database/sql"
	"slices"
	"time"

	"lectern/app/catalog"
	"lectern/app/db"
	"lectern/app/fault"
	"lectern/app/school"
	"lectern/app/search"
	"lectern/app/text"
)

const (
	maxTitle = 200               // characters
	maxLine  = 300               // characters
	maxText  = 20_000            // characters
	maxFee   = 1_000_000_000_000 // minor units, as lang.ParseMoney
	maxSeats = 100_000
)

// checked cleans what was typed about an internship and says, by fields, what can't be.
func (s *Service) checked(p Post) (Post, error) {
	var wrong fault.Fields
	line := func(name, typed string, max int) string {
		typed = text.Line(typed)
		if text.Long(typed, max) {
			wrong.Add(name, "internship.long", "n", max)
		}
		return typed
	}
	p.Title = line("title", p.Title, maxTitle)
	p.Summary, p.Stipend = line("summary", p.Summary, maxLine), line("stipend", p.Stipend, maxLine)
	p.Duration, p.Place = line("duration", p.Duration, maxTitle), line("place", p.Place, maxTitle)
	if p.Description = text.Body(p.Description); text.Long(p.Description, maxText) {
		wrong.Add("description", "internship.long", "n", maxText)
	}
	if p.Title == "" {
		wrong.Add("title", "internship.title.needed")
	}
	if p.Slug != catalog.Slug(p.Slug) {
		wrong.Add("slug", "internship.slug.wrong")
	}
	if p.Fee.Amount < 0 || p.Fee.Amount > maxFee {
		wrong.Add("fee", "internship.fee.wrong")
	}
	if p.Seats < 0 || p.Seats > maxSeats {
		wrong.Add("seats", "internship.seats.wrong")
	}
	if _, err := time.Parse(time.DateOnly, p.LastDay); err != nil && p.LastDay != "" {
		wrong.Add("last_day", "internship.last_day.wrong")
	}
	if p.Fee.Currency == "" {
		p.Fee.Currency = s.currency
	}
	return p, wrong.Err()
}

// Create adds an internship as a draft, last in the order. An empty Slug is made from the title. Invalid, by fields.
func (s *Service) Create(ctx context.Context, by string, p Post) (Post, error) {
	p.Status, p.PublishedAt = Draft, time.Time{}
	err := s.db.InTx(ctx, func(tx *sql.Tx) (err error) {
		p, err = s.create(ctx, tx, by, p)
		return err
	})
	return p, err
}

func (s *Service) create(ctx context.Context, tx *sql.Tx, by string, p Post) (Post, error) {
	p, err := s.checked(p)
	if err != nil {
		return p, err
	}
	p.Version, p.CreatedAt = 1, s.now()
	if p.Status == Published {
		p.PublishedAt = p.CreatedAt
	}
	if p, err = insertPost(ctx, tx, p); err != nil {
		return p, err
	}
	if err := index(ctx, tx, p); err != nil {
		return p, err
	}
	return p, s.record(ctx, tx, by, "internship.create", "internship", p.ID, nil)
}

// Save changes the texts of an internship that the form was made for at p.Version; its address stays once it was
// published. Conflict, with the internship as it stands now, where somebody else has changed it since. Invalid, by fields;
// NotFound.
func (s *Service) Save(ctx context.Context, by string, p Post) (now Post, err error) {
	p, err = s.checked(p)
	if err != nil {
		return p, err
	}
	err = s.db.InTx(ctx, func(tx *sql.Tx) error {
		if now, err = byID(ctx, tx, p.ID); err != nil {
			return err
		}
		if p.Slug == "" || !now.PublishedAt.IsZero() {
			p.Slug = now.Slug
		}
		if taken, err := slugTaken(ctx, tx, p.Slug, p.ID); err != nil || taken {
			return orField(err, p.Slug)
		}
		changed, err := updatePost(ctx, tx, p)
		if err != nil {
			return err
		}
		if !changed {
			return fault.New(fault.Conflict, "internship.stale")
		}
		now, err = byID(ctx, tx, p.ID)
		if err != nil {
			return err
		}
		return s.changed(ctx, tx, by, now, "internship.change", nil)
	})
	if db.IsUnique(err) {
		err = orField(nil, p.Slug)
	}
	return now, err
}

func orField(err error, slug string) error {
	if err != nil {
		return err
	}
	return fault.Field("slug", "internship.slug.taken", "slug", slug)
}

// changed does what follows a change of an internship: the words it is found by, the audit row, the pages.
func (s *Service) changed(ctx context.Context, tx *sql.Tx, by string, p Post, action string, detail map[string]any) error {
	if err := index(ctx, tx, p); err != nil {
		return err
	}
	if err := s.record(ctx, tx, by, action, "internship", p.ID, detail); err != nil {
		return err
	}
	return school.Bump(ctx, tx)
}

// Move brings an internship from one status to another. Conflict where it has another status by now, and for a way back to
// draft once somebody has applied: whoever applied must find its page. NotFound.
func (s *Service) Move(ctx context.Context, by, id, from, to string) error {
	if !slices.Contains(Statuses, to) {
		return fault.Field("status", "internship.status.wrong")
	}
	return s.db.InTx(ctx, func(tx *sql.Tx) error {
		p, err := byID(ctx, tx, id)
		if err != nil {
			return err
		}
		if to == Draft {
			if applied, err := anyApplied(ctx, tx, id); err != nil {
				return err
			} else if applied {
				return fault.New(fault.Conflict, "internship.draft.applied")
			}
		}
		if ok, err := movePost(ctx, tx, id, from, to, s.now()); err != nil {
			return err
		} else if !ok {
			return conflict()
		}
		return s.changed(ctx, tx, by, p, "internship."+to, map[string]any{"from": from})
	})
}

// Duplicate adds a copy of an internship, as a draft without a last day.
func (s *Service) Duplicate(ctx context.Context, by, id, title string) (Post, error) {
	p, err := s.ByID(ctx, id)
	if err != nil {
		return p, err
	}
	p.Slug, p.Title, p.LastDay, p.Position = "", title, "", 0
	if text.Long(p.Title, maxTitle) {
		p.Title = string([]rune(p.Title)[:maxTitle])
	}
	return s.Create(ctx, by, p)
}

// Shift moves an internship up, or down, by one place among those with its status.
func (s *Service) Shift(ctx context.Context, by, id string, down bool) error {
	return s.db.InTx(ctx, func(tx *sql.Tx) error {
		if err := school.Bump(ctx, tx); err != nil { // first: two who shift at once do it one after the other
			return err
		}
		p, err := byID(ctx, tx, id)
		if err != nil {
			return err
		}
		all, err := postsIn(ctx, tx, p.Status)
		if err != nil {
			return err
		}
		at := slices.IndexFunc(all, func(o Post) bool { return o.ID == id })
		to := at - 1
		if down {
			to = at + 1
		}
		if to < 0 || to >= len(all) {
			return nil // it is the first, or the last, already
		}
		all[at], all[to] = all[to], all[at]
		if err := place(ctx, tx, all); err != nil {
			return err
		}
		return s.record(ctx, tx, by, "internship.shift", "internship", id, nil)
	})
}

// PostQuery chooses internships for admins.
type PostQuery struct {
	Q      string // beginnings of words of title, summary or place
	Status string // one of Statuses; anything else: all but the archived
}

// PostRow is an internship in a list for admins.
type PostRow struct {
	Post
	Applied, Unseen, Accepted int64
}

// mostPosts is more internships than a school has to look at in one list.
const mostPosts = 300

// Posts lists internships in the school's order.
func (s *Service) Posts(ctx context.Context, q PostQuery) ([]PostRow, error) {
	found, err := search.Match(ctx, s.db.Read(), "internship", q.Q)
	if err != nil {
		return nil, err
	}
	where, args := `p.status <> 'archived'`, []any(nil)
	if slices.Contains(Statuses, q.Status) {
		where, args = `p.status = $1`, []any{q.Status}
	}
	cond, args := found.Cond("p.id", args)
	return postRows(ctx, s.db.Read(), where+" AND "+cond, args...)
}
