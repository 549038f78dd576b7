package students_test

import (
	"database/sql"
	"fmt"
	"log/slog"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"lectern/app/account"
	"lectern/app/catalog"
	"lectern/app/db"
	"lectern/app/dbtest"
	"lectern/app/fault"
	"lectern/app/jobs"
	"lectern/app/lang"
	"lectern/app/learning"
	"lectern/app/students"
)

// world is a school with a course, an admin and no student.
type world struct {
	*testing.T
	*students.Service
	db     *db.DB
	jobs   *jobs.Runner
	python catalog.Course
	now    atomic.Int64
}

func newWorld(t *testing.T) *world {
	t.Helper()
	t.Parallel()
	w := &world{T: t, db: dbtest.New(t)}
	w.now.Store(time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC).UnixMilli())
	accounts := account.New(account.Options{DB: w.db, Hasher: account.NewHasher(account.HasherOptions{}), Now: w.Now, Secret: []byte("a test's own secret"), BaseURL: "http://school.test", Country: "IN"})
	w.Service = students.New(students.Options{DB: w.db, Accounts: accounts, Learning: learning.New(learning.Options{DB: w.db, Now: w.Now}), Now: w.Now})
	w.jobs = jobs.NewRunner(jobs.RunnerOptions{DB: w.db, Kinds: w.Kinds(), Now: w.Now, Log: slog.New(slog.DiscardHandler)})
	w.tx(func(tx *sql.Tx) error {
		return db.Exec(t.Context(), tx, `INSERT INTO users (id, email, email_norm, name, password_hash, role, created_at) VALUES ('chitra', 'chitra@example.com', 'chitra@example.com', 'Chitra', '', 'admin', 1)`)
	})
	courses := catalog.New(catalog.Options{DB: w.db, Now: w.Now, Currency: "INR"})
	w.tx(func(tx *sql.Tx) (err error) {
		w.python, err = courses.Create(t.Context(), tx, "chitra", catalog.Course{Title: "Programming with Python", Level: catalog.Levels[0], Price: lang.Money{Amount: 49900, Currency: "INR"}}, nil)
		return err
	})
	w.ok(courses.Publish(t.Context(), "chitra", w.python.ID))
	return w
}

func (w *world) Now() time.Time { return db.Time(w.now.Load()) }

func (w *world) tx(fn func(tx *sql.Tx) error) {
	w.Helper()
	w.ok(w.db.InTx(w.Context(), fn))
}

func (w *world) ok(err error) {
	w.Helper()
	if err != nil {
		w.Fatal(err)
	}
}

func (w *world) count(query string, args ...any) int {
	w.Helper()
	n, err := db.Value[int](w.Context(), w.db.Read(), query, args...)
	w.ok(err)
	return n
}

// student is an account with that name, at example.com.
func (w *world) student(name string) account.User {
	w.Helper()
	var r account.ImportResult
	w.tx(func(tx *sql.Tx) (err error) {
		r, err = w.Accounts.Import(w.Context(), tx, "chitra", account.Imported{Name: name, Email: strings.ToLower(name) + "@example.com"})
		return err
	})
	return r.User
}

// read uploads a table and gives its draft the options that change makes.
func (w *world) read(table string, change func(*students.ImportOptions)) jobs.Job {
	w.Helper()
	id, err := w.Upload(w.Context(), "chitra", "list.csv", []byte(table))
	w.ok(err)
	j, err := jobs.Get(w.Context(), w.db.Read(), id)
	w.ok(err)
	if change != nil {
		var o students.ImportOptions
		w.ok(j.Read(&o))
		change(&o)
		w.ok(w.Prepare(w.Context(), id, o))
		j, err = jobs.Get(w.Context(), w.db.Read(), id)
		w.ok(err)
	}
	return j
}

// run imports a draft and returns what became of its rows.
func (w *world) run(id string) []string {
	w.Helper()
	w.ok(w.StartImport(w.Context(), "chitra", id))
	return w.results(id)
}

func (w *world) results(id string) (all []string) {
	w.Helper()
	w.ok(w.jobs.RunDue(w.Context()))
	items, err := jobs.Items(w.Context(), w.db.Read(), id, jobs.Query{Limit: 100})
	w.ok(err)
	for _, it := range items {
		all = append(all, fmt.Sprint(it.Position, " ", it.State, " ", it.Outcome.Key))
	}
	return all
}

func (w *world) wantFault(err error, kind fault.Kind) {
	w.Helper()
	if !fault.Is(err, kind) {
		w.Errorf("got %v, want a fault of kind %d", err, kind)
	}
}
