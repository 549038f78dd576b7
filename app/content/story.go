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
	"lectern/app/files"
	"lectern/app/school"
)

// Most characters of a story.
const (
	MaxName  = 80
	MaxStory = 600
)

// Story is what a student achieved, as the school tells it with his consent.
type Story struct {
	ID                     string
	Name, Text             string
	CourseID, Course, Slug string // of the course that it is about; empty for none. Slug is empty for a draft's
	Picture                string // name of a file, or empty
	Shown                  bool
	Version                int64
	UpdatedAt, DeletedAt   time.Time
}

// StoryForm is what an admin writes. Picture is the name of a file; empty: none.
type StoryForm struct{ Name, Text, CourseID, Picture string }

// Stories returns all stories that aren't deleted, in their order.
func (s *Service) Stories(ctx context.Context) ([]Story, error) {
	return stories(ctx, s.DB.Read(), "s.deleted_at IS NULL")
}

// ShownStories returns those that visitors see, in their order.
func (s *Service) ShownStories(ctx context.Context) ([]Story, error) {
	return stories(ctx, s.DB.Read(), "s.deleted_at IS NULL AND s.shown")
}

// DeletedStories returns those that can be brought back.
func (s *Service) DeletedStories(ctx context.Context) ([]Story, error) {
	return stories(ctx, s.DB.Read(), "s.deleted_at IS NOT NULL")
}

// Story returns one that isn't deleted.
func (s *Service) Story(ctx context.Context, id string) (Story, error) {
	return story(ctx, s.DB.Read(), id)
}

// CreateStory adds a story to the end, shown at once. Invalid by fields.
func (s *Service) CreateStory(ctx context.Context, by string, f StoryForm) (Story, error) {
	f, err := s.checkedStory(ctx, f)
	if err != nil {
		return Story{}, err
	}
	st := Story{ID: db.NewID(), Name: f.Name, Text: f.Text, CourseID: f.CourseID, Picture: f.Picture, Shown: true, Version: 1, UpdatedAt: s.Now()}
	return st, s.DB.InTx(ctx, func(tx *sql.Tx) error {
		if err := insertStory(ctx, tx, st); err != nil {
			return err
		}
		if err := files.Use(ctx, tx, s.Now(), "story:"+st.ID, st.Picture); err != nil {
			return err
		}
		return s.storyChanged(ctx, tx, by, "story.create", st.ID)
	})
}

// SaveStory gives a story new texts. base is the version that they were written from: Conflict when somebody has saved
// it since. Invalid by fields.
func (s *Service) SaveStory(ctx context.Context, by, id string, base int64, f StoryForm) error {
	f, err := s.checkedStory(ctx, f)
	if err != nil {
		return err
	}
	return s.DB.InTx(ctx, func(tx *sql.Tx) error {
		was, err := story(ctx, tx, id)
		if err != nil {
			return err
		}
		if f == (StoryForm{was.Name, was.Text, was.CourseID, was.Picture}) {
			return nil
		}
		if changed, err := updateStory(ctx, tx, id, base, f, s.Now()); err != nil || !changed {
			return orConflict(err)
		}
		if err := files.Use(ctx, tx, s.Now(), "story:"+id, f.Picture); err != nil {
			return err
		}
		return s.storyChanged(ctx, tx, by, "story.edit", id)
	})
}

// ShowStory switches a story on or off. Doing it twice is no fault.
func (s *Service) ShowStory(ctx context.Context, by, id string, on bool) error {
	action := "story.hide"
	if on {
		action = "story.show"
	}
	return s.onStory(ctx, by, id, action, func(tx *sql.Tx) (bool, error) { return showStory(ctx, tx, id, on) })
}

// DeleteStory takes a story away, to where RestoreStory finds it. Doing it twice is no fault.
func (s *Service) DeleteStory(ctx context.Context, by, id string) error {
	return s.onStory(ctx, by, id, "story.delete", func(tx *sql.Tx) (bool, error) { return deleteStory(ctx, tx, id, s.Now()) })
}

// RestoreStory brings a deleted story back to its place.
func (s *Service) RestoreStory(ctx context.Context, by, id string) error {
	return s.onStory(ctx, by, id, "story.restore", func(tx *sql.Tx) (bool, error) { return undeleteStory(ctx, tx, id) })
}

// MoveStory brings a story to a place, counted from 0. Doing it twice is no fault.
func (s *Service) MoveStory(ctx context.Context, by, id string, to int) error {
	return s.DB.InTx(ctx, func(tx *sql.Tx) error {
		if err := school.Bump(ctx, tx); err != nil { // first, so that of two who move the second sees what the first did
			return err
		}
		all, err := stories(ctx, tx, "s.deleted_at IS NULL")
		if err != nil {
			return err
		}
		from := slices.IndexFunc(all, func(st Story) bool { return st.ID == id })
		if from < 0 {
			return errNoPage()
		}
		if all, err = move(all, from, to); err != nil {
			return nil // it is there
		}
		for i, st := range all {
			if err := placeStory(ctx, tx, st.ID, i+1); err != nil {
				return err
			}
		}
		return s.record(ctx, tx, by, "story.move", "story", id)
	})
}

// onStory runs a guarded step; one that changes nothing is no fault as long as there is such a story, deleted or not.
func (s *Service) onStory(ctx context.Context, by, id, action string, step func(tx *sql.Tx) (bool, error)) error {
	return s.DB.InTx(ctx, func(tx *sql.Tx) error {
		changed, err := step(tx)
		if err != nil {
			return err
		}
		if !changed {
			return storyExists(ctx, tx, id)
		}
		return s.storyChanged(ctx, tx, by, action, id)
	})
}

func (s *Service) storyChanged(ctx context.Context, tx *sql.Tx, by, action, id string) error {
	if err := s.record(ctx, tx, by, action, "story", id); err != nil {
		return err
	}
	return school.Bump(ctx, tx)
}

func (s *Service) checkedStory(ctx context.Context, f StoryForm) (StoryForm, error) {
	f.Name = strings.Join(strings.Fields(f.Name), " ")
	f.Text = strings.TrimSpace(strings.ReplaceAll(f.Text, "\r\n", "\n"))
	var wrong fault.Fields
	if f.Name == "" {
		wrong.Add("name", "story.name.missing")
	}
	if f.Text == "" {
		wrong.Add("text", "story.text.missing")
	}
	if n := utf8.RuneCountInString(f.Name); n > MaxName {
		wrong.Add("name", "page.long", "max", MaxName, "n", n)
	}
	if n := utf8.RuneCountInString(f.Text); n > MaxStory {
		wrong.Add("text", "page.long", "max", MaxStory, "n", n)
	}
	if f.CourseID != "" {
		_, err := catalog.ByID(ctx, s.DB.Read(), f.CourseID)
		if fault.Is(err, fault.NotFound) {
			wrong.Add("course", "story.course.wrong")
		} else if err != nil {
			return f, err
		}
	}
	return f, wrong.Err()
}
