package payment

import (
	"context"
	"database/sql"

	"lectern/app/fault"
	"lectern/app/learning"
	"lectern/app/mail"
	"lectern/app/payment/upi"
)

// Reverse undoes a wrong verify: what paid the order is free again on its receipts, the order's grant ends, its accepted
// claims are rejected with the reason, and the student is told. With neverCame, receipts that nothing else uses are taken
// back as well. Invalid, field reason; NotFound for an unknown order; Conflict where nothing was paid.
// A reversed order takes new claims; Reopen and Verify, or UseRest, are the way back.
func (s *Service) Reverse(ctx context.Context, by, code, reason string, neverCame bool) error {
	reason, err := reasoned(reason, true)
	if err != nil {
		return err
	}
	code, _ = upi.ParseCode(code)
	return s.db.InTx(ctx, func(tx *sql.Tx) error {
		o, err := lockOrder(ctx, tx, "code", code)
		if err != nil {
			return err
		}
		receipts, err := lockReceipts(ctx, tx, o.ID)
		if err != nil {
			return err
		}
		if err := s.release(ctx, tx, o, reason, receipts); err != nil {
			return err
		}
		claims, err := rejectAccepted(ctx, tx, "order_id", o.ID, by, reason, s.now())
		if err != nil {
			return err
		}
		if neverCame {
			if err := s.voidUnused(ctx, tx, by, reason, receipts); err != nil {
				return err
			}
		}
		if _, err := learning.EndOrderGrants(ctx, tx, o.ID, by, s.now()); err != nil {
			return err
		}
		if err := s.write(ctx, tx, o, mail.Reversed{OrderCode: o.Code, Course: o.Title, Reason: reason, Kind: o.ItemKind}); err != nil {
			return err
		}
		return s.record(ctx, tx, by, "payment.reverse", o.ID, map[string]any{
			"amount": o.Paid.Amount, "claims": len(claims), "never_came": neverCame})
	})
}

// release ends what pays an order, held by tx with the receipts linked to it, and marks it reversed. The receipts, in
// memory as well, have again what it took of them.
func (s *Service) release(ctx context.Context, tx *sql.Tx, o Order, reason string, receipts []Receipt) error {
	ended, err := endAllocations(ctx, tx, o.ID, s.now())
	if err != nil {
		return err
	}
	for _, f := range ended {
		if ok, err := takeFrom(ctx, tx, f.receiptID, -f.amount); err != nil || !ok {
			return orHandled(err)
		}
		for i := range receipts {
			if receipts[i].ID == f.receiptID {
				receipts[i].Used -= f.amount
			}
		}
	}
	ok, err := reverseOrder(ctx, tx, o.ID, reason, s.now())
	if err == nil && !ok {
		return fault.New(fault.Conflict, "payment.reverse.nothing")
	}
	return err
}

// voidUnused takes back the receipts that nothing uses.
func (s *Service) voidUnused(ctx context.Context, tx *sql.Tx, by, reason string, receipts []Receipt) error {
	for _, r := range receipts {
		ok, err := voidReceipt(ctx, tx, r.ID, reason, s.now())
		if err != nil {
			return err
		}
		if !ok {
			continue // another order lives on it
		}
		if err := s.unaccept(ctx, tx, r.ID, by, reason); err != nil {
			return err
		}
	}
	return nil
}

// unaccept rejects the claims that were accepted for a receipt, and tells those who made them.
func (s *Service) unaccept(ctx context.Context, tx *sql.Tx, receiptID, by, reason string) error {
	claims, err := rejectAccepted(ctx, tx, "receipt_id", receiptID, by, reason, s.now())
	if err != nil {
		return err
	}
	for _, c := range claims {
		o, err := orderBy(ctx, tx, `o.id = $1`, c.OrderID)
		if err != nil {
			return err
		}
		if err := s.write(ctx, tx, o, mail.Rejected{OrderCode: o.Code, Course: o.Title, Reference: c.Reference, Reason: reason, Kind: o.ItemKind}); err != nil {
			return err
		}
	}
	return nil
}

// RefundForm is money that the school gave back by its own hand.
type RefundForm struct {
	Amount    int64  // minor unit
	Reference string // of the transfer back; may be empty
	Reason    string // may be empty
	Once      string // the form's key: sent twice it counts once; may be empty
}

// RefundResult tells what a refund did.
type RefundResult struct {
	Reversed bool // it took what paid the order
	Repeated bool // the same form was sent before: nothing was done now
}

// Refund writes down money given back, out of the receipts linked to an order: first what is free on them, then, if that
// isn't enough, what pays the order, which is reversed by that. Invalid, by fields amount (with what there is to give back),
// reference and reason; NotFound for an unknown order.
func (s *Service) Refund(ctx context.Context, by, code string, f RefundForm) (RefundResult, error) {
	var wrong fault.Fields
	f.Reference = line(&wrong, "reference", f.Reference, 60)
	f.Reason = line(&wrong, "reason", f.Reason, 500)
	if f.Amount <= 0 {
		wrong.Add("amount", "payment.amount.needed")
	}
	if err := wrong.Err(); err != nil {
		return RefundResult{}, err
	}
	code, _ = upi.ParseCode(code)
	var result RefundResult
	err := s.db.InTx(ctx, func(tx *sql.Tx) error {
		o, err := lockOrder(ctx, tx, "code", code)
		if err != nil {
			return err
		}
		if first, err := sentFirst(ctx, tx, onceKey("refund", o.ID, f.Once), s.now()); err != nil || !first {
			result = RefundResult{Repeated: true}
			return err
		}
		result, err = s.refund(ctx, tx, by, o, f)
		return err
	})
	return result, err
}

func (s *Service) refund(ctx context.Context, tx *sql.Tx, by string, o Order, f RefundForm) (RefundResult, error) {
	receipts, err := lockReceipts(ctx, tx, o.ID)
	if err != nil {
		return RefundResult{}, err
	}
	var free int64
	for _, r := range receipts {
		free += r.Rest()
	}
	switch most := free + o.Paid.Amount; {
	case most == 0:
		return RefundResult{}, fault.Field("amount", "payment.refund.nothing")
	case f.Amount > most:
		return RefundResult{}, fault.Field("amount", "payment.refund.most", "amount", o.money(most))
	}
	takes := make([]int64, len(receipts))
	left := spread(takes, receipts, f.Amount)
	var result RefundResult
	if left > 0 {
		result.Reversed = true
		if err := s.release(ctx, tx, o, f.Reason, receipts); err != nil {
			return result, err
		}
		spread(takes, receipts, left)
	}
	for i, r := range receipts {
		if takes[i] == 0 {
			continue
		}
		if ok, err := takeFrom(ctx, tx, r.ID, takes[i]); err != nil || !ok {
			return result, orHandled(err)
		}
		if err := insertRefund(ctx, tx, o.ID, r.ID, by, takes[i], f, s.now()); err != nil {
			return result, err
		}
	}
	ended := 0
	if result.Reversed {
		if ended, err = learning.EndOrderGrants(ctx, tx, o.ID, by, s.now()); err != nil {
			return result, err
		}
	}
	if err := s.write(ctx, tx, o, mail.Refunded{OrderCode: o.Code, Course: o.Title, Amount: f.Amount, Currency: o.Price.Currency,
		Reference: f.Reference, AccessEnds: ended > 0 || result.Reversed && o.ItemKind == Internship, Kind: o.ItemKind}); err != nil {
		return result, err
	}
	return result, s.record(ctx, tx, by, "payment.refund", o.ID, map[string]any{"amount": f.Amount, "reversed": result.Reversed})
}

// spread takes amount out of the rests of receipts, in their order, and returns what it didn't find.
func spread(takes []int64, receipts []Receipt, amount int64) (left int64) {
	for i := range receipts {
		n := min(receipts[i].Rest()-takes[i], amount)
		takes[i] += n
		amount -= n
	}
	return amount
}

// UndoRefund takes back a refund that was written down by mistake: its money is free on the receipt again. An order that
// it reversed stays so; UseRest pays it anew. NotFound for an unknown refund, Conflict for one undone before.
func (s *Service) UndoRefund(ctx context.Context, by, refundID string) error {
	if !isKey(refundID) {
		return fault.New(fault.NotFound, "payment.refund.none")
	}
	return s.db.InTx(ctx, func(tx *sql.Tx) error {
		orderID, receiptID, amount, err := undoRefund(ctx, tx, refundID, s.now())
		if err != nil {
			return err
		}
		if ok, err := takeFrom(ctx, tx, receiptID, -amount); err != nil || !ok {
			return orHandled(err)
		}
		return s.record(ctx, tx, by, "payment.undo_refund", orderID, map[string]any{"refund": refundID, "amount": amount})
	})
}
