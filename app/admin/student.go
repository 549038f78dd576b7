package admin

import (
	"context"
	"net/http"
	"path"
	"slices"

	"lectern/app/db"
	"lectern/app/fault"
	"lectern/app/lang"
	"lectern/app/learning"
	"lectern/app/payment"
	"lectern/app/web"
	"lectern/views"
	adminview "lectern/views/admin"
)

const studentsPath = "/admin/students/"

// Student is GET /admin/students/{id}?kept=: what was typed into its form when the session had run out is there again.
func (p *Pages) Student(w http.ResponseWriter, r *http.Request) error {
	m, err := p.studentPage(r)
	if err != nil {
		return err
	}
	for _, step := range []string{"enroll", "notes", "tags", "message"} {
		if form := p.keptForm(r, studentsPath+m.ID+"/"+step); form != nil {
			m.Forms = map[string]*views.Form{step: form}
		}
	}
	return web.Render(w, r, http.StatusOK, adminview.Student(m), nil)
}

// onStudent runs a step on the student of the address and says under key what was done. What can't be done is said on the
// student's page.
func (p *Pages) onStudent(w http.ResponseWriter, r *http.Request, key string, do func(ctx context.Context, by, id string) error) error {
	id, err := r.PathValue("id"), web.ParseForm(r)
	if err == nil {
		err = do(r.Context(), web.UserID(r), id)
	}
	if err == nil {
		p.Wake()
		return p.Kit.Done(w, r, studentsPath+id, key)
	}
	status, trouble, form := http.StatusConflict, lang.Msg{}, (*views.Form)(nil)
	if fault.Is(err, fault.Conflict) {
		trouble = message(err)
	} else {
		status = http.StatusUnprocessableEntity
		if form, err = web.Failed(r, err); err != nil {
			return err
		}
	}
	m, err := p.studentPage(r)
	if err != nil {
		return err
	}
	m.Trouble = trouble
	if form != nil {
		m.Forms = map[string]*views.Form{path.Base(r.URL.Path): form}
	}
	return web.Render(w, r, status, adminview.Student(m), nil)
}

// Deactivate is POST /admin/students/{id}/deactivate.
func (p *Pages) Deactivate(w http.ResponseWriter, r *http.Request) error {
	return p.onStudent(w, r, "student.deactivate.done", p.Accounts.Deactivate)
}

// Activate is POST /admin/students/{id}/activate.
func (p *Pages) Activate(w http.ResponseWriter, r *http.Request) error {
	return p.onStudent(w, r, "student.activate.done", p.Accounts.Activate)
}

// ResetFactors is POST /admin/students/{id}/factors/reset, for who lost the second step of his login.
func (p *Pages) ResetFactors(w http.ResponseWriter, r *http.Request) error {
	return p.onStudent(w, r, "student.factors.done", p.Accounts.ResetFactors)
}

// EnrollStudent is POST /admin/students/{id}/enroll.
func (p *Pages) EnrollStudent(w http.ResponseWriter, r *http.Request) error {
	return p.onStudent(w, r, "student.enroll.done", func(ctx context.Context, by, id string) error {
		return p.Learning.EnrollByHand(ctx, by, id, r.PostFormValue("course"), r.PostFormValue("reason"))
	})
}

// EndGrant is POST /admin/students/{id}/grants/{grant}/end.
func (p *Pages) EndGrant(w http.ResponseWriter, r *http.Request) error {
	return p.onStudent(w, r, "student.grant.end.done", func(ctx context.Context, by, id string) error {
		all, err := p.Learning.Grants(ctx, id)
		if err != nil {
			return err
		}
		grant := r.PathValue("grant")
		if !slices.ContainsFunc(all, func(g learning.GrantRow) bool { return g.ID == grant }) {
			return fault.New(fault.NotFound, "fault.not_found")
		}
		return p.Learning.EndGrant(ctx, grant, by)
	})
}

// LoginLink is POST /admin/students/{id}/login-link. The answer is the page with the link in it, and not a redirect: the
// link is nowhere but there.
func (p *Pages) LoginLink(w http.ResponseWriter, r *http.Request) error {
	link, err := p.Accounts.LoginLink(r.Context(), web.UserID(r), r.PathValue("id"))
	if err != nil {
		return err
	}
	m, err := p.studentPage(r)
	if err != nil {
		return err
	}
	m.Link = link
	m.LinkChat = views.WhatsApp(m.Phone, views.T(r.Context(), "student.link.message", "name", m.Name, "site", views.From(r.Context()).Site.Name, "link", link))
	return web.Render(w, r, http.StatusOK, adminview.Student(m), nil)
}

// studentPage is everything about the student of the address.
func (p *Pages) studentPage(r *http.Request) (adminview.StudentPage, error) {
	ctx, id := r.Context(), r.PathValue("id")
	u, err := p.Accounts.Student(ctx, id)
	if err != nil {
		return adminview.StudentPage{}, err
	}
	m := adminview.StudentPage{StudentRow: studentUser(u), Role: u.Role, Staff: u.Staff(), Self: u.ID == web.UserID(r), Shut: u.DeactivatedAt, Erased: u.ErasedAt, Key: db.NewID()}
	if m.Phone != "" {
		m.Chat = views.WhatsApp(m.Phone, "")
	}
	if m.LastSeen, err = p.Report.LastSeen(ctx, id); err != nil {
		return m, err
	}
	all, _, err := p.Accounts.Factors(ctx, id)
	if err != nil {
		return m, err
	}
	m.Factor = len(all) > 0
	for _, part := range []func(context.Context, *adminview.StudentPage) error{p.ordersOf, p.receiptsOf, p.coursesOf, p.grantsOf, p.tagsOf, p.notesOf, p.noticesOf, p.historyOf} {
		if err := part(ctx, &m); err != nil {
			return m, err
		}
	}
	return m, nil
}

func (p *Pages) ordersOf(ctx context.Context, m *adminview.StudentPage) error {
	orders, err := p.Payments.Orders(ctx, m.ID)
	if err != nil {
		return err
	}
	for _, o := range orders {
		waiting, due := false, p.money(0)
		if o.Status == payment.Open { // of a student's orders few are, so that asking for each is no matter
			due = o.DueMoney()
			claims, err := p.Payments.Claims(ctx, o.ID)
			if err != nil {
				return err
			}
			waiting = slices.ContainsFunc(claims, func(c payment.Claim) bool { return c.Status == payment.Waiting || c.Status == payment.NotSeen })
		}
		m.Orders = append(m.Orders, adminview.StudentOrder{Code: o.Code, Title: o.Title, Price: o.Price, Due: due, State: state(o, waiting), At: o.CreatedAt})
	}
	return nil
}

func (p *Pages) receiptsOf(ctx context.Context, m *adminview.StudentPage) error {
	receipts, err := p.Report.Receipts(ctx, m.ID)
	for _, r := range receipts {
		money := func(n int64) lang.Money { return lang.Money{Amount: n, Currency: r.Currency} }
		m.Receipts = append(m.Receipts, adminview.StudentReceipt{Method: r.Method, Reference: reference(r.Reference), Amount: money(r.Amount),
			OrderCode: r.OrderCode, Used: money(r.Used), GivenBack: money(r.GivenBack), Voided: r.Voided, At: r.At})
	}
	return err
}

func (p *Pages) coursesOf(ctx context.Context, m *adminview.StudentPage) error {
	in, err := p.Learning.Enrolled(ctx, m.ID, p.Now())
	if err != nil {
		return err
	}
	for _, c := range in {
		m.Courses = append(m.Courses, adminview.StudentCourse{Title: c.Title, Open: c.Open, Since: c.Since})
	}
	all, err := p.Report.Courses(ctx)
	for _, c := range all {
		label := c.Title
		if c.Archived {
			label = views.T(ctx, "student.enroll.archived", "course", c.Title)
		}
		m.Choice = append(m.Choice, views.Option{Value: c.ID, Label: label})
	}
	return err
}

func (p *Pages) grantsOf(ctx context.Context, m *adminview.StudentPage) error {
	grants, err := p.Learning.Grants(ctx, m.ID)
	for _, g := range grants {
		m.Grants = append(m.Grants, adminview.StudentGrant{ID: g.ID, Course: g.Course, Source: g.Source, OrderCode: g.Order, Reason: g.Reason,
			By: g.By, EndedBy: g.EndedBy, At: g.At, Until: g.Until, EndedAt: g.EndedAt,
			InForce: g.InForce(p.Now()), Endable: g.InForce(p.Now()) && g.Source != learning.ByOrder})
	}
	return err
}
