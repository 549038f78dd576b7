package admin_test

import (
	"strings"
	"testing"

	"lectern/app/apptest"
)

func TestHome_PartsInTheirOrder(t *testing.T) {
	t.Parallel()
	s := apptest.New(t)
	chitra, visitor := s.SignIn("chitra"), s.Visitor()
	visitor.Get("/").Want(200).WantText("h1", "Learn to build things that people use").WantNoText("main", "What students say", "Questions and answers")
	chitra.Submit("/admin/home", "#up-how", nil).Want(303, "/admin/home")
	part := chitra.AsHTMX().Submit("/admin/home", "#show-faq", nil).Want(200).WantText("#toast, hx-partial", "shown")
	if part.Has("header") != 0 || part.Has("#arranged") != 1 {
		t.Error("htmx doesn't get the list")
	}
	p := visitor.Get("/").WantText("main", "Questions and answers", "How do I enrol?")
	if text := p.Text("main"); strings.Index(text, "How it works") > strings.Index(text, "All courses") {
		t.Error("the steps don't stand before the courses")
	}
	chitra.Submit("/admin/home", "#show-opening", nil).Want(303)
	if p := visitor.Get("/"); p.Has("h1") != 1 || p.Has(".hero") != 0 {
		t.Error("without its opening the page has no h1")
	}
	chitra.Submit("/admin/home", "#undo", nil).Want(303)
	visitor.Get("/").WantText(".hero h1", "Learn to build")
	chitra.Submit("/admin/home/opening", "#part", apptest.Form{"title": "Come and learn", "button": "Begin", "target": "page:about"}).Want(303)
	if p := visitor.Get("/").WantText("h1", "Come and learn"); p.Has(".hero a[href='/about']") != 1 {
		t.Error("the button doesn't lead to the page")
	}
	chitra.Submit("/admin/home/opening", "#part", apptest.Form{"title": strings.Repeat("x", 121)}).Want(422).WantText("#title-error", "120")
	at := chitra.Submit("/admin/home", "#add", nil).Want(303).Location()
	chitra.Submit(at, "#part", apptest.Form{"title": "", "text": " "}).Want(422)
	stale := chitra.Get(at)
	chitra.Submit(at, "#part", apptest.Form{"title": "नमस्ते", "text": "## Hello\n\nWe are *here*."}).Want(303)
	visitor.Get("/").WantText("main", "नमस्ते", "We are here.")
	chitra.Send(stale, "#part", apptest.Form{"text": "Mine"}).Want(409).WantText(".banner", "नमस्ते", "We are").WantText("#text", "Mine")
	id := at[strings.LastIndex(at, "/")+1:]
	chitra.Submit("/admin/home", "#remove-"+id, nil).Want(303)
	visitor.Get("/").WantNoText("main", "नमस्ते")
	chitra.Get(at).Want(404)
	chitra.Post("/admin/home/opening/move", map[string][]string{"to": {"x"}}).Want(422)
	s.SignIn("asha").Get("/admin/home").Want(403)
}

func TestStories_ToldOnTheHomePage(t *testing.T) {
	t.Parallel()
	s := apptest.New(t)
	chitra, visitor := s.SignIn("chitra"), s.Visitor()
	chitra.Get("/admin/stories").Want(200).WantText(".empty", "No stories yet")
	course := chitra.Get("/admin/stories/new").Value("#course option:nth-child(2)")
	chitra.Submit("/admin/stories/new", "#story", apptest.Form{"name": "Asha", "text": "I found work.", "course": course}, apptest.File{Field: "picture", Name: "asha.png", Content: apptest.PNG(40, 40, 90)}).Want(303)
	p := visitor.Get("/").WantText(".story", "I found work.", "Asha")
	src, _ := p.Doc.Find(".story img").Attr("src")
	if p.Has(".story a[href^='/courses/']") != 1 || src == "" {
		t.Fatalf("the story: %s", p.Text(".stories"))
	}
	visitor.Get(src).Want(200)
	at, _ := chitra.Get("/admin/stories").Doc.Find("#arranged a.who").Attr("href")
	chitra.Submit(at, "#story", apptest.Form{"name": ""}).Want(422).WantText("#name-error", "whose")
	id := at[strings.LastIndex(at, "/")+1:]
	chitra.Submit("/admin/stories", "#show-"+id, nil).Want(303)
	visitor.Get("/").WantNoText("main", "I found work.")
	chitra.Submit("/admin/stories", "#delete-"+id, nil).Want(303)
	chitra.Get(at).Want(404)
	chitra.Submit("/admin/stories", "#restore-"+id, nil).Want(303)
	chitra.Submit("/admin/stories", "#show-"+id, nil).Want(303)
	visitor.Get("/").WantText(".story", "I found work.")
	s.SignIn("asha").Get("/admin/stories").Want(403)
}

func TestMenus_ArrangedByForms(t *testing.T) {
	t.Parallel()
	s := apptest.New(t)
	chitra, visitor := s.SignIn("chitra"), s.Visitor()
	chitra.Submit("/admin/menu", "#add", apptest.Form{"target": "other", "address": "https://example.com/shop", "label": "Shop"}).Want(303, "/admin/menu")
	visitor.Get("/").WantText("#nav", "Courses", "About us", "Shop")
	chitra.Submit("/admin/menu", "#up-about", nil).Want(303)
	chitra.Submit("/admin/menu", "#edit-about", apptest.Form{"label": "Who we are"}).Want(303)
	if text := visitor.Get("/").Text("#nav"); !strings.HasPrefix(text, "Courses Who we are Internships") {
		t.Errorf("the menu: %q", text)
	}
	p := chitra.Submit("/admin/menu", "#edit-about", apptest.Form{"target": "other", "address": "javascript:x"}).Want(422).WantText("#about-address-error", "https://")
	if p.Value("#about-address") != "javascript:x" {
		t.Error("what was typed isn't kept")
	}
	if part := chitra.AsHTMX().Submit("/admin/menu", "#add", apptest.Form{"target": "other", "address": "x"}).Want(422); part.Has("header") != 0 || part.Has("#add-address-error") != 1 {
		t.Error("htmx doesn't get the list")
	}
	chitra.Submit("/admin/menu?menu=footer", "#remove-faq", nil).Want(303, "/admin/menu?menu=footer")
	visitor.Get("/").WantNoText("footer", "Questions")
	chitra.Submit("/admin/menu?menu=footer", "#undo", nil).Want(303)
	visitor.Get("/").WantText("footer", "Questions")
	chitra.Submit("/admin/pages/about", "#unpublish", nil).Want(303)
	visitor.Get("/").WantNoText("#nav", "Who we are")
	chitra.Get("/admin/menu").Want(200).WantText("#arranged", "Leads nowhere now")
	chitra.Post("/admin/menu/side/items", map[string][]string{"target": {"/courses"}}).Want(404)
	chitra.Post("/admin/menu/header/none/remove", nil).Want(404)
	s.SignIn("asha").Get("/admin/menu").Want(403)
}
