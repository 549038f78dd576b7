package mail

import (
	"context"
	"net/url"

	"lectern/app/lang"
	"lectern/views/mail"
)

// Enrolled tells a student that the course is open. No other letter links to it.
type Enrolled struct {
	OrderCode, Course, Slug string
	Amount                  int64 // what was paid, in the minor unit
	Currency                string
	By                      string // order, free or hand
	Reason                  string // by hand: why
}

func (Enrolled) kind() string { return "enrolled" }

func (l Enrolled) write(_ context.Context, d *desk) (mailview.Letter, error) {
	m := mailview.Letter{
		Subject: d.text("mail.enrolled.subject", "course", l.Course),
		Button:  d.button("mail.enrolled.button", "/learn/"+url.PathEscape(l.Slug)),
	}
	switch l.By {
	case "order":
		paid := d.money(l.Amount, l.Currency)
		m.Paragraphs = d.paragraphs("mail.enrolled.order", "amount", paid, "course", l.Course)
		m.Facts = d.facts("mail.fact.course", l.Course, "mail.fact.paid", paid, "mail.fact.order", l.OrderCode)
	case "free":
		m.Paragraphs = d.paragraphs("mail.enrolled.free", "course", l.Course)
	default:
		m.Paragraphs = d.paragraphs("mail.enrolled.hand", "school", d.site.Name, "course", l.Course)
		m.Facts = d.facts("mail.fact.course", l.Course, "mail.fact.reason", l.Reason)
	}
	if d.site.WhatsAppGroup != "" {
		m.Steps = append(m.Steps, mailview.Step{Text: d.text("mail.enrolled.group"),
			Link: mailview.Link{Label: d.text("mail.enrolled.join"), URL: d.site.WhatsAppGroup}})
	}
	m.Steps = append(m.Steps, d.steps("mail.enrolled.begin", "mail.enrolled.ask")...)
	return m, nil
}

// PartReceived tells that less came than was due. Received is all that came so far for this order.
type PartReceived struct {
	OrderCode, Course string
	Received, Due     int64 // minor unit
	Currency          string
	Kind              string // of what was ordered: course or internship; empty: course
}

func (PartReceived) kind() string { return "part_received" }

func (l PartReceived) write(_ context.Context, d *desk) (mailview.Letter, error) {
	received, due := d.money(l.Received, l.Currency), d.money(l.Due, l.Currency)
	return mailview.Letter{
		Subject:    d.text("mail.part_received.subject", "due", due, "course", l.Course),
		Paragraphs: d.paragraphs(of(l.Kind, "mail.part_received.text"), "received", received, "due", due, "course", l.Course),
		Facts:      d.facts(of(l.Kind, "mail.fact.course"), l.Course, "mail.fact.received", received, "mail.fact.due", due, "mail.fact.order", l.OrderCode),
		Button:     d.orderButton("mail.part_received.button", l.OrderCode),
	}, nil
}

// NotSeen tells that the money hasn't reached the school yet, and what to look at.
type NotSeen struct{ OrderCode, Course, Reference, Reason, Kind string }

func (NotSeen) kind() string { return "not_seen" }

func (l NotSeen) write(_ context.Context, d *desk) (mailview.Letter, error) {
	return mailview.Letter{
		Subject:    d.text("mail.not_seen.subject", "course", l.Course),
		Paragraphs: d.paragraphs("mail.not_seen.text", "reference", grouped(l.Reference)),
		Facts:      d.claimFacts(l.Kind, l.Course, l.OrderCode, l.Reference, l.Reason),
		Steps:      d.steps("mail.not_seen.failed", "mail.not_seen.compare", "mail.not_seen.wait"),
		Button:     d.orderButton("mail.order.button", l.OrderCode),
	}, nil
}

// Rejected tells that a claim can't be taken, why, and how to claim anew.
type Rejected struct{ OrderCode, Course, Reference, Reason, Kind string }

func (Rejected) kind() string { return "rejected" }

func (l Rejected) write(_ context.Context, d *desk) (mailview.Letter, error) {
	return mailview.Letter{
		Subject:    d.text("mail.rejected.subject", "course", l.Course),
		Paragraphs: d.paragraphs("mail.rejected.text", "reference", grouped(l.Reference)),
		Facts:      d.claimFacts(l.Kind, l.Course, l.OrderCode, l.Reference, l.Reason),
		Steps:      d.steps("mail.rejected.compare", "mail.rejected.claim", "mail.rejected.ask"),
		Button:     d.orderButton("mail.order.button", l.OrderCode),
	}, nil
}

// Reversed tells that an order had been marked as paid by mistake.
type Reversed struct{ OrderCode, Course, Reason, Kind string }

func (Reversed) kind() string { return "reversed" }

func (l Reversed) write(_ context.Context, d *desk) (mailview.Letter, error) {
	return mailview.Letter{
		Subject:    d.text("mail.reversed.subject", "course", l.Course),
		Paragraphs: d.paragraphs(of(l.Kind, "mail.reversed.text"), "course", l.Course),
		Facts:      d.facts(of(l.Kind, "mail.fact.course"), l.Course, "mail.fact.order", l.OrderCode, "mail.fact.reason", l.Reason),
		Button:     d.orderButton("mail.order.button", l.OrderCode),
		After:      d.paragraphs("mail.reversed.after"),
	}, nil
}

// Refunded tells that money was given back.
type Refunded struct {
	OrderCode, Course   string
	Amount              int64 // minor unit
	Currency, Reference string
	AccessEnds          bool // or, of an internship, the order was reversed
	Kind                string
}

func (Refunded) kind() string { return "refunded" }

func (l Refunded) write(_ context.Context, d *desk) (mailview.Letter, error) {
	amount := d.money(l.Amount, l.Currency)
	m := mailview.Letter{
		Subject:    d.text("mail.refunded.subject", "amount", amount, "course", l.Course),
		Paragraphs: d.paragraphs("mail.refunded.text", "school", d.site.Name, "amount", amount, "course", l.Course),
		Facts: d.facts(of(l.Kind, "mail.fact.course"), l.Course, "mail.fact.amount", amount, "mail.fact.reference", grouped(l.Reference),
			"mail.fact.order", l.OrderCode),
		Button: d.orderButton("mail.order.button", l.OrderCode),
	}
	access := "mail.refunded.stays"
	if l.AccessEnds {
		access = "mail.refunded.ends"
	}
	m.Paragraphs = append(m.Paragraphs, d.text(of(l.Kind, access)))
	return m, nil
}

func (d *desk) money(amount int64, currency string) string {
	return d.lang.Money(lang.Money{Amount: amount, Currency: currency})
}

func (d *desk) orderButton(key, code string) mailview.Link {
	return d.button(key, "/orders/"+url.PathEscape(code))
}

func (d *desk) claimFacts(kind, course, code, reference, reason string) []mailview.Fact {
	return d.facts("mail.fact.reason", reason, "mail.fact.reference", grouped(reference), of(kind, "mail.fact.course"), course, "mail.fact.order", code)
}
