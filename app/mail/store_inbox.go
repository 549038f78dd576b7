package mail

import (
	"context"
	"database/sql"
	"errors"

	"lectern/app/db"
)

// written is what letters say of a message of the contact form.
type written struct{ code, name, email, phone, subject, body string }

func findMessage(ctx context.Context, q db.Querier, id string) (m written, err error) {
	err = q.QueryRowContext(ctx, `SELECT code, name, email, phone, subject, body FROM messages WHERE id = $1`, id).
		Scan(&m.code, &m.name, &m.email, &m.phone, &m.subject, &m.body)
	if errors.Is(err, sql.ErrNoRows) {
		err = errObsolete
	}
	return m, err
}

type reply struct{ id, body string }

// findReplies are the answers to a message, the oldest first.
func findReplies(ctx context.Context, q db.Querier, messageID string) ([]reply, error) {
	return db.All(ctx, q, func(row db.Scanner) (r reply, err error) { return r, row.Scan(&r.id, &r.body) },
		`SELECT id, body FROM message_entries WHERE message_id = $1 AND kind = 'reply' ORDER BY id`, messageID)
}

func unreadMessages(ctx context.Context, q db.Querier) (int, error) {
	return db.Value[int](ctx, q, `SELECT count(*) FROM messages WHERE status = 'new'`)
}
