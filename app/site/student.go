package site

import (
	"net/http"
	"net/url"

	"lectern/app/catalog"
	"lectern/app/payment"
	"lectern/app/web"
	"lectern/views"
	siteview "lectern/views/site"
)

// Dashboard is GET /dashboard.
func (p *Pages) Dashboard(w http.ResponseWriter, r *http.Request) error {
	ctx, user := r.Context(), web.UserID(r)
	m := siteview.DashboardPage{Name: web.Viewer(r).Name}
	courses, err := p.Learning.Enrolled(ctx, user, p.Now())
	if err != nil {
		return err
	}
	for _, c := range courses {
		m.Courses = append(m.Courses, siteview.EnrolledCard{CourseCard: card(c.Course), Open: c.Open, Since: c.Since})
	}
	rows, err := p.orderRows(r)
	if err != nil {
		return err
	}
	for _, o := range rows {
		if o.State != siteview.OrderPaid && o.State != siteview.OrderCancelled {
			m.Orders = append(m.Orders, o)
		}
	}
	return web.Render(w, r, 200, siteview.Dashboard(m), nil)
}

// Orders is GET /orders.
func (p *Pages) Orders(w http.ResponseWriter, r *http.Request) error {
	rows, err := p.orderRows(r)
	if err != nil {
		return err
	}
	return web.Render(w, r, 200, siteview.Orders(rows), nil)
}

func (p *Pages) orderRows(r *http.Request) ([]siteview.OrderRow, error) {
	orders, err := p.Payments.Orders(r.Context(), web.UserID(r))
	if err != nil {
		return nil, err
	}
	claims, err := p.Payments.ClaimsOfUser(r.Context(), web.UserID(r))
	if err != nil {
		return nil, err
	}
	of := map[string][]payment.Claim{}
	for _, c := range claims {
		of[c.OrderID] = append(of[c.OrderID], c)
	}
	var rows []siteview.OrderRow
	for _, o := range orders {
		state, _, _ := orderState(o, of[o.ID], false)
		amount := o.Price
		if state == siteview.OrderPart {
			amount = o.DueMoney()
		}
		rows = append(rows, siteview.OrderRow{Code: o.Code, Title: o.Title, Price: amount, State: state, At: o.CreatedAt})
	}
	return rows, nil
}

// Learn is GET /learn/{slug}. Who isn't enrolled goes to the course page.
func (p *Pages) Learn(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	c, err := p.Catalog.BySlug(ctx, r.PathValue("slug"))
	if err != nil {
		return err
	}
	if c.Slug != r.PathValue("slug") {
		return moved(w, r, "/learn/"+url.PathEscape(c.Slug))
	}
	may, err := p.Learning.MayOpen(ctx, web.UserID(r), c.ID)
	if err != nil {
		return err
	}
	if !may {
		return web.Redirect(w, r, "/courses/"+url.PathEscape(c.Slug))
	}
	return p.learn(w, r, c)
}

func (p *Pages) learn(w http.ResponseWriter, r *http.Request, c catalog.Course) error {
	outline, err := p.Catalog.Outline(r.Context(), c.ID)
	if err != nil {
		return err
	}
	m := siteview.LearnPage{CourseCard: card(c), Teacher: c.Teacher}
	m.Sections, m.Lessons = sections(outline)
	if m.Ask, err = p.ask(r.Context(), views.T(r.Context(), "course.ask", "course", c.Title)); err != nil {
		return err
	}
	return web.Render(w, r, 200, siteview.Learn(m), nil)
}
