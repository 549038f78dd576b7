package site

import (
	"net/http"
	"strings"

	"lectern/app/web"
	siteview "lectern/views/site"
)

// ConfirmPage is GET /confirm?next=: where somebody who is signed in gives the password again, for web.Kit.Fresh.
func (p *Pages) ConfirmPage(w http.ResponseWriter, r *http.Request) error {
	return web.Render(w, r, http.StatusOK, siteview.Confirm(confirmPage(r)), nil)
}

func confirmPage(r *http.Request) siteview.ConfirmPage {
	v := web.Viewer(r)
	to := next(r)
	return siteview.ConfirmPage{Name: v.Name, Email: v.Email, Next: to, Kept: strings.Contains(to, "kept=")}
}

// Confirm is POST /confirm.
func (p *Pages) Confirm(w http.ResponseWriter, r *http.Request) error {
	var token string
	err := web.ParseForm(r)
	if err == nil {
		who := web.Who(r)
		token, err = p.Accounts.Confirm(r.Context(), who.Viewer.ID, who.SessionID, r.PostForm.Get("password"), p.client(r))
	}
	m := confirmPage(r)
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
	return p.Kit.Done(w, r, web.SafeNext(m.Next, first(web.Viewer(r).Admin)), said)
}
