package jobs

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"strings"
	"testing"
	"time"
)

func TestBackoff_GrowsToItsLimit(t *testing.T) {
	want := []time.Duration{5 * time.Second, 15 * time.Second, time.Minute, 5 * time.Minute, 15 * time.Minute, 45 * time.Minute,
		135 * time.Minute, Longest, Longest}
	for i, w := range want {
		for range 100 {
			if got := Backoff(i + 1); got < w || got > w+w/10 {
				t.Fatalf("after %d failures: %v, want %v and up to a tenth more", i+1, got, w)
			}
		}
	}
	if got := Backoff(1_000_000); got < Longest {
		t.Errorf("after very many: %v", got)
	}
	if got := Backoff(0); got > 6*time.Second {
		t.Errorf("after none: %v", got)
	}
}

func TestBackoff_Differs(t *testing.T) {
	seen := map[time.Duration]bool{}
	for range 50 {
		seen[Backoff(4)] = true
	}
	if len(seen) < 10 {
		t.Errorf("50 waits have only %d lengths", len(seen))
	}
}

func TestLoop(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	wake, ran, ended := make(chan struct{}, 1), make(chan int), make(chan struct{})
	var log bytes.Buffer
	runs := 0
	go func() {
		defer close(ended)
		Loop(ctx, LoopOptions{Name: "test", Poll: time.Hour, Wake: wake, Log: slog.New(slog.NewTextHandler(&log, nil)),
			Work: func(context.Context) error {
				runs++
				ran <- runs
				switch runs {
				case 1:
					panic("the first run panics")
				case 2:
					return errors.New("the second run fails")
				}
				return nil
			}})
	}()
	for want := 1; want <= 3; want++ {
		select {
		case got := <-ran:
			if got != want {
				t.Fatalf("run %d, want %d", got, want)
			}
		case <-time.After(10 * time.Second):
			t.Fatalf("run %d never came", want)
		}
		if want < 3 {
			wake <- struct{}{}
		}
	}
	cancel()
	select {
	case <-ended:
	case <-time.After(10 * time.Second):
		t.Fatal("the loop outlived its context")
	}
	for _, want := range []string{"the first run panics", "jobs_test.go", "the second run fails", "job=test"} {
		if !strings.Contains(log.String(), want) {
			t.Errorf("not in the log: %q", want)
		}
	}
}

func TestLoop_Polls(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	runs := 0
	Loop(ctx, LoopOptions{Poll: time.Millisecond, Work: func(context.Context) error {
		if runs++; runs == 5 {
			cancel()
		}
		return nil
	}})
	if runs != 5 {
		t.Errorf("%d runs, want 5: cancelled within the fifth", runs)
	}
}
