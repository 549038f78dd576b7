package site_test

import (
	"strings"
	"testing"
	"time"

	"lectern/app/apptest"
)

func TestSecondStep_ByApp(t *testing.T) {
	t.Parallel()
	s := apptest.New(t)
	asha := s.SignIn("asha")
	if asha.Get("/account").Has("#factors .lines") != 0 {
		t.Error("a second step before there is one")
	}
	wrong := asha.Submit("/account/app", "#app", apptest.Form{"code": "000000"}).Want(422)
	if wrong.Text("#code-error") == "" {
		t.Error("nothing says that the code is wrong")
	}
	secret, codes := asha.SetUpApp()
	if len(codes) != 10 {
		t.Errorf("recovery codes %v", codes)
	}
	if p := asha.Get("/account").Want(200); p.Has("#factors .lines li") != 1 {
		t.Error("the account page doesn't show it")
	}

	s.Clock.Move(time.Minute)
	b := s.Visitor()
	b.Submit("/login?next=/orders", "#login", apptest.Form{"email": "asha@example.com", "password": apptest.Password}).Want(303, "/login/code?next=%2Forders")
	b.Get("/dashboard").Want(303)
	b.Submit("/login/code?next=/orders", "#second", apptest.Form{"code": "12 34 56"}).Want(422)
	b.Submit("/login/code?next=/orders", "#second", apptest.Form{"code": s.AppCode(secret)}).Want(303, "/orders")
	b.Get("/dashboard").Want(200)
	b.Get("/login/code").Want(303, "/login")

	paper := s.FirstStep("asha")
	paper.Submit("/login/code", "#second", apptest.Form{"code": strings.ToLower(codes[0])}).Want(303, "/dashboard")
	again := s.FirstStep("asha")
	again.Submit("/login/code", "#second", apptest.Form{"code": codes[0]}).Want(422)

	late := s.FirstStep("asha")
	page := late.Get("/login/code").Want(200)
	s.Clock.Move(11 * time.Minute)
	late.Send(page, "#second", apptest.Form{"code": s.AppCode(secret)}).Want(303, "/login")
	late.Get("/dashboard").Want(303)
}

// Whoever takes somebody's mail, or knows the password, comes no further than to the second step; nor does who registers again.
func TestSecondStep_ResetDoesNotBypassIt(t *testing.T) {
	t.Parallel()
	s := apptest.New(t)
	asha := s.SignIn("asha")
	asha.SetUpApp()
	eve := s.Visitor()
	eve.Submit("/password/forgot", "#forgot", apptest.Form{"email": "asha@example.com"}).Want(303)
	for _, m := range s.MailTo("asha@example.com") {
		if link := m.Link("/password/reset/"); link != "" {
			eve.Submit(link, "#reset", apptest.Form{"password": "saffron-bridge-owl-9"}).Want(303, "/login")
		}
	}
	eve.Submit("/login", "#login", apptest.Form{"email": "asha@example.com", "password": "saffron-bridge-owl-9"}).Want(303, "/login/code")
	eve.Get("/account").Want(303)
	eve.Submit("/register", "form[action='/register']", apptest.Form{"name": "Asha", "email": "asha@example.com", "password": "saffron-bridge-owl-9"}).Want(303, "/login/code")
	eve.Get("/account").Want(303)
}

// What decides who gets in asks for the second step too, ten minutes after it was last given.
func TestSecondStep_BeforeChanges(t *testing.T) {
	t.Parallel()
	s := apptest.New(t)
	asha := s.SignIn("asha")
	secret, _ := asha.SetUpApp()
	asha.Submit("/account", "#profile", apptest.Form{"name": "Asha Rao"}).Want(303, "/account")
	s.Clock.Move(time.Hour)
	change := apptest.Form{"email": "asha.rao@example.com", "current_password": apptest.Password}
	asha.Submit("/account", "#email", change).WantPath(303, "/confirm")
	for _, path := range []string{"/account/password", "/account/passkeys", "/account/passkeys/question", "/account/recovery-codes"} {
		asha.Post(path, nil).WantPath(303, "/confirm")
	}
	asha.Get("/account/app").WantPath(303, "/confirm")
	asha.Submit("/confirm?next=/account", "#confirm", apptest.Form{"password": apptest.Password}).Want(422)
	asha.Submit("/confirm?next=/account", "#confirm", apptest.Form{"password": apptest.Password, "code": s.AppCode(secret)}).Want(303, "/account")
	asha.Submit("/account", "#email", change).Want(303, "/account?changed=1")
}

func TestSecondStep_AskedOfStaff(t *testing.T) {
	t.Parallel()
	s := apptest.New(t)
	chitra := s.SignIn("chitra")
	chitra.Submit("/admin/settings", "#form-logins", apptest.Form{"second_factor": "on"}).Want(303)
	chitra.Get("/admin").Want(200) // for a week
	s.Clock.Move(6 * time.Minute)
	chitra.Get("/admin").Want(200)
	s.Accounts.Wait()
	s.Clock.Move(6 * 24 * time.Hour)
	chitra = s.SignIn("chitra")
	chitra.Get("/admin").Want(200)
	s.Clock.Move(24 * time.Hour)
	chitra = s.SignIn("chitra")
	for _, path := range []string{"/admin", "/admin/payments", "/admin/settings"} {
		chitra.Get(path).Want(303, "/account#factors")
	}
	if p := chitra.Get("/account").Want(200); !strings.Contains(p.Text(".flash"), "second step") {
		t.Error("nothing says why")
	}
	chitra.SetUpApp()
	chitra.Get("/admin").Want(200)
	remove, _ := chitra.Get("/account").Doc.Find("#factors form[action$='/remove']").Attr("action")
	chitra.Post(remove, nil).Want(409)
}

func TestSecondStep_TakenAwayByAnAdmin(t *testing.T) {
	t.Parallel()
	s := apptest.New(t)
	asha, chitra := s.SignIn("asha"), s.SignIn("chitra")
	asha.SetUpApp()
	path := "/admin/students/" + s.One(`SELECT id FROM users WHERE email_norm = 'asha@example.com'`)
	chitra.Submit(path, "#factors-reset", nil).Want(303, path)
	asha.Get("/account").Want(303)
	s.Visitor().Submit("/login", "#login", apptest.Form{"email": "asha@example.com", "password": apptest.Password}).Want(303, "/dashboard")
	if chitra.Get(path).Has("#factors-reset") != 0 {
		t.Error("it can be taken away again")
	}
	told := false
	for _, m := range s.MailTo("asha@example.com") {
		told = told || strings.Contains(m.Text, "An admin of")
	}
	if !told {
		t.Error("Asha wasn't told")
	}
}

// After each change of what one logs in with, the page offers to log out all others.
func TestAccount_OffersToEndTheOthers(t *testing.T) {
	t.Parallel()
	s := apptest.New(t)
	asha, other := s.SignIn("asha"), s.SignIn("asha")
	if asha.Get("/account").Has("#end-them") != 0 {
		t.Error("offered before anything changed")
	}
	to := asha.Submit("/account", "#email", apptest.Form{"email": "asha.rao@example.com", "current_password": apptest.Password}).Want(303).Location()
	asha.Submit(to, "#end-them", nil).Want(303)
	other.Get("/account").WantPath(303, "/login")
	asha.Get("/account").Want(200)
}

// A browser in which somebody logged in before is known by a cookie that no script reads, and the owner is told of others.
func TestDevice(t *testing.T) {
	t.Parallel()
	s := apptest.New(t)
	asha := s.SignIn("asha")
	asha.Submit("/account", "#profile", nil).Want(303)
	s.Clock.Move(2 * time.Hour)
	login := apptest.Form{"email": "asha@example.com", "password": apptest.Password}
	asha.Post("/logout", nil).Want(303)
	p := asha.Submit("/login", "#login", login).Want(303)
	for _, c := range p.Cookies {
		if c.Name == "device" && (!c.HttpOnly || c.MaxAge < 360*24*3600 || len(c.Value) < 43) {
			t.Errorf("cookie %+v", c)
		}
	}
	told := func() (n int) {
		for _, m := range s.MailTo("asha@example.com") {
			if strings.Contains(m.Subject, "new device") {
				n++
			}
		}
		return n
	}
	if told() != 0 {
		t.Error("told of a device that is known")
	}
	s.Visitor().Submit("/login", "#login", login).Want(303)
	if told() != 1 {
		t.Error("not told of a new device")
	}
}

// Whoever is signed in gets his own data, after proving once more who he is; each copy is written down.
func TestExportData(t *testing.T) {
	t.Parallel()
	s := apptest.New(t)
	asha := s.SignIn("asha")
	page := asha.Get("/account").Want(200)
	p := asha.Send(page, "#export", nil).Want(200)
	if p.Header.Get("Content-Type") != "application/zip" || !strings.HasPrefix(p.Body, "PK") || !strings.Contains(p.Header.Get("Content-Disposition"), "my-data-2026-11-23.zip") ||
		p.Header.Get("Cache-Control") != "no-store" {
		t.Errorf("%v", p.Header)
	}
	if s.Count(`SELECT count(*) FROM audit WHERE action = 'account.export'`) != 1 {
		t.Error("not written down")
	}
	s.Clock.Move(time.Hour)
	asha.Send(page, "#export", nil).WantPath(303, "/confirm")
	s.Visitor().Post("/account/export", nil).WantPath(303, "/login")
}

// A student has his account deleted: not while money is under way, not before a week, and not if he keeps it after all.
func TestDeletion(t *testing.T) {
	t.Parallel()
	s := apptest.New(t)
	asha, chitra := s.SignIn("asha"), s.SignIn("chitra")
	order := asha.Submit("/courses/programming-foundations-with-python", "#enroll", nil).Want(303).Location()
	asha.Submit(order, "#claim", apptest.Form{"reference": "612345678901", "payer": "ASHA RAO"}).Want(303)
	if p := asha.Submit("/account", "#delete", nil).Want(303).Follow(); p.Has("#keep") != 0 || !strings.Contains(p.Text(".flash"), "looking for a payment") {
		t.Errorf("while money is under way: %s", p.Text(".flash"))
	}
	chitra.Submit("/admin/payments", "form[action$='/verify']:not([action='/admin/payments/verify'])", nil).Want(303)
	if p := asha.Submit("/account", "#delete", nil).Want(303).Follow(); p.Has("#keep") != 1 || p.Has("#delete") != 0 {
		t.Error("the page doesn't say so")
	}
	asha.Submit("/account", "#keep", nil).Want(303)
	s.Clock.Move(8 * 24 * time.Hour)
	clean := func(want int) {
		t.Helper()
		if err := s.Clean(t.Context()); err != nil {
			t.Fatal(err)
		}
		if n := s.Count(`SELECT count(*) FROM users WHERE email_norm = 'asha@example.com'`); n != want {
			t.Errorf("%d accounts, want %d", n, want)
		}
	}
	clean(1)
	asha = s.Visitor()
	asha.Submit("/login", "#login", apptest.Form{"email": "asha@example.com", "password": apptest.Password}).Want(303)
	asha.Submit("/account", "#delete", nil).Want(303)
	told := 0
	for _, m := range s.MailTo("asha@example.com") {
		if strings.Contains(m.Subject, "will be deleted") {
			told++
		}
	}
	if told != 2 {
		t.Errorf("%d letters tell of it, want one each time", told)
	}
	s.Clock.Move(6 * 24 * time.Hour)
	clean(1)
	s.Clock.Move(25 * time.Hour)
	clean(0)
	asha.Get("/account").Want(303)
	if s.Count(`SELECT count(*) FROM orders WHERE status = 'paid'`) != 1 || s.Count(`SELECT count(*) FROM receipts WHERE amount = 49900`) != 1 {
		t.Error("the books are gone too")
	}
	if chitra := s.SignIn("chitra"); chitra.Get("/account").Has("#delete") != 0 {
		t.Error("offered to an admin")
	}
	s.SignIn("chitra").Post("/account/delete", nil).Want(403)
}
