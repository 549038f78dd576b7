package account

import (
	"context"
	"slices"
	"sync"
)

// turns hands a few slots out to many who wait, one after another to each: whoever comes forty times at once waits for
// himself, and keeps nobody else waiting for more than one of his turns. Safe for concurrent use.
type turns struct {
	mu      sync.Mutex
	free    int
	room    int                        // for those who wait
	waiting map[string][]chan struct{} // by who they are, in the order in which they came
	next    []string                   // who is waiting, in the order of their turns
}

func newTurns(slots, room int) *turns {
	return &turns{free: slots, room: room, waiting: map[string][]chan struct{}{}}
}

// take waits for a slot. It reports false where there is no room to wait, or ctx ended while waiting.
func (t *turns) take(ctx context.Context, who string) bool {
	t.mu.Lock()
	switch {
	case t.free > 0: // then nobody waits
		t.free--
		t.mu.Unlock()
		return true
	case t.room == 0:
		t.mu.Unlock()
		return false
	}
	mine := make(chan struct{})
	if len(t.waiting[who]) == 0 {
		t.next = append(t.next, who)
	}
	t.waiting[who] = append(t.waiting[who], mine)
	t.room--
	t.mu.Unlock()
	select {
	case <-mine:
		return true
	case <-ctx.Done():
		if !t.leave(who, mine) { // it was his turn just then
			t.give()
		}
		return false
	}
}

// leave takes somebody out of the queue; false where it is his turn already.
func (t *turns) leave(who string, mine chan struct{}) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	at := slices.Index(t.waiting[who], mine)
	if at < 0 {
		return false
	}
	t.room++
	if t.waiting[who] = slices.Delete(t.waiting[who], at, at+1); len(t.waiting[who]) == 0 {
		delete(t.waiting, who)
		t.next = slices.DeleteFunc(t.next, func(w string) bool { return w == who })
	}
	return true
}

// give gives a slot back, to whose turn it is.
func (t *turns) give() {
	t.mu.Lock()
	defer t.mu.Unlock()
	if len(t.next) == 0 {
		t.free++
		return
	}
	who := t.next[0]
	t.next = t.next[1:]
	line := t.waiting[who]
	if len(line) == 1 {
		delete(t.waiting, who)
	} else {
		t.waiting[who] = line[1:]
		t.next = append(t.next, who)
	}
	t.room++
	close(line[0])
}

// left tells how many slots are free, and for how many there is room to wait.
func (t *turns) left() (free, room int) {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.free, t.room
}
