package admin_test

import (
	"strings"
	"testing"
	"time"

	"lectern/app/apptest"
	"lectern/app/files/picture"
)

func TestCoursePicture(t *testing.T) {
	t.Parallel()
	s := apptest.New(t)
	const slug = "programming-foundations-with-python"
	c, err := s.Catalog.BySlug(t.Context(), slug)
	if err != nil {
		t.Fatal(err)
	}
	editor, form := "/admin/courses/"+c.ID, "form#course-picture"
	chitra, visitor := s.SignIn("chitra"), s.Visitor()
	shown := func() string {
		t.Helper()
		src, _ := visitor.Get("/courses/" + slug).Want(200).Doc.Find(".offer img.cover").Attr("src")
		list, _ := visitor.Get("/courses").Want(200).Doc.Find(".card:has(a[href='/courses/" + slug + "']) img.cover").Attr("srcset")
		if (src == "") != (list == "") || src != "" && !strings.Contains(list, src+" 960w") {
			t.Errorf("the page shows %q, the list %q", src, list)
		}
		return src
	}
	if shown() != "" {
		t.Fatal("a picture before there is one")
	}

	chitra.Submit(editor, form, nil, apptest.File{Field: "picture", Name: "चिनार.png", Content: apptest.PNG(1400, 700, 3)}).Want(303).Follow().Want(200).
		WantText(".flash", "The picture is changed")
	first := shown()
	visitor.Get(first).Want(200)

	t.Run("refused", func(t *testing.T) {
		drawing := apptest.File{Field: "picture", Name: "x.svg", Content: []byte("<svg/>")}
		chitra.Submit(editor, form, nil, drawing).Want(422).WantText("#picture-error", "SVG")
		p := chitra.AsHTMX().Submit(editor, form, nil, drawing).Want(422).WantText("#picture-error", "SVG")
		if p.Has("html[lang]") != 0 || p.Has("form#course-picture") != 1 || p.Has("h1") != 0 {
			t.Errorf("htmx got more than the form: %.200s", p.Body)
		}
		if shown() != first {
			t.Error("the picture changed")
		}
	})
	t.Run("guarded", func(t *testing.T) {
		file := apptest.File{Field: "picture", Name: "x.png", Content: apptest.PNG(40, 40, 9)}
		for _, path := range []string{editor + "/picture", editor + "/picture/back"} {
			if to := visitor.PostFiles(path, nil, file).Want(303).Location(); !strings.HasPrefix(to, "/login?next=") {
				t.Errorf("%s: a visitor goes to %q", path, to)
			}
			s.SignIn("asha").PostFiles(path, nil, file).Want(403)
		}
		chitra.PostFiles("/admin/courses/nosuch/picture", nil, file).Want(404)
		chitra.Post("/admin/courses/nosuch/picture/back", nil).Want(404)
		if shown() != first {
			t.Error("the picture changed")
		}
	})
	t.Run("removed and put back", func(t *testing.T) {
		chitra.Submit(editor, form, apptest.Form{"picture_remove": "on"}).Want(303)
		if shown() != "" {
			t.Error("still shown")
		}
		s.Clock.Move(29 * 24 * time.Hour)
		if err := s.Files.Sweep(t.Context()); err != nil {
			t.Fatal(err)
		}
		chitra = s.SignIn("chitra")
		chitra.Submit(editor, "form[action$='/picture/back']", nil).Want(303)
		if shown() != first {
			t.Error("not put back")
		}
		visitor.Get(first).Want(200)
	})
	t.Run("a copy has it too", func(t *testing.T) {
		to := chitra.Submit(editor, "form[action$='/duplicate']", nil).Want(303).Location()
		chitra.Submit(editor, form, apptest.Form{"picture_remove": "on"}).Want(303)
		s.Clock.Move(40 * 24 * time.Hour)
		if err := s.Files.Sweep(t.Context()); err != nil {
			t.Fatal(err)
		}
		chitra = s.SignIn("chitra")
		src, _ := chitra.Get(to).Want(200).Doc.Find(".cardview img.cover").Attr("src")
		if src == "" || !strings.HasPrefix(src, picture.Prefix) {
			t.Fatal("the copy shows none")
		}
		visitor.Get(src).Want(200)
		chitra.Submit(to, "form[action$='/delete']", nil).Want(303)
	})
	chitra.Get("/admin/audit").Want(200).WantText("main", "Changed a course's picture", "this picture")
	if n := s.Count(`SELECT count(*) FROM file_uses`); n != 0 {
		t.Errorf("%d uses are left", n)
	}
	if n := s.Count(`SELECT count(*) FROM audit WHERE action = 'course.picture' AND subject = $1`, c.ID); n != 4 {
		t.Errorf("%d rows in the audit log, want 4", n)
	}
}
