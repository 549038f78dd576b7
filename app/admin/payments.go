package admin

import (
	"cmp"
	"context"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"golang.org/x/sync/errgroup"

	"lectern/app/fault"
	"lectern/app/lang"
	"lectern/app/payment"
	"lectern/app/web"
	"lectern/views"
	adminview "lectern/views/admin"
)

const (
	paymentsPath = "/admin/payments"
	pageRows     = 50
	chartDays    = 14
)

// Queue is GET /admin/payments.
func (p *Pages) Queue(w http.ResponseWriter, r *http.Request) error {
	m, err := p.queuePage(r.Context(), r.URL.Query())
	if err != nil {
		return err
	}
	if id := r.URL.Query().Get("batch"); id != "" {
		if m.Batch, err = p.batch(r.Context(), id); err != nil {
			return err
		}
	}
	if token := r.URL.Query().Get("kept"); token != "" {
		p.giveBack(r.Context(), token, &m)
	}
	return web.Render(w, r, http.StatusOK, adminview.Payments(m), adminview.PaymentList(m))
}

// giveBack puts what was typed when the session ran out where it was typed: into the bank's text, the ticks, or a row.
func (p *Pages) giveBack(ctx context.Context, token string, m *adminview.PaymentsPage) {
	if kept, ok := p.Accounts.KeptForm(ctx, token, paymentsPath+"/match"); ok {
		m.Text, m.Kept = kept.Get("text"), true
	}
	ticked, bulk := p.Accounts.KeptForm(ctx, token, paymentsPath+"/verify")
	m.Kept = m.Kept || bulk
	for _, g := range m.Groups {
		for i := range g.Claims {
			c := &g.Claims[i]
			c.Ticked = slices.Contains(ticked["id"], c.ID)
			for _, step := range []string{"verify", "not-seen", "reject"} {
				if kept, ok := p.Accounts.KeptForm(ctx, token, paymentsPath+"/"+c.ID+"/"+step); ok {
					c.Failed, c.Form, m.Kept = step, &views.Form{Values: kept}, true
				}
			}
		}
	}
}

// queuePage is the page of claims that a query chooses.
func (p *Pages) queuePage(ctx context.Context, q url.Values) (adminview.PaymentsPage, error) {
	m := adminview.PaymentsPage{Q: typed(q.Get("q")), Status: oneOf(adminview.PaymentStatuses, q.Get("status")), After: q.Get("after")}
	var both errgroup.Group // a large school's figures take as long as its list
	both.Go(func() (err error) {
		m.Counts, err = p.counts(ctx)
		return err
	})
	rows, err := p.Payments.Queue(ctx, payment.QueueQuery{Q: m.Q, Status: m.Status, After: m.After, Limit: pageRows})
	if err := cmp.Or(both.Wait(), err); err != nil {
		return m, err
	}
	rows, m.Next = page(rows, pageRows, func(c payment.QueueRow) string { return c.ID })
	m.Groups = p.groups(ctx, rows, m)
	return m, nil
}

// groups puts claims that are to be checked under their payee, in the order of their first; others stay in one list.
func (p *Pages) groups(ctx context.Context, rows []payment.QueueRow, m adminview.PaymentsPage) []adminview.Group {
	var groups []adminview.Group
	place := map[string]int{}
	for _, c := range rows {
		payee := c.Payee
		if !m.Grouped() {
			payee = ""
		}
		i, ok := place[payee]
		if !ok {
			i = len(groups)
			place[payee] = i
			groups = append(groups, adminview.Group{PayeeSum: adminview.PayeeSum{Payee: payee}})
		}
		groups[i].Claims = append(groups[i].Claims, p.claimRow(ctx, c))
	}
	if m.Status == "" && m.Q == "" {
		for _, s := range m.Counts.Payees {
			if i, ok := place[s.Payee]; ok {
				groups[i].PayeeSum = s
			}
		}
	}
	return groups
}

// counts are the figures above the queue.
func (p *Pages) counts(ctx context.Context) (adminview.Counts, error) {
	now := p.now(ctx)
	o, err := p.Payments.Overview(ctx, now)
	if err != nil {
		return adminview.Counts{}, err
	}
	c := adminview.Counts{Waiting: o.Count, Sum: o.Sum, Oldest: o.Oldest, Today: o.Today, TodaySum: o.TodaySum}
	for _, s := range o.Payees {
		c.Payees = append(c.Payees, adminview.PayeeSum(s))
	}
	days, err := p.Report.Days(ctx, chartDays)
	for _, d := range days {
		l := views.From(ctx).Lang
		revenue := lang.Money{Amount: d.Revenue, Currency: o.TodaySum.Currency}
		c.Revenue = append(c.Revenue, views.Bar{Label: l.Day(now, d.Start), Value: d.Revenue, Text: l.Money(revenue)})
	}
	return c, err
}

// VerifyMany is POST /admin/payments/verify.
func (p *Pages) VerifyMany(w http.ResponseWriter, r *http.Request) error {
	err := web.ParseForm(r)
	batch := ""
	if err == nil {
		batch, err = p.Payments.VerifyMany(r.Context(), web.UserID(r), r.PostForm["id"])
		p.Wake()
	}
	if err == nil {
		return web.Redirect(w, r, paymentsPath+"?batch="+batch)
	}
	form, err := web.Failed(r, err)
	if err != nil {
		return err
	}
	m, err := p.queuePage(r.Context(), nil)
	if err != nil {
		return err
	}
	m.Form = &views.Form{Errors: map[string]lang.Msg{"": form.Errors["id"]}}
	return web.Render(w, r, http.StatusUnprocessableEntity, adminview.Payments(m), nil)
}

// batch is what "verify selected" did, those first that ask for something.
func (p *Pages) batch(ctx context.Context, id string) (*adminview.Batch, error) {
	rows, err := p.Payments.Batch(ctx, id)
	if fault.Is(err, fault.NotFound) {
		return nil, nil // results are kept for a month; the queue is what the address is of
	}
	if err != nil {
		return nil, err
	}
	b := &adminview.Batch{}
	for _, r := range rows {
		line := adminview.BatchRow{Name: r.Name, OrderCode: r.OrderCode, Title: r.Title, Reference: reference(r.Reference), Amount: r.Amount}
		if r.OK() {
			line.Key = "batch." + r.Outcome
			if r.Kind == payment.Internship && r.Outcome == payment.Verified {
				line.Key += ".internship"
			}
			b.Good = append(b.Good, line)
			continue
		}
		line.Key, line.Advice = r.Outcome, advice(r.Outcome)
		b.Bad = append(b.Bad, line)
	}
	return b, nil
}

// advice is the key of what to do about a claim that couldn't be verified for the reason with that key.
func advice(outcome string) string {
	switch outcome {
	case "fault.conflict", "payment.claim.none", "payment.receipt.used_up", "payment.order.newer", "payment.batch.broke":
		return "batch.do." + outcome[strings.LastIndexByte(outcome, '.')+1:]
	}
	return "batch.do.look"
}

// typed is a search as anybody means one: a line of text.
func typed(q string) string {
	q = strings.Join(strings.Fields(strings.ToValidUTF8(q, "")), " ")
	if r := []rune(q); len(r) > 200 {
		return string(r[:200])
	}
	return q
}
