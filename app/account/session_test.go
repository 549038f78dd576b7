package account

import (
	"context"
	"database/sql"
	"strings"
	"testing"
	"time"

	"lectern/app/db"
	"lectern/app/fault"
)

func (s *school) logIn(name string, remember bool) (token string) {
	s.t.Helper()
	_, token, err := s.LogIn(context.Background(), name+"@example.com", ashaPassword, remember, phone)
	wantOK(s.t, err)
	return token
}

func TestSession_Lifetimes(t *testing.T) {
	const day = 24 * time.Hour
	for name, c := range map[string]struct {
		remember bool
		visits   []time.Duration // pauses, each ended by a request
		over     bool            // at the last one
	}{
		"a day's work":               {false, []time.Duration{6 * time.Hour, 6 * time.Hour, 6 * time.Hour, 6*time.Hour - time.Second}, false},
		"half a day of silence":      {false, []time.Duration{12 * time.Hour}, true},
		"busy beyond a day":          {false, []time.Duration{8 * time.Hour, 8 * time.Hour, 8 * time.Hour}, true},
		"remembered for weeks":       {true, []time.Duration{29 * day, 29 * day, 29 * day}, false},
		"remembered, then forgotten": {true, []time.Duration{30 * day}, true},
		"remembered for a quarter":   {true, []time.Duration{29 * day, 29 * day, 29 * day, 3 * day}, true},
		"a clock that goes back":     {false, []time.Duration{-time.Hour}, false},
	} {
		t.Run(name, func(t *testing.T) {
			s := newSchool(t)
			s.register("asha")
			token := s.logIn("asha", c.remember)
			var err error
			for i, pause := range c.visits {
				s.pass(pause)
				if _, _, err = s.Session(context.Background(), token); err != nil && i < len(c.visits)-1 {
					t.Fatalf("over after visit %d: %v", i, err)
				}
				s.Wait()
			}
			if c.over {
				wantFault(t, err, fault.NotFound)
			} else {
				wantOK(t, err)
			}
		})
	}
}

func TestSession_UnknownTokens(t *testing.T) {
	s := newSchool(t)
	_, token := s.register("asha")
	for _, wrong := range []string{"", "x", token + "x", token[1:], strings.ToUpper(token), hashed(token)} {
		_, _, err := s.Session(context.Background(), wrong)
		wantFault(t, err, fault.NotFound)
	}
}

func TestSession_LastSeen(t *testing.T) {
	s, start := newSchool(t), time.Time{}
	_, token := s.register("asha")
	start = s.Now()
	s.pass(5*time.Minute - time.Second)
	s.signedIn(token)
	s.Wait()
	if seen := s.signedIn(token).LastSeen; !seen.Equal(start) {
		t.Errorf("touched after %v", seen.Sub(start))
	}
	s.pass(time.Second)
	s.signedIn(token)
	s.Wait()
	if seen := s.signedIn(token).LastSeen; !seen.Equal(s.Now()) {
		t.Errorf("last seen %v ago", s.Now().Sub(seen))
	}
}

// A request that began before the logout and touches the session after it must not bring it back.
func TestSession_EndedStaysEnded(t *testing.T) {
	s, ctx := newSchool(t), context.Background()
	asha, token := s.register("asha")
	session := s.signedIn(token)
	wantOK(t, s.LogOut(ctx, session.ID))
	s.pass(time.Hour)
	wantOK(t, s.DB.InTx(ctx, func(tx *sql.Tx) error {
		wantOK(t, touchSession(ctx, tx, session.ID, s.Now()))
		if ok, err := renewSession(ctx, tx, asha.ID, session.ID, hashed("another"), s.Now()); ok || err != nil {
			t.Errorf("an ended session was renewed: %v, %v", ok, err)
		}
		return nil
	}))
	for _, cookie := range []string{token, "another"} {
		_, _, err := s.Session(ctx, cookie)
		wantFault(t, err, fault.NotFound)
	}
	if n := s.rows(`SELECT count(*) FROM sessions WHERE last_seen_at <> created_at`); n != 0 {
		t.Error("an ended session was touched")
	}
}

func TestSession_EndedWhileRequestsRun(t *testing.T) {
	s, ctx := newSchool(t), context.Background()
	_, token := s.register("asha")
	session := s.signedIn(token)
	s.pass(6 * time.Minute)
	race(24, func(i int) error {
		if i == 12 {
			return s.LogOut(ctx, session.ID)
		}
		_, _, err := s.Session(ctx, token)
		return err
	})
	s.Wait()
	_, _, err := s.Session(ctx, token)
	wantFault(t, err, fault.NotFound)
}

func TestSession_RoleIsReadEachTime(t *testing.T) {
	s, ctx := newSchool(t), context.Background()
	asha, token := s.register("asha")
	for _, role := range []string{"admin", "student"} {
		wantOK(t, s.DB.InTx(ctx, func(tx *sql.Tx) error {
			return db.Exec(ctx, tx, `UPDATE users SET role = $1 WHERE id = $2`, role, asha.ID)
		}))
		_, u, err := s.Session(ctx, token)
		if err != nil || u.Role != role || u.Admin() != (role == "admin") {
			t.Errorf("%+v, %v: want the role %s", u, err, role)
		}
	}
}

func TestSession_DeactivationIsEffectiveAtOnce(t *testing.T) {
	s, ctx := newSchool(t), context.Background()
	asha, token := s.register("asha")
	chitra := s.admin("chitra")
	wantOK(t, s.Deactivate(ctx, chitra.ID, asha.ID))
	_, _, err := s.Session(ctx, token)
	wantFault(t, err, fault.NotFound)
	wantOK(t, s.Activate(ctx, chitra.ID, asha.ID))
	_, _, err = s.Session(ctx, token)
	wantFault(t, err, fault.NotFound) // sessions don't come back with the account
	s.logIn("asha", false)
}

func TestSessions_ListedAndEndedByTheirOwner(t *testing.T) {
	s, ctx := newSchool(t), context.Background()
	asha, first := s.register("asha")
	bala, balas := s.register("bala")
	s.pass(time.Second)
	second := s.logIn("asha", true)
	s.pass(time.Second)
	third := s.logIn("asha", false)

	list, err := s.Sessions(ctx, asha.ID)
	wantOK(t, err)
	if len(list) != 3 || list[0].ID != s.signedIn(third).ID || list[2].ID != s.signedIn(first).ID {
		t.Fatalf("listed %+v", list)
	}
	wantFault(t, s.EndSession(ctx, bala.ID, list[2].ID), fault.NotFound)
	s.signedIn(first)
	wantOK(t, s.EndSession(ctx, asha.ID, list[2].ID))
	wantOK(t, s.EndSession(ctx, asha.ID, list[2].ID)) // a double click
	_, _, err = s.Session(ctx, first)
	wantFault(t, err, fault.NotFound)

	wantOK(t, s.EndOthers(ctx, asha.ID, list[1].ID))
	s.signedIn(second)
	s.signedIn(balas)
	_, _, err = s.Session(ctx, third)
	wantFault(t, err, fault.NotFound)

	wantOK(t, s.LogOut(ctx, list[1].ID))
	wantOK(t, s.LogOut(ctx, list[1].ID))
	if list, err = s.Sessions(ctx, asha.ID); len(list) != 0 || err != nil {
		t.Errorf("still listed: %+v, %v", list, err)
	}
	if n := s.audited("account.logout", asha.ID); n != 1 {
		t.Errorf("%d logouts recorded", n)
	}
}

func TestSessions_IdleOnesAreNotListed(t *testing.T) {
	s, ctx := newSchool(t), context.Background()
	asha, token := s.register("asha")
	wantOK(t, s.LogOut(ctx, s.signedIn(token).ID))
	s.logIn("asha", false)
	s.pass(12 * time.Hour)
	if list, err := s.Sessions(ctx, asha.ID); len(list) != 0 || err != nil {
		t.Errorf("listed %+v, %v", list, err)
	}
}

func TestClient_Agent(t *testing.T) {
	long := strings.Repeat("न", 200)
	for agent, want := range map[string]string{"Mozilla/5.0": "Mozilla/5.0", "a\x00b\nc\xff": "abc", long: long[:198]} {
		if got := (Client{Agent: agent}).agent(); got != want {
			t.Errorf("%q is kept as %q", agent, got)
		}
	}
}
