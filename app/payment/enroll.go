package payment

import (
	"context"
	"database/sql"
	"encoding/base64"
	"errors"
	"io"
	"time"

	"lectern/app/catalog"
	"lectern/app/db"
	"lectern/app/fault"
	"lectern/app/internship"
	"lectern/app/lang"
	"lectern/app/learning"
	"lectern/app/payment/upi"
)

// EnrollResult says where enrolling led: to an order to be paid, or into the course.
type EnrollResult struct {
	Order     *Order // nil for the other two
	AlreadyIn bool   // the student may open the course already, or has paid the internship's fee
	Free      bool   // it costs nothing: enrolled just now, if it is a course
}

// Enroll makes, or finds, the student's one open order for the course at that address. The price is the course's at that
// moment; an order over its age that nobody paid or claimed takes the price and age of now. NotFound for an unknown course
// and a draft, Conflict for an archived one.
func (s *Service) Enroll(ctx context.Context, userID, slug string) (EnrollResult, error) {
	c, err := s.catalog.BySlug(ctx, slug)
	if err != nil {
		return EnrollResult{}, err
	}
	in, err := learning.MayOpen(ctx, s.db.Read(), userID, c.ID, s.now())
	switch {
	case err != nil:
		return EnrollResult{}, err
	case in:
		return EnrollResult{AlreadyIn: true}, nil
	case c.Status != catalog.Published:
		return EnrollResult{}, fault.New(fault.Conflict, "payment.course.archived")
	case c.Free():
		_, err := s.learning.EnrollFree(ctx, userID, c)
		return EnrollResult{Free: true}, err
	}
	made, err := s.ordered(ctx, userID, func(tx *sql.Tx) (item, error) {
		c, err := catalog.Lock(ctx, tx, c.ID, s.now())
		if err == nil && c.Status != catalog.Published {
			err = fault.New(fault.Conflict, "payment.course.archived")
		}
		return item{Course, c.ID, c.Title, c.Price}, err
	})
	if err == nil && made.Free {
		_, err = s.learning.EnrollFree(ctx, userID, c)
	}
	return made, err
}

// Place makes, or finds, the student's one open order for the fee of an internship that he applied for, by the rules of
// Enroll; the application is tied to his account by it. NotFound for an unknown internship and for who hasn't applied,
// Conflict where the application was rejected.
func (s *Service) Place(ctx context.Context, userID, slug string) (EnrollResult, error) {
	p, err := s.places.BySlug(ctx, slug)
	if err != nil {
		return EnrollResult{}, err
	}
	a, err := s.places.Of(ctx, userID, p.ID)
	if err != nil {
		return EnrollResult{}, err
	}
	in, err := paidFor(ctx, s.db.Read(), userID, Internship, p.ID)
	switch {
	case err != nil:
		return EnrollResult{}, err
	case in:
		return EnrollResult{AlreadyIn: true}, nil
	case a.Status == internship.Rejected:
		return EnrollResult{}, fault.New(fault.Conflict, "payment.place.rejected")
	}
	return s.ordered(ctx, userID, func(tx *sql.Tx) (item, error) {
		p, err := internship.Lock(ctx, tx, p.ID)
		if err == nil && !p.Free() {
			err = internship.Claim(ctx, tx, a.ID, userID)
		}
		return item{Internship, p.ID, p.Title, p.Fee}, err
	})
}

// item is what can be ordered, at its price of now.
type item struct {
	kind, id, title string
	price           lang.Money
}

// ordered is the one way to an order. wanted reads what is ordered in the order's transaction, and holds it, so that its
// price can't change before the order is there; of what costs nothing no order is made.
func (s *Service) ordered(ctx context.Context, userID string, wanted func(tx *sql.Tx) (item, error)) (EnrollResult, error) {
	settings, err := s.school.Get(ctx)
	if err != nil {
		return EnrollResult{}, err
	}
	o, err := s.order(ctx, userID, settings.OrderExpiry, wanted)
	switch {
	case errors.Is(err, errAlreadyIn):
		return EnrollResult{AlreadyIn: true}, nil
	case errors.Is(err, errFree):
		return EnrollResult{Free: true}, nil
	case err != nil:
		return EnrollResult{}, err
	}
	return EnrollResult{Order: &o}, nil
}

var (
	errAlreadyIn = errors.New("payment: the student has what is ordered")
	errFree      = errors.New("payment: it costs nothing by now")
)

// tries bounds how often an order's code may be taken, or its one open order closed between finding and reading it.
const tries = 5

func (s *Service) order(ctx context.Context, userID string, expiry time.Duration, wanted func(tx *sql.Tx) (item, error)) (o Order, err error) {
	err = s.db.InTx(ctx, func(tx *sql.Tx) error {
		it, err := wanted(tx)
		switch {
		case err != nil:
			return err
		case it.price.Amount == 0:
			return errFree
		}
		for range tries {
			now := s.now()
			wish := Order{ID: db.NewID(), Code: upi.NewCode(s.random), PayToken: payToken(s.random), UserID: userID,
				ItemKind: it.kind, ItemID: it.id, Title: it.title, Price: it.price, Status: Open, CreatedAt: now, ExpiresAt: now.Add(expiry)}
			wish.Paid.Currency = it.price.Currency
			made, err := insertOrder(ctx, tx, wish)
			if err != nil {
				return err
			}
			if made {
				o = wish
				return s.made(ctx, tx, o)
			}
			o, err = openOrder(ctx, tx, userID, it.kind, it.id)
			if err == nil {
				o, err = s.renewed(ctx, tx, o.ID, wish)
			}
			if !fault.Is(err, fault.NotFound) { // not found: the code was taken, or the order closed meanwhile
				return err
			}
		}
		return errors.New("payment: no code for an order")
	})
	return o, err
}

// made records a new order. Its insert waited for whoever was closing the one before by verifying it, so now is the time
// to look whether the student got in by that.
func (s *Service) made(ctx context.Context, tx *sql.Tx, o Order) error {
	in, err := has(ctx, tx, o)
	if err != nil {
		return err
	}
	if in {
		return errAlreadyIn
	}
	return s.record(ctx, tx, o.UserID, "order.create", o.ID, map[string]any{o.ItemKind: o.ItemID, "price": o.Price.Amount})
}

// has reports whether the student has what o is for.
func has(ctx context.Context, tx *sql.Tx, o Order) (bool, error) {
	if o.ItemKind == Course {
		return learning.MayOpen(ctx, tx, o.UserID, o.ItemID, o.CreatedAt)
	}
	return paidFor(ctx, tx, o.UserID, o.ItemKind, o.ItemID)
}

// renewed gives the open order back as it is, or with the price and age of wish if it is over its own.
func (s *Service) renewed(ctx context.Context, tx *sql.Tx, id string, wish Order) (Order, error) {
	o, err := lockOrder(ctx, tx, "id", id)
	if err != nil {
		return o, err
	}
	if o.Status != Open {
		return o, fault.New(fault.NotFound, "payment.order.none")
	}
	if !o.Expired(wish.CreatedAt) || o.Paid.Amount > 0 {
		return o, nil
	}
	if claimed, err := undecided(ctx, tx, o.ID); err != nil || claimed {
		return o, err
	}
	o.Title, o.Price, o.ExpiresAt = wish.Title, wish.Price, wish.ExpiresAt
	o.Paid.Currency = o.Price.Currency
	if ok, err := renewOrder(ctx, tx, o); err != nil || !ok {
		return o, orHandled(err)
	}
	return o, s.record(ctx, tx, o.UserID, "order.renew", o.ID, map[string]any{"price": o.Price.Amount})
}

// payToken makes the secret of a link by which somebody else pays: 144 bits.
func payToken(random io.Reader) string {
	var bits [18]byte
	if _, err := io.ReadFull(random, bits[:]); err != nil {
		panic(err)
	}
	return base64.RawURLEncoding.EncodeToString(bits[:])
}

// Cancel closes a student's own open order that nobody has paid anything for. NotFound for somebody else's; Conflict
// while a claim waits, and once it is closed or money came.
func (s *Service) Cancel(ctx context.Context, userID, code string) error {
	code, _ = upi.ParseCode(code)
	return s.db.InTx(ctx, func(tx *sql.Tx) error {
		o, err := lockOrder(ctx, tx, "code", code)
		if err != nil {
			return err
		}
		if o.UserID != userID {
			return fault.New(fault.NotFound, "payment.order.none")
		}
		waits, err := undecided(ctx, tx, o.ID)
		if err != nil {
			return err
		}
		if waits || o.Paid.Amount > 0 {
			return fault.New(fault.Conflict, "payment.cancel.claimed")
		}
		if ok, err := cancelOrder(ctx, tx, o.ID, s.now()); err != nil || !ok {
			return orHandled(err)
		}
		return s.record(ctx, tx, userID, "order.cancel", o.ID, nil)
	})
}
