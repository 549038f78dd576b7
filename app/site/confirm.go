package site

import (
	"net/http"
	"strings"

	"lectern/app/account"
	"lectern/app/web"
	siteview "lectern/views/site"
)

// ConfirmPage is GET /confirm?next=: where somebody who is signed in gives the password again, for web.Kit.Fresh.
func (p *Pages) ConfirmPage(w http.ResponseWriter, r *http.Request) error {
	m, err := p.confirmPage(r)
	if err != nil {
		return err
	}
	return web.Render(w, r, http.StatusOK, siteview.Confirm(m), nil)
}

func (p *Pages) confirmPage(r *http.Request) (siteview.ConfirmPage, error) {
	v := web.Viewer(r)
	to := next(r)
	m := siteview.ConfirmPage{Name: v.Name, Email: v.Email, Next: to, Kept: strings.Contains(to, "kept="), Factor: web.Who(r).Factor}
	all, _, err := p.Accounts.Factors(r.Context(), v.ID)
	m.App, m.Passkey = has(all, account.TOTP), p.Accounts.PasskeysWork() && has(all, account.Passkey)
	return m, err
}

// AskToConfirm is POST /confirm/question, for the page's script.
func (p *Pages) AskToConfirm(w http.ResponseWriter, r *http.Request) error {
	options, token, err := p.Accounts.AskPasskey(r.Context(), "", web.UserID(r), p.client(r))
	return p.question(w, options, token, err)
}

// Confirm is POST /confirm.
func (p *Pages) Confirm(w http.ResponseWriter, r *http.Request) error {
	var token string
	err := web.ParseForm(r)
	if err == nil {
		who := web.Who(r)
		token, err = p.Accounts.Confirm(r.Context(), who.Viewer.ID, who.SessionID,
			account.Proof{Password: r.PostForm.Get("password"), Answer: answer(r), Step: p.Kit.Step(r)}, p.client(r))
	}
	m, pageErr := p.confirmPage(r)
	if pageErr != nil {
		return pageErr
	}
	if err != nil {
		if m.Form, err = web.Failed(r, err); err != nil {
			return err
		}
		return web.Render(w, r, http.StatusUnprocessableEntity, siteview.Confirm(m), nil)
	}
	if err := p.keep(w, r, token); err != nil {
		return err
	}
	said := "confirm.done"
	if m.Kept {
		said = "confirm.done.kept"
	}
	return p.Kit.Done(w, r, web.SafeNext(m.Next, first(web.Viewer(r).Staff())), said)
}
