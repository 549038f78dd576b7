package mail

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	netmail "net/mail"
	"runtime/debug"
	"strings"
	"time"

	"lectern/app/db"
	"lectern/app/jobs"
	"lectern/views"
)

const (
	day   = 24 * time.Hour
	lease = 30 * time.Second // longer than connecting and sending one message can take
	poll  = 2 * time.Second
	grace = 3 * time.Second // for a message under way when we are to stop

	// giveUp is after how many failures a letter that might still be taken is given up: by jobs.Backoff more than three
	// days after the first.
	giveUp = 20
	// nobody is how long a letter to the school waits for a first admin or a contact address.
	nobody = time.Hour
)

// Sender hands one message to the world. SMTP is the real one.
type Sender interface {
	Send(ctx context.Context, m Message) error // a *Problem, where it knows more than that it failed
	Close()                                    // nothing more to send for now
}

// Links makes addresses that work once. kind is reset or verify, email the address that it is sent to and confirms.
// The same seed gives the same address at every try. fault.NotFound: there is nothing to reset or verify any more.
type Links interface {
	Link(ctx context.Context, kind, userID, email, seed string) (url string, err error)
}

// WorkerOptions are what a Worker works with.
type WorkerOptions struct {
	DB      *db.DB
	Send    Sender // nil: mail isn't set up, and letters stay queued
	Sender  string // SENDER_EMAIL
	Links   Links
	Site    func(context.Context) (views.Site, error)
	BaseURL string // without a slash at its end; all links start with it
	PerDay  int    // letters in any 24 hours
	Now     func() time.Time
	Log     *slog.Logger
}

// Worker sends what is due in the outbox. Any number may run on one database.
type Worker struct {
	o     WorkerOptions
	wake  chan struct{}
	grace time.Duration
}

// NewWorker returns a worker that sleeps until Run.
func NewWorker(o WorkerOptions) *Worker {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Log == nil {
		o.Log = slog.Default()
	}
	if o.Sender == "" {
		o.Send = nil
	}
	return &Worker{o, make(chan struct{}, 1), grace}
}

// Run sends letters as they fall due, until ctx ends and the letter under way was sent or given back.
func (w *Worker) Run(ctx context.Context) {
	jobs.Loop(ctx, jobs.LoopOptions{Name: "mail", Poll: poll, Wake: w.wake, Log: w.o.Log, Work: func(ctx context.Context) error {
		_, err := w.SendDue(ctx)
		return err
	}})
}

// Wake tells the worker that there may be something to send. It never blocks.
func (w *Worker) Wake() {
	select {
	case w.wake <- struct{}{}:
	default:
	}
}

// SendDue takes one letter after the other until none is due, the day's cap is reached, sending is paused or ctx ends,
// and returns how many it took. One at a time, so that a lease always lasts, and a letter with priority never waits for
// a batch.
func (w *Worker) SendDue(ctx context.Context) (taken int, err error) {
	if w.o.Send == nil {
		return 0, nil
	}
	defer w.o.Send.Close()
	for ; ctx.Err() == nil; taken++ {
		r, err := w.claim(ctx)
		if errors.Is(err, errNone) {
			return taken, nil
		}
		if err != nil {
			return taken, err
		}
		outcome := w.deliver(ctx, r)
		if err := w.settle(ctx, r, outcome); err != nil {
			return taken, err
		}
	}
	return taken, nil
}

func (w *Worker) claim(ctx context.Context) (r row, err error) {
	now := w.o.Now()
	ok, err := due(ctx, w.o.DB.Read(), now)
	if err != nil {
		return r, err
	}
	if !ok {
		return r, errNone
	}
	err = w.o.DB.InTx(ctx, func(tx *sql.Tx) error {
		r, err = claim(ctx, tx, now, lease, w.o.PerDay)
		return err
	})
	return r, err
}

// deliver renders and sends a letter. When ctx ends, sending goes on for the grace.
func (w *Worker) deliver(ctx context.Context, r row) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic: %v\n%s", p, debug.Stack())
		}
	}()
	m, err := w.compose(ctx, r)
	if err != nil {
		return err
	}
	sending, done := outlive(ctx, w.grace)
	defer done()
	if err := w.o.Send.Send(sending, m); err != nil {
		return asProblem(err)
	}
	return nil
}

func outlive(ctx context.Context, by time.Duration) (context.Context, func()) {
	longer, cancel := context.WithCancel(context.WithoutCancel(ctx))
	stop := context.AfterFunc(ctx, func() { time.AfterFunc(by, cancel) })
	return longer, func() { stop(); cancel() }
}

// settle writes down what became of a letter, also when ctx has ended meanwhile: then a letter that wasn't sent is given
// back as it was.
func (w *Worker) settle(ctx context.Context, r row, outcome error) error {
	stopping := ctx.Err() != nil
	ctx, done := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer done()
	now := w.o.Now()
	var p *Problem
	isProblem := errors.As(outcome, &p)
	err := w.o.DB.InTx(ctx, func(tx *sql.Tx) error {
		switch {
		case outcome == nil:
			return sent(ctx, tx, r, now)
		case errors.Is(outcome, errObsolete):
			gone, err := drop(ctx, tx, r)
			if err != nil || gone {
				return err
			}
			return release(ctx, tx, r, now)
		case errors.Is(outcome, errEachAdmin):
			n, err := spread(ctx, tx, r, now)
			if err != nil || n > 0 {
				return err
			}
			return release(ctx, tx, r, now.Add(nobody))
		case stopping:
			return release(ctx, tx, r, now)
		case isProblem:
			return w.remedy(ctx, tx, r, p, now)
		}
		what, _, _ := strings.Cut(outcome.Error(), "\n") // of a panic, the stack is for the log
		return failed(ctx, tx, r, false, now, readable(what))
	})
	if outcome != nil && !errors.Is(outcome, errObsolete) && !errors.Is(outcome, errEachAdmin) && !stopping {
		w.o.Log.Warn("letter not sent", "id", r.id, "kind", r.kind, "attempts", r.attempts, "err", outcome)
	}
	return err
}

func (w *Worker) remedy(ctx context.Context, tx *sql.Tx, r row, p *Problem, now time.Time) error {
	m := remedies[p.Code]
	next := now
	if m.pause > 0 {
		failures, err := failuresInRow(ctx, tx)
		if err != nil {
			return err
		}
		until := now.Add(m.wait(failures + 1))
		if err := pause(ctx, tx, now, until, failures+1, p); err != nil {
			return err
		}
		if next = until; m.shown {
			next = until.Add(time.Minute)
		}
	}
	if m.counts || m.final {
		return failed(ctx, tx, r, m.final, now, p.Answer)
	}
	return postpone(ctx, tx, r, next, p.Answer)
}

// failed counts a failure of a letter. At the last one it is given up and the school is told, except of its own letter
// about such things.
func failed(ctx context.Context, tx *sql.Tx, r row, final bool, now time.Time, lastError string) error {
	if !final && r.attempts+1 < giveUp {
		return retry(ctx, tx, r, now.Add(jobs.Backoff(r.attempts+1)), lastError)
	}
	ours, err := fail(ctx, tx, r, lastError)
	if err != nil || !ours || r.kind == (JobFailed{}).kind() {
		return err
	}
	return Enqueue(ctx, tx, now, To{}, JobFailed{Kind: r.kind, Error: lastError})
}

// TestMail sends a test letter to an address at once, past the queue. The error is a *Problem, whose Msg says what to
// do. If the server takes it, a pause is over.
func (w *Worker) TestMail(ctx context.Context, address string) error {
	if w.o.Send == nil {
		return &Problem{Code: codeSetup}
	}
	if _, err := netmail.ParseAddress(address); err != nil {
		return problem(codeRefused, err.Error())
	}
	now := w.o.Now()
	m, err := w.compose(ctx, row{id: db.NewID(), kind: Test{}.kind(), recipient: address, payload: "{}", createdAt: now})
	if err != nil {
		return err
	}
	defer w.o.Send.Close()
	if err := w.o.Send.Send(ctx, m); err != nil {
		return asProblem(err)
	}
	return w.o.DB.InTx(ctx, func(tx *sql.Tx) error {
		_, err := resume(ctx, tx, now)
		return err
	})
}
