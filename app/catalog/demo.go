package catalog

import (
	"context"
	"database/sql"
	_ "embed"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"lectern/app/school"
)

// demoText is one `key value` a line; `course` begins a course, `section` and `lesson` add to the one before.
//
//go:embed demo.txt
var demoText string

var errNotEmpty = errors.New("not empty")

// Demo fills an empty database with published courses, and with what other rooms add in the same transaction, all or none,
// and reports whether it did. It does nothing where there is any course or internship, or any user who isn't an admin.
func (s *Service) Demo(ctx context.Context, also ...func(ctx context.Context, tx *sql.Tx) error) (filled bool, err error) {
	courses, err := parseDemo(demoText)
	if err != nil {
		return false, err
	}
	err = s.db.InTx(ctx, func(tx *sql.Tx) error {
		if err := school.Bump(ctx, tx); err != nil { // first, so that of two who try at once one waits and then sees it done
			return err
		}
		empty, err := isEmpty(ctx, tx)
		if err != nil {
			return err
		}
		if !empty {
			return errNotEmpty
		}
		for _, d := range courses {
			if _, err := s.Create(ctx, tx, "", d.Course, d.sections); err != nil {
				return fmt.Errorf("demo course %s: %w", d.Slug, err)
			}
		}
		for _, add := range also {
			if err := add(ctx, tx); err != nil {
				return err
			}
		}
		return nil
	})
	if errors.Is(err, errNotEmpty) {
		return false, nil
	}
	return err == nil, err
}

type demoCourse struct {
	Course
	sections []Section
}

func parseDemo(text string) ([]demoCourse, error) {
	var all []demoCourse
	for i, line := range strings.Split(text, "\n") {
		if line = strings.TrimSpace(line); line == "" {
			continue
		}
		key, value, _ := strings.Cut(line, " ")
		if key == "course" {
			all = append(all, demoCourse{Course: Course{Status: Published}})
		}
		if len(all) == 0 {
			return nil, fmt.Errorf("demo.txt:%d: %s before the first course", i+1, key)
		}
		if err := all[len(all)-1].set(key, value); err != nil {
			return nil, fmt.Errorf("demo.txt:%d: %w", i+1, err)
		}
	}
	return all, nil
}

func (d *demoCourse) set(key, value string) (err error) {
	if value == "" {
		return fmt.Errorf("%s says nothing", key)
	}
	switch key {
	case "course":
		d.Slug = value
	case "title":
		d.Title = value
	case "level":
		d.Level = value
	case "duration":
		d.Duration = value
	case "price": // minor units
		d.Price.Amount, err = strconv.ParseInt(value, 10, 64)
	case "featured":
		d.Featured = value == "yes"
	case "summary":
		d.Summary = value
	case "audience":
		d.Audience = value
	case "description":
		d.Description = strings.TrimPrefix(d.Description+"\n\n"+value, "\n\n")
	case "outcome":
		d.Outcomes = append(d.Outcomes, value)
	case "section":
		d.sections = append(d.sections, Section{Title: value})
	case "lesson":
		if len(d.sections) == 0 {
			return errors.New("lesson before the first section")
		}
		last := &d.sections[len(d.sections)-1]
		last.Lessons = append(last.Lessons, value)
	default:
		return fmt.Errorf("unknown word %s", key)
	}
	return err
}
