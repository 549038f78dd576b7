package account

import (
	"context"
	"database/sql"
	"encoding/base64"
	"fmt"
	"testing"
	"time"

	"golang.org/x/crypto/argon2"

	"lectern/app/db"
	"lectern/app/fault"
)

func TestLogIn(t *testing.T) {
	s, ctx := newSchool(t), context.Background()
	asha, first := s.register("asha")
	u, token, err := s.LogIn(ctx, " ASHA@example.com ", ashaPassword, true, phone)
	wantOK(t, err)
	if u != asha || token == first || !s.signedIn(token).Remember || s.audited("account.login", asha.ID) != 1 {
		t.Errorf("logged in as %+v", u)
	}
	if s.signedIn(first).ID == s.signedIn(token).ID {
		t.Error("two logins share a session")
	}
}

func TestLogIn_SameAnswerForKnownAndUnknown(t *testing.T) {
	s, ctx := newSchool(t), context.Background()
	s.register("asha")
	for try := range 12 {
		_, _, known := s.LogIn(ctx, "asha@example.com", otherPassword, false, Client{IP: "203.0.113.1"})
		_, _, unknown := s.LogIn(ctx, "nobody@example.com", otherPassword, false, Client{IP: "203.0.113.2"})
		sameAnswer(t, known, unknown)
		if want := []fault.Kind{fault.Invalid, fault.TooMany}[try/10]; !fault.Is(known, want) {
			t.Fatalf("try %d: got %s", try+1, spell(known))
		}
	}
	_, _, none := s.LogIn(ctx, "no address", otherPassword, false, phone)
	_, _, empty := s.LogIn(ctx, "", "", false, phone)
	sameAnswer(t, none, empty)
	wantField(t, none, "password", "account.login.wrong")
}

func TestLogIn_ThrottlesAnAccount(t *testing.T) {
	s, ctx := newSchool(t), context.Background()
	s.register("asha")
	s.register("bala")
	fail := func(ip string) error {
		_, _, err := s.LogIn(ctx, "asha@example.com", otherPassword, false, Client{IP: ip})
		return err
	}
	succeed := func(email string) error {
		_, _, err := s.LogIn(ctx, email, ashaPassword, false, phone)
		return err
	}
	for i := range 9 {
		wantFault(t, fail(fmt.Sprintf("198.51.100.%d", i)), fault.Invalid)
		s.pass(time.Minute)
	}
	for range 20 {
		wantOK(t, succeed("asha@example.com")) // only failures count
	}
	wantFault(t, fail("198.51.100.9"), fault.Invalid)
	f := wantFault(t, succeed("asha@example.com"), fault.TooMany)
	if f.After != 6*time.Minute {
		t.Errorf("to wait for %v, want 6m", f.After)
	}
	wantOK(t, succeed("bala@example.com"))
	s.pass(6 * time.Minute)
	wantOK(t, succeed("asha@example.com"))
}

func TestLogIn_ThrottlesAnAddress(t *testing.T) {
	s, ctx := newSchool(t), context.Background()
	s.register("asha")
	for i := range 100 {
		wantOK(t, s.failed(ctx, fmt.Sprintf("user%d@example.com", i), phone))
	}
	_, _, err := s.LogIn(ctx, "asha@example.com", ashaPassword, false, phone)
	wantFault(t, err, fault.TooMany)
	_, _, err = s.LogIn(ctx, "asha@example.com", ashaPassword, false, Client{IP: "203.0.113.8"})
	wantOK(t, err)
}

func TestLogIn_GuessesAtOnceDontPassTheLimit(t *testing.T) {
	s, ctx := newSchool(t), context.Background()
	s.register("asha")
	p, ok, err := s.prove(ctx, "asha@example.com", ashaPassword, phone) // before the others failed
	if !ok || err != nil {
		t.Fatal(ok, err)
	}
	for range 10 {
		wantOK(t, s.failed(ctx, "asha@example.com", phone))
	}
	_, _, right := s.enter(ctx, p, false, phone)
	sameAnswer(t, right, s.failed(ctx, "asha@example.com", phone))
	wantFault(t, right, fault.TooMany)
}

func TestLogIn_PasswordChangedMeanwhile(t *testing.T) {
	s, ctx := newSchool(t), context.Background()
	s.register("asha")
	p, _, err := s.prove(ctx, "asha@example.com", ashaPassword, phone)
	wantOK(t, err)
	wantOK(t, s.SetPassword(ctx, "asha@example.com", otherPassword))
	_, token, err := s.enter(ctx, p, false, phone)
	wantField(t, err, "password", "account.login.wrong")
	if token != "" {
		t.Error("the old password began a session")
	}
}

func TestLogIn_Deactivated(t *testing.T) {
	s, ctx := newSchool(t), context.Background()
	asha, _ := s.register("asha")
	chitra := s.admin("chitra")
	wantOK(t, s.Deactivate(ctx, chitra.ID, asha.ID))
	_, _, err := s.LogIn(ctx, asha.Email, otherPassword, false, phone)
	wantField(t, err, "password", "account.login.wrong")
	_, _, err = s.LogIn(ctx, asha.Email, ashaPassword, false, phone)
	if f := wantFault(t, err, fault.Invalid); f.Msg.Key != "account.login.deactivated" {
		t.Errorf("told %s", f.Msg.Key)
	}
}

func TestLogIn_HashesAgainAtTodaysCost(t *testing.T) {
	s, ctx := newSchool(t), context.Background()
	asha, _ := s.register("asha")
	salt := []byte("sixteen of bytes")
	b64 := base64.RawStdEncoding.EncodeToString
	cheap := fmt.Sprintf("$argon2id$v=19$m=8192,t=1,p=1$%s$%s", b64(salt), b64(argon2.IDKey([]byte(ashaPassword), salt, 1, 8192, 1, 32)))
	wantOK(t, s.DB.InTx(ctx, func(tx *sql.Tx) error {
		return db.Exec(ctx, tx, `UPDATE users SET password_hash = $1 WHERE id = $2`, cheap, asha.ID)
	}))
	for range 2 {
		_, _, err := s.LogIn(ctx, asha.Email, ashaPassword, false, phone)
		wantOK(t, err)
		if s.rows(`SELECT count(*) FROM users WHERE password_hash = $1`, cheap) != 0 {
			t.Error("the cheap hash is still there")
		}
	}
}
