package site_test

import (
	"context"
	"net/url"
	"strings"
	"testing"

	"lectern/app/apptest"
	"lectern/app/config"
)

// register fills in the form of new students.
func register(b *apptest.Browser, path string, typed apptest.Form) *apptest.Page {
	b.T.Helper()
	all := apptest.Form{"name": "Asha Rao", "email": "asha@example.com", "password": apptest.Password}
	for k, v := range typed {
		all[k] = v
	}
	return b.Submit(path, "#register", all)
}

func TestRegister(t *testing.T) {
	t.Parallel()
	s := apptest.New(t)
	asha := s.Visitor()
	p := register(asha, "/register?next=/courses", apptest.Form{"phone": "98765 43210", "name": "आशा राव"}).Want(303, "/courses")
	p.Follow().Want(200).WantText(".flash", "asha@example.com")
	account := asha.Get("/account").Want(200).WantText("main", "Not confirmed yet")
	if name, phone := account.Value("#profile-name"), account.Value("#profile-phone"); name != "आशा राव" || phone != "+91 98765 43210" {
		t.Errorf("the account holds %q, %q", name, phone)
	}
	if mail := s.MailTo("asha@example.com"); len(mail) != 1 || mail[0].Link("/email/verify/") == "" {
		t.Errorf("%d letters, want one with a link to confirm the address", len(mail))
	}
	htmx := s.Visitor()
	register(htmx.AsHTMX(), "/register?next=https://evil.example", apptest.Form{"email": "bala@example.com"}).Want(204, "/dashboard")
	htmx.Get("/account").Want(200)
}

func TestRegister_Invalid(t *testing.T) {
	t.Parallel()
	s := apptest.New(t)
	bad := apptest.Form{"name": " ", "email": "asha", "phone": "12", "password": "tooshort"}
	p := register(s.Visitor(), "/register?next=/courses", bad).Want(422)
	for field, want := range map[string]string{"name": "Write your name", "email": "This is no mail address", "phone": "This is no phone number", "password": "10 characters"} {
		p.WantText("#"+field+"-error", want)
		if p.Has("#"+field+"[aria-invalid=true]") != 1 || p.Has(".errors a[href='#"+field+"']") != 1 {
			t.Errorf("%s isn't marked", field)
		}
	}
	if p.Value("#email") != "asha" || p.Value("#phone") != "12" || p.Value("input[name=next]") != "/courses" {
		t.Error("what was typed is gone")
	}
	if strings.Contains(p.Body, "tooshort") {
		t.Error("the password is in the page")
	}
	part := register(s.Visitor().AsHTMX(), "/register", bad).Want(422)
	if part.Has("header") != 0 || part.Has("form#register") != 1 {
		t.Error("htmx got more or less than the form")
	}
	if n := s.Count(`SELECT count(*) FROM users WHERE role = 'student'`); n != 0 {
		t.Errorf("%d accounts were made", n)
	}
}

func TestRegister_KnownAddress(t *testing.T) {
	t.Parallel()
	s := apptest.New(t)
	s.SignIn("asha")
	t.Run("with its password logs in", func(t *testing.T) {
		v := s.Visitor()
		register(v, "/register?next=/courses", apptest.Form{"name": "Someone", "email": "ASHA@example.com"}).Want(303, "/courses")
		if got := v.Get("/account").Want(200).Value("#profile-name"); got != "Asha" {
			t.Errorf("the name is now %q", got)
		}
	})
	t.Run("with another says so and keeps next", func(t *testing.T) {
		p := register(s.Visitor(), "/register?next=/courses", apptest.Form{"password": "another-good-one"}).Want(422)
		p.WantText("#email-error", "has an account already")
		for _, to := range []string{"/login?next=%2Fcourses", "/password/forgot?next=%2Fcourses"} {
			if p.Has("#register a[href='"+to+"']") != 1 {
				t.Errorf("no link to %s", to)
			}
		}
	})
	if n := s.Count(`SELECT count(*) FROM users WHERE email_norm = 'asha@example.com'`); n != 1 {
		t.Errorf("%d accounts", n)
	}
}

func TestRegister_Slip(t *testing.T) {
	t.Parallel()
	s := apptest.New(t)
	ask := func(t *testing.T, typed string) *apptest.Page {
		t.Helper()
		return register(s.Visitor(), "/register?next=/courses", apptest.Form{"email": typed}).Want(422).WantText("#email-error", "Did you mean")
	}
	account := func(t *testing.T, p *apptest.Page, want string) {
		t.Helper()
		p.Want(303, "/courses")
		p.Browser.Get("/account").Want(200).WantText("main", want)
	}
	again := func(p *apptest.Page, typed apptest.Form) *apptest.Page {
		typed["password"] = apptest.Password
		return p.Browser.Send(p, "#register", typed)
	}
	t.Run("one tap takes what was meant", func(t *testing.T) {
		p := ask(t, "one@gmial.com")
		if got := p.Value("button[name=email_use]"); got != "one@gmail.com" {
			t.Fatalf("offered %q", got)
		}
		account(t, again(p, apptest.Form{"email_use": "one@gmail.com"}), "one@gmail.com")
	})
	t.Run("sent again is meant", func(t *testing.T) { account(t, again(ask(t, "two@gmial.com"), apptest.Form{}), "two@gmial.com") })
	t.Run("corrected by hand wins over the button", func(t *testing.T) {
		p := again(ask(t, "three@gmial.com"), apptest.Form{"email": "three@example.com", "email_use": "three@gmail.com"})
		account(t, p, "three@example.com")
	})
	t.Run("another slip is another question", func(t *testing.T) {
		again(ask(t, "four@gmial.com"), apptest.Form{"email": "four@gmal.com"}).Want(422).WantText("#email-error", "four@gmail.com")
	})
	t.Run("not asked twice because something else is wrong", func(t *testing.T) {
		p := ask(t, "five@gmial.com")
		p = p.Browser.Send(p, "#register", apptest.Form{"password": "short"}).Want(422)
		if p.Has("#email-error") != 0 {
			t.Error("asked again")
		}
		account(t, again(p, apptest.Form{}), "five@gmial.com")
	})
	t.Run("the suggestion stays when the password is missing", func(t *testing.T) {
		p := ask(t, "six@gmial.com")
		p = p.Browser.Send(p, "#register", apptest.Form{"email_use": "six@gmail.com"}).Want(422)
		if got := p.Value("#email"); got != "six@gmail.com" || p.Has("#email-error") != 0 {
			t.Errorf("the address is %q", got)
		}
	})
	t.Run("Enter presses no suggestion", func(t *testing.T) {
		if first := ask(t, "seven@gmial.com").Doc.Find("#register [type=submit]").First(); first.AttrOr("name", "") != "" {
			t.Error("the form's first button is the suggestion")
		}
	})
}

func TestRegister_WithoutToken(t *testing.T) {
	t.Parallel()
	s := apptest.New(t)
	form := url.Values{"csrf_token": {"forged"}, "name": {"Asha"}, "email": {"asha@example.com"}, "password": {apptest.Password}}
	p := s.Visitor().Post("/register", form).Want(403)
	if strings.Contains(p.Body, apptest.Password) {
		t.Error("the password is in the page")
	}
	if n := s.Count(`SELECT count(*) FROM users WHERE role = 'student'`); n != 0 {
		t.Error("an account was made")
	}
}

func TestSetup(t *testing.T) {
	t.Parallel()
	s := apptest.New(t, func(c *config.Config) { c.AdminEmail, c.AdminPassword = "", "" })
	link, err := s.Accounts.SetupLink(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	v := s.Visitor()
	v.Get("/setup/nonsense").Want(404).WantText("main", "start the server again")
	v.Post("/setup/nonsense", url.Values{"name": {"Eve"}, "email": {"eve@example.com"}, "password": {apptest.Password}}).Want(404)
	v.Get(link).Want(200)
	p := v.Submit(link, "#setup", apptest.Form{"name": "Chitra", "email": "chitra@example.com", "password": "fourteen chars"}).Want(422)
	p.WantText("#password-error", "15 characters")
	if p.Value("#name") != "Chitra" || p.Value("#email") != "chitra@example.com" {
		t.Error("what was typed is gone")
	}
	part := v.AsHTMX().Submit(link, "#setup", apptest.Form{"name": "", "email": "", "password": ""}).Want(422)
	if part.Has("header") != 0 || part.Has("form#setup") != 1 {
		t.Error("htmx got more or less than the form")
	}
	v.Submit(link, "#setup", apptest.Form{"name": "Chitra", "email": "chitra@example.com", "password": apptest.Password}).Want(303, "/admin")
	v.Get("/account").Want(200).WantText("main", "chitra@example.com")
	s.Visitor().Get(link).Want(404)
}
