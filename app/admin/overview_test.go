package admin_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"lectern/app/apptest"
	"lectern/app/config"
	"lectern/app/mail/mailtest"
)

// userID is the id of somebody of the cast.
func userID(s *apptest.School, name string) string {
	s.T.Helper()
	var id string
	if err := s.DB.Read().QueryRowContext(context.Background(), `SELECT id FROM users WHERE email = $1`, name+"@example.com").Scan(&id); err != nil {
		s.T.Fatal(err)
	}
	return id
}

// ordered makes a browser's person enrol in the first course of the list, and claim that it was paid unless reference is
// empty. It returns the order's address.
func ordered(b *apptest.Browser, reference string) string {
	b.T.Helper()
	order := b.Submit("/courses/programming-foundations-with-python", "form#enroll", nil).Want(303).Location()
	if reference != "" {
		b.Submit(order, "form[action='"+order+"/claims']", apptest.Form{"reference": reference}).Want(303)
	}
	return order
}

func TestOverview_WhatWaitsStandsFirst(t *testing.T) {
	t.Parallel()
	s := apptest.New(t)
	chitra := s.SignIn("chitra")
	chitra.Get("/admin").Want(200).WantText("#to-check", "No payment waits")
	ordered(s.SignIn("asha"), "612345678901")
	ordered(s.SignIn("bala"), "612345678902")
	s.Clock.Move(3 * time.Hour)
	p := chitra.Get("/admin").Want(200)
	p.WantText(".tocheck", "2 payments to check, ₹998", "3 hours ago")
	if p.Has(".tocheck a[href='/admin/payments']") != 1 {
		t.Error("nothing leads to the payments")
	}
	p.WantText("[aria-labelledby=latest-orders]", "Asha", "Bala", "To check").WantText("[aria-labelledby=latest-students]", "asha@example.com")
	if p.Has(".banner") != 0 {
		t.Errorf("a banner where all is well: %s", p.Text(".banner"))
	}
}

func TestOverview_NumbersAndCharts(t *testing.T) {
	t.Parallel()
	s := apptest.New(t)
	ordered(s.SignIn("asha"), "612345678901")
	s.Clock.Move(24 * time.Hour)
	s.SignIn("bala")
	chitra := s.SignIn("chitra")
	chitra.Submit("/admin/payments", "form[action$='/verify']:not(#bulk)", nil).Want(303)
	p := chitra.Get("/admin").Want(200)
	p.WantText(".tiles", "Students 2", "Enrolments 1", "Verified in Nov ₹499", "Oct: ₹0", "Verified today ₹499")
	if p.Has(".thirds .chart svg") != 3 || p.Has(".thirds .chart tr") != 3*14 {
		t.Errorf("%d charts with %d rows, want 3 with 14 each", p.Has(".thirds .chart svg"), p.Has(".thirds .chart tr"))
	}
	for i, want := range []string{"23 Nov1 24 Nov1", "23 Nov0 24 Nov1", "23 Nov₹0 24 Nov₹499"} {
		rows := p.Doc.Find(".thirds .chart").Eq(i).Find("tr")
		if got := rows.Eq(12).Text() + " " + rows.Eq(13).Text(); got != want {
			t.Errorf("chart %d ends with %q, want %q", i, got, want)
		}
	}
	if n := chitra.Get("/admin?days=90").Want(200).Has(".thirds .chart tr"); n != 3*90 {
		t.Errorf("90 days have %d rows", n)
	}
	if n := chitra.Get("/admin?days=1000000").Want(200).Has(".thirds .chart tr"); n != 3*14 {
		t.Errorf("a number of days that isn't offered has %d rows", n)
	}
}

func TestOverview_SaysWhatIsNotSetUp(t *testing.T) {
	t.Parallel()
	s := apptest.New(t, func(c *config.Config) { c.SenderEmail, c.UPIID1, c.UPIID2 = "", "", "" })
	p := s.SignIn("chitra").Get("/admin").Want(200)
	p.WantText(".banner.bad", "Mail isn't set up", "SENDER_EMAIL", "lectern mail test", "no UPI ID")
	p.WantText("[aria-labelledby=latest-orders]", "No orders yet").WantText("[aria-labelledby=latest-students]", "Nobody has signed up yet")
	p.WantText(".thirds", "Nothing to show yet")
}

func TestOverview_SaysThatMailFails(t *testing.T) {
	t.Parallel()
	s := apptest.New(t, func(c *config.Config) { c.MailPerDay = 10 })
	s.SMTP.Be(mailtest.Mode{Rcpt: func(string) *mailtest.Answer { return mailtest.NoSuchUser }})
	s.SignIn("asha")
	s.SendMail()
	chitra := s.SignIn("chitra")
	p := chitra.Get("/admin").Want(200).WantText(".banner.bad", "couldn't be delivered")
	if p.Has(".banner a[href='/admin/mail?status=failed']") != 1 {
		t.Error("nothing leads to the letters")
	}
	s.SMTP.Be(mailtest.Mode{Login: mailtest.BadLogin, From: mailtest.DailyQuota})
	s.SignIn("bala")
	s.SendMail()
	chitra.Get("/admin").Want(200).WantText(".banner", "limit for the day is reached").WantNoText(".banner", "rests until")
	chitra.Get("/admin/mail").Want(200).WantText(".banner", "limit for the day is reached", "rests until 23 Nov 2026, 15:05")
}

func TestAdmin_IsForStaffOnly(t *testing.T) {
	t.Parallel()
	s := apptest.New(t)
	asha, visitor := s.SignIn("asha"), s.Visitor()
	id := userID(s, "asha")
	for _, path := range []string{"/admin", "/admin/students", "/admin/students.csv", "/admin/students/" + id, "/admin/mail", "/admin/audit"} {
		asha.Get(path).Want(403)
		if p := visitor.Get(path).Want(303); !strings.HasPrefix(p.Location(), "/login?next=%2Fadmin") {
			t.Errorf("%s leads a visitor to %s", path, p.Location())
		}
	}
	for _, path := range []string{"/admin/students/" + id + "/deactivate", "/admin/students/" + id + "/activate", "/admin/students/" + id + "/enroll",
		"/admin/students/" + id + "/grants/x/end", "/admin/students/" + id + "/login-link", "/admin/mail/retry", "/admin/mail/x/retry"} {
		asha.Post(path, nil).Want(403)
		if p := visitor.Post(path, nil).Want(303); !strings.HasPrefix(p.Location(), "/login?next=") {
			t.Errorf("%s leads a visitor to %s", path, p.Location())
		}
	}
}
