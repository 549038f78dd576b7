package payment_test

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"strings"
	"testing"

	"lectern/app/db"
	"lectern/app/fault"
	"lectern/app/payment"
)

// dump is every row that payments touch, as text by table.
func (w *world) dump() map[string]string {
	w.Helper()
	all := map[string]string{}
	for table, columns := range map[string]string{
		"orders": "id || status || paid || reason || expires_at", "receipts": "id || used || coalesce(voided_at, 0)",
		"claims":      "id || status || reason || coalesce(decided_at, 0) || coalesce(looked_at, 0) || coalesce(told_at, 0)",
		"allocations": "id || amount || coalesce(ended_at, 0)", "refunds": "id || amount || coalesce(undone_at, 0)",
		"grants": "id || coalesce(ended_at, 0)", "enrollments": "id", "sent_once": "key", "outbox": "id", "audit": "id",
	} {
		rows, err := db.All(ctx, w.d.Read(), func(row db.Scanner) (s string, err error) {
			err = row.Scan(&s)
			return s, err
		}, fmt.Sprintf(`SELECT %s FROM %s ORDER BY 1`, columns, table))
		w.must(err)
		all[table] = strings.Join(rows, "\n")
	}
	return all
}

// wantSame compares two dumps.
func (w *world) wantSame(when string, before, after map[string]string) {
	w.Helper()
	for table := range before {
		if before[table] != after[table] {
			w.Errorf("%s, %s changed from\n%s\nto\n%s", when, table, before[table], after[table])
		}
	}
}

func TestSteps_LeaveNothingWhenALateOneFails(t *testing.T) {
	type scene struct {
		order  payment.Order // Asha's, paid by a claim, and paid twice
		claim  payment.Claim // of another order, waits
		free   payment.Receipt
		refund string
	}
	for name, c := range map[string]struct {
		do   func(w *world, ctx context.Context, s scene) error
		late string // the tables whose writing comes last
	}{
		"Enroll": {late: "audit", do: func(w *world, ctx context.Context, s scene) error {
			_, err := w.pay.Enroll(ctx, w.chitra, "web")
			return err
		}},
		"Cancel": {late: "audit", do: func(w *world, ctx context.Context, s scene) error {
			return w.pay.Cancel(ctx, w.chitra, w.codeOf(w.chitra))
		}},
		"AddClaim": {late: "audit outbox", do: func(w *world, ctx context.Context, s scene) error {
			_, err := w.pay.AddClaim(ctx, s.order.ID, payment.ClaimForm{Reference: reference(77)})
			return err
		}},
		"Verify": {late: "audit outbox grants", do: func(w *world, ctx context.Context, s scene) error {
			_, err := w.pay.Verify(ctx, w.chitra, s.claim.ID, 49900)
			return err
		}},
		"VerifyPart": {late: "audit outbox", do: func(w *world, ctx context.Context, s scene) error {
			_, err := w.pay.Verify(ctx, w.chitra, s.claim.ID, 100)
			return err
		}},
		"NotSeen": {late: "audit outbox", do: func(w *world, ctx context.Context, s scene) error {
			return w.pay.NotSeen(ctx, w.chitra, s.claim.ID, "")
		}},
		"Reject": {late: "audit outbox", do: func(w *world, ctx context.Context, s scene) error {
			return w.pay.Reject(ctx, w.chitra, s.claim.ID, "no")
		}},
		"Reopen": {late: "audit", do: func(w *world, ctx context.Context, s scene) error {
			id, err := db.Value[string](ctx, w.d.Read(), `SELECT id FROM claims WHERE status = 'rejected'`)
			if err != nil {
				return err
			}
			return w.pay.Reopen(ctx, w.chitra, id)
		}},
		"RecordReceipt": {late: "audit outbox grants", do: func(w *world, ctx context.Context, s scene) error {
			_, err := w.pay.RecordReceipt(ctx, w.chitra, w.codeOf(w.bala), payment.ReceiptForm{Method: payment.Cash, Amount: 49900, Once: "k"})
			return err
		}},
		"UseRest": {late: "audit outbox grants", do: func(w *world, ctx context.Context, s scene) error {
			_, err := w.pay.UseRest(ctx, w.chitra, w.codeOf(w.bala), s.free.ID)
			return err
		}},
		"Void": {late: "audit outbox", do: func(w *world, ctx context.Context, s scene) error {
			return w.pay.Void(ctx, w.chitra, s.order.Code, s.free.ID, "slip")
		}},
		"Reverse": {late: "audit outbox grants", do: func(w *world, ctx context.Context, s scene) error {
			return w.pay.Reverse(ctx, w.chitra, s.order.Code, "slip", true)
		}},
		"Refund": {late: "audit outbox grants refunds", do: func(w *world, ctx context.Context, s scene) error {
			_, err := w.pay.Refund(ctx, w.chitra, s.order.Code, payment.RefundForm{Amount: 60000, Once: "k"})
			return err
		}},
		"UndoRefund": {late: "audit", do: func(w *world, ctx context.Context, s scene) error { return w.pay.UndoRefund(ctx, w.chitra, s.refund) }},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			s := scene{order: w.enroll(w.asha, "python")}
			w.verify(w.claim(s.order, ref1), 50000) // ₹1 too much, which goes back
			s.free = w.verify(w.claim(s.order, ref2), 49900).Receipt
			s.claim = w.claim(w.enroll(w.bala, "python"), ref3)
			w.must(w.pay.Reject(ctx, w.chitra, w.claim(s.order, reference(9)).ID, "no"))
			w.refund(s.order, payment.RefundForm{Amount: 100})
			s.refund = w.money(s.order).Refunds[0].ID
			w.enroll(w.chitra, "python")

			before := w.dump()
			gone, cancel := context.WithCancel(ctx)
			cancel()
			if err := c.do(w, gone, s); !errors.Is(err, context.Canceled) {
				t.Errorf("in a request that is gone: got %v", err)
			}
			w.wantSame("in a request that is gone", before, w.dump())
			for table := range strings.FieldsSeq(c.late) {
				w.exec(`ALTER TABLE ` + table + ` RENAME TO elsewhere`)
				err := c.do(w, ctx, s)
				w.exec(`ALTER TABLE elsewhere RENAME TO ` + table)
				if f := (*fault.Fault)(nil); err == nil || errors.As(err, &f) {
					t.Errorf("without %s: got %v, want the database's error", table, err)
				}
				w.wantSame("without "+table, before, w.dump())
			}
			w.must(c.do(w, ctx, s))
			if after := w.dump(); maps.Equal(before, after) {
				t.Error("changed nothing when all was well: the test is blind")
			}
			w.wantSound()
		})
	}
}

func (w *world) codeOf(user string) string {
	w.Helper()
	code, err := db.Value[string](ctx, w.d.Read(), `SELECT code FROM orders WHERE user_id = $1 AND status = 'open'`, user)
	w.must(err)
	return code
}
