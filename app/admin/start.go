package admin

import (
	"context"
	"net/http"
	"slices"
	"strings"

	"lectern/app/fault"
	"lectern/app/mail"
	"lectern/app/school"
	"lectern/app/web"
	"lectern/views"
	adminview "lectern/views/admin"
)

const startPath = "/admin/start"

// The steps of a new school, in their order, and the settings that one says in them.
var (
	startSteps  = []string{"name", "contact", "payee", "mail", "course"}
	startFields = map[string][]string{"name": {"site_name", "site_tagline", "accent"}, "contact": {"contact_email", "contact_phone", "contact_location"}}
)

// Start is GET /admin/start and /admin/start/{step}?kept=: one thing after the other that a new school needs, the first
// that isn't done or the one that the address names.
func (p *Pages) Start(w http.ResponseWriter, r *http.Request) error {
	m, err := p.startPage(r, r.PathValue("step"))
	if err != nil {
		return err
	}
	if token := r.URL.Query().Get("kept"); token != "" {
		for _, action := range []string{startPath + "/" + m.Step, payeesPath} {
			if values, ok := p.Accounts.KeptForm(r.Context(), token, action); ok {
				m.Form = &views.Form{Values: values}
			}
		}
	}
	return web.Render(w, r, http.StatusOK, adminview.Start(m), adminview.StartStep(m))
}

// SaveStart is POST /admin/start/{step}: the steps that are settings.
func (p *Pages) SaveStart(w http.ResponseWriter, r *http.Request) error {
	step := r.PathValue("step")
	if len(startFields[step]) == 0 {
		return fault.New(fault.NotFound, "fault.not_found")
	}
	err := web.ParseForm(r)
	if err == nil {
		err = p.saveSettings(r)
	}
	if err == nil {
		return p.Kit.Done(w, r, startPath+"/"+after(step), "start.saved."+step)
	}
	status, form, err := failed(r, err)
	if err != nil {
		return err
	}
	return p.startFailed(w, r, step, status, form)
}

func (p *Pages) startFailed(w http.ResponseWriter, r *http.Request, step string, status int, form *views.Form) error {
	m, err := p.startPage(r, step)
	if err != nil {
		return err
	}
	m.Form = form
	onPage(w, r, status, "step")
	return web.Render(w, r, status, adminview.Start(m), adminview.StartStep(m))
}

// TestMail is POST /admin/start/mail: a letter to the admin, sent as all are.
func (p *Pages) TestMail(w http.ResponseWriter, r *http.Request) error {
	if err := mail.SendTest(r.Context(), p.DB, web.UserID(r), p.Now()); err != nil {
		return err
	}
	p.Wake()
	return p.Kit.Done(w, r, startPath+"/mail", "start.mail.written", "email", web.Viewer(r).Email)
}

// after is the step that follows.
func after(step string) string {
	return startSteps[min(slices.Index(startSteps, step)+1, len(startSteps)-1)]
}

// steps tells which of them are done.
func (p *Pages) steps(ctx context.Context) ([]adminview.FirstStep, error) {
	s, err := p.School.Get(ctx)
	if err != nil {
		return nil, err
	}
	sending, err := p.Mail.Status(ctx)
	if err != nil {
		return nil, err
	}
	courses, err := p.Catalog.Stats(ctx)
	d, _ := school.Described("site_name")
	done := map[string]bool{"name": s.SiteName != d.Default, "contact": s.ContactEmail != "" || s.ContactPhone != "",
		"payee": views.From(ctx).Site.OnlinePayment, "mail": sending.Ready && sending.Problem == nil, "course": courses.Courses > 0}
	var list []adminview.FirstStep
	for _, name := range startSteps {
		list = append(list, adminview.FirstStep{Name: name, Href: startPath + "/" + name, Done: done[name]})
	}
	return list, err
}

// firstSteps adds to the overview what a new school has to do, until all is done or the list is hidden.
func (p *Pages) firstSteps(ctx context.Context, m *adminview.OverviewPage) error {
	s, err := p.School.Get(ctx)
	if err != nil || !s.FirstSteps {
		return err
	}
	list, err := p.steps(ctx)
	if slices.ContainsFunc(list, func(s adminview.FirstStep) bool { return !s.Done }) {
		m.FirstSteps = list
	}
	return err
}

func (p *Pages) startPage(r *http.Request, step string) (adminview.StartPage, error) {
	ctx := r.Context()
	list, err := p.steps(ctx)
	if err != nil {
		return adminview.StartPage{}, err
	}
	if step == "" {
		step = startSteps[0]
		if i := slices.IndexFunc(list, func(s adminview.FirstStep) bool { return !s.Done }); i > 0 {
			step = startSteps[i]
		}
	}
	n := slices.Index(startSteps, step)
	if n < 0 {
		return adminview.StartPage{}, fault.New(fault.NotFound, "fault.not_found")
	}
	m := adminview.StartPage{Steps: list, Step: step, N: n + 1, Me: web.Viewer(r).Email}
	if n+1 < len(startSteps) {
		m.Next = startPath + "/" + after(step)
	}
	values, err := p.School.Values(ctx)
	if err != nil {
		return m, err
	}
	for _, name := range startFields[step] {
		d, _ := school.Described(name)
		m.Fields = append(m.Fields, settingField(d, values[name]))
	}
	m.Preview = p.preview(ctx, values)
	switch step {
	case "payee":
		m.Payees, err = p.payees(ctx, "")
	case "mail":
		err = p.startMail(ctx, web.UserID(r), &m)
	case "course":
		stats, failed := p.Catalog.Stats(ctx)
		m.Courses, err = stats.Courses, failed
	}
	return m, err
}

// startMail tells how sending stands, and how the last test went.
func (p *Pages) startMail(ctx context.Context, me string, m *adminview.StartPage) error {
	s, err := p.Mail.Status(ctx)
	if err != nil {
		return err
	}
	m.MailReady, m.Notices = s.Ready, mailNotices(ctx, s)
	letter, sent, err := mail.LastTest(ctx, p.DB.Read(), me)
	if sent {
		row := mailRow(views.From(ctx).Lang, letter)
		m.Test = &row
	}
	return err
}

// isStart tells whether a form came from the first steps.
func isStart(r *http.Request) bool { return strings.HasPrefix(r.PostFormValue("next"), startPath+"/") }
