package account

import (
	"context"
	"database/sql"
	"os"
	"testing"

	"lectern/app/fault"
)

// Requests that are slow, and so write to their session when it was ended meanwhile, bring none back: neither the touch of
// its last use nor a new token. Libraries that write the whole session at the end of a request do.
func TestSession_SlowRequestsReviveNone(t *testing.T) {
	s, ctx := newSchool(t), context.Background()
	chitra := s.admin("chitra")
	asha, _ := s.register("asha")
	tries := 60
	if os.Getenv("LECTERN_TEST_LONG") != "" {
		tries = 1000
	}
	ends := []func(id string) error{
		func(id string) error { return s.LogOut(ctx, id) },
		func(id string) error { return s.EndSession(ctx, asha.ID, id) },
		func(string) error { return s.EndOthers(ctx, asha.ID, "") },
		func(string) error { return s.Deactivate(ctx, chitra.ID, asha.ID) },
	}
	renewed := 0
	for i := range tries {
		var token string
		wantOK(t, s.DB.InTx(ctx, func(tx *sql.Tx) (err error) {
			token, err = s.begin(ctx, tx, asha.ID, i%2 == 0, phone, "account.login", "")
			return err
		}))
		session := s.signedIn(token)
		s.pass(2 * touchEvery)
		var next string
		errs := race(6, func(n int) error {
			switch n {
			case 0:
				return ends[i%len(ends)](session.ID)
			case 1:
				return s.DB.InTx(ctx, func(tx *sql.Tx) (err error) {
					next, err = s.renew(ctx, tx, asha.ID, session.ID)
					return err
				})
			}
			_, _, err := s.Session(ctx, token)
			return err
		})
		s.Wait()
		wantOK(t, errs[0])
		if errs[1] == nil {
			renewed++
		}
		if i%len(ends) == 3 {
			wantOK(t, s.Activate(ctx, chitra.ID, asha.ID))
		}
		for _, dead := range []string{token, next} {
			if _, _, err := s.Session(ctx, dead); !fault.Is(err, fault.NotFound) {
				t.Fatalf("try %d: an ended session lives: %v", i, err)
			}
		}
	}
	t.Logf("%d tries, in %d of them the request came before the end", tries, renewed)
	if live, err := s.Sessions(ctx, asha.ID); err != nil || len(live) != 0 && live[0].UserID != asha.ID {
		t.Errorf("%v, %v", live, err)
	}
}
