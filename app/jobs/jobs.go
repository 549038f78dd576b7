// Package jobs holds what all work behind the requests has in common: how long to wait after a failure, and a loop that
// outlives a panic.
package jobs

import (
	"context"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"runtime/debug"
	"time"
)

// Longest is the longest that Backoff waits, jitter aside.
const Longest = 6 * time.Hour

var first = [...]time.Duration{5 * time.Second, 15 * time.Second, time.Minute, 5 * time.Minute}

// Backoff tells how long to wait after the given number of failures in a row, counted from 1: 5 s, 15 s, 1 min, 5 min,
// then three times as long each, up to Longest. Up to a tenth is added at random, so that what failed together doesn't
// come back together.
func Backoff(failures int) time.Duration {
	failures = max(failures, 1)
	wait := first[min(failures, len(first))-1]
	for n := len(first); n < failures && wait < Longest; n++ {
		wait = min(3*wait, Longest)
	}
	return wait + rand.N(wait/10) // #nosec G404 -- a pause that need not be unguessable
}

// LoopOptions say what Loop runs and when. Work is required.
type LoopOptions struct {
	Name string                          // for the log
	Work func(ctx context.Context) error // ends soon after ctx does
	Poll time.Duration                   // the pause between two runs; zero: one minute
	Wake <-chan struct{}                 // ends the pause early; may be nil
	Log  *slog.Logger                    // nil: slog.Default
}

// Loop runs o.Work at once and then after each pause, until ctx ends. Errors and panics of Work are logged, and the
// loop goes on.
func Loop(ctx context.Context, o LoopOptions) {
	if o.Poll <= 0 {
		o.Poll = time.Minute
	}
	if o.Log == nil {
		o.Log = slog.Default()
	}
	pause := time.NewTimer(o.Poll)
	defer pause.Stop()
	for ctx.Err() == nil {
		if err := guarded(ctx, o.Work); err != nil && ctx.Err() == nil {
			o.Log.Error("job failed", "job", o.Name, "err", err)
		}
		pause.Reset(o.Poll)
		select {
		case <-ctx.Done():
		case <-o.Wake:
		case <-pause.C:
		}
	}
}

func guarded(ctx context.Context, work func(context.Context) error) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic: %v\n%s", p, debug.Stack())
		}
	}()
	return work(ctx)
}
