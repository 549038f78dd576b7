package adminview

import (
	"context"
	"slices"
	"time"

	"lectern/views"
)

// StudentsPage is a page of the list of students.
type StudentsPage struct {
	Q, Status, After string // Status: active, inactive, or empty for all
	Tag, Course      string // filters; empty for all
	Tags, Courses    []views.Option
	Rows             []StudentRow
	Next             string      // key of the next page, or empty
	Form             *views.Form // of the selection, when it was refused
}

// StudentRow is a student in the list.
type StudentRow struct {
	Person           // the phone as people read it
	Verified, Active bool
	Courses          int64     // ever enrolled in
	Since, LastSeen  time.Time // LastSeen is zero for never
	Tags             []string
}

func (m StudentsPage) href(status, after string) string {
	return withQuery("/admin/students", "status", status, "q", m.Q, "tag", m.Tag, "course", m.Course, "after", after)
}

// filtered tells whether the list leaves anybody out.
func (m StudentsPage) filtered() bool {
	return m.Q != "" || m.Status != "" || m.Tag != "" || m.Course != ""
}

// ticked tells whether a row was ticked in a selection that was refused.
func (m StudentsPage) ticked(id string) bool {
	return m.Form != nil && slices.Contains(m.Form.Values["id"], id)
}

func (m StudentsPage) tags(ctx context.Context) []views.Option {
	return append([]views.Option{{Label: views.T(ctx, "students.tag.any")}}, m.Tags...)
}

func (m StudentsPage) courses(ctx context.Context) []views.Option {
	return append([]views.Option{{Label: views.T(ctx, "students.course.any")}}, m.Courses...)
}

// actions are what can be done to those who are selected.
func (m StudentsPage) actions(ctx context.Context) []views.Option {
	options := []views.Option{{Label: views.T(ctx, "bulk.choose")}}
	for _, a := range []string{"enroll", "tag", "untag", "message", "deactivate"} {
		options = append(options, views.Option{Value: a, Label: views.T(ctx, "bulk.action."+a)})
	}
	return options
}

// csv is the address of the same students as a table for other programs.
func (m StudentsPage) csv() string {
	return withQuery("/admin/students.csv", "status", m.Status, "q", m.Q, "tag", m.Tag, "course", m.Course)
}

func (m StudentsPage) tabs(ctx context.Context) []views.Tab {
	var tabs []views.Tab
	for _, s := range []string{"", "active", "inactive"} {
		label := views.T(ctx, "students.tab.all")
		if s != "" {
			label = views.T(ctx, "students.tab."+s)
		}
		tabs = append(tabs, views.Tab{Href: m.href(s, ""), Label: label, Current: s == m.Status, Count: -1})
	}
	return tabs
}
