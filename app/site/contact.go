package site

import (
	"net/http"

	"lectern/app/account"
	"lectern/app/inbox"
	"lectern/app/web"
	"lectern/views"
	siteview "lectern/views/site"
)

// trap is a field that people don't see; what fills it in is a program.
const trap = "homepage"

// Contact is GET /contact, and with sent= the word of thanks for a message.
func (p *Pages) Contact(w http.ResponseWriter, r *http.Request) error {
	m, err := p.contactPage(r)
	if err != nil {
		return err
	}
	if code, ok := inbox.ParseCode(r.URL.Query().Get("sent")); ok {
		m.Code = code
		return web.Render(w, r, http.StatusOK, siteview.ContactSent(m), nil)
	}
	return web.Render(w, r, http.StatusOK, siteview.Contact(m), nil)
}

func (p *Pages) contactPage(r *http.Request) (m siteview.ContactPage, err error) {
	if m.Ask, err = p.ask(r.Context(), ""); err != nil {
		return m, err
	}
	m.Who, err = p.visitor(r)
	return m, err
}

// visitor is what a form about oneself begins with: what the school knows of who is signed in.
func (p *Pages) visitor(r *http.Request) (siteview.Visitor, error) {
	id := web.UserID(r)
	if id == "" {
		return siteview.Visitor{}, nil
	}
	u, err := p.Accounts.Student(r.Context(), id)
	v := siteview.Visitor{Name: u.Name, Email: u.Email}
	if u.Phone != "" {
		v.Phone = account.ShowPhone(u.Phone)
	}
	return v, err
}

// SendMessage is POST /contact.
func (p *Pages) SendMessage(w http.ResponseWriter, r *http.Request) error {
	if err := p.Accounts.Allow(r.Context(), account.Contacts, p.Kit.ClientIP(r)); err != nil {
		return err
	}
	var sent inbox.Message
	err := web.ParseForm(r)
	if err == nil {
		sent, err = p.Inbox.Send(r.Context(), inbox.Form{Name: web.Line(r, "name"), Email: web.Line(r, "email"), Phone: web.Line(r, "phone"),
			Subject: web.Line(r, "subject"), Body: r.PostForm.Get("message"), Trap: web.Line(r, trap), UserID: web.UserID(r)})
	}
	if err == nil {
		p.Wake()
		return web.Redirect(w, r, "/contact?sent="+sent.Code)
	}
	var form *views.Form
	if form, err = web.Failed(r, err); err != nil {
		return err
	}
	m, err := p.contactPage(r)
	if err != nil {
		return err
	}
	m.Form = form
	return web.Render(w, r, http.StatusUnprocessableEntity, siteview.Contact(m), siteview.ContactForm(m))
}
