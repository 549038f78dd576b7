package adminview

import (
	"context"
	"strings"
	"time"

	"lectern/app/lang"
	"lectern/views"
)

// ClaimRow is somebody's word that an order was paid, with what speaks for and against it and what can be done.
type ClaimRow struct {
	ID        string
	Student   Person
	Course    string
	OrderCode string
	At        time.Time
	Reference Reference
	Payer     string
	State     string // waiting, not_seen, accepted, rejected
	LookedAt  time.Time
	Decided   Decision
	Reason    string     // of the last not seen or reject
	Due       lang.Money // on the order
	Amount    lang.Money // what a form is prefilled with; what was verified, once it was
	Elsewhere []string   // codes of other orders whose claims name the same reference
	Known     *Known
	Doubtful  bool        // the reference is unlike one
	Order     string      // status of the order
	Chat      string      // address of a chat with the student, with a text ready; empty without a phone
	Bank      *BankLine   // what it was matched with
	Ticked    bool        // selected when the page opens
	Alone     bool        // on its order's own page: not selected, and its student isn't named again
	Outcome   *Outcome    // of what was done to it just now
	Trouble   lang.Msg    // why that couldn't be done
	Failed    string      // the form that was refused: verify, not-seen or reject
	Form      *views.Form // what it held, and what is wrong with it
}

// Person is a student as the panel names one.
type Person struct{ ID, Name, Email, Phone string }

// Reference is a bank's reference in groups of four, its last four characters apart: what a bank's app shows of it.
type Reference struct{ Head, Tail string }

// Known is what is written down under a reference already.
type Known struct {
	ID           string // of the receipt
	Amount, Rest lang.Money
	At           time.Time
}

// Decision tells who decided a claim and when; By is empty where the name isn't at hand.
type Decision struct {
	By string
	At time.Time
}

// BankLine is a line of the bank's text and the amount that it shows, 0 where it shows none.
type BankLine struct {
	Text  string
	Shown lang.Money
}

// Outcome is what became of a step, for the row where it happened.
type Outcome struct {
	Kind string // good or wait
	Text string
}

func (m ClaimRow) id() string           { return "c-" + m.ID }
func (m ClaimRow) path(s string) string { return "/admin/payments/" + m.ID + "/" + s }
func (m ClaimRow) order() string        { return "/admin/orders/" + m.OrderCode }
func (m ClaimRow) undecided() bool      { return m.State == "waiting" || m.State == "not_seen" }
func (m ClaimRow) spent() bool          { return m.Known != nil && m.Known.Rest.Amount == 0 }

// undo leads to where a verify is undone: with its order, or, if it was a second payment that pays nothing, by itself.
func (m ClaimRow) undo() string {
	if m.Known != nil && m.Known.Rest == m.Known.Amount {
		return m.order() + "?open=void-" + m.Known.ID + "#money"
	}
	return m.order() + "?open=reverse#reverse"
}

// tickable tells whether "verify selected" would do what the row says: it knows no other amount than the one that a form
// is prefilled with.
func (m ClaimRow) tickable() bool {
	return m.undecided() && !m.Alone && m.Outcome == nil && (m.Bank == nil || m.Bank.Shown.Amount == 0 || m.Bank.Shown == m.prefill())
}

func (m ClaimRow) prefill() lang.Money {
	if m.Known != nil {
		return m.Known.Amount
	}
	return m.Due
}

// form is what the row's form of that name shows: fresh, unless it is the one that was refused.
func (m ClaimRow) form(name string) *views.Form {
	f := views.Form{}
	if m.Failed == name && m.Form != nil {
		f = *m.Form
	}
	f.Prefix = m.id() + "-" + name + "-"
	return &f
}

// attrs describes one of the row's forms. On its order's own page the whole page changes with a row, so there it is sent
// the plain way.
func (m ClaimRow) attrs(name string) views.FormAttrs {
	return views.FormAttrs{Action: m.path(name), ID: m.id() + "-" + name, HX: !m.Alone, Target: "#" + m.id()}
}

func (m ClaimRow) back() string {
	if m.Alone {
		return m.order()
	}
	return ""
}

// rejectReasons are those that come up every evening, as keys of the catalogue; the student reads the text.
var rejectReasons = []string{"queue.reject.wrong", "queue.reject.elsewhere", "queue.reject.other", "queue.reject.amount"}

// symbol is the sign of a currency as the reader's language writes it.
func symbol(ctx context.Context, currency string) string {
	return strings.TrimSuffix(views.Money(ctx, lang.Money{Currency: currency}), "0")
}

// plain writes an amount as it is typed: 499 or 499.50.
func plain(m lang.Money) string { return strings.TrimSuffix(m.Plain(), ".00") }
