package mail

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"lectern/app/db"
	"lectern/app/jobs"
	"lectern/app/mail/mailtest"
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

func TestWorker_BacksOffAndGivesUpOnlyAfterThreeDays(t *testing.T) {
	o := newOffice(t)
	o.enqueue(To{UserID: o.user("Asha", "asha@example.com")}, Enrolled{Course: "Python", Slug: "python", By: "free"})
	o.srv.Be(mailtest.Mode{Rcpt: func(string) *mailtest.Answer { return mailtest.Greylisted }})
	start := o.Now()
	for attempt := 1; attempt < giveUp; attempt++ {
		o.sendDue()
		r := o.only()
		if r.Status != "queued" || r.Attempts != attempt || !strings.Contains(r.LastError, "451") {
			t.Fatalf("after %d: %+v", attempt, r)
		}
		wait, least := r.RunAt.Sub(o.Now()), []time.Duration{5 * time.Second, 15 * time.Second, time.Minute, 5 * time.Minute}
		if attempt <= 4 && (wait < least[attempt-1] || wait > least[attempt-1]*11/10) || wait > jobs.Longest*11/10 {
			t.Fatalf("waits %v after %d failures", wait, attempt)
		}
		if o.Add(wait - time.Millisecond); attempt == 3 {
			o.sendDue()
			if o.only().Attempts != attempt {
				t.Fatal("tried before its time")
			}
		}
		o.Add(time.Millisecond)
	}
	if lasted := o.Now().Sub(start); lasted < 72*time.Hour {
		t.Errorf("gives up after %v", lasted)
	}
	o.sendDue()
	if rows := o.rows(Filter{Status: "failed"}); len(rows) != 1 || rows[0].Kind != "enrolled" {
		t.Errorf("failed: %+v", rows)
	}
}

func TestWorker_RefusedLetterFailsAndTheSchoolIsTold(t *testing.T) {
	o := newOffice(t)
	for i := range 3 {
		o.enqueue(To{UserID: o.user("Asha", fmt.Sprintf("asha%d@example.com", i))}, NotSeen{Course: "Python", OrderCode: "LN-7F3K-9QXZ", Reference: "412345678901"})
	}
	o.srv.Be(mailtest.Mode{Rcpt: func(to string) *mailtest.Answer {
		if strings.HasPrefix(to, "asha") {
			return mailtest.NoSuchUser
		}
		return nil
	}})
	got := o.sendDue()
	if len(got) != 1 || got[0].To[0] != "school@example.com" || !strings.Contains(got[0].Text, "Not seen yet") || strings.Contains(got[0].Text, "asha") {
		t.Fatalf("to the school: %+v", got)
	}
	failed := o.rows(Filter{Status: "failed"})
	if len(failed) != 3 || failed[0].Attempts != 1 || failed[0].LastError != "550 5.1.1 The email account that you tried to reach does not exist" {
		t.Errorf("failed: %+v", failed)
	}
	if s := o.status(); s.Failed != 3 || !s.PausedUntil.IsZero() || s.Problem != nil {
		t.Errorf("status %+v", s)
	}
}

func TestWorker_NeverTellsTheSchoolThatItCouldNotTellTheSchool(t *testing.T) {
	o := newOffice(t)
	o.enqueue(To{UserID: o.user("Asha", "asha@example.com")}, NotSeen{Course: "Python"})
	o.srv.Be(mailtest.Mode{Rcpt: func(string) *mailtest.Answer { return mailtest.NoSuchUser }})
	for range 5 {
		o.sendDue()
		o.Add(2 * time.Hour)
	}
	if rows := o.rows(Filter{}); len(rows) != 2 || rows[0].Status != "failed" || rows[1].Status != "failed" {
		t.Errorf("rows %+v", rows)
	}
}

// The outage of a night: nothing is lost, nothing counts against a letter, and mail flows within minutes of its end.
func TestWorker_OutlivesAnOutage(t *testing.T) {
	o := newOffice(t)
	asha := o.user("Asha", "asha@example.com")
	for range 30 {
		o.enqueue(To{UserID: asha}, PasswordChanged{})
	}
	o.sendN(10)
	o.srv.Stop()
	var waits []time.Duration
	for end := o.Now().Add(8 * time.Hour); o.Now().Before(end); {
		o.sendDue()
		s := o.status()
		if s.PausedUntil.IsZero() || s.Problem == nil || s.Problem.Code != codeUnreachable {
			t.Fatalf("status %+v", s)
		}
		waits = append(waits, s.PausedUntil.Sub(o.Now()))
		o.w = o.worker(o.smtp) // a pause outlives the process
		o.Add(s.PausedUntil.Sub(o.Now()))
	}
	for i, want := range []time.Duration{5 * time.Second, 15 * time.Second, time.Minute, 5 * time.Minute, 5 * time.Minute} {
		if waits[i] < want || waits[i] > want*11/10 {
			t.Errorf("pause %d: %v, want %v", i+1, waits[i], want)
		}
	}
	o.srv.Start()
	o.Add(2 * time.Minute) // the one letter that was tried last stands back a little
	if got := o.sendDue(); len(got) != 30 {
		t.Errorf("%d of 30 arrived", len(got))
	}
	if s := o.status(); s.Queued != 0 || s.Failed != 0 || s.Problem != nil || !s.PausedUntil.IsZero() {
		t.Errorf("status %+v", s)
	}
	for _, r := range o.rows(Filter{}) {
		if r.Attempts != 0 {
			t.Fatalf("counted against a letter: %+v", r)
		}
	}
}

// sendN sends exactly n letters.
func (o *office) sendN(n int) {
	o.t.Helper()
	for range n {
		r, err := o.w.claim(o.t.Context())
		if err == nil {
			err = o.w.settle(o.t.Context(), r, o.w.deliver(o.t.Context(), r))
		}
		if err != nil {
			o.t.Fatal(err)
		}
	}
}

func TestWorker_QuotaPausesEverythingAndKillsNothing(t *testing.T) {
	o := newOffice(t)
	asha := o.user("Asha", "asha@example.com")
	for range 5 {
		o.enqueue(To{UserID: asha}, Reset{})
	}
	o.srv.Be(mailtest.Mode{Data: mailtest.DailyQuota})
	for hour := range 24 {
		o.sendDue()
		o.w = o.worker(o.smtp)
		o.enqueue(To{UserID: asha}, Enrolled{Course: "Python", Slug: "python"})
		if n, err := o.w.SendDue(t.Context()); n != 0 || err != nil {
			t.Fatalf("hour %d: %d letters tried within the pause, %v", hour, n, err)
		}
		if s := o.status(); s.Problem == nil || s.Problem.Code != codeQuota || s.PausedUntil.Sub(o.Now()) != time.Hour || s.Failed != 0 {
			t.Fatalf("hour %d: status %+v", hour, s)
		}
		o.Add(time.Hour)
	}
	if tried := o.srv.Connections(); tried != 24 {
		t.Errorf("%d tries in a day", tried)
	}
	o.srv.Be(mailtest.Mode{})
	o.Add(time.Minute)
	if got := o.sendDue(); len(got) != 29 {
		t.Errorf("%d of 29 arrived", len(got))
	}
	for _, r := range o.rows(Filter{}) {
		if r.Status != "sent" || r.Attempts != 0 {
			t.Fatalf("row %+v", r)
		}
	}
}

func TestWorker_OneBadLetterHoldsUpNoOther(t *testing.T) {
	o := newOffice(t)
	o.enqueue(To{UserID: o.user("Asha", "asha@example.com")}, Reset{}) // goes first, and is what the server can't bear
	for i := range 10 {
		o.enqueue(To{UserID: o.user("Bala", fmt.Sprintf("bala%d@example.com", i))}, Enrolled{Course: "Python", Slug: "python"})
	}
	o.srv.Be(mailtest.Mode{Rcpt: func(to string) *mailtest.Answer {
		if to == "asha@example.com" {
			return mailtest.TryLater
		}
		return nil
	}})
	o.sendDue()
	o.Add(o.status().PausedUntil.Sub(o.Now()))
	if got := o.sendDue(); len(got) != 10 {
		t.Errorf("%d of the 10 others arrived", len(got))
	}
}

func TestWorker_TwiceAtMostWhenKilledInFlight(t *testing.T) {
	o := newOffice(t)
	o.enqueue(To{UserID: o.user("Asha", "asha@example.com")}, Enrolled{Course: "Python", Slug: "python", By: "free"})
	o.srv.Be(mailtest.Mode{HangAtData: true})
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan struct{})
	go func() { defer close(ended); o.w.Run(ctx) }()
	first := o.srv.Wait(1)[0]
	start := time.Now()
	cancel()
	<-ended
	if took := time.Since(start); took > 5*time.Second {
		t.Errorf("stopping took %v", took)
	}
	if r := o.only(); r.Status != "queued" || r.Attempts != 0 || r.LastError != "" {
		t.Errorf("given back as %+v", r)
	}
	o.srv.Be(mailtest.Mode{})
	got := o.sendDue() // at once: the lease was given back
	if len(got) != 2 || got[1].ID != first.ID {
		t.Errorf("%d arrivals, ids %s and %s", len(got), first.ID, got[len(got)-1].ID)
	}
}

func TestWorker_LetsAMessageUnderWayEnd(t *testing.T) {
	o := newOffice(t)
	o.enqueue(To{UserID: o.user("Asha", "asha@example.com")}, Reset{})
	o.srv.Be(mailtest.Mode{Slow: 100 * time.Millisecond})
	o.w.grace = 10 * time.Second
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan struct{})
	go func() { defer close(ended); o.w.Run(ctx) }()
	o.srv.Wait(1)
	cancel()
	<-ended
	if r := o.only(); r.Status != "sent" {
		t.Errorf("row %+v", r)
	}
}

func TestWorker_ALeaseRecoversFromACrash(t *testing.T) {
	o := newOffice(t)
	o.enqueue(To{UserID: o.user("Asha", "asha@example.com")}, Reset{})
	if _, err := o.w.claim(t.Context()); err != nil { // and dies
		t.Fatal(err)
	}
	o.Add(lease - time.Second)
	if got := o.sendDue(); len(got) != 0 {
		t.Error("sent while another had it")
	}
	o.Add(2 * time.Second)
	if got := o.sendDue(); len(got) != 1 {
		t.Error("not sent after the lease")
	}
}

// slow is a sender that takes longer than a lease, during which another worker does its work.
type slow struct {
	Sender
	meanwhile func()
}

func (s slow) Send(ctx context.Context, m Message) error {
	s.meanwhile()
	return s.Sender.Send(ctx, m)
}

func TestWorker_ALeaseThatRanOutIsSafe(t *testing.T) {
	o := newOffice(t)
	o.enqueue(To{UserID: o.user("Asha", "asha@example.com")}, Reset{})
	other := NewSMTP(o.smtp.o)
	o.w = o.worker(slow{o.smtp, func() {
		o.Add(lease + time.Second)
		if n, err := o.worker(other).SendDue(t.Context()); n != 1 || err != nil {
			t.Errorf("the other worker took %d, %v", n, err)
		}
	}})
	got := o.sendDue()
	if len(got) != 2 || got[0].ID != got[1].ID {
		t.Errorf("%d arrivals", len(got))
	}
	if r := o.only(); r.Status != "sent" || r.Attempts != 0 {
		t.Errorf("row %+v", r)
	}
	if more := o.sendDue(); len(more) != 2 {
		t.Error("sent once more")
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

func TestWorker_APanicCountsAgainstItsLetter(t *testing.T) {
	o := newOffice(t)
	o.enqueue(To{UserID: o.user("Asha", "asha@example.com")}, Reset{})
	o.enqueue(To{UserID: o.user("Bala", "bala@example.com")}, Enrolled{Course: "Python", Slug: "python"})
	o.w.o.Links = nil
	if got := o.sendDue(); len(got) != 1 {
		t.Errorf("%d arrived, want the other letter", len(got))
	}
	if rows := o.rows(Filter{Status: "queued"}); len(rows) != 1 || rows[0].Attempts != 1 || !strings.Contains(rows[0].LastError, "panic") {
		t.Errorf("rows %+v", rows)
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
