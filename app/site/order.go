package site

import (
	"net/http"
	"net/url"
	"strconv"

	"lectern/app/account"
	"lectern/app/payment"
	"lectern/app/web"
	siteview "lectern/views/site"
)

// Enroll is POST /courses/{slug}/enroll. Visitors log in first and come back to the course.
func (p *Pages) Enroll(w http.ResponseWriter, r *http.Request) error {
	ctx, course := r.Context(), "/courses/"+url.PathEscape(r.PathValue("slug"))
	user := web.UserID(r)
	if user == "" {
		if _, err := p.Catalog.BySlug(ctx, r.PathValue("slug")); err != nil {
			return err
		}
		return web.Redirect(w, r, "/login?next="+url.QueryEscape(course))
	}
	made, err := p.Payments.Enroll(ctx, user, r.PathValue("slug"))
	if err != nil {
		return err
	}
	p.Wake()
	learn := "/learn/" + url.PathEscape(r.PathValue("slug"))
	switch {
	case made.AlreadyIn:
		return p.Kit.Done(w, r, learn, "enroll.already")
	case made.Free:
		c, err := p.Catalog.BySlug(ctx, r.PathValue("slug"))
		if err != nil {
			return err
		}
		return p.Kit.Done(w, r, learn, "enroll.free.done", "course", c.Title)
	}
	return web.Redirect(w, r, "/orders/"+made.Order.Code)
}

// Order is GET /orders/{code}. Asked by its own poll, it answers with a new poll while nothing has changed, else with
// the whole panel.
func (p *Pages) Order(w http.ResponseWriter, r *http.Request) error {
	o, err := p.Payments.OrderFor(r.Context(), web.UserID(r), r.PathValue("code"))
	if err != nil {
		return err
	}
	return p.showOrder(w, r, o, false)
}

// Pay is GET /pay/{token}: the same for somebody who has the link.
func (p *Pages) Pay(w http.ResponseWriter, r *http.Request) error {
	o, err := p.Payments.OrderByToken(r.Context(), r.PathValue("token"))
	if err != nil {
		return err
	}
	return p.showOrder(w, r, o, true)
}

func (p *Pages) showOrder(w http.ResponseWriter, r *http.Request, o payment.Order, parent bool) error {
	m, err := p.orderPage(r, o, parent)
	if err != nil {
		return err
	}
	q := r.URL.Query()
	if web.Partial(r) && q.Has("poll") {
		n, _ := strconv.Atoi(q.Get("poll"))
		if q.Get("state") == m.State && q.Get("waiting") == strconv.Itoa(m.Waiting) {
			m.Poll = max(0, n) + 1
			return web.Render(w, r, 200, siteview.Order(m), siteview.Poll(m))
		}
		w.Header().Set("HX-Retarget", "#order")
	}
	return web.Render(w, r, 200, siteview.Order(m), siteview.OrderPanel(m))
}

// Claim is POST /orders/{code}/claims.
func (p *Pages) Claim(w http.ResponseWriter, r *http.Request) error {
	o, err := p.Payments.OrderFor(r.Context(), web.UserID(r), r.PathValue("code"))
	if err != nil {
		return err
	}
	return p.claim(w, r, o, false)
}

// PayClaim is POST /pay/{token}/claims.
func (p *Pages) PayClaim(w http.ResponseWriter, r *http.Request) error {
	o, err := p.Payments.OrderByToken(r.Context(), r.PathValue("token"))
	if err != nil {
		return err
	}
	return p.claim(w, r, o, true)
}

func (p *Pages) claim(w http.ResponseWriter, r *http.Request, o payment.Order, parent bool) error {
	err := p.Accounts.Allow(r.Context(), account.Claims, p.Kit.ClientIP(r))
	if err != nil {
		return err
	}
	if err = web.ParseForm(r); err == nil {
		_, err = p.Payments.AddClaim(r.Context(), o.ID, payment.ClaimForm{Reference: r.PostFormValue("reference"),
			Payee: web.Line(r, "payee"), Payer: web.Line(r, "payer"), By: web.UserID(r)})
	}
	if err == nil {
		p.Wake()
		return web.Redirect(w, r, orderPath(o, parent))
	}
	form, err := web.Failed(r, err)
	if err != nil {
		return err
	}
	m, err := p.orderPage(r, o, parent)
	if err != nil {
		return err
	}
	m.Form = form
	return web.Render(w, r, http.StatusUnprocessableEntity, siteview.Order(m), siteview.OrderPanel(m))
}

// Cancel is POST /orders/{code}/cancel.
func (p *Pages) Cancel(w http.ResponseWriter, r *http.Request) error {
	if err := p.Payments.Cancel(r.Context(), web.UserID(r), r.PathValue("code")); err != nil {
		return err
	}
	return p.Kit.Done(w, r, "/orders/"+url.PathEscape(r.PathValue("code")), "order.cancelled.done")
}

// OrderQR is GET /orders/{code}/qr.png, a picture to keep or forward.
func (p *Pages) OrderQR(w http.ResponseWriter, r *http.Request) error {
	o, err := p.Payments.OrderFor(r.Context(), web.UserID(r), r.PathValue("code"))
	if err != nil {
		return err
	}
	return p.qr(w, r, o)
}

// PayQR is GET /pay/{token}/qr.png.
func (p *Pages) PayQR(w http.ResponseWriter, r *http.Request) error {
	o, err := p.Payments.OrderByToken(r.Context(), r.PathValue("token"))
	if err != nil {
		return err
	}
	return p.qr(w, r, o)
}

func orderPath(o payment.Order, parent bool) string {
	if parent {
		return "/pay/" + o.PayToken
	}
	return "/orders/" + o.Code
}
