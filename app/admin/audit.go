package admin

import (
	"cmp"
	"context"
	"encoding/json"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"lectern/app/account"
	"lectern/app/audit"
	"lectern/app/files/picture"
	"lectern/app/lang"
	"lectern/app/payment/upi"
	"lectern/app/report"
	"lectern/app/web"
	"lectern/views"
	adminview "lectern/views/admin"
)

// auditKinds are the kinds of what a deed can be done to.
var auditKinds = []string{"order", "user", "grant", "course", "setting", "payee", "letter", "message", "internship", "application", "job", "invite", "page", "story", "home", "menu"}

// Audit is GET /admin/audit.
func (p *Pages) Audit(w http.ResponseWriter, r *http.Request) error {
	q := r.URL.Query()
	m := p.auditQuery(q)
	m.After = q.Get("after")
	var err error
	if m.Head, m.SealedTo, err = p.sealed(r.Context()); err != nil {
		return err
	}
	entries, err := p.deeds(r.Context(), m, pageRows+1)
	if err != nil {
		return err
	}
	entries, m.Next = page(entries, pageRows, func(e audit.Entry) string { return e.ID })
	if m.Rows, err = p.auditRows(r.Context(), entries); err != nil {
		return err
	}
	return web.Render(w, r, http.StatusOK, adminview.Audit(m), adminview.AuditList(m))
}

func (p *Pages) auditQuery(q url.Values) adminview.AuditPage {
	return adminview.AuditPage{Q: typed(q.Get("q")), Kind: oneOf(append([]string{""}, auditKinds...), q.Get("kind")), Kinds: auditKinds,
		From: dayOf(q.Get("from")), To: dayOf(q.Get("to"))}
}

// dayOf reads the day of a filter; empty where it is none.
func dayOf(text string) string {
	if _, err := time.Parse(time.DateOnly, text); err != nil {
		return ""
	}
	return text
}

// sealed is the end of the chain, and up to when it reaches.
func (p *Pages) sealed(ctx context.Context) (string, time.Time, error) {
	head, at, err := audit.Sealed(ctx, p.DB.Read())
	return head.Hash, at, err
}

// AuditCSV is GET /admin/audit.csv: what the filters of the page choose.
func (p *Pages) AuditCSV(w http.ResponseWriter, r *http.Request) error {
	m := p.auditQuery(r.URL.Query())
	list := func(ctx context.Context) (rows []audit.Entry, next string, err error) {
		if rows, err = p.deeds(ctx, m, csvRows+1); err == nil {
			rows, next = page(rows, csvRows, func(e audit.Entry) string { return e.ID })
			m.After = next
		}
		return rows, next, err
	}
	columns := []string{"audit.when", "audit.who", "audit.what", "audit.about", "audit.subject", "audit.detail", "audit.network", "audit.request", "audit.id"}
	return download(p, w, r, "audit", columns, list, func(ctx context.Context, e audit.Entry) []string {
		detail, err := json.Marshal(e.Detail)
		if err != nil || len(e.Detail) == 0 {
			detail = nil
		}
		return []string{csvDay(ctx, e.At), e.Actor, e.Action, e.Kind, e.Subject, string(detail), e.Network, e.Request, e.ID}
	})
}

// deeds finds what an admin asks the log for, up to limit rows. A person's name stands there for what he did and for what
// was done to him.
func (p *Pages) deeds(ctx context.Context, m adminview.AuditPage, limit int) ([]audit.Entry, error) {
	f := audit.Query{Kind: m.Kind, After: m.After, Limit: limit}
	zone := views.From(ctx).Zone
	if t, err := time.ParseInLocation(time.DateOnly, m.From, zone); err == nil {
		f.From = t
	}
	if t, err := time.ParseInLocation(time.DateOnly, m.To, zone); err == nil {
		f.To = t.AddDate(0, 0, 1)
	}
	if m.Q == "" {
		return audit.List(ctx, p.DB.Read(), f)
	}
	kind, id, err := p.Report.Find(ctx, named(m.Q)...)
	if err != nil {
		return nil, err
	}
	switch {
	case kind == "user":
		return p.deedsOf(ctx, id, f)
	case kind != "" && m.Kind != "" && kind != m.Kind:
		return nil, nil
	case kind != "":
		f.Kind, f.Subject = kind, id
	case strings.Contains(m.Q, "."):
		f.Action = m.Q
	default: // settings are called by their names
		f.Kind, f.Subject = cmp.Or(m.Kind, "setting"), m.Q
	}
	return audit.List(ctx, p.DB.Read(), f)
}

// named lists what q may be meant for: an id, an order's code, a mail address.
func named(q string) []string {
	words := []string{q}
	if code, ok := upi.ParseCode(q); ok {
		words = append(words, code)
	}
	if _, norm, err := account.NormalEmail(q); err == nil {
		words = append(words, norm)
	}
	return words
}

// deedsOf lists what a user did and what was done to him. They are two lists, since each has its index.
func (p *Pages) deedsOf(ctx context.Context, id string, f audit.Query) ([]audit.Entry, error) {
	did, done := f, f
	did.Actor, done.Subject = id, id
	done.Kind = "user"
	all, err := audit.List(ctx, p.DB.Read(), did)
	if err != nil {
		return nil, err
	}
	if f.Kind == "" || f.Kind == "user" {
		more, err := audit.List(ctx, p.DB.Read(), done)
		if err != nil {
			return nil, err
		}
		all = append(all, more...)
	}
	slices.SortFunc(all, func(a, b audit.Entry) int { return cmp.Compare(b.ID, a.ID) })
	all = slices.CompactFunc(all, func(a, b audit.Entry) bool { return a.ID == b.ID })
	return all[:min(len(all), f.Limit)], nil
}

// historyShown is the number of deeds on a student's page.
const historyShown = 10

// historyOf adds what was done to a student's account.
func (p *Pages) historyOf(ctx context.Context, m *adminview.StudentPage) error {
	entries, err := audit.List(ctx, p.DB.Read(), audit.Query{Kind: "user", Subject: m.ID, Limit: historyShown})
	if err != nil {
		return err
	}
	m.History, err = p.auditRows(ctx, entries)
	return err
}

// auditRows puts names to the ids of entries.
func (p *Pages) auditRows(ctx context.Context, entries []audit.Entry) ([]adminview.AuditRow, error) {
	ids := map[string]bool{}
	for _, e := range entries {
		ids[e.Actor], ids[e.Subject] = true, true
		for _, v := range e.Detail {
			if id, ok := v.(string); ok {
				ids[id] = true
			}
		}
	}
	delete(ids, "")
	things, err := p.Report.Things(ctx, slices.Collect(maps.Keys(ids)))
	if err != nil {
		return nil, err
	}
	rows := make([]adminview.AuditRow, len(entries))
	for i, e := range entries {
		rows[i] = adminview.AuditRow{At: e.At, Who: mentioned(things, e.Actor), Action: e.Action, Network: e.Network}
		if e.Subject != e.Actor {
			rows[i].Kind, rows[i].Subject = e.Kind, mentioned(things, e.Subject)
		}
		if e.Kind == "job" {
			rows[i].Subject = adminview.Mention{Text: views.T(ctx, "job.see"), Href: jobsPath + "/" + e.Subject}
		}
		if e.Kind == "letter" && e.Subject != "" {
			rows[i].Subject.Href = mailPath + "?status=all&q=" + e.Subject
		}
		for _, key := range slices.Sorted(maps.Keys(e.Detail)) {
			if repeats(e, key) {
				continue
			}
			if v := p.detail(ctx, things, key, e.Detail[key]); v.Text != "" {
				rows[i].Detail = append(rows[i].Detail, adminview.Fact{Key: key, Value: v})
			}
		}
	}
	return rows, nil
}

// mentioned names what an id stands for, with the page about it; an id that nothing is known of stands for itself.
func mentioned(things map[string]report.Thing, id string) adminview.Mention {
	t, known := things[id]
	switch {
	case !known:
		return adminview.Mention{Text: id}
	case t.Kind == "grant":
		return adminview.Mention{Text: t.Text + ", " + t.Name, Href: studentsPath + t.User}
	case t.Code != "":
		if t.Kind == "claim" {
			t.Text = upi.Group(t.Text)
		}
		return adminview.Mention{Text: t.Text, Href: ordersPath + "/" + t.Code, Code: true}
	case t.Kind == "user":
		return adminview.Mention{Text: t.Text, Href: studentsPath + t.User}
	case t.Kind == "internship":
		return adminview.Mention{Text: t.Text, Href: postsPath + "/" + id}
	case t.Kind == "application":
		return adminview.Mention{Text: t.Text, Href: applicationsPath + "/" + id}
	case t.Kind == "message":
		return adminview.Mention{Text: t.Text, Href: messagesPath + "/" + id, Code: true}
	case t.Kind == "page":
		return adminview.Mention{Text: t.Text, Href: pagesPath + "/" + id}
	case t.Kind == "course":
		return adminview.Mention{Text: t.Text, Href: coursesPath + "/" + id}
	case t.Kind == "receipt":
		return adminview.Mention{Text: upi.Group(t.Text)}
	}
	return adminview.Mention{Text: t.Text}
}

// repeats reports whether a detail says what the row says already.
func repeats(e audit.Entry, key string) bool {
	switch key {
	case "user", "course":
		return e.Kind == "grant"
	case "receipt":
		return e.Detail["claim"] != nil
	case "drawn":
		return e.Detail["drawn"] == e.Detail["amount"]
	}
	return false
}

// amounts are the details that are money, in the minor unit.
var amounts = []string{"amount", "drawn", "price"}

func (p *Pages) detail(ctx context.Context, things map[string]report.Thing, key string, value any) adminview.Mention {
	l := views.From(ctx).Lang
	switch v := value.(type) {
	case string:
		switch key {
		case "source":
			return adminview.Mention{Text: l.T("student.grant." + v)}
		case "role", "was":
			return adminview.Mention{Text: l.T("staff.role." + v)}
		}
		if _, ok := picture.Parse(v); ok {
			return adminview.Mention{Text: l.T("picture.this"), Href: picture.Prefix + v}
		}
		return mentioned(things, v)
	case float64:
		if slices.Contains(amounts, key) {
			return adminview.Mention{Text: l.Money(lang.Money{Amount: int64(v), Currency: p.Report.Currency})}
		}
		return adminview.Mention{Text: l.Int(int64(v))}
	case bool:
		if v {
			return adminview.Mention{Text: l.T("audit.yes")}
		}
	}
	return adminview.Mention{}
}
