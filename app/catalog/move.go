package catalog

import (
	"context"
	"database/sql"
	"slices"
	"strings"
	"unicode/utf8"

	"lectern/app/fault"
)

// rename gives a line the title that was typed, unless another has renamed it meanwhile.
func (s *Service) rename(ctx context.Context, tx *sql.Tx, by, courseID string, k Kind, id string, l line, c Change) error {
	title := strings.Join(strings.Fields(c.Title), " ")
	switch {
	case title == c.Was || title == l.title:
		return nil
	case title == "":
		return fault.Field("title", "catalog.titles.missing")
	case utf8.RuneCountInString(title) > maxTitle:
		return fault.Field("title", "catalog.title.long", "max", maxTitle)
	}
	renamed, err := renameLine(ctx, tx, k, id, c.Was, title)
	if err != nil {
		return err
	}
	if !renamed {
		return fault.New(fault.Conflict, "catalog.outline.renamed", "title", l.title)
	}
	return s.record(ctx, tx, by, string(k)+".rename", courseID, map[string]any{string(k): id})
}

func (s *Service) deleteLine(ctx context.Context, tx *sql.Tx, by, courseID string, k Kind, id string, parts []Part) error {
	if deleted, err := deleteLine(ctx, tx, k, id, s.now()); err != nil || !deleted {
		return err
	}
	var left []Part
	for _, p := range parts {
		if p.ID == id {
			continue
		}
		p.Lessons = slices.DeleteFunc(p.Lessons, func(l Lesson) bool { return l.ID == id })
		left = append(left, p)
	}
	if err := place(ctx, tx, left); err != nil {
		return err
	}
	return s.record(ctx, tx, by, string(k)+".delete", courseID, map[string]any{string(k): id})
}

func (s *Service) moveSection(ctx context.Context, tx *sql.Tx, by, courseID, id string, parts []Part, to Place) error {
	from := slices.IndexFunc(parts, func(p Part) bool { return p.ID == id })
	moving := parts[from]
	rest := slices.Delete(slices.Clone(parts), from, from+1)
	at := slices.IndexFunc(rest, func(p Part) bool { return p.ID == to.Before || p.ID == to.After })
	if at < 0 {
		return fault.New(fault.Conflict, "catalog.outline.moved")
	}
	if to.Before == "" {
		at++
	}
	if at == from {
		return nil
	}
	if err := place(ctx, tx, slices.Insert(rest, at, moving)); err != nil {
		return err
	}
	return s.record(ctx, tx, by, "section.move", courseID, map[string]any{"section": id, "place": at + 1})
}

func (s *Service) moveLesson(ctx context.Context, tx *sql.Tx, by, courseID, id string, parts []Part, c Change) error {
	parts, from, was := without(parts, id)
	into, at := target(parts, c.To)
	switch {
	case into == from.section && at == from.at:
		return nil
	case into < 0, parts[from.section].ID != c.In:
		return fault.New(fault.Conflict, "catalog.outline.moved")
	}
	parts[into].Lessons = slices.Insert(parts[into].Lessons, at, was)
	if err := place(ctx, tx, parts); err != nil {
		return err
	}
	return s.record(ctx, tx, by, "lesson.move", courseID, map[string]any{"lesson": id, "section": parts[into].ID, "place": at + 1})
}

// spot is a lesson's section and its place there, from 0.
type spot struct{ section, at int }

// without takes a lesson out of the parts.
func without(parts []Part, id string) (rest []Part, from spot, l Lesson) {
	for i, p := range parts {
		p.Lessons = slices.Clone(p.Lessons)
		if j := slices.IndexFunc(p.Lessons, func(l Lesson) bool { return l.ID == id }); j >= 0 {
			from, l = spot{i, j}, p.Lessons[j]
			p.Lessons = slices.Delete(p.Lessons, j, j+1)
		}
		rest = append(rest, p)
	}
	return rest, from, l
}

// target finds a lesson's place; section is -1 where what tells it is gone.
func target(parts []Part, to Place) (section, at int) {
	for i, p := range parts {
		switch p.ID {
		case to.Into:
			return i, len(p.Lessons)
		case to.First:
			return i, 0
		}
		for j, l := range p.Lessons {
			switch l.ID {
			case to.Before:
				return i, j
			case to.After:
				return i, j + 1
			}
		}
	}
	return -1, 0
}

// place numbers sections and lessons from 1 as they stand in parts.
func place(ctx context.Context, tx *sql.Tx, parts []Part) error {
	for i, p := range parts {
		if p.position != i+1 {
			if err := placeSection(ctx, tx, p.ID, i+1); err != nil {
				return err
			}
		}
		for j, l := range p.Lessons {
			if l.section == p.ID && l.position == j+1 {
				continue
			}
			if err := placeLesson(ctx, tx, l.ID, p.ID, j+1); err != nil {
				return err
			}
		}
	}
	return nil
}
