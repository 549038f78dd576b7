package payment_test

import (
	"context"
	"database/sql"
	"fmt"
	"io"
	"log/slog"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"lectern/app/catalog"
	"lectern/app/db"
	"lectern/app/dbtest"
	"lectern/app/fault"
	"lectern/app/internship"
	"lectern/app/lang"
	"lectern/app/learning"
	"lectern/app/payment"
	"lectern/app/school"
	"lectern/app/search"
)

var ctx = context.Background()

// Example references: the first digit fits the year of the tests' clock.
const (
	ref1 = "612345678901"
	ref2 = "612345678902"
	ref3 = "612345678903"
)

const payee = "school@examplebank"

// world is a school with two students, an admin and three courses: python and web at ₹499, free at nothing.
type world struct {
	testing.TB
	d       *db.DB
	pay     *payment.Service
	school  *school.Service
	catalog *catalog.Service
	ms      atomic.Int64 // the clock

	asha, bala, chitra string // users.id; Chitra is the admin
	python, web        catalog.Course
}

// newWorld makes one for a test, which runs beside others from here on.
func newWorld(t testing.TB) *world {
	t.Helper()
	if t, ok := t.(*testing.T); ok {
		t.Parallel()
	}
	w := &world{TB: t, d: dbtest.New(t)}
	w.ms.Store(time.Date(2026, 11, 23, 14, 5, 0, 0, time.UTC).UnixMilli())
	w.school = school.New(school.Options{DB: w.d, Now: w.now, First: school.First{UPIIDs: []string{payee, "second@examplebank"}}})
	w.must(w.school.Seed(ctx))
	w.catalog = catalog.New(catalog.Options{DB: w.d, Now: w.now})
	w.pay = w.service(nil)
	w.asha = w.user("student", "Asha Rao", "asha@example.com", "+919876543210")
	w.bala = w.user("student", "Bala Subramanian", "bala@example.com", "")
	w.chitra = w.user("admin", "Chitra Kaul", "chitra@example.com", "")
	w.python = w.course("Programming with Python", "python", 49900)
	w.web = w.course("Web Foundations", "web", 49900)
	w.course("First Steps", "free", 0)
	return w
}

func (w *world) service(random io.Reader) *payment.Service {
	return payment.New(payment.Options{DB: w.d, School: w.school, Catalog: w.catalog, Now: w.now, Random: random, Places: w.places(),
		Learning: learning.New(learning.Options{DB: w.d, Now: w.now}), Log: slog.New(slog.DiscardHandler)})
}

func (w *world) places() *internship.Service {
	return internship.New(internship.Options{DB: w.d, School: w.school, Country: "IN", Now: w.now})
}

func (w *world) now() time.Time { return time.UnixMilli(w.ms.Load()).UTC() }

func (w *world) pass(d time.Duration) { w.ms.Add(d.Milliseconds()) }

func (w *world) must(err error) {
	w.Helper()
	if err != nil {
		w.Fatal(err)
	}
}

func (w *world) user(role, name, email, phone string) string {
	w.Helper()
	id := db.NewID()
	w.must(w.d.InTx(ctx, func(tx *sql.Tx) error {
		if err := db.Exec(ctx, tx, `INSERT INTO users (id, email, email_norm, name, phone, password_hash, role, created_at) VALUES ($1, $2, $2, $3, $4, '', $5, $6)`,
			id, email, name, phone, role, db.Millis(w.now())); err != nil {
			return err
		}
		return search.Put(ctx, tx, "student", id, name, email, phone)
	}))
	return id
}

func (w *world) course(title, slug string, price int64) catalog.Course {
	w.Helper()
	var c catalog.Course
	w.must(w.d.InTx(ctx, func(tx *sql.Tx) (err error) {
		c, err = w.catalog.Create(ctx, tx, "", catalog.Course{Title: title, Slug: slug, Level: "Foundational", Price: rupees(price / 100)}, nil)
		return err
	}))
	w.must(w.catalog.Publish(ctx, "", c.ID))
	return c
}

func rupees(n int64) lang.Money { return lang.Money{Amount: n * 100, Currency: "INR"} }

// enroll makes, or finds, an order.
func (w *world) enroll(user, slug string) payment.Order {
	w.Helper()
	r, err := w.pay.Enroll(ctx, user, slug)
	w.must(err)
	if r.Order == nil {
		w.Fatalf("enrolling led to no order: %+v", r)
	}
	return *r.Order
}

func (w *world) claim(o payment.Order, reference string) payment.Claim {
	w.Helper()
	c, err := w.pay.AddClaim(ctx, o.ID, payment.ClaimForm{Reference: reference, Payee: payee, By: o.UserID})
	w.must(err)
	return c
}

func (w *world) verify(c payment.Claim, amount int64) payment.Result {
	w.Helper()
	r, err := w.pay.Verify(ctx, w.chitra, c.ID, amount)
	w.must(err)
	return r
}

// paid makes an order that a claim with the reference has paid.
func (w *world) paid(user, slug, reference string) payment.Order {
	w.Helper()
	o := w.enroll(user, slug)
	return w.verify(w.claim(o, reference), o.Price.Amount).Order
}

// order reads an order anew.
func (w *world) order(o payment.Order) payment.Order {
	w.Helper()
	o, err := w.pay.OrderFor(ctx, o.UserID, o.Code)
	w.must(err)
	return o
}

func (w *world) money(o payment.Order) payment.Ledger {
	w.Helper()
	m, err := w.pay.Ledger(ctx, o)
	w.must(err)
	return m
}

// statusOf reads a claim's status and reason.
func (w *world) statusOf(c payment.Claim) (status, reason string) {
	w.Helper()
	w.must(w.d.Read().QueryRowContext(ctx, `SELECT status, reason FROM claims WHERE id = $1`, c.ID).Scan(&status, &reason))
	return status, reason
}

func (w *world) wantStatus(c payment.Claim, want string) {
	w.Helper()
	if got, _ := w.statusOf(c); got != want {
		w.Errorf("claim is %s, want %s", got, want)
	}
}

func (w *world) wantOrder(o payment.Order, status string, paid int64) {
	w.Helper()
	if got := w.order(o); got.Status != status || got.Paid.Amount != paid {
		w.Errorf("order is %s with %d paid, want %s with %d", got.Status, got.Paid.Amount, status, paid)
	}
}

func (w *world) wantOpen(user string, c catalog.Course, want bool) {
	w.Helper()
	got, err := learning.MayOpen(ctx, w.d.Read(), user, c.ID, w.now())
	w.must(err)
	if got != want {
		w.Errorf("may open %s: %v, want %v", c.Slug, got, want)
	}
}

// letters counts the letters of a kind.
func (w *world) letters(kind string) int {
	w.Helper()
	return w.count(`SELECT count(*) FROM outbox WHERE kind = $1`, kind)
}

func (w *world) wantLetters(kind string, want int) {
	w.Helper()
	if got := w.letters(kind); got != want {
		w.Errorf("%d letters %s, want %d", got, kind, want)
	}
}

// audits counts the audit rows of an action.
func (w *world) audits(action string) int {
	w.Helper()
	return w.count(`SELECT count(*) FROM audit WHERE action = $1`, action)
}

func (w *world) count(query string, args ...any) int {
	w.Helper()
	n, err := db.Value[int](ctx, w.d.Read(), query, args...)
	w.must(err)
	return n
}

func (w *world) exec(query string, args ...any) {
	w.Helper()
	w.must(w.d.InTx(ctx, func(tx *sql.Tx) error { return db.Exec(ctx, tx, query, args...) }))
}

// wantFault checks the kind of err and the key of its message, which for a form is that of the field.
func wantFault(t testing.TB, err error, kind fault.Kind, key string) {
	t.Helper()
	f, ok := err.(*fault.Fault)
	if !ok {
		t.Errorf("got %v, want a fault %s", err, key)
		return
	}
	keys := map[string]bool{f.Msg.Key: true}
	for _, m := range f.Fields {
		keys[m.Key] = true
	}
	if f.Kind != kind || !keys[key] {
		t.Errorf("got fault %d %v, want %d %s", f.Kind, keys, kind, key)
	}
}

// together runs fn n times at once and returns what each came to.
func together(n int, fn func(i int) error) []error {
	errs, start := make([]error, n), make(chan struct{})
	var wg sync.WaitGroup
	for i := range n {
		wg.Go(func() {
			<-start
			errs[i] = fn(i)
		})
	}
	close(start)
	wg.Wait()
	return errs
}

// wantOne checks that one of errs is nil and the others are conflicts.
func wantOne(t testing.TB, errs []error) {
	t.Helper()
	wins := 0
	for _, err := range errs {
		switch {
		case err == nil:
			wins++
		case !fault.Is(err, fault.Conflict):
			t.Errorf("a loser got %v, want a conflict", err)
		}
	}
	if wins != 1 {
		t.Errorf("%d of %d succeeded, want 1", wins, len(errs))
	}
}

func reference(i int) string { return fmt.Sprintf("6%011d", i) }
