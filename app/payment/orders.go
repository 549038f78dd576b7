package payment

import (
	"context"
	"time"

	"lectern/app/audit"
	"lectern/app/db"
	"lectern/app/fault"
	"lectern/app/lang"
	"lectern/app/learning"
	"lectern/app/payment/upi"
)

// OrderFor returns a student's own order. NotFound for somebody else's too.
func (s *Service) OrderFor(ctx context.Context, userID, code string) (Order, error) {
	code, _ = upi.ParseCode(code)
	return orderBy(ctx, s.db.Read(), `o.code = $1 AND o.user_id = $2`, code, userID)
}

// OrderByToken returns the order whose pay link has that token, for somebody else who pays it.
func (s *Service) OrderByToken(ctx context.Context, token string) (Order, error) {
	if !isKey(token) {
		return Order{}, fault.New(fault.NotFound, "payment.order.none")
	}
	return orderBy(ctx, s.db.Read(), `o.pay_token = $1`, token)
}

// Orders returns a student's orders, newest first.
func (s *Service) Orders(ctx context.Context, userID string) ([]Order, error) {
	return db.All(ctx, s.db.Read(), scanOrder, `SELECT `+orderColumns+` FROM orders o WHERE o.user_id = $1 ORDER BY o.id DESC`, userID)
}

// OpenOrder returns a student's open order for an item, NotFound where there is none.
func (s *Service) OpenOrder(ctx context.Context, userID, kind, itemID string) (Order, error) {
	return openOrder(ctx, s.db.Read(), userID, kind, itemID)
}

// PaidFor reports whether a student has a paid order for an item.
func (s *Service) PaidFor(ctx context.Context, userID, kind, itemID string) (bool, error) {
	return paidFor(ctx, s.db.Read(), userID, kind, itemID)
}

// Claims returns an order's claims, oldest first.
func (s *Service) Claims(ctx context.Context, orderID string) ([]Claim, error) {
	return claimsOf(ctx, s.db.Read(), orderID)
}

// ClaimsOfUser returns the claims on all of a student's orders, oldest first.
func (s *Service) ClaimsOfUser(ctx context.Context, userID string) ([]Claim, error) {
	return claimsOfUser(ctx, s.db.Read(), userID)
}

// Ledger is what came in and went out for one order.
type Ledger struct {
	Receipts []OrderReceipt // oldest first
	Refunds  []Refund       // oldest first, those undone too
	Free     lang.Money     // on its receipts, taken by nothing: what was paid too much
}

// OrderReceipt is a receipt that pays or paid an order, or that one of its claims was accepted for.
type OrderReceipt struct {
	Receipt
	By   string // name of who wrote it down
	Uses []Use  // by which orders, oldest first
}

// Use is what an order takes, or took, of a receipt.
type Use struct {
	OrderID, OrderCode string
	Amount             lang.Money
	At                 time.Time
	EndedAt            time.Time // zero: still does
}

// Refund is money given back out of one receipt.
type Refund struct {
	ID, ReceiptID, Reference, Reason string
	Amount                           lang.Money
	At                               time.Time
	By                               string    // name of who wrote it down
	UndoneAt                         time.Time // zero: it stands
}

// Ledger tells what came in and went out for an order.
func (s *Service) Ledger(ctx context.Context, o Order) (Ledger, error) {
	l := Ledger{Free: o.money(0)}
	var err error
	if l.Receipts, err = orderReceipts(ctx, s.db.Read(), o.ID); err != nil {
		return l, err
	}
	for _, r := range l.Receipts {
		if r.VoidedAt.IsZero() {
			l.Free.Amount += r.Rest()
		}
	}
	l.Refunds, err = refundsOf(ctx, s.db.Read(), o.ID)
	return l, err
}

// OrderQuery chooses orders for admins.
type OrderQuery struct {
	Q      string // as in QueueQuery
	Status string // Open, Paid, Cancelled, Reversed; anything else: all
	After  string // order id of the last row of the page before
	Limit  int    // 0: 50
}

// OrderRow is an order in a list for admins.
type OrderRow struct {
	Order
	Student Person
	Waiting bool // a claim waits to be decided
}

// AdminOrders lists orders, newest first. It returns one row more than Limit where there is a next page.
func (s *Service) AdminOrders(ctx context.Context, q OrderQuery) ([]OrderRow, error) {
	return adminOrders(ctx, s.db.Read(), s.currency, q)
}

func adminOrders(ctx context.Context, r db.Querier, currency string, q OrderQuery) ([]OrderRow, error) {
	ids, err := listedOrders(q.Status, q.After, q.Limit).find(ctx, r, currency, q.Q)
	if err != nil || len(ids) == 0 {
		return nil, err
	}
	return orderRows(ctx, r, ids)
}

// AdminOrder is everything about one order.
type AdminOrder struct {
	Order
	Student Person
	Claims  []QueueRow // oldest first
	Ledger
	Grants  []learning.GrantRow // that the order gave, latest first
	History []audit.Entry       // oldest first
	Names   map[string]string   // of the people in History and of who decided claims, by users.id
}

// AdminOrder returns everything about the order with that code. NotFound where there is none.
func (s *Service) AdminOrder(ctx context.Context, code string) (AdminOrder, error) {
	code, _ = upi.ParseCode(code)
	o, err := orderBy(ctx, s.db.Read(), `o.code = $1`, code)
	if err != nil {
		return AdminOrder{}, err
	}
	a := AdminOrder{Order: o}
	for _, part := range []func(context.Context, *AdminOrder) error{s.addStudent, s.addClaims, s.addLedger, s.addGrants, s.addHistory} {
		if err := part(ctx, &a); err != nil {
			return AdminOrder{}, err
		}
	}
	return a, nil
}

func (s *Service) addStudent(ctx context.Context, a *AdminOrder) (err error) {
	a.Student, err = person(ctx, s.db.Read(), a.UserID)
	return err
}

func (s *Service) addClaims(ctx context.Context, a *AdminOrder) (err error) {
	if a.Claims, err = orderClaims(ctx, s.db.Read(), a.Order.ID); err != nil {
		return err
	}
	return annotate(ctx, s.db.Read(), a.Claims, s.now())
}

func (s *Service) addLedger(ctx context.Context, a *AdminOrder) (err error) {
	a.Ledger, err = s.Ledger(ctx, a.Order)
	return err
}

func (s *Service) addGrants(ctx context.Context, a *AdminOrder) error {
	all, err := s.learning.Grants(ctx, a.UserID)
	for _, g := range all {
		if g.Order == a.Code {
			a.Grants = append(a.Grants, g)
		}
	}
	return err
}

// maxHistory is more steps than an order sees in its life.
const maxHistory = 500

func (s *Service) addHistory(ctx context.Context, a *AdminOrder) (err error) {
	newest, err := audit.List(ctx, s.db.Read(), audit.Query{Kind: "order", Subject: a.Order.ID, Limit: maxHistory})
	if err != nil {
		return err
	}
	var people []string
	for i := len(newest) - 1; i >= 0; i-- {
		a.History = append(a.History, newest[i])
		people = append(people, newest[i].Actor)
	}
	for _, c := range a.Claims {
		people = append(people, c.DecidedBy)
	}
	a.Names, err = peopleNames(ctx, s.db.Read(), unique(people))
	return err
}

// Waits reports whether the school still looks for a payment of a student's.
func Waits(ctx context.Context, q db.Querier, userID string) (bool, error) {
	return waits(ctx, q, userID)
}
