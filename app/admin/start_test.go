package admin_test

import (
	"net/url"
	"strings"
	"testing"
	"time"

	"lectern/app/apptest"
	"lectern/app/config"
	"lectern/app/mail/mailtest"
)

// newSchool is one on its first day, but for its courses.
func newSchool(t *testing.T) *apptest.School {
	t.Helper()
	return apptest.New(t, func(c *config.Config) {
		c.SiteName, c.SiteTagline, c.ContactEmail, c.ContactPhone, c.ContactLocation, c.UPIID1, c.UPIID2, c.UPIName = "Lectern", "", "", "", "", "", "", ""
	})
}

func TestStart_LeadsThroughTheSteps(t *testing.T) {
	t.Parallel()
	s := newSchool(t)
	chitra := s.SignIn("chitra")
	chitra.Get("/admin").WantText("#first-steps", "What is the school called?", "To do", "Does mail arrive?", "Done")
	p := chitra.Get("/admin/start").Want(200).WantText("#step", "1 of 5", "What is the school called?")
	p = chitra.Send(p, "#start", apptest.Form{"site_name": "Wular Academy", "accent_choice": "#5b3a8e"}).Want(303, "/admin/start/contact").Follow()
	p.WantText(".flash", "top of every page").WantText(".mark", "Wular Academy").WantText("#step", "2 of 5", "Nothing yet")
	p = chitra.AsHTMX().Send(p, "#start", apptest.Form{"contact_phone": "+91 98765 43210"}).Want(204).Follow().WantText("#step", "3 of 5").WantText("footer", "98765")
	if chitra.Get("/admin/start/contact").Value("#contact_phone") != "+91 98765 43210" || p.Has("#step a[href='/admin/start/mail']") != 1 {
		t.Error("a step can't be gone back to, or not be skipped")
	}
	p = chitra.Send(p, "#start", apptest.Form{"vpa": "wular@examplebank"}).Want(303, "/admin/start/payee").Follow().WantText("#step", "wular@examplebank", "ask for")
	if p.Has("#step svg.qr") != 1 {
		t.Error("there is no code to test with")
	}
	chitra.Get("/admin/start/course").WantText("#step", "5 of 5", "courses can be seen")
	chitra.Get("/admin/start").WantText("#step", "1 of 5") // all is done
	if chitra.Get("/admin").Has("#first-steps") != 0 {
		t.Error("the list is still there")
	}
	chitra.Get("/admin/start/nothing").Want(404)
	chitra.Post("/admin/start/course", nil).Want(404)
}

func TestStart_Invalid(t *testing.T) {
	t.Parallel()
	s := newSchool(t)
	chitra := s.SignIn("chitra")
	page := chitra.Get("/admin/start/name")
	for _, b := range []*apptest.Browser{chitra, chitra.AsHTMX()} {
		p := b.Submit("/admin/start/contact", "#start", apptest.Form{"contact_email": "desk@", "contact_location": "Sopore"}).Want(422).WantText("#start .error", "mail address")
		if p.Value("#contact_email") != "desk@" || p.Value("#contact_location") != "Sopore" || b.HTMX != (p.Has("header") == 0) {
			t.Error("what was typed is gone")
		}
		p = b.Submit("/admin/start/payee", "#start", apptest.Form{"vpa": "wular"}).Want(422).WantText("#start .error", "name@handle").WantText("#step", "3 of 5")
		if p.Value("#vpa") != "wular" {
			t.Error("what was typed is gone")
		}
	}
	chitra.Submit("/admin/settings", "#form-identity", apptest.Form{"site_name": "Wular Academy"}).Want(303)
	chitra.Send(page, "#start", apptest.Form{"site_name": "Dal Academy"}).Want(409).WantText("#start .error", "Wular Academy")
}

func TestStart_PayeeTakesAFreshPassword(t *testing.T) {
	t.Parallel()
	s := newSchool(t)
	chitra := s.SignIn("chitra")
	s.Clock.Move(time.Hour)
	to := chitra.Submit("/admin/start/payee", "#start", apptest.Form{"vpa": "wular@examplebank"}).Want(303).Location()
	p := chitra.Submit(to, "#confirm", apptest.Form{"password": apptest.Password}).Want(303).Follow()
	if !strings.HasPrefix(p.Path, "/admin/start/payee?kept=") || p.Value("#vpa") != "wular@examplebank" {
		t.Errorf("came back to %s with %q", p.Path, p.Value("#vpa"))
	}
	chitra.Send(p, "#start", nil).Want(303, "/admin/start/payee")
}

func TestStart_TestLetter(t *testing.T) {
	t.Parallel()
	s := newSchool(t)
	chitra := s.SignIn("chitra")
	p := chitra.Submit("/admin/start/mail", "#start", nil).Want(303, "/admin/start/mail").Follow().WantText("#step", "It is being sent")
	if p.Has("#step[hx-get='/admin/start/mail']") != 1 || p.Has("noscript meta[http-equiv=refresh]") == 0 && !strings.Contains(p.Body, `http-equiv="refresh"`) {
		t.Error("the page doesn't look again")
	}
	chitra.Submit("/admin/start/mail", "#start", nil).Want(303) // twice is once
	if got := s.MailTo("chitra@example.com"); len(got) != 1 {
		t.Fatalf("%d letters, want one", len(got))
	}
	if p := chitra.AsHTMX().Get("/admin/start/mail").WantText("#step", "took it"); p.Has("#step[hx-get]") != 0 || p.Has("header") != 0 {
		t.Error("it goes on looking")
	}
	s.SMTP.Be(mailtest.Mode{Rcpt: func(string) *mailtest.Answer { return mailtest.NoSuchUser }})
	chitra.Submit("/admin/start/mail", "#start", nil).Want(303)
	s.SendMail()
	chitra.Get("/admin/start/mail").WantText("#step", "could not be delivered", "550 5.1.1")

	silent := apptest.New(t, func(c *config.Config) { c.SenderEmail = "" })
	if p := silent.SignIn("chitra").Get("/admin/start/mail").WantText("#step .banner", "SENDER_EMAIL"); p.Has("#start") != 0 {
		t.Error("a letter is offered that can't be sent")
	}
}

func TestStart_ListIsHiddenAndShownAgain(t *testing.T) {
	t.Parallel()
	s := newSchool(t)
	chitra, asha := s.SignIn("chitra"), s.SignIn("asha")
	p := chitra.Submit("/admin", "#hide-steps", nil).Want(303, "/admin").Follow().WantText(".flash", "Saved")
	if p.Has("#first-steps") != 0 {
		t.Error("it is still there")
	}
	chitra.Submit("/admin/settings", "#form-panel", apptest.Form{"first_steps": "on"}).Want(303)
	if chitra.Get("/admin").Has("#first-steps") != 1 {
		t.Error("it can't be shown again")
	}
	chitra.Post("/admin/settings", url.Values{"first_steps": {"off"}, "next": {"https://example.com/"}}).Want(303, "/admin/settings#panel")
	asha.Get("/admin/start").Want(403)
	asha.Post("/admin/start/name", url.Values{"site_name": {"Mine"}}).Want(403)
	s.Visitor().Get("/admin/start/mail").Want(303, "/login?next=%2Fadmin%2Fstart%2Fmail")
}
