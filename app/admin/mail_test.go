package admin_test

import (
	"fmt"
	"strings"
	"testing"

	"lectern/app/apptest"
	"lectern/app/config"
	"lectern/app/mail/mailtest"
)

func TestLetters_ShowWhatWaitsWasSentAndFailed(t *testing.T) {
	t.Parallel()
	s := apptest.New(t)
	chitra := s.SignIn("chitra")
	s.SendMail()
	chitra.Get("/admin/mail").Want(200).WantText(".empty", "No letter waits")
	s.SignIn("asha")
	p := chitra.Get("/admin/mail").Want(200)
	p.WantText("#list .lines", "Welcome", "Asha", "asha@example.com", "Written just now")
	if p.Has("#list a[href='/admin/students/"+userID(s, "asha")+"']") != 1 {
		t.Error("nothing leads to the student")
	}
	s.SendMail()
	chitra.Get("/admin/mail?status=sent").Want(200).WantText("#list", "Welcome", "sent 23 Nov 2026, 14:05").WantText(".tiles", "1 of 450")
	chitra.Get("/admin/mail?q=ASHA@example.com&status=all").Want(200).WantText("#list .lines", "Welcome")
	chitra.Get("/admin/mail?q=nobody@example.com&status=all").Want(200).WantText(".empty", "No letter found")
	chitra.Get("/admin/mail?q=%27&status=none&after=none").Want(200)
	if part := chitra.AsHTMX().Get("/admin/mail?status=sent").Want(200); part.Has("header") != 0 || part.Has("section#list") != 1 {
		t.Error("htmx got more or less than the list")
	}
}

func TestLetters_RetriedOneByOneAndAll(t *testing.T) {
	t.Parallel()
	s := apptest.New(t)
	chitra := s.SignIn("chitra")
	s.SMTP.Be(mailtest.Mode{Rcpt: func(to string) *mailtest.Answer {
		if strings.HasPrefix(to, "office@") {
			return nil
		}
		return mailtest.NoSuchUser
	}})
	for _, name := range []string{"asha", "bala"} {
		s.SignIn(name)
	}
	s.SendMail()
	p := chitra.Get("/admin/mail?status=failed").Want(200)
	p.WantText("#list", "Not delivered", "doesn't take mail for this address", "The answer was: 550 5.1.1", "does not exist", "given up after 1 try", "Send all 2 again")
	if p.Has("form[id^='retry-']:not(#retry-all)") != 2 {
		t.Fatalf("%d letters can be sent again", p.Has("form[id^='retry-']:not(#retry-all)"))
	}
	one := p.Doc.Find("form[id^='retry-']:not(#retry-all)").First()
	action, _ := one.Attr("action")
	chitra.Post(action, nil).Want(303, "/admin/mail").Follow().WantText(".flash", "The letter is queued again").WantText("#list .lines", "Welcome")
	chitra.Post(action, nil).Want(409)
	chitra.Post("/admin/mail/nothing/retry", nil).Want(404)
	s.SMTP.Be(mailtest.Mode{})
	chitra.Submit("/admin/mail?status=failed", "#retry-all", nil).Want(303, "/admin/mail").Follow().WantText(".flash", "queued again")
	for _, name := range []string{"asha", "bala"} {
		if len(s.MailTo(name+"@example.com")) != 1 {
			t.Errorf("%s got no letter", name)
		}
	}
	chitra.Get("/admin/mail?status=failed").Want(200).WantText(".empty", "All letters were delivered")
	chitra.Get("/admin/audit?q=mail.retry").WantText("tbody", "Sent mail again")
}

func TestLetters_SayThatTheDayIsUsedUp(t *testing.T) {
	t.Parallel()
	s := apptest.New(t, func(c *config.Config) { c.MailPerDay = 1 })
	s.SignIn("asha")
	s.SignIn("bala")
	s.SendMail()
	s.SignIn("chitra").Get("/admin/mail").Want(200).WantText(".banner.bad", "may be sent in 24 hours are used up").WantText(".tiles", "1 of 1").WantText("#list", "Bala")
}

func TestLetters_SayThatTheRestIsKept(t *testing.T) {
	t.Parallel()
	s := apptest.New(t, func(c *config.Config) { c.MailPerDay = 10 })
	for i := range 10 {
		register(s, "Student", fmt.Sprintf("student%d@example.com", i), "")
	}
	s.SendMail()
	s.SignIn("chitra").Get("/admin/mail").Want(200).WantText(".banner.wait", "The last letter that may be sent in 24 hours is kept").WantText(".tiles", "9 of 10")
}

func TestLetters_SayWhatToSetUp(t *testing.T) {
	t.Parallel()
	s := apptest.New(t, func(c *config.Config) { c.SenderEmail = "" })
	s.SignIn("chitra").Get("/admin/mail").Want(200).WantText(".banner.bad", "SENDER_EMAIL", "SENDER_PASSWORD", "lectern mail test")
}
