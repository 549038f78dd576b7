package admin

import (
	"context"
	"net/http"
	"net/url"
	"strconv"
	"strings"

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

// StudentsCSV is GET /admin/students.csv: all students that the filter leaves, as a table for other programs.
func (p *Pages) StudentsCSV(w http.ResponseWriter, r *http.Request) error {
	f := queryOf(r.URL.Query())
	f.After, f.Limit = "", csvRows
	list := func(ctx context.Context) (rows []account.StudentRow, next string, err error) {
		if rows, err = p.Accounts.Students(ctx, f); err == nil {
			rows, next = page(rows, f.Limit, func(s account.StudentRow) string { return s.ID })
			f.After = next
		}
		return rows, next, err
	}
	return download(p, w, r, "students", studentColumns, list, p.studentCells)
}

var studentColumns = []string{"person.name", "person.email", "students.csv.confirmed", "person.phone", "students.since", "students.seen", "students.courses", "students.csv.active", "students.tags"}

func (p *Pages) studentCells(ctx context.Context, s account.StudentRow) []string {
	yes := func(b bool) string {
		if b {
			return views.T(ctx, "students.csv.yes")
		}
		return views.T(ctx, "students.csv.no")
	}
	return []string{s.Name, s.Email, yes(!s.VerifiedAt.IsZero()), s.Phone, csvDay(ctx, s.CreatedAt), csvDay(ctx, s.LastSeen),
		strconv.FormatInt(s.Courses, 10), yes(s.DeactivatedAt.IsZero()), strings.Join(s.Tags, ", ")}
}
