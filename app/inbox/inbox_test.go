package inbox_test

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"lectern/app/db"
	"lectern/app/dbtest"
	"lectern/app/fault"
	"lectern/app/inbox"
)

var ctx = context.Background()

// world is a school with a student and an admin, and its messages.
type world struct {
	*testing.T
	d      *db.DB
	in     *inbox.Service
	ms     atomic.Int64
	chitra string
}

func newWorld(t *testing.T) *world {
	t.Helper()
	t.Parallel()
	w := &world{T: t, d: dbtest.New(t), chitra: db.NewID()}
	w.ms.Store(time.Date(2026, 11, 23, 14, 5, 0, 0, time.UTC).UnixMilli())
	w.in = inbox.New(inbox.Options{DB: w.d, Country: "IN", Now: func() time.Time { return db.Time(w.ms.Load()) }})
	w.user(w.chitra, "Chitra", "admin")
	return w
}

func (w *world) user(id, name, role string) {
	w.Helper()
	w.must(w.d.InTx(ctx, func(tx *sql.Tx) error {
		return db.Exec(ctx, tx, `INSERT INTO users (id, email, email_norm, name, password_hash, role, created_at) VALUES ($1, $2, $2, $3, '', $4, 1)`,
			id, strings.ToLower(name)+"@example.com", name, role)
	}))
}

func (w *world) must(err error) {
	w.Helper()
	if err != nil {
		w.Fatal(err)
	}
}

func (w *world) count(query string, args ...any) int {
	w.Helper()
	n, err := db.Value[int](ctx, w.d.Read(), query, args...)
	w.must(err)
	return n
}

func (w *world) later(d time.Duration) { w.ms.Add(d.Milliseconds()) }

// ask sends a message of Asha's.
func (w *world) ask(body string) inbox.Message {
	w.Helper()
	m, err := w.in.Send(ctx, inbox.Form{Name: "Asha", Email: "Asha@example.com", Phone: "98765 43210", Subject: "The course", Body: body})
	w.must(err)
	return m
}

func together(n int, do func(i int) error) []error {
	var wg sync.WaitGroup
	errs := make([]error, n)
	for i := range n {
		wg.Go(func() { errs[i] = do(i) })
	}
	wg.Wait()
	return errs
}

func TestSend_StoresAndTells(t *testing.T) {
	w := newWorld(t)
	m := w.ask("When does it begin?\r\n\r\n\r\nAsha")
	if m.Body != "When does it begin?\n\nAsha" || m.Phone != "+919876543210" || m.Status != inbox.Unread {
		t.Errorf("%+v", m)
	}
	if code, ok := inbox.ParseCode(strings.ToLower(m.Code)); !ok || code != m.Code {
		t.Errorf("code %q is read as %q", m.Code, code)
	}
	if n, err := w.in.Unread(ctx); err != nil || n != 1 {
		t.Errorf("%d unread, %v", n, err)
	}
	if w.count(`SELECT count(*) FROM outbox WHERE kind = 'new_message' AND recipient = '' AND user_id IS NULL`) != 1 || w.count(`SELECT count(*) FROM audit WHERE action = 'message.send'`) != 1 {
		t.Error("the school isn't told, or nothing is written down")
	}
	if w.count(`SELECT count(*) FROM audit WHERE detail LIKE '%Asha%' OR detail LIKE '%@%'`) != 0 || w.count(`SELECT count(*) FROM outbox WHERE payload LIKE '%example.com%'`) != 0 {
		t.Error("personal data where only ids belong")
	}
}

func TestSend_Invalid(t *testing.T) {
	w := newWorld(t)
	_, err := w.in.Send(ctx, inbox.Form{Name: " ", Email: "asha", Phone: "12", Subject: strings.Repeat("x", 201), Body: " \n "})
	f, ok := err.(*fault.Fault)
	if !ok || f.Kind != fault.Invalid {
		t.Fatal(err)
	}
	for _, field := range []string{"name", "email", "phone", "subject", "message"} {
		if _, wrong := f.Fields[field]; !wrong {
			t.Errorf("nothing is said about %s", field)
		}
	}
	if _, err := w.in.Send(ctx, inbox.Form{Name: "A", Email: "a@example.com", Body: strings.Repeat("ह", 5000)}); err != nil {
		t.Errorf("5000 characters: %v", err)
	}
	if _, err := w.in.Send(ctx, inbox.Form{Name: "A", Email: "a@example.com", Body: strings.Repeat("x", 5001)}); !fault.Is(err, fault.Invalid) {
		t.Errorf("5001 characters: %v", err)
	}
}

func TestSend_ADoubleClickIsOneMessage(t *testing.T) {
	w := newWorld(t)
	codes := make([]string, 12)
	for _, err := range together(len(codes), func(i int) error {
		m, err := w.in.Send(ctx, inbox.Form{Name: "Asha", Email: "asha@example.com", Body: "Hello"})
		codes[i] = m.Code
		return err
	}) {
		w.must(err)
	}
	for _, c := range codes {
		if c != codes[0] {
			t.Fatalf("different codes: %v", codes)
		}
	}
	if w.count(`SELECT count(*) FROM messages`) != 1 || w.count(`SELECT count(*) FROM outbox`) != 1 || w.count(`SELECT count(*) FROM audit`) != 1 {
		t.Error("more than one of it")
	}
	w.later(24 * time.Hour)
	if m := w.ask("Hello"); m.Code == codes[0] {
		t.Error("the same words on another day are another message")
	}
}

func TestSend_WhatAProgramWroteIsKeptAside(t *testing.T) {
	w := newWorld(t)
	m, err := w.in.Send(ctx, inbox.Form{Name: "Bot", Email: "bot@example.com", Body: "Buy", Trap: "https://example.com"})
	w.must(err)
	if n, _ := w.in.Unread(ctx); n != 0 || m.Code == "" || w.count(`SELECT count(*) FROM outbox`) != 0 {
		t.Errorf("%d unread, code %q", n, m.Code)
	}
	w.must(w.in.Move(ctx, w.chitra, m.ID, inbox.Open))
	if rows, err := w.in.List(ctx, inbox.Query{}); err != nil || len(rows) != 1 {
		t.Errorf("%d rows, %v", len(rows), err)
	}
}

func TestSend_AFloodDoesNotUseUpTheMail(t *testing.T) {
	w := newWorld(t)
	for i := range 26 {
		w.ask(fmt.Sprint("Hello ", i))
	}
	if n, d := w.count(`SELECT count(*) FROM outbox WHERE kind = 'new_message'`), w.count(`SELECT count(*) FROM outbox WHERE kind = 'messages_digest'`); n != 20 || d != 1 {
		t.Errorf("%d letters and %d digests, want 20 and 1", n, d)
	}
	w.later(2 * time.Hour)
	w.ask("Hello again")
	if n := w.count(`SELECT count(*) FROM outbox WHERE kind = 'new_message'`); n != 21 {
		t.Errorf("%d letters after the flood, want 21", n)
	}
}

func TestList_UnreadFirstThenTheRest(t *testing.T) {
	w := newWorld(t)
	var all []inbox.Message
	for i := range 7 {
		all = append(all, w.ask(fmt.Sprint("Question ", i)))
	}
	for _, i := range []int{1, 4, 6} {
		w.must(w.in.Read(ctx, w.chitra, all[i].ID))
	}
	w.must(w.in.Move(ctx, w.chitra, all[4].ID, inbox.Closed))
	var got []string
	for after := ""; ; {
		rows, err := w.in.List(ctx, inbox.Query{After: after, Limit: 2})
		w.must(err)
		for _, m := range rows[:min(2, len(rows))] {
			got = append(got, m.ID)
		}
		if len(rows) <= 2 {
			break
		}
		after = rows[1].Key()
	}
	want := []string{all[5].ID, all[3].ID, all[2].ID, all[0].ID, all[6].ID, all[1].ID}
	if fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("got %v, want %v", got, want)
	}
	for query, n := range map[inbox.Query]int{{Status: inbox.Closed}: 1, {Status: "all"}: 7, {Status: inbox.Unread}: 4, {Q: "quest ash", Status: "all"}: 7, {Q: "nobody"}: 0,
		{Q: all[4].Code}: 1, {Q: "M-000000"}: 0, {Q: "9198765"}: 6, {Q: "question 3"}: 1} {
		if rows, err := w.in.List(ctx, query); err != nil || len(rows) != n {
			t.Errorf("%+v finds %d, %v; want %d", query, len(rows), err, n)
		}
	}
}

func TestReply_IsQueuedOnce(t *testing.T) {
	w := newWorld(t)
	m := w.ask("Hello")
	var repeats atomic.Int64
	for _, err := range together(12, func(int) error {
		repeated, err := w.in.Reply(ctx, w.chitra, m.ID, inbox.EntryForm{Body: "On Monday.", Once: "form1", Done: true})
		if repeated {
			repeats.Add(1)
		}
		return err
	}) {
		w.must(err)
	}
	if repeats.Load() != 11 || w.count(`SELECT count(*) FROM outbox WHERE kind = 'message_reply'`) != 1 {
		t.Errorf("%d repeats", repeats.Load())
	}
	th, err := w.in.Thread(ctx, m.ID)
	w.must(err)
	if th.Status != inbox.Closed || len(th.Entries) != 1 || th.Entries[0].Letter != "queued" || th.Entries[0].By != "Chitra" || th.RepliedAt.IsZero() {
		t.Errorf("%+v", th)
	}
	if _, err := w.in.Reply(ctx, w.chitra, m.ID, inbox.EntryForm{Body: " "}); !fault.Is(err, fault.Invalid) {
		t.Errorf("an empty answer: %v", err)
	}
	if _, err := w.in.Reply(ctx, w.chitra, "nothing", inbox.EntryForm{Body: "x"}); !fault.Is(err, fault.NotFound) {
		t.Errorf("no such message: %v", err)
	}
}

func TestMove_OneWinner(t *testing.T) {
	w := newWorld(t)
	m := w.ask("Hello")
	won, lost := 0, 0
	for _, err := range together(8, func(int) error { return w.in.Move(ctx, w.chitra, m.ID, inbox.Closed) }) {
		switch {
		case err == nil:
			won++
		case fault.Is(err, fault.Conflict):
			lost++
		default:
			t.Error(err)
		}
	}
	if won != 1 || lost != 7 || w.count(`SELECT count(*) FROM audit WHERE action = 'message.closed'`) != 1 {
		t.Errorf("%d won, %d lost", won, lost)
	}
	for _, to := range []string{inbox.Open, inbox.Unread, inbox.Spam, inbox.Open} {
		w.must(w.in.Move(ctx, w.chitra, m.ID, to))
	}
	if err := w.in.Move(ctx, w.chitra, "nothing", inbox.Closed); !fault.Is(err, fault.NotFound) {
		t.Error(err)
	}
}

func TestNote_IsRemovedAndPutBack(t *testing.T) {
	w := newWorld(t)
	m, other := w.ask("Hello"), w.ask("Another")
	_, err := w.in.Note(ctx, w.chitra, m.ID, inbox.EntryForm{Body: "Called him."})
	w.must(err)
	th, err := w.in.Thread(ctx, m.ID)
	w.must(err)
	note := th.Entries[0].ID
	if w.count(`SELECT count(*) FROM outbox WHERE kind = 'message_reply'`) != 0 || len(th.Others) != 1 {
		t.Error("a note is no letter")
	}
	w.must(w.in.Remove(ctx, w.chitra, m.ID, note, false))
	if err := w.in.Remove(ctx, w.chitra, m.ID, note, false); !fault.Is(err, fault.Conflict) {
		t.Errorf("twice: %v", err)
	}
	w.must(w.in.Remove(ctx, w.chitra, m.ID, note, true))
	if err := w.in.Remove(ctx, w.chitra, other.ID, note, false); !fault.Is(err, fault.NotFound) {
		t.Errorf("a note of another message: %v", err)
	}
}

func TestThread_KnowsTheSender(t *testing.T) {
	w := newWorld(t)
	m := w.ask("Hello")
	if th, err := w.in.Thread(ctx, m.ID); err != nil || th.Account != nil {
		t.Errorf("%+v, %v", th.Account, err)
	}
	asha := db.NewID()
	w.user(asha, "Asha", "student")
	if th, err := w.in.Thread(ctx, m.ID); err != nil || th.Account == nil || th.Account.ID != asha || th.Account.Sure {
		t.Errorf("%+v, %v", th.Account, err)
	}
	sure, err := w.in.Send(ctx, inbox.Form{Name: "Asha", Email: "other@example.com", Body: "It's me", UserID: asha})
	w.must(err)
	if th, err := w.in.Thread(ctx, sure.ID); err != nil || th.Account == nil || !th.Account.Sure {
		t.Errorf("%+v, %v", th.Account, err)
	}
}
