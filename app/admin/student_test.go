package admin_test

import (
	"net/url"
	"strings"
	"testing"
	"time"

	"lectern/app/apptest"
)

func TestStudent_ShowsEverything(t *testing.T) {
	t.Parallel()
	s := apptest.New(t)
	chitra, asha := s.SignIn("chitra"), s.SignIn("asha")
	order := ordered(asha, "612345678901")
	page := "/admin/students/" + userID(s, "asha")
	p := chitra.Get(page).Want(200)
	p.WantText("h1", "Asha").WantText("[aria-labelledby=person]", "asha@example.com", "Not confirmed yet", "23 Nov 2026, 14:05")
	p.WantText("[aria-labelledby=orders]", "Programming Foundations with Python", "To check", "₹499").WantText("[aria-labelledby=courses]", "In no course yet")
	p.WantText("[aria-labelledby=history]", "Made an account")
	if p.Has("a[href='/admin"+order+"']") != 1 {
		t.Error("nothing leads to the order")
	}
	chitra.Submit("/admin/payments", "form[action$='/verify']:not(#bulk)", nil).Want(303)
	p = chitra.Get(page).Want(200)
	p.WantText("[aria-labelledby=orders]", "Paid", "₹0").WantText("[aria-labelledby=receipts]", "UPI", "6123 4567 8901", "all of it")
	p.WantText("[aria-labelledby=courses]", "Programming Foundations with Python", "Open").WantText("[aria-labelledby=grants]", "By order")
	if p.Has("[aria-labelledby=grants] form") != 0 {
		t.Error("access that was paid for can be ended by hand")
	}
	for _, id := range []string{"nobody", strings.Repeat("a", 1000)} {
		chitra.Get("/admin/students/" + id).Want(404)
	}
}

func TestStudent_DeactivatedIsOutOnTheNextRequest(t *testing.T) {
	t.Parallel()
	s := apptest.New(t)
	chitra, asha := s.SignIn("chitra"), s.SignIn("asha")
	page := "/admin/students/" + userID(s, "asha")
	chitra.Submit(page, "#deactivate", nil).Want(303, page).Follow().WantText(".flash", "deactivated").WantText(".banner.bad", "Deactivated since 23 Nov 2026, 14:05")
	asha.Get("/dashboard").Want(303, "/login?next=%2Fdashboard")
	chitra.Post(page+"/deactivate", nil).Want(409).WantText(".banner", "already handled")
	p := chitra.Get(page)
	if p.Has("#login-link") != 0 || p.Has("#deactivate") != 0 {
		t.Error("a deactivated student can be let in or deactivated")
	}
	chitra.Send(p, "#activate", nil).Want(303, page).Follow().WantText(".flash", "active again").WantText("[aria-labelledby=history]", "Deactivated", "Activated")
	asha.Get("/dashboard").Want(303) // the session has ended, and stays so
	asha.Submit("/login", "form[action='/login']", apptest.Form{"email": "asha@example.com", "password": apptest.Password}).Want(303, "/dashboard")
	own := "/admin/students/" + userID(s, "chitra")
	if chitra.Get(own).Want(200).Has("#deactivate") != 0 {
		t.Error("an admin can deactivate himself")
	}
	chitra.Post(own+"/deactivate", nil).Want(403)
	chitra.Post("/admin/students/nobody/deactivate", nil).Want(404)
}

func TestStudent_EnrolledByHandUntilEnded(t *testing.T) {
	t.Parallel()
	s := apptest.New(t)
	chitra, asha := s.SignIn("chitra"), s.SignIn("asha")
	page := "/admin/students/" + userID(s, "asha")
	p := chitra.Submit(page, "#enroll", apptest.Form{"reason": "  "}).Want(422)
	p.WantText("#enroll .errors", "One thing").WantText("#enroll-reason-error", "Write why")
	course, _ := p.Doc.Find("#enroll-course option").Eq(1).Attr("value")
	p = chitra.Submit(page, "#enroll", apptest.Form{"reason": "Scholarship"}).Want(422).WantText("#enroll-course-error", "Choose a course")
	if got := p.Text("#enroll-reason"); got != "Scholarship" || p.Has("#by-hand[open]") != 1 {
		t.Errorf("what was typed is gone: %q", got)
	}
	p = chitra.Submit(page, "#enroll", apptest.Form{"course": course, "reason": "Scholarship"}).Want(303, page).Follow()
	p.WantText(".flash", "Enrolled").WantText("[aria-labelledby=grants]", "By hand", "by chitra", "“Scholarship”", "Open")
	if got := s.MailTo("asha@example.com"); len(got) != 2 {
		t.Errorf("%d letters, want the welcome and the news", len(got))
	}
	chitra.Post(page+"/enroll", url.Values{"course": {course}, "reason": {"again"}}).Want(409).WantText(".banner", "already been enrolled")

	asha.Get("/dashboard").WantText("main", p.Text("#enroll-course option[value='"+course+"']"))
	chitra.Send(p, "[aria-labelledby=grants] form", nil).Want(303, page).Follow().WantText("[aria-labelledby=grants]", "Ended 23 Nov 2026, 14:05 by chitra").WantText("[aria-labelledby=courses]", "Ended")
}

func TestStudent_EndsOnlyTheirOwnAccess(t *testing.T) {
	t.Parallel()
	s := apptest.New(t)
	chitra := s.SignIn("chitra")
	s.SignIn("asha")
	s.SignIn("bala")
	mine, other := "/admin/students/"+userID(s, "asha"), "/admin/students/"+userID(s, "bala")
	p := chitra.Get(mine)
	course, _ := p.Doc.Find("#enroll-course option").Eq(1).Attr("value")
	p = chitra.Send(p, "#enroll", apptest.Form{"course": course, "reason": "gift"}).Want(303).Follow()
	action, _ := p.Doc.Find("[aria-labelledby=grants] form").Attr("action")
	chitra.Post(strings.Replace(action, mine, other, 1), nil).Want(404)
	chitra.Post(mine+"/grants/nothing/end", nil).Want(404)
	chitra.Post(action, nil).Want(303)
	chitra.Post(action, nil).Want(409).WantText(".banner", "already been ended")
}

func TestStudent_LoginLinkIsShownOnceAndWorksOnce(t *testing.T) {
	t.Parallel()
	s := apptest.New(t)
	chitra := s.SignIn("chitra")
	id := register(s, "Farah Wani", "farah@example.com", "98765 43210")
	page := "/admin/students/" + id
	p := chitra.Submit(page, "#login-link", nil).Want(200)
	link := p.Text("#link .copy b")
	if !strings.HasPrefix(link, s.URL+"/login?link=") {
		t.Fatalf("the link is %q", link)
	}
	chat, _ := p.Doc.Find("#link a.main").Attr("href")
	if to, err := url.Parse(chat); err != nil || to.Path != "/919876543210" || !strings.Contains(to.Query().Get("text"), link) {
		t.Errorf("WhatsApp is opened by %q", chat)
	}
	if p.Header.Get("Cache-Control") != "no-store" {
		t.Error("the page with the link may be kept")
	}
	token := strings.TrimPrefix(link, s.URL+"/login?link=")
	if again := chitra.Get(page).Want(200); strings.Contains(again.Body, token) || again.Has(".flash") != 0 {
		t.Error("the link is shown again")
	}
	farah := s.Visitor()
	farah.Submit(strings.TrimPrefix(link, s.URL), "main form", nil).Want(303)
	farah.Get("/dashboard").Want(200).WantText("h1", "Farah")
	chitra.Get(page).WantText("[aria-labelledby=history]", "Made a login link", "Logged in by a link")
	chitra.Post("/admin/students/"+userID(s, "chitra")+"/login-link", nil).Want(403)
	chitra.Post("/admin/students/nobody/login-link", nil).Want(404)
}

func TestStudent_WhatWasTypedSurvivesTheSession(t *testing.T) {
	t.Parallel()
	s := apptest.New(t)
	chitra := s.SignIn("chitra")
	s.SignIn("asha")
	page := chitra.Get("/admin/students/" + userID(s, "asha"))
	s.Clock.Move(31 * 24 * time.Hour)
	p := chitra.Send(page, "#enroll", apptest.Form{"reason": "Scholarship"}).Want(303)
	back := chitra.Send(p.Follow(), "form[action='/login']", apptest.Form{"email": "chitra@example.com", "password": apptest.Password}).Want(303).Follow().Want(200)
	if back.Text("#enroll-reason") != "Scholarship" || back.Has("#by-hand[open]") != 1 {
		t.Errorf("%s: what was typed is gone", back.Path)
	}
}
