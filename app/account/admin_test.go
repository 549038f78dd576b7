package account

import (
	"context"
	"strings"
	"testing"
	"time"

	"lectern/app/fault"
)

// token cuts the token out of a link.
func token(t *testing.T, url, before string) string {
	t.Helper()
	token, ok := strings.CutPrefix(url, "https://school.example.com"+before)
	if !ok || len(token) != 43 {
		t.Fatalf("link %q doesn't lead to %s", url, before)
	}
	return token
}

func TestFirstAdmin(t *testing.T) {
	s, ctx := newSchool(t), context.Background()
	for i, want := range []bool{true, false} {
		if created, err := s.FirstAdmin(ctx, "Chitra@example.com", adminPassword); created != want || err != nil {
			t.Fatalf("start %d: %v, %v", i+1, created, err)
		}
	}
	u, _, err := s.LogIn(ctx, "chitra@example.com", adminPassword, false, phone)
	if err != nil || !u.Admin() || u.Name != "Chitra" || u.VerifiedAt.IsZero() {
		t.Errorf("%+v, %v", u, err)
	}
	if created, err := s.FirstAdmin(ctx, "asha@example.com", adminPassword); created || err != nil {
		t.Errorf("a second one: %v, %v", created, err)
	}
}

func TestFirstAdmin_TakesOverAnAccount(t *testing.T) {
	s, ctx := newSchool(t), context.Background()
	asha, session := s.register("asha")
	created, err := s.FirstAdmin(ctx, "asha@example.com", adminPassword)
	if !created || err != nil {
		t.Fatal(created, err)
	}
	_, _, err = s.Session(ctx, session)
	wantFault(t, err, fault.NotFound) // whoever registered it can't go on as an admin
	u, _, err := s.LogIn(ctx, asha.Email, adminPassword, false, phone)
	if err != nil || u.ID != asha.ID || !u.Admin() {
		t.Errorf("%+v, %v", u, err)
	}
}

func TestFirstAdmin_CopiesThatStartTogether(t *testing.T) {
	s, ctx := newSchool(t), context.Background()
	wantWinners(t, race(8, func(int) error { _, err := s.FirstAdmin(ctx, "chitra@example.com", adminPassword); return err }), 8, 0)
	if n := s.rows(`SELECT count(*) FROM users`); n != 1 {
		t.Errorf("%d admins", n)
	}
}

func TestCreateAdmin(t *testing.T) {
	s, ctx := newSchool(t), context.Background()
	wantField(t, s.CreateAdmin(ctx, "chitra@example.com", "Chitra", ashaPassword[:14]), "password", "account.password.short")
	wantField(t, s.CreateAdmin(ctx, "chitra", "Chitra", adminPassword), "email", "account.email.bad")
	chitra := s.admin("Chitra")
	if !chitra.Admin() {
		t.Errorf("made %+v", chitra)
	}
	if f := wantFault(t, s.CreateAdmin(ctx, "chitra@example.com", "Chitra", adminPassword), fault.Conflict); f.Msg.Key != "account.admin.known" {
		t.Errorf("told %s", f.Msg.Key)
	}
	asha, session := s.register("asha")
	wantOK(t, s.CreateAdmin(ctx, "ASHA@example.com", "Asha", adminPassword))
	_, _, err := s.Session(ctx, session)
	wantFault(t, err, fault.NotFound)
	if u, err := s.Student(ctx, asha.ID); err != nil || !u.Admin() || u.Name != "asha" {
		t.Errorf("%+v, %v", u, err)
	}
}

func TestSetPassword(t *testing.T) {
	s, ctx := newSchool(t), context.Background()
	asha, session := s.register("asha")
	s.admin("chitra")
	wantField(t, s.SetPassword(ctx, "asha@example.com", "short"), "password", "account.password.short")
	wantField(t, s.SetPassword(ctx, "chitra@example.com", ashaPassword[:14]), "password", "account.password.short")
	wantFault(t, s.SetPassword(ctx, "nobody@example.com", otherPassword), fault.NotFound)
	wantOK(t, s.SetPassword(ctx, "Asha@example.com", otherPassword))
	_, _, err := s.Session(ctx, session)
	wantFault(t, err, fault.NotFound)
	_, _, err = s.LogIn(ctx, asha.Email, otherPassword, false, phone)
	wantOK(t, err)
}

func TestSetup(t *testing.T) {
	s, ctx := newSchool(t), context.Background()
	first, err := s.SetupLink(ctx)
	wantOK(t, err)
	second, err := s.SetupLink(ctx)
	wantOK(t, err)
	link, other := token(t, first, "/setup/"), token(t, second, "/setup/")
	if link == other {
		t.Fatal("the same link at each start")
	}
	wantOK(t, s.CheckToken(ctx, SetupLink, link))
	form := SetupForm{Name: "Chitra", Email: "chitra@example.com", Password: adminPassword}
	_, _, err = s.Setup(ctx, "guess", form, phone)
	wantFault(t, err, fault.NotFound)
	_, _, err = s.Setup(ctx, link, SetupForm{Email: "chitra", Password: ashaPassword[:14]}, phone)
	if f := wantFault(t, err, fault.Invalid); len(f.Fields) != 3 {
		t.Errorf("wrong fields %v", f.Fields)
	}
	u, session, err := s.Setup(ctx, link, form, phone)
	wantOK(t, err)
	if _, got, err := s.Session(ctx, session); err != nil || got != u || !u.Admin() || u.Name != "Chitra" {
		t.Errorf("set up %+v; the session says %+v, %v", u, got, err)
	}
	if s.letters("verify", u.ID) != 1 || s.letters("welcome", u.ID) != 0 {
		t.Error("the letters aren't those to an admin")
	}
	for _, dead := range []string{link, other} { // once there is an admin
		wantFault(t, s.CheckToken(ctx, SetupLink, dead), fault.NotFound)
		_, _, err = s.Setup(ctx, dead, SetupForm{Name: "Eve", Email: "eve@example.com", Password: adminPassword}, phone)
		wantFault(t, err, fault.NotFound)
	}
	if url, err := s.SetupLink(ctx); url != "" || err != nil {
		t.Errorf("another link: %q, %v", url, err)
	}
}

func TestSetup_DeadOnceAnAdminExists(t *testing.T) {
	s, ctx := newSchool(t), context.Background()
	url, err := s.SetupLink(ctx)
	wantOK(t, err)
	s.admin("chitra") // by the command line, which knows nothing of links
	link := token(t, url, "/setup/")
	wantFault(t, s.CheckToken(ctx, SetupLink, link), fault.NotFound)
	_, _, err = s.Setup(ctx, link, SetupForm{Name: "Eve", Email: "eve@example.com", Password: adminPassword}, phone)
	wantFault(t, err, fault.NotFound)
}

func TestSetup_TooOld(t *testing.T) {
	s, ctx := newSchool(t), context.Background()
	url, err := s.SetupLink(ctx)
	wantOK(t, err)
	s.pass(24 * time.Hour)
	wantFault(t, s.CheckToken(ctx, SetupLink, token(t, url, "/setup/")), fault.NotFound)
}

func TestSetup_RaceMakesOneAdmin(t *testing.T) {
	s, ctx := newSchool(t), context.Background()
	var links [3]string
	for i := range links {
		url, err := s.SetupLink(ctx)
		wantOK(t, err)
		links[i] = token(t, url, "/setup/")
	}
	errs := race(12, func(i int) error {
		email := string(rune('a'+i)) + "@example.com"
		_, _, err := s.Setup(ctx, links[i%3], SetupForm{Name: "Chitra", Email: email, Password: adminPassword}, phone)
		return err
	})
	wantWinners(t, errs, 1, fault.NotFound)
	if n := s.rows(`SELECT count(*) FROM users`); n != 1 {
		t.Errorf("%d accounts", n)
	}
}

func TestDeactivate(t *testing.T) {
	s, ctx := newSchool(t), context.Background()
	chitra, dev := s.admin("chitra"), s.admin("dev")
	asha, _ := s.register("asha")

	wantFault(t, s.Deactivate(ctx, chitra.ID, chitra.ID), fault.Forbidden)
	wantFault(t, s.Deactivate(ctx, asha.ID, chitra.ID), fault.Forbidden)
	wantFault(t, s.Deactivate(ctx, chitra.ID, "nobody"), fault.NotFound)
	wantFault(t, s.Activate(ctx, chitra.ID, asha.ID), fault.Conflict)
	wantWinners(t, race(8, func(int) error { return s.Deactivate(ctx, chitra.ID, asha.ID) }), 1, fault.Conflict)
	wantWinners(t, race(8, func(int) error { return s.Activate(ctx, chitra.ID, asha.ID) }), 1, fault.Conflict)
	wantFault(t, s.Activate(ctx, chitra.ID, "nobody"), fault.NotFound)

	wantOK(t, s.Deactivate(ctx, chitra.ID, dev.ID))
	wantFault(t, s.Deactivate(ctx, dev.ID, chitra.ID), fault.Forbidden) // the last one, by one who isn't any more
	if s.audited("account.deactivate", asha.ID) != 1 || s.audited("account.activate", asha.ID) != 1 {
		t.Error("not recorded once each")
	}
}

func TestDeactivate_AdminsEachOther(t *testing.T) {
	s, ctx := newSchool(t), context.Background()
	admins := []User{s.admin("chitra"), s.admin("dev")}
	for range 5 {
		errs := race(2, func(i int) error { return s.Deactivate(ctx, admins[i].ID, admins[1-i].ID) })
		wantWinners(t, errs, 1, fault.Forbidden)
		loser := 0
		if errs[0] == nil {
			loser = 1
		}
		wantOK(t, s.Activate(ctx, admins[1-loser].ID, admins[loser].ID))
	}
}

func TestLoginLink(t *testing.T) {
	s, ctx := newSchool(t), context.Background()
	chitra, dev := s.admin("chitra"), s.admin("dev")
	asha, _ := s.register("asha")
	make := func() string {
		t.Helper()
		url, err := s.LoginLink(ctx, chitra.ID, asha.ID)
		wantOK(t, err)
		return token(t, url, "/login?link=")
	}
	enter := func(link string) error {
		u, session, err := s.LoginByLink(ctx, link, phone)
		if err == nil && (u.ID != asha.ID || s.signedIn(session).UserID != asha.ID) {
			t.Errorf("logged in as %+v", u)
		}
		return err
	}
	for name, kill := range map[string]func(link string){
		"used":             func(link string) { wantOK(t, enter(link)) },
		"a day old":        func(string) { s.pass(24 * time.Hour) },
		"replaced":         func(string) { make() },
		"password was set": func(string) { wantOK(t, s.SetPassword(ctx, asha.Email, otherPassword)) },
		"account was shut": func(string) { wantOK(t, s.Deactivate(ctx, chitra.ID, asha.ID)) },
		"for another thing": func(link string) {
			wantFault(t, s.ResetPassword(ctx, link, otherPassword), fault.NotFound)
			enter(link)
		},
	} {
		link := make()
		wantOK(t, s.CheckToken(ctx, LoginLink, link))
		kill(link)
		if err := s.CheckToken(ctx, LoginLink, link); !fault.Is(err, fault.NotFound) {
			t.Errorf("%s: the page says %v", name, err)
		}
		if err := enter(link); !fault.Is(err, fault.NotFound) {
			t.Errorf("%s: the link says %v", name, err)
		}
		if u, _ := s.Student(ctx, asha.ID); !u.DeactivatedAt.IsZero() {
			_, err := s.LoginLink(ctx, chitra.ID, asha.ID)
			wantFault(t, err, fault.Forbidden)
			wantOK(t, s.Activate(ctx, chitra.ID, asha.ID))
		}
	}
	_, err := s.LoginLink(ctx, chitra.ID, dev.ID)
	wantFault(t, err, fault.Forbidden)
	_, err = s.LoginLink(ctx, chitra.ID, "nobody")
	wantFault(t, err, fault.NotFound)
}

func TestLoginByLink_RaceHasOneWinner(t *testing.T) {
	s, ctx := newSchool(t), context.Background()
	chitra := s.admin("chitra")
	asha, _ := s.register("asha")
	url, err := s.LoginLink(ctx, chitra.ID, asha.ID)
	wantOK(t, err)
	errs := race(24, func(int) error {
		_, _, err := s.LoginByLink(ctx, token(t, url, "/login?link="), phone)
		return err
	})
	wantWinners(t, errs, 1, fault.NotFound)
	if n := s.audited("account.login_by_link", asha.ID); n != 1 {
		t.Errorf("%d sessions were begun", n)
	}
}
