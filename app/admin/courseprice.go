package admin

import (
	"context"
	"net/http"
	"strconv"
	"time"

	"lectern/app/db"
	"lectern/app/fault"
	"lectern/app/lang"
	"lectern/app/web"
	"lectern/views"
	adminview "lectern/views/admin"
)

// CoursePrice is GET /admin/courses/{id}/price?kept=.
func (p *Pages) CoursePrice(w http.ResponseWriter, r *http.Request) error {
	m, err := p.pricePage(r.Context(), r.PathValue("id"))
	if err != nil {
		return err
	}
	m.Form = p.keptForm(r, coursesPath+"/"+m.ID+"/price")
	return web.Render(w, r, http.StatusOK, adminview.CoursePrice(m), nil)
}

func (p *Pages) pricePage(ctx context.Context, id string) (m adminview.PricePage, err error) {
	c, err := p.Catalog.ByID(ctx, id)
	if err != nil {
		return m, err
	}
	if m.CourseHead, err = p.courseHead(ctx, c); err != nil {
		return m, err
	}
	m.Was, m.Today = strconv.FormatInt(c.Price.Amount, 10), p.now(ctx).AddDate(0, 0, 1).Format(time.DateOnly)
	if !c.Next.From.IsZero() {
		m.Plan = strconv.FormatInt(db.Millis(c.Next.From), 10)
	}
	prices, err := p.Catalog.Prices(ctx, id)
	for i, was := range prices {
		m.History = append(m.History, adminview.PriceRow{Price: was.Price, Since: was.Since, By: was.By, Now: i == 0})
	}
	return m, err
}

// SetCoursePrice is POST /admin/courses/{id}/price.
func (p *Pages) SetCoursePrice(w http.ResponseWriter, r *http.Request) error {
	ctx, id, err := r.Context(), r.PathValue("id"), web.ParseForm(r)
	m, failed := p.pricePage(ctx, id)
	if failed != nil {
		return failed
	}
	var amount int64
	var from time.Time
	if err == nil {
		amount, from, err = p.typedPrice(r)
	}
	if err == nil && amount == 0 && m.CourseRow.Price.Amount > 0 && m.OpenOrders > 0 && r.PostForm.Get("free") == "" {
		m.Ask = true
		err = fault.Field("free", "admin.price.free.ask", "n", m.OpenOrders)
	}
	if err == nil {
		was, _ := strconv.ParseInt(r.PostForm.Get("was"), 10, 64)
		err = p.Catalog.SetPrice(ctx, web.UserID(r), id, was, amount, from)
	}
	price := lang.Money{Amount: amount, Currency: m.CourseRow.Price.Currency}
	switch {
	case err == nil && from.IsZero():
		return p.Kit.Done(w, r, coursesPath+"/"+id+"/price", "admin.price.saved", "price", price)
	case err == nil:
		return p.Kit.Done(w, r, coursesPath+"/"+id+"/price", "admin.price.saved.later", "price", price, "date", views.Date(ctx, from))
	}
	return p.priceRefused(w, r, m, err)
}

// priceRefused shows the form again; one that was based on another price says so, and is based on the one of now.
func (p *Pages) priceRefused(w http.ResponseWriter, r *http.Request, m adminview.PricePage, err error) error {
	status := http.StatusUnprocessableEntity
	if fault.Is(err, fault.Conflict) {
		status = http.StatusConflict
		m.Form = &views.Form{Values: r.PostForm, Errors: map[string]lang.Msg{"price": message(err)}}
	} else if m.Form, err = web.Failed(r, err); err != nil {
		return err
	} else {
		m.Was = r.PostForm.Get("was")
	}
	return p.renderAt(w, r, status, "#price-form", adminview.CoursePrice(m), adminview.PriceForm(m))
}

// typedPrice reads the form: a zero time stands for now, else it is the midnight of the school with which the day begins.
func (p *Pages) typedPrice(r *http.Request) (amount int64, from time.Time, err error) {
	var wrong fault.Fields
	if amount, err = lang.ParseMoney(web.Line(r, "price"), p.Report.Currency); err != nil {
		wrong.Add("price", "catalog.price.wrong")
	}
	if r.PostForm.Get("when") == "date" {
		now := p.now(r.Context())
		day, err := time.ParseInLocation(time.DateOnly, web.Line(r, "from"), now.Location())
		switch {
		case err != nil:
			wrong.Add("from", "admin.price.from.wrong")
		case !day.After(now):
			wrong.Add("from", "admin.price.from.past")
		case day.After(now.AddDate(5, 0, 0)):
			wrong.Add("from", "admin.price.from.far")
		}
		from = day
	}
	return amount, from, wrong.Err()
}

// CancelCoursePrice is POST /admin/courses/{id}/price/cancel.
func (p *Pages) CancelCoursePrice(w http.ResponseWriter, r *http.Request) error {
	if err := web.ParseForm(r); err != nil {
		return err
	}
	from, err := strconv.ParseInt(r.PostForm.Get("from"), 10, 64)
	if err != nil {
		return fault.New(fault.Invalid, "fault.form")
	}
	if err := p.Catalog.CancelPlan(r.Context(), web.UserID(r), r.PathValue("id"), db.Time(from)); err != nil {
		return err
	}
	return p.Kit.Done(w, r, coursesPath+"/"+r.PathValue("id")+"/price", "admin.price.cancelled")
}
