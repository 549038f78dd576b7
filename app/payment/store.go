package payment

import (
	"context"
	"database/sql"
	"errors"
	"strings"
	"time"

	"lectern/app/db"
	"lectern/app/fault"
)

func notFound(err error, key string) error {
	if errors.Is(err, sql.ErrNoRows) {
		return fault.New(fault.NotFound, key)
	}
	return err
}

const orderColumns = `o.id, o.code, o.pay_token, o.user_id, o.item_kind, o.item_id, o.title, o.price, o.paid, o.currency, o.status, o.reason,
	o.created_at, o.expires_at, o.paid_at, o.closed_at`

// orderFields are where orderColumns are scanned to; done finishes the order after the scan.
func orderFields(o *Order) (fields []any, done func()) {
	var created, expires int64
	var paid, closed sql.NullInt64
	fields = []any{&o.ID, &o.Code, &o.PayToken, &o.UserID, &o.ItemKind, &o.ItemID, &o.Title, &o.Price.Amount, &o.Paid.Amount, &o.Price.Currency,
		&o.Status, &o.Reason, &created, &expires, &paid, &closed}
	return fields, func() {
		o.Paid.Currency = o.Price.Currency
		o.CreatedAt, o.ExpiresAt, o.PaidAt, o.ClosedAt = db.Time(created), db.Time(expires), db.MaybeTime(paid), db.MaybeTime(closed)
	}
}

func scanOrder(row db.Scanner) (Order, error) {
	var o Order
	fields, done := orderFields(&o)
	err := row.Scan(fields...)
	done()
	return o, err
}

func orderBy(ctx context.Context, q db.Querier, where string, args ...any) (Order, error) {
	o, err := scanOrder(q.QueryRowContext(ctx, `SELECT `+orderColumns+` FROM orders o WHERE `+where, args...))
	return o, notFound(err, "payment.order.none")
}

// plain takes the table's letter off a list of columns: SQLite knows no alias in RETURNING.
func plain(columns string) string {
	return strings.NewReplacer("o.", "", "c.", "", "r.", "").Replace(columns)
}

// lockOrder reads an order and holds it until tx ends, by an update that changes nothing: there is no FOR UPDATE on
// SQLite. column is id or code.
func lockOrder(ctx context.Context, tx *sql.Tx, column, value string) (Order, error) {
	o, err := scanOrder(tx.QueryRowContext(ctx, `UPDATE orders SET paid = paid WHERE `+column+` = $1 RETURNING `+plain(orderColumns), value))
	return o, notFound(err, "payment.order.none")
}

func insertOrder(ctx context.Context, tx *sql.Tx, o Order) (bool, error) {
	return db.Changed(ctx, tx, `INSERT INTO orders (id, code, pay_token, user_id, item_kind, item_id, title, price, currency, created_at, expires_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) ON CONFLICT DO NOTHING`,
		o.ID, o.Code, o.PayToken, o.UserID, o.ItemKind, o.ItemID, o.Title, o.Price.Amount, o.Price.Currency, db.Millis(o.CreatedAt), db.Millis(o.ExpiresAt))
}

func openOrder(ctx context.Context, q db.Querier, userID, kind, itemID string) (Order, error) {
	return orderBy(ctx, q, `o.user_id = $1 AND o.item_kind = $2 AND o.item_id = $3 AND o.status = 'open'`, userID, kind, itemID)
}

func paidFor(ctx context.Context, q db.Querier, userID, kind, itemID string) (bool, error) {
	return db.Value[bool](ctx, q, `SELECT EXISTS (SELECT 1 FROM orders WHERE user_id = $1 AND item_kind = $2 AND item_id = $3 AND status = 'paid')`, userID, kind, itemID)
}

// renewOrder gives an open order nobody has paid anything for the title, price and age of o.
func renewOrder(ctx context.Context, tx *sql.Tx, o Order) (bool, error) {
	return db.Changed(ctx, tx, `UPDATE orders SET title = $1, price = $2, currency = $3, expires_at = $4 WHERE id = $5 AND status = 'open' AND paid = 0`,
		o.Title, o.Price.Amount, o.Price.Currency, db.Millis(o.ExpiresAt), o.ID)
}

func cancelOrder(ctx context.Context, tx *sql.Tx, id string, now time.Time) (bool, error) {
	return db.Changed(ctx, tx, `UPDATE orders SET status = 'cancelled', closed_at = $1 WHERE id = $2 AND status = 'open' AND paid = 0`, db.Millis(now), id)
}

// payOrder adds amount to what is paid of an order that stands at status from; to is the status it has then.
func payOrder(ctx context.Context, tx *sql.Tx, id, from, to string, amount int64, now time.Time) (bool, error) {
	paidAt := sql.NullInt64{Int64: db.Millis(now), Valid: to == Paid}
	return db.Changed(ctx, tx, `UPDATE orders SET paid = paid + $1, status = $2, paid_at = $3, closed_at = NULL, reason = ''
		WHERE id = $4 AND status = $5 AND status <> 'paid' AND paid + $1 <= price`, amount, to, paidAt, id, from)
}

// reverseOrder takes back all that was paid of an order whose allocations have ended.
func reverseOrder(ctx context.Context, tx *sql.Tx, id, reason string, now time.Time) (bool, error) {
	return db.Changed(ctx, tx, `UPDATE orders SET status = 'reversed', paid = 0, paid_at = NULL, closed_at = $1, reason = $2
		WHERE id = $3 AND (status = 'paid' OR status = 'open' AND paid > 0)`, db.Millis(now), reason, id)
}

// sentFirst notes the key of a form and reports whether it is new. An empty key always is.
func sentFirst(ctx context.Context, tx *sql.Tx, key string, now time.Time) (bool, error) {
	if key == "" {
		return true, nil
	}
	return db.Changed(ctx, tx, `INSERT INTO sent_once (key, created_at) VALUES ($1, $2) ON CONFLICT DO NOTHING`, key, db.Millis(now))
}

func clean(ctx context.Context, tx *sql.Tx, before time.Time) error {
	for _, query := range []string{
		`DELETE FROM sent_once WHERE created_at < $1`,
		`DELETE FROM batch_items WHERE batch_id IN (SELECT id FROM batches WHERE created_at < $1)`,
		`DELETE FROM batches WHERE created_at < $1`,
	} {
		if err := db.Exec(ctx, tx, query, db.Millis(before)); err != nil {
			return err
		}
	}
	return nil
}
