package adminview

import (
	"context"
	"net/url"
	"strings"
	"time"

	"lectern/app/lang"
	"lectern/views"
)

// CourseStatuses are the tabs of the list of courses; empty: all.
var CourseStatuses = []string{"", "published", "draft", "archived"}

// CoursesPage is a page of the list of courses, in the school's order.
type CoursesPage struct {
	Q, Status, After string
	Rows             []CourseRow
	Next             string // key of the next page, or empty
}

// CourseRow is a course in the list.
type CourseRow struct {
	ID, Slug, Title, Level, Duration, Status string
	Picture                                  string
	Price, NextPrice                         lang.Money
	NextFrom                                 time.Time // zero: no other price is planned
	Featured                                 bool
	Sections, Lessons, Enrolled, OpenOrders  int64
	Up, Down                                 string // ids of its neighbours on the page, or empty
}

func (m CoursesPage) href(status, after string) string {
	return withQuery("/admin/courses", "status", status, "q", m.Q, "after", after)
}

func (m CoursesPage) tabs(ctx context.Context) []views.Tab {
	var tabs []views.Tab
	for _, s := range CourseStatuses {
		label := views.T(ctx, "admin.courses.all")
		if s != "" {
			label = views.T(ctx, "admin.courses.tab."+s)
		}
		tabs = append(tabs, views.Tab{Href: m.href(s, ""), Label: label, Current: s == m.Status, Count: -1})
	}
	return tabs
}

// Here is the page's own query, with its question mark where it has one.
func (m CoursesPage) Here() string {
	return withQuery("", "status", m.Status, "q", m.Q, "after", m.After)
}

// list is Here as a form carries it.
func (m CoursesPage) list() string { return strings.TrimPrefix(m.Here(), "?") }

// movable tells whether the page shows the order whole enough to change it, to who may.
func (m CoursesPage) movable(ctx context.Context) bool {
	return views.From(ctx).Admin() && m.Q == "" && len(m.Rows) > 1
}

func (r CourseRow) path(step string) string { return coursePath(r.ID, step) }

// coursePath is the address of a course's editor, or of a part or a step of it.
func coursePath(id, step string) string {
	if step == "" {
		return "/admin/courses/" + id
	}
	return "/admin/courses/" + id + "/" + step
}

// publicCourse is the address of a course's own page.
func publicCourse(slug string) string { return "/courses/" + url.PathEscape(slug) }

// courseState is the look of a status.
func courseState(status string) string {
	switch status {
	case "published":
		return "good"
	case "draft":
		return "wait"
	}
	return "plain"
}

// coursePrice writes a price, which may be none.
func coursePrice(ctx context.Context, m lang.Money) string {
	if m.Amount == 0 {
		return views.T(ctx, "course.free")
	}
	return views.Money(ctx, m)
}
