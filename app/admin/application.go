package admin

import (
	"net/http"
	"net/url"

	"lectern/app/db"
	"lectern/app/fault"
	"lectern/app/internship"
	"lectern/app/lang"
	"lectern/app/web"
	"lectern/views"
	adminview "lectern/views/admin"
)

// Application is GET /admin/applications/{id}?kept=: who opens an application has seen it.
func (p *Pages) Application(w http.ResponseWriter, r *http.Request) error {
	ctx, id := r.Context(), r.PathValue("id")
	if err := p.Internships.See(ctx, web.UserID(r), id); err != nil {
		return err
	}
	m, err := p.applicationPage(r)
	if err != nil {
		return err
	}
	if token := r.URL.Query().Get("kept"); token != "" {
		for form, step := range map[string]string{"decide": "/status", "note": "/notes"} {
			if kept, ok := p.Accounts.KeptForm(ctx, token, applicationsPath+"/"+id+step); ok {
				m.Open, m.Form, m.Kept = openForm(form, kept), &views.Form{Values: kept}, true
			}
		}
	}
	return web.Render(w, r, http.StatusOK, adminview.Application(m), nil)
}

// openForm names the form that stands open: a decision's by what it decides.
func openForm(form string, values url.Values) string {
	if form == "decide" && values.Get("form") != "" {
		return values.Get("form")
	}
	return form
}

func (p *Pages) applicationPage(r *http.Request) (adminview.ApplicationPage, error) {
	ctx := r.Context()
	f, err := p.Internships.File(ctx, r.PathValue("id"))
	if err != nil {
		return adminview.ApplicationPage{}, err
	}
	m := adminview.ApplicationPage{ApplicationLine: applicationLine(f.Row), Text: f.CoverLetter, Line: f.Line, Told: f.Told, Letter: f.Letter, Once: db.NewID(),
		DecidedAt: f.DecidedAt, Decider: f.Decider}
	if f.Phone != "" {
		m.Chat = views.WhatsApp(f.Phone, views.T(ctx, "application.chat.text", "name", f.Name, "site", views.From(ctx).Site.Name, "title", f.Post.Title))
	}
	if f.Holder != "" {
		m.Account = &adminview.MessageAccount{ID: f.Holder, Name: f.Account, Sure: f.UserID != ""}
	}
	for _, n := range f.Notes {
		m.Notes = append(m.Notes, adminview.MessageEntry{ID: n.ID, Kind: "note", Text: n.Body, By: n.By, At: n.At, Removed: n.RemovedAt})
	}
	for _, o := range f.Others {
		m.Others = append(m.Others, applicationLine(o))
	}
	return m, nil
}

// onApplication runs a step on the application of the address and says what was done. What can't be done is said on its
// page, with what was typed into the form of that name.
func (p *Pages) onApplication(w http.ResponseWriter, r *http.Request, form string, do func(id string) (lang.Msg, error)) error {
	id, err := r.PathValue("id"), web.ParseForm(r)
	var did lang.Msg
	if err == nil {
		did, err = do(id)
	}
	if err == nil {
		p.Wake()
		return p.Kit.Done(w, r, applicationsPath+"/"+url.PathEscape(id), did.Key, did.Args...)
	}
	status, trouble, failed := http.StatusConflict, message(err), (*views.Form)(nil)
	if !fault.Is(err, fault.Conflict) {
		status, trouble = http.StatusUnprocessableEntity, lang.Msg{}
		if failed, err = web.Failed(r, err); err != nil {
			return err
		}
	}
	m, err := p.applicationPage(r)
	if err != nil {
		return err
	}
	m.Trouble, m.Open, m.Form = trouble, openForm(form, r.PostForm), failed
	return web.Render(w, r, status, adminview.Application(m), nil)
}

// Decide is POST /admin/applications/{id}/status.
func (p *Pages) Decide(w http.ResponseWriter, r *http.Request) error {
	return p.onApplication(w, r, "decide", func(id string) (lang.Msg, error) {
		d := internship.Decision{From: web.Line(r, "from"), To: web.Line(r, "status"), Line: r.PostFormValue("line"), Tell: r.PostFormValue("tell") != ""}
		did := lang.M("application.did." + d.To)
		if d.Tell && d.To != internship.Shortlisted {
			did = lang.M("application.did.told", "what", did)
		}
		return did, p.Internships.Decide(r.Context(), web.UserID(r), id, d)
	})
}

// NoteApplication is POST /admin/applications/{id}/notes.
func (p *Pages) NoteApplication(w http.ResponseWriter, r *http.Request) error {
	return p.onApplication(w, r, "note", func(id string) (lang.Msg, error) {
		return lang.M("message.did.note"), p.Internships.AddNote(r.Context(), web.UserID(r), id, r.PostFormValue("note"), r.PostFormValue("once"))
	})
}

// RemoveApplicationNote is POST /admin/applications/{id}/notes/{note}/remove, and with back the way back.
func (p *Pages) RemoveApplicationNote(back bool) web.Handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		return p.onApplication(w, r, "", func(id string) (lang.Msg, error) {
			err := p.Internships.RemoveNote(r.Context(), web.UserID(r), id, r.PathValue("note"), back)
			if back {
				return lang.M("message.did.back"), err
			}
			return lang.M("message.did.removed"), err
		})
	}
}
