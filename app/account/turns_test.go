package account

import (
	"context"
	"slices"
	"testing"
	"testing/synctest"
	"time"
)

// Whoever logs in forty times at once keeps somebody else waiting for one of his turns, not for forty.
func TestTurns_OneAfterAnother(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q, ctx := newTurns(1, 100), context.Background()
		q.take(ctx, "flood")
		var order []string
		come := func(who string) {
			go func() {
				if q.take(ctx, who) {
					order = append(order, who) // one at a time: there is one slot
					time.Sleep(20 * time.Millisecond)
					q.give()
				}
			}()
			synctest.Wait()
		}
		for range 40 {
			come("flood")
		}
		come("asha")
		come("bala")
		q.give()
		time.Sleep(time.Minute)
		synctest.Wait()
		if len(order) != 42 || slices.Index(order, "asha") != 1 || slices.Index(order, "bala") != 2 {
			t.Errorf("they came up in the order %q", order)
		}
		if free, room := q.left(); free != 1 || room != 100 || len(q.next)+len(q.waiting) != 0 {
			t.Errorf("%d free, room for %d, still waiting %v", free, room, q.next)
		}
	})
}

func TestTurns_WhoLeavesLosesNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := newTurns(1, 2)
		q.take(context.Background(), "asha")
		left, cancel := context.WithCancel(context.Background())
		answers := make(chan bool, 2)
		go func() { answers <- q.take(left, "bala") }()
		synctest.Wait()
		go func() { answers <- q.take(context.Background(), "bala") }()
		synctest.Wait()
		if q.take(context.Background(), "chitra") {
			t.Error("there was room for a third")
		}
		cancel()
		if <-answers {
			t.Error("who had left got a turn")
		}
		q.give()
		if !<-answers {
			t.Error("who stayed got none")
		}
		q.give()
		if free, room := q.left(); free != 1 || room != 2 {
			t.Errorf("%d free, room for %d", free, room)
		}
	})
}
