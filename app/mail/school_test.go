package mail

import (
	"database/sql"
	"slices"
	"strings"
	"testing"
	"time"

	"lectern/app/db"
	"lectern/app/fault"
	"lectern/app/mail/mailtest"
)

func TestEnqueueDigest_AtMostEvery15Minutes(t *testing.T) {
	o := newOffice(t)
	var times []time.Duration
	start := o.Now()
	for minute := range 60 { // a claim each minute
		o.claims(1)
		o.digest()
		before := len(o.srv.Messages())
		if len(o.sendDue()) > before {
			times = append(times, time.Duration(minute)*time.Minute)
		}
		o.Add(time.Minute)
	}
	want := []time.Duration{0, 15 * time.Minute, 30 * time.Minute, 45 * time.Minute}
	if !slices.Equal(times, want) {
		t.Errorf("sent at %v, want %v", times, want)
	}
	got := o.srv.Messages()
	if got[0].Subject != "1 payment to check" || got[1].Subject != "16 payments to check" {
		t.Errorf("subjects %q, %q", got[0].Subject, got[1].Subject)
	}
	o.Add(start.Add(61 * time.Minute).Sub(o.Now()))
	if more := o.sendDue(); len(more) != 5 {
		t.Errorf("the claims after the last digest are never told: %d digests", len(more))
	}
}

func TestEnqueueDigest_TellsNothingThatIsDone(t *testing.T) {
	o := newOffice(t)
	o.claims(2)
	o.digest()
	o.exec(`UPDATE claims SET status = 'rejected'`)
	if got := o.sendDue(); len(got) != 0 || len(o.rows(Filter{})) != 0 {
		t.Errorf("%d messages, %d rows, though no claim waits", len(got), len(o.rows(Filter{})))
	}
}

// A claim that comes while the digest is on its way is told by the next one.
func TestEnqueueDigest_LosesNoClaim(t *testing.T) {
	o := newOffice(t)
	o.claims(1)
	o.digest()
	once := false
	o.w = o.worker(slow{o.smtp, func() {
		if !once {
			once = true
			o.claims(1)
			o.digest()
		}
	}})
	if got := o.sendDue(); len(got) != 1 {
		t.Fatalf("%d digests at once", len(got))
	}
	o.Add(14 * time.Minute)
	o.sendDue()
	o.Add(time.Minute)
	if got := o.sendDue(); len(got) != 2 || got[1].Subject != "2 payments to check" {
		t.Errorf("messages %d: the second claim wasn't told 15 minutes later", len(got))
	}
	o.Add(time.Hour)
	if got := o.sendDue(); len(got) != 2 {
		t.Errorf("%d digests for two claims", len(got))
	}
}

func TestEnqueueDigest_LosesNoClaimThatComesWhenTheOthersAreDone(t *testing.T) {
	o := newOffice(t)
	o.digest()
	r, err := o.w.claim(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	outcome := o.w.deliver(t.Context(), r) // finds that nothing waits
	o.claims(1)
	o.digest()
	if err := o.w.settle(t.Context(), r, outcome); err != nil {
		t.Fatal(err)
	}
	if got := o.sendDue(); len(got) != 1 || got[0].Subject != "1 payment to check" {
		t.Errorf("messages %+v", got)
	}
}

func TestToTheSchool_GoesToEachAdminWithoutAContactAddress(t *testing.T) {
	o := newOffice(t)
	o.site.Email = ""
	o.claims(1)
	o.digest()
	if got := o.sendDue(); len(got) != 0 {
		t.Fatal("sent to nobody")
	}
	if r := o.only(); r.Status != "queued" || r.Attempts != 0 {
		t.Errorf("without admins: %+v", r)
	}
	o.user("Chitra", "chitra@example.com", "admin")
	o.user("Deepa", "deepa@example.com", "admin")
	o.exec(`UPDATE users SET deactivated_at = 1 WHERE id = $1`, o.user("Esha", "esha@example.com", "admin"))
	o.Add(nobody)
	var to []string
	for _, m := range o.sendDue() {
		to = append(to, m.To...)
	}
	slices.Sort(to)
	if want := []string{"chitra@example.com", "deepa@example.com"}; !slices.Equal(to, want) {
		t.Errorf("sent to %v, want %v", to, want)
	}
	o.claims(1)
	o.digest()
	o.Add(15 * time.Minute)
	if got := o.sendDue(); len(got) != 4 {
		t.Errorf("%d messages after a second digest", len(got))
	}
}

func TestToTheSchool_FollowsTheContactAddress(t *testing.T) {
	o := newOffice(t)
	o.claims(1)
	o.digest()
	o.site.Email = "office@example.com"
	if got := o.sendDue(); len(got) != 1 || got[0].To[0] != "office@example.com" {
		t.Errorf("messages %+v", got)
	}
}

func TestEnqueue(t *testing.T) {
	o := newOffice(t)
	err := o.db.InTx(t.Context(), func(tx *sql.Tx) error { return Enqueue(t.Context(), tx, o.Now(), To{}, Reset{}) })
	if err == nil {
		t.Error("a letter to nobody was taken")
	}
	asha := o.user("Asha", "asha@example.com")
	for range 5 {
		o.enqueue(To{UserID: asha, Dedupe: "reset:" + asha}, Reset{})
	}
	o.enqueue(To{UserID: asha, After: o.Now().Add(time.Hour)}, PasswordChanged{})
	if got := o.sendDue(); len(got) != 1 {
		t.Errorf("%d messages, want one of the five and not yet the later one", len(got))
	}
	o.enqueue(To{UserID: asha, Dedupe: "reset:" + asha}, Reset{})
	o.Add(time.Hour)
	if got := o.sendDue(); len(got) != 3 {
		t.Errorf("%d messages an hour later, want 3", len(got))
	}
}

func TestLetters_OfAnAccountThatIsGone(t *testing.T) {
	o := newOffice(t)
	asha := o.user("Asha", "asha@example.com")
	o.enqueue(To{UserID: asha}, Welcome{})
	o.enqueue(To{UserID: asha}, VerifyAddress{Address: "typo@example.com"}) // corrected before it went out
	o.enqueue(To{UserID: asha}, VerifyAddress{Address: "asha@example.com"})
	if got := o.sendDue(); len(got) != 2 {
		t.Errorf("%d messages, want the welcome and one address check", len(got))
	}
	o.enqueue(To{UserID: asha}, Reset{})
	o.exec(`DELETE FROM users WHERE id = $1`, asha)
	if got := o.sendDue(); len(got) != 2 || len(o.rows(Filter{Status: "queued"})) != 0 {
		t.Errorf("a letter to a deleted account: %d messages", len(got))
	}
}

func TestRetry(t *testing.T) {
	o := newOffice(t)
	asha := o.user("Asha Rao", "asha@example.com")
	o.srv.Be(mailtest.Mode{Rcpt: func(string) *mailtest.Answer { return mailtest.NoSuchUser }})
	for range 3 {
		o.enqueue(To{UserID: asha, Dedupe: "one"}, Reset{})
		o.sendDue()
	}
	o.enqueue(To{UserID: asha, Dedupe: "one"}, Reset{}) // queued beside the failed ones, with their mark
	failed := o.rows(Filter{Status: "failed", Q: "asha@example.com"})
	if len(failed) != 3 {
		t.Fatalf("%d failed", len(failed))
	}
	o.srv.Be(mailtest.Mode{})
	if err := Retry(t.Context(), o.db, failed[0].ID, "chitra", o.Now()); err != nil {
		t.Fatal(err)
	}
	if err := Retry(t.Context(), o.db, failed[0].ID, "chitra", o.Now()); !fault.Is(err, fault.Conflict) {
		t.Errorf("twice: %v", err)
	}
	for _, id := range []string{"", "nothing"} {
		if err := Retry(t.Context(), o.db, id, "chitra", o.Now()); !fault.Is(err, fault.NotFound) {
			t.Errorf("%q: %v", id, err)
		}
	}
	n, err := RetryAll(t.Context(), o.db, "chitra", o.Now())
	if err != nil || n < 2 {
		t.Errorf("all: %d, %v", n, err)
	}
	o.sendDue()
	if left := o.rows(Filter{Q: "asha@example.com", Status: "failed"}); len(left) != 0 {
		t.Errorf("left: %+v", left)
	}
	if r := o.rows(Filter{Q: failed[0].ID}); len(r) != 1 || r[0].Status != "sent" || r[0].LastError != "" || r[0].Name != "Asha Rao" {
		t.Errorf("row %+v", r)
	}
	entries, err := db.Value[int](t.Context(), o.db.Read(), `SELECT count(*) FROM audit WHERE action = 'mail.retry' AND actor = 'chitra'`)
	if err != nil || entries != 2 {
		t.Errorf("%d entries in the audit log, %v", entries, err)
	}
}

func TestList_PagesByKey(t *testing.T) {
	o := newOffice(t)
	asha := o.user("Asha", "asha@example.com")
	for range 5 {
		o.enqueue(To{UserID: asha}, Welcome{})
	}
	o.enqueue(To{Address: "Bala@example.com"}, Test{})
	var seen []string
	for after := ""; ; {
		rows := o.rows(Filter{After: after, Limit: 2})
		for _, r := range rows[:min(2, len(rows))] {
			seen = append(seen, r.ID)
		}
		if len(rows) < 3 {
			break
		}
		after = rows[1].ID
	}
	all := o.rows(Filter{})
	if len(seen) != 6 || len(all) != 6 || seen[0] != all[0].ID || seen[5] != all[5].ID || !slices.IsSortedFunc(seen, func(a, b string) int { return strings.Compare(b, a) }) {
		t.Errorf("seen %v of %d", seen, len(all))
	}
	if r := o.rows(Filter{Q: " bala@EXAMPLE.com "}); len(r) != 1 || r[0].Kind != "test" {
		t.Errorf("found %+v", r)
	}
	if r := o.rows(Filter{Status: "sent"}); len(r) != 0 {
		t.Errorf("sent: %+v", r)
	}
}

func TestClean(t *testing.T) {
	o := newOffice(t)
	asha := o.user("Asha", "asha@example.com")
	o.enqueue(To{UserID: asha}, Welcome{})
	o.sendDue()
	o.Add(20 * day)
	o.enqueue(To{UserID: asha}, Welcome{})
	o.sendDue()
	o.w = NewWorker(WorkerOptions{DB: o.db, Now: o.Now})
	o.enqueue(To{UserID: asha}, Reset{})
	o.Add(11 * day)
	if err := Clean(t.Context(), o.db, o.Now().AddDate(0, 0, -30)); err != nil {
		t.Fatal(err)
	}
	if rows := o.rows(Filter{}); len(rows) != 2 || rows[0].Status != "queued" || rows[1].Status != "sent" {
		t.Errorf("left: %+v", rows)
	}
}
