package payment

import (
	"context"
	"database/sql"

	"lectern/app/db"
)

func orderRows(ctx context.Context, q db.Querier, ids []string) ([]OrderRow, error) {
	of, args := db.In("o.id", ids, nil)
	return db.All(ctx, q, scanOrderRow, `SELECT `+orderColumns+`, u.id, u.name, u.email, u.phone,
			EXISTS (SELECT 1 FROM claims w WHERE w.order_id = o.id AND w.status IN ('waiting', 'not_seen'))
		FROM orders o CROSS JOIN users u WHERE u.id = o.user_id AND `+of+` ORDER BY o.id DESC`, args...)
}

func scanOrderRow(row db.Scanner) (OrderRow, error) {
	var r OrderRow
	fields, done := orderFields(&r.Order)
	err := row.Scan(append(fields, &r.Student.ID, &r.Student.Name, &r.Student.Email, &r.Student.Phone, &r.Waiting)...)
	done()
	return r, err
}

func orderClaims(ctx context.Context, q db.Querier, orderID string) ([]QueueRow, error) {
	return claimRows(ctx, q, `c.order_id = $1 ORDER BY c.id`, orderID)
}

func person(ctx context.Context, q db.Querier, userID string) (p Person, err error) {
	err = q.QueryRowContext(ctx, `SELECT id, name, email, phone FROM users WHERE id = $1`, userID).Scan(&p.ID, &p.Name, &p.Email, &p.Phone)
	return p, err
}

func peopleNames(ctx context.Context, q db.Querier, ids []string) (map[string]string, error) {
	names := map[string]string{}
	if len(ids) == 0 {
		return names, nil
	}
	list, args := db.List(nil, ids)
	people, err := db.All(ctx, q, func(row db.Scanner) (p Person, err error) { return p, row.Scan(&p.ID, &p.Name) },
		`SELECT id, name FROM users WHERE id IN (`+list+`)`, args...)
	for _, p := range people {
		names[p.ID] = p.Name
	}
	return names, err
}

// orderReceipts are the receipts linked to an order, also those taken back, with their uses.
func orderReceipts(ctx context.Context, q db.Querier, orderID string) ([]OrderReceipt, error) {
	receipts, err := db.All(ctx, q, func(row db.Scanner) (OrderReceipt, error) {
		var r OrderReceipt
		fields, done := receiptFields(&r.Receipt)
		err := row.Scan(append(fields, &r.By)...)
		done()
		return r, err
	}, `SELECT `+receiptColumns+`, u.name FROM receipts r JOIN users u ON u.id = r.recorded_by WHERE r.id IN (
			SELECT receipt_id FROM allocations WHERE order_id = $1 UNION SELECT receipt_id FROM claims WHERE order_id = $1 AND receipt_id IS NOT NULL)
		ORDER BY r.id`, orderID)
	if err != nil || len(receipts) == 0 {
		return receipts, err
	}
	place := map[string]int{}
	ids := make([]string, len(receipts))
	for i, r := range receipts {
		place[r.ID], ids[i] = i, r.ID
	}
	list, args := db.List(nil, ids)
	_, err = db.All(ctx, q, func(row db.Scanner) (struct{}, error) {
		var u Use
		var receipt string
		var at int64
		var ended sql.NullInt64
		err := row.Scan(&receipt, &u.OrderID, &u.OrderCode, &u.Amount.Amount, &u.Amount.Currency, &at, &ended)
		u.At, u.EndedAt = db.Time(at), db.MaybeTime(ended)
		r := &receipts[place[receipt]]
		r.Uses = append(r.Uses, u)
		return struct{}{}, err
	}, `SELECT a.receipt_id, o.id, o.code, a.amount, o.currency, a.created_at, a.ended_at
		FROM allocations a JOIN orders o ON o.id = a.order_id WHERE a.receipt_id IN (`+list+`) ORDER BY a.id`, args...)
	return receipts, err
}

func refundsOf(ctx context.Context, q db.Querier, orderID string) ([]Refund, error) {
	return db.All(ctx, q, func(row db.Scanner) (Refund, error) {
		var r Refund
		var at int64
		var undone sql.NullInt64
		err := row.Scan(&r.ID, &r.ReceiptID, &r.Reference, &r.Reason, &r.Amount.Amount, &r.Amount.Currency, &at, &r.By, &undone)
		r.At, r.UndoneAt = db.Time(at), db.MaybeTime(undone)
		return r, err
	}, `SELECT f.id, f.receipt_id, f.reference, f.reason, f.amount, r.currency, f.created_at, u.name, f.undone_at
		FROM refunds f JOIN receipts r ON r.id = f.receipt_id JOIN users u ON u.id = f.created_by WHERE f.order_id = $1 ORDER BY f.id`, orderID)
}
