package admin

import (
	"net/http"
	"slices"

	"lectern/app/db"
	"lectern/app/fault"
	"lectern/app/lang"
	"lectern/app/payment"
	"lectern/app/payment/upi"
	"lectern/app/web"
	"lectern/views"
	adminview "lectern/views/admin"
)

const ordersPath = "/admin/orders"

// Orders is GET /admin/orders.
func (p *Pages) Orders(w http.ResponseWriter, r *http.Request) error {
	q := r.URL.Query()
	m := adminview.OrdersPage{Q: typed(q.Get("q")), Status: oneOf(adminview.OrderStatuses, q.Get("status")), After: q.Get("after")}
	rows, err := p.Payments.AdminOrders(r.Context(), payment.OrderQuery{Q: m.Q, Status: m.Status, After: m.After, Limit: pageRows})
	if err != nil {
		return err
	}
	rows, m.Next = page(rows, pageRows, func(o payment.OrderRow) string { return o.ID })
	for _, o := range rows {
		m.Orders = append(m.Orders, adminview.OrderLine{Code: o.Code, Title: o.Title, Student: person(o.Student), Price: o.Price, Paid: o.Paid,
			State: state(o.Order, o.Waiting), At: o.CreatedAt})
	}
	return web.Render(w, r, http.StatusOK, adminview.Orders(m), adminview.OrderList(m))
}

// state is an order's status or, of an open one, what matters more.
func state(o payment.Order, waiting bool) adminview.OrderState {
	switch {
	case waiting:
		return "waiting"
	case o.Status == payment.Open && o.Paid.Amount > 0:
		return "part"
	}
	return adminview.OrderState(o.Status)
}

// Order is GET /admin/orders/{code}. A code typed sloppily leads to the right address.
func (p *Pages) Order(w http.ResponseWriter, r *http.Request) error {
	typed := r.PathValue("code")
	code, ok := upi.ParseCode(typed)
	if !ok {
		return fault.New(fault.NotFound, "payment.order.none")
	}
	if code != typed {
		u := *r.URL
		u.Path = ordersPath + "/" + code
		return web.Redirect(w, r, u.RequestURI())
	}
	f := orderForms{open: r.URL.Query().Get("open")}
	for form, step := range map[string]string{"record": "/receipts", "reverse": "/reverse", "refund": "/refund"} {
		if kept, ok := p.Accounts.KeptForm(r.Context(), r.URL.Query().Get("kept"), ordersPath+"/"+code+step); ok {
			f.open, f.form, f.kept = form, &views.Form{Values: kept}, true
		}
	}
	return p.showOrder(w, r, http.StatusOK, code, f)
}

// orderForms says which of an order's forms stands open, and what went wrong with it or with a claim's.
type orderForms struct {
	open string
	kept bool // typed when the session ran out
	refused
}

// showOrder shows everything about an order.
func (p *Pages) showOrder(w http.ResponseWriter, r *http.Request, status int, code string, f orderForms) error {
	o, err := p.Payments.AdminOrder(r.Context(), code)
	if err != nil {
		return err
	}
	m := p.orderPage(r.Context(), o)
	m.Open, m.Kept, m.Once = f.open, f.kept, db.NewID()
	if r.Method == http.MethodGet {
		m.Reference, m.AmountSeen = typed(r.URL.Query().Get("reference")), typed(r.URL.Query().Get("amount"))
	}
	if f.claim == "" {
		m.Form, m.Trouble = f.form, f.trouble
	}
	for i := range m.Claims {
		if m.Claims[i].ID == f.claim {
			f.row(&m.Claims[i])
			m.Trouble = f.trouble
		}
	}
	return web.Render(w, r, status, adminview.Order(m), nil)
}

// act runs a step on the order of the address, whose form has that name, and says what was done.
func (p *Pages) act(w http.ResponseWriter, r *http.Request, form string, do func(o payment.AdminOrder) (lang.Msg, error)) error {
	code, ok := upi.ParseCode(r.PathValue("code"))
	if !ok {
		return fault.New(fault.NotFound, "payment.order.none")
	}
	o, err := p.Payments.AdminOrder(r.Context(), code)
	if err != nil {
		return err
	}
	var did lang.Msg
	if err = web.ParseForm(r); err == nil {
		did, err = do(o)
	}
	if err == nil {
		p.Wake()
		return p.Kit.Done(w, r, ordersPath+"/"+code, did.Key, did.Args...)
	}
	if fault.Is(err, fault.Conflict) {
		return p.showOrder(w, r, http.StatusConflict, code, orderForms{refused: refused{trouble: message(err)}})
	}
	failed, err := web.Failed(r, err)
	if err != nil {
		return err
	}
	return p.showOrder(w, r, http.StatusUnprocessableEntity, code, orderForms{open: form, refused: refused{form: failed}})
}

// RecordReceipt is POST /admin/orders/{code}/receipts.
func (p *Pages) RecordReceipt(w http.ResponseWriter, r *http.Request) error {
	return p.act(w, r, "record", func(o payment.AdminOrder) (lang.Msg, error) {
		n, _ := amount(r, o.Price.Currency) // 0 where it is none, which the domain refuses
		result, err := p.Payments.RecordReceipt(r.Context(), web.UserID(r), o.Code, payment.ReceiptForm{
			Method: r.PostFormValue("method"), Reference: r.PostFormValue("reference"), Amount: n, Once: r.PostFormValue("once")})
		if err != nil {
			return lang.Msg{}, err
		}
		return said(verified(r.Context(), result)), nil
	})
}

// said wraps a text that is in the reader's language already.
func said(o *adminview.Outcome) lang.Msg { return lang.M("queue.said", "text", o.Text) }

// Reverse is POST /admin/orders/{code}/reverse.
func (p *Pages) Reverse(w http.ResponseWriter, r *http.Request) error {
	return p.act(w, r, "reverse", func(o payment.AdminOrder) (lang.Msg, error) {
		err := p.Payments.Reverse(r.Context(), web.UserID(r), o.Code, r.PostFormValue("reason"), r.PostFormValue("never_came") != "")
		return lang.M(ofKind(o, "admin.order.did.reversed"), "name", o.Student.Name), err
	})
}

// ofKind is the key of what is said about an order for its kind of item.
func ofKind(o payment.AdminOrder, key string) string {
	if o.ItemKind == payment.Internship {
		return key + ".internship"
	}
	return key
}

// Refund is POST /admin/orders/{code}/refund.
func (p *Pages) Refund(w http.ResponseWriter, r *http.Request) error {
	return p.act(w, r, "refund", func(o payment.AdminOrder) (lang.Msg, error) {
		n, _ := amount(r, o.Price.Currency) // 0 where it is none, which the domain refuses
		result, err := p.Payments.Refund(r.Context(), web.UserID(r), o.Code, payment.RefundForm{
			Amount: n, Reference: r.PostFormValue("reference"), Reason: r.PostFormValue("reason"), Once: r.PostFormValue("once")})
		switch {
		case result.Repeated:
			return lang.M("queue.did.repeated"), err
		case result.Reversed:
			return lang.M(ofKind(o, "admin.order.did.refunded_ended"), "amount", lang.Money{Amount: n, Currency: o.Price.Currency}, "name", o.Student.Name), err
		}
		return lang.M("admin.order.did.refunded", "amount", lang.Money{Amount: n, Currency: o.Price.Currency}), err
	})
}

// UndoRefund is POST /admin/orders/{code}/refunds/{id}/undo.
func (p *Pages) UndoRefund(w http.ResponseWriter, r *http.Request) error {
	return p.act(w, r, "", func(o payment.AdminOrder) (lang.Msg, error) {
		id := r.PathValue("id")
		if !slices.ContainsFunc(o.Refunds, func(f payment.Refund) bool { return f.ID == id }) {
			return lang.Msg{}, fault.New(fault.NotFound, "payment.refund.none")
		}
		return lang.M("admin.order.did.refund_undone"), p.Payments.UndoRefund(r.Context(), web.UserID(r), id)
	})
}

// UseReceipt is POST /admin/orders/{code}/receipts/{id}/use.
func (p *Pages) UseReceipt(w http.ResponseWriter, r *http.Request) error {
	return p.act(w, r, "", func(o payment.AdminOrder) (lang.Msg, error) {
		result, err := p.Payments.UseRest(r.Context(), web.UserID(r), o.Code, r.PathValue("id"))
		if err != nil {
			return lang.Msg{}, err
		}
		return said(verified(r.Context(), result)), nil
	})
}

// VoidReceipt is POST /admin/orders/{code}/receipts/{id}/void.
func (p *Pages) VoidReceipt(w http.ResponseWriter, r *http.Request) error {
	return p.act(w, r, "void-"+r.PathValue("id"), func(o payment.AdminOrder) (lang.Msg, error) {
		return lang.M("admin.order.did.voided"), p.Payments.Void(r.Context(), web.UserID(r), o.Code, r.PathValue("id"), r.PostFormValue("reason"))
	})
}
