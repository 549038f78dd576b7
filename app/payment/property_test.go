package payment_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"

	"lectern/app/db"
	"lectern/app/fault"
	"lectern/app/payment"
)

// wantSound checks what must hold of the books at every moment.
func (w *world) wantSound() {
	w.Helper()
	for rule, broken := range map[string]string{
		"a receipt pays out no more than came in, and used is what is taken of it": `SELECT count(*) FROM receipts r WHERE r.used < 0 OR r.used > r.amount OR r.used <>
			(SELECT CAST(coalesce(sum(a.amount), 0) AS BIGINT) FROM allocations a WHERE a.receipt_id = r.id AND a.ended_at IS NULL) +
			(SELECT CAST(coalesce(sum(f.amount), 0) AS BIGINT) FROM refunds f WHERE f.receipt_id = r.id AND f.undone_at IS NULL)`,
		"paid is the sum of what pays an order": `SELECT count(*) FROM orders o WHERE o.paid <>
			(SELECT CAST(coalesce(sum(a.amount), 0) AS BIGINT) FROM allocations a WHERE a.order_id = o.id AND a.ended_at IS NULL)`,
		"a paid order is covered, a closed one has nothing": `SELECT count(*) FROM orders WHERE (status = 'paid') <> (paid = price) OR status IN ('cancelled', 'reversed') AND paid > 0`,
		"times fit the status":                              `SELECT count(*) FROM orders WHERE (status = 'paid') <> (paid_at IS NOT NULL) OR (status IN ('cancelled', 'reversed')) <> (closed_at IS NOT NULL)`,
		"an order's grant in force belongs to a paid one":   `SELECT count(*) FROM grants g JOIN orders o ON o.id = g.order_id WHERE g.ended_at IS NULL AND o.status <> 'paid'`,
		"an enrollment tells when its grants end": `SELECT count(*) FROM enrollments e WHERE open_until <> COALESCE((SELECT MAX(COALESCE(g.until, 9007199254740991))
			FROM grants g WHERE g.user_id = e.user_id AND g.course_id = e.course_id AND g.ended_at IS NULL), 0)`,
		"every paid order has one grant in force":     `SELECT count(*) FROM orders o WHERE o.status = 'paid' AND (SELECT count(*) FROM grants g WHERE g.order_id = o.id AND g.ended_at IS NULL AND g.user_id = o.user_id AND g.course_id = o.item_id) <> 1`,
		"one open order for a student and course":     `SELECT count(*) FROM (SELECT 1 FROM orders WHERE status = 'open' GROUP BY user_id, item_id HAVING count(*) > 1) m`,
		"a reference stands once":                     `SELECT count(*) FROM (SELECT 1 FROM receipts WHERE reference <> '' AND voided_at IS NULL GROUP BY reference HAVING count(*) > 1) m`,
		"an accepted claim has its receipt":           `SELECT count(*) FROM claims c LEFT JOIN receipts r ON r.id = c.receipt_id WHERE c.status = 'accepted' AND (r.id IS NULL OR r.reference <> c.reference OR r.voided_at IS NOT NULL)`,
		"a letter for each time an order became paid": `SELECT (SELECT count(*) FROM grants WHERE source = 'order') - (SELECT count(*) FROM outbox WHERE kind = 'enrolled')`,
		"a letter for each reverse":                   `SELECT (SELECT count(*) FROM audit WHERE action = 'payment.reverse') - (SELECT count(*) FROM outbox WHERE kind = 'reversed')`,
		"an audit row for each order":                 `SELECT (SELECT count(*) FROM orders) - (SELECT count(*) FROM audit WHERE action = 'order.create')`,
		"an audit row for each claim":                 `SELECT (SELECT count(*) FROM claims) - (SELECT count(*) FROM audit WHERE action = 'claim.add')`,
	} {
		if n := w.count(broken); n != 0 {
			w.Errorf("%s: broken %d times", rule, n)
		}
	}
}

// town is a crowd of students and admins who do everything at random.
type town struct {
	*world
	students []string
	mu       sync.Mutex
	orders   []payment.Order
	claims   []string
	receipts []string
	done     map[string]int // how often each action succeeded
}

func TestBooks_StaySoundWhateverHappens(t *testing.T) {
	ops, workers := 10_000, 8
	if testing.Short() {
		ops = 800
	}
	w := &town{world: newWorld(t), done: map[string]int{}}
	for i := range 12 {
		w.students = append(w.students, w.user("student", fmt.Sprint("Student ", i), fmt.Sprintf("s%d@example.com", i), ""))
	}
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	together(workers, func(worker int) error {
		r := rand.New(rand.NewPCG(seed, uint64(worker)))
		for range ops / workers {
			var f *fault.Fault
			if action, err := w.act(r); err == nil {
				w.note(action)
			} else if !errors.As(err, &f) {
				t.Errorf("%s: %v", action, err)
				return err
			}
		}
		return nil
	})
	w.wantSound()
	for action, n := range w.done {
		if got := w.audits(action); action != "" && got != n {
			t.Errorf("%s was done %d times and recorded %d times", action, n, got)
		}
	}
	for _, action := range []string{"payment.verify", "payment.not_seen", "payment.reject", "payment.reopen", "payment.receipt", "payment.use", "payment.void",
		"payment.reverse", "payment.refund", "payment.undo_refund", "order.cancel"} {
		if w.done[action] == 0 {
			t.Errorf("%s never succeeded: the test is blind there", action)
		}
	}
	t.Log(w.done)
}

func (w *town) note(action string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.done[action]++
}

func pick[T any](w *town, r *rand.Rand, from *[]T) (one T) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if all := *from; len(all) > 0 {
		recent := min(len(all), 40)
		one = all[len(all)-1-r.IntN(recent)]
	}
	return one
}

func put[T any](w *town, to *[]T, one T) {
	w.mu.Lock()
	defer w.mu.Unlock()
	*to = append(*to, one)
}

// act does one thing at random and says which action the audit log must show for it; "" for one that isn't counted.
func (w *town) act(r *rand.Rand) (action string, err error) {
	amounts := []int64{49900, 49900, 49900, 99800, 100, 40000, 1 + r.Int64N(60000)}
	amount := amounts[r.IntN(len(amounts))]
	order, claim := pick(w, r, &w.orders), pick(w, r, &w.claims)
	switch n := r.IntN(100); {
	case n < 15:
		e, err := w.pay.Enroll(ctx, w.students[r.IntN(len(w.students))], []string{"python", "web"}[r.IntN(2)])
		if e.Order != nil {
			put(w, &w.orders, *e.Order)
		}
		return "", err
	case n < 37:
		c, err := w.pay.AddClaim(ctx, order.ID, payment.ClaimForm{Reference: reference(r.IntN(400))})
		if err == nil {
			put(w, &w.claims, c.ID)
		}
		return "", err
	case n < 55:
		return "payment.verify", w.keep(w.pay.Verify(ctx, w.chitra, claim, amount))
	case n < 58:
		return "", w.batch(r)
	case n < 62:
		return "payment.not_seen", w.pay.NotSeen(ctx, w.chitra, claim, "")
	case n < 66:
		return "payment.reject", w.pay.Reject(ctx, w.chitra, claim, "no")
	case n < 70:
		return "payment.reopen", w.pay.Reopen(ctx, w.chitra, claim)
	case n < 74:
		f := payment.ReceiptForm{Method: payment.Cash, Amount: amount, Once: fmt.Sprint(r.IntN(1000))}
		result, err := w.pay.RecordReceipt(ctx, w.chitra, order.Code, f)
		if result.Repeated {
			return "", err
		}
		return "payment.receipt", w.keep(result, err)
	case n < 77:
		return "payment.receipt", w.keep(w.pay.RecordReceipt(ctx, w.chitra, order.Code, payment.ReceiptForm{Method: payment.UPI, Reference: reference(r.IntN(400)), Amount: amount}))
	case n < 82:
		return "payment.use", w.keep(w.pay.UseRest(ctx, w.chitra, order.Code, pick(w, r, &w.receipts)))
	case n < 84:
		return "payment.void", w.voidOne(order)
	case n < 90:
		return "payment.reverse", w.pay.Reverse(ctx, w.chitra, order.Code, "slip", r.IntN(3) == 0)
	case n < 94:
		_, err := w.pay.Refund(ctx, w.chitra, order.Code, payment.RefundForm{Amount: amount})
		return "payment.refund", err
	case n < 97:
		id, _ := db.Value[string](ctx, w.d.Read(), `SELECT id FROM refunds WHERE undone_at IS NULL ORDER BY id DESC LIMIT 1`)
		return "payment.undo_refund", w.pay.UndoRefund(ctx, w.chitra, id)
	default:
		e, err := w.pay.Enroll(ctx, w.students[r.IntN(len(w.students))], "python")
		if err != nil || e.Order == nil {
			return "", err
		}
		return "order.cancel", w.pay.Cancel(ctx, e.Order.UserID, e.Order.Code)
	}
}

func (w *town) keep(r payment.Result, err error) error {
	if err == nil {
		put(w, &w.receipts, r.Receipt.ID)
	}
	return err
}

func (w *town) batch(r *rand.Rand) error {
	id, err := w.pay.VerifyMany(ctx, w.chitra, []string{pick(w, r, &w.claims), pick(w, r, &w.claims), pick(w, r, &w.claims)})
	if err != nil {
		return err
	}
	rows, err := w.pay.Batch(ctx, id)
	for _, row := range rows {
		if row.OK() {
			w.note("payment.verify")
		} else if row.Outcome == "payment.batch.broke" {
			return fmt.Errorf("a row of a batch broke")
		}
	}
	return err
}

func (w *town) voidOne(o payment.Order) error {
	m, err := w.pay.Ledger(ctx, o)
	if err != nil {
		return err
	}
	for _, r := range m.Receipts {
		if r.Used == 0 && r.VoidedAt.IsZero() {
			return w.pay.Void(ctx, w.chitra, o.Code, r.ID, "slip")
		}
	}
	return fault.New(fault.Conflict, "test.nothing_to_void")
}
