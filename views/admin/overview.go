package adminview

import (
	"context"
	"strconv"
	"time"

	"lectern/app/lang"
	"lectern/views"
)

// OverviewPage is how the school stands: first what waits for the admin.
type OverviewPage struct {
	FirstSteps    []FirstStep // of a new school; nil: done, or hidden
	Notices       []Notice
	Waiting       int // claims to check
	Sum           lang.Money
	Oldest        time.Time // zero if nothing waits
	Today         int       // receipts written down
	TodaySum      lang.Money
	Students      int64
	Enrollments   int64
	Month, Before lang.Money // verified revenue of this month so far, and of the whole last one
	MonthStart    time.Time
	Days          int
	Charts        []Chart
	Orders        []OrderLine
	Registered    []StudentRow
}

// Chart is one thing by day.
type Chart struct {
	Title string
	Total string
	Bars  []views.Bar
}

// OverviewDays are the numbers of days that the charts can show.
var OverviewDays = []int{14, 30, 90}

func (m OverviewPage) tabs(ctx context.Context) []views.Tab {
	var tabs []views.Tab
	for _, n := range OverviewDays {
		href := "/admin"
		if n != OverviewDays[0] {
			href = withQuery("/admin", "days", strconv.Itoa(n))
		}
		tabs = append(tabs, views.Tab{Href: href + "#growth", Label: views.T(ctx, "overview.days", "n", n), Current: n == m.Days, Count: -1})
	}
	return tabs
}

func month(ctx context.Context, t time.Time) string {
	return views.T(ctx, "month."+strconv.Itoa(int(t.Month())))
}
