package admin

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"lectern/app/account"
	"lectern/app/web"
	"lectern/views"
	adminview "lectern/views/admin"
)

var studentStatuses = []string{"", "active", "inactive"}

// Students is GET /admin/students.
func (p *Pages) Students(w http.ResponseWriter, r *http.Request) error {
	return p.showStudents(w, r, http.StatusOK, queryOf(r.URL.Query()), nil)
}

// showStudents is the list that f chooses; form is that of the selection when it was refused.
func (p *Pages) showStudents(w http.ResponseWriter, r *http.Request, status int, f account.StudentQuery, form *views.Form) error {
	ctx := r.Context()
	rows, err := p.Accounts.Students(ctx, f)
	if err != nil {
		return err
	}
	m := adminview.StudentsPage{Q: f.Q, Status: f.Status, Tag: f.Tag, Course: f.Course, After: f.After, Form: form}
	rows, m.Next = page(rows, f.Limit, func(s account.StudentRow) string { return s.ID })
	for _, s := range rows {
		m.Rows = append(m.Rows, studentRow(s))
	}
	tags, err := p.Accounts.Tags(ctx)
	if err != nil {
		return err
	}
	for _, t := range tags {
		m.Tags = append(m.Tags, views.Option{Value: t.Norm, Label: t.Name})
	}
	courses, err := p.Roster.Courses(ctx)
	if err != nil {
		return err
	}
	for _, c := range courses {
		m.Courses = append(m.Courses, courseOption(ctx, c))
	}
	return web.Render(w, r, status, adminview.Students(m), adminview.StudentList(m))
}

// queryOf reads which students an address, or a form, is about.
func queryOf(q url.Values) account.StudentQuery {
	return account.StudentQuery{Q: typed(q.Get("q")), Status: oneOf(studentStatuses, q.Get("status")), Tag: q.Get("tag"), Course: q.Get("course"),
		After: q.Get("after"), Limit: pageRows}
}

func studentRow(s account.StudentRow) adminview.StudentRow {
	row := studentUser(s.User)
	row.Courses, row.LastSeen, row.Tags = s.Courses, s.LastSeen, s.Tags
	return row
}

func studentUser(u account.User) adminview.StudentRow {
	row := adminview.StudentRow{Person: adminview.Person{ID: u.ID, Name: u.Name, Email: u.Email},
		Verified: !u.VerifiedAt.IsZero(), Active: u.DeactivatedAt.IsZero(), Since: u.CreatedAt}
	if u.Phone != "" {
		row.Phone = account.ShowPhone(u.Phone)
	}
	return row
}

const (
	csvRows = 1000            // students read at a time
	csvTime = 5 * time.Minute // that a download may take
)

// StudentsCSV is GET /admin/students.csv: all students that the filter leaves, as a table for other programs. It is
// written while it is read; where that fails, the download is broken off rather than ended as if it were whole.
func (p *Pages) StudentsCSV(w http.ResponseWriter, r *http.Request) error {
	// A school of 100,000 on a slow line takes longer than the time of an ordinary request.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(r.Context()), csvTime)
	defer cancel()
	f := queryOf(r.URL.Query())
	f.After, f.Limit = "", csvRows
	rows, err := p.Accounts.Students(ctx, f)
	if err != nil {
		return err
	}
	http.NewResponseController(w).SetWriteDeadline(time.Now().Add(csvTime)) // where it can't be set, the server's own holds
	h := w.Header()
	h.Set("Content-Type", "text/csv; charset=utf-8")
	h.Set("Cache-Control", "no-store")
	h.Set("Content-Disposition", fmt.Sprintf(`attachment; filename="students-%s.csv"`, p.now(ctx).Format(time.DateOnly)))
	out := newTable(w, studentColumns(ctx))
	for {
		onPage, next := page(rows, f.Limit, func(s account.StudentRow) string { return s.ID })
		for _, s := range onPage {
			out.row(p.studentCells(ctx, s)...)
		}
		if err := out.flush(); err != nil {
			panic(http.ErrAbortHandler) // the browser has left
		}
		if next == "" {
			return nil
		}
		f.After = next
		if rows, err = p.Accounts.Students(ctx, f); err != nil {
			p.Kit.Log.Error("students.csv", "err", err)
			panic(http.ErrAbortHandler)
		}
	}
}

func studentColumns(ctx context.Context) []string {
	var names []string
	for _, key := range []string{"person.name", "person.email", "students.csv.confirmed", "person.phone", "students.since", "students.seen", "students.courses", "students.csv.active", "students.tags"} {
		names = append(names, views.T(ctx, key))
	}
	return names
}

func (p *Pages) studentCells(ctx context.Context, s account.StudentRow) []string {
	when := func(t time.Time) string {
		if t.IsZero() {
			return ""
		}
		return t.In(views.From(ctx).Zone).Format("2006-01-02 15:04") // which every spreadsheet takes for a time
	}
	yes := func(b bool) string {
		if b {
			return views.T(ctx, "students.csv.yes")
		}
		return views.T(ctx, "students.csv.no")
	}
	return []string{s.Name, s.Email, yes(!s.VerifiedAt.IsZero()), s.Phone, when(s.CreatedAt), when(s.LastSeen),
		strconv.FormatInt(s.Courses, 10), yes(s.DeactivatedAt.IsZero()), strings.Join(s.Tags, ", ")}
}
