package mail

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"time"

	"lectern/app/db"
	"lectern/app/fault"
)

// row is a letter in the outbox.
type row struct {
	id, kind, userID, recipient, payload, dedupe string
	priority, attempts                           int
	again                                        int64 // as it was when the letter was claimed
	createdAt                                    time.Time
	lease                                        int64 // until when it is ours, milliseconds: also the proof that it still is
}

const insertRow = `INSERT INTO outbox (id, kind, priority, user_id, recipient, payload, dedupe, created_at, run_at)
	VALUES ($1, $2, $3, NULLIF($4, ''), $5, $6, $7, $8, $9)
	ON CONFLICT (dedupe) WHERE dedupe <> '' AND status = 'queued' `

func insert(ctx context.Context, tx *sql.Tx, r row, now, runAt time.Time) error {
	return db.Exec(ctx, tx, insertRow+"DO NOTHING",
		cmp.Or(r.id, db.NewID()), r.kind, r.priority, r.userID, r.recipient, r.payload, r.dedupe, db.Millis(now), db.Millis(runAt))
}

// insertSpaced queues a letter that is sent once for many reasons: not sooner than gap after the last of its kind was
// sent or given up, and not while one is queued. That one is marked instead, since it may be on its way with what was
// known a second ago; see sent.
func insertSpaced(ctx context.Context, tx *sql.Tx, r row, gap time.Duration, now time.Time) error {
	last, err := db.Value[sql.NullInt64](ctx, tx, `SELECT max(sent_at) FROM outbox WHERE kind = $1`, r.kind)
	if err != nil {
		return err
	}
	refused, err := db.Value[sql.NullInt64](ctx, tx, `SELECT max(run_at) FROM outbox WHERE kind = $1 AND status = 'failed'`, r.kind)
	if err != nil {
		return err
	}
	runAt := max(db.Millis(now), max(last.Int64, refused.Int64)+gap.Milliseconds())
	return db.Exec(ctx, tx, insertRow+"DO UPDATE SET again = outbox.again + 1",
		db.NewID(), r.kind, r.priority, r.userID, r.recipient, r.payload, r.dedupe, db.Millis(now), runAt)
}

// due tells without a write whether there is anything to claim.
func due(ctx context.Context, q db.Querier, now time.Time) (bool, error) {
	return db.Value[bool](ctx, q, `SELECT paused_until <= $1 AND EXISTS (SELECT 1 FROM outbox WHERE status = 'queued' AND run_at <= $1 AND locked_until <= $1)
		FROM mail_state WHERE id = 1`, db.Millis(now))
}

// errNone rolls a claim back that found nothing to claim.
var errNone = errors.New("nothing to claim")

// claim leases the letter that is to go next. The update of mail_state lets one claim run at a time, on both databases:
// what it counts and chooses can't change under it. Letters that others have leased count as sent.
func claim(ctx context.Context, tx *sql.Tx, now time.Time, lease time.Duration, perDay int) (row, error) {
	var r row
	ms := db.Millis(now)
	if ok, err := db.Changed(ctx, tx, `UPDATE mail_state SET claimed_at = $1 WHERE id = 1 AND paused_until <= $1`, ms); err != nil {
		return r, err
	} else if !ok {
		return r, errNone
	}
	used, err := db.Value[int](ctx, tx, `SELECT (SELECT count(*) FROM outbox WHERE sent_at > $1)
		+ (SELECT count(*) FROM outbox WHERE status = 'queued' AND locked_until > $2)`, ms-day.Milliseconds(), ms)
	if err != nil {
		return r, err
	}
	upTo := 1 << 30
	switch {
	case used >= perDay:
		return r, errNone
	case used >= perDay-perDay/10:
		upTo = payment
	}
	var created int64
	r.lease = ms + lease.Milliseconds()
	err = tx.QueryRowContext(ctx, `UPDATE outbox SET locked_until = $1
		WHERE id = (SELECT id FROM outbox WHERE status = 'queued' AND run_at <= $2 AND locked_until <= $2 AND priority <= $3
			ORDER BY priority, run_at, id LIMIT 1)
		AND status = 'queued' AND run_at <= $2 AND locked_until <= $2
		RETURNING id, kind, COALESCE(user_id, ''), recipient, payload, dedupe, priority, attempts, again, created_at`, r.lease, ms, upTo).
		Scan(&r.id, &r.kind, &r.userID, &r.recipient, &r.payload, &r.dedupe, &r.priority, &r.attempts, &r.again, &created)
	if errors.Is(err, sql.ErrNoRows) {
		err = errNone
	}
	r.createdAt = db.Time(created)
	return r, err
}

// sent marks a letter as delivered, whoever holds its lease by now. What was to be told anew while it was on its way is
// told by another one.
func sent(ctx context.Context, tx *sql.Tx, r row, now time.Time) error {
	again, err := db.Value[int64](ctx, tx, `UPDATE outbox SET status = 'sent', sent_at = $2, locked_until = 0, last_error = ''
		WHERE id = $1 AND status = 'queued' RETURNING again`, r.id, db.Millis(now))
	if errors.Is(err, sql.ErrNoRows) {
		return nil // another worker sent it too, after our lease had run out
	}
	if err != nil {
		return err
	}
	if gap := kinds[r.kind].gap; again > r.again && gap > 0 {
		if err := insertSpaced(ctx, tx, r, gap, now); err != nil {
			return err
		}
	}
	return healthy(ctx, tx)
}

// retry gives a letter back to be tried again at runAt, with one failure more.
func retry(ctx context.Context, tx *sql.Tx, r row, runAt time.Time, lastError string) error {
	return db.Exec(ctx, tx, `UPDATE outbox SET locked_until = 0, run_at = $3, attempts = attempts + 1, last_error = $4
		WHERE id = $1 AND status = 'queued' AND locked_until = $2`, r.id, r.lease, db.Millis(runAt), lastError)
}

// release gives a letter back as it was, not to be sent before runAt.
func release(ctx context.Context, tx *sql.Tx, r row, runAt time.Time) error {
	return db.Exec(ctx, tx, `UPDATE outbox SET locked_until = 0, run_at = $3 WHERE id = $1 AND status = 'queued' AND locked_until = $2`,
		r.id, r.lease, db.Millis(runAt))
}

// postpone gives a letter back because of the server and not of the letter, not to be sent before runAt.
func postpone(ctx context.Context, tx *sql.Tx, r row, runAt time.Time, lastError string) error {
	return db.Exec(ctx, tx, `UPDATE outbox SET locked_until = 0, run_at = $3, last_error = $4 WHERE id = $1 AND status = 'queued' AND locked_until = $2`,
		r.id, r.lease, db.Millis(runAt), lastError)
}

// fail gives a letter up, unless it is no longer ours.
func fail(ctx context.Context, tx *sql.Tx, r row, lastError string) (bool, error) {
	return db.Changed(ctx, tx, `UPDATE outbox SET status = 'failed', locked_until = 0, attempts = attempts + 1, last_error = $3
		WHERE id = $1 AND status = 'queued' AND locked_until = $2`, r.id, r.lease, lastError)
}

// drop removes a letter that has nothing left to tell, unless there was a new reason for it since it was claimed.
func drop(ctx context.Context, tx *sql.Tx, r row) (bool, error) {
	return db.Changed(ctx, tx, `DELETE FROM outbox WHERE id = $1 AND status = 'queued' AND locked_until = $2 AND again = $3`, r.id, r.lease, r.again)
}

// spread makes a letter to the school one letter to each admin, and reports how many there are.
func spread(ctx context.Context, tx *sql.Tx, r row, now time.Time) (int, error) {
	admins, err := db.All(ctx, tx, func(s db.Scanner) (id string, err error) { return id, s.Scan(&id) },
		`SELECT id FROM users WHERE role = 'admin' AND deactivated_at IS NULL ORDER BY id`)
	if err != nil || len(admins) == 0 {
		return 0, err
	}
	ours, err := db.Changed(ctx, tx, `UPDATE outbox SET user_id = $3, locked_until = 0 WHERE id = $1 AND status = 'queued' AND locked_until = $2`,
		r.id, r.lease, admins[0])
	if err != nil || !ours {
		return len(admins), err
	}
	r.id, r.dedupe = "", ""
	for _, id := range admins[1:] {
		r.userID = id
		if err := insert(ctx, tx, r, r.createdAt, now); err != nil {
			return 0, err
		}
	}
	return len(admins), nil
}

// pause stops all sending until the given time.
func pause(ctx context.Context, tx *sql.Tx, now, until time.Time, failures int, p *Problem) error {
	return db.Exec(ctx, tx, `UPDATE mail_state SET paused_until = $1, failures = $2, problem = $3, last_error = $4, error_at = $5 WHERE id = 1`,
		db.Millis(until), failures, p.Code, p.Answer, db.Millis(now))
}

func failuresInRow(ctx context.Context, tx *sql.Tx) (int, error) {
	return db.Value[int](ctx, tx, `SELECT failures FROM mail_state WHERE id = 1`)
}

// resume ends a pause, since somebody says that the server is well again, and lets go at once, counted, what would have
// waited for its next try.
func resume(ctx context.Context, tx *sql.Tx, now time.Time) (int64, error) {
	if err := healthy(ctx, tx); err != nil {
		return 0, err
	}
	res, err := tx.ExecContext(ctx, `UPDATE outbox SET run_at = $1 WHERE status = 'queued' AND last_error <> '' AND run_at > $1`, db.Millis(now))
	if err != nil {
		return 0, err
	}
	return res.RowsAffected()
}

// healthy forgets a pause: the server took a letter.
func healthy(ctx context.Context, tx *sql.Tx) error {
	return db.Exec(ctx, tx, `UPDATE mail_state SET paused_until = 0, failures = 0, problem = '', last_error = '', error_at = 0
		WHERE id = 1 AND failures > 0`)
}

// requeue queues the letters that gave up, or only the one with that id, and counts them. The mark against doubles is
// forgotten: another letter with the same may be queued by now.
func requeue(ctx context.Context, tx *sql.Tx, id string, now time.Time) (int64, error) {
	res, err := tx.ExecContext(ctx, `UPDATE outbox SET status = 'queued', attempts = 0, run_at = $1, dedupe = ''
		WHERE status = 'failed' AND ($2 = '' OR id = $2)`, db.Millis(now), id)
	if err != nil {
		return 0, err
	}
	return res.RowsAffected()
}

// exists answers NotFound where no letter has that id.
func exists(ctx context.Context, q db.Querier, id string) error {
	_, err := db.Value[string](ctx, q, `SELECT id FROM outbox WHERE id = $1`, id)
	if errors.Is(err, sql.ErrNoRows) {
		return fault.New(fault.NotFound, "fault.not_found")
	}
	return err
}

func deleteBefore(ctx context.Context, tx *sql.Tx, t time.Time) error {
	return errors.Join(
		db.Exec(ctx, tx, `DELETE FROM outbox WHERE sent_at < $1`, db.Millis(t)),
		db.Exec(ctx, tx, `DELETE FROM outbox WHERE status = 'failed' AND run_at < $1`, db.Millis(t)))
}

// reader is the person a letter is for.
type reader struct {
	email, name, lang string
	verified          bool
}

func findReader(ctx context.Context, q db.Querier, userID string) (reader, error) {
	var u reader
	err := q.QueryRowContext(ctx, `SELECT email, name, lang, verified_at IS NOT NULL FROM users WHERE id = $1`, userID).
		Scan(&u.email, &u.name, &u.lang, &u.verified)
	if errors.Is(err, sql.ErrNoRows) {
		return u, errObsolete
	}
	return u, err
}

func waitingClaims(ctx context.Context, q db.Querier) (n int, oldest time.Time, err error) {
	var at sql.NullInt64
	err = q.QueryRowContext(ctx, `SELECT count(*), min(created_at) FROM claims WHERE status = 'waiting'`).Scan(&n, &at)
	return n, db.MaybeTime(at), err
}

// cancelAll deletes the letters to a user, or to an address, that weren't sent, and what those that were say.
func cancelAll(ctx context.Context, tx *sql.Tx, userID, address string) error {
	const theirs = `(user_id = $1 OR LOWER(recipient) = $2)` // the outbox holds the mail of a month, and this is rare
	if err := db.Exec(ctx, tx, `DELETE FROM outbox WHERE `+theirs+` AND status <> 'sent'`, userID, address); err != nil {
		return err
	}
	return db.Exec(ctx, tx, `UPDATE outbox SET recipient = '', payload = '{}', last_error = '' WHERE `+theirs, userID, address)
}
