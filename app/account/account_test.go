package account

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"lectern/app/db"
	"lectern/app/dbtest"
	"lectern/app/fault"
)

const (
	ashaPassword  = "lotus river candle"
	otherPassword = "saffron bridge owl"
	adminPassword = "walnut shikara lantern"
)

var phone = Client{IP: "203.0.113.7", Agent: "Mozilla/5.0 (Linux; Android 14)"}

// school is a service on a database of its own, with a clock that only the test moves.
type school struct {
	*Service
	t   testing.TB
	now atomic.Int64 // milliseconds
}

func newSchool(t *testing.T) *school {
	t.Helper()
	t.Parallel()
	s := &school{t: t}
	s.now.Store(time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC).UnixMilli())
	s.Service = New(Options{
		DB: dbtest.New(t), Hasher: NewHasher(HasherOptions{Queue: 500}), Now: func() time.Time { return db.Time(s.now.Load()) },
		Secret: []byte("a key for tests, 32 characters or more"), BaseURL: "https://school.example.com", Country: "IN",
	})
	t.Cleanup(s.Wait)
	return s
}

func (s *school) pass(d time.Duration) { s.now.Add(d.Milliseconds()) }

// register makes the account of NAME@example.com with ashaPassword.
func (s *school) register(name string) (User, string) {
	s.t.Helper()
	u, token, err := s.Register(context.Background(), RegisterForm{Name: name, Email: name + "@example.com", Password: ashaPassword}, phone)
	if err != nil {
		s.t.Fatal(err)
	}
	return u, token
}

// admin makes an admin NAME@example.com with adminPassword.
func (s *school) admin(name string) User {
	s.t.Helper()
	if err := s.CreateAdmin(context.Background(), name+"@example.com", name, adminPassword); err != nil {
		s.t.Fatal(err)
	}
	c, err := credentialsByEmail(context.Background(), s.DB.Read(), strings.ToLower(name)+"@example.com")
	if err != nil {
		s.t.Fatal(err)
	}
	return c.User
}

// signedIn is the session behind a token.
func (s *school) signedIn(token string) Session {
	s.t.Helper()
	session, _, err := s.Session(context.Background(), token)
	if err != nil {
		s.t.Fatal(err)
	}
	return session
}

// mailed returns the path of the link that the letter with that seed would carry to u.
func (s *school) mailed(kind string, u User, seed string) (token string) {
	s.t.Helper()
	url, err := s.Link(context.Background(), kind, u.ID, u.Email, seed)
	if err != nil {
		s.t.Fatal(err)
	}
	return url[strings.LastIndexAny(url, "/=")+1:]
}

func (s *school) rows(query string, args ...any) int {
	s.t.Helper()
	n, err := db.Value[int](context.Background(), s.DB.Read(), query, args...)
	if err != nil {
		s.t.Fatal(err)
	}
	return n
}

// letters counts what was queued for a user.
func (s *school) letters(kind, userID string) int {
	s.t.Helper()
	return s.rows(`SELECT count(*) FROM outbox WHERE kind = $1 AND user_id = $2`, kind, userID)
}

func (s *school) audited(action, subject string) int {
	s.t.Helper()
	return s.rows(`SELECT count(*) FROM audit WHERE action = $1 AND subject = $2`, action, subject)
}

func wantFault(t testing.TB, err error, k fault.Kind) *fault.Fault {
	t.Helper()
	var f *fault.Fault
	if !errors.As(err, &f) || f.Kind != k {
		t.Fatalf("got %v, want a fault of kind %d", err, k)
	}
	return f
}

func wantField(t testing.TB, err error, field, key string) {
	t.Helper()
	if got := wantFault(t, err, fault.Invalid).Fields[field].Key; got != key {
		t.Fatalf("field %s: got %q, want %q", field, got, key)
	}
}

func wantOK(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// sameAnswer fails unless both errors tell a person exactly the same.
func sameAnswer(t testing.TB, a, b error) {
	t.Helper()
	if !reflect.DeepEqual(a, b) {
		t.Fatalf("answers differ: %s and %s", spell(a), spell(b))
	}
}

func spell(err error) string {
	var f *fault.Fault
	if errors.As(err, &f) {
		return fmt.Sprintf("%+v", *f)
	}
	return fmt.Sprint(err)
}

// race runs f n times at once and returns what each said. Who is told that too many passwords are being checked comes again,
// as a person would: on a slow machine a crowd takes longer than one waits.
func race(n int, f func(i int) error) []error {
	errs := make([]error, n)
	var start, done sync.WaitGroup
	start.Add(1)
	for i := range n {
		done.Go(func() {
			start.Wait()
			for range 20 {
				if errs[i] = f(i); !isBusy(errs[i]) {
					break
				}
			}
		})
	}
	start.Done()
	done.Wait()
	return errs
}

func isBusy(err error) bool {
	var f *fault.Fault
	return errors.As(err, &f) && f.Msg.Key == "account.password.busy"
}

// wantWinners fails unless n of errs are nil and the rest are faults of kind k.
func wantWinners(t testing.TB, errs []error, n int, k fault.Kind) {
	t.Helper()
	won := 0
	for _, err := range errs {
		switch {
		case err == nil:
			won++
		case !fault.Is(err, k):
			t.Errorf("a loser was told %v", err)
		}
	}
	if won != n {
		t.Errorf("%d of %d won, want %d", won, len(errs), n)
	}
}
