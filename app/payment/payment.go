// Package payment holds orders, claims and receipts: who wishes to buy what, who says that it was paid, and what money
// the school itself saw. Money lives in receipts; an allocation says what part of a receipt pays which order. Whatever
// follows from a step (status, grant, audit row, letter) is written in the step's own transaction.
package payment

import (
	"context"
	"crypto/rand"
	"database/sql"
	"io"
	"log/slog"
	"strings"
	"time"
	"unicode"

	"lectern/app/audit"
	"lectern/app/catalog"
	"lectern/app/db"
	"lectern/app/fault"
	"lectern/app/internship"
	"lectern/app/lang"
	"lectern/app/learning"
	"lectern/app/school"
)

// Statuses of an order.
const (
	Open      = "open"
	Paid      = "paid"
	Cancelled = "cancelled"
	Reversed  = "reversed"
)

// Statuses of a claim.
const (
	Waiting  = "waiting"
	NotSeen  = "not_seen" // looked for in the bank, not there yet
	Accepted = "accepted"
	Rejected = "rejected"
)

// Methods by which money comes in.
const (
	UPI      = "upi"
	Transfer = "transfer"
	Cash     = "cash"
)

// Kinds of what can be ordered, as Order.ItemKind.
const (
	Course     = "course"
	Internship = "internship" // its fee
)

// Order is a student's wish to buy one item at a price that the server fixed when it was made.
type Order struct {
	ID, Code, PayToken string
	UserID             string
	ItemKind, ItemID   string
	Title              string // of the item when it was ordered
	Price, Paid        lang.Money
	Status             string
	Reason             string    // of the last reverse
	CreatedAt          time.Time // times that don't apply are zero
	ExpiresAt          time.Time
	PaidAt             time.Time
	ClosedAt           time.Time // cancelled or reversed
}

// Due is what the order still lacks, in the minor unit of its currency.
func (o Order) Due() int64 { return o.Price.Amount - o.Paid.Amount }

// DueMoney is Due with its currency.
func (o Order) DueMoney() lang.Money { return o.money(o.Due()) }

// Expired reports whether an open order is over its age. It still takes a claim, and money.
func (o Order) Expired(now time.Time) bool { return o.Status == Open && !now.Before(o.ExpiresAt) }

func (o Order) money(amount int64) lang.Money {
	return lang.Money{Amount: amount, Currency: o.Price.Currency}
}

// Claim is somebody's word that an order was paid.
type Claim struct {
	ID, OrderID string
	Reference   string // upper case, without spaces
	Payee       string // the school's address that the payer says to have paid to; may be empty
	Payer       string // name on the paying account; may be empty
	Status      string
	Reason      string    // of the last not seen, reject or reverse
	CreatedAt   time.Time // times that don't apply are zero
	LookedAt    time.Time // last not seen
	DecidedAt   time.Time
	DecidedBy   string // users.id
	ReceiptID   string // what it was accepted for
}

// Receipt is money that the school saw come in.
type Receipt struct {
	ID, Method string
	Reference  string // empty only for cash
	Amount     lang.Money
	Used       int64 // what orders and refunds took of it
	Payee      string
	RecordedAt time.Time
	RecordedBy string    // users.id
	VoidedAt   time.Time // written down by mistake: the money never came
}

// Rest is what nothing has taken of a receipt yet, in the minor unit.
func (r Receipt) Rest() int64 { return r.Amount.Amount - r.Used }

// Options wire a Service.
type Options struct {
	DB       *db.DB
	School   *school.Service
	Catalog  *catalog.Service
	Learning *learning.Service
	Places   *internship.Service
	Currency string           // in which an admin's search reads an amount; "": INR
	Now      func() time.Time // nil: time.Now
	Log      *slog.Logger     // nil: slog.Default
	Random   io.Reader        // of codes and tokens; nil: crypto/rand
}

// Service changes and reads orders, claims and receipts. Safe for concurrent use.
//
// Locks are always taken in the order claim, order, receipts by id, so that no two transactions wait for each other;
// what a grant touches comes last.
type Service struct {
	db       *db.DB
	school   *school.Service
	catalog  *catalog.Service
	learning *learning.Service
	places   *internship.Service
	currency string
	now      func() time.Time
	log      *slog.Logger
	random   io.Reader
}

// New returns a Service.
func New(o Options) *Service {
	if o.Currency == "" {
		o.Currency = "INR"
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Log == nil {
		o.Log = slog.Default()
	}
	if o.Random == nil {
		o.Random = rand.Reader
	}
	return &Service{db: o.DB, school: o.School, catalog: o.Catalog, learning: o.Learning, places: o.Places, currency: o.Currency, now: o.Now, log: o.Log, random: o.Random}
}

// inTx is db.InTx where a unique index that refuses a row means that somebody else was quicker.
func (s *Service) inTx(ctx context.Context, fn func(tx *sql.Tx) error) error {
	err := s.db.InTx(ctx, fn)
	if db.IsUnique(err) {
		return handled()
	}
	return err
}

// handled is the answer to whoever comes second.
func handled() error { return fault.New(fault.Conflict, "fault.conflict") }

// orHandled is err, or that answer where a guarded update found nothing left to change.
func orHandled(err error) error {
	if err != nil {
		return err
	}
	return handled()
}

// record writes what was done to an order. detail holds ids and amounts, never what a person typed.
func (s *Service) record(ctx context.Context, tx *sql.Tx, by, action, orderID string, detail map[string]any) error {
	return audit.Record(ctx, tx, audit.Entry{At: s.now(), Actor: by, Action: action, Kind: "order", Subject: orderID, Detail: detail})
}

// line makes one clean line of what was typed into a field of at most max runes. Marks that turn the direction of text go:
// they would turn what stands beside it on a page as well.
func line(fields *fault.Fields, name, text string, max int) string {
	text = strings.Map(func(r rune) rune {
		if unicode.Is(unicode.Bidi_Control, r) {
			return -1
		}
		return r
	}, strings.ToValidUTF8(text, ""))
	text = strings.Join(strings.FieldsFunc(text, func(r rune) bool {
		return unicode.IsSpace(r) || unicode.IsControl(r)
	}), " ")
	if len([]rune(text)) > max {
		fields.Add(name, "payment.long", "n", max)
	}
	return text
}

// reasoned is line for the reason of an admin's step.
func reasoned(reason string, required bool) (string, error) {
	var wrong fault.Fields
	reason = line(&wrong, "reason", reason, 500)
	if required && reason == "" {
		wrong.Add("reason", "payment.reason.needed")
	}
	return reason, wrong.Err()
}

// Clean forgets which forms were sent and how batches went, a month after.
func (s *Service) Clean(ctx context.Context) error {
	return s.db.InTx(ctx, func(tx *sql.Tx) error { return clean(ctx, tx, s.now().AddDate(0, -1, 0)) })
}

// isKey reports whether text from an address can be an id or a token at all: PostgreSQL refuses to look for some bytes.
func isKey(text string) bool {
	return text != "" && len(text) <= 64 && strings.IndexFunc(text, func(r rune) bool {
		return (r < '0' || r > '9') && (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && r != '-' && r != '_'
	}) < 0
}
