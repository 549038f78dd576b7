package web

import (
	"net/http"
	"strings"
	"unicode/utf8"

	"lectern/app/fault"
)

// maxField is the most that one field may hold, pasted bank statements included.
const maxField = 200_000

// ParseForm reads a form sent by POST, with files (see File) or without. Text that is no text (invalid UTF-8, control characters) is refused by field name,
// since PostgreSQL wouldn't take it and no person types it. Fields that nobody asked for are left alone.
func ParseForm(r *http.Request) error {
	if _, err := readMultipart(r, false); err != nil {
		return err
	}
	if err := r.ParseForm(); err != nil {
		if f := asFault(err); f != nil {
			return f
		}
		return fault.New(fault.Invalid, "fault.form")
	}
	var wrong fault.Fields
	for name, values := range r.PostForm {
		for _, v := range values {
			if !clean(v) || len(v) > maxField {
				wrong.Add(name, "fault.text")
			}
		}
	}
	if len(wrong) > 0 {
		for name := range wrong {
			r.PostForm.Del(name) // it couldn't be shown again either
		}
	}
	return wrong.Err()
}

func clean(v string) bool {
	return utf8.ValidString(v) && !strings.ContainsFunc(v, func(c rune) bool {
		return c < ' ' && c != '\n' && c != '\r' && c != '\t' || c == 0x7f || c >= 0x80 && c < 0xa0
	})
}

// Line returns a field as one line without white space around it.
func Line(r *http.Request, name string) string {
	return strings.Join(strings.Fields(r.PostFormValue(name)), " ")
}
