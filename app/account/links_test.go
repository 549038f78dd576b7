package account

import (
	"context"
	"fmt"
	"testing"
	"time"

	"lectern/app/fault"
)

func TestRequestReset_SameAnswerForKnownAndUnknown(t *testing.T) {
	s, ctx := newSchool(t), context.Background()
	asha, _ := s.register("asha")
	bala, _ := s.register("bala")
	chitra := s.admin("chitra")
	wantOK(t, s.Deactivate(ctx, chitra.ID, bala.ID))
	for _, email := range []string{"asha@example.com", "Asha@EXAMPLE.com", "nobody@example.com", bala.Email} {
		wantOK(t, s.RequestReset(ctx, email, phone))
	}
	if a, b := s.letters("reset", asha.ID), s.rows(`SELECT count(*) FROM outbox WHERE kind = 'reset'`); a != 1 || b != 1 {
		t.Errorf("%d letters to Asha of %d, want the only one", a, b)
	}
	wantField(t, s.RequestReset(ctx, "asha", phone), "email", "account.email.bad")
}

func TestRequestReset_Throttled(t *testing.T) {
	s, ctx := newSchool(t), context.Background()
	asha, _ := s.register("asha")
	for i := range 8 { // the sixth and later ones are silently dropped
		for _, email := range []string{asha.Email, "nobody@example.com"} {
			wantOK(t, s.RequestReset(ctx, email, Client{IP: fmt.Sprintf("198.51.100.%d", i)}))
		}
	}
	if n := s.audited("account.request_reset", asha.ID); n != 5 {
		t.Errorf("%d requests were served, want 5", n)
	}
	for i := range 20 {
		wantOK(t, s.RequestReset(ctx, fmt.Sprintf("user%d@example.com", i), phone))
	}
	wantFault(t, s.RequestReset(ctx, asha.Email, phone), fault.TooMany)
	wantFault(t, s.RequestReset(ctx, "nobody@example.com", phone), fault.TooMany)
	s.pass(15 * time.Minute)
	wantOK(t, s.RequestReset(ctx, asha.Email, phone))
	if n := s.audited("account.request_reset", asha.ID); n != 6 {
		t.Errorf("%d requests were served, want 6", n)
	}
}

func TestResetPassword(t *testing.T) {
	s, ctx := newSchool(t), context.Background()
	asha, old := s.register("asha")
	for range 10 {
		wantOK(t, s.failed(ctx, asha.EmailNorm, phone))
	}
	token := s.mailed(ResetLink, asha, "letter 1")
	wantOK(t, s.CheckToken(ctx, ResetLink, token))
	if u, err := s.LinkUser(ctx, ResetLink, token); err != nil || u != asha {
		t.Errorf("the link of %+v, %v", u, err)
	}
	wantFault(t, s.CheckToken(ctx, VerifyLink, token), fault.NotFound)
	wantField(t, s.ResetPassword(ctx, token, "short"), "password", "account.password.short")
	wantOK(t, s.CheckToken(ctx, ResetLink, token)) // looking and failing use nothing up

	wantOK(t, s.ResetPassword(ctx, token, otherPassword))
	_, _, err := s.Session(ctx, old)
	wantFault(t, err, fault.NotFound)
	u, _, err := s.LogIn(ctx, asha.Email, otherPassword, false, phone) // the throttle is lifted
	wantOK(t, err)
	if u.VerifiedAt.IsZero() {
		t.Error("the link arrived, but the address counts as not confirmed")
	}
	_, _, err = s.LogIn(ctx, asha.Email, ashaPassword, false, phone)
	wantFault(t, err, fault.Invalid)
	if s.letters("password_changed", asha.ID) != 1 || s.audited("account.reset_password", asha.ID) != 1 {
		t.Error("not told, or not recorded")
	}
	wantFault(t, s.CheckToken(ctx, ResetLink, token), fault.NotFound)
	wantFault(t, s.ResetPassword(ctx, token, ashaPassword), fault.NotFound)
}

func TestResetPassword_RaceHasOneWinner(t *testing.T) {
	s, ctx := newSchool(t), context.Background()
	asha, _ := s.register("asha")
	token := s.mailed(ResetLink, asha, "letter 1")
	errs := race(24, func(i int) error { return s.ResetPassword(ctx, token, fmt.Sprintf("saffron bridge owl %d", i)) })
	wantWinners(t, errs, 1, fault.NotFound)
	for i, err := range errs {
		if err == nil {
			_, _, err := s.LogIn(ctx, asha.Email, fmt.Sprintf("saffron bridge owl %d", i), false, phone)
			wantOK(t, err)
		}
	}
	if n := s.letters("password_changed", asha.ID); n != 1 {
		t.Errorf("%d letters", n)
	}
}

func TestLink_DeadOnes(t *testing.T) {
	s, ctx := newSchool(t), context.Background()
	chitra := s.admin("chitra")
	for name, kill := range map[string]func(u User, session string) error{
		"too old":                    func(User, string) error { s.pass(time.Hour); return nil },
		"a newer one was mailed":     func(u User, _ string) error { s.mailed(ResetLink, u, "letter 2"); return nil },
		"the account was shut":       func(u User, _ string) error { return s.Deactivate(ctx, chitra.ID, u.ID) },
		"an operator's new password": func(u User, _ string) error { return s.SetPassword(ctx, u.Email, otherPassword) },
		"a new password": func(u User, session string) error {
			_, err := s.ChangePassword(ctx, u, ashaPassword, otherPassword, s.signedIn(session).ID)
			return err
		},
		"another address": func(u User, session string) error {
			_, err := s.ChangeEmail(ctx, u, EmailForm{Email: "new." + u.Email, Password: ashaPassword}, s.signedIn(session).ID)
			return err
		},
	} {
		t.Run(name, func(t *testing.T) {
			u, session := s.register("student" + fmt.Sprint(len(name)))
			token := s.mailed(ResetLink, u, "letter 1")
			wantOK(t, s.CheckToken(ctx, ResetLink, token))
			wantOK(t, kill(u, session))
			wantFault(t, s.CheckToken(ctx, ResetLink, token), fault.NotFound)
			wantFault(t, s.ResetPassword(ctx, token, "walnut bridge owl"), fault.NotFound)
		})
	}
}

func TestLink_LettersThatAreSentAgain(t *testing.T) {
	s, ctx := newSchool(t), context.Background()
	asha, _ := s.register("asha")
	token := s.mailed(ResetLink, asha, "letter 1")
	s.pass(26 * time.Hour) // the mail server's daily quota
	wantFault(t, s.CheckToken(ctx, ResetLink, token), fault.NotFound)
	if again := s.mailed(ResetLink, asha, "letter 1"); again != token {
		t.Error("the same letter carries another link")
	}
	wantOK(t, s.CheckToken(ctx, ResetLink, token))
	wantOK(t, s.ResetPassword(ctx, token, otherPassword))
	s.pass(6 * 24 * time.Hour)
	wantOK(t, s.Clean(ctx))
	s.mailed(ResetLink, asha, "letter 1")
	wantFault(t, s.CheckToken(ctx, ResetLink, token), fault.NotFound) // sending it again doesn't bring it back

	bala, _ := s.register("bala")
	if s.mailed(ResetLink, asha, "x") == s.mailed(ResetLink, bala, "x") || s.mailed(ResetLink, asha, "x") == s.mailed(VerifyLink, asha, "x") {
		t.Error("two links are the same")
	}
	if _, err := s.Link(ctx, LoginLink, asha.ID, asha.Email, "x"); err == nil {
		t.Error("a login link was made for a letter")
	}
}

func TestVerifyEmail(t *testing.T) {
	s, ctx := newSchool(t), context.Background()
	asha, _ := s.register("asha")
	token := s.mailed(VerifyLink, asha, "letter 1")
	s.pass(time.Hour - time.Second)
	session := s.logIn("asha", false)
	wantOK(t, s.CheckToken(ctx, VerifyLink, token))
	for range 2 { // a double click
		wantOK(t, s.VerifyEmail(ctx, token))
		wantOK(t, s.CheckToken(ctx, VerifyLink, token))
	}
	_, u, err := s.Session(ctx, session)
	if err != nil || !u.VerifiedAt.Equal(s.Now()) || s.audited("account.verify_email", asha.ID) != 1 {
		t.Errorf("%+v, %v", u, err)
	}
	wantOK(t, s.ResendVerify(ctx, asha.ID))
	if n := s.letters("verify", asha.ID); n != 0 {
		t.Error("asked again to confirm what is confirmed")
	}
	_, err = s.ChangeEmail(ctx, u, EmailForm{Email: "asha.rao@example.com", Password: ashaPassword}, s.signedIn(session).ID)
	wantOK(t, err)
	wantFault(t, s.VerifyEmail(ctx, token), fault.NotFound) // it would confirm the new address by the old one
	u, err = s.Student(ctx, asha.ID)
	if err != nil || !u.VerifiedAt.IsZero() {
		t.Errorf("%+v, %v", u, err)
	}
}

func TestVerifyEmail_TooOldOrUnknown(t *testing.T) {
	s, ctx := newSchool(t), context.Background()
	asha, _ := s.register("asha")
	token := s.mailed(VerifyLink, asha, "letter 1")
	wantFault(t, s.VerifyEmail(ctx, token[1:]), fault.NotFound)
	wantFault(t, s.VerifyEmail(ctx, ""), fault.NotFound)
	s.pass(7 * 24 * time.Hour)
	wantFault(t, s.VerifyEmail(ctx, token), fault.NotFound)
}

func TestVerifyEmail_Race(t *testing.T) {
	s, ctx := newSchool(t), context.Background()
	asha, _ := s.register("asha")
	token := s.mailed(VerifyLink, asha, "letter 1")
	wantWinners(t, race(24, func(int) error { return s.VerifyEmail(ctx, token) }), 24, 0)
	if n := s.audited("account.verify_email", asha.ID); n != 1 {
		t.Errorf("confirmed %d times", n)
	}
}

func TestResendVerify(t *testing.T) {
	s, ctx := newSchool(t), context.Background()
	asha, _ := s.register("asha")
	for range 5 {
		wantOK(t, s.ResendVerify(ctx, asha.ID))
	}
	wantFault(t, s.ResendVerify(ctx, asha.ID), fault.TooMany)
	if n := s.letters("verify", asha.ID); n != 1 {
		t.Errorf("%d letters wait to be sent, want one", n)
	}
	wantFault(t, s.ResendVerify(ctx, "nobody"), fault.NotFound)
}
