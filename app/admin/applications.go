package admin

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"time"

	"lectern/app/account"
	"lectern/app/fault"
	"lectern/app/internship"
	"lectern/app/lang"
	"lectern/app/web"
	"lectern/views"
	adminview "lectern/views/admin"
)

const applicationsPath = "/admin/applications"

// Applications is GET /admin/applications.
func (p *Pages) Applications(w http.ResponseWriter, r *http.Request) error {
	m, err := p.applicationsPage(r)
	if err != nil {
		return err
	}
	if id := r.URL.Query().Get("batch"); id != "" {
		if m.Batch, err = p.applicationBatch(r.Context(), id); err != nil {
			return err
		}
	}
	return web.Render(w, r, http.StatusOK, adminview.Applications(m), adminview.ApplicationList(m))
}

func applicationQuery(r *http.Request) internship.Query {
	q := r.URL.Query()
	return internship.Query{Q: typed(q.Get("q")), Status: oneOf(adminview.ApplicationStatuses, q.Get("status")), Post: q.Get("post"), After: q.Get("after"), Limit: pageRows}
}

func (p *Pages) applicationsPage(r *http.Request) (adminview.ApplicationsPage, error) {
	ctx, f := r.Context(), applicationQuery(r)
	if r.Method != http.MethodGet { // a form that failed shows the whole list
		f = internship.Query{Limit: pageRows}
	}
	m := adminview.ApplicationsPage{Q: f.Q, Status: f.Status, Post: f.Post, After: f.After}
	rows, err := p.Internships.List(ctx, f)
	if err != nil {
		return m, err
	}
	rows, m.Next = page(rows, f.Limit, func(a internship.Row) string { return a.Application.ID })
	for _, a := range rows {
		m.Rows = append(m.Rows, applicationLine(a))
	}
	posts, err := p.Internships.Posts(ctx, internship.PostQuery{})
	if err != nil {
		return m, err
	}
	archived, err := p.Internships.Posts(ctx, internship.PostQuery{Status: internship.Archived})
	for _, post := range append(posts, archived...) {
		m.Posts = append(m.Posts, views.Option{Value: post.ID, Label: post.Title})
	}
	return m, err
}

func applicationLine(a internship.Row) adminview.ApplicationLine {
	l := adminview.ApplicationLine{ID: a.Application.ID, Name: a.Name, Email: a.Email, Title: a.Post.Title, PostID: a.Post.ID, Status: a.Application.Status,
		Unseen: a.SeenAt.IsZero(), Suspect: a.Suspect, Fee: feeLine(a.Fee), At: a.Application.CreatedAt}
	if a.Phone != "" {
		l.Phone = account.ShowPhone(a.Phone)
	}
	return l
}

func feeLine(f internship.Fee) adminview.FeeLine {
	l := adminview.FeeLine{Amount: lang.Money{Amount: f.Amount, Currency: f.Currency}, Order: f.OrderCode, Status: f.Status}
	if l.Status == "" {
		l.Status = "open"
	}
	return l
}

// DecideMany is POST /admin/applications/status.
func (p *Pages) DecideMany(w http.ResponseWriter, r *http.Request) error {
	err := web.ParseForm(r)
	batch := ""
	if err == nil {
		batch, err = p.Internships.DecideMany(r.Context(), web.UserID(r), r.PostForm["id"], web.Line(r, "status"), r.PostForm.Get("tell") != "")
		p.Wake()
	}
	if err == nil {
		return web.Redirect(w, r, applicationsPath+"?batch="+batch)
	}
	form, err := web.Failed(r, err)
	if err != nil {
		return err
	}
	m, err := p.applicationsPage(r)
	if err != nil {
		return err
	}
	m.Form = form
	return web.Render(w, r, http.StatusUnprocessableEntity, adminview.Applications(m), nil)
}

// applicationBatch is what a change of many did, nothing where it isn't remembered any more.
func (p *Pages) applicationBatch(ctx context.Context, id string) (*adminview.ApplicationBatch, error) {
	to, rows, err := p.Internships.Batch(ctx, id)
	if fault.Is(err, fault.NotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	b := &adminview.ApplicationBatch{To: to, All: len(rows)}
	for _, r := range rows {
		line := adminview.ApplicationResult{ID: r.ID, Name: r.Name, Post: r.Post, Key: r.Outcome}
		if r.Outcome == internship.Done {
			b.Good = append(b.Good, line)
		} else {
			b.Bad = append(b.Bad, line)
		}
	}
	return b, nil
}

// ApplicationsCSV is GET /admin/applications.csv: all applications that the filter leaves, as a table for other programs,
// written while it is read; see StudentsCSV.
func (p *Pages) ApplicationsCSV(w http.ResponseWriter, r *http.Request) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(r.Context()), csvTime)
	defer cancel()
	f := applicationQuery(r)
	f.After, f.Limit = "", csvRows
	rows, err := p.Internships.List(ctx, f)
	if err != nil {
		return err
	}
	http.NewResponseController(w).SetWriteDeadline(time.Now().Add(csvTime))
	h := w.Header()
	h.Set("Content-Type", "text/csv; charset=utf-8")
	h.Set("Cache-Control", "no-store")
	h.Set("Content-Disposition", fmt.Sprintf(`attachment; filename="applications-%s.csv"`, p.now(ctx).Format(time.DateOnly)))
	out := newTable(w, applicationColumns(ctx))
	for {
		onPage, next := page(rows, f.Limit, func(a internship.Row) string { return a.Application.ID })
		for _, a := range onPage {
			out.row(applicationCells(ctx, a)...)
		}
		if err := out.flush(); err != nil {
			panic(http.ErrAbortHandler) // the browser has left
		}
		if next == "" {
			return nil
		}
		f.After = next
		if rows, err = p.Internships.List(ctx, f); err != nil {
			p.Kit.Log.Error("applications.csv", "err", err)
			panic(http.ErrAbortHandler)
		}
	}
}

func applicationColumns(ctx context.Context) []string {
	var names []string
	for _, key := range []string{"person.name", "person.email", "person.phone", "applications.post", "applications.state", "applications.at", "applications.fee", "applications.csv.order", "applications.csv.letter"} {
		names = append(names, views.T(ctx, key))
	}
	return names
}

func applicationCells(ctx context.Context, a internship.Row) []string {
	l, fee := applicationLine(a), ""
	if l.Fee.Amount.Amount > 0 {
		fee = views.T(ctx, "applications.fee."+l.Fee.Status, "amount", l.Fee.Amount)
	}
	return []string{l.Name, l.Email, a.Phone, l.Title, views.T(ctx, "applications.state."+l.Status),
		l.At.In(views.From(ctx).Zone).Format("2006-01-02 15:04"), fee, l.Fee.Order, strings.ReplaceAll(a.CoverLetter, "\n", " ")}
}
