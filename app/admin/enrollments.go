package admin

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"time"

	"lectern/app/learning"
	"lectern/app/web"
	"lectern/views"
	adminview "lectern/views/admin"
)

// Enrollments is GET /admin/enrollments.
func (p *Pages) Enrollments(w http.ResponseWriter, r *http.Request) error {
	ctx, f := r.Context(), p.enrollmentQuery(r.URL.Query())
	m := adminview.EnrollmentsPage{Q: typed(r.URL.Query().Get("q")), Status: f.Status, Course: f.Course, After: f.After}
	rows, err := p.Learning.Enrollments(ctx, f)
	if err != nil {
		return err
	}
	rows, m.Next = page(rows, f.Limit, func(e learning.EnrollmentRow) string { return e.ID })
	for _, e := range rows {
		m.Rows = append(m.Rows, p.enrollmentRow(e))
	}
	courses, err := p.Report.Courses(ctx)
	if err != nil {
		return err
	}
	for _, c := range courses {
		label := c.Title
		if c.Archived {
			label = views.T(ctx, "student.enroll.archived", "course", c.Title)
		}
		m.Courses = append(m.Courses, views.Option{Value: c.ID, Label: label})
	}
	return web.Render(w, r, http.StatusOK, adminview.Enrollments(m), adminview.EnrollmentList(m))
}

// enrollmentQuery reads which enrollments an address is about.
func (p *Pages) enrollmentQuery(q url.Values) learning.EnrollmentQuery {
	return learning.EnrollmentQuery{Q: p.Accounts.PhoneQuery(typed(q.Get("q"))), Course: q.Get("course"),
		Status: oneOf(adminview.EnrollmentStatuses, q.Get("status")), After: q.Get("after"), Limit: pageRows}
}

func (p *Pages) enrollmentRow(e learning.EnrollmentRow) adminview.EnrollmentRow {
	row := adminview.EnrollmentRow{Student: adminview.Person{ID: e.UserID, Name: e.Name, Email: e.Email}, Course: e.Course, Since: e.Since, Open: e.Open}
	for _, g := range e.Grants {
		row.Grants = append(row.Grants, adminview.EnrollmentGrant{Source: g.Source, OrderCode: g.Order, Reason: g.Reason, Until: g.Until, InForce: g.InForce(p.Now())})
	}
	return row
}

// EnrollmentsCSV is GET /admin/enrollments.csv: all enrollments that the filter leaves, as a table for other programs.
func (p *Pages) EnrollmentsCSV(w http.ResponseWriter, r *http.Request) error {
	f := p.enrollmentQuery(r.URL.Query())
	f.After, f.Limit = "", csvRows
	list := func(ctx context.Context) (rows []learning.EnrollmentRow, next string, err error) {
		if rows, err = p.Learning.Enrollments(ctx, f); err == nil {
			rows, next = page(rows, f.Limit, func(e learning.EnrollmentRow) string { return e.ID })
			f.After = next
		}
		return rows, next, err
	}
	columns := []string{"person.name", "person.email", "enrollments.course", "enrollments.since", "enrollments.access", "enrollments.why"}
	return download(p, w, r, "enrollments", columns, list, p.enrollmentCells)
}

func (p *Pages) enrollmentCells(ctx context.Context, e learning.EnrollmentRow) []string {
	access, why := "student.grant.ended", []string(nil)
	if e.Open {
		access = "student.grant.open"
	}
	for _, g := range e.Grants {
		words := []string{views.T(ctx, "student.grant."+g.Source)}
		for _, s := range []string{g.Order, g.Reason} {
			if s != "" {
				words = append(words, s)
			}
		}
		why = append(why, strings.Join(words, " "))
	}
	return []string{e.Name, e.Email, e.Course, csvDay(ctx, e.Since), views.T(ctx, access), strings.Join(why, "; ")}
}

// csvDay writes a time in a way which every spreadsheet takes for one; nothing for never.
func csvDay(ctx context.Context, t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.In(views.From(ctx).Zone).Format("2006-01-02 15:04")
}
