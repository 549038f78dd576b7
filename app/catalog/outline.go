package catalog

import (
	"context"
	"database/sql"
	"errors"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"lectern/app/db"
	"lectern/app/fault"
)

// Section is a part of a course, with the titles of its lessons.
type Section struct {
	Title   string
	Lessons []string
}

// Part is a section as its editor sees it. Ids of sections and lessons never change: what students have done hangs on them.
type Part struct {
	ID, Title string
	Lessons   []Lesson

	position int // as stored: from 1, without gaps
}

// Lesson is a lesson's line in the outline.
type Lesson struct {
	ID, Title string

	section  string // as stored
	position int
}

// Kind says what a line of an outline is.
type Kind string

// The kinds.
const (
	ASection Kind = "section"
	ALesson  Kind = "lesson"
)

func (k Kind) table() string { return string(k) + "s" }

// Deleted is a line that can be put back.
type Deleted struct {
	ID, Title string
	Section   string // of a lesson: its section's title; empty: this is a section
	Lessons   int64  // of a section: those that come back with it
	At        time.Time
}

// Kind says what was deleted.
func (d Deleted) Kind() Kind {
	if d.Section == "" {
		return ASection
	}
	return ALesson
}

// Outline returns the sections of a course with their lessons, in order.
func (s *Service) Outline(ctx context.Context, courseID string) ([]Section, error) {
	parts, err := outline(ctx, s.db.Read(), courseID)
	return sectionsOf(parts), err
}

func sectionsOf(parts []Part) []Section {
	var sections []Section
	for _, p := range parts {
		section := Section{Title: p.Title}
		for _, l := range p.Lessons {
			section.Lessons = append(section.Lessons, l.Title)
		}
		sections = append(sections, section)
	}
	return sections
}

// Parts is Outline with ids.
func (s *Service) Parts(ctx context.Context, courseID string) ([]Part, error) {
	return outline(ctx, s.db.Read(), courseID)
}

// Deleted returns what can be put back into a course's outline, the latest first.
func (s *Service) Deleted(ctx context.Context, courseID string) ([]Deleted, error) {
	return deleted(ctx, s.db.Read(), courseID)
}

// Add puts the titles, one a line, at the end of the course as sections, or with a sectionID at the end of that section
// as lessons, and returns how many those were. Invalid, in the field titles, where a title can't be; Conflict where the
// section was deleted meanwhile.
func (s *Service) Add(ctx context.Context, by, courseID, sectionID, text string) (n int, err error) {
	titles, err := lines(text)
	if err != nil {
		return 0, err
	}
	k := ALesson
	if sectionID == "" {
		k = ASection
	}
	err = s.changeOutline(ctx, courseID, k, func(tx *sql.Tx, parts []Part) error {
		if k == ASection {
			for i, title := range titles {
				if err := insertSection(ctx, tx, db.NewID(), courseID, title, len(parts)+i+1); err != nil {
					return err
				}
			}
			return s.record(ctx, tx, by, "section.add", courseID, map[string]any{"sections": len(titles)})
		}
		i := slices.IndexFunc(parts, func(p Part) bool { return p.ID == sectionID })
		if i < 0 {
			return s.missing(ctx, tx, courseID, ASection, sectionID)
		}
		for j, title := range titles {
			if err := insertLesson(ctx, tx, sectionID, title, len(parts[i].Lessons)+j+1); err != nil {
				return err
			}
		}
		return s.record(ctx, tx, by, "lesson.add", courseID, map[string]any{"section": sectionID, "lessons": len(titles)})
	})
	return len(titles), err
}

// most is how many titles are taken at once.
const most = 500

// lines are the titles in a text, one a line; marks of a list before them are left out.
func lines(text string) ([]string, error) {
	var titles []string
	for _, line := range strings.Split(text, "\n") {
		title := strings.Join(strings.Fields(line), " ")
		for _, mark := range []string{"- ", "* ", "• ", "– "} {
			title = strings.TrimPrefix(title, mark)
		}
		if title == "" {
			continue
		}
		if utf8.RuneCountInString(title) > maxTitle {
			return nil, fault.Field("titles", "catalog.titles.long", "line", string([]rune(title)[:30]), "max", maxTitle)
		}
		titles = append(titles, title)
	}
	if len(titles) == 0 {
		return nil, fault.Field("titles", "catalog.titles.missing")
	}
	if len(titles) > most {
		return nil, fault.Field("titles", "catalog.titles.many", "max", most)
	}
	return titles, nil
}

// Change is what an editor wants of a line, and what of it was seen when it was wanted.
type Change struct {
	Title, Was string // the title, and the one that it was written over
	In         string // of a lesson that moves: the section that it was in
	To         Place
	Delete     bool
}

// Place is where a line goes, told by its neighbours, so that the same wish twice is one move. One field at most is set.
type Place struct {
	Before, After string // a line of the same kind
	Into, First   string // lessons only: the section at whose end, or beginning, it is to stand
}

// Change renames, moves or deletes a line of a course's outline. Doing it twice is no fault. NotFound for a line that the
// course has not; Invalid, in the field title, for a title that can't be; Conflict where another changed meanwhile what
// the wish was based on: then nothing is changed.
func (s *Service) Change(ctx context.Context, by, courseID string, k Kind, id string, c Change) error {
	return s.changeOutline(ctx, courseID, k, func(tx *sql.Tx, parts []Part) error {
		l, err := s.line(ctx, tx, courseID, k, id)
		if err != nil {
			return err
		}
		if l.gone || l.sectionGone {
			if c.Delete {
				return nil
			}
			return fault.New(fault.Conflict, "catalog.outline.gone", "title", l.title)
		}
		if c.Delete {
			return s.deleteLine(ctx, tx, by, courseID, k, id, parts)
		}
		if err := s.rename(ctx, tx, by, courseID, k, id, l, c); err != nil || c.To == (Place{}) {
			return err
		}
		if k == ASection {
			return s.moveSection(ctx, tx, by, courseID, id, parts, c.To)
		}
		return s.moveLesson(ctx, tx, by, courseID, id, parts, c)
	})
}

// Restore puts a deleted line back to where it was. NotFound and Conflict as Change; doing it twice is no fault.
func (s *Service) Restore(ctx context.Context, by, courseID string, k Kind, id string) error {
	return s.changeOutline(ctx, courseID, k, func(tx *sql.Tx, _ []Part) error {
		l, err := s.line(ctx, tx, courseID, k, id)
		if err != nil {
			return err
		}
		if k == ALesson && l.sectionGone {
			return fault.New(fault.Conflict, "catalog.outline.section_gone", "title", l.title)
		}
		if restored, err := restoreLine(ctx, tx, k, id); err != nil || !restored {
			return err
		}
		parts, err := outline(ctx, tx, courseID)
		if err == nil {
			restored(parts, id)
			err = place(ctx, tx, parts)
		}
		if err != nil {
			return err
		}
		return s.record(ctx, tx, by, string(k)+".restore", courseID, map[string]any{string(k): id})
	})
}

// restored puts a line before the one that took its position.
func restored(parts []Part, id string) {
	for i := range parts {
		if i > 0 && parts[i].ID == id && parts[i-1].position == parts[i].position {
			parts[i-1], parts[i] = parts[i], parts[i-1]
		}
		for j, l := range parts[i].Lessons {
			if all := parts[i].Lessons; l.ID == id && j > 0 && all[j-1].position == l.position {
				all[j-1], all[j] = l, all[j-1]
			}
		}
	}
}

// line is what a line of an outline is when a change to it begins.
type line struct {
	section, title    string
	gone, sectionGone bool // deleted
}

func (s *Service) line(ctx context.Context, tx *sql.Tx, courseID string, k Kind, id string) (line, error) {
	l, err := lineOf(ctx, tx, courseID, k, id)
	if errors.Is(err, sql.ErrNoRows) {
		return l, fault.New(fault.NotFound, "fault.not_found")
	}
	return l, err
}

// missing says why a line isn't in the outline: it is deleted, or was never there.
func (s *Service) missing(ctx context.Context, tx *sql.Tx, courseID string, k Kind, id string) error {
	l, err := s.line(ctx, tx, courseID, k, id)
	if err != nil {
		return err
	}
	return fault.New(fault.Conflict, "catalog.outline.gone", "title", l.title)
}

// changeOutline runs fn on a course that nobody else changes meanwhile, then brings up to date what follows from a change
// to lines of that kind.
func (s *Service) changeOutline(ctx context.Context, courseID string, k Kind, fn func(tx *sql.Tx, parts []Part) error) error {
	return s.db.InTx(ctx, func(tx *sql.Tx) error {
		c, err := lockCourse(ctx, tx, courseID)
		if err != nil {
			return err
		}
		parts, err := outline(ctx, tx, courseID)
		if err != nil {
			return err
		}
		if err := fn(tx, parts); err != nil {
			return err
		}
		if k == ASection {
			if err := index(ctx, tx, c); err != nil {
				return err
			}
		}
		return bump(ctx, tx, c)
	})
}
