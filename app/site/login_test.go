package site_test

import (
	"context"
	"net/url"
	"strings"
	"testing"
	"time"

	"lectern/app/apptest"
)

// userID finds somebody of the cast.
func userID(s *apptest.School, name string) (id string) {
	s.T.Helper()
	if err := s.DB.Read().QueryRowContext(context.Background(), `SELECT id FROM users WHERE email_norm = $1`, name+"@example.com").Scan(&id); err != nil {
		s.T.Fatal(err)
	}
	return id
}

// liveSessions counts the sessions of somebody of the cast that weren't ended.
func liveSessions(s *apptest.School, name string) int {
	s.T.Helper()
	return s.Count(`SELECT count(*) FROM sessions WHERE ended_at IS NULL AND user_id = $1`, userID(s, name))
}

// login types address and password into the login page.
func login(b *apptest.Browser, path, name, password string, more ...apptest.Form) *apptest.Page {
	b.T.Helper()
	typed := apptest.Form{"email": name + "@example.com", "password": password}
	for _, m := range more {
		for k, v := range m {
			typed[k] = v
		}
	}
	return b.Submit(path, "#login", typed)
}

func TestLogin_LeadsOn(t *testing.T) {
	t.Parallel()
	s := apptest.New(t)
	s.SignIn("asha")
	for _, test := range []struct{ name, path, want string }{
		{"asha", "/login", "/dashboard"},
		{"chitra", "/login", "/admin"},
		{"asha", "/login?next=" + url.QueryEscape("/courses?q=a&page=2"), "/courses?q=a&page=2"},
		{"chitra", "/login?next=/courses", "/courses"},
		{"asha", "/login?next=https://evil.example/", "/dashboard"},
		{"asha", "/login?next=//evil.example", "/dashboard"},
		{"asha", "/login?next=%2F%5Cevil.example", "/dashboard"},
	} {
		login(s.Visitor(), test.path, test.name, apptest.Password).Want(303, test.want)
		login(s.Visitor().AsHTMX(), test.path, test.name, apptest.Password).Want(204, test.want)
	}
	for typed, want := range map[string]string{"//evil.example": "/dashboard", "/courses": "/courses"} {
		login(s.Visitor(), "/login", "asha", apptest.Password, apptest.Form{"next": typed}).Want(303, want)
	}
}

func TestLogin_Wrong(t *testing.T) {
	t.Parallel()
	s := apptest.New(t)
	s.SignIn("asha")
	wrong := login(s.Visitor(), "/login?next=/courses", "asha", "not-the-password").Want(422)
	unknown := login(s.Visitor(), "/login?next=/courses", "bala", apptest.Password).Want(422)
	wrong.WantText("#password-error", "don't fit together").WantText(".errors", "don't fit together")
	if a, b := wrong.Text(".errors"), unknown.Text(".errors"); a != b {
		t.Errorf("wrong says %q, unknown says %q", a, b)
	}
	for field, want := range map[string]string{"#email": "asha@example.com", "#password": "", "input[name=next]": "/courses"} {
		if got := wrong.Value(field); got != want {
			t.Errorf("%s holds %q, want %q", field, got, want)
		}
	}
	if strings.Contains(wrong.Body, "not-the-password") {
		t.Error("the password is in the page")
	}
	if wrong.Has("#register") != 0 || wrong.Has("a[href='/register?next=%2Fcourses']") != 1 {
		t.Error("no way to register that keeps next")
	}
	s.Visitor().Post("/login", url.Values{}).Want(422)
	s.Visitor().Post("/login", url.Values{"email": {"\x00"}, "password": {"\xff"}}).Want(422).WantText("#email-error", "characters that can't be stored")
}

func TestLogin_Remember(t *testing.T) {
	t.Parallel()
	s := apptest.New(t)
	s.SignIn("asha")
	lasts := func(typed url.Values) time.Duration {
		t.Helper()
		typed.Set("email", "asha@example.com")
		typed.Set("password", apptest.Password)
		for _, c := range s.Visitor().Post("/login", typed).Want(303).Cookies {
			if c.Name == "session" {
				return time.Duration(c.MaxAge) * time.Second
			}
		}
		t.Fatal("no session cookie")
		return 0
	}
	if got := lasts(url.Values{"remember": {"1"}}); got != 90*24*time.Hour {
		t.Errorf("remembered for %v", got)
	}
	for _, typed := range []url.Values{{}, {"remember": {"0"}}, {"remember": {""}}, {"remember": {"false"}}} {
		if got := lasts(typed); got != 0 {
			t.Errorf("%v: remembered for %v", typed, got)
		}
	}
	if s.Visitor().Get("/login").Has("input[name=remember][checked]") != 1 {
		t.Error("the box isn't ticked")
	}
}

func TestLogin_Throttled(t *testing.T) {
	t.Parallel()
	s := apptest.New(t)
	s.SignIn("asha")
	for range 10 {
		login(s.Visitor(), "/login", "asha", "not-the-password").Want(422)
	}
	p := login(s.Visitor(), "/login", "asha", apptest.Password).Want(429)
	p.WantText("main", "Try again in 15 minutes")
	if got := p.Header.Get("Retry-After"); got != "900" {
		t.Errorf("Retry-After %q", got)
	}
	s.Clock.Move(15*time.Minute + time.Second)
	login(s.Visitor(), "/login", "asha", apptest.Password).Want(303)
}

func TestLogin_Deactivated(t *testing.T) {
	t.Parallel()
	s := apptest.New(t)
	asha := s.SignIn("asha")
	if err := s.Accounts.Deactivate(context.Background(), userID(s, "chitra"), userID(s, "asha")); err != nil {
		t.Fatal(err)
	}
	asha.Get("/account").Want(303, "/login?next=%2Faccount")
	login(s.Visitor(), "/login", "asha", apptest.Password).Want(422).WantText(".errors", "deactivated")
	login(s.Visitor(), "/login", "asha", "not-the-password").Want(422).WantNoText("main", "deactivated")
}

func TestLogin_WhoIsLoggedIn(t *testing.T) {
	t.Parallel()
	s := apptest.New(t)
	asha, chitra := s.SignIn("asha"), s.SignIn("chitra")
	for _, path := range []string{"/login", "/register"} {
		asha.Get(path).Want(303, "/dashboard")
		chitra.Get(path).Want(303, "/admin")
		asha.Get(path+"?next=/courses").Want(303, "/courses")
		asha.Get(path+"?next=//evil.example").Want(303, "/dashboard")
	}
	t.Run("another login ends the session that was there", func(t *testing.T) {
		s.SignIn("bala")
		asha.Post("/login", url.Values{"email": {"bala@example.com"}, "password": {apptest.Password}}).Want(303)
		asha.Get("/account").Want(200).WantText("main", "bala@example.com")
		if n := liveSessions(s, "asha"); n != 0 {
			t.Errorf("%d sessions of Asha's are left", n)
		}
	})
}

func TestLogin_NothingIsCached(t *testing.T) {
	t.Parallel()
	s := apptest.New(t)
	for _, path := range []string{"/login", "/register", "/password/forgot"} {
		p := s.Visitor().Get(path).Want(200)
		if got := p.Header.Get("Cache-Control"); got != "no-store" {
			t.Errorf("%s: Cache-Control %q", path, got)
		}
		for _, c := range p.Cookies {
			if c.Name == "session" {
				t.Errorf("%s: a session for who only looks", path)
			}
		}
	}
}

func TestLogin_ByLink(t *testing.T) {
	t.Parallel()
	s := apptest.New(t)
	s.SignIn("asha")
	newLink := func() string {
		t.Helper()
		link, err := s.Accounts.LoginLink(context.Background(), userID(s, "chitra"), userID(s, "asha"))
		if err != nil {
			t.Fatal(err)
		}
		return link
	}
	t.Run("works once, and not by being opened", func(t *testing.T) {
		link, v := newLink(), s.Visitor()
		for range 3 {
			v.Get(link).Want(200).WantText("#login", "Log in as Asha")
		}
		v.Get("/account").Want(303)
		v.Submit(link, "#login", nil).Want(303, "/dashboard")
		v.Get("/account").Want(200).WantText("main", "asha@example.com")
		s.Visitor().Get(link).Want(404).WantText("h1", "This link doesn't work").WantNoText("main", "Asha")
		token := link[strings.Index(link, "link=")+5:]
		s.Visitor().Post("/login", url.Values{"link": {token}}).Want(404)
	})
	t.Run("in a browser where somebody else is logged in", func(t *testing.T) {
		bala := s.SignIn("bala")
		link := newLink()
		bala.Get(link).Want(200).WantText(".note", "logs Bala out")
		bala.Submit(link, "#login", nil).Want(303)
		bala.Get("/account").Want(200).WantText("main", "asha@example.com")
		if n := liveSessions(s, "bala"); n != 0 {
			t.Errorf("%d sessions of Bala's are left", n)
		}
	})
	t.Run("never made", func(t *testing.T) { s.Visitor().Get("/login?link=nonsense").Want(404) })
}

func TestLogout(t *testing.T) {
	t.Parallel()
	s := apptest.New(t)
	asha := s.SignIn("asha")
	out := asha.Submit("/account", "form[action='/logout']", nil).Want(303, "/")
	if left := out.Header.Get("Clear-Site-Data"); left != `"cache", "storage"` {
		t.Errorf("what the browser is to forget: %s", left)
	}
	out.Follow().WantText(".flash", "You are logged out")
	asha.Get("/account").Want(303)
	if n := liveSessions(s, "asha"); n != 0 {
		t.Errorf("%d sessions are left on the server", n)
	}
	s.Visitor().Post("/logout", nil).Want(303, "/")
	chitra := s.SignIn("chitra")
	chitra.AsHTMX().Post("/logout", nil).Want(204, "/")
	chitra.Post("/logout", url.Values{"csrf_token": {"forged"}}).Want(403)
}
