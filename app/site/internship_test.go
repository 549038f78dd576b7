package site_test

import (
	"fmt"
	"net/url"
	"strings"
	"testing"
	"time"

	"lectern/app/apptest"
)

const webIntern = "/internships/web-development-intern"

// about is an application as somebody types it.
func about(name string) apptest.Form {
	return apptest.Form{"name": name, "email": strings.ToLower(name) + "@example.com", "phone": "98765 43211", "cover_letter": "I can write.\n\nAnd read."}
}

func TestInternships_AVisitorApplies(t *testing.T) {
	t.Parallel()
	s := apptest.New(t)
	v := s.Visitor()
	v.Get("/internships").Want(200).WantText("main", "Web Development Intern", "Data Science and AI Intern", "₹999", "Remote", "3 months")
	p := v.Get(webIntern).Want(200).WantText("h1", "Web Development Intern").WantText("main", "₹999", "You pay ₹999 by UPI")
	if len(p.Cookies) != 0 || p.Has("#apply [name=csrf_token]") != 0 {
		t.Error("who only reads gets a cookie or a token")
	}
	sent := v.Send(p, "#apply", about("Bala")).Want(303, webIntern+"?sent=1").Follow().Want(200).WantText("h1", "We have your application").WantText("main", "pay the fee of ₹999")
	if to := v.Send(sent, "#pay", nil).Want(303).Location(); to != "/login?next="+url.QueryEscape(webIntern) {
		t.Errorf("paying leads a visitor to %q", to)
	}
	bala, office := s.MailTo("bala@example.com"), s.MailTo("office@example.com")
	if len(bala) != 1 || strings.Contains(bala[0].Text, "I can write") || bala[0].Link(webIntern) == "" {
		t.Errorf("Bala got %+v", bala)
	}
	if len(office) != 1 || office[0].Header.Get("Reply-To") != "<bala@example.com>" || !strings.Contains(office[0].Text, "I can write.\n\nAnd read.") {
		t.Errorf("the school got %+v", office)
	}
	again := about("Bala")
	again["cover_letter"] = "Another letter"
	second := s.Visitor().Submit(webIntern, "#apply", again).Want(303, webIntern+"?sent=1").Follow()
	if second.Text("main") != sent.Text("main") || len(s.MailTo("bala@example.com")) != 1 || s.Count(`SELECT count(*) FROM applications`) != 1 {
		t.Error("a second time looks different, or does something")
	}
	if htmx := s.Visitor().AsHTMX().Submit(webIntern, "#apply", about("Asha")); htmx.Status != 204 || htmx.Location() != webIntern+"?sent=1" {
		t.Errorf("htmx: %d %q", htmx.Status, htmx.Location())
	}
}

func TestInternships_Invalid(t *testing.T) {
	t.Parallel()
	s := apptest.New(t)
	typed := apptest.Form{"name": "Bala", "email": "bala", "phone": "12", "cover_letter": ""}
	p := s.Visitor().Submit(webIntern, "#apply", typed).Want(422).WantText("#email-error", "no mail address").WantText("#phone-error", "no phone").WantText("#cover_letter-error", "a few lines")
	if p.Value("#name") != "Bala" || p.Has("h1") != 1 {
		t.Error("what was typed is lost")
	}
	if part := s.Visitor().AsHTMX().Submit(webIntern, "#apply", typed).Want(422); part.Has("h1") != 0 || part.Has("form#apply") != 1 {
		t.Error("htmx gets the form and no more")
	}
	s.Visitor().Post("/internships/nothing/apply", nil).Want(404)
	s.Visitor().Post("/internships/nothing/pay", nil).Want(404)
	s.Visitor().Get("/internships/nothing").Want(404)
	s.SignIn("asha").Post(webIntern+"/apply", url.Values{"csrf_token": {"forged"}}).Want(403)
}

func TestInternships_TheFeeIsAnOrder(t *testing.T) {
	t.Parallel()
	s := apptest.New(t)
	asha, chitra := s.SignIn("asha"), s.SignIn("chitra")
	p := asha.Get(webIntern)
	if p.Value("#name") != "Asha" || p.Value("#email") != "asha@example.com" {
		t.Errorf("prefilled with %q, %q", p.Value("#name"), p.Value("#email"))
	}
	path := asha.Send(p, "#apply", apptest.Form{"cover_letter": "I can write."}).Want(303).Location()
	if !strings.HasPrefix(path, "/orders/LN-") {
		t.Fatalf("applying leads to %q", path)
	}
	asha.Get(path).WantText(".flash", "You applied for Web Development Intern").WantText("h1", "Pay ₹999 for Web Development Intern").WantText(".time", "Applied", "Fee paid").WantNoText("main", "ourse")
	asha.Get(webIntern).WantText("main", "You applied for this internship", "₹999 is still to be paid")
	asha.Submit(path, "#claim", apptest.Form{"reference": "612345678901"}).Want(303)
	asha.Get(webIntern).WantText("main", "is being checked")
	chitra.Get("/admin/payments").WantText(".queue", "Web Development Intern", "Asha")
	chitra.Submit("/admin/payments", ".queue form[action$='/verify']", nil).Want(303).Follow().WantText(".flash", "The applicant has been told")
	asha.Get(path).Want(200).WantText("h1", "is paid").WantText("main", "The fee for your internship is paid", "See the internship").WantNoText("main", "ourse")
	asha.Get(webIntern).WantText("main", "₹999 paid")
	asha.Get("/orders").WantText("main", "Web Development Intern", "Paid")
	paid := 0
	for _, m := range s.MailTo("asha@example.com") {
		if m.Subject == "Your fee is paid: Web Development Intern" {
			paid++
		}
		if strings.Contains(m.Text, "/learn/") {
			t.Errorf("an internship has no lessons:\n%s", m.Text)
		}
	}
	if paid != 1 {
		t.Errorf("%d letters about the fee", paid)
	}
	if s.Count(`SELECT count(*) FROM grants`) != 0 {
		t.Error("an internship opens no course")
	}
	asha.Post(webIntern+"/pay", nil).Want(303, webIntern).Follow().WantText(".flash", "nothing to pay")
	s.SignIn("bala").Post(webIntern+"/pay", nil).Want(303, webIntern).Follow().WantText(".flash", "Apply here first")
	chitra.Submit("/admin"+path, "#reverse form", apptest.Form{"reason": "Another school's"}).Want(303).Follow().WantText(".flash", "has been told").WantNoText(".flash", "ourse")
	asha.Get(path).WantText("main", "took its confirmation of this payment back").WantNoText("main", "ourse")
}

func TestInternships_FromAVisitorToAnOrder(t *testing.T) {
	t.Parallel()
	s := apptest.New(t)
	s.Visitor().Submit(webIntern, "#apply", about("Asha")).Want(303)
	asha := s.SignIn("asha")
	p := asha.Get(webIntern).WantText("main", "You applied for this internship")
	path := asha.Send(p, "#pay", nil).Want(303).Location()
	if !strings.HasPrefix(path, "/orders/LN-") || s.Count(`SELECT count(*) FROM applications WHERE user_id IS NOT NULL`) != 1 {
		t.Errorf("paying leads to %q", path)
	}
	if again := asha.Post(webIntern+"/pay", nil).Want(303).Location(); again != path {
		t.Errorf("again: %q", again)
	}
}

func TestInternships_ClosedTakesNone(t *testing.T) {
	t.Parallel()
	s := apptest.New(t)
	chitra, v := s.SignIn("chitra"), s.Visitor()
	open := v.Get(webIntern)
	edit, _ := chitra.Get("/admin/internships").Doc.Find("a.who").First().Attr("href")
	chitra.Submit(edit, "#to-closed", nil).Want(303)
	v.Get(webIntern).Want(200).WantText("#apply", "takes no applications any more")
	v.Send(open, "#apply", about("Bala")).Want(409).WantText("[role=alert]", "wasn't sent")
	v.Get("/internships").WantNoText("main", "Web Development Intern")
	chitra.Submit(edit, "#to-archived", nil).Want(303)
	v.Get(webIntern).Want(404)
	for _, next := range []string{"python-development-intern", "data-science-and-ai-intern"} {
		s.Visitor().Get("/internships/" + next).Want(200)
	}
	if n := v.Get("/").Has("a[href='/internships']"); n == 0 {
		t.Error("nothing leads to the internships")
	}
}

func TestInternships_TwentyAMinute(t *testing.T) {
	t.Parallel()
	s := apptest.New(t)
	v := s.Visitor()
	page := v.Get(webIntern)
	for i := range 20 {
		v.Send(page, "#apply", about(fmt.Sprintf("Student%c", 'a'+i))).Want(303)
	}
	if p := v.Send(page, "#apply", about("Bala")).Want(429); p.Header.Get("Retry-After") == "" {
		t.Error("no Retry-After")
	}
	s.Clock.Move(61 * time.Second)
	v.Send(page, "#apply", about("Bala")).Want(303)
}
