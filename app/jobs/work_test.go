package jobs_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"lectern/app/db"
	"lectern/app/dbtest"
	"lectern/app/fault"
	"lectern/app/jobs"
	"lectern/app/lang"
)

// shop is a database with a runner whose one kind of work writes each item's cell down.
type shop struct {
	*testing.T
	db    *db.DB
	now   atomic.Int64
	fail  func(it jobs.Item) error // nil: nothing fails
	gave  atomic.Int32
	chunk int
	made  int // items of all jobs
}

func newShop(t *testing.T) *shop {
	t.Helper()
	t.Parallel()
	s := &shop{T: t, db: dbtest.New(t), chunk: 10}
	s.now.Store(time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC).UnixMilli())
	s.exec(`INSERT INTO users (id, email, email_norm, name, password_hash, created_at) VALUES ('chitra', 'c', 'c', 'Chitra', '', 1)`)
	s.exec(`CREATE TABLE written (cell TEXT NOT NULL)`)
	return s
}

func (s *shop) exec(query string, args ...any) {
	s.Helper()
	s.ok(s.db.InTx(s.Context(), func(tx *sql.Tx) error { return db.Exec(s.Context(), tx, query, args...) }))
}

func (s *shop) ok(err error) {
	s.Helper()
	if err != nil {
		s.Fatal(err)
	}
}

func (s *shop) Now() time.Time { return db.Time(s.now.Load()) }

func (s *shop) move(d time.Duration) { s.now.Add(d.Milliseconds()) }

func (s *shop) runner() *jobs.Runner {
	do := func(ctx context.Context, tx *sql.Tx, j jobs.Job, it jobs.Item) (jobs.Result, error) {
		if s.fail != nil {
			if err := s.fail(it); err != nil {
				return jobs.Result{}, err
			}
		}
		err := db.Exec(ctx, tx, `INSERT INTO written (cell) VALUES ($1)`, it.Cell(0))
		return jobs.Result{State: jobs.Did, Outcome: lang.M("done", "n", 3, "name", "x"), Subject: "s" + it.Cell(0)}, err
	}
	return jobs.NewRunner(jobs.RunnerOptions{DB: s.db, Kinds: map[string]jobs.Kind{"write": {Chunk: s.chunk, Do: do}}, Now: s.Now, Log: slog.New(slog.DiscardHandler),
		GaveUp: func(context.Context, *sql.Tx, jobs.Job) error { s.gave.Add(1); return nil }})
}

// started is a job of n items that somebody said go to.
func (s *shop) started(n int) (id string) {
	s.Helper()
	p := jobs.Plan{Kind: "write", Params: map[string]int{"a": 1}, Columns: []string{"cell"}, By: "chitra"}
	for i := range n {
		p.Items = append(p.Items, jobs.Item{Cells: []string{fmt.Sprint(s.made + i)}})
	}
	s.made += n
	s.ok(s.db.InTx(s.Context(), func(tx *sql.Tx) (err error) {
		if id, err = jobs.Create(s.Context(), tx, s.Now(), p); err != nil {
			return err
		}
		return jobs.Start(s.Context(), tx, id, "chitra", s.Now())
	}))
	return id
}

// want checks how a job stands.
func (s *shop) want(id, status string, c jobs.Counts) {
	s.Helper()
	j, err := jobs.Get(s.Context(), s.db.Read(), id)
	s.ok(err)
	got, err := jobs.Count(s.Context(), s.db.Read(), id)
	s.ok(err)
	if j.Status != status || got != c {
		s.Errorf("%s, %+v, want %s, %+v", j.Status, got, status, c)
	}
}

// written counts what was written, and fails if anything was written twice.
func (s *shop) written() int {
	s.Helper()
	cells, err := db.All(s.Context(), s.db.Read(), func(row db.Scanner) (c string, err error) { return c, row.Scan(&c) }, `SELECT cell FROM written ORDER BY cell`)
	s.ok(err)
	if once := slices.Compact(slices.Clone(cells)); len(once) != len(cells) {
		s.Errorf("%d of %d were written more than once", len(cells)-len(once), len(cells))
	}
	return len(cells)
}

func TestRunner_ManyAtOnceDoEachItemOnce(t *testing.T) {
	s := newShop(t)
	first, second := s.started(95), s.started(40)
	var all sync.WaitGroup
	for range 6 {
		all.Go(func() {
			if err := s.runner().RunDue(t.Context()); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	s.ok(s.runner().RunDue(t.Context()))
	s.want(first, jobs.Done, jobs.Counts{Done: 95})
	s.want(second, jobs.Done, jobs.Counts{Done: 40})
	if n := s.written(); n != 135 {
		t.Errorf("%d written", n)
	}
	items, err := jobs.Items(t.Context(), s.db.Read(), first, jobs.Query{State: jobs.Did, After: 94, Limit: 5})
	s.ok(err)
	if len(items) != 1 || items[0].Position != 95 || items[0].Subject != "s94" || fmt.Sprint(items[0].Outcome.Args) != "[n 3 name x]" || items[0].Outcome.Key != "done" {
		t.Errorf("%+v", items)
	}
}

// A process that was killed leaves its lease behind, and nothing half-done.
func TestRunner_GoesOnAfterAKill(t *testing.T) {
	s := newShop(t)
	id := s.started(45)
	ctx, kill := context.WithCancel(t.Context())
	done := 0
	s.fail = func(jobs.Item) error {
		if done++; done == 25 {
			kill() // in the middle of the third chunk
		}
		return nil
	}
	_ = s.runner().RunDue(ctx)
	if n := s.written(); n != 20 {
		t.Fatalf("%d written, want the two whole chunks", n)
	}
	s.exec(`UPDATE jobs SET locked_until = $1`, db.Millis(s.Now().Add(20*time.Second))) // as a kill would have left it
	s.fail = nil
	s.ok(s.runner().RunDue(t.Context()))
	if n := s.written(); n != 20 {
		t.Errorf("%d written while another still may work", n)
	}
	s.move(21 * time.Second)
	s.ok(s.runner().RunDue(t.Context()))
	s.want(id, jobs.Done, jobs.Counts{Done: 45})
	if n := s.written(); n != 45 {
		t.Errorf("%d written", n)
	}
}

func TestRunner_StoppedInOrderGivesTheJobBackAtOnce(t *testing.T) {
	s := newShop(t)
	id := s.started(30)
	ctx, stop := context.WithCancel(t.Context())
	s.fail = func(it jobs.Item) error {
		if it.Position == 15 {
			stop()
		}
		return nil
	}
	_ = s.runner().RunDue(ctx)
	s.fail = nil
	s.ok(s.runner().RunDue(t.Context()))
	s.want(id, jobs.Done, jobs.Counts{Done: 30})
}

func TestRunner_OneBadItemSpoilsNoOther(t *testing.T) {
	s := newShop(t)
	id := s.started(40)
	s.fail = func(it jobs.Item) error {
		switch it.Position {
		case 3:
			return fault.Field("email", "account.email.bad")
		case 14:
			return errors.New("broken")
		case 27:
			panic("worse")
		}
		return nil
	}
	for range 10 {
		s.ok(s.runner().RunDue(t.Context()))
		s.move(time.Minute)
	}
	s.want(id, jobs.Done, jobs.Counts{Done: 37, Wrong: 3})
	items, err := jobs.Items(t.Context(), s.db.Read(), id, jobs.Query{State: jobs.Wrong, Limit: 5})
	s.ok(err)
	var got []string
	for _, it := range items {
		got = append(got, fmt.Sprint(it.Position, it.Outcome.Key))
	}
	if want := []string{"3account.email.bad", "14job.broke", "27job.broke"}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	if s.gave.Load() != 0 || s.written() != 37 {
		t.Errorf("it gave up %d times, %d written", s.gave.Load(), s.written())
	}
}

func TestRunner_GivesUpWhereEverythingBreaksAndGoesOnWhenTold(t *testing.T) {
	s := newShop(t)
	id := s.started(20)
	s.fail = func(jobs.Item) error { return errors.New("no disk") }
	for range 20 {
		s.ok(s.runner().RunDue(t.Context()))
		s.move(time.Minute)
	}
	s.want(id, jobs.Stopped, jobs.Counts{Waiting: 18, Wrong: 2})
	if s.gave.Load() != 1 {
		t.Errorf("the school is told %d times", s.gave.Load())
	}
	s.fail = nil
	s.ok(jobs.Resume(t.Context(), s.db, id, "chitra", s.Now()))
	s.ok(s.runner().RunDue(t.Context()))
	s.want(id, jobs.Done, jobs.Counts{Done: 18, Wrong: 2})
	if err := jobs.Resume(t.Context(), s.db, id, "chitra", s.Now()); !fault.Is(err, fault.Conflict) {
		t.Errorf("a job that is done goes on: %v", err)
	}
}

func TestCancel_BetweenChunks(t *testing.T) {
	s := newShop(t)
	id := s.started(50)
	cancelled := make(chan error, 1)
	s.fail = func(it jobs.Item) error {
		if it.Position == 20 { // the chunk under way is finished, or never was
			go func() { cancelled <- jobs.Cancel(context.Background(), s.db, id, "chitra", s.Now()) }()
		}
		return nil
	}
	s.ok(s.runner().RunDue(t.Context()))
	if err := <-cancelled; err != nil && !fault.Is(err, fault.Conflict) {
		t.Fatal(err)
	}
	c, err := jobs.Count(t.Context(), s.db.Read(), id)
	s.ok(err)
	if n := s.written(); n != c.Done || n%10 != 0 || n < 20 {
		t.Errorf("%d written, %+v", n, c)
	}
	if err := jobs.Cancel(t.Context(), s.db, "nothing", "chitra", s.Now()); !fault.Is(err, fault.NotFound) {
		t.Errorf("nothing: %v", err)
	}
}

func TestStart_OnceHoweverManySay(t *testing.T) {
	s := newShop(t)
	var id string
	s.ok(s.db.InTx(t.Context(), func(tx *sql.Tx) (err error) {
		id, err = jobs.Create(t.Context(), tx, s.Now(), jobs.Plan{Kind: "write", Items: []jobs.Item{{Cells: []string{"a"}}}, By: "chitra"})
		return err
	}))
	s.ok(s.runner().RunDue(t.Context()))
	s.want(id, jobs.Draft, jobs.Counts{Waiting: 1})
	var won atomic.Int32
	var all sync.WaitGroup
	for range 12 {
		all.Go(func() {
			err := s.db.InTx(t.Context(), func(tx *sql.Tx) error { return jobs.Start(t.Context(), tx, id, "chitra", s.Now()) })
			if err == nil {
				won.Add(1)
			} else if !fault.Is(err, fault.Conflict) {
				t.Error(err)
			}
		})
	}
	all.Wait()
	if won.Load() != 1 {
		t.Errorf("%d started it", won.Load())
	}
	if err := s.db.InTx(t.Context(), func(tx *sql.Tx) error { return jobs.Change(t.Context(), tx, id, 1) }); !fault.Is(err, fault.Conflict) {
		t.Errorf("changed after its start: %v", err)
	}
}

func TestClean(t *testing.T) {
	s := newShop(t)
	done := s.started(1)
	s.ok(s.runner().RunDue(t.Context()))
	s.ok(s.db.InTx(t.Context(), func(tx *sql.Tx) error {
		_, err := jobs.Create(t.Context(), tx, s.Now(), jobs.Plan{Kind: "write", Items: []jobs.Item{{}}, By: "chitra"})
		return err
	}))
	count := func(want int) {
		t.Helper()
		s.ok(jobs.Clean(t.Context(), s.db, s.Now()))
		if n, err := db.Value[int](t.Context(), s.db.Read(), `SELECT count(*) FROM job_items`); err != nil || n != want {
			t.Errorf("%d items, %v, want %d", n, err, want)
		}
	}
	count(2)
	s.move(25 * time.Hour)
	count(1)
	s.ok(s.db.InTx(t.Context(), func(tx *sql.Tx) error { return jobs.Forget(t.Context(), tx, "s0") }))
	items, err := jobs.Items(t.Context(), s.db.Read(), done, jobs.Query{Limit: 1})
	if err != nil || len(items) != 1 || len(items[0].Cells) != 0 || items[0].Subject != "" {
		t.Errorf("%+v, %v", items, err)
	}
	s.move(31 * 24 * time.Hour)
	count(0)
}
