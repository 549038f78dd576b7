package site

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"lectern/app/fault"
	"lectern/app/internship"
	"lectern/app/payment"
	"lectern/app/payment/upi"
	"lectern/app/school"
	"lectern/views"
	siteview "lectern/views/site"
)

// orderPage fills the view model of an order: how it stands, what to pay to whom, and when the school looks next.
func (p *Pages) orderPage(r *http.Request, o payment.Order, parent bool) (siteview.OrderPage, error) {
	ctx := r.Context()
	m := siteview.OrderPage{Self: orderPath(o, parent), Parent: parent, Code: o.Code, Title: o.Title, Kind: o.ItemKind,
		Price: o.Price, Paid: o.Paid, Due: o.DueMoney(), Expired: o.Expired(p.Now())}
	student, err := p.Accounts.Student(ctx, o.UserID)
	if err != nil {
		return m, err
	}
	m.Student, m.Email = student.Name, student.Email
	claims, err := p.Payments.Claims(ctx, o.ID)
	if err != nil {
		return m, err
	}
	m.State, m.Last, m.Waiting = orderState(o, claims, parent)
	m.Cancel = !parent && o.Status == payment.Open && o.Paid.Amount == 0 && m.Waiting == 0 && m.State != siteview.OrderNotSeen
	settings, err := p.School.Get(ctx)
	if err != nil {
		return m, err
	}
	switch {
	case m.State == siteview.OrderPaid:
		m.Note = settings.PaidNote
	case o.Status == payment.Open && m.State != siteview.OrderWaiting:
		m.Note = settings.OrderNote
	}
	_, m.CheckedBy, _ = settings.Checking.Next(p.now(ctx))
	m.CheckedDay = day(ctx, p.now(ctx), m.CheckedBy)
	m.Steps = steps(ctx, o, m, parent)
	return m, errors.Join(p.addPayees(ctx, &m, o, settings, len(claims), r), p.addItem(ctx, &m, o), p.addLinks(ctx, &m, o, r))
}

// orderState sums an order and its claims up in one word, with the claim that the word is about.
func orderState(o payment.Order, claims []payment.Claim, parent bool) (state string, last *siteview.OrderClaim, waiting int) {
	var newest, pending *payment.Claim
	for i := range claims {
		c := &claims[i]
		newest = c
		if c.Status == payment.Waiting {
			pending = c
			waiting++
		}
	}
	shown := newest
	switch {
	case o.Status == payment.Paid:
		state = siteview.OrderPaid
	case pending != nil:
		state, shown = siteview.OrderWaiting, pending
	case o.Status == payment.Cancelled:
		state = siteview.OrderCancelled
	case o.Status == payment.Reversed:
		return siteview.OrderReversed, &siteview.OrderClaim{Reason: o.Reason}, 0
	case newest != nil && newest.Status == payment.NotSeen:
		state = siteview.OrderNotSeen
	case o.Paid.Amount > 0:
		state = siteview.OrderPart
	case newest != nil && newest.Status == payment.Rejected:
		state = siteview.OrderRejected
	default:
		state = siteview.OrderOpen
	}
	if shown != nil {
		last = &siteview.OrderClaim{Reference: upi.Group(shown.Reference), At: shown.CreatedAt, LookedAt: shown.LookedAt, Reason: shown.Reason}
		if parent { // a number that somebody typed there by mistake may be a private one
			last.Reference = "…" + shown.Reference[max(0, len(shown.Reference)-4):]
		}
	}
	return state, last, waiting
}

// addPayees says whom to pay and how. Which of the school's payees comes first may be chosen by its number; a payee is
// never taken from the address.
func (p *Pages) addPayees(ctx context.Context, m *siteview.OrderPage, o payment.Order, s school.Settings, claims int, r *http.Request) error {
	payees, err := p.School.Payees(ctx)
	if err != nil || o.Due() == 0 {
		return err
	}
	chosen, _ := strconv.Atoi(r.URL.Query().Get("payee"))
	if chosen < 1 || chosen > len(payees) {
		chosen = 1
	}
	for i, payee := range payees {
		v := siteview.Payee{N: i + 1, VPA: payee.VPA, Name: firstOf(s.UPIName, s.SiteName), Current: i+1 == chosen}
		if !v.Current {
			m.Others = append(m.Others, v)
			continue
		}
		v.Link = link(payee, s, o, claims).String()
		code, err := upi.QR(v.Link)
		if err != nil {
			return err
		}
		v.QRPath, v.QRSize = code.Path(), code.Size()
		m.Payee = &v
	}
	return nil
}

// link is what a paying app is told. Only a merchant's link has an order reference, new for each attempt.
func link(payee school.Payee, s school.Settings, o payment.Order, claims int) upi.Link {
	l := upi.Link{Payee: payee.VPA, Name: firstOf(s.UPIName, s.SiteName), Amount: o.Due(), Note: o.Code + " " + o.Title}
	if payee.Merchant {
		attempt := strconv.Itoa(101 + claims%99)[1:]
		l.Ref = strings.ReplaceAll(o.Code, "-", "") + attempt
	}
	return l
}

func (p *Pages) qr(w http.ResponseWriter, r *http.Request, o payment.Order) error {
	s, err := p.School.Get(r.Context())
	if err != nil {
		return err
	}
	claims, err := p.Payments.Claims(r.Context(), o.ID)
	if err != nil {
		return err
	}
	payees, err := p.School.Payees(r.Context())
	if err != nil {
		return err
	}
	if len(payees) == 0 || o.Due() == 0 {
		return fault.New(fault.NotFound, "fault.not_found")
	}
	chosen, _ := strconv.Atoi(r.URL.Query().Get("payee"))
	if chosen < 1 || chosen > len(payees) {
		chosen = 1
	}
	code, err := upi.QR(link(payees[chosen-1], s, o, len(claims)).String())
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "image/png")
	w.Header().Set("Cache-Control", "private, no-store")
	w.Header().Set("Content-Disposition", `attachment; filename="`+o.Code+`.png"`)
	_, err = w.Write(code.PNG(12)) // #nosec G705 -- a picture, and said to be
	return err
}

func (p *Pages) addItem(ctx context.Context, m *siteview.OrderPage, o payment.Order) error {
	if err := p.addFree(ctx, m, o); err != nil {
		return err
	}
	if o.ItemKind == payment.Internship {
		post, err := p.Internships.ByID(ctx, o.ItemID)
		if post.Status == internship.Published || post.Status == internship.Closed {
			m.ItemPath = internshipPath(post.Slug)
		}
		return err
	}
	c, err := p.Catalog.ByID(ctx, o.ItemID)
	if fault.Is(err, fault.NotFound) {
		return nil
	}
	m.ItemPath, m.OpenPath = "/courses/"+url.PathEscape(c.Slug), "/learn/"+url.PathEscape(c.Slug)
	m.Enrolled, err = p.Learning.MayOpen(ctx, o.UserID, c.ID)
	return err
}

// addFree tells what of a paid order's money nothing has taken.
func (p *Pages) addFree(ctx context.Context, m *siteview.OrderPage, o payment.Order) error {
	if o.Status != payment.Paid {
		return nil
	}
	money, err := p.Payments.Ledger(ctx, o)
	m.Free = money.Free
	return err
}

func (p *Pages) addLinks(ctx context.Context, m *siteview.OrderPage, o payment.Order, r *http.Request) (err error) {
	m.PayURL = p.Kit.BaseURL + "/pay/" + o.PayToken
	m.ShareURL = views.WhatsApp("", views.T(ctx, "order.parent.message", "amount", m.Due, "title", m.Title, "name", m.Student, "url", m.PayURL))
	if kept := r.URL.Query().Get("kept"); kept != "" && !m.Parent {
		if values, ok := p.Accounts.KeptForm(ctx, kept, m.Self+"/claims"); ok {
			m.Form = &views.Form{Values: values}
		}
	}
	m.Ask, err = p.ask(ctx, views.T(ctx, "order.ask", "code", o.Code, "title", o.Title))
	return err
}

// steps is the way of an order, from ordering to the open course.
func steps(ctx context.Context, o payment.Order, m siteview.OrderPage, parent bool) []views.Step {
	at := func(t time.Time) *time.Time {
		if t.IsZero() {
			return nil
		}
		return &t
	}
	paid := views.Step{State: "now", Title: views.T(ctx, "order.step.paid"), Note: views.T(ctx, "order.step.paid.note")}
	if parent {
		paid.Title = views.T(ctx, "order.step.paid.parent")
	}
	checked := views.Step{State: "todo", Title: views.T(ctx, "order.step.checked"),
		Note: views.T(ctx, "order.step.checked.note", "day", m.CheckedDay, "time", views.From(ctx).Lang.Clock(m.CheckedBy))}
	open := views.Step{State: "todo", Title: views.T(ctx, siteview.OfKind(o.ItemKind, "order.step.open"))}
	switch m.State {
	case siteview.OrderWaiting:
		paid.State, paid.Note, paid.At, checked.State = "done", "", at(m.Last.At), "now"
	case siteview.OrderPaid:
		paid.State, paid.Note, checked.State, checked.Note, open.State = "done", "", "done", "", "done"
		checked.At, open.At = at(o.PaidAt), at(o.PaidAt)
	case siteview.OrderCancelled:
		return []views.Step{{State: "done", Title: views.T(ctx, "order.step.ordered"), At: at(o.CreatedAt)},
			{State: "done", Title: views.T(ctx, "order.state.cancelled"), At: at(o.ClosedAt)}}
	}
	return []views.Step{{State: "done", Title: views.T(ctx, siteview.OfKind(o.ItemKind, "order.step.ordered")), At: at(o.CreatedAt)}, paid, checked, open}
}

// day names a day as people do: today, tomorrow, else its date.
func day(ctx context.Context, now, t time.Time) string {
	switch t.Format(time.DateOnly) {
	case now.Format(time.DateOnly):
		return views.T(ctx, "day.today")
	case now.AddDate(0, 0, 1).Format(time.DateOnly):
		return views.T(ctx, "day.tomorrow")
	}
	return views.From(ctx).Lang.Day(now, t)
}

func firstOf(texts ...string) string {
	for _, t := range texts {
		if t != "" {
			return t
		}
	}
	return ""
}
