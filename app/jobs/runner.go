package jobs

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"runtime/debug"
	"time"

	"lectern/app/db"
	"lectern/app/fault"
	"lectern/app/lang"
)

const (
	lease    = 20 * time.Second // longer than a chunk can take, so that one that was killed goes on soon
	poll     = 2 * time.Second
	maxTries = 3 // of an item that breaks
	giveUp   = 3 // items in a row that broke: then it isn't the items' fault
)

// Kind is one sort of work.
type Kind struct {
	Chunk int // items in one transaction; 0: 25
	// Do does an item as part of tx. A fault is what is wrong with the item; any other error breaks it, to be tried again.
	// The item's earlier tries were rolled back. It must do nothing but talk to tx.
	Do func(ctx context.Context, tx *sql.Tx, j Job, it Item) (Result, error)
}

// RunnerOptions are what a Runner works with. Log and GaveUp may be nil.
type RunnerOptions struct {
	DB     *db.DB
	Kinds  map[string]Kind
	GaveUp func(ctx context.Context, tx *sql.Tx, j Job) error // tells somebody, as part of tx
	Now    func() time.Time
	Log    *slog.Logger
}

// Runner does jobs. Any number may run on one database: a job is leased by one of them at a time.
type Runner struct {
	o    RunnerOptions
	wake chan struct{}
}

// NewRunner returns a runner that sleeps until Run.
func NewRunner(o RunnerOptions) *Runner {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Log == nil {
		o.Log = slog.Default()
	}
	return &Runner{o, make(chan struct{}, 1)}
}

// Run does jobs as they are started, until ctx ends and the chunk under way was done or given back.
func (r *Runner) Run(ctx context.Context) {
	Loop(ctx, LoopOptions{Name: "jobs", Poll: poll, Wake: r.wake, Log: r.o.Log, Work: r.RunDue})
}

// Wake tells the runner that a job may have been started. It never blocks.
func (r *Runner) Wake() {
	select {
	case r.wake <- struct{}{}:
	default:
	}
}

// RunDue works on one job after the other until none is due or ctx ends.
func (r *Runner) RunDue(ctx context.Context) error {
	for ctx.Err() == nil {
		j, err := r.claim(ctx)
		if err != nil || j.ID == "" {
			return err
		}
		if err := r.work(ctx, j); err != nil {
			return err
		}
	}
	return nil
}

// leased is a job that is ours until the time in until, which also proves that it still is.
type leased struct {
	Job
	until         int64
	tries, broken int
}

// claim leases the job that has waited longest; the zero one where none is due.
func (r *Runner) claim(ctx context.Context) (j leased, err error) {
	now := db.Millis(r.o.Now())
	due, err := db.Value[bool](ctx, r.o.DB.Read(), `SELECT EXISTS (SELECT 1 FROM jobs WHERE status = 'open' AND run_at <= $1 AND locked_until <= $1)`, now)
	if err != nil || !due {
		return leased{}, err
	}
	err = r.o.DB.InTx(ctx, func(tx *sql.Tx) error {
		j = leased{until: now + lease.Milliseconds()}
		j.Job, err = scanJob(tx.QueryRowContext(ctx, `UPDATE jobs SET locked_until = $1 WHERE id = (SELECT id FROM jobs
				WHERE status = 'open' AND run_at <= $2 AND locked_until <= $2 ORDER BY run_at, id LIMIT 1)
			AND status = 'open' AND run_at <= $2 AND locked_until <= $2 RETURNING `+jobColumns+`, tries, broken`, j.until, now), &j.tries, &j.broken)
		if fault.Is(err, fault.NotFound) { // another was quicker
			j, err = leased{}, nil
		}
		return err
	})
	return j, err
}

var errLost = errors.New("the job isn't ours any more")

// work does a job chunk by chunk until it is through, cancelled, taken over by another, or to be tried again later.
func (r *Runner) work(ctx context.Context, j leased) error {
	kind, known := r.o.Kinds[j.Kind]
	if !known {
		return r.broke(ctx, &j, fmt.Errorf("a job of unknown kind %s", j.Kind))
	}
	size := kind.Chunk
	if size == 0 {
		size = 25
	}
	careful := 0 // items to be done one by one, because a chunk broke
	for {
		if ctx.Err() != nil {
			return r.giveBack(ctx, j)
		}
		n := size
		if careful > 0 || j.tries > 0 {
			n = 1
		}
		more, err := r.chunk(ctx, kind, &j, n)
		switch {
		case errors.Is(err, errLost) || err == nil && !more:
			return nil
		case err == nil:
			careful = max(careful-1, 0)
		case ctx.Err() != nil:
			return r.giveBack(ctx, j)
		case n > 1:
			careful = n
		default:
			return r.broke(ctx, &j, err)
		}
	}
}

// chunk does up to n items in one transaction, and ends the job when none is left. The update of the job comes first: it
// keeps everybody else off the job until the chunk is written, on both databases.
func (r *Runner) chunk(ctx context.Context, kind Kind, j *leased, n int) (more bool, err error) {
	now := r.o.Now()
	until := max(db.Millis(now)+lease.Milliseconds(), j.until+1)
	err = r.o.DB.InTx(ctx, func(tx *sql.Tx) error {
		ours, err := db.Changed(ctx, tx, `UPDATE jobs SET locked_until = $2, tries = 0, broken = 0 WHERE id = $1 AND status = 'open' AND locked_until = $3`, j.ID, until, j.until)
		if err != nil || !ours {
			return errors.Join(err, lost(ours))
		}
		items, err := Items(ctx, tx, j.ID, Query{State: Waiting, Limit: n})
		if err != nil {
			return err
		}
		if more = len(items) > 0; !more {
			return db.Exec(ctx, tx, `UPDATE jobs SET status = 'done', finished_at = $2, locked_until = 0, last_error = '' WHERE id = $1`, j.ID, db.Millis(now))
		}
		for _, it := range items {
			res, err := do(ctx, kind, tx, j.Job, it)
			if err != nil {
				return err
			}
			if err := settleItem(ctx, tx, j.ID, it.Position, res); err != nil {
				return err
			}
		}
		return nil
	})
	if err == nil {
		j.until, j.tries, j.broken = until, 0, 0
	}
	return more, err
}

func lost(ours bool) error {
	if ours {
		return nil
	}
	return errLost
}

// do turns a fault into what is wrong with the item, and a panic into an error.
func do(ctx context.Context, kind Kind, tx *sql.Tx, j Job, it Item) (res Result, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic: %v\n%s", p, debug.Stack())
		}
	}()
	res, err = kind.Do(ctx, tx, j, it)
	var f *fault.Fault
	if errors.As(err, &f) {
		msg := f.Msg
		for _, m := range f.Fields { // of a row's several faults one has to do
			if msg.Key == "fault.form" {
				msg = m
			}
		}
		return Result{State: Wrong, Outcome: msg, Subject: res.Subject}, nil
	}
	return res, err
}

// broke counts a failure of the job's next item that isn't the item's own. It is tried again; then it is left as wrong, and
// after a few of those in a row the job gives up.
func (r *Runner) broke(ctx context.Context, j *leased, cause error) error {
	r.o.Log.Warn("job broke", "job", j.ID, "kind", j.Kind, "tries", j.tries+1, "err", cause)
	now := r.o.Now()
	return r.o.DB.InTx(ctx, func(tx *sql.Tx) error {
		const ours = ` WHERE id = $1 AND status = 'open' AND locked_until = $2`
		if j.tries+1 < maxTries {
			return db.Exec(ctx, tx, `UPDATE jobs SET locked_until = 0, run_at = $3, tries = tries + 1`+ours, j.ID, j.until, db.Millis(now.Add(Backoff(j.tries+1))))
		}
		if j.broken+1 < giveUp {
			ok, err := db.Changed(ctx, tx, `UPDATE jobs SET locked_until = 0, run_at = $3, tries = 0, broken = broken + 1`+ours, j.ID, j.until, db.Millis(now))
			if err != nil || !ok {
				return err
			}
			items, err := Items(ctx, tx, j.ID, Query{State: Waiting, Limit: 1})
			if err != nil || len(items) == 0 {
				return err
			}
			return settleItem(ctx, tx, j.ID, items[0].Position, Result{State: Wrong, Outcome: lang.M("job.broke")})
		}
		ok, err := db.Changed(ctx, tx, `UPDATE jobs SET status = 'stopped', finished_at = $3, locked_until = 0, last_error = $4`+ours, j.ID, j.until, db.Millis(now), "job.stopped.why")
		if err != nil || !ok || r.o.GaveUp == nil {
			return err
		}
		return r.o.GaveUp(ctx, tx, j.Job)
	})
}

// giveBack lets another runner, or the next start, have the job at once.
func (r *Runner) giveBack(ctx context.Context, j leased) error {
	ctx, done := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer done()
	return r.o.DB.InTx(ctx, func(tx *sql.Tx) error {
		return db.Exec(ctx, tx, `UPDATE jobs SET locked_until = 0 WHERE id = $1 AND locked_until = $2 AND status = 'open'`, j.ID, j.until)
	})
}
