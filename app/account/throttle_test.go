package account

import (
	"context"
	"strings"
	"testing"
	"time"

	"lectern/app/fault"
	"lectern/app/lang"
)

func TestAllow_Windows(t *testing.T) {
	s, ctx := newSchool(t), context.Background()
	limit := Limit{Name: "test", Max: 3, Per: time.Minute}
	allowed := func(who string) bool {
		t.Helper()
		err := s.Allow(ctx, limit, who)
		if err != nil {
			wantFault(t, err, fault.TooMany)
		}
		return err == nil
	}
	for i, step := range []struct {
		pass time.Duration
		want bool
	}{
		{0, true}, {20 * time.Second, true}, {20 * time.Second, true}, // the window began with the first
		{0, false}, {19 * time.Second, false},
		{time.Second, true}, {0, true}, {0, true}, {0, false},
		{-30 * time.Second, true}, {0, true}, {0, true}, {0, false}, // the clock was set back: a window of its own
		{-365 * 24 * time.Hour, true}, {0, true}, {0, true}, {0, false},
		{59 * time.Second, false}, {time.Second, true},
		{365 * 24 * time.Hour, true},
	} {
		s.pass(step.pass)
		if got := allowed("203.0.113.7"); got != step.want {
			t.Fatalf("step %d: allowed %v, want %v", i, got, step.want)
		}
	}
	if !allowed("203.0.113.8") {
		t.Error("one client's tries count for another")
	}
	if err := s.Allow(ctx, Limit{Name: "other", Max: 1, Per: time.Minute}, "203.0.113.7"); err != nil {
		t.Error("limits share a bucket")
	}
}

func TestAllow_TellsHowLong(t *testing.T) {
	s, ctx := newSchool(t), context.Background()
	limit := Limit{Name: "test", Max: 1, Per: 15 * time.Minute}
	wantOK(t, s.Allow(ctx, limit, "x"))
	for _, c := range []struct {
		pass, after time.Duration
		text        string
	}{
		{0, 15 * time.Minute, "in 15 minutes."},
		{10*time.Minute + time.Second, 5*time.Minute - time.Second, "in 5 minutes."},
		{4*time.Minute + 58*time.Second + 999*time.Millisecond, time.Second, "in 1 second."},
	} {
		s.pass(c.pass)
		f := wantFault(t, s.Allow(ctx, limit, "x"), fault.TooMany)
		if text := lang.For("en").Text(f.Msg); f.After != c.after || !strings.HasSuffix(text, c.text) {
			t.Errorf("to wait for %v: %s", f.After, text)
		}
	}
}

func TestAllow_NetworksOfClients(t *testing.T) {
	s := newSchool(t)
	same := func(a, b string) bool { return s.bucket(Claims, a) == s.bucket(Claims, b) }
	for _, c := range []struct {
		a, b string
		want bool
	}{
		{"203.0.113.7", "203.0.113.8", false},
		{"203.0.113.7", "::ffff:203.0.113.7", true},
		{"2001:db8:1:2::1", "2001:db8:1:2:ffff::9", true},
		{"2001:db8:1:2::1", "2001:db8:1:3::1", false},
		{"fe80::1%eth0", "fe80::2%eth1", true},
		{"asha@example.com", "bala@example.com", false},
		{"", "", true},
	} {
		if same(c.a, c.b) != c.want {
			t.Errorf("%q and %q: the same is %v", c.a, c.b, !c.want)
		}
	}
}

func TestAllow_RaceAllowsExactlyTheLimit(t *testing.T) {
	s, ctx := newSchool(t), context.Background()
	errs := race(24, func(int) error { return s.Allow(ctx, Limit{Name: "test", Max: 10, Per: time.Minute}, "203.0.113.7") })
	wantWinners(t, errs, 10, fault.TooMany)
}

func TestAllow_KeepsNoAddress(t *testing.T) {
	s, ctx := newSchool(t), context.Background()
	wantOK(t, s.Allow(ctx, Claims, "203.0.113.7"))
	wantOK(t, s.failed(ctx, "asha@example.com", phone))
	if n := s.rows(`SELECT count(*) FROM throttle WHERE bucket LIKE '%203.0%' OR bucket LIKE '%asha%'`); n != 0 {
		t.Error("the table tells who tried")
	}
}
