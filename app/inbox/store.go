package inbox

import (
	"context"
	"database/sql"
	"errors"
	"slices"
	"strings"
	"time"

	"lectern/app/db"
	"lectern/app/search"
)

const columns = `m.id, m.code, COALESCE(m.user_id, ''), m.name, m.email, m.phone, m.subject, m.body, m.status, m.created_at, m.read_at, m.replied_at, m.closed_at`

func scanMessage(row db.Scanner) (Message, error) {
	var m Message
	var created int64
	var read, replied, closed sql.NullInt64
	err := row.Scan(&m.ID, &m.Code, &m.UserID, &m.Name, &m.Email, &m.Phone, &m.Subject, &m.Body, &m.Status, &created, &read, &replied, &closed)
	m.CreatedAt, m.ReadAt, m.RepliedAt, m.ClosedAt = db.Time(created), db.MaybeTime(read), db.MaybeTime(replied), db.MaybeTime(closed)
	return m, err
}

func messageBy(ctx context.Context, q db.Querier, where string, args ...any) (Message, error) {
	m, err := scanMessage(q.QueryRowContext(ctx, `SELECT `+columns+` FROM messages m WHERE `+where, args...))
	if errors.Is(err, sql.ErrNoRows) {
		return m, none()
	}
	return m, err
}

// messagesByID returns messages in the order of ids.
func messagesByID(ctx context.Context, q db.Querier, ids []string) ([]Message, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	list, args := db.List(nil, ids)
	found, err := db.All(ctx, q, scanMessage, `SELECT `+columns+` FROM messages m WHERE m.id IN (`+list+`)`, args...)
	slices.SortFunc(found, func(a, b Message) int { return slices.Index(ids, a.ID) - slices.Index(ids, b.ID) })
	return found, err
}

func insertMessage(ctx context.Context, tx *sql.Tx, m Message, norm, once string) (bool, error) {
	return db.Changed(ctx, tx, `INSERT INTO messages (id, code, user_id, name, email, email_norm, phone, subject, body, once, status, created_at)
		VALUES ($1, $2, NULLIF($3, ''), $4, $5, $6, $7, $8, $9, $10, $11, $12) ON CONFLICT DO NOTHING`,
		m.ID, m.Code, m.UserID, m.Name, m.Email, norm, m.Phone, m.Subject, m.Body, once, m.Status, db.Millis(m.CreatedAt))
}

// index makes the words by which a message is found.
func index(ctx context.Context, tx *sql.Tx, m Message) error {
	return search.Put(ctx, tx, "message", m.ID, m.Name, m.Email, strings.TrimPrefix(m.Phone, "+"), m.Subject, m.Body)
}

func since(ctx context.Context, q db.Querier, from time.Time) (int, error) {
	return db.Value[int](ctx, q, `SELECT count(*) FROM messages WHERE created_at > $1 AND status <> 'spam'`, db.Millis(from))
}

func unread(ctx context.Context, q db.Querier) (int, error) {
	return db.Value[int](ctx, q, `SELECT count(*) FROM messages WHERE status = 'new'`)
}

func markRead(ctx context.Context, tx *sql.Tx, id string, now time.Time) (bool, error) {
	return db.Changed(ctx, tx, `UPDATE messages SET status = 'open', read_at = $1 WHERE id = $2 AND status = 'new'`, db.Millis(now), id)
}

// move guards by the status that a message had. read_at stays what it first was.
func move(ctx context.Context, tx *sql.Tx, id, from, to string, now time.Time) (bool, error) {
	closed := sql.NullInt64{Int64: db.Millis(now), Valid: to == Closed}
	return db.Changed(ctx, tx, `UPDATE messages SET status = $1, closed_at = $2 WHERE id = $3 AND status = $4 AND status <> $1`, to, closed, id, from)
}

func markReplied(ctx context.Context, tx *sql.Tx, id, to string, now time.Time) error {
	closed := sql.NullInt64{Int64: db.Millis(now), Valid: to == Closed}
	return db.Exec(ctx, tx, `UPDATE messages SET status = $1, closed_at = $2, replied_at = $3, read_at = COALESCE(read_at, $3) WHERE id = $4`,
		to, closed, db.Millis(now), id)
}

func insertEntry(ctx context.Context, tx *sql.Tx, messageID, by, once string, e Entry) (bool, error) {
	return db.Changed(ctx, tx, `INSERT INTO message_entries (id, message_id, kind, body, once, created_at, created_by)
		VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (message_id, once) DO NOTHING`,
		e.ID, messageID, e.Kind, e.Body, once, db.Millis(e.At), by)
}

func entries(ctx context.Context, q db.Querier, messageID string) ([]Entry, error) {
	return db.All(ctx, q, func(row db.Scanner) (Entry, error) {
		var e Entry
		var at int64
		var removed sql.NullInt64
		err := row.Scan(&e.ID, &e.Kind, &e.Body, &at, &e.By, &removed, &e.Letter, &e.Trouble)
		e.At, e.RemovedAt = db.Time(at), db.MaybeTime(removed)
		return e, err
	}, `SELECT e.id, e.kind, e.body, e.created_at, u.name, e.removed_at, COALESCE(o.status, ''), COALESCE(o.last_error, '')
		FROM message_entries e JOIN users u ON u.id = e.created_by LEFT JOIN outbox o ON o.id = e.id WHERE e.message_id = $1 ORDER BY e.id`, messageID)
}

func isNote(ctx context.Context, q db.Querier, messageID, noteID string) (bool, error) {
	return db.Value[bool](ctx, q, `SELECT EXISTS (SELECT 1 FROM message_entries WHERE id = $1 AND message_id = $2 AND kind = 'note')`, noteID, messageID)
}

func removeNote(ctx context.Context, tx *sql.Tx, id string, back bool, now time.Time) (bool, error) {
	if back {
		return db.Changed(ctx, tx, `UPDATE message_entries SET removed_at = NULL WHERE id = $1 AND removed_at IS NOT NULL`, id)
	}
	return db.Changed(ctx, tx, `UPDATE message_entries SET removed_at = $1 WHERE id = $2 AND removed_at IS NULL`, db.Millis(now), id)
}

// accountOf finds the account of who was signed in, or else the one with the address that was typed.
func accountOf(ctx context.Context, q db.Querier, messageID string) (*Account, error) {
	var a Account
	err := q.QueryRowContext(ctx, `SELECT u.id, u.name, COALESCE(m.user_id, '') = u.id FROM messages m
		JOIN users u ON u.id = COALESCE(m.user_id, (SELECT s.id FROM users s WHERE s.email_norm = m.email_norm)) WHERE m.id = $1`, messageID).
		Scan(&a.ID, &a.Name, &a.Sure)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	return &a, err
}

// others are the latest other messages from the same address.
func others(ctx context.Context, q db.Querier, messageID string) ([]Message, error) {
	return db.All(ctx, q, scanMessage, `SELECT `+columns+` FROM messages m
		WHERE m.email_norm = (SELECT email_norm FROM messages WHERE id = $1) AND m.id <> $1 AND m.status <> 'spam' ORDER BY m.id DESC LIMIT 5`, messageID)
}

// cutKey splits what a list goes on from into the part of the list and the id.
func cutKey(key string) (phase, id string) {
	phase, id, ok := strings.Cut(key, ".")
	if !ok || !isKey(id) {
		return "", ""
	}
	return phase, id
}

// isKey reports whether text from an address can be an id at all.
func isKey(id string) bool {
	return id != "" && len(id) <= 64 && strings.IndexFunc(id, func(r rune) bool {
		return (r < '0' || r > '9') && (r < 'a' || r > 'z')
	}) < 0
}

// forget deletes what somebody wrote, and what was added to it.
// expireAtOnce bounds a transaction that deletes what is old.
const expireAtOnce = 200

// expire deletes some of what is old, and tells whether there may be more.
func expire(ctx context.Context, tx *sql.Tx, before time.Time) (more bool, err error) {
	ids, err := db.All(ctx, tx, scanID, `DELETE FROM messages WHERE id IN (SELECT id FROM messages
		WHERE created_at < $1 AND COALESCE(replied_at, 0) < $1 AND COALESCE(closed_at, 0) < $1 AND status <> 'new' LIMIT $2) RETURNING id`,
		db.Millis(before), expireAtOnce)
	return len(ids) == expireAtOnce, drop(ctx, tx, ids, err)
}

func scanID(row db.Scanner) (id string, err error) { return id, row.Scan(&id) }

func forget(ctx context.Context, tx *sql.Tx, userID, norm string) error {
	ids, err := db.All(ctx, tx, scanID, `DELETE FROM messages WHERE user_id = $1 OR email_norm = $2 RETURNING id`, userID, norm)
	return drop(ctx, tx, ids, err)
}

// drop takes messages that are gone out of search.
func drop(ctx context.Context, tx *sql.Tx, ids []string, err error) error {
	for _, id := range ids {
		if err == nil {
			err = search.Drop(ctx, tx, "message", id)
		}
	}
	return err
}
