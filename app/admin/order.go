package admin

import (
	"context"

	"lectern/app/audit"
	"lectern/app/lang"
	"lectern/app/payment"
	"lectern/views"
	adminview "lectern/views/admin"
)

// orderPage is an order as its page shows it.
func (p *Pages) orderPage(ctx context.Context, o payment.AdminOrder) adminview.OrderPage {
	m := adminview.OrderPage{
		Code: o.Code, Title: o.Title, Status: o.Status, Kind: o.ItemKind, Student: person(o.Student), Price: o.Price, Paid: o.Paid, Due: o.DueMoney(), Free: o.Free,
		CreatedAt: o.CreatedAt, ExpiresAt: o.ExpiresAt, PaidAt: o.PaidAt, ClosedAt: o.ClosedAt, Expired: o.Expired(p.Now()), Reason: o.Reason,
	}
	waiting := false
	for _, c := range o.Claims {
		row := p.claimRow(ctx, c)
		row.Alone, row.Decided.By = true, o.Names[c.DecidedBy]
		m.Claims = append(m.Claims, row)
		waiting = waiting || c.Status == payment.Waiting || c.Status == payment.NotSeen
	}
	m.State = state(o.Order, waiting)
	for _, r := range o.Receipts {
		m.Receipts = append(m.Receipts, receiptLine(o.Order, r))
	}
	for _, f := range o.Refunds {
		m.Refunds = append(m.Refunds, adminview.RefundLine{ID: f.ID, Reference: f.Reference, Reason: f.Reason, By: f.By, Amount: f.Amount, At: f.At, Undone: f.UndoneAt})
	}
	for _, g := range o.Grants {
		m.Grants = append(m.Grants, adminview.GrantLine{At: g.At, EndedAt: g.EndedAt, EndedBy: g.EndedBy})
	}
	for _, e := range o.History {
		m.History = append(m.History, step(ctx, o, e))
	}
	if o.Status == payment.Open {
		m.PayLink = views.From(ctx).Site.BaseURL + "/pay/" + o.PayToken
		m.ParentChat = views.WhatsApp("", views.T(ctx, "order.parent.message", "amount", m.Due, "title", o.Title, "name", o.Student.Name, "url", m.PayLink))
	}
	return m
}

func receiptLine(o payment.Order, r payment.OrderReceipt) adminview.ReceiptLine {
	l := adminview.ReceiptLine{ID: r.ID, Method: r.Method, Reference: reference(r.Reference), Amount: r.Amount, At: r.RecordedAt, By: r.By, Voided: r.VoidedAt,
		Rest: lang.Money{Amount: r.Rest(), Currency: r.Amount.Currency}}
	standing := r.VoidedAt.IsZero()
	l.Usable = standing && r.Rest() > 0 && o.Due() > 0
	l.Voidable = standing && r.Used == 0
	for _, u := range r.Uses {
		line := adminview.UseLine{Code: u.OrderCode, Amount: u.Amount, Ended: !u.EndedAt.IsZero()}
		if u.OrderID == o.ID {
			line.Code = ""
		}
		l.Uses = append(l.Uses, line)
	}
	return l
}

// step tells in words what an entry of the audit log says was done to an order.
func step(ctx context.Context, o payment.AdminOrder, e audit.Entry) views.Step {
	name := o.Names[e.Actor]
	if name == "" {
		name = views.T(ctx, "admin.order.somebody")
	}
	money := func(field string) lang.Money {
		n, _ := e.Detail[field].(float64) // as JSON knows numbers
		return lang.Money{Amount: int64(n), Currency: o.Price.Currency}
	}
	text := views.T(ctx, "admin.order.did."+e.Action, "name", name, "amount", money("amount"), "drawn", money("drawn"), "price", money("price"))
	return views.Step{State: "done", Title: text, Note: views.DateTime(ctx, e.At)}
}
