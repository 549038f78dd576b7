package account

import (
	"context"
	"fmt"
	"testing"
	"time"

	"lectern/app/fault"
)

// While strangers try at an account, its owner goes on logging in from the browser that he always uses, and no longer than
// he has tries of his own.
func TestDevice_StrangersDontShutTheOwnerOut(t *testing.T) {
	s, ctx := newSchool(t), context.Background()
	asha, _ := s.register("asha")
	device, err := s.Meet(ctx, asha, "", "Chrome on Android")
	wantOK(t, err)
	own := Client{IP: phone.IP, Device: device}
	for i := range accountFailures.Max {
		_, _, err := s.LogIn(ctx, asha.Email, otherPassword, false, Client{IP: fmt.Sprintf("198.51.100.%d", i)})
		wantField(t, err, "password", "account.login.wrong")
	}
	_, _, err = s.LogIn(ctx, asha.Email, ashaPassword, false, phone)
	wantFault(t, err, fault.TooMany)
	_, _, err = s.LogIn(ctx, asha.Email, ashaPassword, false, Client{IP: phone.IP, Device: newToken()})
	wantFault(t, err, fault.TooMany)
	_, token, err := s.LogIn(ctx, asha.Email, ashaPassword, false, own)
	wantOK(t, err)
	session := s.signedIn(token)
	_, err = s.Confirm(ctx, asha.ID, session.ID, Proof{Password: ashaPassword}, phone)
	wantOK(t, err)
	_, err = s.ChangePassword(ctx, asha, ashaPassword, otherPassword, session.ID)
	wantOK(t, err)

	for range deviceFailures.Max {
		_, _, err := s.LogIn(ctx, asha.Email, ashaPassword, false, own)
		wantField(t, err, "password", "account.login.wrong")
	}
	_, _, err = s.LogIn(ctx, asha.Email, otherPassword, false, own)
	wantFault(t, err, fault.TooMany)

	bala, _ := s.register("bala") // a device says nothing about another account
	for range accountFailures.Max {
		_, _, err := s.LogIn(ctx, bala.Email, otherPassword, false, own)
		wantField(t, err, "password", "account.login.wrong")
	}
	_, _, err = s.LogIn(ctx, bala.Email, ashaPassword, false, own)
	wantFault(t, err, fault.TooMany)
}

func TestDevice_NewOnesAreToldOf(t *testing.T) {
	s, ctx := newSchool(t), context.Background()
	asha, _ := s.register("asha")
	first, err := s.Meet(ctx, asha, "", "Chrome on Android")
	wantOK(t, err)
	s.pass(2 * time.Hour)
	again, err := s.Meet(ctx, asha, first, "Chrome on Android")
	wantOK(t, err)
	if again != first || s.letters("new_device", asha.ID) != 0 {
		t.Error("a device that was met is told of as new")
	}
	other, err := s.Meet(ctx, asha, "made up", "Firefox on Windows")
	wantOK(t, err)
	if other == "made up" || s.letters("new_device", asha.ID) != 1 {
		t.Errorf("token %q, %d letters", other, s.letters("new_device", asha.ID))
	}
	bala, _ := s.register("bala") // on the same phone
	if token, err := s.Meet(ctx, bala, first, "Chrome on Android"); err != nil || token != first {
		t.Errorf("%q, %v", token, err)
	}
	wantOK(t, s.ResetPassword(ctx, s.mailed(ResetLink, asha, "seed"), otherPassword))
	if n := s.rows(`SELECT count(*) FROM devices WHERE user_id = $1`, asha.ID); n != 0 {
		t.Error("whoever knew the old password is still known")
	}
	s.pass(DeviceLife)
	wantOK(t, s.Clean(ctx))
	if n := s.rows(`SELECT count(*) FROM devices`); n != 0 {
		t.Error("devices are kept for ever")
	}
}

// Each time that all tries are used up, the next wait is twice as long, until a day has been quiet.
func TestThrottle_LocksGrow(t *testing.T) {
	s, ctx := newSchool(t), context.Background()
	try := func() error {
		_, _, err := s.LogIn(ctx, "asha@example.com", otherPassword, false, Client{})
		return err
	}
	for i, want := range []time.Duration{15, 30, 60, 120, 240, 240} {
		for range accountFailures.Max {
			wantField(t, try(), "password", "account.login.wrong")
		}
		f := wantFault(t, try(), fault.TooMany)
		if f.After != want*time.Minute {
			t.Errorf("lock %d: %v, want %v", i, f.After, want*time.Minute)
		}
		s.pass(f.After - time.Second)
		wantFault(t, try(), fault.TooMany)
		s.pass(time.Second)
	}
	s.pass(24 * time.Hour)
	for range accountFailures.Max {
		wantField(t, try(), "password", "account.login.wrong")
	}
	if f := wantFault(t, try(), fault.TooMany); f.After != 15*time.Minute {
		t.Errorf("after a quiet day: %v", f.After)
	}
}

// Two copies of the program share the counts.
func TestThrottle_AcrossCopies(t *testing.T) {
	s, ctx := newSchool(t), context.Background()
	other := New(s.Options)
	copies := []*Service{s.Service, other}
	errs := race(30, func(i int) error {
		_, _, err := copies[i%2].LogIn(ctx, "asha@example.com", otherPassword, false, Client{})
		if fault.Is(err, fault.Invalid) {
			return nil
		}
		return err
	})
	wantWinners(t, errs, int(accountFailures.Max), fault.TooMany)
	_, _, err := other.LogIn(ctx, "asha@example.com", otherPassword, false, Client{})
	wantFault(t, err, fault.TooMany)
}
