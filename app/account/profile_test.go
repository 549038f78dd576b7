package account

import (
	"context"
	"testing"
	"time"

	"lectern/app/fault"
)

func TestUpdateProfile(t *testing.T) {
	s, ctx := newSchool(t), context.Background()
	asha, token := s.register("asha")
	err := s.UpdateProfile(ctx, asha.ID, ProfileForm{Name: "", Phone: "1"})
	wantField(t, err, "name", "account.name.needed")
	wantField(t, err, "phone", "account.phone.bad")
	wantOK(t, s.UpdateProfile(ctx, asha.ID, ProfileForm{Name: "Asha Rao", Phone: "98765 43210"}))
	_, u, err := s.Session(ctx, token)
	if err != nil || u.Name != "Asha Rao" || u.Phone != "+919876543210" || s.audited("account.profile", asha.ID) != 1 {
		t.Errorf("%+v, %v", u, err)
	}
	for q, want := range map[string]int{"rao": 1, "98765-43210": 1} {
		if rows, err := s.Students(ctx, StudentQuery{Q: q, Limit: 10}); err != nil || len(rows) != want {
			t.Errorf("%q finds %d, %v", q, len(rows), err)
		}
	}
	wantOK(t, s.UpdateProfile(ctx, asha.ID, ProfileForm{Name: "Asha Bhat"}))
	if rows, err := s.Students(ctx, StudentQuery{Q: "rao", Limit: 10}); err != nil || len(rows) != 0 {
		t.Errorf("found by her old name: %+v, %v", rows, err)
	}
	wantFault(t, s.UpdateProfile(ctx, "nobody", ProfileForm{Name: "X"}), fault.NotFound)
	wantWinners(t, race(12, func(int) error { return s.UpdateProfile(ctx, asha.ID, ProfileForm{Name: "Asha Rao"}) }), 12, 0)
}

func TestChangePassword(t *testing.T) {
	s, ctx := newSchool(t), context.Background()
	asha, old := s.register("asha")
	other := s.logIn("asha", true)
	session := s.signedIn(old)

	_, err := s.ChangePassword(ctx, asha, otherPassword, otherPassword, session.ID)
	wantField(t, err, "current_password", "account.password.wrong")
	_, err = s.ChangePassword(ctx, asha, ashaPassword, "asha@example.com", session.ID)
	wantField(t, err, "password", "account.password.own")

	token, err := s.ChangePassword(ctx, asha, ashaPassword, otherPassword, session.ID)
	wantOK(t, err)
	if got := s.signedIn(token); got.ID != session.ID || !got.Expires.Equal(session.Expires) {
		t.Errorf("session %+v became %+v", session, got)
	}
	for _, gone := range []string{old, other} {
		_, _, err := s.Session(ctx, gone)
		wantFault(t, err, fault.NotFound)
	}
	_, _, err = s.LogIn(ctx, asha.Email, otherPassword, false, phone)
	wantOK(t, err)
	if s.letters("password_changed", asha.ID) != 1 || s.audited("account.change_password", asha.ID) != 1 {
		t.Error("not told, or not recorded")
	}
}

func TestChangePassword_WrongOnesCountAsFailedLogins(t *testing.T) {
	s, ctx := newSchool(t), context.Background()
	asha, token := s.register("asha")
	id := s.signedIn(token).ID
	for range 10 {
		_, err := s.ChangePassword(ctx, asha, otherPassword, otherPassword, id)
		wantFault(t, err, fault.Invalid)
	}
	_, err := s.ChangePassword(ctx, asha, ashaPassword, otherPassword, id)
	wantFault(t, err, fault.TooMany)
}

func TestChangePassword_RaceHasOneWinner(t *testing.T) {
	s, ctx := newSchool(t), context.Background()
	asha, token := s.register("asha")
	id := s.signedIn(token).ID
	errs := race(8, func(int) error {
		_, err := s.ChangePassword(ctx, asha, ashaPassword, otherPassword, id)
		return err
	})
	won := 0
	for _, err := range errs { // late ones find that the current password is another
		switch {
		case err == nil:
			won++
		case !fault.Is(err, fault.Conflict) && !fault.Is(err, fault.Invalid):
			t.Error(err)
		}
	}
	if n := s.letters("password_changed", asha.ID); won != 1 || n != 1 {
		t.Errorf("%d changes, %d letters", won, n)
	}
}

func TestChangePassword_FromASessionThatWasEnded(t *testing.T) {
	s, ctx := newSchool(t), context.Background()
	asha, token := s.register("asha")
	id := s.signedIn(token).ID
	wantOK(t, s.LogOut(ctx, id))
	_, err := s.ChangePassword(ctx, asha, ashaPassword, otherPassword, id)
	wantFault(t, err, fault.NotFound)
	s.logIn("asha", false) // nothing was changed
}

func TestChangeEmail(t *testing.T) {
	s, ctx := newSchool(t), context.Background()
	asha, old := s.register("asha")
	s.register("bala")
	id := s.signedIn(old).ID
	for name, c := range map[string]struct {
		form       EmailForm
		field, key string
	}{
		"wrong password": {EmailForm{Email: "a@example.com", Password: otherPassword}, "current_password", "account.password.wrong"},
		"no address":     {EmailForm{Email: "a@", Password: ashaPassword}, "email", "account.email.domain"},
		"the same":       {EmailForm{Email: "Asha@example.com", Password: ashaPassword}, "email", "account.email.same"},
		"another's":      {EmailForm{Email: "bala@example.com", Password: ashaPassword}, "email", "account.email.taken"},
		"a slip":         {EmailForm{Email: "asha@gmial.com", Password: ashaPassword}, "email", "account.email.slip"},
	} {
		_, err := s.ChangeEmail(ctx, asha, c.form, id)
		t.Log(name)
		wantField(t, err, c.field, c.key)
	}
	token, err := s.ChangeEmail(ctx, asha, EmailForm{Email: "Asha.Rao@example.com", Password: ashaPassword}, id)
	wantOK(t, err)
	session, u, err := s.Session(ctx, token)
	if err != nil || session.ID != id || u.Email != "Asha.Rao@example.com" || u.EmailNorm != "asha.rao@example.com" || !u.VerifiedAt.IsZero() {
		t.Errorf("%+v, %v", u, err)
	}
	_, _, err = s.Session(ctx, old)
	wantFault(t, err, fault.NotFound)
	if n := s.rows(`SELECT count(*) FROM outbox WHERE user_id = $1 AND (kind = 'address_changed' AND recipient = 'asha@example.com'
		OR kind = 'verify' AND recipient = 'Asha.Rao@example.com')`, asha.ID); n != 2 {
		t.Errorf("%d of both addresses were told", n)
	}
	_, _, err = s.LogIn(ctx, "asha.rao@example.com", ashaPassword, false, phone)
	wantOK(t, err)
	if rows, err := s.Students(ctx, StudentQuery{Q: "asha.rao@example.com", Limit: 5}); err != nil || len(rows) != 1 {
		t.Errorf("not found by the new address: %v", err)
	}
}

func TestChangeEmail_RaceForOneAddress(t *testing.T) {
	s, ctx := newSchool(t), context.Background()
	var users [6]User
	var ids [6]string
	for i := range users {
		var token string
		users[i], token = s.register(string(rune('a' + i)))
		ids[i] = s.signedIn(token).ID
	}
	errs := race(6, func(i int) error {
		_, err := s.ChangeEmail(ctx, users[i], EmailForm{Email: "one@example.com", Password: ashaPassword}, ids[i])
		return err
	})
	wantWinners(t, errs, 1, fault.Invalid)
}

// Who registers with a stranger's address, or goes from one to the next, must not send letters there without end.
func TestOwnLetters_AreFew(t *testing.T) {
	s, ctx := newSchool(t), context.Background()
	u, token := s.register("asha")
	id := s.signedIn(token).ID
	sent := 0
	for i := range 20 {
		var err error
		if i%2 == 0 {
			_, err = s.ChangeEmail(ctx, u, EmailForm{Email: string(rune('a'+i)) + ".stranger@example.org", Password: ashaPassword}, id)
		} else {
			_, err = s.ChangePassword(ctx, u, ashaPassword, ashaPassword, id)
		}
		if err == nil {
			sent++
		} else {
			wantFault(t, err, fault.TooMany)
		}
		if u, err = s.Student(ctx, u.ID); err != nil {
			t.Fatal(err)
		}
	}
	if sent != 5 {
		t.Errorf("%d changes in a row, want 5", sent)
	}
	wantFault(t, s.ResendVerify(ctx, u.ID), fault.TooMany)
	s.pass(16 * time.Minute)
	wantOK(t, s.ResendVerify(ctx, u.ID))
}
