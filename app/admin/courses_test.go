package admin_test

import (
	"fmt"
	"net/url"
	"strings"
	"testing"
	"time"

	"lectern/app/apptest"
)

// one reads a single text.
func one(s *apptest.School, query string, args ...any) (v string) {
	s.T.Helper()
	if err := s.DB.Read().QueryRowContext(s.T.Context(), query, args...).Scan(&v); err != nil {
		s.T.Fatal(err)
	}
	return v
}

const courseForm = "#course"

func TestCourses_FromDraftToPublished(t *testing.T) {
	t.Parallel()
	s := apptest.New(t)
	chitra, visitor := s.SignIn("chitra"), s.Visitor()
	p := chitra.Submit("/admin/courses/new", courseForm, apptest.Form{"title": "", "price": "a lot", "summary": "Kept"}).Want(422)
	p.WantText("#title-error", "title").WantText("#summary", "Kept")
	chitra.AsHTMX().Submit("/admin/courses/new", courseForm, apptest.Form{"title": ""}).Want(422).WantText(".errors", "title")
	form := chitra.Get("/admin/courses/new")
	typed := apptest.Form{"title": "उर्दू पढ़ना", "price": "₹1,499", "outcomes": "Read\n\n Write ", "description": "First.\r\n\r\nSecond."}
	to := chitra.Send(form, courseForm, typed).Want(303).Location()
	chitra.Send(form, courseForm, typed).Want(303, to) // a double click makes one course
	id := strings.Split(to, "/")[3]
	slug := one(s, `SELECT slug FROM courses WHERE id = $1`, id)
	page := "/courses/" + url.PathEscape(slug)
	visitor.Get(page).Want(404)
	s.SignIn("asha").Get(page).Want(404)
	chitra.Get(page).Want(200).WantText(".banner", "draft").WantText(".ticks", "Read", "Write")
	edit := "/admin/courses/" + id
	chitra.Submit(edit, "#publish", nil).Want(303, edit).Follow().WantText(".flash", "published")
	visitor.Get(page).Want(200).WantText(".offer", "₹1,499")
	chitra.Submit(edit, courseForm, apptest.Form{"slug": "Read Urdu"}).Want(303, edit)
	if to := visitor.Get(page).Want(301).Location(); to != "/courses/read-urdu" {
		t.Errorf("the old address leads to %q", to)
	}
	chitra.Submit(edit, courseForm, apptest.Form{"slug": "data-science-and-analytics"}).Want(422).WantText("#slug-error", "Another course")
	chitra.Submit(edit, "#archive", nil).Want(303)
	if p := visitor.Get("/courses/read-urdu").Want(200); p.Has("#enroll") != 0 {
		t.Error("an archived course takes students")
	}
	chitra.Submit(edit, "#unpublish", nil).Want(303)
	chitra.Submit(edit, "#delete", nil).Want(303, "/admin/courses")
	chitra.Get(edit).Want(404)
	for _, path := range []string{"/admin/courses/none", "/admin/courses/none/outline", "/admin/courses/none/price"} {
		chitra.Get(path).Want(404)
	}
}

func TestCourses_TwoAdminsWriteAtOnce(t *testing.T) {
	t.Parallel()
	s := apptest.New(t)
	chitra := s.SignIn("chitra")
	edit := "/admin/courses/" + one(s, `SELECT id FROM courses WHERE slug = 'data-science-and-analytics'`)
	stale := chitra.Get(edit)
	chitra.Submit(edit, courseForm, apptest.Form{"title": "Data, theirs", "teacher": "Bala"}).Want(303)
	p := chitra.Send(stale, courseForm, apptest.Form{"title": "Data, mine", "duration": "a year"}).Want(409)
	p.WantText(".theirs", "Data, theirs").WantText(".banner.wait", "chitra")
	if got := [3]string{p.Value("#title"), p.Value("#duration"), p.Value("#teacher")}; got != [3]string{"Data, mine", "a year", "Bala"} {
		t.Errorf("the form shows %q", got)
	}
	if p.Has(".theirs") != 1 {
		t.Errorf("%d fields differ, want the title alone", p.Has(".theirs"))
	}
	if got := one(s, `SELECT title FROM courses WHERE slug = 'data-science-and-analytics'`); got != "Data, theirs" {
		t.Errorf("it is %q now", got)
	}
	part := chitra.AsHTMX().Send(stale, courseForm, apptest.Form{"title": "Data, mine"}).Want(409)
	if part.Header.Get("HX-Retarget") != "#course" || part.Has("form#course") != 1 || part.Has("header") != 0 {
		t.Error("htmx doesn't get the form alone")
	}
	chitra.Send(p, courseForm, nil).Want(303)
	if got := one(s, `SELECT title || teacher FROM courses WHERE slug = 'data-science-and-analytics'`); got != "Data, mineBala" {
		t.Errorf("it is %q now", got)
	}
}

func TestCourses_ListOrderAndSearch(t *testing.T) {
	t.Parallel()
	s := apptest.New(t)
	chitra := s.SignIn("chitra")
	p := chitra.Get("/admin/courses").Want(200)
	if p.Has(".coursework > li") != 6 {
		t.Fatalf("%d courses", p.Has(".coursework > li"))
	}
	second, _ := p.Doc.Find(".coursework > li").Eq(1).Attr("data-id")
	first, _ := p.Doc.Find(".coursework > li").First().Attr("data-id")
	chitra.Send(p, "#move-"+second, apptest.Form{"before": first}).Want(303, "/admin/courses")
	part := chitra.AsHTMX().Send(p, "#move-"+second, apptest.Form{"before": first}).Want(200)
	if got, _ := part.Doc.Find(".coursework > li").First().Attr("data-id"); got != second || part.Has("header") != 0 {
		t.Errorf("%q comes first", got)
	}
	chitra.Send(p, "#feature-"+second, nil).Want(303)
	chitra.Get("/admin/courses?q=statistical").Want(200).WantText(".coursework", "Data Science")
	chitra.Get("/admin/courses?q=zzz").Want(200).WantText(".empty", "No course found")
	chitra.Get("/admin/courses?status=draft").Want(200).WantText(".empty", "No drafts")
	chitra.Get("/admin/courses?status=wrong&after=wrong").Want(200)
	chitra.Submit("/admin/courses/"+first, "#duplicate", nil).Want(303).Follow().WantText("h1", "(copy)")
	chitra.Post("/admin/courses/none/move", nil).Want(404)
	chitra.Post("/admin/courses/none/publish", nil).Want(404)
	asha := s.SignIn("asha")
	asha.Get("/admin/courses").Want(403)
	asha.Post("/admin/courses/"+first+"/archive", nil).Want(403)
}

func TestCourses_OutlineByButtons(t *testing.T) {
	t.Parallel()
	s := apptest.New(t)
	chitra := s.SignIn("chitra")
	id := one(s, `SELECT id FROM courses WHERE slug = 'data-science-and-analytics'`)
	outline := "/admin/courses/" + id + "/outline"
	p := chitra.Get(outline).Want(200)
	li := p.Doc.Find(".lessons > li").First()
	lesson, _ := li.Attr("data-id")
	form, title := "#l-"+lesson+" form", li.Find("input[name=title]").AttrOr("value", "")
	chitra.Send(p, form, apptest.Form{"title": "Renamed"}).Want(303)
	chitra.Send(p, form, apptest.Form{"title": "Renamed by another"}).Want(409).WantText(".error", "Renamed")
	chitra.Submit(outline, form, apptest.Form{"title": " "}).Want(422).WantText("#t-"+lesson+"-title-error", "title")
	part := chitra.AsHTMX().Submit(outline, form, apptest.Form{"title": " "}).Want(422)
	if part.Has("li") != 1 || part.Has("header") != 0 {
		t.Error("htmx doesn't get the line alone")
	}
	next, _ := p.Doc.Find("#down-" + lesson).Attr("value")
	part = chitra.AsHTMX().Submit(outline, form, apptest.Form{"after": next}).Want(200)
	if part.Has(".part") != 1 || !strings.Contains(part.Body, "hx-partial") {
		t.Errorf("htmx gets %d sections", part.Has(".part"))
	}
	chitra.Submit(outline, form, apptest.Form{"after": "none"}).Want(409).WantText(".banner.bad", "nothing was moved")
	to := chitra.Submit(outline, form, apptest.Form{"delete": "yes"}).Want(303)
	undo := to.Follow().WantText(".banner", "Renamed")
	if undo.Has("#l-"+lesson) != 0 {
		t.Error("it isn't deleted")
	}
	if p := chitra.Send(undo, "#undo", nil).Want(303).Follow(); p.Has("#l-"+lesson) != 1 {
		t.Error("it isn't back")
	}
	if got := one(s, `SELECT title FROM lessons WHERE id = $1`, lesson); got != "Renamed" || title == "" {
		t.Errorf("it is %q", got)
	}
	chitra.Submit(outline, "#add", apptest.Form{"titles": ""}).Want(422).WantText("#add-s-titles-error", "title")
	chitra.Submit(outline, "#add", apptest.Form{"titles": "One\nTwo"}).Want(303).Follow().WantText(".flash", "2 sections")
	section := one(s, `SELECT id FROM sections WHERE title = 'Two'`)
	add := fmt.Sprintf("#s-%s form[action$='/lessons']", section)
	chitra.Submit(outline, add, apptest.Form{"titles": strings.Repeat("x", 300)}).Want(422).WantText("#s-"+section+" .error", "longer")
	chitra.AsHTMX().Submit(outline, add, apptest.Form{"titles": "a\nb"}).Want(200).WantText(".toast", "2 lessons")
	chitra.Submit(outline, "#s-"+section+" .head-line form", apptest.Form{"delete": "yes"}).Want(303)
	p = chitra.Get(outline)
	p.WantText("#deleted", "Two", "2 lessons")
	chitra.Send(p, "#deleted form", nil).Want(303)
	if n := s.Count(`SELECT count(*) FROM lessons WHERE section_id = $1 AND deleted_at IS NULL`, section); n != 2 {
		t.Errorf("%d lessons came back", n)
	}
	chitra.Post(outline[:len(outline)-len("outline")]+"lessons/none", nil).Want(404)
	chitra.Post("/admin/courses/none/sections", url.Values{"titles": {"x"}}).Want(404)
	chitra.Get(outline+"?lesson="+lesson).Want(200).WantText("#l-"+lesson+" .moving", "Move")
}

func TestCourses_ALongOutlineIsFolded(t *testing.T) {
	t.Parallel()
	s := apptest.New(t)
	chitra := s.SignIn("chitra")
	id := one(s, `SELECT id FROM courses WHERE slug = 'data-science-and-analytics'`)
	titles := strings.Repeat("Lesson\n", 400)
	section := one(s, `SELECT id FROM sections WHERE course_id = $1 ORDER BY position LIMIT 1`, id)
	chitra.Post("/admin/courses/"+id+"/sections/"+section+"/lessons", url.Values{"titles": {titles}}).Want(303)
	p := chitra.Get("/admin/courses/" + id + "/outline").Want(200)
	if p.Has(".lessons > li") != 0 || len(p.Body) > 60_000 {
		t.Errorf("%d lessons in %d bytes", p.Has(".lessons > li"), len(p.Body))
	}
	if p := chitra.Get("/admin/courses/" + id + "/outline?section=" + section).Want(200); p.Has(".lessons > li") < 400 {
		t.Errorf("%d lessons", p.Has(".lessons > li"))
	}
	if p := chitra.AsHTMX().Get("/admin/courses/" + id + "/outline?section=" + section).Want(200); p.Has(".part") != 1 || p.Has("header") != 0 {
		t.Error("htmx doesn't get the section alone")
	}
}

func TestCourses_PriceNowAndLater(t *testing.T) {
	t.Parallel()
	s := apptest.New(t)
	chitra, asha, bala, visitor := s.SignIn("chitra"), s.SignIn("asha"), s.SignIn("bala"), s.Visitor()
	const course = "/courses/data-science-and-analytics"
	price := "/admin/courses/" + one(s, `SELECT id FROM courses WHERE slug = 'data-science-and-analytics'`) + "/price"
	order := asha.Submit(course, "#enroll", nil).Want(303).Location()
	visitor.Get(course).WantText(".offer", "₹499")
	chitra.Submit(price, "#price-form", apptest.Form{"price": "lots", "when": "date", "from": "2026-02-31"}).Want(422).WantText("#price-error", "amount").WantText("#from-error", "day")
	chitra.AsHTMX().Submit(price, "#price-form", apptest.Form{"price": "599", "when": "date", "from": "2026-11-23"}).Want(422).WantText("#from-error", "tomorrow")
	stale := chitra.Get(price)
	chitra.Submit(price, "#price-form", apptest.Form{"price": "599"}).Want(303).Follow().WantText(".flash", "₹599")
	visitor.Get(course).WantText(".offer", "₹599")
	chitra.Send(stale, "#price-form", apptest.Form{"price": "1"}).Want(409).WantText("#price-error", "₹599")
	asha.Get(order).WantText("main", "₹499") // an open order keeps its price
	chitra.Submit(price, "#price-form", apptest.Form{"price": "699", "when": "date", "from": "2026-11-25"}).Want(303).Follow().WantText(".flash", "25 Nov 2026")
	chitra.Get("/admin/courses").WantText(".coursework", "₹699 from 25 Nov 2026")
	visitor.Get(course).WantText(".offer", "₹599")
	s.Clock.Move(33*time.Hour + 54*time.Minute) // 24 November, 23:59 at the school
	visitor.Get(course).WantText(".offer", "₹599")
	s.Clock.Move(time.Minute)
	visitor.Get(course).WantText(".offer", "₹699")
	bala.Submit(course, "#enroll", nil).Want(303).Follow().WantText("main", "₹699")
	chitra.Submit(price, "#price-form", apptest.Form{"price": "0"}).Want(422).WantText("#free-error", "2 students")
	p := chitra.Submit(price, "#price-form", apptest.Form{"price": "0", "free": "on"}).Want(303).Follow()
	p.WantText(".lines", "₹699", "₹599", "₹499")
	visitor.Get(course).WantText(".offer", "Free")
	chitra.Submit(price, "#price-form", apptest.Form{"price": "99", "when": "date", "from": "2026-12-25"}).Want(303)
	chitra.Submit(price, "#cancel", nil).Want(303).Follow().WantText(".flash", "stays")
	chitra.Post(price+"/cancel", url.Values{"from": {"x"}}).Want(422)
}
