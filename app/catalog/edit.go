package catalog

import (
	"context"
	"database/sql"
	"reflect"

	"lectern/app/db"
	"lectern/app/fault"
	"lectern/app/school"
)

// Edit saves what a course says of itself: title, address, summary, description, audience, outcomes, teacher, level and
// duration of c, written over the version that c.Version names. An address that was left stays the course's, unless it
// was never public. It returns the course as it stands then. Invalid, by fields; Conflict where another saved something
// else meanwhile: then nothing is changed. Saving the same twice is no fault.
func (s *Service) Edit(ctx context.Context, by, id string, c Course) (saved Course, err error) {
	err = s.db.InTx(ctx, func(tx *sql.Tx) error {
		old, err := lockCourse(ctx, tx, id)
		if err != nil {
			return err
		}
		want, err := s.prepared(withTexts(old, c))
		if err != nil {
			return err
		}
		if want.Slug == "" {
			return fault.Field("slug", "catalog.slug.missing")
		}
		if reflect.DeepEqual(want, old) {
			saved = old
			return nil
		}
		if old.Version != c.Version {
			return fault.New(fault.Conflict, "catalog.edit.stale")
		}
		if err := s.moveTo(ctx, tx, by, old, want.Slug); err != nil {
			return err
		}
		want.Version++
		if err := updateTexts(ctx, tx, want); err != nil {
			return err
		}
		if err := index(ctx, tx, want); err != nil {
			return err
		}
		if err := s.record(ctx, tx, by, "course.edit", id, map[string]any{"version": want.Version}); err != nil {
			return err
		}
		saved = want
		return bump(ctx, tx, old)
	})
	if db.IsUnique(err) { // another course took the address at the same moment
		return saved, fault.Field("slug", "catalog.slug.taken", "slug", c.Slug)
	}
	return saved.At(s.now()), err
}

// withTexts is c with the texts of from.
func withTexts(c, from Course) Course {
	c.Title, c.Slug, c.Summary, c.Description, c.Audience = from.Title, from.Slug, from.Summary, from.Description, from.Audience
	c.Outcomes, c.Teacher, c.Level, c.Duration = from.Outcomes, from.Teacher, from.Level, from.Duration
	return c
}

// moveTo takes a course to another address.
func (s *Service) moveTo(ctx context.Context, tx *sql.Tx, by string, c Course, slug string) error {
	if slug == c.Slug {
		return nil
	}
	moved, err := updateSlug(ctx, tx, c.ID, slug)
	if err != nil {
		return err
	}
	// The other table is looked at after the address is held, so that of two courses only one gets it.
	taken, err := leadsElsewhere(ctx, tx, slug, c.ID)
	if err != nil {
		return err
	}
	if !moved || taken {
		return fault.Field("slug", "catalog.slug.taken", "slug", slug)
	}
	if err := forgetSlug(ctx, tx, slug); err != nil {
		return err
	}
	if !c.PublishedAt.IsZero() {
		if err := keepSlug(ctx, tx, c.Slug, c.ID, s.now()); err != nil {
			return err
		}
	}
	return s.record(ctx, tx, by, "course.address", c.ID, nil)
}

// bump tells the public pages of a change to a course that they may show.
func bump(ctx context.Context, tx *sql.Tx, c Course) error {
	if c.Status == Draft {
		return nil
	}
	return school.Bump(ctx, tx)
}
