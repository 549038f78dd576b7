package account

import (
	"context"
	"testing"
	"time"

	"lectern/app/fault"
)

func TestConfirm(t *testing.T) {
	s, ctx := newSchool(t), context.Background()
	asha, old := s.register("asha")
	other := s.logIn("asha", true)
	session := s.signedIn(old)
	s.pass(time.Hour)

	_, err := s.Confirm(ctx, asha.ID, session.ID, Proof{Password: otherPassword}, phone)
	wantField(t, err, "password", "account.password.wrong")
	token, err := s.Confirm(ctx, asha.ID, session.ID, Proof{Password: ashaPassword}, phone)
	wantOK(t, err)
	if got := s.signedIn(token); got.ID != session.ID || got.AuthAt.Sub(session.AuthAt) < time.Hour || !got.Expires.Equal(session.Expires) {
		t.Errorf("session %+v became %+v", session, got)
	}
	_, _, err = s.Session(ctx, old)
	wantFault(t, err, fault.NotFound)
	s.signedIn(other) // the other device has confirmed nothing and goes on
	if s.audited("account.confirm", asha.ID) != 1 {
		t.Error("not recorded")
	}

	bala, hers := s.register("bala")
	balas := s.signedIn(hers).ID
	_, err = s.Confirm(ctx, asha.ID, balas, Proof{Password: ashaPassword}, phone)
	wantFault(t, err, fault.NotFound)
	wantOK(t, s.LogOut(ctx, session.ID))
	_, err = s.Confirm(ctx, asha.ID, session.ID, Proof{Password: ashaPassword}, phone)
	wantFault(t, err, fault.NotFound)
	wantOK(t, s.Deactivate(ctx, s.admin("chitra").ID, bala.ID))
	_, err = s.Confirm(ctx, bala.ID, balas, Proof{Password: ashaPassword}, phone)
	if err == nil {
		t.Error("a deactivated account was confirmed")
	}
}
