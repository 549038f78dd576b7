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

// applied is what letters say of an application.
type applied struct {
	name, email, phone, letter, status, line string
	title, slug, currency                    string
	fee                                      int64
	paid                                     bool
}

func findApplication(ctx context.Context, q db.Querier, id string) (a applied, err error) {
	err = q.QueryRowContext(ctx, `SELECT a.name, a.email, a.phone, a.cover_letter, a.status, a.line, p.title, p.slug, p.fee, p.currency,
			EXISTS (SELECT 1 FROM orders o WHERE o.user_id = a.user_id AND o.item_kind = 'internship' AND o.item_id = p.id AND o.status = 'paid')
		FROM applications a JOIN internships p ON p.id = a.internship_id WHERE a.id = $1`, id).
		Scan(&a.name, &a.email, &a.phone, &a.letter, &a.status, &a.line, &a.title, &a.slug, &a.fee, &a.currency, &a.paid)
	if errors.Is(err, sql.ErrNoRows) {
		err = errObsolete
	}
	return a, err
}

// applicationStatus is how a student's application for an internship stands; empty where there is none.
func applicationStatus(ctx context.Context, q db.Querier, userID, postID string) (string, error) {
	status, err := db.Value[string](ctx, q, `SELECT status FROM applications WHERE internship_id = $1 AND user_id = $2`, postID, userID)
	if errors.Is(err, sql.ErrNoRows) {
		return "", nil
	}
	return status, err
}

func unseenApplications(ctx context.Context, q db.Querier) (int, error) {
	return db.Value[int](ctx, q, `SELECT count(*) FROM applications WHERE seen_at IS NULL`)
}
