package payment

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"lectern/app/db"
)

const claimColumns = `c.id, c.order_id, c.reference, c.payee, c.payer, c.status, c.reason, c.created_at, c.looked_at, c.decided_at, c.decided_by, c.receipt_id`

func claimFields(c *Claim) (fields []any, done func()) {
	var created int64
	var looked, decided sql.NullInt64
	var by, receipt sql.NullString
	fields = []any{&c.ID, &c.OrderID, &c.Reference, &c.Payee, &c.Payer, &c.Status, &c.Reason, &created, &looked, &decided, &by, &receipt}
	return fields, func() {
		c.CreatedAt, c.LookedAt, c.DecidedAt = db.Time(created), db.MaybeTime(looked), db.MaybeTime(decided)
		c.DecidedBy, c.ReceiptID = by.String, receipt.String
	}
}

func scanClaim(row db.Scanner) (Claim, error) {
	var c Claim
	fields, done := claimFields(&c)
	err := row.Scan(fields...)
	done()
	return c, err
}

func claimByID(ctx context.Context, q db.Querier, id string) (Claim, error) {
	c, err := scanClaim(q.QueryRowContext(ctx, `SELECT `+claimColumns+` FROM claims c WHERE c.id = $1`, id))
	return c, notFound(err, "payment.claim.none")
}

func claimsOf(ctx context.Context, q db.Querier, orderID string) ([]Claim, error) {
	return db.All(ctx, q, scanClaim, `SELECT `+claimColumns+` FROM claims c WHERE c.order_id = $1 ORDER BY c.id`, orderID)
}

func claimsOfUser(ctx context.Context, q db.Querier, userID string) ([]Claim, error) {
	return db.All(ctx, q, scanClaim, `SELECT `+claimColumns+` FROM orders o CROSS JOIN claims c WHERE o.user_id = $1 AND c.order_id = o.id ORDER BY c.id`, userID)
}

// standingClaim finds the claim of an order with that reference that waits, or was accepted for what is still paid.
func standingClaim(ctx context.Context, q db.Querier, orderID, reference string) (Claim, error) {
	c, err := scanClaim(q.QueryRowContext(ctx, `SELECT `+claimColumns+` FROM claims c JOIN orders o ON o.id = c.order_id
		WHERE c.reference = $1 AND c.order_id = $2 AND (c.status IN ('waiting', 'not_seen') OR c.status = 'accepted' AND o.status IN ('open', 'paid'))
		ORDER BY c.id DESC LIMIT 1`, reference, orderID))
	return c, notFound(err, "payment.claim.none")
}

// insertClaim adds a claim on o.
func insertClaim(ctx context.Context, tx *sql.Tx, o Order, c Claim) (bool, error) {
	return db.Changed(ctx, tx, `INSERT INTO claims (id, order_id, user_id, price, reference, tail, payee, payer, created_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT DO NOTHING`,
		c.ID, o.ID, o.UserID, o.Price.Amount, c.Reference, c.Reference[max(0, len(c.Reference)-4):], c.Payee, c.Payer, db.Millis(c.CreatedAt))
}

// lockClaim holds a claim that is still to be decided until tx ends. Conflict if it was decided before.
func lockClaim(ctx context.Context, tx *sql.Tx, id string) (Claim, error) {
	c, err := scanClaim(tx.QueryRowContext(ctx, `UPDATE claims SET reason = reason
		WHERE id = $1 AND status IN ('waiting', 'not_seen') RETURNING `+plain(claimColumns), id))
	if errors.Is(err, sql.ErrNoRows) {
		if _, err := claimByID(ctx, tx, id); err != nil {
			return Claim{}, err
		}
		return Claim{}, handled()
	}
	return c, err
}

// lockClaimOf does the same with the claim of an order that names the reference; found is false where there is none.
func lockClaimOf(ctx context.Context, tx *sql.Tx, orderID, reference string) (c Claim, found bool, err error) {
	c, err = scanClaim(tx.QueryRowContext(ctx, `UPDATE claims SET reason = reason
		WHERE order_id = $1 AND reference = $2 AND status IN ('waiting', 'not_seen') RETURNING `+plain(claimColumns), orderID, reference))
	if errors.Is(err, sql.ErrNoRows) {
		return c, false, nil
	}
	return c, true, err
}

func acceptClaim(ctx context.Context, tx *sql.Tx, id, by, receiptID string, now time.Time) (bool, error) {
	return db.Changed(ctx, tx, `UPDATE claims SET status = 'accepted', reason = '', decided_at = $1, decided_by = $2, receipt_id = $3
		WHERE id = $4 AND status IN ('waiting', 'not_seen')`, db.Millis(now), by, receiptID, id)
}

func rejectClaim(ctx context.Context, tx *sql.Tx, id, by, reason string, now time.Time) (bool, error) {
	return db.Changed(ctx, tx, `UPDATE claims SET status = 'rejected', reason = $1, decided_at = $2, decided_by = $3
		WHERE id = $4 AND status IN ('waiting', 'not_seen')`, reason, db.Millis(now), by, id)
}

// rejectAccepted takes back the accepted claims of an order, or those on a receipt. column is order_id or receipt_id.
func rejectAccepted(ctx context.Context, tx *sql.Tx, column, value, by, reason string, now time.Time) ([]Claim, error) {
	return db.All(ctx, tx, scanClaim, `UPDATE claims SET status = 'rejected', reason = $1, decided_at = $2, decided_by = $3
		WHERE `+column+` = $4 AND status = 'accepted' RETURNING `+plain(claimColumns), reason, db.Millis(now), by, value)
}

func reopenClaim(ctx context.Context, tx *sql.Tx, id string) (bool, error) {
	return db.Changed(ctx, tx, `UPDATE claims SET status = 'waiting', reason = '', looked_at = NULL, decided_at = NULL, decided_by = NULL
		WHERE id = $1 AND status IN ('rejected', 'not_seen')`, id)
}

func markNotSeen(ctx context.Context, tx *sql.Tx, id, reason string, now time.Time) (bool, error) {
	return db.Changed(ctx, tx, `UPDATE claims SET status = 'not_seen', reason = $1, looked_at = $2
		WHERE id = $3 AND status IN ('waiting', 'not_seen')`, reason, db.Millis(now), id)
}

// markTold reports whether it is time to tell the student again that the money isn't there, and notes that it is done.
func markTold(ctx context.Context, tx *sql.Tx, id string, now time.Time) (bool, error) {
	return db.Changed(ctx, tx, `UPDATE claims SET told_at = $1 WHERE id = $2 AND (told_at IS NULL OR told_at <= $3)`,
		db.Millis(now), id, db.Millis(now.Add(-24*time.Hour)))
}

func undecided(ctx context.Context, q db.Querier, orderID string) (bool, error) {
	return db.Value[bool](ctx, q, `SELECT EXISTS (SELECT 1 FROM claims WHERE order_id = $1 AND status IN ('waiting', 'not_seen'))`, orderID)
}

func waitingOf(ctx context.Context, q db.Querier, orderID string) (int, error) {
	return db.Value[int](ctx, q, `SELECT count(*) FROM claims WHERE order_id = $1 AND status IN ('waiting', 'not_seen')`, orderID)
}

func insertBatch(ctx context.Context, tx *sql.Tx, id, by string, now time.Time) error {
	return db.Exec(ctx, tx, `INSERT INTO batches (id, created_by, created_at) VALUES ($1, $2, $3)`, id, by, db.Millis(now))
}

func insertBatchItem(ctx context.Context, tx *sql.Tx, batchID string, position int, claimID, outcome string, amount int64) error {
	return db.Exec(ctx, tx, `INSERT INTO batch_items (batch_id, position, claim_id, outcome, amount) VALUES ($1, $2, $3, $4, $5)`,
		batchID, position, claimID, outcome, amount)
}

func batchRows(ctx context.Context, q db.Querier, id string) ([]BatchRow, error) {
	rows, err := db.All(ctx, q, scanBatchRow, `SELECT b.claim_id, b.outcome, b.amount, coalesce(c.reference, ''), coalesce(o.code, ''), coalesce(o.title, ''), coalesce(o.item_kind, ''),
			coalesce(o.currency, ''), coalesce(u.id, ''), coalesce(u.name, '')
		FROM batch_items b LEFT JOIN claims c ON c.id = b.claim_id LEFT JOIN orders o ON o.id = c.order_id LEFT JOIN users u ON u.id = o.user_id
		WHERE b.batch_id = $1 ORDER BY b.position`, id)
	if err != nil || len(rows) > 0 {
		return rows, err
	}
	_, err = db.Value[string](ctx, q, `SELECT id FROM batches WHERE id = $1`, id)
	return nil, notFound(err, "payment.batch.none")
}

func scanBatchRow(row db.Scanner) (BatchRow, error) {
	var b BatchRow
	err := row.Scan(&b.ClaimID, &b.Outcome, &b.Amount.Amount, &b.Reference, &b.OrderCode, &b.Title, &b.Kind, &b.Amount.Currency, &b.UserID, &b.Name)
	return b, err
}

// forgetPayers takes the names on paying accounts out of a student's claims.
func forgetPayers(ctx context.Context, tx *sql.Tx, userID string) error {
	return db.Exec(ctx, tx, `UPDATE claims SET payer = '' WHERE user_id = $1 AND payer <> ''`, userID)
}

func waits(ctx context.Context, q db.Querier, userID string) (bool, error) {
	return db.Value[bool](ctx, q, `SELECT EXISTS (SELECT 1 FROM claims c JOIN orders o ON o.id = c.order_id
		WHERE o.user_id = $1 AND c.status IN ('waiting', 'not_seen') AND o.status = 'open')`, userID)
}
