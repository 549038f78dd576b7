package catalog

import (
	"context"
	"database/sql"
	"time"

	"lectern/app/fault"
	"lectern/app/lang"
)

// SetPrice changes what a course costs, now or, where from is later, from then on; a plan that there was is over. Orders
// that were made keep theirs. was is the price that the change was based on. Invalid, in the field price, for an amount
// that can't be; Conflict where another has changed the price meanwhile. Doing it twice is no fault.
func (s *Service) SetPrice(ctx context.Context, by, id string, was, amount int64, from time.Time) error {
	if amount < 0 || amount > maxPrice {
		return fault.Field("price", "catalog.price.wrong")
	}
	return s.onPrice(ctx, id, func(tx *sql.Tx, c Course, now time.Time) error {
		later := from.After(now)
		switch {
		case later && c.Next.From.Equal(from) && c.Next.Price.Amount == amount, !later && c.Price.Amount == amount && c.Next.From.IsZero():
			return nil
		case c.Price.Amount != was:
			return fault.New(fault.Conflict, "catalog.price.stale", "price", c.Price)
		case later && c.Price.Amount == amount:
			return fault.Field("price", "catalog.price.same")
		}
		price := lang.Money{Amount: amount, Currency: c.Price.Currency}
		if later {
			if err := planPrice(ctx, tx, id, amount, from); err != nil {
				return err
			}
			return s.record(ctx, tx, by, "course.price_plan", id, map[string]any{"price": amount})
		}
		if price == c.Price {
			return s.cancelPlan(ctx, tx, by, c)
		}
		return s.setPrice(ctx, tx, by, c, price, now)
	})
}

func (s *Service) setPrice(ctx context.Context, tx *sql.Tx, by string, c Course, price lang.Money, since time.Time) error {
	if err := updatePrice(ctx, tx, c.ID, price.Amount); err != nil || price == c.Price {
		return err
	}
	if err := insertPrice(ctx, tx, by, c.ID, price, since); err != nil {
		return err
	}
	return s.record(ctx, tx, by, "course.price", c.ID, map[string]any{"price": price.Amount})
}

// CancelPlan takes back a price that was to come. Doing it twice is no fault; Conflict once it holds.
func (s *Service) CancelPlan(ctx context.Context, by, id string, from time.Time) error {
	return s.onPrice(ctx, id, func(tx *sql.Tx, c Course, now time.Time) error {
		if !from.After(now) {
			return fault.New(fault.Conflict, "catalog.price.holds")
		}
		if !c.Next.From.Equal(from) {
			return nil
		}
		return s.cancelPlan(ctx, tx, by, c)
	})
}

func (s *Service) cancelPlan(ctx context.Context, tx *sql.Tx, by string, c Course) error {
	if err := updatePrice(ctx, tx, c.ID, c.Price.Amount); err != nil {
		return err
	}
	return s.record(ctx, tx, by, "course.price_cancel", c.ID, nil)
}

// onPrice runs fn on a course whose price nobody else changes meanwhile. A plan whose moment has come is carried out
// before.
func (s *Service) onPrice(ctx context.Context, id string, fn func(tx *sql.Tx, c Course, now time.Time) error) error {
	return s.db.InTx(ctx, func(tx *sql.Tx) error {
		c, err := lockCourse(ctx, tx, id)
		if err != nil {
			return err
		}
		now := s.now()
		if at := c.At(now); at.Price != c.Price || at.Next != c.Next {
			if err := s.setPrice(ctx, tx, "", c, at.Price, c.Next.From); err != nil {
				return err
			}
			c = at
		}
		if err := fn(tx, c, now); err != nil {
			return err
		}
		return bump(ctx, tx, c)
	})
}

// ApplyPrices carries out the plans whose moment has come. Pages and orders need not wait for it, see Course.At: it writes
// down what holds already, and tells the pages that are kept.
func (s *Service) ApplyPrices(ctx context.Context) error {
	ids, err := duePrices(ctx, s.db.Read(), s.now())
	for _, id := range ids {
		if err == nil {
			err = s.onPrice(ctx, id, func(*sql.Tx, Course, time.Time) error { return nil })
		}
		if fault.Is(err, fault.NotFound) { // deleted meanwhile
			err = nil
		}
	}
	return err
}

// Price is what a course cost from a moment on.
type Price struct {
	Price lang.Money
	Since time.Time
	By    string // name; empty: it was planned, or set by the program itself
}

// Prices returns the prices that a course has had, the latest first.
func (s *Service) Prices(ctx context.Context, id string) ([]Price, error) {
	return prices(ctx, s.db.Read(), id)
}
