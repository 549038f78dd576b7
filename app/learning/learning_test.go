package learning_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"lectern/app/audit"
	"lectern/app/catalog"
	"lectern/app/db"
	"lectern/app/dbtest"
	"lectern/app/lang"
	"lectern/app/learning"
	"lectern/app/school"
)

var (
	ctx = context.Background()
	now = time.Date(2026, 11, 23, 14, 5, 0, 0, time.UTC)
)

// fixture is a school with asha and bala, who learn, chitra, who is the admin, and a few courses.
type fixture struct {
	*testing.T
	db       *db.DB
	learning *learning.Service
	catalog  *catalog.Service
	python   catalog.Course // ₹499
	free     catalog.Course
	draft    catalog.Course
	archived catalog.Course
}

func open(t *testing.T) *fixture {
	t.Helper()
	clock := func() time.Time { return now }
	f := &fixture{T: t, db: dbtest.New(t)}
	f.learning = learning.New(learning.Options{DB: f.db, Now: clock})
	f.catalog = catalog.New(catalog.Options{DB: f.db, Now: clock})
	f.python = f.course("Python", catalog.Published, 49900)
	f.free = f.course("Free", catalog.Published, 0)
	f.draft = f.course("Draft", catalog.Draft, 0)
	f.archived = f.course("Archived", catalog.Archived, 0)
	f.user("asha", "student")
	f.user("bala", "student")
	f.user("chitra", "admin")
	return f
}

func (f *fixture) tx(fn func(tx *sql.Tx) error) {
	f.Helper()
	if err := f.db.InTx(ctx, fn); err != nil {
		f.Fatal(err)
	}
}

func (f *fixture) course(title, status string, price int64) (c catalog.Course) {
	f.Helper()
	f.tx(func(tx *sql.Tx) (err error) {
		c, err = f.catalog.Create(ctx, tx, "", catalog.Course{Title: title, Level: "Foundational", Status: status,
			Price: lang.Money{Amount: price, Currency: "INR"}}, nil)
		return err
	})
	return c
}

func (f *fixture) user(id, role string) {
	f.Helper()
	f.tx(func(tx *sql.Tx) error {
		return db.Exec(ctx, tx, `INSERT INTO users (id, email, email_norm, name, password_hash, role, created_at)
			VALUES ($1, $2, $2, $1, 'x', $3, 1)`, id, id+"@example.com", role)
	})
}

// order puts an order for the course into the database, as package payment would.
func (f *fixture) order(id, user string, c catalog.Course) string {
	f.Helper()
	f.tx(func(tx *sql.Tx) error {
		return db.Exec(ctx, tx, `INSERT INTO orders (id, code, pay_token, user_id, item_kind, item_id, title, price, currency, paid, status, created_at, expires_at, paid_at)
			VALUES ($1, $2, $1, $3, 'course', $4, 'x', 100, 'INR', 100, 'paid', 1, 1, 1)`, id, "LN-"+id, user, c.ID)
	})
	return id
}

func (f *fixture) grant(in learning.GrantInput) (created bool) {
	f.Helper()
	in.At = now
	f.tx(func(tx *sql.Tx) (err error) {
		created, err = learning.Grant(ctx, tx, in)
		return err
	})
	return created
}

func (f *fixture) wantOpen(user string, c catalog.Course, want bool) {
	f.Helper()
	if got, err := f.learning.MayOpen(ctx, user, c.ID); err != nil || got != want {
		f.Errorf("%s may open %s: got %v, %v, want %v", user, c.Title, got, err, want)
	}
}

func (f *fixture) count(query string, args ...any) int {
	f.Helper()
	n, err := db.Value[int](ctx, f.db.Read(), query, args...)
	if err != nil {
		f.Fatal(err)
	}
	return n
}

func (f *fixture) epoch() int64 {
	f.Helper()
	n, err := school.New(school.Options{DB: f.db}).Epoch(ctx)
	if err != nil {
		f.Fatal(err)
	}
	return n
}

func (f *fixture) actions() (all []string) {
	f.Helper()
	entries, err := audit.List(ctx, f.db.Read(), audit.Query{Kind: "grant", Limit: 100})
	if err != nil {
		f.Fatal(err)
	}
	for _, e := range entries {
		all = append(all, strings.TrimSuffix(e.Action+" "+e.Actor, " "))
	}
	slices.Reverse(all)
	return all
}

// atOnce runs fn in 24 goroutines.
func atOnce(t *testing.T, fn func(i int) error) {
	t.Helper()
	var wg sync.WaitGroup
	begin := make(chan struct{})
	for i := range 24 {
		wg.Go(func() {
			<-begin
			if err := fn(i); err != nil {
				t.Error(err)
			}
		})
	}
	close(begin)
	wg.Wait()
}

func TestGrant_OpensTheCourseOnceForAnOrder(t *testing.T) {
	f := open(t)
	in := learning.GrantInput{UserID: "asha", CourseID: f.python.ID, Source: learning.ByOrder, OrderID: f.order("o1", "asha", f.python), By: "chitra"}
	f.wantOpen("asha", f.python, false)
	before := f.epoch()
	if !f.grant(in) {
		t.Fatal("nothing was granted")
	}
	f.wantOpen("asha", f.python, true)
	f.wantOpen("bala", f.python, false)
	f.wantOpen("asha", f.free, false)
	if f.epoch() == before {
		t.Error("the epoch stayed")
	}
	before = f.epoch()
	if f.grant(in) {
		t.Error("the same order granted twice")
	}
	if got := f.actions(); !slices.Equal(got, []string{"grant.create chitra"}) || f.epoch() != before {
		t.Errorf("granting again left a trace: %q", got)
	}
	if n := f.count(`SELECT count(*) FROM outbox`); n != 0 {
		t.Errorf("%d letters: an order's is payment's to write", n)
	}
}

func TestGrant_SameOrderManyTimesAtOnce(t *testing.T) {
	f := open(t)
	order := f.order("o1", "asha", f.python)
	var made atomic.Int32
	atOnce(t, func(int) error {
		created := false
		err := f.db.InTx(ctx, func(tx *sql.Tx) (err error) {
			created, err = learning.Grant(ctx, tx, learning.GrantInput{UserID: "asha", CourseID: f.python.ID, Source: learning.ByOrder, OrderID: order, At: now})
			return err
		})
		if created {
			made.Add(1)
		}
		return err
	})
	if n := f.count(`SELECT count(*) FROM grants`); made.Load() != 1 || n != 1 {
		t.Errorf("got %d told that they made it, %d grants, want one", made.Load(), n)
	}
	if n := f.count(`SELECT count(*) FROM enrollments`); n != 1 {
		t.Errorf("got %d enrollments, want one", n)
	}
}

func TestGrant_DifferentReasonsAtOnceMakeOneEnrollment(t *testing.T) {
	f := open(t)
	orders := make([]string, 24)
	for i := range orders {
		orders[i] = f.order(fmt.Sprintf("o%02d", i), "asha", f.python)
	}
	atOnce(t, func(i int) error {
		return f.db.InTx(ctx, func(tx *sql.Tx) error {
			created, err := learning.Grant(ctx, tx, learning.GrantInput{UserID: "asha", CourseID: f.python.ID, Source: learning.ByOrder, OrderID: orders[i], At: now})
			if err == nil && !created {
				return errors.New("an order of its own granted nothing")
			}
			return err
		})
	})
	if g, e := f.count(`SELECT count(*) FROM grants`), f.count(`SELECT count(*) FROM enrollments`); g != 24 || e != 1 {
		t.Errorf("got %d grants and %d enrollments, want 24 and one", g, e)
	}
}

func TestStats_CountsStudentsHoweverTheyCome(t *testing.T) {
	f := open(t)
	if got, err := f.learning.Stats(ctx); err != nil || got.Students != 0 {
		t.Errorf("empty: got %+v, %v", got, err)
	}
	var courses []catalog.Course
	for i := range 4 {
		courses = append(courses, f.course(fmt.Sprint("Course ", i), catalog.Published, 0))
	}
	for i := range 6 {
		f.user(fmt.Sprint("student", i), "student")
	}
	atOnce(t, func(i int) error { // each of six students joins four courses, all at the same time
		_, err := f.learning.EnrollFree(ctx, fmt.Sprint("student", i%6), courses[i/6])
		return err
	})
	if n := f.count(`SELECT count(*) FROM enrollments`); n != 24 {
		t.Fatalf("got %d enrollments, want 24", n)
	}
	if got, err := f.learning.Stats(ctx); err != nil || got.Students != 6 || f.count(`SELECT count(DISTINCT user_id) FROM enrollments`) != 6 {
		t.Errorf("got %+v, %v, want 6 students", got, err)
	}
}
