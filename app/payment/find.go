package payment

import (
	"context"
	"fmt"
	"regexp"
	"strings"

	"lectern/app/db"
	"lectern/app/lang"
	"lectern/app/payment/upi"
	"lectern/app/search"
)

// filter is what an admin typed into a search box, as SQL. Few matches are listed outright and the query starts from them;
// many are met soon enough by walking the list in its order.
type filter struct {
	few  string // SELECT of the ids that match; empty: walk
	cond string // on the order o, when walking
	args []any
}

// listed are the rows of a list that can be searched, by what leads to them.
type listed struct {
	reference string // SELECT of ids by a whole reference, $1
	tail      string // SELECT of ids by the last four of one, $1
	orders    string // SELECT of ids by a SELECT of orders.id, %s
}

var (
	claimList = listed{
		reference: `SELECT id FROM claims WHERE reference = $1`,
		tail:      `SELECT id FROM claims WHERE tail = $1`,
		orders:    `SELECT id FROM claims WHERE order_id IN (%s)`,
	}
	orderList = listed{
		reference: `SELECT order_id AS id FROM claims WHERE reference = $1
			UNION SELECT a.order_id FROM receipts r JOIN allocations a ON a.receipt_id = r.id WHERE r.reference = $1`,
		tail:   `SELECT DISTINCT order_id AS id FROM claims WHERE tail = $1`,
		orders: `%s`,
	}
)

// manyOrders is from which number of orders at one price walking finds a page sooner than listing them all.
const manyOrders = 2000

var fourDigits = regexp.MustCompile(`^\d{4}$`)

// find understands q as the first of these that leads anywhere: an order's code, a whole reference, the last four digits of
// one or an amount, words of the student's name, address or number.
func find(ctx context.Context, r db.Querier, currency, q string, l listed) (filter, error) {
	q = strings.TrimSpace(q)
	if q == "" {
		return filter{cond: "1 = 1"}, nil
	}
	if code, ok := upi.ParseCode(q); ok {
		f := filter{few: fmt.Sprintf(l.orders, `SELECT id FROM orders WHERE code = $1`), args: []any{code}}
		if hit, err := finds(ctx, r, f.few, code); err != nil || hit {
			return f, err
		}
	}
	if ref, err := upi.ParseReference(q); err == nil {
		if hit, err := finds(ctx, r, l.reference, ref.Value); err != nil || hit {
			return filter{few: l.reference, args: []any{ref.Value}}, err
		}
	}
	if f, hit, err := numbers(ctx, r, currency, q, l); err != nil || hit {
		return f, err
	}
	cond, args, err := search.Match(ctx, r, "student", "o.user_id", q, nil)
	if err != nil || !search.Few(cond) {
		return filter{cond: cond, args: args}, err
	}
	return filter{few: fmt.Sprintf(l.orders, `SELECT o.id FROM orders o WHERE `+cond), args: args}, nil
}

// numbers looks for what was typed as the last four digits of a reference and as an amount: a price, or the rest that is
// due of one.
func numbers(ctx context.Context, q db.Querier, currency, typed string, l listed) (f filter, hit bool, err error) {
	tail := fourDigits.FindString(typed)
	amount, err := lang.ParseMoney(typed, currency)
	if tail == "" && err != nil {
		return f, false, nil
	}
	args := []any{tail, amount}
	priced, err := db.Value[int](ctx, q, fmt.Sprintf(`SELECT count(*) FROM (SELECT 1 FROM orders WHERE price = $1 ORDER BY id LIMIT %d) m`, manyOrders), amount)
	if err != nil {
		return f, false, err
	}
	if priced == manyOrders {
		return filter{cond: `(o.price = $2 OR ` + restDue + ` OR EXISTS (SELECT 1 FROM claims t WHERE t.order_id = o.id AND t.tail = $1))`, args: args}, true, nil
	}
	few := l.tail + ` UNION ` + fmt.Sprintf(l.orders, `SELECT o.id FROM orders o WHERE o.price = $2 UNION SELECT o.id FROM orders o WHERE `+restDue)
	hit, err = finds(ctx, q, few, args...)
	return filter{few: few, args: args}, hit, err
}

const restDue = `o.paid > 0 AND o.paid < o.price AND o.price - o.paid = $2`

// finds reports whether a SELECT has any row.
func finds(ctx context.Context, q db.Querier, query string, args ...any) (bool, error) {
	return db.Value[bool](ctx, q, `WITH m AS MATERIALIZED (`+query+`) SELECT EXISTS (SELECT 1 FROM m)`, args...)
}
