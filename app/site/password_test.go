package site_test

import (
	"net/url"
	"strings"
	"testing"
	"time"

	"lectern/app/apptest"
)

const newPassword = "seven-blue-herons"

// mailedLink returns the link in the newest letter to somebody of the cast that has one of the kind.
func mailedLink(s *apptest.School, name, kind string) string {
	s.T.Helper()
	link := ""
	for _, m := range s.MailTo(name + "@example.com") {
		if l := m.Link(kind); l != "" {
			link = l
		}
	}
	if link == "" {
		s.T.Fatalf("no letter to %s has a link of %s", name, kind)
	}
	return link
}

func TestForgot_SameAnswerForAll(t *testing.T) {
	t.Parallel()
	s := apptest.New(t)
	s.SignIn("asha")
	const to = "/password/forgot?next=%2Fcourses&sent=1"
	for _, name := range []string{"asha", "bala"} {
		p := s.Visitor().Submit("/password/forgot?next=/courses", "#forgot", apptest.Form{"email": name + "@example.com"}).Want(303, to)
		p.Follow().Want(200).WantText("main", "If there is an account").WantNoText("main", name)
		s.Visitor().AsHTMX().Submit("/password/forgot", "#forgot", apptest.Form{"email": name + "@example.com"}).Want(204, "/password/forgot?sent=1")
	}
	if n := len(s.MailTo("bala@example.com")); n != 0 {
		t.Errorf("%d letters to who has no account", n)
	}
	p := s.Visitor().Submit("/password/forgot?next=/courses", "#forgot", apptest.Form{"email": "asha"}).Want(422)
	p.WantText("#email-error", "This is no mail address")
	if p.Value("#email") != "asha" || p.Value("input[name=next]") != "/courses" {
		t.Error("what was typed is gone")
	}
}

func TestReset(t *testing.T) {
	t.Parallel()
	s := apptest.New(t)
	asha := s.SignIn("asha")
	s.Visitor().Submit("/password/forgot", "#forgot", apptest.Form{"email": "asha@example.com"}).Want(303)
	link, v := mailedLink(s, "asha", "/password/reset/"), s.Visitor()
	for range 3 {
		v.Get(link).Want(200).WantText("main", "asha@example.com")
	}
	asha.Get("/account").Want(200)
	v.Submit(link, "#reset", apptest.Form{"password": "short"}).Want(422).WantText("#password-error", "10 characters").WantText("main", "asha@example.com")
	v.Submit(link, "#reset", apptest.Form{"password": newPassword}).Want(303, "/login").Follow().Want(200).WantText(".flash", "new password is set")
	asha.Get("/account").Want(303)
	v.Get("/account").Want(303)
	login(v, "/login", "asha", apptest.Password).Want(422)
	login(v, "/login", "asha", newPassword).Want(303)
	dead := v.Get(link).Want(404)
	if dead.WantText("h1", "This link doesn't work").Has("main a[href='/password/forgot']") != 1 {
		t.Error("no way to a new link")
	}
	v.Post("/password/reset/nonsense", url.Values{"password": {newPassword}}).Want(404)
}

func TestReset_RanOutBetween(t *testing.T) {
	t.Parallel()
	s := apptest.New(t)
	s.SignIn("asha")
	v := s.Visitor()
	v.Submit("/password/forgot", "#forgot", apptest.Form{"email": "asha@example.com"}).Want(303)
	page := v.Get(mailedLink(s, "asha", "/password/reset/")).Want(200)
	s.Clock.Move(2 * time.Hour)
	v.Send(page, "#reset", apptest.Form{"password": newPassword}).Want(404).WantText("h1", "This link doesn't work")
	login(v, "/login", "asha", apptest.Password).Want(303)
}

func TestVerifyEmail(t *testing.T) {
	t.Parallel()
	s := apptest.New(t)
	asha := s.SignIn("asha")
	link, v := mailedLink(s, "asha", "/email/verify/"), s.Visitor()
	for range 3 {
		v.Get(link).Want(200).WantText("main", "asha@example.com")
	}
	asha.Get("/account").WantText("main", "Not confirmed yet")
	v.Submit(link, "#verify", nil).Want(303, "/login").Follow().WantText(".flash", "confirmed")
	asha.Get("/account").WantText("main", "Confirmed").WantNoText("main", "Not confirmed yet", "Send the link again")
	asha.Submit(link, "#verify", nil).Want(303, "/dashboard")
	s.SignIn("chitra").Submit(link, "#verify", nil).Want(303, "/admin")
	dead := v.Get("/email/verify/nonsense").Want(404)
	if dead.Has("main a[href='/account']") != 1 {
		t.Error("no way to a new link")
	}
	v.Post("/email/verify/nonsense", nil).Want(404)
}

// What is said while somebody types is said without a word of it in an address or a page, to anybody, and not for ever.
func TestStrength(t *testing.T) {
	t.Parallel()
	s := apptest.New(t)
	page := s.Visitor()
	page.Get("/register").Want(200)
	for password, want := range map[string]string{
		"password123": "Many people use", "aaaabbbbcccc1999": "guesses this password", "lotus river candle": "strong", "asha.rao@example.com": "mostly your name",
	} {
		p := page.AsHTMX().Post("/password/strength?least=10", url.Values{"password": {password}, "name": {"Asha Rao"}, "email": {"asha.rao@example.com"}}).Want(200)
		if !strings.Contains(p.Body, want) || strings.Contains(p.Body, password) || strings.Contains(p.Body, "<html") {
			t.Errorf("%q: %s", password, p.Body)
		}
	}
	if p := page.AsHTMX().Post("/password/strength?least=15", url.Values{"password": {"lotus-river"}}).Want(200); !strings.Contains(p.Body, "15") {
		t.Errorf("for people with powers: %s", p.Body)
	}
	page.Post("/password/strength", nil).Want(204)
	asha := s.SignIn("asha")
	if p := asha.AsHTMX().Post("/password/strength?least=10", url.Values{"password": {"asha@example.com"}}).Want(200); !strings.Contains(p.Body, "mostly your name") {
		t.Errorf("of who is signed in: %s", p.Body)
	}
	for range 130 {
		if page.Post("/password/strength", url.Values{"password": {"lotus river candle"}}).Status == 204 {
			return
		}
	}
	t.Error("asked as often as one likes")
}
