package school

import (
	"context"
	"database/sql"
	"errors"
	"strings"

	"lectern/app/fault"
	"lectern/app/files"
	"lectern/app/files/picture"
	"lectern/app/lang"
)

// Picture is the value of a setting that is one: the picture as it was uploaded, and the square icons made of it.
type Picture struct{ Name, Icons string }

// ParsePicture reads a setting's text; the zero Picture where there is none.
func ParsePicture(text string) Picture {
	name, icons, _ := strings.Cut(text, " ")
	return Picture{name, icons}
}

// String writes the text.
func (p Picture) String() string { return strings.TrimSpace(p.Name + " " + p.Icons) }

func checkPicture(text string) (string, *lang.Msg) {
	p := ParsePicture(text)
	_, ok := picture.Parse(p.Name)
	if icons, is := picture.Parse(p.Icons); !ok || !is || !icons.Icon() {
		return text, wrong("files.gone")
	}
	return text, nil
}

// hold makes the pictures of a setting used, and lets those go that it had before.
func (s *Service) hold(ctx context.Context, tx *sql.Tx, c Change) error {
	p := ParsePicture(c.Became)
	for use, name := range map[string]string{"setting:" + c.Name: p.Name, "setting:" + c.Name + ":icons": p.Icons} {
		err := files.Use(ctx, tx, s.now(), use, name)
		var f *fault.Fault
		if errors.As(err, &f) && f.Kind == fault.Invalid {
			return fault.Field(c.Name, f.Msg.Key, f.Msg.Args...)
		}
		if err != nil {
			return err
		}
	}
	return nil
}
