package adminview

import (
	"context"
	"time"

	"lectern/views"
)

// EnrollmentsPage is a page of the list of who is in which course.
type EnrollmentsPage struct {
	Q, Status, Course, After string
	Courses                  []views.Option // to choose from
	Rows                     []EnrollmentRow
	Next                     string // key of the next page, or empty
}

// EnrollmentRow is a student in a course.
type EnrollmentRow struct {
	Student Person
	Course  string
	Since   time.Time
	Open    bool
	Grants  []EnrollmentGrant
}

// EnrollmentGrant is why a course is open for somebody, or was.
type EnrollmentGrant struct {
	Source, OrderCode, Reason string
	Until                     time.Time
	InForce                   bool
}

// EnrollmentStatuses are the tabs over the list; the first is all of them.
var EnrollmentStatuses = []string{"", "open", "ended"}

func (m EnrollmentsPage) href(status, after string) string {
	return withQuery("/admin/enrollments", "status", status, "q", m.Q, "course", m.Course, "after", after)
}

// csv is the address of the same enrollments as a table for other programs.
func (m EnrollmentsPage) csv() string {
	return withQuery("/admin/enrollments.csv", "status", m.Status, "q", m.Q, "course", m.Course)
}

func (m EnrollmentsPage) filtered() bool { return m.Q+m.Status+m.Course != "" }

func (m EnrollmentsPage) tabs(ctx context.Context) []views.Tab {
	var tabs []views.Tab
	for _, s := range EnrollmentStatuses {
		label := views.T(ctx, "enrollments.tab.all")
		if s != "" {
			label = views.T(ctx, "enrollments.tab."+s)
		}
		tabs = append(tabs, views.Tab{Href: m.href(s, ""), Label: label, Current: s == m.Status, Count: -1})
	}
	return tabs
}

func (m EnrollmentsPage) courses(ctx context.Context) []views.Option {
	return append([]views.Option{{Label: views.T(ctx, "enrollments.course.all")}}, m.Courses...)
}
