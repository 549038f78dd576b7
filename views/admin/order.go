package adminview

import (
	"context"
	"time"

	"lectern/app/lang"
	"lectern/views"
)

// OrderPage is everything about one order.
type OrderPage struct {
	Code, Title, Status   string
	Kind                  string // of what was ordered: course or internship
	State                 OrderState
	Student               Person
	Price, Paid, Due      lang.Money
	Free                  lang.Money // on its receipts, taken by nothing
	CreatedAt, ExpiresAt  time.Time
	PaidAt, ClosedAt      time.Time // zero where they don't apply
	Expired               bool
	Reason                string // of the last reverse
	Claims                []ClaimRow
	Receipts              []ReceiptLine
	Refunds               []RefundLine
	Grants                []GrantLine
	History               []views.Step
	PayLink, ParentChat   string // for somebody else who pays; a WhatsApp message with it
	Once                  string // key of the forms that must count once
	Reference, AmountSeen string // what the form for money starts with, where a line of the bank's led here
	Open                  string // the form that stands open: record, reverse, refund, void-ID
	Trouble               lang.Msg
	Form                  *views.Form // of Open, where it was refused or is given back
	Kept                  bool        // what was typed when the session ran out is there again
}

// ReceiptLine is money that came in, with what it pays.
type ReceiptLine struct {
	ID, Method   string
	Reference    Reference // empty for cash
	Amount, Rest lang.Money
	At           time.Time
	By           string
	Voided       time.Time // zero: it stands
	Uses         []UseLine
	Usable       bool // its rest can pay this order
	Voidable     bool
}

// UseLine is what an order takes, or took, of a receipt.
type UseLine struct {
	Code   string // empty for this order
	Amount lang.Money
	Ended  bool
}

// RefundLine is money given back.
type RefundLine struct {
	ID, Reference, Reason, By string
	Amount                    lang.Money
	At, Undone                time.Time // Undone is zero while it stands
}

// GrantLine is the access that the order gave.
type GrantLine struct {
	At, EndedAt time.Time // EndedAt is zero while it is in force
	EndedBy     string
}

// of is the key of what is said about an order for that kind of item.
func (m OrderPage) of(key string) string { return ofKind(m.Kind, key) }

func ofKind(kind, key string) string {
	if kind == "internship" {
		return key + ".internship"
	}
	return key
}

func (m OrderPage) path(s string) string { return "/admin/orders/" + m.Code + s }

// form is what the form of that name shows: fresh, unless it is the one that was refused.
func (m OrderPage) form(name string) *views.Form {
	f := views.Form{}
	if m.Open == name && m.Form != nil {
		f = *m.Form
	}
	f.Prefix = name + "-"
	return &f
}

// failed is the form that was refused, for the summary of what is wrong; nil when none was.
func (m OrderPage) failed() *views.Form {
	if m.Form == nil {
		return nil
	}
	return m.form(m.Open)
}

func (m OrderPage) hasMoney() bool { return m.Paid.Amount+m.Free.Amount > 0 }

// recordOpen tells whether the form for money stands open by itself: where money is what the order lacks most.
func (m OrderPage) recordOpen() bool {
	return m.Open == "record" || m.Reference != "" || m.AmountSeen != ""
}

// amountSeen is the amount that the form for money starts with: the bank's, else what is due.
func (m OrderPage) amountSeen() string {
	switch {
	case m.AmountSeen != "":
		return m.AmountSeen
	case m.Due.Amount > 0:
		return plain(m.Due)
	}
	return ""
}

// giveBack is the amount that the form for a refund starts with: what is free, else all that was paid.
func (m OrderPage) giveBack() string {
	if m.Free.Amount > 0 {
		return plain(m.Free)
	}
	return plain(m.Paid)
}

func methods(ctx context.Context) []views.Option {
	var all []views.Option
	for _, m := range []string{"upi", "transfer", "cash"} {
		all = append(all, views.Option{Value: m, Label: views.T(ctx, "admin.order.method."+m)})
	}
	return all
}

func (r ReceiptLine) method() string { return "admin.order.method." + r.Method }
