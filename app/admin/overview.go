package admin

import (
	"context"
	"net/http"
	"slices"
	"strconv"

	"lectern/app/account"
	"lectern/app/lang"
	"lectern/app/mail"
	"lectern/app/payment"
	"lectern/app/report"
	"lectern/app/web"
	"lectern/views"
	adminview "lectern/views/admin"
)

// latest is the number of orders and registrations that the overview lists.
const latest = 5

// Overview is GET /admin.
func (p *Pages) Overview(w http.ResponseWriter, r *http.Request) error {
	m := adminview.OverviewPage{Days: adminview.OverviewDays[0]}
	if n, err := strconv.Atoi(r.URL.Query().Get("days")); err == nil && slices.Contains(adminview.OverviewDays, n) {
		m.Days = n
	}
	parts := []func(context.Context, *adminview.OverviewPage) error{p.waits, p.firstSteps, p.totals, p.growth, p.latest}
	if web.Viewer(r).Instructor {
		return web.Redirect(w, r, coursesPath)
	}
	if !web.Viewer(r).Admin {
		parts = parts[:1] // what waits, for cashiers
	}
	for _, part := range parts {
		if err := part(r.Context(), &m); err != nil {
			return err
		}
	}
	return web.Render(w, r, http.StatusOK, adminview.Overview(m), nil)
}

// waits adds what the admin should look at first.
func (p *Pages) waits(ctx context.Context, m *adminview.OverviewPage) error {
	o, err := p.Payments.Overview(ctx, p.now(ctx))
	if err != nil {
		return err
	}
	m.Waiting, m.Sum, m.Oldest, m.Today, m.TodaySum = o.Count, o.Sum, o.Oldest, o.Today, o.TodaySum
	status, err := p.Mail.Status(ctx)
	if err != nil {
		return err
	}
	m.Notices = slices.DeleteFunc(mailNotices(ctx, status), func(n adminview.Notice) bool { return n.Kind != "bad" })
	if status.Failed > 0 {
		m.Notices = append(m.Notices, adminview.Notice{Kind: "bad", Text: lang.M("outbox.notice.failed", "n", status.Failed, "href", mailPath+"?status=failed")})
	}
	if !views.From(ctx).Site.OnlinePayment {
		m.Notices = append(m.Notices, adminview.Notice{Kind: "bad", Text: lang.M("overview.no_payee", "href", payeesBack)})
	}
	return nil
}

// mailNotices are the reasons why letters don't go out.
func mailNotices(ctx context.Context, s mail.Status) []adminview.Notice {
	var list []adminview.Notice
	if !s.Ready {
		list = append(list, adminview.Notice{Kind: "bad", Text: lang.M("outbox.notice.setup")})
	}
	if s.Problem != nil {
		list = append(list, adminview.Notice{Kind: "bad", Text: s.Problem.Msg(), Detail: s.Problem.Answer})
	}
	if !s.PausedUntil.IsZero() {
		list = append(list, adminview.Notice{Kind: "wait", Text: lang.M("outbox.notice.paused", "at", views.DateTime(ctx, s.PausedUntil))})
	}
	switch rest := s.PerDay - s.SentToday; {
	case s.Ready && rest <= 0:
		list = append(list, adminview.Notice{Kind: "bad", Text: lang.M("outbox.notice.quota", "n", s.PerDay)})
	case s.Ready && rest <= s.PerDay/10 && s.Queued > 0: // which package mail keeps for what is urgent
		list = append(list, adminview.Notice{Kind: "wait", Text: lang.M("outbox.notice.reserve", "n", rest)})
	}
	return list
}

func (p *Pages) totals(ctx context.Context, m *adminview.OverviewPage) error {
	t, err := p.Report.Totals(ctx)
	m.Students, m.Enrollments, m.MonthStart = t.Students, t.Enrollments, t.MonthStart
	m.Month, m.Before = p.money(t.Month), p.money(t.LastMonth)
	return err
}

// money is an amount in the school's currency.
func (p *Pages) money(amount int64) lang.Money {
	return lang.Money{Amount: amount, Currency: p.Report.Currency}
}

// growth adds the charts.
func (p *Pages) growth(ctx context.Context, m *adminview.OverviewPage) error {
	days, err := p.Report.Days(ctx, m.Days)
	if err != nil {
		return err
	}
	l := views.From(ctx).Lang
	money := func(n int64) string { return l.Money(p.money(n)) }
	for _, c := range []struct {
		key   string
		value func(report.Day) int64
		text  func(int64) string
	}{
		{"overview.chart.signups", func(d report.Day) int64 { return d.SignUps }, l.Int},
		{"overview.chart.enrollments", func(d report.Day) int64 { return d.Enrollments }, l.Int},
		{"overview.chart.revenue", func(d report.Day) int64 { return d.Revenue }, money},
	} {
		chart, sum := adminview.Chart{Title: l.T(c.key)}, int64(0)
		for _, d := range days {
			n := c.value(d)
			sum += n
			chart.Bars = append(chart.Bars, views.Bar{Label: l.Day(p.now(ctx), d.Start), Value: n, Text: c.text(n)})
		}
		chart.Total = c.text(sum)
		if !slices.ContainsFunc(chart.Bars, func(b views.Bar) bool { return b.Value != 0 }) {
			chart.Bars = nil
		}
		m.Charts = append(m.Charts, chart)
	}
	return nil
}

// latest adds the last orders and registrations.
func (p *Pages) latest(ctx context.Context, m *adminview.OverviewPage) error {
	orders, err := p.Payments.AdminOrders(ctx, payment.OrderQuery{Limit: latest})
	if err != nil {
		return err
	}
	for _, o := range orders[:min(latest, len(orders))] {
		m.Orders = append(m.Orders, orderLine(o))
	}
	students, err := p.Accounts.Students(ctx, account.StudentQuery{Limit: latest})
	for _, s := range students[:min(latest, len(students))] {
		m.Registered = append(m.Registered, studentRow(s))
	}
	return err
}

func orderLine(o payment.OrderRow) adminview.OrderLine {
	return adminview.OrderLine{Code: o.Code, Title: o.Title, Student: person(o.Student), Price: o.Price, Paid: o.Paid,
		State: state(o.Order, o.Waiting), At: o.CreatedAt}
}
