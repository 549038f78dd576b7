package main

import (
	"context"
	crand "crypto/rand"
	"encoding/binary"
	"encoding/json"
	"math/rand/v2"
	"slices"
	"time"

	"github.com/rs/xid"

	"lectern/app"
	"lectern/app/account"
	"lectern/app/db"
	"lectern/app/payment/upi"
)

// town is what a school is filled with: three years of people and orders. Two towns of a size are alike but for their
// ids and tokens.
type town struct {
	r          *rand.Rand
	start, now time.Time
	hash       string // of everybody's password
	admin      string // users.id
	payees     []string
	courses    []course
	learners   int64           // who are in a course
	learns     map[string]bool // by users.id
	made       int64           // orders and receipts so far, for codes and references
}

type course struct{ id, slug, title string }

// chunk is how many students or orders one transaction writes. It has to be over before db.InTx gives it up.
const chunk = 500

// fill adds students and three times as many orders to a school with the demo's courses and an admin, as if it were now.
func fill(ctx context.Context, a *app.App, students int, now time.Time) error {
	t, err := newTown(ctx, a, now)
	if err != nil {
		return err
	}
	var everybody []student
	gap := t.now.Sub(t.start) / time.Duration(students)
	for first := 0; first < students; first += chunk {
		out := rows{}
		for i := first; i < min(first+chunk, students); i++ {
			everybody = append(everybody, t.register(out, i, students, t.start.Add(gap*time.Duration(i))))
		}
		if err := out.insert(ctx, a.DB); err != nil {
			return err
		}
	}
	stories := t.stories(everybody)
	for some := range slices.Chunk(stories, chunk) {
		out := rows{}
		for _, s := range some {
			t.tell(out, s)
		}
		if err := out.insert(ctx, a.DB); err != nil {
			return err
		}
	}
	return nil
}

func newTown(ctx context.Context, a *app.App, now time.Time) (*town, error) {
	now = now.Truncate(time.Second)
	t := &town{r: rand.New(rand.NewPCG(1, 2)), start: now.AddDate(-3, 0, 0), now: now, learns: map[string]bool{}}
	payees, err := a.School.Payees(ctx)
	if err != nil {
		return nil, err
	}
	for _, p := range payees {
		t.payees = append(t.payees, p.VPA)
	}
	if t.courses, err = db.All(ctx, a.DB.Read(), func(row db.Scanner) (c course, err error) { return c, row.Scan(&c.id, &c.slug, &c.title) },
		`SELECT id, slug, title FROM courses WHERE status = 'published' ORDER BY position, id`); err != nil {
		return nil, err
	}
	if t.admin, err = db.Value[string](ctx, a.DB.Read(), `SELECT id FROM users WHERE role = 'admin' ORDER BY id LIMIT 1`); err != nil {
		return nil, err
	}
	t.hash, err = account.NewHasher(account.HasherOptions{}).Hash(ctx, password)
	return t, err
}

// id is a key as of that time, so that keys are in the order of times here too.
func id(at time.Time) string { return xid.NewWithTime(at).String() }

func token() string { return crand.Text() }

// next counts orders and receipts, and mixes the count so that those of a day don't look alike. The factor has nothing
// in common with either modulus, so that none comes twice.
func (t *town) next(modulus int64) int64 {
	t.made++
	return t.made * 6180339887 % modulus
}

func (t *town) code() string {
	var b [8]byte
	binary.BigEndian.PutUint64(b[:], uint64(t.next(1<<40)))
	return upi.NewCode(&bits{b[3:]})
}

type bits struct{ left []byte }

func (b *bits) Read(p []byte) (int, error) {
	n := copy(p, b.left)
	b.left = b.left[n:]
	return n, nil
}

// between draws a time, the early ones more likely.
func (t *town) between(from, to time.Time) time.Time {
	x := t.r.Float64()
	return from.Add(time.Duration(x * x * float64(to.Sub(from)))).Truncate(time.Second)
}

func (t *town) record(out rows, at time.Time, by, action, kind, subject string, detail map[string]any) {
	text := "{}"
	if len(detail) > 0 {
		text = encode(detail)
	}
	out.add("audit", id(at), db.Millis(at), by, action, kind, subject, text)
}

// letter writes one of the last 30 days: older ones are gone from the outbox. Of the newest some wait still, and one in
// a hundred gave up.
func (t *town) letter(out rows, at time.Time, kind string, priority int, userID string, payload any) {
	if at.Before(t.now.AddDate(0, 0, -30)) {
		return
	}
	status, attempts, sent, trouble := "sent", 0, any(db.Millis(at.Add(time.Minute))), ""
	switch {
	case t.r.IntN(100) == 0:
		status, attempts, sent, trouble = "failed", 8, nil, "550 5.1.1 no such mailbox"
	case at.After(t.now.Add(-12 * time.Hour)):
		status, sent = "queued", nil
	}
	out.add("outbox", id(at), kind, priority, userID, encode(payload), status, attempts, db.Millis(at), db.Millis(at), sent, trouble)
}

func encode(v any) string {
	b, err := json.Marshal(v)
	if err != nil {
		panic(err) // what is written here can be
	}
	return string(b)
}
