package admin_test

import (
	"net/url"
	"strings"
	"testing"

	"lectern/app/apptest"
)

// written makes a page by the form and returns where it is edited.
func written(chitra *apptest.Browser, title, body string) string {
	return chitra.Submit("/admin/pages/new", "#page", apptest.Form{"title": title, "body": body}).Want(303).Location()
}

func TestPages_WrittenPublishedTakenBack(t *testing.T) {
	t.Parallel()
	s := apptest.New(t)
	chitra, visitor := s.SignIn("chitra"), s.Visitor()
	written(chitra, "हमारे शिक्षक", "x")
	chitra.Get("/admin/pages").WantText("#list", "/हमारे-शिक्षक")
	at := written(chitra, "Our teachers", "## Who we are\n\nAsha and **Bala**, <script>x</script>.")
	visitor.Get("/our-teachers").Want(404)
	chitra.Get("/our-teachers").Want(200).WantText(".banner", "only you see this page")
	chitra.Submit(at, "#publish", nil).Want(303, at)
	p := visitor.Get("/our-teachers").Want(200).WantText("h1", "Our teachers").WantText(".prose", "Asha and Bala, <script>x</script>.")
	if p.Has(".prose script") != 0 || p.Has(".prose h2#h-who-we-are") != 1 || p.Has("link[rel=canonical][href$='/our-teachers']") != 1 || len(p.Cookies) != 0 {
		t.Errorf("the page: %s", p.Body)
	}
	if d, _ := p.Doc.Find("meta[name=description]").Attr("content"); !strings.Contains(d, "Asha and Bala") {
		t.Errorf("its description: %q", d)
	}
	chitra.Submit(at, "#page", apptest.Form{"title": "Teachers", "slug": "teachers"}).Want(303, at)
	visitor.Get("/our-teachers").Want(301, "/teachers")
	visitor.Get("/teachers").Want(200).WantText("h1", "Teachers")
	chitra.Submit(at, "#unpublish", nil).Want(303)
	visitor.Get("/teachers").Want(404)
	gone := chitra.Submit(at, "#delete", nil).Want(303).Location()
	chitra.Get(gone).Want(200).WantText(".banner", "This page is deleted")
	chitra.Get("/teachers").Want(404)
	chitra.Get("/admin/pages?status=deleted").Want(200).WantText("#list", "Teachers")
	chitra.Submit(gone, "#restore", nil).Want(303)
	chitra.Get("/teachers").Want(200)
}

func TestPages_DefaultsAreMarkedAndCanComeBack(t *testing.T) {
	t.Parallel()
	s := apptest.New(t)
	chitra, visitor := s.SignIn("chitra"), s.Visitor()
	for _, path := range []string{"/about", "/services", "/faq", "/privacy", "/terms", "/refunds"} {
		p := visitor.Get(path).Want(200)
		p.WantNoText("body", "{{", "<no value>")
	}
	chitra.Get("/admin/pages").Want(200).WantText("#list", "Default text", "About us", "No pages of your own yet")
	visitor.Get("/").WantText("footer", "Privacy", "Terms")
	visitor.Get("/register").WantText("#register", "With an account, the terms hold")
	chitra.Submit("/admin/pages/privacy", "#page", apptest.Form{"body": "We store little."}).Want(303)
	visitor.Get("/privacy").WantText(".prose", "We store little.").WantText(".changed", "23 Nov 2026")
	chitra.Submit("/admin/pages/privacy", "#delete", nil).Want(303, "/admin/pages/privacy")
	visitor.Get("/privacy").WantNoText(".prose", "We store little.")
	gone, _ := chitra.Get("/admin/pages?status=deleted").Doc.Find("#list a.who").Attr("href")
	chitra.Get(gone).Want(200).WantText("#preview", "We store little.")
	chitra.Submit("/admin/pages/terms", "#unpublish", nil).Want(303)
	visitor.Get("/").WantNoText("footer", "Terms")
	visitor.Get("/register").WantNoText("#register", "terms hold").WantText("#register", "privacy")
}

func TestPages_TwoAdmins(t *testing.T) {
	t.Parallel()
	s := apptest.New(t)
	chitra := s.SignIn("chitra")
	at := written(chitra, "Way", "Take the bus.")
	mine := chitra.Get(at)
	chitra.Submit(at, "#page", apptest.Form{"body": "Take the train."}).Want(303)
	p := chitra.Send(mine, "#page", apptest.Form{"body": "Walk."}).Want(409).WantText("#theirs", "Take the train.", "saved this page").WantText("#body", "Walk.")
	if part := chitra.AsHTMX().Send(mine, "#page", apptest.Form{"body": "Walk."}).Want(409); part.Has("header") != 0 || part.Header.Get("HX-Retarget") != "#page" {
		t.Error("htmx doesn't get the form")
	}
	chitra.Send(p, "#page", nil).Want(303) // knowingly over it
	chitra.Get(at).WantText("#body", "Walk.")
	versions := chitra.Get(at + "/versions").Want(200)
	if versions.Has("#main .lines li") != 3 {
		t.Errorf("versions: %s", versions.Text("main"))
	}
	chitra.Get(at+"/versions/2").Want(200).WantText(".diff del", "Take the train.").WantText(".diff ins", "Walk.")
	chitra.Submit(at+"/versions/1", "#put-back", nil).Want(303, at)
	chitra.Get(at).WantText("#body", "Take the bus.")
	chitra.Get(at + "/versions/9").Want(404)
	chitra.Get(at + "/versions/x").Want(404)
}

func TestPages_WrongAndPreviewed(t *testing.T) {
	t.Parallel()
	s := apptest.New(t)
	chitra, bala := s.SignIn("chitra"), s.SignIn("bala")
	form := apptest.Form{"title": "", "slug": "admin", "body": "*Kept*"}
	p := chitra.Submit("/admin/pages/new", "#page", form).Want(422).WantText("#title-error", "title").WantText("#slug-error", "used by the program").WantText("#body", "*Kept*")
	if p.Value("#slug") != "admin" {
		t.Errorf("the address isn't kept: %q", p.Value("#slug"))
	}
	if p.Has(".banner") != 0 {
		t.Error("a new page is said to show the default text")
	}
	if part := chitra.AsHTMX().Submit("/admin/pages/new", "#page", form).Want(422); part.Has("header") != 0 || part.Has("form#page .error") == 0 {
		t.Error("htmx doesn't get the form")
	}
	form["do"] = "preview"
	chitra.Submit("/admin/pages/new", "#page", form).Want(200).WantText("#preview em", "Kept").WantText("#body", "*Kept*")
	chitra.AsHTMX().Post("/admin/pages/preview", url.Values{"body": {"*Seen*"}}).Want(200).WantText("#preview em", "Seen")
	if n := s.Count(`SELECT count(*) FROM pages`); n != 0 {
		t.Errorf("%d pages were kept", n)
	}
	if to := chitra.AsHTMX().Submit("/admin/pages/new", "#page", apptest.Form{"title": "Way"}).Want(204).Location(); !strings.HasPrefix(to, "/admin/pages/") {
		t.Errorf("htmx goes to %q", to)
	}
	bala.Get("/admin/pages").Want(403)
	bala.Post("/admin/pages", url.Values{"title": {"x"}}).Want(403)
	for _, step := range []string{"", "/publish", "/unpublish", "/delete", "/restore", "/versions/1/restore"} {
		chitra.Post("/admin/pages/none"+step, nil).Want(404)
		s.Visitor().Post("/admin/pages/none"+step, nil).Want(303)
	}
	chitra.Get("/admin/pages?q=zzzz").Want(200).WantText(".empty", "No page found")
	if part := chitra.AsHTMX().Get("/admin/pages?q=wa").Want(200).WantText("#list", "Way"); part.Has("header") != 0 {
		t.Error("htmx got more than the list")
	}
}
