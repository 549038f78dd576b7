package admin

import (
	"net/http"

	"lectern/app/lang"
	"lectern/app/mail"
	"lectern/app/web"
	"lectern/views"
	adminview "lectern/views/admin"
)

const mailPath = "/admin/mail"

var mailStatuses = []string{"queued", "sent", "failed", "all"}

// Letters is GET /admin/mail.
func (p *Pages) Letters(w http.ResponseWriter, r *http.Request) error {
	ctx, q := r.Context(), r.URL.Query()
	s, err := p.Mail.Status(ctx)
	if err != nil {
		return err
	}
	m := adminview.MailPage{Notices: mailNotices(ctx, s), Queued: s.Queued, Failed: s.Failed, Sent: s.SentToday, PerDay: s.PerDay, Oldest: s.Oldest,
		Paused: !s.PausedUntil.IsZero(), Q: typed(q.Get("q")), Status: oneOf(mailStatuses, q.Get("status")), After: q.Get("after")}
	f := mail.Filter{Status: m.Status, Q: m.Q, After: m.After, Limit: pageRows}
	if f.Status == "all" {
		f.Status = ""
	}
	letters, err := mail.List(ctx, p.DB.Read(), f)
	if err != nil {
		return err
	}
	letters, m.Next = page(letters, pageRows, func(l mail.Row) string { return l.ID })
	for _, l := range letters {
		m.Rows = append(m.Rows, mailRow(views.From(ctx).Lang, l))
	}
	return web.Render(w, r, http.StatusOK, adminview.Mail(m), adminview.MailList(m))
}

func mailRow(l *lang.Lang, r mail.Row) adminview.MailRow {
	return adminview.MailRow{ID: r.ID, Kind: mail.KindName(l, r.Kind), Person: adminview.Person{ID: r.UserID, Name: r.Name, Email: r.Address},
		Status: r.Status, Attempts: r.Attempts, At: r.CreatedAt, Next: r.RunAt, Sent: r.SentAt, Answer: r.LastError}
}

// RetryMail is POST /admin/mail/{id}/retry.
func (p *Pages) RetryMail(w http.ResponseWriter, r *http.Request) error {
	if err := mail.Retry(r.Context(), p.DB, r.PathValue("id"), web.UserID(r), p.Now()); err != nil {
		return err
	}
	p.Wake()
	return p.Kit.Done(w, r, mailPath, "outbox.retried", "n", 1)
}

// RetryAllMail is POST /admin/mail/retry.
func (p *Pages) RetryAllMail(w http.ResponseWriter, r *http.Request) error {
	n, err := mail.RetryAll(r.Context(), p.DB, web.UserID(r), p.Now())
	if err != nil {
		return err
	}
	p.Wake()
	if n == 0 {
		return p.Kit.Done(w, r, mailPath, "outbox.going_on")
	}
	return p.Kit.Done(w, r, mailPath, "outbox.retried", "n", n)
}
