package content

import (
	"context"
	"database/sql"
	"strconv"

	"lectern/app/db"
	"lectern/app/fault"
	"lectern/app/school"
)

// SetPublished shows a page to everybody, or takes it back to the staff. Doing it twice is no fault.
func (s *Service) SetPublished(ctx context.Context, by, key string, published bool) (Page, error) {
	p, err := s.Page(ctx, key)
	if err != nil || !p.DeletedAt.IsZero() {
		return p, orNone(err)
	}
	status, action := Draft, "page.unpublish"
	if published {
		status, action = Published, "page.publish"
	}
	if p.Status == status {
		return p, nil
	}
	p.Status = status
	return p, s.DB.InTx(ctx, func(tx *sql.Tx) error {
		if p.Default() {
			if err := s.materialise(ctx, tx, by, &p); err != nil {
				return err
			}
			return s.record(ctx, tx, by, action, "page", p.ID)
		}
		if changed, err := setStatus(ctx, tx, p.ID, status, s.Now()); err != nil || !changed {
			return err
		}
		return s.changed(ctx, tx, by, action, p)
	})
}

// DeletePage takes a page away, to where RestorePage finds it. One that stands for a default is that default again.
// Doing it twice is no fault.
func (s *Service) DeletePage(ctx context.Context, by, key string) (Page, error) {
	p, err := s.Page(ctx, key)
	if err != nil || p.Default() || !p.DeletedAt.IsZero() {
		return p, err
	}
	return p, s.DB.InTx(ctx, func(tx *sql.Tx) error {
		if changed, err := deletePage(ctx, tx, p.ID, s.Now()); err != nil || !changed {
			return err
		}
		return s.changed(ctx, tx, by, "page.delete", p)
	})
}

// RestorePage brings a deleted page back, as it stood. When its address has been taken meanwhile, it gets another one.
// Conflict when another text stands for the same default now.
func (s *Service) RestorePage(ctx context.Context, by, id string) (Page, error) {
	p, err := pageByID(ctx, s.DB.Read(), id)
	if err != nil || p.DeletedAt.IsZero() {
		return p, err
	}
	err = s.DB.InTx(ctx, func(tx *sql.Tx) error {
		if err := school.Bump(ctx, tx); err != nil { // first, so that of two who take one address the second sees the first
			return err
		}
		if p.Standard != "" {
			if _, err := pageFor(ctx, tx, p.Standard); !fault.Is(err, fault.NotFound) {
				return orOther(err)
			}
		} else if p.Slug, err = unusedSlug(ctx, tx, p.Slug, p.ID); err != nil {
			return err
		}
		if changed, err := restorePage(ctx, tx, p.ID, p.Slug, s.Now()); err != nil || !changed {
			return err
		}
		return s.record(ctx, tx, by, "page.restore", "page", p.ID)
	})
	return p, err
}

// orOther tells that another text has taken the place.
func orOther(err error) error {
	if err == nil {
		return fault.New(fault.Conflict, "page.restore.other")
	}
	return err
}

func orNone(err error) error {
	if err == nil {
		return errNoPage()
	}
	return err
}

// freeSlug is the address for what f asks: the one given, or one made from the title. Invalid when the given one is taken.
func freeSlug(ctx context.Context, tx *sql.Tx, f PageForm, id string) (string, error) {
	if f.Slug == "" {
		return unusedSlug(ctx, tx, slugOf(f.Title), id)
	}
	taken, err := slugTaken(ctx, tx, f.Slug, id)
	if err == nil && taken {
		err = orTaken(nil, f.Slug)
	}
	return f.Slug, err
}

// unusedSlug puts a number behind slug while another page has it.
func unusedSlug(ctx context.Context, tx *sql.Tx, slug, id string) (string, error) {
	for n, try := 2, slug; ; n++ {
		taken, err := slugTaken(ctx, tx, try, id)
		if err != nil || !taken {
			return try, err
		}
		try = slug + "-" + strconv.Itoa(n)
	}
}

// moved lets the old address of a page lead to the new one, and nothing else to the new one.
func moved(ctx context.Context, tx *sql.Tx, old string, p Page) error {
	if err := db.Exec(ctx, tx, `DELETE FROM page_moves WHERE slug = $1`, p.Slug); err != nil {
		return err
	}
	return db.Exec(ctx, tx, `INSERT INTO page_moves (slug, page_id) VALUES ($1, $2)
		ON CONFLICT (slug) DO UPDATE SET page_id = excluded.page_id`, old, p.ID)
}
