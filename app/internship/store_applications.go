package internship

import (
	"context"
	"database/sql"
	"errors"
	"slices"
	"time"

	"lectern/app/db"
	"lectern/app/search"
)

const columns = `a.id, a.internship_id, COALESCE(a.user_id, ''), a.name, a.email, a.phone, a.cover_letter, a.suspect, a.status, a.line, a.told,
	a.created_at, a.seen_at, a.decided_at, COALESCE(a.decided_by, '')`

// applicationFields are where columns are scanned to; done finishes the application after the scan.
func applicationFields(a *Application) (fields []any, done func()) {
	var created int64
	var seen, decided sql.NullInt64
	fields = []any{&a.ID, &a.PostID, &a.UserID, &a.Name, &a.Email, &a.Phone, &a.CoverLetter, &a.Suspect, &a.Status, &a.Line, &a.Told,
		&created, &seen, &decided, &a.DecidedBy}
	return fields, func() {
		a.CreatedAt, a.SeenAt, a.DecidedAt = db.Time(created), db.MaybeTime(seen), db.MaybeTime(decided)
	}
}

func scanApplication(row db.Scanner) (Application, error) {
	var a Application
	fields, done := applicationFields(&a)
	err := row.Scan(fields...)
	done()
	return a, err
}

func applicationBy(ctx context.Context, q db.Querier, where string, args ...any) (Application, error) {
	a, err := scanApplication(q.QueryRowContext(ctx, `SELECT `+columns+` FROM applications a WHERE `+where, args...))
	if errors.Is(err, sql.ErrNoRows) {
		return a, noApplication()
	}
	return a, err
}

// applicationOf prefers what somebody sent while signed in to what came from his address. One statement, since the one may
// become the other at any moment.
func applicationOf(ctx context.Context, q db.Querier, userID, postID string) (Application, error) {
	return applicationBy(ctx, q, `a.internship_id = $1 AND (a.user_id = $2 OR a.user_id IS NULL AND a.email_norm = (SELECT email_norm FROM users WHERE id = $2))
		ORDER BY a.user_id NULLS LAST LIMIT 1`, postID, userID)
}

// insertApplication adds a; made is false where its address has applied before. An account that has applied already is left
// out: this one is for somebody else.
func insertApplication(ctx context.Context, tx *sql.Tx, a Application, norm string) (made bool, err error) {
	seen := sql.NullInt64{Int64: db.Millis(a.SeenAt), Valid: !a.SeenAt.IsZero()}
	return db.Changed(ctx, tx, `INSERT INTO applications (id, internship_id, user_id, name, email, email_norm, phone, cover_letter, suspect, status, created_at, seen_at)
		VALUES ($1, $2, CASE WHEN EXISTS (SELECT 1 FROM applications WHERE internship_id = $2 AND user_id = $3) THEN NULL ELSE NULLIF($3, '') END,
			$4, $5, $6, $7, $8, $9, $10, $11, $12) ON CONFLICT DO NOTHING`,
		a.ID, a.PostID, a.UserID, a.Name, a.Email, norm, a.Phone, a.CoverLetter, a.Suspect, a.Status, db.Millis(a.CreatedAt), seen)
}

func claim(ctx context.Context, tx *sql.Tx, id, userID string) error {
	return db.Exec(ctx, tx, `UPDATE applications SET user_id = $1 WHERE id = $2 AND user_id IS NULL
		AND NOT EXISTS (SELECT 1 FROM applications o WHERE o.internship_id = applications.internship_id AND o.user_id = $1)`, userID, id)
}

func since(ctx context.Context, q db.Querier, from time.Time) (int, error) {
	return db.Value[int](ctx, q, `SELECT count(*) FROM applications WHERE created_at > $1 AND NOT suspect`, db.Millis(from))
}

func unseen(ctx context.Context, q db.Querier) (int, error) {
	return db.Value[int](ctx, q, `SELECT count(*) FROM applications WHERE seen_at IS NULL`)
}

func markSeen(ctx context.Context, tx *sql.Tx, id string, now time.Time) (bool, error) {
	return db.Changed(ctx, tx, `UPDATE applications SET seen_at = $1 WHERE id = $2 AND seen_at IS NULL`, db.Millis(now), id)
}

// setStatus changes the status that an application had; changed is false where it has another.
func setStatus(ctx context.Context, tx *sql.Tx, id, by string, d Decision, now time.Time) (a Application, changed bool, err error) {
	ok, err := db.Changed(ctx, tx, `UPDATE applications SET status = $1, line = $2, decided_at = $3, decided_by = $4, seen_at = COALESCE(seen_at, $3)
		WHERE id = $5 AND status = $6 AND status <> $1`, d.To, d.Line, db.Millis(now), by, id, d.From)
	if err != nil || !ok {
		return a, false, err
	}
	a, err = applicationBy(ctx, tx, `a.id = $1`, id)
	return a, true, err
}

func setTold(ctx context.Context, tx *sql.Tx, id, status, letterID string) error {
	return db.Exec(ctx, tx, `UPDATE applications SET told = $1, letter_id = $2 WHERE id = $3`, status, letterID, id)
}

// rowsByID returns applications with their internships and the orders that pay their fees, in the order of ids.
func rowsByID(ctx context.Context, q db.Querier, ids []string) ([]Row, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	list, args := db.List(nil, ids)
	rows, err := db.All(ctx, q, func(row db.Scanner) (Row, error) {
		var r Row
		var code, status sql.NullString
		fields, done := applicationFields(&r.Application)
		more, postDone := postFields(&r.Post)
		err := row.Scan(append(append(fields, more...), &code, &status)...)
		done()
		postDone()
		r.Fee = Fee{Amount: r.Post.Fee.Amount, Currency: r.Post.Fee.Currency, OrderCode: code.String, Status: status.String}
		return r, err
	}, `SELECT `+columns+`, `+postColumns+`, o.code, CASE WHEN o.status <> 'paid' AND EXISTS
				(SELECT 1 FROM claims c WHERE c.order_id = o.id AND c.status IN ('waiting', 'not_seen')) THEN 'waiting' ELSE o.status END
		FROM applications a JOIN internships p ON p.id = a.internship_id
		LEFT JOIN orders o ON o.id = (SELECT w.id FROM orders w WHERE w.user_id = a.user_id AND w.item_kind = 'internship' AND w.item_id = a.internship_id
			ORDER BY CASE w.status WHEN 'paid' THEN 0 WHEN 'open' THEN 1 ELSE 2 END, w.id DESC LIMIT 1)
		WHERE a.id IN (`+list+`)`, args...)
	slices.SortFunc(rows, func(a, b Row) int { return slices.Index(ids, a.Application.ID) - slices.Index(ids, b.Application.ID) })
	return rows, err
}

func addPeople(ctx context.Context, q db.Querier, f *File) error {
	err := q.QueryRowContext(ctx, `SELECT COALESCE((SELECT name FROM users WHERE id = a.decided_by), ''), COALESCE(u.id, ''), COALESCE(u.name, '')
		FROM applications a LEFT JOIN users u ON u.id = COALESCE(a.user_id, (SELECT s.id FROM users s WHERE s.email_norm = a.email_norm)) WHERE a.id = $1`,
		f.Application.ID).Scan(&f.Decider, &f.Holder, &f.Account)
	return err
}

func addNotes(ctx context.Context, q db.Querier, f *File) (err error) {
	f.Notes, err = db.All(ctx, q, func(row db.Scanner) (Note, error) {
		var n Note
		var at int64
		var removed sql.NullInt64
		err := row.Scan(&n.ID, &n.Body, &at, &n.By, &removed)
		n.At, n.RemovedAt = db.Time(at), db.MaybeTime(removed)
		return n, err
	}, `SELECT n.id, n.body, n.created_at, u.name, n.removed_at FROM application_notes n JOIN users u ON u.id = n.created_by
		WHERE n.application_id = $1 ORDER BY n.id`, f.Application.ID)
	return err
}

// addLetter looks how the letter about the last decision stands.
func addLetter(ctx context.Context, q db.Querier, f *File) error {
	status, err := db.Value[string](ctx, q, `SELECT o.status FROM applications a JOIN outbox o ON o.id = a.letter_id WHERE a.id = $1`, f.Application.ID)
	if errors.Is(err, sql.ErrNoRows) {
		return nil
	}
	f.Letter = status
	return err
}

func addOthers(ctx context.Context, q db.Querier, f *File) error {
	ids, err := db.All(ctx, q, func(row db.Scanner) (id string, err error) { return id, row.Scan(&id) },
		`SELECT id FROM applications WHERE email_norm = (SELECT email_norm FROM applications WHERE id = $1) AND id <> $1 ORDER BY id DESC LIMIT 5`, f.Application.ID)
	if err != nil {
		return err
	}
	f.Others, err = rowsByID(ctx, q, ids)
	return err
}

func insertNote(ctx context.Context, tx *sql.Tx, id, by, once string, n Note) (bool, error) {
	return db.Changed(ctx, tx, `INSERT INTO application_notes (id, application_id, body, once, created_at, created_by)
		VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (application_id, once) DO NOTHING`, n.ID, id, n.Body, once, db.Millis(n.At), by)
}

func isNote(ctx context.Context, q db.Querier, id, noteID string) (bool, error) {
	return db.Value[bool](ctx, q, `SELECT EXISTS (SELECT 1 FROM application_notes WHERE id = $1 AND application_id = $2)`, noteID, id)
}

func removeNote(ctx context.Context, tx *sql.Tx, id string, back bool, now time.Time) (bool, error) {
	if back {
		return db.Changed(ctx, tx, `UPDATE application_notes SET removed_at = NULL WHERE id = $1 AND removed_at IS NOT NULL`, id)
	}
	return db.Changed(ctx, tx, `UPDATE application_notes SET removed_at = $1 WHERE id = $2 AND removed_at IS NULL`, db.Millis(now), id)
}

func insertBatch(ctx context.Context, tx *sql.Tx, id, by, to string, now time.Time) error {
	return db.Exec(ctx, tx, `INSERT INTO application_batches (id, status, created_by, created_at) VALUES ($1, $2, $3, $4)`, id, to, by, db.Millis(now))
}

func insertBatchItem(ctx context.Context, tx *sql.Tx, batch string, position int, id, outcome string) error {
	return db.Exec(ctx, tx, `INSERT INTO application_batch_items (batch_id, position, application_id, outcome) VALUES ($1, $2, $3, $4)`, batch, position, id, outcome)
}

func batchRows(ctx context.Context, q db.Querier, id string) (to string, rows []Result, err error) {
	to, err = db.Value[string](ctx, q, `SELECT status FROM application_batches WHERE id = $1`, id)
	if errors.Is(err, sql.ErrNoRows) {
		return "", nil, noApplication()
	}
	if err != nil {
		return "", nil, err
	}
	rows, err = db.All(ctx, q, func(row db.Scanner) (r Result, err error) { return r, row.Scan(&r.ID, &r.Outcome, &r.Name, &r.Post) },
		`SELECT b.application_id, b.outcome, COALESCE(a.name, ''), COALESCE(p.title, '') FROM application_batch_items b
		LEFT JOIN applications a ON a.id = b.application_id LEFT JOIN internships p ON p.id = a.internship_id WHERE b.batch_id = $1 ORDER BY b.position`, id)
	return to, rows, err
}

func deleteBatches(ctx context.Context, tx *sql.Tx, before time.Time) error {
	if err := db.Exec(ctx, tx, `DELETE FROM application_batch_items WHERE batch_id IN (SELECT id FROM application_batches WHERE created_at < $1)`, db.Millis(before)); err != nil {
		return err
	}
	return db.Exec(ctx, tx, `DELETE FROM application_batches WHERE created_at < $1`, db.Millis(before))
}

// forget deletes somebody's applications, and what was noted on them.
// expireAtOnce bounds a transaction that deletes what is old.
const expireAtOnce = 200

// expire deletes some of what is old, and tells whether there may be more.
func expire(ctx context.Context, tx *sql.Tx, before time.Time) (more bool, err error) {
	ids, err := db.All(ctx, tx, scanID, `DELETE FROM applications WHERE id IN (SELECT id FROM applications
		WHERE created_at < $1 AND COALESCE(decided_at, 0) < $1 AND status <> 'accepted' LIMIT $2) RETURNING id`, db.Millis(before), expireAtOnce)
	return len(ids) == expireAtOnce, drop(ctx, tx, ids, err)
}

func scanID(row db.Scanner) (id string, err error) { return id, row.Scan(&id) }

func forget(ctx context.Context, tx *sql.Tx, userID, norm string) error {
	ids, err := db.All(ctx, tx, scanID, `DELETE FROM applications WHERE user_id = $1 OR email_norm = $2 RETURNING id`, userID, norm)
	return drop(ctx, tx, ids, err)
}

// drop takes applications that are gone out of search.
func drop(ctx context.Context, tx *sql.Tx, ids []string, err error) error {
	for _, id := range ids {
		if err == nil {
			err = search.Drop(ctx, tx, "application", id)
		}
	}
	return err
}
