package account

import (
	"context"
	"testing"
	"time"

	"lectern/app/fault"
)

func TestRegister_NewStudent(t *testing.T) {
	s, ctx := newSchool(t), context.Background()
	u, token, err := s.Register(ctx, RegisterForm{Name: " आशा  राव ", Email: " Asha@Example.com ", Phone: "98765 43210", Password: ashaPassword}, phone)
	wantOK(t, err)
	session, got, err := s.Session(ctx, token)
	wantOK(t, err)
	if got != u || u.Name != "आशा राव" || u.Email != "Asha@Example.com" || u.EmailNorm != "asha@example.com" || u.Phone != "+919876543210" ||
		u.Admin() || !u.VerifiedAt.IsZero() || !u.CreatedAt.Equal(s.Now()) {
		t.Errorf("registered %+v, the session says %+v", u, got)
	}
	if session.UserID != u.ID || session.IP != phone.IP || session.Agent != phone.Agent || !session.Remember {
		t.Errorf("session %+v", session)
	}
	if s.letters("welcome", u.ID) != 1 || s.audited("account.register", u.ID) != 1 {
		t.Error("no welcome letter, or no record of it")
	}
	if n := s.rows(`SELECT count(*) FROM sessions WHERE token_hash = $1`, token); n != 0 {
		t.Error("the table keeps the token itself")
	}
}

func TestRegister_Invalid(t *testing.T) {
	s, ctx := newSchool(t), context.Background()
	good := RegisterForm{Name: "A", Email: "a@example.com", Password: ashaPassword}
	for name, c := range map[string]struct {
		change     func(*RegisterForm)
		field, key string
	}{
		"no name":         {func(f *RegisterForm) { f.Name = " " }, "name", "account.name.needed"},
		"no address":      {func(f *RegisterForm) { f.Email = "" }, "email", "account.email.needed"},
		"a bad address":   {func(f *RegisterForm) { f.Email = "asha@" }, "email", "account.email.domain"},
		"a slip":          {func(f *RegisterForm) { f.Email = "asha@gmial.com" }, "email", "account.email.slip"},
		"a bad number":    {func(f *RegisterForm) { f.Phone = "12" }, "phone", "account.phone.bad"},
		"nine characters": {func(f *RegisterForm) { f.Password = "qz8-Lw3xB" }, "password", "account.password.short"},
		"a popular one":   {func(f *RegisterForm) { f.Password = "1234567890" }, "password", "account.password.common"},
	} {
		form := good
		c.change(&form)
		_, token, err := s.Register(ctx, form, phone)
		if token != "" {
			t.Errorf("%s: a session was begun", name)
		}
		wantField(t, err, c.field, c.key)
	}
	_, _, err := s.Register(ctx, RegisterForm{}, phone)
	if n := len(wantFault(t, err, fault.Invalid).Fields); n != 3 {
		t.Errorf("an empty form has %d fields wrong, want name, email and password", n)
	}
	if n := s.rows(`SELECT count(*) FROM users`); n != 0 {
		t.Errorf("%d accounts were made", n)
	}
}

func TestRegister_SlipIsAskedOnce(t *testing.T) {
	s, ctx := newSchool(t), context.Background()
	form := RegisterForm{Name: "Asha", Email: "asha@gmial.com", Password: ashaPassword}
	_, _, err := s.Register(ctx, form, phone)
	f := wantFault(t, err, fault.Invalid)
	if m := f.Fields["email"]; m.Key != "account.email.slip" || m.Args[1] != "asha@gmail.com" {
		t.Errorf("asked %+v", m)
	}
	form.SlipConfirmed = true
	u, _, err := s.Register(ctx, form, phone)
	wantOK(t, err)
	if u.Email != "asha@gmial.com" {
		t.Errorf("registered %s", u.Email)
	}
}

func TestRegister_KnownAddress(t *testing.T) {
	s, ctx := newSchool(t), context.Background()
	asha, _ := s.register("asha")
	form := RegisterForm{Name: "Not Asha", Email: "ASHA@example.com", Password: ashaPassword}

	u, token, err := s.Register(ctx, form, phone)
	wantOK(t, err)
	if u != asha || s.signedIn(token).UserID != asha.ID {
		t.Errorf("logged in as %+v, want %+v", u, asha)
	}
	form.Password = otherPassword
	for range 10 {
		_, _, err = s.Register(ctx, form, phone)
		wantField(t, err, "email", "account.email.known")
	}
	_, _, err = s.Register(ctx, form, phone)
	wantFault(t, err, fault.TooMany)
	_, _, err = s.LogIn(ctx, asha.Email, ashaPassword, false, phone)
	wantFault(t, err, fault.TooMany) // guessing by the other form counts the same
	if s.letters("welcome", asha.ID) != 1 || s.rows(`SELECT count(*) FROM users`) != 1 {
		t.Error("registered twice")
	}
}

func TestRegister_RaceMakesOneAccount(t *testing.T) {
	s, ctx := newSchool(t), context.Background()
	tokens := make([]string, 24)
	errs := race(24, func(i int) (err error) {
		_, tokens[i], err = s.Register(ctx, RegisterForm{Name: "Asha", Email: "asha@example.com", Password: ashaPassword}, phone)
		return err
	})
	wantWinners(t, errs, 24, 0) // the right password logs in
	owners := map[string]bool{}
	for _, token := range tokens {
		owners[s.signedIn(token).UserID] = true
	}
	if n := s.rows(`SELECT count(*) FROM users`); n != 1 || len(owners) != 1 {
		t.Errorf("%d accounts, sessions of %d people", n, len(owners))
	}
	if n := s.rows(`SELECT count(*) FROM outbox WHERE kind = 'welcome'`); n != 1 {
		t.Errorf("%d welcome letters", n)
	}
}

func TestRegister_RaceOfTwoPasswords(t *testing.T) {
	s, ctx := newSchool(t), context.Background()
	passwords := []string{ashaPassword, otherPassword}
	errs := race(2, func(i int) error {
		_, _, err := s.Register(ctx, RegisterForm{Name: "Asha", Email: "asha@example.com", Password: passwords[i]}, phone)
		return err
	})
	wantWinners(t, errs, 1, fault.Invalid)
}

func TestRegister_SixtyAMinute(t *testing.T) {
	s, ctx := newSchool(t), context.Background()
	for range 60 {
		_, _, err := s.Register(ctx, RegisterForm{}, phone)
		wantFault(t, err, fault.Invalid)
	}
	_, _, err := s.Register(ctx, RegisterForm{}, phone)
	wantFault(t, err, fault.TooMany)
	_, _, err = s.Register(ctx, RegisterForm{}, Client{IP: "203.0.113.8"})
	wantFault(t, err, fault.Invalid)
	s.pass(time.Minute)
	_, _, err = s.Register(ctx, RegisterForm{}, phone)
	wantFault(t, err, fault.Invalid)
}
