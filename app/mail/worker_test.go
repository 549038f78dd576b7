package mail

import (
	"context"
	"database/sql"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"lectern/app/db"
)

func TestWorker_SendsOnceWhatWasCommitted(t *testing.T) {
	o := newOffice(t)
	asha := o.user("Asha Rao", "asha@example.com")
	boom := errors.New("the change failed")
	err := o.db.InTx(t.Context(), func(tx *sql.Tx) error {
		return errors.Join(Enqueue(t.Context(), tx, o.Now(), To{UserID: asha}, PasswordChanged{}), boom)
	})
	if !errors.Is(err, boom) {
		t.Fatal(err)
	}
	o.enqueue(To{UserID: asha}, Enrolled{Course: "Python", Slug: "python", By: "free"})
	o.sendDue()
	got := o.sendDue()
	if len(got) != 1 {
		t.Fatalf("%d messages, want 1", len(got))
	}
	r := o.only()
	if got[0].ID != "<"+r.ID+"@example.com>" || got[0].To[0] != "asha@example.com" {
		t.Errorf("id %s to %v", got[0].ID, got[0].To)
	}
	if r.Status != "sent" || !r.SentAt.Equal(o.Now()) || r.Attempts != 0 {
		t.Errorf("row %+v", r)
	}
}

func TestWorker_ReadsTheAddressWhenItSends(t *testing.T) {
	o := newOffice(t)
	asha := o.user("Asha", "old@example.com")
	o.enqueue(To{UserID: asha}, PasswordChanged{})
	o.enqueue(To{UserID: asha, Address: "old@example.com"}, AddressChanged{Old: "o…@example.com", New: "n…@example.com"})
	o.exec(`UPDATE users SET email = 'new@example.com', email_norm = 'new@example.com' WHERE id = $1`, asha)
	got := o.sendDue()
	if len(got) != 2 || got[0].To[0] != "new@example.com" || got[1].To[0] != "old@example.com" {
		t.Errorf("messages %+v", got)
	}
}

func TestWorker_WithoutASenderMailStaysQueued(t *testing.T) {
	o := newOffice(t)
	o.enqueue(To{UserID: o.user("Asha", "asha@example.com")}, Reset{})
	o.w = NewWorker(WorkerOptions{DB: o.db, Now: o.Now, Send: o.smtp}) // no SENDER_EMAIL
	if got := o.sendDue(); len(got) != 0 {
		t.Error("sent without a sender")
	}
	if s := o.status(); s.Ready || s.Queued != 1 || !s.Oldest.Equal(o.Now()) {
		t.Errorf("status %+v", s)
	}
	var p *Problem
	if err := o.w.TestMail(t.Context(), "asha@example.com"); !errors.As(err, &p) || p.Code != codeSetup {
		t.Errorf("test mail: %v", err)
	}
	o.Add(5 * day)
	o.w = o.worker(o.smtp)
	if got := o.sendDue(); len(got) != 1 {
		t.Error("not sent once there is a sender")
	}
}

func TestWorker_SeveralAtOnceSendEachLetterOnce(t *testing.T) {
	o := newOffice(t)
	asha := o.user("Asha", "asha@example.com")
	const letters = 120
	for range letters {
		o.enqueue(To{UserID: asha}, PasswordChanged{})
	}
	var all sync.WaitGroup
	taken := make([]int, 4)
	for i := range taken {
		all.Go(func() {
			w := o.worker(NewSMTP(o.smtp.o))
			for o.status().Queued > 0 && t.Context().Err() == nil {
				n, err := w.SendDue(t.Context())
				taken[i] += n
				if err != nil {
					t.Error(err)
					return
				}
			}
		})
	}
	all.Wait()
	got, ids := o.srv.Messages(), map[string]bool{}
	for _, m := range got {
		ids[m.ID] = true
	}
	if len(got) != letters || len(ids) != letters {
		t.Errorf("%d messages, %d different, want %d; taken %v", len(got), len(ids), letters, taken)
	}
}

func TestWorker_SendsABacklogInItsOrder(t *testing.T) {
	o := newOffice(t)
	o.w.o.PerDay = 1000
	asha := o.user("Asha", "asha@example.com")
	o.claims(1)
	for range 100 {
		o.enqueue(To{UserID: asha}, Welcome{})
		o.enqueue(To{UserID: asha}, PasswordChanged{})
		o.enqueue(To{UserID: asha}, Enrolled{Course: "Python", Slug: "python"})
		o.enqueue(To{UserID: asha}, Rejected{Course: "Python"})
		o.enqueue(To{UserID: asha}, Reset{})
	}
	o.digest()
	got := o.sendDue()
	if len(got) != 501 {
		t.Fatalf("%d messages, want 501", len(got))
	}
	last := 0
	for i, m := range got {
		id, _, _ := strings.Cut(strings.Trim(m.ID, "<>"), "@")
		p, err := db.Value[int](t.Context(), o.db.Read(), `SELECT priority FROM outbox WHERE id = $1`, id)
		if err != nil {
			t.Fatal(err)
		}
		if p < last {
			t.Fatalf("message %d has priority %d, after one of %d", i, p, last)
		}
		last = p
	}
}

func TestWorker_APriorityLetterWaitsForOneMessageAtMost(t *testing.T) {
	o := newOffice(t)
	asha := o.user("Asha", "asha@example.com")
	for range 50 {
		o.enqueue(To{UserID: asha}, Welcome{})
	}
	o.sendN(7)
	o.enqueue(To{UserID: asha}, Reset{})
	o.sendN(1)
	if got := o.srv.Messages(); got[7].Subject != "Choose a new password" {
		t.Errorf("the eighth is %q", got[7].Subject)
	}
}

func TestWorker_KeepsTheCapOfTheDayAndATenthForWhatIsUrgent(t *testing.T) {
	o := newOffice(t)
	o.w.o.PerDay = 30
	asha := o.user("Asha", "asha@example.com")
	for range 40 {
		o.enqueue(To{UserID: asha}, Welcome{})
	}
	if got := o.sendDue(); len(got) != 27 {
		t.Fatalf("%d welcomes on the first day, want 27 of 30", len(got))
	}
	o.Add(12 * time.Hour)
	for range 5 {
		o.enqueue(To{UserID: asha}, Reset{})
	}
	if got := o.sendDue(); len(got) != 30 || got[29].Subject != "Choose a new password" {
		t.Fatalf("%d after the resets, want 30", len(got))
	}
	if s := o.status(); s.SentToday != 30 || s.PerDay != 30 || s.Queued != 15 {
		t.Errorf("status %+v", s)
	}
	o.Add(12*time.Hour - time.Minute)
	if got := o.sendDue(); len(got) != 30 {
		t.Errorf("%d within 24 hours", len(got))
	}
	o.Add(2 * time.Minute) // the first 27 are older than a day now; the resets go first, then 22 of the 13
	if got := o.sendDue(); len(got) != 45 {
		t.Errorf("%d on the next day, want 45", len(got))
	}
	if s := o.status(); s.Failed != 0 || s.Queued != 0 {
		t.Errorf("status %+v", s)
	}
}

func TestWorker_LettersUnderWayCountTowardsTheCap(t *testing.T) {
	o := newOffice(t)
	o.w.o.PerDay = 3
	asha := o.user("Asha", "asha@example.com")
	for range 5 {
		o.enqueue(To{UserID: asha}, Reset{})
	}
	for range 3 {
		if _, err := o.w.claim(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := o.w.claim(t.Context()); !errors.Is(err, errNone) {
		t.Errorf("a fourth was claimed: %v", err)
	}
}

func TestWorker_WakesUp(t *testing.T) {
	o := newOffice(t)
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan struct{})
	go func() { defer close(ended); o.w.Run(ctx) }()
	start := time.Now()
	o.enqueue(To{UserID: o.user("Asha", "asha@example.com")}, Reset{})
	o.w.Wake()
	o.w.Wake()
	o.srv.Wait(1)
	if took := time.Since(start); took >= poll {
		t.Errorf("took %v", took)
	}
	cancel()
	<-ended
}

func TestTestMail(t *testing.T) {
	o := newOffice(t)
	o.srv.Stop()
	o.enqueue(To{UserID: o.user("Asha", "asha@example.com")}, Reset{})
	o.sendDue()
	var p *Problem
	if err := o.w.TestMail(t.Context(), "chitra@example.com"); !errors.As(err, &p) || p.Code != codeUnreachable {
		t.Fatalf("server down: %v", err)
	}
	if err := o.w.TestMail(t.Context(), "nonsense"); !errors.As(err, &p) || p.Code != codeRefused {
		t.Errorf("no address: %v", err)
	}
	o.srv.Start()
	if err := o.w.TestMail(t.Context(), "chitra@example.com"); err != nil {
		t.Fatal(err)
	}
	got := o.srv.Messages()
	if len(got) != 1 || got[0].To[0] != "chitra@example.com" || got[0].Subject != "Test mail from The Coding Science" {
		t.Errorf("messages %+v", got)
	}
	if s := o.status(); !s.PausedUntil.IsZero() || s.Problem != nil {
		t.Errorf("still paused: %+v", s)
	}
}

func TestClaim_NotWithinAPauseThatAnotherCopyBegan(t *testing.T) {
	o := newOffice(t)
	o.enqueue(To{UserID: o.user("Asha", "asha@example.com")}, Reset{})
	err := o.db.InTx(t.Context(), func(tx *sql.Tx) error {
		if err := pause(t.Context(), tx, o.Now(), o.Now().Add(time.Minute), 1, problem(codeQuota, "")); err != nil {
			return err
		}
		_, err := claim(t.Context(), tx, o.Now(), lease, 450)
		return err
	})
	if !errors.Is(err, errNone) {
		t.Errorf("claimed within a pause: %v", err)
	}
}
