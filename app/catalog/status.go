package catalog

import (
	"context"
	"database/sql"
	"slices"

	"lectern/app/db"
	"lectern/app/fault"
	"lectern/app/files"
	"lectern/app/school"
)

// Make adds a draft, as Create does. Its ID may be given by who sends the wish, as db.NewID makes it: then the same wish sent
// twice makes one course.
func (s *Service) Make(ctx context.Context, by string, c Course) (Course, error) {
	return s.makeOnce(ctx, c.ID, func(tx *sql.Tx) (Course, error) { return s.Create(ctx, tx, by, c, nil) })
}

// makeOnce runs create unless there is a course with that id by now.
func (s *Service) makeOnce(ctx context.Context, id string, create func(tx *sql.Tx) (Course, error)) (c Course, err error) {
	err = s.db.InTx(ctx, func(tx *sql.Tx) error {
		if c, err = courseByID(ctx, tx, id); err == nil || !fault.Is(err, fault.NotFound) {
			return err
		}
		c, err = create(tx)
		return err
	})
	if db.IsUnique(err) { // both were sent at the same moment
		return courseByID(ctx, s.db.Read(), id)
	}
	return c, err
}

// Publish shows a course to everybody and takes new students, again where it was archived. NotFound where there is none;
// doing it twice is no fault.
func (s *Service) Publish(ctx context.Context, by, id string) error {
	return s.turn(ctx, by, id, "course.publish", Published, Draft, Archived)
}

// Archive takes no new students: who is enrolled keeps the course, and its address stays. Conflict for a draft.
func (s *Service) Archive(ctx context.Context, by, id string) error {
	return s.turn(ctx, by, id, "course.archive", Archived, Published)
}

// Unpublish hides a course again. Conflict where somebody is enrolled or about to be: then it can only be archived.
func (s *Service) Unpublish(ctx context.Context, by, id string) error {
	return s.turn(ctx, by, id, "course.unpublish", Draft, Published, Archived)
}

// turn takes a course to a status that it may have after one of from.
func (s *Service) turn(ctx context.Context, by, id, action, to string, from ...string) error {
	return s.db.InTx(ctx, func(tx *sql.Tx) error {
		c, err := lockCourse(ctx, tx, id)
		if err != nil || c.Status == to {
			return err
		}
		if !slices.Contains(from, c.Status) {
			return fault.New(fault.Conflict, "catalog.status.no_way")
		}
		if to == Draft {
			wanted, err := isWanted(ctx, tx, id)
			if err != nil {
				return err
			}
			if wanted {
				return fault.New(fault.Conflict, "catalog.unpublish.wanted")
			}
		}
		if err := updateStatus(ctx, tx, id, to, s.now()); err != nil {
			return err
		}
		if err := s.record(ctx, tx, by, action, id, nil); err != nil {
			return err
		}
		return school.Bump(ctx, tx)
	})
}

// Delete removes a draft that nobody ever had anything to do with. Conflict for any other course.
func (s *Service) Delete(ctx context.Context, by, id string) error {
	return s.db.InTx(ctx, func(tx *sql.Tx) error {
		c, err := lockCourse(ctx, tx, id)
		if err != nil {
			return err
		}
		used, err := isUsed(ctx, tx, id)
		if err != nil {
			return err
		}
		if used || c.Status != Draft {
			return fault.New(fault.Conflict, "catalog.delete.used")
		}
		if err := unindex(ctx, tx, id); err != nil {
			return err
		}
		if err := files.Release(ctx, tx, s.now(), "course:"+id); err != nil {
			return err
		}
		if err := deleteCourse(ctx, tx, id); err != nil {
			return err
		}
		return s.record(ctx, tx, by, "course.delete", id, nil)
	})
}

// Duplicate makes a draft with the texts, the picture, the price and the outline of a course, under the title and, as in Make, the id
// that are given.
func (s *Service) Duplicate(ctx context.Context, by, id, once, title string) (Course, error) {
	return s.makeOnce(ctx, once, func(tx *sql.Tx) (Course, error) {
		old, err := lockCourse(ctx, tx, id)
		if err != nil {
			return old, err
		}
		parts, err := outline(ctx, tx, id)
		if err != nil {
			return old, err
		}
		old = old.At(s.now())
		c := withTexts(Course{ID: once, Price: old.Price}, old)
		c.Title, c.Slug = cut(title, maxTitle), ""
		if c, err = s.Create(ctx, tx, by, c, sectionsOf(parts)); err != nil || old.Picture == "" {
			return c, err
		}
		c.Picture = old.Picture
		return c, s.putPicture(ctx, tx, c.ID, c.Picture)
	})
}

// cut leaves of a text as many characters as it may have.
func cut(s string, max int) string {
	if r := []rune(s); len(r) > max {
		return string(r[:max])
	}
	return s
}

// Feature puts a course forward on the first page, or no longer. Doing it twice is no fault.
func (s *Service) Feature(ctx context.Context, by, id string, featured bool) error {
	return s.db.InTx(ctx, func(tx *sql.Tx) error {
		c, err := lockCourse(ctx, tx, id)
		if err != nil || c.Featured == featured {
			return err
		}
		if err := updateFeatured(ctx, tx, id, featured); err != nil {
			return err
		}
		action := "course.feature"
		if !featured {
			action = "course.unfeature"
		}
		if err := s.record(ctx, tx, by, action, id, nil); err != nil {
			return err
		}
		return bump(ctx, tx, c)
	})
}

// Move puts a course directly before or after another one in the school's order; of to, Before or After is set. Doing it
// twice is no fault. Conflict where the other one is gone.
func (s *Service) Move(ctx context.Context, by, id string, to Place) error {
	return s.db.InTx(ctx, func(tx *sql.Tx) error {
		if err := lockOrder(ctx, tx); err != nil {
			return err
		}
		order, err := courseOrder(ctx, tx)
		if err != nil {
			return err
		}
		from := slices.IndexFunc(order, func(c placed) bool { return c.id == id })
		if from < 0 {
			return errNoCourse()
		}
		moving := order[from]
		order = slices.Delete(order, from, from+1)
		at := slices.IndexFunc(order, func(c placed) bool { return c.id == to.Before || c.id == to.After })
		if at < 0 {
			return fault.New(fault.Conflict, "catalog.outline.moved")
		}
		if to.Before == "" {
			at++
		}
		if at == from {
			return nil
		}
		for i, c := range slices.Insert(order, at, moving) {
			if c.position == int64(i+1) {
				continue
			}
			if err := updatePosition(ctx, tx, c.id, i+1); err != nil {
				return err
			}
		}
		if err := s.record(ctx, tx, by, "course.move", id, map[string]any{"place": at + 1}); err != nil {
			return err
		}
		return school.Bump(ctx, tx)
	})
}
