package payment

import (
	"context"
	"database/sql"
	"errors"

	"lectern/app/db"
	"lectern/app/fault"
	"lectern/app/mail"
	"lectern/app/payment/upi"
)

// ClaimForm is what somebody types who says that an order was paid.
type ClaimForm struct {
	Reference string // as pasted
	Payee     string // one of the school's addresses; anything else is ignored
	Payer     string // name on the paying account; optional, at most 120 characters
	By        string // users.id; empty for whoever holds the order's pay link
}

// mostWaiting is how many claims of one order may wait by its pay link: more than anybody has payments to tell of, and too
// few to bury the queue under. The student has room for as many again, so that no stranger can keep him from claiming.
const mostWaiting = 10

// AddClaim notes that somebody says to have paid an order, whatever its status: money may come late or twice. The same
// reference sent again for the same order is the same claim, not a second one. Invalid, by fields reference and payer, also
// while too many of the order wait; NotFound for an unknown order.
func (s *Service) AddClaim(ctx context.Context, orderID string, f ClaimForm) (Claim, error) {
	c := Claim{OrderID: orderID, Status: Waiting}
	var wrong fault.Fields
	c.Reference = reference(&wrong, f.Reference)
	c.Payer = line(&wrong, "payer", f.Payer, 120)
	if err := wrong.Err(); err != nil {
		return c, err
	}
	var err error
	if c.Payee, err = s.payee(ctx, f.Payee); err != nil {
		return c, err
	}
	err = s.db.InTx(ctx, func(tx *sql.Tx) error {
		o, err := orderBy(ctx, tx, `o.id = $1`, orderID)
		if err != nil {
			return err
		}
		for range tries {
			standing, err := standingClaim(ctx, tx, orderID, c.Reference)
			if err == nil {
				c = standing
				return nil
			}
			if !fault.Is(err, fault.NotFound) {
				return err
			}
			if err := room(ctx, tx, o, f.By); err != nil {
				return err
			}
			c.ID, c.CreatedAt = db.NewID(), s.now()
			made, err := insertClaim(ctx, tx, o, c)
			if err != nil {
				return err
			}
			if made {
				return s.claimed(ctx, tx, f.By, c)
			}
		}
		return handled()
	})
	return c, err
}

// room refuses a claim that would be one too many to wait.
func room(ctx context.Context, tx *sql.Tx, o Order, by string) error {
	most := mostWaiting
	if by == o.UserID {
		most *= 2
	}
	if n, err := waitingOf(ctx, tx, o.ID); err != nil || n < most {
		return err
	}
	return fault.Field("reference", "payment.claims.many")
}

func (s *Service) claimed(ctx context.Context, tx *sql.Tx, by string, c Claim) error {
	if err := s.record(ctx, tx, by, "claim.add", c.OrderID, map[string]any{"claim": c.ID}); err != nil {
		return err
	}
	return mail.EnqueueDigest(ctx, tx, c.CreatedAt)
}

// payee is the one of the school's addresses that was chosen, or empty.
func (s *Service) payee(ctx context.Context, vpa string) (string, error) {
	payees, err := s.school.Payees(ctx)
	if err != nil {
		return "", err
	}
	vpa = upi.NormalVPA(vpa)
	for _, p := range payees {
		if upi.NormalVPA(p.VPA) == vpa {
			return p.VPA, nil
		}
	}
	return "", nil
}

// reference takes the bank's reference out of what was pasted into the field of that name.
func reference(fields *fault.Fields, pasted string) string {
	r, err := upi.ParseReference(pasted)
	var length *upi.DigitsError
	switch {
	case err == nil:
		return r.Value
	case errors.As(err, &length):
		fields.Add("reference", "payment.reference.digits", "n", length.Got)
	case errors.Is(err, upi.ErrSeveral):
		fields.Add("reference", "payment.reference.several")
	case errors.Is(err, upi.ErrGooglePayID):
		fields.Add("reference", "payment.reference.google")
	default:
		fields.Add("reference", "payment.reference.none")
	}
	return ""
}

// NotSeen notes that the school looked for a claim's money and it isn't there yet. The claim goes on waiting; the student
// is told, once a day at most. Conflict once it is decided.
func (s *Service) NotSeen(ctx context.Context, by, claimID, reason string) error {
	reason, err := reasoned(reason, false)
	if err != nil {
		return err
	}
	return s.db.InTx(ctx, func(tx *sql.Tx) error {
		c, o, err := claimAndOrder(ctx, tx, claimID)
		if err != nil {
			return err
		}
		if ok, err := markNotSeen(ctx, tx, c.ID, reason, s.now()); err != nil || !ok {
			return orHandled(err)
		}
		if err := s.record(ctx, tx, by, "payment.not_seen", o.ID, map[string]any{"claim": c.ID}); err != nil {
			return err
		}
		if tell, err := markTold(ctx, tx, c.ID, s.now()); err != nil || !tell {
			return err
		}
		return s.write(ctx, tx, o, mail.NotSeen{OrderCode: o.Code, Course: o.Title, Reference: c.Reference, Reason: reason, Kind: o.ItemKind})
	})
}

// Reject decides that a claim is wrong, for a reason that the student is told. A new claim is possible. Conflict once it
// is decided.
func (s *Service) Reject(ctx context.Context, by, claimID, reason string) error {
	reason, err := reasoned(reason, true)
	if err != nil {
		return err
	}
	return s.db.InTx(ctx, func(tx *sql.Tx) error {
		c, o, err := claimAndOrder(ctx, tx, claimID)
		if err != nil {
			return err
		}
		if ok, err := rejectClaim(ctx, tx, c.ID, by, reason, s.now()); err != nil || !ok {
			return orHandled(err)
		}
		if err := s.record(ctx, tx, by, "payment.reject", o.ID, map[string]any{"claim": c.ID}); err != nil {
			return err
		}
		return s.write(ctx, tx, o, mail.Rejected{OrderCode: o.Code, Course: o.Title, Reference: c.Reference, Reason: reason, Kind: o.ItemKind})
	})
}

// Reopen lets a claim wait again that was rejected or not seen: the way back from both, and from a reverse. Conflict if
// it waits, was accepted, or the same reference was claimed anew for the order.
func (s *Service) Reopen(ctx context.Context, by, claimID string) error {
	return s.inTx(ctx, func(tx *sql.Tx) error {
		c, o, err := claimAndOrder(ctx, tx, claimID)
		if err != nil {
			return err
		}
		if ok, err := reopenClaim(ctx, tx, c.ID); err != nil || !ok {
			return orHandled(err)
		}
		return s.record(ctx, tx, by, "payment.reopen", o.ID, map[string]any{"claim": c.ID})
	})
}

func claimAndOrder(ctx context.Context, q db.Querier, claimID string) (Claim, Order, error) {
	if !isKey(claimID) {
		return Claim{}, Order{}, fault.New(fault.NotFound, "payment.claim.none")
	}
	c, err := claimByID(ctx, q, claimID)
	if err != nil {
		return c, Order{}, err
	}
	o, err := orderBy(ctx, q, `o.id = $1`, c.OrderID)
	return c, o, err
}

// write enqueues a letter to the student of an order.
func (s *Service) write(ctx context.Context, tx *sql.Tx, o Order, l mail.Letter) error {
	return mail.Enqueue(ctx, tx, s.now(), mail.To{UserID: o.UserID}, l)
}

// Forget takes the names of who paid for a student out of the claims, as part of tx. Orders and money stay.
func Forget(ctx context.Context, tx *sql.Tx, userID string) error {
	return forgetPayers(ctx, tx, userID)
}
