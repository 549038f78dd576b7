package payment

import (
	"context"
	"database/sql"
	"time"

	"lectern/app/catalog"
	"lectern/app/db"
	"lectern/app/fault"
	"lectern/app/lang"
	"lectern/app/learning"
	"lectern/app/mail"
)

// What became of money: the outcomes of Result and BatchRow.
const (
	Verified = "verified" // the order is paid, the receipt used up
	Part     = "part"     // the order still lacks something
	Over     = "over"     // some of the receipt is left: for another order, or to be given back
)

// Result tells what a receipt did for an order.
type Result struct {
	Order    Order // as it is now
	Receipt  Receipt
	Drawn    int64 // what the order took of the receipt, in the minor unit
	Enrolled bool  // the order became paid by it
	Repeated bool  // the same form was sent before: nothing was done now
}

// Outcome is one of Verified, Part and Over.
func (r Result) Outcome() string {
	switch {
	case r.Receipt.Rest() > 0:
		return Over
	case r.Order.Due() > 0:
		return Part
	}
	return Verified
}

// Verify accepts a claim for the amount, in the minor unit, that the bank shows for its reference: receipt, order, grant,
// letter and audit row in one transaction. Less than due leaves the order open for the rest; what is more stays free on
// the receipt. Where the reference is known already, its receipt's rest is drawn. Invalid, field amount, unless it is more
// than nothing and equal to what is known; Conflict once the claim is decided, and where nothing is left of the receipt.
func (s *Service) Verify(ctx context.Context, by, claimID string, amount int64) (Result, error) {
	if amount <= 0 {
		return Result{}, fault.Field("amount", "payment.amount.needed")
	}
	if !isKey(claimID) {
		return Result{}, fault.New(fault.NotFound, "payment.claim.none")
	}
	var r Result
	err := s.inTx(ctx, func(tx *sql.Tx) (err error) {
		r, err = s.verify(ctx, tx, by, claimID, amount)
		return err
	})
	return r, err
}

// verify with amount 0 takes what a form would be prefilled with: the known receipt's amount, or what is due.
func (s *Service) verify(ctx context.Context, tx *sql.Tx, by, claimID string, amount int64) (Result, error) {
	c, err := lockClaim(ctx, tx, claimID)
	if err != nil {
		return Result{}, err
	}
	o, err := lockOrder(ctx, tx, "id", c.OrderID)
	if err != nil {
		return Result{}, err
	}
	r, err := s.receive(ctx, tx, o, Receipt{Method: methodOf(c.Reference), Reference: c.Reference, Amount: o.money(amount), Payee: c.Payee, RecordedBy: by})
	if err != nil {
		return Result{}, err
	}
	if ok, err := acceptClaim(ctx, tx, c.ID, by, r.ID, s.now()); err != nil || !ok {
		return Result{}, orHandled(err)
	}
	result, err := s.draw(ctx, tx, by, o, r)
	if err != nil {
		return Result{}, err
	}
	return result, s.record(ctx, tx, by, "payment.verify", o.ID, map[string]any{
		"claim": c.ID, "receipt": r.ID, "amount": r.Amount.Amount, "drawn": result.Drawn})
}

// methodOf tells UPI's twelve digits from the references of bank transfers.
func methodOf(reference string) string {
	if len(reference) == 12 {
		return UPI
	}
	return Transfer
}

// receive finds the receipt with seen's reference, which must be of seen's amount and have something left, or writes seen
// down as a new one. An amount of 0 stands for whatever is known, or due. The receipt is held until tx ends.
func (s *Service) receive(ctx context.Context, tx *sql.Tx, o Order, seen Receipt) (Receipt, error) {
	for range tries {
		known, found, err := lockReceipt(ctx, tx, seen.Reference)
		if err != nil {
			return Receipt{}, err
		}
		if found {
			return known, matches(known, o, seen)
		}
		if seen.Amount.Amount == 0 {
			seen.Amount = prefill(o)
		}
		seen.ID, seen.RecordedAt = db.NewID(), s.now()
		made, err := insertReceipt(ctx, tx, seen)
		if err != nil {
			return Receipt{}, err
		}
		if made {
			return seen, nil
		}
	}
	return Receipt{}, handled()
}

func matches(known Receipt, o Order, seen Receipt) error {
	switch {
	case known.Amount.Currency != o.Price.Currency:
		return fault.New(fault.Conflict, "payment.receipt.currency")
	case seen.Amount.Amount != 0 && seen.Amount != known.Amount:
		return fault.Field("amount", "payment.amount.known", "amount", known.Amount)
	case known.Rest() == 0:
		return fault.New(fault.Conflict, "payment.receipt.used_up")
	}
	return nil
}

// prefill is what the bank is likely to show for an order: what is due, or, if it is paid and somebody paid twice, its price.
func prefill(o Order) lang.Money {
	if o.Due() == 0 {
		return o.Price
	}
	return o.DueMoney()
}

// draw lets a receipt pay what it can of an order, both held by tx, and does what follows: letter and grant.
func (s *Service) draw(ctx context.Context, tx *sql.Tx, by string, o Order, r Receipt) (Result, error) {
	n := min(r.Rest(), o.Due())
	if n == 0 {
		return Result{Order: o, Receipt: r}, nil
	}
	now, from := s.now(), o.Status
	o.Paid.Amount += n
	o.Status, o.ClosedAt, o.Reason = Open, time.Time{}, ""
	if o.Due() == 0 {
		o.Status, o.PaidAt = Paid, now
	} else if from != Open {
		if err := noOtherOpen(ctx, tx, o); err != nil {
			return Result{}, err
		}
	}
	if ok, err := payOrder(ctx, tx, o.ID, from, o.Status, n, now); err != nil || !ok {
		return Result{}, orHandled(err)
	}
	if ok, err := takeFrom(ctx, tx, r.ID, n); err != nil || !ok {
		return Result{}, orHandled(err)
	}
	r.Used += n
	if err := insertAllocation(ctx, tx, r.ID, o.ID, by, n, now); err != nil {
		return Result{}, err
	}
	result := Result{Order: o, Receipt: r, Drawn: n, Enrolled: o.Status == Paid}
	if !result.Enrolled {
		return result, s.write(ctx, tx, o, mail.PartReceived{OrderCode: o.Code, Course: o.Title, Received: o.Paid.Amount, Due: o.Due(), Currency: o.Price.Currency, Kind: o.ItemKind})
	}
	return result, s.enrolled(ctx, tx, by, o)
}

// noOtherOpen refuses to let a closed order become open again beside a newer one for the same item.
func noOtherOpen(ctx context.Context, tx *sql.Tx, o Order) error {
	_, err := openOrder(ctx, tx, o.UserID, o.ItemKind, o.ItemID)
	if fault.Is(err, fault.NotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	return fault.New(fault.Conflict, "payment.order.newer")
}

// enrolled gives what a paid order is for, and tells the student. Of an internship that is a place, which the application
// has; there is nothing to give but the word that the fee is paid.
func (s *Service) enrolled(ctx context.Context, tx *sql.Tx, by string, o Order) error {
	if o.ItemKind == Internship {
		return s.write(ctx, tx, o, mail.PlacePaid{OrderCode: o.Code, Title: o.Title, Post: o.ItemID, Amount: o.Price.Amount, Currency: o.Price.Currency})
	}
	c, err := catalog.ByID(ctx, tx, o.ItemID)
	if err != nil {
		return err
	}
	if err := s.write(ctx, tx, o, mail.Enrolled{OrderCode: o.Code, Course: o.Title, Slug: c.Slug, Amount: o.Price.Amount, Currency: o.Price.Currency, By: "order"}); err != nil {
		return err
	}
	_, err = learning.Grant(ctx, tx, learning.GrantInput{UserID: o.UserID, CourseID: c.ID, Source: learning.ByOrder, OrderID: o.ID, By: by, At: s.now()})
	return err
}
