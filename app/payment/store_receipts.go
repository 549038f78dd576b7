package payment

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"lectern/app/db"
)

const receiptColumns = `r.id, r.method, r.reference, r.amount, r.used, r.currency, r.payee, r.recorded_at, r.recorded_by, r.voided_at`

func receiptFields(r *Receipt) (fields []any, done func()) {
	var recorded int64
	var voided sql.NullInt64
	fields = []any{&r.ID, &r.Method, &r.Reference, &r.Amount.Amount, &r.Used, &r.Amount.Currency, &r.Payee, &recorded, &r.RecordedBy, &voided}
	return fields, func() { r.RecordedAt, r.VoidedAt = db.Time(recorded), db.MaybeTime(voided) }
}

func scanReceipt(row db.Scanner) (Receipt, error) {
	var r Receipt
	fields, done := receiptFields(&r)
	err := row.Scan(fields...)
	done()
	return r, err
}

// lockReceipt holds the receipt with that reference, as written down and not taken back, until tx ends.
func lockReceipt(ctx context.Context, tx *sql.Tx, reference string) (r Receipt, found bool, err error) {
	r, err = scanReceipt(tx.QueryRowContext(ctx, `UPDATE receipts SET used = used
		WHERE reference = $1 AND reference <> '' AND voided_at IS NULL RETURNING `+plain(receiptColumns), reference))
	if errors.Is(err, sql.ErrNoRows) {
		return r, false, nil
	}
	return r, true, err
}

func lockReceiptByID(ctx context.Context, tx *sql.Tx, id string) (Receipt, error) {
	r, err := scanReceipt(tx.QueryRowContext(ctx, `UPDATE receipts SET used = used WHERE id = $1 RETURNING `+plain(receiptColumns), id))
	return r, notFound(err, "payment.receipt.none")
}

// linkedReceipts are the ids of the receipts that pay or paid an order, or that its claims were accepted for. Receipts
// taken back are left out.
const linkedReceipts = `SELECT r.id FROM receipts r WHERE r.voided_at IS NULL AND r.id IN (
	SELECT receipt_id FROM allocations WHERE order_id = $1 UNION SELECT receipt_id FROM claims WHERE order_id = $1 AND receipt_id IS NOT NULL)`

// lockReceipts holds the receipts linked to an order, oldest first.
func lockReceipts(ctx context.Context, tx *sql.Tx, orderID string) ([]Receipt, error) {
	ids, err := db.All(ctx, tx, func(row db.Scanner) (id string, err error) { return id, row.Scan(&id) }, linkedReceipts+` ORDER BY r.id`, orderID)
	if err != nil {
		return nil, err
	}
	receipts := make([]Receipt, 0, len(ids))
	for _, id := range ids {
		r, err := lockReceiptByID(ctx, tx, id)
		if err != nil {
			return nil, err
		}
		if r.VoidedAt.IsZero() {
			receipts = append(receipts, r)
		}
	}
	return receipts, nil
}

func receiptLinked(ctx context.Context, q db.Querier, orderID, receiptID string) (bool, error) {
	return db.Value[bool](ctx, q, `SELECT EXISTS (`+linkedReceipts+` AND r.id = $2)`, orderID, receiptID)
}

func insertReceipt(ctx context.Context, tx *sql.Tx, r Receipt) (bool, error) {
	return db.Changed(ctx, tx, `INSERT INTO receipts (id, method, reference, amount, currency, payee, recorded_at, recorded_by)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT DO NOTHING`,
		r.ID, r.Method, r.Reference, r.Amount.Amount, r.Amount.Currency, r.Payee, db.Millis(r.RecordedAt), r.RecordedBy)
}

// takeFrom takes amount out of the rest of a receipt, or, negative, gives it back.
func takeFrom(ctx context.Context, tx *sql.Tx, id string, amount int64) (bool, error) {
	return db.Changed(ctx, tx, `UPDATE receipts SET used = used + $1 WHERE id = $2 AND used + $1 BETWEEN 0 AND amount AND voided_at IS NULL`, amount, id)
}

func voidReceipt(ctx context.Context, tx *sql.Tx, id, reason string, now time.Time) (bool, error) {
	return db.Changed(ctx, tx, `UPDATE receipts SET voided_at = $1, void_reason = $2 WHERE id = $3 AND used = 0 AND voided_at IS NULL`, db.Millis(now), reason, id)
}

func insertAllocation(ctx context.Context, tx *sql.Tx, receiptID, orderID, by string, amount int64, now time.Time) error {
	return db.Exec(ctx, tx, `INSERT INTO allocations (id, receipt_id, order_id, amount, created_at, created_by) VALUES ($1, $2, $3, $4, $5, $6)`,
		db.NewID(), receiptID, orderID, amount, db.Millis(now), by)
}

type freed struct {
	receiptID string
	amount    int64
}

// endAllocations ends all that pays an order and says how much of which receipt that frees.
func endAllocations(ctx context.Context, tx *sql.Tx, orderID string, now time.Time) ([]freed, error) {
	return db.All(ctx, tx, func(row db.Scanner) (f freed, err error) { return f, row.Scan(&f.receiptID, &f.amount) },
		`UPDATE allocations SET ended_at = $1 WHERE order_id = $2 AND ended_at IS NULL RETURNING receipt_id, amount`, db.Millis(now), orderID)
}

func insertRefund(ctx context.Context, tx *sql.Tx, orderID, receiptID, by string, amount int64, f RefundForm, now time.Time) error {
	return db.Exec(ctx, tx, `INSERT INTO refunds (id, order_id, receipt_id, amount, reference, reason, created_at, created_by)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`, db.NewID(), orderID, receiptID, amount, f.Reference, f.Reason, db.Millis(now), by)
}

// undoRefund marks a refund as undone; Conflict if it was before.
func undoRefund(ctx context.Context, tx *sql.Tx, id string, now time.Time) (orderID, receiptID string, amount int64, err error) {
	err = tx.QueryRowContext(ctx, `UPDATE refunds SET undone_at = $1 WHERE id = $2 AND undone_at IS NULL RETURNING order_id, receipt_id, amount`,
		db.Millis(now), id).Scan(&orderID, &receiptID, &amount)
	if errors.Is(err, sql.ErrNoRows) {
		if _, err := db.Value[string](ctx, tx, `SELECT id FROM refunds WHERE id = $1`, id); err != nil {
			return "", "", 0, notFound(err, "payment.refund.none")
		}
		return "", "", 0, handled()
	}
	return orderID, receiptID, amount, err
}
