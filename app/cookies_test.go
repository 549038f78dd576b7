package app_test

import (
	"strings"
	"testing"
	"time"

	"lectern/app/apptest"
)

// What the privacy page says about cookies is true: whatever one does, no other is set, and a reader gets none.
func TestCookies_AreThoseOfThePrivacyPage(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	page := w.visitor.Get("/privacy").Want(200)
	set := map[string]bool{}
	see := func(p *apptest.Page) {
		for _, c := range p.Cookies {
			set[strings.TrimPrefix(c.Name, "__Host-")] = true
		}
	}
	reader := w.Visitor()
	for _, path := range []string{"/", "/courses", "/about", "/privacy", "/contact", "/internships"} {
		if p := reader.Get(path); len(p.Cookies) > 0 {
			t.Errorf("%s sets %v for who only reads", path, p.Cookies)
		}
	}
	for _, r := range routeTable(t) {
		for _, b := range []*apptest.Browser{w.visitor, w.asha, w.chitra, w.halfway} {
			if r.method == "GET" {
				see(b.Get(w.fill(r.path)))
			} else if r.path != "/logout" {
				see(b.Post(w.fill(r.path), nil))
			}
		}
	}
	see(w.FirstStep("esha").Get("/login/code"))
	see(w.Visitor().Submit("/login", "#login", apptest.Form{"email": "esha@example.com", "password": apptest.Password}))
	see(w.Visitor().Submit("/register", "form[action='/register']", apptest.Form{"name": "Hema", "email": "hema@example.com", "password": apptest.Password}))
	late := w.SignIn("indu")
	form := late.Get("/account")
	w.Clock.Move(100 * 24 * time.Hour)
	see(late.Send(form, "#profile", apptest.Form{"name": "Indu Rao"}))
	for name := range set {
		if !strings.Contains(page.Text("main"), name) {
			t.Errorf("the privacy page doesn't tell of the cookie %s", name)
		}
	}
	for _, name := range []string{"session", "csrf", "flash", "step", "device", "kept"} {
		if !set[name] {
			t.Errorf("the cookie %s was never set: is it told of in vain?", name)
		}
	}
}
