package payment

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"lectern/app/db"
	"lectern/app/lang"
)

// claimRows reads claims with their orders and students. CROSS JOIN makes SQLite start from the claims.
func claimRows(ctx context.Context, q db.Querier, where string, args ...any) ([]QueueRow, error) {
	return db.All(ctx, q, scanQueueRow, `SELECT `+claimColumns+`, `+orderColumns+`, u.id, u.name, u.email, u.phone
		FROM claims c CROSS JOIN orders o CROSS JOIN users u WHERE o.id = c.order_id AND u.id = o.user_id AND `+where, args...)
}

func scanQueueRow(row db.Scanner) (QueueRow, error) {
	var r QueueRow
	var o Order
	fields, claimDone := claimFields(&r.Claim)
	more, orderDone := orderFields(&o)
	fields = append(append(fields, more...), &r.Student.ID, &r.Student.Name, &r.Student.Email, &r.Student.Phone)
	err := row.Scan(fields...)
	claimDone()
	orderDone()
	r.OrderCode, r.OrderStatus, r.Title, r.Due, r.Prefill = o.Code, o.Status, o.Title, o.DueMoney(), prefill(o)
	return r, err
}

func receiptsBy(ctx context.Context, q db.Querier, references []string) (map[string]Receipt, error) {
	list, args := db.List(nil, references)
	found, err := db.All(ctx, q, scanReceipt, `SELECT `+receiptColumns+` FROM receipts r WHERE r.reference IN (`+list+`) AND r.reference <> '' AND r.voided_at IS NULL`, args...)
	by := make(map[string]Receipt, len(found))
	for _, r := range found {
		by[r.Reference] = r
	}
	return by, err
}

// ordersByReference gives the codes of the orders whose claims name each of the references, oldest claim first.
func ordersByReference(ctx context.Context, q db.Querier, references []string) (map[string][]string, error) {
	list, args := db.List(nil, references)
	type pair struct{ reference, code string }
	pairs, err := db.All(ctx, q, func(row db.Scanner) (p pair, err error) { return p, row.Scan(&p.reference, &p.code) },
		`SELECT m.reference, o.code FROM (SELECT reference, order_id, min(id) AS first FROM claims WHERE reference IN (`+list+`) GROUP BY reference, order_id) m
		CROSS JOIN orders o WHERE o.id = m.order_id ORDER BY m.first`, args...)
	by := map[string][]string{}
	for _, p := range pairs {
		by[p.reference] = append(by[p.reference], p.code)
	}
	return by, err
}

// waitingCount says again what the index holds and that ids aren't empty: SQLite reads the small partial index only then,
// and this is asked on every page of the panel.
func waitingCount(ctx context.Context, q db.Querier) (int, error) {
	return db.Value[int](ctx, q, `SELECT count(*) FROM claims WHERE status IN ('waiting', 'not_seen') AND id > ''`)
}

func summary(ctx context.Context, q db.Querier, currency string) (Summary, error) {
	s := Summary{Sum: lang.Money{Currency: currency}}
	var err error
	s.Payees, err = db.All(ctx, q, func(row db.Scanner) (PayeeSum, error) {
		p := PayeeSum{Sum: lang.Money{Currency: currency}}
		return p, row.Scan(&p.Payee, &p.Count, &p.Sum.Amount)
	}, `SELECT c.payee, count(*), CAST(coalesce(sum(CASE WHEN o.currency = $1 THEN o.price - o.paid END), 0) AS BIGINT)
		FROM claims c CROSS JOIN orders o WHERE o.id = c.order_id AND c.status IN ('waiting', 'not_seen') GROUP BY c.payee ORDER BY 2 DESC, 1`, currency)
	if err != nil || len(s.Payees) == 0 {
		return s, err
	}
	for _, p := range s.Payees {
		s.Count += p.Count
		s.Sum.Amount += p.Sum.Amount
	}
	oldest, err := db.Value[int64](ctx, q, `SELECT created_at FROM claims WHERE status IN ('waiting', 'not_seen') ORDER BY id LIMIT 1`)
	if errors.Is(err, sql.ErrNoRows) { // decided meanwhile
		return s, nil
	}
	s.Oldest = db.Time(oldest)
	return s, err
}

// received counts and adds up what was written down from one time until before another.
func received(ctx context.Context, q db.Querier, currency string, from, until time.Time) (count int, sum int64, err error) {
	err = q.QueryRowContext(ctx, `SELECT count(*), CAST(coalesce(sum(CASE WHEN currency = $1 THEN amount END), 0) AS BIGINT) FROM receipts
		WHERE recorded_at >= $2 AND recorded_at < $3 AND voided_at IS NULL`, currency, db.Millis(from), db.Millis(until)).Scan(&count, &sum)
	return count, sum, err
}
