package payment

import (
	"context"
	"database/sql"
	"regexp"
	"strings"

	"lectern/app/fault"
	"lectern/app/payment/upi"
)

// ReceiptForm is money that the school saw without a claim: cash, a parent's transfer, a screenshot on WhatsApp.
type ReceiptForm struct {
	Method    string // UPI, Transfer or Cash
	Reference string // as pasted; cash needs none, but may have the number in the school's receipt book
	Amount    int64  // minor unit
	Once      string // the form's key: sent twice it counts once; may be empty
}

// RecordReceipt writes down money for an order, by the rules of Verify; a claim of the order that waits with the same
// reference is accepted by it. Invalid, by fields method, reference and amount; NotFound for an unknown order; Conflict as
// in Verify, and for cash without number and key on an order that is paid.
func (s *Service) RecordReceipt(ctx context.Context, by, code string, f ReceiptForm) (Result, error) {
	seen, err := f.receipt(by)
	if err != nil {
		return Result{}, err
	}
	code, _ = upi.ParseCode(code)
	var result Result
	err = s.inTx(ctx, func(tx *sql.Tx) error {
		o, err := orderBy(ctx, tx, `o.code = $1`, code)
		if err != nil {
			return err
		}
		if first, err := sentFirst(ctx, tx, onceKey("receipt", o.ID, f.Once), s.now()); err != nil || !first {
			result = Result{Order: o, Repeated: true}
			return err
		}
		result, err = s.recordReceipt(ctx, tx, by, o.ID, seen, f.Once == "")
		return err
	})
	return result, err
}

func (s *Service) recordReceipt(ctx context.Context, tx *sql.Tx, by, orderID string, seen Receipt, keyless bool) (Result, error) {
	claim, claimed, err := lockClaimOf(ctx, tx, orderID, seen.Reference)
	if err != nil {
		return Result{}, err
	}
	o, err := lockOrder(ctx, tx, "id", orderID)
	if err != nil {
		return Result{}, err
	}
	if keyless && seen.Reference == "" && o.Due() == 0 { // most likely the same form once more
		return Result{}, fault.New(fault.Conflict, "payment.order.paid")
	}
	seen.Amount.Currency, seen.Payee = o.Price.Currency, claim.Payee
	r, err := s.receive(ctx, tx, o, seen)
	if err != nil {
		return Result{}, err
	}
	detail := map[string]any{"receipt": r.ID, "amount": r.Amount.Amount}
	if claimed {
		if ok, err := acceptClaim(ctx, tx, claim.ID, by, r.ID, s.now()); err != nil || !ok {
			return Result{}, orHandled(err)
		}
		detail["claim"] = claim.ID
	}
	result, err := s.draw(ctx, tx, by, o, r)
	if err != nil {
		return Result{}, err
	}
	detail["drawn"] = result.Drawn
	return result, s.record(ctx, tx, by, "payment.receipt", o.ID, detail)
}

// receipt checks the form. The reference decides between UPI and Transfer, whatever was chosen.
func (f ReceiptForm) receipt(by string) (Receipt, error) {
	var wrong fault.Fields
	r := Receipt{Method: f.Method, RecordedBy: by}
	r.Amount.Amount = f.Amount
	switch f.Method {
	case UPI, Transfer:
		r.Reference = reference(&wrong, f.Reference)
		if len(r.Reference) > 12 {
			r.Method = Transfer
		}
	case Cash:
		r.Reference = bookNumber(&wrong, f.Reference)
	default:
		wrong.Add("method", "payment.method.unknown")
	}
	if f.Amount <= 0 {
		wrong.Add("amount", "payment.amount.needed")
	}
	return r, wrong.Err()
}

var bookNumbers = regexp.MustCompile(`^[0-9A-Z/._-]{0,40}$`)

// bookNumber reads the number that a receipt for cash has in the school's own book.
func bookNumber(fields *fault.Fields, typed string) string {
	number := strings.ToUpper(strings.Join(strings.Fields(typed), ""))
	if !bookNumbers.MatchString(number) {
		fields.Add("reference", "payment.reference.book")
	}
	return number
}

// onceKey is what a form's key is kept under, empty for a form without one.
func onceKey(form, subject, once string) string {
	if !isKey(once) {
		return ""
	}
	return form + ":" + subject + ":" + once
}

// UseRest lets what is free on a receipt pay what it can of an order: after a reverse by mistake, or from one order of a
// family to another. NotFound for an unknown order or receipt; Conflict where nothing is free, or nothing due.
func (s *Service) UseRest(ctx context.Context, by, code, receiptID string) (Result, error) {
	if !isKey(receiptID) {
		return Result{}, fault.New(fault.NotFound, "payment.receipt.none")
	}
	code, _ = upi.ParseCode(code)
	var result Result
	err := s.inTx(ctx, func(tx *sql.Tx) error {
		o, err := lockOrder(ctx, tx, "code", code)
		if err != nil {
			return err
		}
		if o.Due() == 0 {
			return fault.New(fault.Conflict, "payment.order.paid")
		}
		r, err := lockReceiptByID(ctx, tx, receiptID)
		if err != nil {
			return err
		}
		if !r.VoidedAt.IsZero() {
			return fault.New(fault.Conflict, "payment.receipt.used_up")
		}
		if err := matches(r, o, Receipt{}); err != nil {
			return err
		}
		if result, err = s.draw(ctx, tx, by, o, r); err != nil {
			return err
		}
		return s.record(ctx, tx, by, "payment.use", o.ID, map[string]any{"receipt": r.ID, "drawn": result.Drawn})
	})
	return result, err
}

// Void takes back a receipt of an order that was written down though the money never came, and of which nothing is used;
// claims accepted for it are rejected with the reason. NotFound for a receipt that isn't linked to the order; Conflict while
// something of it is used: reverse that order first.
func (s *Service) Void(ctx context.Context, by, code, receiptID, reason string) error {
	reason, err := reasoned(reason, true)
	if err != nil {
		return err
	}
	if !isKey(receiptID) {
		return fault.New(fault.NotFound, "payment.receipt.none")
	}
	code, _ = upi.ParseCode(code)
	return s.db.InTx(ctx, func(tx *sql.Tx) error {
		o, err := lockOrder(ctx, tx, "code", code)
		if err != nil {
			return err
		}
		linked, err := receiptLinked(ctx, tx, o.ID, receiptID)
		if err != nil {
			return err
		}
		if !linked {
			return fault.New(fault.NotFound, "payment.receipt.none")
		}
		if ok, err := voidReceipt(ctx, tx, receiptID, reason, s.now()); err != nil {
			return err
		} else if !ok {
			return fault.New(fault.Conflict, "payment.receipt.in_use")
		}
		if err := s.unaccept(ctx, tx, receiptID, by, reason); err != nil {
			return err
		}
		return s.record(ctx, tx, by, "payment.void", o.ID, map[string]any{"receipt": receiptID})
	})
}
