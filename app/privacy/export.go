// Package privacy collects all that the school has stored about one person, to be given to that person. It reads the
// tables of every room and writes none.
package privacy

import (
	"archive/zip"
	"context"
	"encoding/json"
	"io"
	"strings"
	"time"

	"lectern/app/db"
)

// part is a file of an export: what a query finds for $1, the id of a user, or $2, his mail address as it is found by.
type part struct{ name, query string }

// parts say for each table with people in it what is told of it. Secrets aren't: they are hashes, and whoever had them could
// try them elsewhere. Names of other people aren't either.
var parts = []part{
	{"profile", `SELECT u.id, u.name, u.email, u.phone, u.role, u.lang, u.created_at, u.verified_at, u.deactivated_at FROM users u WHERE u.id = $1`},
	{"sessions", `SELECT s.created_at, s.last_seen_at, s.expires_at, s.ended_at, s.remember, s.ip, s.agent FROM sessions s WHERE s.user_id = $1 ORDER BY s.created_at`},
	{"devices", `SELECT d.created_at, d.seen_at FROM devices d WHERE d.user_id = $1 ORDER BY d.created_at`},
	{"second_steps", `SELECT f.kind, f.name, f.created_at, f.used_at FROM factors f WHERE f.user_id = $1 ORDER BY f.created_at`},
	{"orders", `SELECT o.code, o.title, o.price, o.currency, o.paid, o.status, o.reason, o.created_at, o.expires_at, o.paid_at, o.closed_at FROM orders o
		WHERE o.user_id = $1 ORDER BY o.created_at`},
	{"claims", `SELECT o.code AS order_code, c.reference, c.payee, c.payer, c.status, c.reason, c.created_at, c.decided_at FROM claims c JOIN orders o ON o.id = c.order_id
		WHERE o.user_id = $1 ORDER BY c.created_at`},
	{"receipts", `SELECT o.code AS order_code, a.amount, r.method, r.reference, r.currency, r.payee, r.recorded_at, a.ended_at FROM allocations a
		JOIN receipts r ON r.id = a.receipt_id JOIN orders o ON o.id = a.order_id WHERE o.user_id = $1 ORDER BY a.created_at`},
	{"refunds", `SELECT o.code AS order_code, f.amount, f.reference, f.reason, f.created_at, f.undone_at FROM refunds f JOIN orders o ON o.id = f.order_id
		WHERE o.user_id = $1 ORDER BY f.created_at`},
	{"courses", `SELECT c.title AS course, e.created_at FROM enrollments e JOIN courses c ON c.id = e.course_id WHERE e.user_id = $1 ORDER BY e.created_at`},
	{"access", `SELECT c.title AS course, g.source, g.reason, g.created_at, g.until, g.ended_at FROM grants g JOIN courses c ON c.id = g.course_id
		WHERE g.user_id = $1 ORDER BY g.created_at`},
	{"applications", `SELECT i.title AS internship, a.name, a.email, a.phone, a.cover_letter, a.status, a.created_at, a.decided_at FROM applications a
		JOIN internships i ON i.id = a.internship_id WHERE a.user_id = $1 OR a.email_norm = $2 ORDER BY a.created_at`},
	{"application_notes", `SELECT n.body, n.created_at FROM application_notes n JOIN applications a ON a.id = n.application_id
		WHERE (a.user_id = $1 OR a.email_norm = $2) AND n.removed_at IS NULL ORDER BY n.created_at`},
	{"messages", `SELECT m.code, m.name, m.email, m.phone, m.subject, m.body, m.status, m.created_at FROM messages m WHERE m.user_id = $1 OR m.email_norm = $2 ORDER BY m.created_at`},
	{"answers", `SELECT m.code, e.kind, e.body, e.created_at FROM message_entries e JOIN messages m ON m.id = e.message_id
		WHERE (m.user_id = $1 OR m.email_norm = $2) AND e.removed_at IS NULL ORDER BY e.created_at`},
	{"letters", `SELECT x.kind, x.recipient, x.status, x.created_at, x.sent_at FROM outbox x WHERE x.user_id = $1 ORDER BY x.created_at`},
	{"circulars", `SELECT n.subject, n.text, r.created_at FROM notice_readers r JOIN notices n ON n.id = r.notice_id WHERE r.user_id = $1 ORDER BY r.created_at`},
	{"tags", `SELECT t.name FROM user_tags ut JOIN tags t ON t.norm = ut.norm WHERE ut.user_id = $1 ORDER BY t.name`},
	{"notes", `SELECT n.text, n.created_at FROM user_notes n WHERE n.user_id = $1 AND n.deleted_at IS NULL ORDER BY n.created_at`},
	{"deeds", `SELECT a.at, a.action, a.kind, a.subject, a.network FROM audit a WHERE a.actor = $1 ORDER BY a.id`},
	{"deeds_about", `SELECT a.at, a.action FROM audit a WHERE a.kind = 'user' AND a.subject = $1 ORDER BY a.id`},
}

// Left are tables with people in them of which nothing is told, and why.
var Left = map[string]string{
	"tokens":         "hashes of links",
	"steps":          "logins under way, for ten minutes",
	"recovery_codes": "hashes of codes",
	"invites":        "of the staff; what came of one is in the deeds",
	"terms":          "words of what is told already, for searching",
	"kept_forms":     "belong to nobody, for an hour",
	"throttle":       "keyed hashes, for minutes",
	"batches":        "work of the staff", "application_batches": "work of the staff", "jobs": "work of the staff", "files": "work of the staff",
	"job_items": "lines of tables that the staff read in; forgotten with the table",
}

// Export writes a ZIP with a JSON file for each kind of data about a user. Times are UTC, amounts in the minor unit.
func Export(ctx context.Context, q db.Querier, userID, emailNorm string, w io.Writer) error {
	out := zip.NewWriter(w)
	for _, p := range parts {
		rows, err := read(ctx, q, p.query, userID, emailNorm)
		if err != nil {
			return err
		}
		file, err := out.Create(p.name + ".json")
		if err != nil {
			return err
		}
		enc := json.NewEncoder(file)
		enc.SetEscapeHTML(false)
		enc.SetIndent("", "  ")
		if err := enc.Encode(rows); err != nil {
			return err
		}
	}
	return out.Close()
}

// read returns what a query finds, column by column. A query has $2 only where it needs it.
func read(ctx context.Context, q db.Querier, query, userID, emailNorm string) ([]map[string]any, error) {
	args := []any{userID}
	if strings.Contains(query, "$2") {
		args = append(args, emailNorm)
	}
	found, err := q.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	defer found.Close()
	names, err := found.Columns()
	if err != nil {
		return nil, err
	}
	all := []map[string]any{}
	for found.Next() {
		values, dest := make([]any, len(names)), make([]any, len(names))
		for i := range values {
			dest[i] = &values[i]
		}
		if err := found.Scan(dest...); err != nil {
			return nil, err
		}
		row := map[string]any{}
		for i, name := range names {
			row[name] = told(name, values[i])
		}
		all = append(all, row)
	}
	return all, found.Err()
}

// told is a value as a person reads it.
func told(name string, value any) any {
	switch v := value.(type) {
	case []byte:
		return string(v)
	case int64:
		if name == "at" || name == "until" || strings.HasSuffix(name, "_at") {
			return db.Time(v).UTC().Format(time.RFC3339)
		}
	}
	return value
}
