package mail

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"lectern/app/db"
	"lectern/app/jobs"
	"lectern/app/mail/mailtest"
)

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

// A server that takes a letter and never says so gets it again and again: ever more seldom, under one id, and not for ever.
func TestWorker_WhatMayHaveArrivedIsTriedEverMoreSeldom(t *testing.T) {
	o := newOffice(t)
	o.enqueue(To{UserID: o.user("Asha", "asha@example.com")}, Enrolled{Course: "Python", Slug: "python", By: "free"})
	o.srv.Be(mailtest.Mode{CutAtData: true})
	for end := o.Now().Add(5 * day); o.Now().Before(end); o.Add(30 * time.Minute) {
		o.sendDue()
	}
	var copies []mailtest.Message
	for _, m := range o.srv.Messages() {
		if m.To[0] == "asha@example.com" {
			copies = append(copies, m)
		}
	}
	if len(copies) != giveUp || copies[0].ID != copies[giveUp-1].ID {
		t.Errorf("%d copies in five days, want %d", len(copies), giveUp)
	}
	if failed := o.rows(Filter{Status: "failed", Q: "asha@example.com"}); len(failed) != 1 {
		t.Errorf("failed: %+v", failed)
	}
}

// A connection that can't be made says nothing about the letter: somebody may be waiting for it before the screen.
func TestWorker_ALetterGoesAsSoonAsTheServerIsBack(t *testing.T) {
	o := newOffice(t)
	o.enqueue(To{UserID: o.user("Asha", "asha@example.com")}, Reset{})
	o.srv.Stop()
	o.sendDue()
	o.srv.Start()
	o.Add(6 * time.Second)
	if got := o.sendDue(); len(got) != 1 {
		t.Errorf("%d letters, want the one", len(got))
	}
}

func TestWorker_SomebodySaysThatTheServerIsWellAgain(t *testing.T) {
	for name, say := range map[string]func(o *office) error{
		"RetryAll": func(o *office) error { _, err := RetryAll(t.Context(), o.db, "admin", o.Now()); return err },
		"TestMail": func(o *office) error { return o.w.TestMail(t.Context(), "chitra@example.com") },
	} {
		t.Run(name, func(t *testing.T) {
			o := newOffice(t)
			for range 3 {
				o.enqueue(To{UserID: o.user("Asha", db.NewID()+"@example.com")}, PasswordChanged{})
			}
			o.srv.Be(mailtest.Mode{Data: mailtest.DailyQuota})
			o.sendDue()
			o.srv.Be(mailtest.Mode{})
			if err := say(o); err != nil {
				t.Fatal(err)
			}
			o.sendDue()
			if s := o.status(); s.Queued != 0 || s.SentToday != 3 || !s.PausedUntil.IsZero() {
				t.Errorf("status %+v, want all three sent", s)
			}
		})
	}
}

func TestWorker_TellsTheSchoolOnceInAnHourThatItRefusesOurMail(t *testing.T) {
	o := newOffice(t)
	for range 5 {
		o.enqueue(To{UserID: o.user("Asha", db.NewID()+"@example.com")}, PasswordChanged{})
	}
	o.srv.Be(mailtest.Mode{Rcpt: func(string) *mailtest.Answer { return mailtest.NoSuchUser }})
	o.sendDue()
	o.sendDue()
	if rows := o.rows(Filter{Status: "failed"}); len(rows) != 6 {
		t.Errorf("%d letters failed, want five and one to the school", len(rows))
	}
}
