package admin

import (
	"context"
	"strings"

	"lectern/app/account"
	"lectern/app/lang"
	"lectern/app/payment"
	"lectern/app/payment/upi"
	"lectern/views"
	adminview "lectern/views/admin"
)

// claimRow is a claim as its row shows it.
func (p *Pages) claimRow(ctx context.Context, c payment.QueueRow) adminview.ClaimRow {
	m := adminview.ClaimRow{
		ID: c.ID, Student: person(c.Student), Course: c.Title, OrderCode: c.OrderCode, At: c.CreatedAt, Reference: reference(c.Reference),
		Payer: c.Payer, State: c.Status, LookedAt: c.LookedAt, Decided: adminview.Decision{At: c.DecidedAt}, Reason: c.Reason,
		Due: c.Due, Amount: c.Prefill, Elsewhere: c.Others, Doubtful: c.Doubtful, Order: c.OrderStatus,
	}
	if k := c.Known; k != nil {
		m.Known = known(*k)
	}
	switch c.Status {
	case payment.Waiting, payment.NotSeen:
		m.Chat = p.chat(ctx, c)
	case payment.Rejected:
		m.Amount = c.Due
	}
	return m
}

func person(s payment.Person) adminview.Person {
	return adminview.Person{ID: s.ID, Name: s.Name, Email: s.Email, Phone: account.ShowPhone(s.Phone)}
}

func known(r payment.Receipt) *adminview.Known {
	return &adminview.Known{ID: r.ID, Amount: r.Amount, Rest: lang.Money{Amount: r.Rest(), Currency: r.Amount.Currency}, At: r.RecordedAt}
}

// reference puts a bank's reference in groups of four, with its last four characters apart.
func reference(value string) adminview.Reference {
	grouped := upi.Group(value)
	at := len(grouped)
	for n := 0; at > 0 && n < 4; at-- {
		if grouped[at-1] != ' ' {
			n++
		}
	}
	return adminview.Reference{Head: grouped[:at], Tail: grouped[at:]}
}

// chat opens WhatsApp with the student of a claim whose money isn't there, and says so.
func (p *Pages) chat(ctx context.Context, c payment.QueueRow) string {
	if c.Student.Phone == "" {
		return ""
	}
	first, _, _ := strings.Cut(c.Student.Name, " ")
	return views.WhatsApp(c.Student.Phone, views.T(ctx, "queue.chat.text",
		"name", first, "site", views.From(ctx).Site.Name, "tail", reference(c.Reference).Tail, "course", c.Title, "code", c.OrderCode))
}

// verified says what a receipt did for an order.
func verified(ctx context.Context, r payment.Result) *adminview.Outcome {
	money := func(amount int64) lang.Money {
		return lang.Money{Amount: amount, Currency: r.Receipt.Amount.Currency}
	}
	kind, text := "good", ""
	switch {
	case r.Repeated:
		return &adminview.Outcome{Kind: "wait", Text: views.T(ctx, "queue.did.repeated")}
	case r.Enrolled && r.Order.ItemKind == payment.Internship:
		text = views.T(ctx, "queue.did.verified.internship", "amount", money(r.Drawn))
	case r.Enrolled:
		text = views.T(ctx, "queue.did.verified", "amount", money(r.Drawn))
	case r.Drawn > 0:
		kind, text = "wait", views.T(ctx, "queue.did.part", "amount", money(r.Drawn), "due", money(r.Order.Due()))
	default:
		kind, text = "wait", views.T(ctx, "queue.did.second", "amount", r.Receipt.Amount)
	}
	if rest := r.Receipt.Rest(); rest > 0 {
		kind, text = "wait", text+" "+views.T(ctx, "queue.did.over", "rest", money(rest))
	}
	return &adminview.Outcome{Kind: kind, Text: text}
}
