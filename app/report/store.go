package report

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"time"

	"lectern/app/db"
)

// ranges is a table of the stretches between borders, for WITH. The numbers stand in the text because PostgreSQL takes
// parameters of VALUES for text.
func ranges(borders []time.Time) string {
	rows := make([]string, len(borders)-1)
	for i := range rows {
		rows[i] = fmt.Sprintf("(%d, %d)", db.Millis(borders[i]), db.Millis(borders[i+1]))
	}
	return "d (lo, hi) AS (VALUES " + strings.Join(rows, ", ") + ")"
}

// came counts what came in each stretch and never changes afterwards: people, staff too, enrollments, and money in the
// currency, receipts less refunds, those taken back too.
func came(ctx context.Context, q db.Querier, borders []time.Time, currency string) ([]tally, error) {
	return db.All(ctx, q, scanTally, `WITH `+ranges(borders)+` SELECT
		(SELECT count(*) FROM users u WHERE u.created_at >= d.lo AND u.created_at < d.hi),
		(SELECT count(*) FROM enrollments e WHERE e.created_at >= d.lo AND e.created_at < d.hi),
		(SELECT CAST(COALESCE(sum(r.amount), 0) AS BIGINT) FROM receipts r
			WHERE r.recorded_at >= d.lo AND r.recorded_at < d.hi AND r.currency = $1)
		- (SELECT CAST(COALESCE(sum(f.amount), 0) AS BIGINT) FROM refunds f JOIN receipts r ON r.id = f.receipt_id
			WHERE f.created_at >= d.lo AND f.created_at < d.hi AND r.currency = $1)
		FROM d ORDER BY d.lo`, currency)
}

// takenBack returns, for each stretch, the receipts less refunds that somebody has taken back since, which can happen at any
// time and is rare.
func takenBack(ctx context.Context, q db.Querier, borders []time.Time, currency string) ([]int64, error) {
	return db.All(ctx, q, func(row db.Scanner) (n int64, err error) { return n, row.Scan(&n) }, `WITH `+ranges(borders)+` SELECT
		(SELECT CAST(COALESCE(sum(r.amount), 0) AS BIGINT) FROM receipts r
			WHERE r.recorded_at >= d.lo AND r.recorded_at < d.hi AND r.voided_at IS NOT NULL AND r.currency = $1)
		- (SELECT CAST(COALESCE(sum(f.amount), 0) AS BIGINT) FROM refunds f JOIN receipts r ON r.id = f.receipt_id
			WHERE f.created_at >= d.lo AND f.created_at < d.hi AND f.undone_at IS NOT NULL AND r.currency = $1)
		FROM d ORDER BY d.lo`, currency)
}

func scanTally(row db.Scanner) (t tally, err error) {
	return t, row.Scan(&t.people, &t.enrollments, &t.received)
}

// countBefore counts the people and the enrollments of before a time.
func countBefore(ctx context.Context, q db.Querier, border time.Time) (t tally, err error) {
	err = q.QueryRowContext(ctx, `SELECT (SELECT count(*) FROM users WHERE created_at < $1), (SELECT count(*) FROM enrollments WHERE created_at < $1)`,
		db.Millis(border)).Scan(&t.people, &t.enrollments)
	return t, err
}

func countFrom(ctx context.Context, q db.Querier, border time.Time) (t tally, err error) {
	err = q.QueryRowContext(ctx, `SELECT (SELECT count(*) FROM users WHERE created_at >= $1), (SELECT count(*) FROM enrollments WHERE created_at >= $1)`,
		db.Millis(border)).Scan(&t.people, &t.enrollments)
	return t, err
}

// staff returns when each of the people who are no students came. That no role is empty is said for SQLite, which then
// reads the small partial index.
func staff(ctx context.Context, q db.Querier) ([]time.Time, error) {
	return db.All(ctx, q, func(row db.Scanner) (time.Time, error) {
		var at int64
		err := row.Scan(&at)
		return db.Time(at), err
	}, `SELECT created_at FROM users WHERE role <> 'student' AND role > ''`)
}

func courses(ctx context.Context, q db.Querier) ([]Course, error) {
	return db.All(ctx, q, func(row db.Scanner) (c Course, err error) { return c, row.Scan(&c.ID, &c.Title, &c.Archived) },
		`SELECT id, title, status = 'archived' FROM courses WHERE status <> 'draft' ORDER BY status DESC, position, id`)
}

func receiptsOf(ctx context.Context, q db.Querier, userID string) ([]Receipt, error) {
	return db.All(ctx, q, func(row db.Scanner) (Receipt, error) {
		var r Receipt
		var at int64
		err := row.Scan(&r.ID, &r.Method, &r.Reference, &r.Amount, &r.Currency, &at, &r.Voided, &r.OrderCode, &r.Used, &r.GivenBack)
		r.At = db.Time(at)
		return r, err
	}, `WITH l (order_id, receipt_id) AS (
			SELECT a.order_id, a.receipt_id FROM orders o JOIN allocations a ON a.order_id = o.id WHERE o.user_id = $1
			UNION SELECT c.order_id, c.receipt_id FROM orders o JOIN claims c ON c.order_id = o.id WHERE o.user_id = $1 AND c.receipt_id IS NOT NULL)
		SELECT r.id, r.method, r.reference, r.amount, r.currency, r.recorded_at, r.voided_at IS NOT NULL, o.code,
			(SELECT CAST(COALESCE(sum(a.amount), 0) AS BIGINT) FROM allocations a WHERE a.order_id = l.order_id AND a.receipt_id = l.receipt_id AND a.ended_at IS NULL),
			(SELECT CAST(COALESCE(sum(f.amount), 0) AS BIGINT) FROM refunds f WHERE f.order_id = l.order_id AND f.receipt_id = l.receipt_id AND f.undone_at IS NULL)
		FROM l JOIN receipts r ON r.id = l.receipt_id JOIN orders o ON o.id = l.order_id ORDER BY r.id DESC, o.id DESC`, userID)
}

// thingArms read kind, id, text, user, name and code, each for the ids %[1]s.
var thingArms = []string{
	`SELECT 'user', u.id, u.name, u.id, u.name, '' FROM users u WHERE u.id IN (%[1]s)`,
	`SELECT 'order', o.id, o.code, u.id, u.name, o.code FROM orders o JOIN users u ON u.id = o.user_id WHERE o.id IN (%[1]s)`,
	`SELECT 'course', c.id, c.title, '', '', '' FROM courses c WHERE c.id IN (%[1]s)`,
	`SELECT 'section', s.id, s.title, '', '', '' FROM sections s WHERE s.id IN (%[1]s)`,
	`SELECT 'lesson', l.id, l.title, '', '', '' FROM lessons l WHERE l.id IN (%[1]s)`,
	`SELECT 'grant', g.id, c.title, u.id, u.name, '' FROM grants g JOIN courses c ON c.id = g.course_id JOIN users u ON u.id = g.user_id WHERE g.id IN (%[1]s)`,
	`SELECT 'claim', c.id, c.reference, '', '', o.code FROM claims c JOIN orders o ON o.id = c.order_id WHERE c.id IN (%[1]s)`,
	`SELECT 'receipt', r.id, r.reference, '', '', '' FROM receipts r WHERE r.id IN (%[1]s)`,
	`SELECT 'message', m.id, m.code, '', '', '' FROM messages m WHERE m.id IN (%[1]s)`,
	`SELECT 'invite', i.id, i.name, '', '', '' FROM invites i WHERE i.id IN (%[1]s)`,
	`SELECT 'internship', i.id, i.title, '', '', '' FROM internships i WHERE i.id IN (%[1]s)`,
	`SELECT 'application', a.id, a.name, '', '', '' FROM applications a WHERE a.id IN (%[1]s)`,
	`SELECT 'payee', p.id, p.vpa, '', '', '' FROM payees p WHERE p.id IN (%[1]s)`,
	`SELECT 'page', p.id, p.title, '', '', '' FROM pages p WHERE p.id IN (%[1]s)`,
	`SELECT 'story', s.id, s.name, '', '', '' FROM stories s WHERE s.id IN (%[1]s)`,
}

func things(ctx context.Context, q db.Querier, ids []string) (map[string]Thing, error) {
	found := map[string]Thing{}
	if len(ids) == 0 {
		return found, nil
	}
	list, args := db.List(nil, ids)
	_, err := db.All(ctx, q, func(row db.Scanner) (struct{}, error) {
		var t Thing
		var id string
		err := row.Scan(&t.Kind, &id, &t.Text, &t.User, &t.Name, &t.Code)
		found[id] = t
		return struct{}{}, err
	}, fmt.Sprintf(strings.Join(thingArms, " UNION ALL "), list), args...)
	return found, err
}

func find(ctx context.Context, q db.Querier, words []string) (kind, id string, err error) {
	list, args := db.List(nil, words)
	err = q.QueryRowContext(ctx, fmt.Sprintf(`SELECT 'user', id FROM users WHERE id IN (%[1]s)
		UNION ALL SELECT 'user', id FROM users WHERE email_norm IN (%[1]s)
		UNION ALL SELECT 'order', id FROM orders WHERE id IN (%[1]s)
		UNION ALL SELECT 'order', id FROM orders WHERE code IN (%[1]s)
		UNION ALL SELECT 'order', order_id FROM claims WHERE id IN (%[1]s)
		UNION ALL SELECT 'course', id FROM courses WHERE id IN (%[1]s)
		UNION ALL SELECT 'course', id FROM courses WHERE slug IN (%[1]s)
		UNION ALL SELECT 'grant', id FROM grants WHERE id IN (%[1]s)
		UNION ALL SELECT 'message', id FROM messages WHERE code IN (%[1]s) LIMIT 1`, list), args...).Scan(&kind, &id)
	if errors.Is(err, sql.ErrNoRows) {
		return "", "", nil
	}
	return kind, id, err
}

func lastSeen(ctx context.Context, q db.Querier, userID string) (time.Time, error) {
	at, err := db.Value[sql.NullInt64](ctx, q, `SELECT max(last_seen_at) FROM sessions WHERE user_id = $1`, userID)
	return db.MaybeTime(at), err
}
