package site_test

import (
	"fmt"
	"net/url"
	"strings"
	"testing"
	"time"

	"lectern/app/apptest"
)

// words is a message as a visitor types it.
func words(text string) apptest.Form {
	return apptest.Form{"name": "Bala", "email": "bala@example.com", "phone": "98765 43211", "subject": "The course", "message": text}
}

func TestContact_AVisitorWrites(t *testing.T) {
	t.Parallel()
	s := apptest.New(t)
	page := s.Visitor().Get("/contact").Want(200).WantText("main", "office@example.com", "+91 98765 43210", "Srinagar", "Ask us on WhatsApp")
	if len(page.Cookies) != 0 || page.Has("#contact [name=csrf_token]") != 0 {
		t.Error("who only reads gets a cookie or a token")
	}
	p := s.Visitor().Submit("/contact", "#contact", words("When does it begin?")).Want(303)
	code := strings.TrimPrefix(p.Location(), "/contact?sent=")
	p.Follow().Want(200).WantText("h1", "We have your message").WantText("main", code).WantNoText("main", "Bala", "begin")
	m := s.MailTo("office@example.com")
	if len(m) != 1 || m[0].Header.Get("Reply-To") != "<bala@example.com>" || !strings.Contains(m[0].Text, "When does it begin?") || !strings.Contains(m[0].Subject, "Bala") {
		t.Errorf("the school got %+v", m)
	}
	if n := len(s.MailTo("bala@example.com")); n != 0 {
		t.Errorf("%d letters went to the sender: a stranger could have anything sent to anybody", n)
	}
	again := s.Visitor().AsHTMX().Submit("/contact", "#contact", words("When does it begin?"))
	if again.Status != 204 || again.Location() != "/contact?sent="+code {
		t.Errorf("again: %d %q", again.Status, again.Location())
	}
	s.Visitor().Get("/contact?sent=<script>").Want(200).WantText("h1", "Contact")
}

func TestContact_Invalid(t *testing.T) {
	t.Parallel()
	s := apptest.New(t)
	typed := apptest.Form{"name": "", "email": "asha", "phone": "12", "subject": "Fees", "message": "Hello\n\nthere"}
	p := s.Visitor().Submit("/contact", "#contact", typed).Want(422)
	p.WantText("#name-error", "Write your name").WantText("#email-error", "no mail address").WantText("#phone-error", "no phone number")
	if p.Value("#subject") != "Fees" || p.Doc.Find("#message").Text() != "Hello\n\nthere" || p.Has("h1") != 1 {
		t.Error("what was typed is lost")
	}
	part := s.Visitor().AsHTMX().Submit("/contact", "#contact", typed).Want(422)
	if part.Has("h1") != 0 || part.Has("form#contact") != 1 {
		t.Error("htmx gets the form and no more")
	}
	s.Visitor().Submit("/contact", "#contact", apptest.Form{"name": "Bala", "email": "bala@example.com", "message": " "}).Want(422).WantText("#message-error", "Write what")
	if s.Count(`SELECT count(*) FROM messages`)+s.Count(`SELECT count(*) FROM outbox`) != 0 {
		t.Error("something was stored")
	}
}

func TestContact_SignedIn(t *testing.T) {
	t.Parallel()
	s := apptest.New(t)
	asha := s.SignIn("asha")
	p := asha.Get("/contact")
	if p.Value("#name") != "Asha" || p.Value("#email") != "asha@example.com" {
		t.Errorf("prefilled with %q, %q", p.Value("#name"), p.Value("#email"))
	}
	asha.Post("/contact", url.Values{"csrf_token": {"forged"}, "name": {"A"}, "email": {"a@example.com"}, "message": {"x"}}).Want(403)
	asha.Submit("/contact", "#contact", apptest.Form{"message": "My payment"}).Want(303)
	if n := s.Count(`SELECT count(*) FROM messages m JOIN users u ON u.id = m.user_id WHERE u.email = 'asha@example.com'`); n != 1 {
		t.Error("nobody knows that it was Asha")
	}
}

func TestContact_TwentyAMinute(t *testing.T) {
	t.Parallel()
	s := apptest.New(t)
	v := s.Visitor()
	page := v.Get("/contact")
	for i := range 20 {
		v.Send(page, "#contact", words(fmt.Sprint("Question ", i))).Want(303)
	}
	p := v.Send(page, "#contact", words("One too many")).Want(429)
	if p.Header.Get("Retry-After") == "" || s.Count(`SELECT count(*) FROM messages`) != 20 {
		t.Errorf("%d messages", s.Count(`SELECT count(*) FROM messages`))
	}
	s.Clock.Move(61 * time.Second)
	v.Send(page, "#contact", words("A minute later")).Want(303)
}

func TestContact_WhatAProgramFillsIn(t *testing.T) {
	t.Parallel()
	s := apptest.New(t)
	f := words("Buy now")
	f["homepage"] = "https://spam.example.com"
	s.Visitor().Submit("/contact", "#contact", f).Want(303)
	if len(s.SendMail()) != 0 || s.Count(`SELECT count(*) FROM messages WHERE status = 'spam'`) != 1 {
		t.Error("it is told, or lost")
	}
}
