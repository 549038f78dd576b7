package mail

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
	"time"

	"lectern/app/audit"
	"lectern/app/db"
	"lectern/app/fault"
)

// Status is how sending stands.
type Status struct {
	Ready       bool // mail is set up
	Sender      string
	PerDay      int
	Queued      int
	Failed      int       // letters that gave up
	SentToday   int       // in the last 24 hours, which is what the cap is about
	Oldest      time.Time // when the oldest queued letter was written; zero: none is queued
	PausedUntil time.Time // zero: not paused
	Problem     *Problem  // why the server took nothing when it was tried last; nil: it took it
	ProblemAt   time.Time
}

// Status reads how sending stands now.
func (w *Worker) Status(ctx context.Context) (Status, error) {
	s := Status{Ready: w.o.Send != nil, Sender: w.o.Sender, PerDay: w.o.PerDay}
	now := db.Millis(w.o.Now())
	var oldest sql.NullInt64
	var paused, at int64
	var p Problem
	err := w.o.DB.Read().QueryRowContext(ctx, `SELECT
		(SELECT count(*) FROM outbox WHERE status = 'queued'), (SELECT min(created_at) FROM outbox WHERE status = 'queued'),
		(SELECT count(*) FROM outbox WHERE status = 'failed'), (SELECT count(*) FROM outbox WHERE sent_at > $1),
		paused_until, problem, last_error, error_at FROM mail_state WHERE id = 1`, now-day.Milliseconds()).
		Scan(&s.Queued, &oldest, &s.Failed, &s.SentToday, &paused, &p.Code, &p.Answer, &at)
	s.Oldest = db.MaybeTime(oldest)
	if paused > now {
		s.PausedUntil = db.Time(paused)
	}
	if p.Code != "" {
		s.Problem, s.ProblemAt = &p, db.Time(at)
	}
	return s, err
}

// Row is a letter in the admin's list.
type Row struct {
	ID, Kind  string
	UserID    string // empty: not to a user
	Name      string // the user's
	Address   string // empty: the school's, decided when it is sent
	Status    string // queued, sent or failed
	Attempts  int    // that failed
	CreatedAt time.Time
	RunAt     time.Time // queued: not before
	SentAt    time.Time // zero: not sent
	LastError string
}

// Filter chooses letters, newest first; empty fields choose all.
type Filter struct {
	Status string
	Q      string // a whole mail address, or the id of a letter
	After  string // id of the last letter of the page before
	Limit  int
}

// List returns a page of letters, and one more than Limit where there is a next page.
func List(ctx context.Context, q db.Querier, f Filter) ([]Row, error) {
	where, args := "1 = 1", []any{}
	add := func(cond, v string) {
		if v != "" {
			args = append(args, v)
			where += fmt.Sprintf(" AND %s $%d", cond, len(args))
		}
	}
	add("o.status =", f.Status)
	add("o.id <", f.After)
	with, from := "", ""
	if address := strings.ToLower(strings.TrimSpace(f.Q)); address != "" {
		args = append(args, address)
		with, from = fmt.Sprintf(found, len(args)), "found CROSS JOIN "
		where += " AND o.id = found.id"
	}
	args = append(args, f.Limit+1)
	return db.All(ctx, q, scanRow, fmt.Sprintf(`%s SELECT %s FROM %s%s WHERE %s ORDER BY o.id DESC LIMIT $%d`, with, columns, from, letters, where, len(args)), args...)
}

// found are the letters that a search is for. Each way of being found has an index, which both databases use for nothing
// but such a union.
const found = `WITH found AS MATERIALIZED (SELECT id FROM outbox WHERE id = $%[1]d
	UNION SELECT id FROM outbox WHERE recipient <> '' AND LOWER(recipient) = $%[1]d
	UNION SELECT o.id FROM users u JOIN outbox o ON o.user_id = u.id WHERE u.email_norm = $%[1]d)`

const (
	columns = `o.id, o.kind, COALESCE(o.user_id, ''), COALESCE(u.name, ''),
		COALESCE(NULLIF(o.recipient, ''), u.email, ''), o.status, o.attempts, o.created_at, o.run_at, o.sent_at, o.last_error`
	letters = `outbox o LEFT JOIN users u ON u.id = o.user_id`
)

func scanRow(s db.Scanner) (Row, error) {
	var r Row
	var created, run int64
	var sent sql.NullInt64
	err := s.Scan(&r.ID, &r.Kind, &r.UserID, &r.Name, &r.Address, &r.Status, &r.Attempts, &created, &run, &sent, &r.LastError)
	r.CreatedAt, r.RunAt, r.SentAt = db.Time(created), db.Time(run), db.MaybeTime(sent)
	return r, err
}

// SendTest queues a letter to an admin that shows that mail arrives, unless one is queued already.
func SendTest(ctx context.Context, d *db.DB, by string, now time.Time) error {
	return d.InTx(ctx, func(tx *sql.Tx) error {
		if err := Enqueue(ctx, tx, now, To{UserID: by, Dedupe: "test:" + by}, Test{}); err != nil {
			return err
		}
		return audit.Record(ctx, tx, audit.Entry{At: now, Actor: by, Action: "mail.test", Kind: "user", Subject: by})
	})
}

// LastTest returns the last letter of SendTest's to somebody; false where there is none.
func LastTest(ctx context.Context, q db.Querier, userID string) (Row, bool, error) {
	rows, err := db.All(ctx, q, scanRow, `SELECT `+columns+` FROM `+letters+` WHERE o.kind = 'test' AND o.user_id = $1 ORDER BY o.id DESC LIMIT 1`, userID)
	if err != nil || len(rows) == 0 {
		return Row{}, false, err
	}
	return rows[0], true, nil
}

// Retry queues a letter that gave up, as if it were new, and ends a pause. By is the admin. NotFound if there is no such
// letter, Conflict unless it gave up.
func Retry(ctx context.Context, d *db.DB, id, by string, now time.Time) error {
	if id == "" {
		return fault.New(fault.NotFound, "fault.not_found")
	}
	return d.InTx(ctx, func(tx *sql.Tx) error {
		n, err := requeue(ctx, tx, id, now)
		if err != nil {
			return err
		}
		if n == 0 {
			if err := exists(ctx, tx, id); err != nil {
				return err
			}
			return fault.New(fault.Conflict, "fault.conflict")
		}
		_, err = recordRetry(ctx, tx, id, by, n, now)
		return err
	})
}

// RetryAll queues every letter that gave up, ends a pause, and lets go at once what waits for its next try. It returns
// how many letters that were.
func RetryAll(ctx context.Context, d *db.DB, by string, now time.Time) (n int64, err error) {
	err = d.InTx(ctx, func(tx *sql.Tx) error {
		if n, err = requeue(ctx, tx, "", now); err != nil {
			return err
		}
		n, err = recordRetry(ctx, tx, "", by, n, now)
		return err
	})
	return n, err
}

// recordRetry adds the letters that waited for the server to the n that had given up.
func recordRetry(ctx context.Context, tx *sql.Tx, id, by string, n int64, now time.Time) (int64, error) {
	waited, err := resume(ctx, tx, now)
	if err != nil {
		return 0, err
	}
	n += waited
	return n, audit.Record(ctx, tx, audit.Entry{At: now, Actor: by, Action: "mail.retry", Kind: "letter", Subject: id, Detail: map[string]any{"letters": n}})
}

// Forget cancels the letters that wait for a user or for his address, and takes out of those that were sent to whom they
// went and what they said, as part of tx.
func Forget(ctx context.Context, tx *sql.Tx, userID, address string) error {
	return cancelAll(ctx, tx, userID, strings.ToLower(address))
}

// DoneBy tells when n more letters of the kind that waits for all others will have been sent, if nothing else comes; days is
// how many days that takes, today included. The day's cap allows so many, less the tenth that is kept for payments.
func (s Status) DoneBy(now time.Time, n int) (days int, at time.Time) {
	perDay := max(s.PerDay-s.PerDay/10, 1)
	left := s.Queued + n - max(perDay-s.SentToday, 0)
	for days = 1; left > 0; days++ {
		left -= perDay
	}
	return days, now.AddDate(0, 0, days-1)
}
