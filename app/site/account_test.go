package site_test

import (
	"net/url"
	"strings"
	"testing"
	"time"

	"lectern/app/apptest"
)

func TestAccount_Profile(t *testing.T) {
	t.Parallel()
	s := apptest.New(t)
	asha := s.SignIn("asha")
	asha.Submit("/account", "#profile", apptest.Form{"name": "Asha Rao", "phone": "098765-43210"}).Want(303, "/account").Follow().WantText(".flash", "Saved")
	if got := asha.Get("/account").Value("#profile-phone"); got != "+91 98765 43210" {
		t.Errorf("the phone is shown as %q", got)
	}
	p := asha.Submit("/account", "#profile", apptest.Form{"name": "", "phone": "12"}).Want(422)
	p.WantText("#profile .errors", "2 things").WantText("#profile-name-error", "Write your name").WantText("#profile-phone-error", "This is no phone number")
	if p.Has(".errors") != 1 || p.Has("form#email") != 1 || p.Has("form#password") != 1 || p.Value("#profile-phone") != "12" {
		t.Error("more than the one form has changed")
	}
	part := asha.AsHTMX().Submit("/account", "#profile", apptest.Form{"name": ""}).Want(422)
	if part.Has("header") != 0 || part.Has("form#profile") != 1 || part.Has("form#email") != 0 {
		t.Error("htmx got more or less than the form")
	}
	asha.AsHTMX().Submit("/account", "#profile", apptest.Form{"name": "A"}).Want(204, "/account")
}

func TestAccount_Anonymous(t *testing.T) {
	t.Parallel()
	s := apptest.New(t)
	v := s.Visitor()
	v.Get("/account").Want(303, "/login?next=%2Faccount")
	for _, path := range []string{"profile", "password", "email", "email/verify", "sessions/x/end", "sessions/end-others"} {
		if p := v.Post("/account/"+path, nil).Want(303); !strings.HasPrefix(p.Location(), "/login?next=") {
			t.Errorf("%s leads to %q", path, p.Location())
		}
		if p := v.AsHTMX().Post("/account/"+path, nil).Want(204); !strings.HasPrefix(p.Location(), "/login?next=") {
			t.Errorf("%s leads htmx to %q", path, p.Location())
		}
	}
}

func TestAccount_WhatWasTypedSurvivesTheSession(t *testing.T) {
	t.Parallel()
	s := apptest.New(t)
	asha := s.SignIn("asha")
	for form, typed := range map[string]apptest.Form{
		"profile": {"name": "Asha Rao", "phone": "not yet"},
		"email":   {"email": "new@example.com", "current_password": apptest.Password},
	} {
		page := asha.Get("/account").Want(200)
		s.Clock.Move(31 * 24 * time.Hour)
		p := asha.Send(page, "#"+form, typed).Want(303)
		p.Follow().Want(200).WantText(".note", "what you typed is there again")
		back := login(asha, p.Location(), "asha", apptest.Password).Want(303).Follow().Want(200)
		back.WantText(".note", "What you typed is here again")
		for name, want := range typed {
			if name == "current_password" {
				want = ""
			}
			if got := back.Value("#" + form + "-" + name); got != want {
				t.Errorf("%s holds %q, want %q", name, got, want)
			}
		}
		if strings.Contains(back.Body, apptest.Password) {
			t.Error("the password is in the page")
		}
	}
}

func TestAccount_Password(t *testing.T) {
	t.Parallel()
	s := apptest.New(t)
	asha, phone := s.SignIn("asha"), s.Visitor()
	login(phone, "/login", "asha", apptest.Password).Want(303)
	p := asha.Submit("/account", "#password", apptest.Form{"current_password": "not-it", "password": newPassword}).Want(422)
	p.WantText("#password-current_password-error", "isn't your current password")
	if p.Has("details[open] #password") != 1 || strings.Contains(p.Body, newPassword) {
		t.Error("the form is folded, or the password in the page")
	}
	asha.Submit("/account", "#password", apptest.Form{"current_password": apptest.Password, "password": "short"}).Want(422).WantText("#password-password-error", "10 characters")
	phone.Get("/account").Want(200)
	asha.Submit("/account", "#password", apptest.Form{"current_password": apptest.Password, "password": newPassword}).Want(303, "/account").
		Follow().Want(200).WantText(".flash", "password is changed")
	phone.Get("/account").Want(303)
	login(phone, "/login", "asha", apptest.Password).Want(422)
	login(phone, "/login", "asha", newPassword).Want(303)
	asha.AsHTMX().Submit("/account", "#password", apptest.Form{"current_password": newPassword, "password": apptest.Password}).Want(204, "/account")
	asha.Get("/account").Want(200)
}

func TestAccount_PasswordKeepsTheRememberedCookie(t *testing.T) {
	t.Parallel()
	s := apptest.New(t)
	s.SignIn("asha")
	b := s.Visitor()
	login(b, "/login", "asha", apptest.Password).Want(303)
	s.Clock.Move(24 * time.Hour)
	p := b.Submit("/account", "#password", apptest.Form{"current_password": apptest.Password, "password": newPassword}).Want(303)
	for _, c := range p.Cookies {
		if c.Name == "session" && time.Duration(c.MaxAge)*time.Second != 89*24*time.Hour {
			t.Errorf("the cookie lasts %d seconds, want the 89 days that were left", c.MaxAge)
		}
	}
}

func TestAccount_Email(t *testing.T) {
	t.Parallel()
	s := apptest.New(t)
	asha := s.SignIn("asha")
	s.SignIn("bala")
	old := mailedLink(s, "asha", "/email/verify/")
	asha.Submit(old, "#verify", nil).Want(303)
	change := func(email, password string) *apptest.Page {
		t.Helper()
		return asha.Submit("/account", "#email", apptest.Form{"email": email, "current_password": password})
	}
	change("asha.rao@example.com", "not-it").Want(422).WantText("#email-current_password-error", "isn't your current password")
	change("bala@example.com", apptest.Password).Want(422).WantText("#email-email-error", "Another account")
	change("asha@example.com", apptest.Password).Want(422).WantText("#email-email-error", "your mail address already")
	slip := change("asha@gmial.com", apptest.Password).Want(422).WantText("#email-email-error", "Did you mean asha@gmail.com")
	asha.Get("/account").WantText("main", "asha@example.com")
	part := asha.AsHTMX().Send(slip, "#email", apptest.Form{"email": "x"}).Want(422)
	if part.Has("header") != 0 || part.Has("form#email") != 1 {
		t.Error("htmx got more or less than the form")
	}
	asha.Send(slip, "#email", apptest.Form{"email_use": "asha@gmail.com", "current_password": apptest.Password}).Want(303, "/account?changed=1").
		Follow().Want(200).WantText(".flash", "asha@gmail.com").WantText("main", "Not confirmed yet")
	s.Visitor().Get(old).Want(404)
	if told := s.MailTo("asha@example.com"); !strings.Contains(told[len(told)-1].Subject, "changed") {
		t.Errorf("the old address was last told %q", told[len(told)-1].Subject)
	}
	if asked := s.MailTo("asha@gmail.com"); len(asked) != 1 || asked[0].Link("/email/verify/") == "" {
		t.Errorf("%d letters to the new address", len(asked))
	}
}

func TestAccount_ResendVerify(t *testing.T) {
	t.Parallel()
	s := apptest.New(t)
	asha := s.SignIn("asha")
	s.MailTo("asha@example.com")
	asha.Submit("/account", "#verify", nil).Want(303, "/account").Follow().WantText(".flash", "on its way to asha@example.com")
	if n := len(s.MailTo("asha@example.com")); n != 2 {
		t.Errorf("%d letters, want the welcome and another link", n)
	}
	asha.Submit(mailedLink(s, "asha", "/email/verify/"), "#verify", nil).Want(303)
	asha.Post("/account/email/verify", nil).Want(303, "/account").Follow().WantText(".flash", "is confirmed")
	if n := len(s.MailTo("asha@example.com")); n != 2 {
		t.Errorf("%d letters: a confirmed address was asked again", n)
	}
}

func TestAccount_Sessions(t *testing.T) {
	t.Parallel()
	s := apptest.New(t)
	asha, phone, tablet, bala := s.SignIn("asha"), s.Visitor(), s.Visitor(), s.SignIn("bala")
	login(phone, "/login", "asha", apptest.Password).Want(303)
	s.Clock.Move(time.Minute)
	login(tablet, "/login", "asha", apptest.Password).Want(303)
	page := asha.Get("/account").Want(200).WantText(".lines li:first-child", "Chrome on Android", "This device")
	if page.Has(".lines li") != 3 || page.Has(".lines form") != 2 {
		t.Fatalf("%d sessions, %d of them with a button", page.Has(".lines li"), page.Has(".lines form"))
	}
	end := page.Doc.Find(".lines form").First().AttrOr("action", "")
	bala.Post(end, nil).Want(404)
	tablet.Get("/account").Want(200)
	t.Run("one ends", func(t *testing.T) {
		asha.Send(page, ".lines li:nth-child(2) form", nil).Want(303, "/account").Follow().WantText(".flash", "logged out")
		tablet.Get("/account").Want(303)
		phone.Get("/account").Want(200)
		asha.Post(end, nil).Want(303, "/account")
	})
	t.Run("one's own is a logout", func(t *testing.T) {
		b := s.Visitor()
		login(b, "/login", "asha", apptest.Password).Want(303)
		others := asha.Get("/account").Doc.Find(".lines form").First().AttrOr("action", "")
		b.Post(others, nil).Want(303, "/")
		b.Get("/account").Want(303)
	})
	t.Run("all others end", func(t *testing.T) {
		asha.Submit("/account", "#end-others", nil).Want(303, "/account")
		phone.Get("/account").Want(303)
		if asha.Get("/account").Want(200).Has(".lines li") != 1 {
			t.Error("more than this session is left")
		}
		bala.Get("/account").Want(200)
	})
	asha.Post("/account/sessions/"+url.PathEscape("' OR 1=1 --")+"/end", nil).Want(404)
}

// A link to what a stranger typed would have the victim save the stranger's number as his own.
func TestKept_NotForWhoOnlyHasTheLink(t *testing.T) {
	t.Parallel()
	s := apptest.New(t)
	asha := s.SignIn("asha")
	stranger := s.Visitor()
	p := stranger.Post("/account/profile", url.Values{"name": {"Asha"}, "phone": {"+91 91234 56789"}}).Want(303)
	next, err := url.Parse(p.Location())
	if err != nil {
		t.Fatal(err)
	}
	link := next.Query().Get("next") // the stranger sends the path with another page's address before it
	link = "/account" + link[strings.Index(link, "?"):]
	if !strings.Contains(link, "kept=") {
		t.Fatalf("nothing was kept: %s", link)
	}
	if asha.Get(link).Want(200).Value("#profile-phone, [name=phone]") != "" {
		t.Error("a stranger filled in the form")
	}
	s.Visitor().Get(link).Want(303)
	stranger.Submit("/login", "form[action='/login']", apptest.Form{"email": "asha@example.com", "password": apptest.Password}).Want(303)
	if got := stranger.Get(link).Want(200).Value("#profile-phone, [name=phone]"); got != "+91 91234 56789" {
		t.Errorf("his own was not kept: %q", got)
	}
}
