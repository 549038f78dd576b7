package adminview

import (
	"context"
	"time"

	"lectern/views"
)

// StudentsPage is a page of the list of students.
type StudentsPage struct {
	Q, Status, After string // Status: active, inactive, or empty for all
	Rows             []StudentRow
	Next             string // key of the next page, or empty
}

// StudentRow is a student in the list.
type StudentRow struct {
	Person           // the phone as people read it
	Verified, Active bool
	Courses          int64     // ever enrolled in
	Since, LastSeen  time.Time // LastSeen is zero for never
}

func (m StudentsPage) href(status, q, after string) string {
	return withQuery("/admin/students", "status", status, "q", q, "after", after)
}

// csv is the address of the same students as a table for other programs.
func (m StudentsPage) csv() string {
	return withQuery("/admin/students.csv", "status", m.Status, "q", m.Q)
}

func (m StudentsPage) tabs(ctx context.Context) []views.Tab {
	var tabs []views.Tab
	for _, s := range []string{"", "active", "inactive"} {
		label := views.T(ctx, "students.tab.all")
		if s != "" {
			label = views.T(ctx, "students.tab."+s)
		}
		tabs = append(tabs, views.Tab{Href: m.href(s, m.Q, ""), Label: label, Current: s == m.Status, Count: -1})
	}
	return tabs
}
