package account

import (
	"context"
	"net/url"
	"reflect"
	"strings"
	"testing"
	"time"

	"lectern/app/fault"
)

func TestKeepForm(t *testing.T) {
	s, ctx := newSchool(t), context.Background()
	typed := url.Values{"reference": {"4123 4567 8901"}, "id": {"1", "2"}, "note": {"आशा\r\n\x00\xff"}}
	sent := url.Values{"password": {"secret 1"}, "current_password": {"secret 2"}, "New-Password": {"secret 3"}, "csrf_token": {"secret 4"}}
	for name, values := range typed {
		sent[name] = values
	}
	token, err := s.KeepForm(ctx, "/orders/LN-7F3K-9QXZ/claims", sent)
	wantOK(t, err)
	for range 2 { // a page may be loaded again
		if got, ok := s.KeptForm(ctx, token, "/orders/LN-7F3K-9QXZ/claims"); !ok || !reflect.DeepEqual(got, typed) {
			t.Errorf("got %v back, want %v", got, typed)
		}
	}
	if n := s.rows(`SELECT count(*) FROM kept_forms WHERE form LIKE '%secret%'`); n != 0 {
		t.Error("a password was kept")
	}
	for _, c := range [][2]string{{token, "/account/profile"}, {"", "/orders/LN-7F3K-9QXZ/claims"}, {token + "x", "/orders/LN-7F3K-9QXZ/claims"}, {token, "\x00\xff"}} {
		if got, ok := s.KeptForm(ctx, c[0], c[1]); ok || got != nil {
			t.Errorf("%q gives %v", c, got)
		}
	}
	s.pass(time.Hour)
	if _, ok := s.KeptForm(ctx, token, "/orders/LN-7F3K-9QXZ/claims"); ok {
		t.Error("kept for longer than an hour")
	}
}

func TestKeepForm_NotKept(t *testing.T) {
	s, ctx := newSchool(t), context.Background()
	for name, form := range map[string]url.Values{
		"nothing":         {},
		"only a password": {"password": {"x"}, "csrf_token": {"y"}},
		"too much":        {"text": {strings.Repeat("a", 64<<10)}},
	} {
		if token, err := s.KeepForm(ctx, "/x", form); token != "" || err != nil {
			t.Errorf("%s: %q, %v", name, token, err)
		}
	}
	for i := range 601 {
		token, err := s.KeepForm(ctx, "/x", url.Values{"a": {"b"}})
		if err != nil || (token != "") != (i < 600) {
			t.Fatalf("form %d: %q, %v", i+1, token, err)
		}
	}
}

func TestClean(t *testing.T) {
	s, ctx := newSchool(t), context.Background()
	asha, remembered := s.register("asha")
	token := s.logIn("asha", false)
	s.mailed(ResetLink, asha, "letter 1")
	wantOK(t, s.Allow(ctx, Claims, phone.IP))
	kept, err := s.KeepForm(ctx, "/x", url.Values{"a": {"b"}})
	wantOK(t, err)
	left := func() [4]int {
		return [4]int{s.rows(`SELECT count(*) FROM sessions`), s.rows(`SELECT count(*) FROM tokens`),
			s.rows(`SELECT count(*) FROM throttle WHERE bucket LIKE 'claim:%'`), s.rows(`SELECT count(*) FROM kept_forms`)}
	}
	wantOK(t, s.Clean(ctx))
	if got := left(); got != [4]int{2, 1, 1, 1} {
		t.Errorf("what was in use is gone: %v", got)
	}
	s.signedIn(token)
	if _, ok := s.KeptForm(ctx, kept, "/x"); !ok {
		t.Error("the form is gone")
	}
	wantOK(t, s.LogOut(ctx, s.signedIn(token).ID))
	s.pass(24 * time.Hour)
	wantOK(t, s.Clean(ctx))
	if got := left(); got != [4]int{1, 1, 0, 0} {
		t.Errorf("a day later: %v", got)
	}
	s.signedIn(remembered)
	s.Wait()
	s.pass(90 * 24 * time.Hour)
	wantOK(t, s.Clean(ctx))
	if got := left(); got != [4]int{} {
		t.Errorf("a quarter later: %v", got)
	}
	_, _, err = s.Session(ctx, remembered)
	wantFault(t, err, fault.NotFound)
}
