package internship_test

import (
	"context"
	"database/sql"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"lectern/app/db"
	"lectern/app/dbtest"
	"lectern/app/internship"
	"lectern/app/lang"
	"lectern/app/school"
)

var ctx = context.Background()

// world is a school with an admin, its internships and who applies.
type world struct {
	*testing.T
	d      *db.DB
	in     *internship.Service
	ms     atomic.Int64
	chitra string
}

func newWorld(t *testing.T) *world {
	t.Helper()
	t.Parallel()
	w := &world{T: t, d: dbtest.New(t), chitra: db.NewID()}
	w.ms.Store(time.Date(2026, 11, 23, 14, 5, 0, 0, time.UTC).UnixMilli())
	now := func() time.Time { return db.Time(w.ms.Load()) }
	s := school.New(school.Options{DB: w.d, Now: now, First: school.First{TimeZone: "Asia/Kolkata"}})
	w.must(s.Seed(ctx))
	w.in = internship.New(internship.Options{DB: w.d, School: s, Country: "IN", Now: now})
	w.user(w.chitra, "Chitra", "admin")
	return w
}

func (w *world) user(id, name, role string) {
	w.Helper()
	w.must(w.d.InTx(ctx, func(tx *sql.Tx) error {
		return db.Exec(ctx, tx, `INSERT INTO users (id, email, email_norm, name, password_hash, role, created_at) VALUES ($1, $2, $2, $3, '', $4, 1)`,
			id, strings.ToLower(name)+"@example.com", name, role)
	}))
}

func (w *world) must(err error) {
	w.Helper()
	if err != nil {
		w.Fatal(err)
	}
}

func (w *world) count(query string, args ...any) int {
	w.Helper()
	n, err := db.Value[int](ctx, w.d.Read(), query, args...)
	w.must(err)
	return n
}

func (w *world) later(d time.Duration) { w.ms.Add(d.Milliseconds()) }

// post adds a published internship.
func (w *world) post(title string, change func(*internship.Post)) internship.Post {
	w.Helper()
	p := internship.Post{Title: title}
	if change != nil {
		change(&p)
	}
	p, err := w.in.Create(ctx, w.chitra, p)
	w.must(err)
	w.must(w.in.Move(ctx, w.chitra, p.ID, internship.Draft, internship.Published))
	return p
}

func form(name string) internship.ApplyForm {
	return internship.ApplyForm{Name: name, Email: strings.ToLower(name) + "@example.com", Phone: "98765 43210", CoverLetter: "I can write."}
}

// apply sends somebody's application and returns its id.
func (w *world) apply(p internship.Post, name string) string {
	w.Helper()
	_, err := w.in.Apply(ctx, p.Slug, form(name))
	w.must(err)
	id, err := db.Value[string](ctx, w.d.Read(), `SELECT id FROM applications WHERE internship_id = $1 AND email_norm = $2`, p.ID, strings.ToLower(name)+"@example.com")
	w.must(err)
	return id
}

func (w *world) money(amount int64) lang.Money { return lang.Money{Amount: amount, Currency: "INR"} }

func together(n int, do func(i int) error) []error {
	var wg sync.WaitGroup
	errs := make([]error, n)
	for i := range n {
		wg.Go(func() { errs[i] = do(i) })
	}
	wg.Wait()
	return errs
}
