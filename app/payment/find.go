package payment

import (
	"context"
	"regexp"
	"slices"
	"strings"

	"lectern/app/db"
	"lectern/app/lang"
	"lectern/app/payment/upi"
	"lectern/app/search"
)

// listed is a page of claims or of orders.
type listed struct {
	search.List
	order    string   // the column with the order's id
	statuses []string // that are listed
}

func listedClaims(status, after string, size int) listed {
	l := listed{List: search.List{Table: "claims", Owner: "user_id"}, order: "order_id"}
	l.Where, l.statuses, l.Oldest = claimStatus(status)
	return l.paged(after, size)
}

func listedOrders(status, after string, size int) listed {
	l := listed{List: search.List{Table: "orders", Owner: "user_id"}, order: "id", statuses: []string{Open, Paid, Cancelled, Reversed}}
	if slices.Contains(l.statuses, status) {
		l.Where, l.statuses = `status = '`+status+`'`, []string{status}
	}
	return l.paged(after, size)
}

// paged chooses a page of size rows, 50 for 0, and the one after it.
func (l listed) paged(after string, size int) listed {
	if isKey(after) {
		l.After = after
	}
	if size <= 0 {
		size = 50
	}
	l.Limit = size + 1
	return l
}

// find returns the ids of the page. It understands what was typed as the first of these that leads anywhere: an order's
// code, a whole reference, the last four digits of one or an amount, words of the student's name, address or number.
func (l listed) find(ctx context.Context, q db.Querier, currency, typed string) ([]string, error) {
	if code, ok := upi.ParseCode(typed); ok {
		if ids, hit, err := l.follow(ctx, q, byCode, code); err != nil || hit {
			return ids, err
		}
	}
	if ref, err := upi.ParseReference(typed); err == nil {
		if ids, hit, err := l.follow(ctx, q, byReference, ref.Value); err != nil || hit {
			return ids, err
		}
	}
	if ids, hit, err := l.findNumber(ctx, q, currency, strings.TrimSpace(typed)); err != nil || hit {
		return ids, err
	}
	found, err := search.Match(ctx, q, "student", typed)
	if err != nil {
		return nil, err
	}
	return found.Page(ctx, q, l.List)
}

// lead is what leads from $1 to few rows.
type lead struct {
	claims string // the condition on claims; empty: those of the orders
	orders string // SELECT of ids
}

var (
	byCode      = lead{orders: `SELECT id FROM orders WHERE code = $1`}
	byReference = lead{claims: `reference = $1`, orders: `SELECT order_id FROM claims WHERE reference = $1
		UNION SELECT a.order_id FROM receipts r JOIN allocations a ON a.receipt_id = r.id WHERE r.reference = $1`}
	byTail = lead{claims: `tail = $1`, orders: `SELECT DISTINCT order_id FROM claims WHERE tail = $1`}
	byRest = lead{orders: `SELECT id FROM orders WHERE paid > 0 AND paid < price AND price - paid = $1`}
)

// follow returns those rows of the page's list that a value leads to; hit says that it leads somewhere, be it out of the list.
func (l listed) follow(ctx context.Context, q db.Querier, by lead, value any) (ids []string, hit bool, err error) {
	if l.Table == "claims" && by.claims != "" {
		if hit, err = db.Value[bool](ctx, q, `SELECT EXISTS (SELECT 1 FROM claims WHERE `+by.claims+`)`, value); err != nil || !hit {
			return nil, hit, err
		}
		ids, err = l.Pick(ctx, q, by.claims, value)
		return ids, true, err
	}
	orders, err := search.IDs(ctx, q, by.orders, value)
	if err != nil || len(orders) == 0 {
		return nil, false, err
	}
	of, args := db.In(l.order, orders, nil)
	ids, err = l.Pick(ctx, q, of, args...)
	return ids, true, err
}

var fourDigits = regexp.MustCompile(`^\d{4}$`)

// findNumber takes what was typed for the last four digits of a reference and for an amount: a price, or the rest that is
// due of one.
func (l listed) findNumber(ctx context.Context, q db.Querier, currency, typed string) (ids []string, hit bool, err error) {
	amount, wrong := lang.ParseMoney(typed, currency)
	tail := fourDigits.FindString(typed)
	if wrong != nil && tail == "" {
		return nil, false, nil
	}
	ids, hit, err = l.follow(ctx, q, byTail, tail)
	if err != nil {
		return nil, false, err
	}
	priced, also, err := l.priced(ctx, q, amount)
	if err != nil {
		return nil, false, err
	}
	left, too, err := l.follow(ctx, q, byRest, amount)
	return l.first(slices.Concat(ids, priced, left)), hit || also || too, err
}

// priced returns the rows at a price, which may be very many: each status has its place in the index.
func (l listed) priced(ctx context.Context, q db.Querier, price int64) (ids []string, hit bool, err error) {
	// The order keeps PostgreSQL from looking through the table, in the hope of a hit among its first rows.
	n, err := db.Value[int](ctx, q, `SELECT count(*) FROM (SELECT 1 FROM `+l.Table+` WHERE price = $1 ORDER BY status, id LIMIT 1) m`, price)
	if err != nil || n == 0 {
		return nil, false, err
	}
	for _, status := range l.statuses {
		some, err := l.First(ctx, q, `price = $1 AND status = $2`, price, status)
		if err != nil {
			return nil, true, err
		}
		ids = append(ids, some...)
	}
	return ids, true, nil
}

// first sorts ids that were found in several ways, and leaves those of the page.
func (l listed) first(ids []string) []string {
	slices.Sort(ids)
	ids = slices.Compact(ids)
	if !l.Oldest {
		slices.Reverse(ids)
	}
	return ids[:min(len(ids), l.Limit)]
}
