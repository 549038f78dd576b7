package web_test

import (
	"context"
	"io"
	"net/http"
	"strings"
	"testing"

	"lectern/app/fault"
	"lectern/app/web"
	"lectern/views"
)

// store takes every picture but an empty one.
type store struct{ taken int }

func (s *store) Picture(_ context.Context, _ string, r io.Reader) (string, error) {
	if b, err := io.ReadAll(r); err != nil || len(b) == 0 {
		return "", fault.New(fault.Invalid, "files.empty")
	}
	s.taken++
	return newName, nil
}

func (s *store) Mine(_ context.Context, by, name string) (bool, error) {
	return by == "asha" && name == newName, nil
}

const (
	newName = "aaaaaaaaaaaaaaaaaaaaaaaaaa_400x300.jpg"
	oldName = "bbbbbbbbbbbbbbbbbbbbbbbbbb_400x300.jpg"
)

func TestPictureField(t *testing.T) {
	cookies, token := tokens(t)
	kept, current := `name="picture_kept" value="`+newName+`"`, "/files/"+oldName
	for _, c := range []struct {
		name   string
		size   int
		fields []string
		got    string // the picture, when the form is right
		shows  string // the form, when its title is missing
	}{
		{"nothing chosen", -1, nil, oldName, current},
		{"chosen", 10, nil, newName, kept},
		{"chosen, although removal is ticked", 10, []string{"picture_remove", "on"}, newName, kept},
		{"chosen with an earlier try", -1, []string{"picture_kept", newName}, newName, kept},
		{"named by somebody else", -1, []string{"picture_kept", "cccccccccccccccccccccccccc_400x300.jpg"}, oldName, current},
		{"removed", -1, []string{"picture_remove", "on"}, "", `name="picture_remove" type="checkbox" value="on" checked`},
		{"removed after an earlier try", -1, []string{"picture_kept", newName, "picture_remove", "on"}, "", kept},
		{"empty", 0, nil, "422", `id="picture-error"`},
	} {
		for _, title := range []string{"T", ""} {
			k, s, got := newKit(nil), &store{}, ""
			h := k.Wrap(k.Student(func(w http.ResponseWriter, r *http.Request) error {
				name, err := web.PictureField(r, s, "picture", oldName)
				if err == nil && r.PostFormValue("title") == "" {
					err = fault.Field("title", "fault.form")
				}
				if err == nil {
					got = name
					return ok(w, r)
				}
				f, err := web.Failed(r, err)
				if err != nil {
					return err
				}
				got = "422"
				return web.Render(w, r, 422, views.PictureField(f, views.Input{Name: "picture", Label: "Picture"}, oldName), nil)
			}))
			b, kind := form(c.size, append([]string{"title", title}, c.fields...)...)
			page := body(sendForm(h, "/x", cookies, token, b, kind))
			if title != "" && got != c.got {
				t.Errorf("%s: got %q, want %q", c.name, got, c.got)
			}
			if title == "" && !containsAttrs(page, c.shows) {
				t.Errorf("%s: the form doesn't show %s:\n%s", c.name, c.shows, page)
			}
		}
	}
}

// containsAttrs looks for a text, or where it lists attributes for a tag with all of them.
func containsAttrs(page, want string) bool {
	for tag := range strings.SplitSeq(page, "<") {
		all := true
		for part := range strings.FieldsSeq(want) {
			all = all && strings.Contains(tag, part)
		}
		if all {
			return true
		}
	}
	return false
}
