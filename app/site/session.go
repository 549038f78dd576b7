package site

import (
	"net/http"
	"time"

	"lectern/app/account"
	"lectern/app/fault"
	"lectern/app/web"
	siteview "lectern/views/site"
)

// first is the page that a person begins on.
func first(staff bool) string {
	if staff {
		return "/admin"
	}
	return "/dashboard"
}

// next is where a visitor was going when he was sent to log in; empty when nowhere, or nowhere of ours.
func next(r *http.Request) string { return web.SafeNext(r.FormValue("next"), "") }

// goOn takes who is signed in to where he was going.
func goOn(w http.ResponseWriter, r *http.Request, staff bool) error {
	return web.Redirect(w, r, web.SafeNext(next(r), first(staff)))
}

// enter puts a session that has just begun in place of the one that the browser had, if any.
func (p *Pages) enter(w http.ResponseWriter, r *http.Request, token string) error {
	if old := web.Who(r).SessionID; old != "" {
		if err := p.Accounts.LogOut(r.Context(), old); err != nil {
			return err
		}
	}
	_, u, err := p.Accounts.Session(r.Context(), token)
	if err != nil {
		return err
	}
	device, err := p.Accounts.Meet(r.Context(), u, p.Kit.Device(r), device(r.Context(), r.UserAgent()))
	if err != nil {
		return err
	}
	p.Kit.SetDevice(w, device)
	p.Wake()
	return p.keep(w, r, token)
}

// keep gives the browser the token of its session, for as long as that can last if it is a remembered one.
func (p *Pages) keep(w http.ResponseWriter, r *http.Request, token string) error {
	s, _, err := p.Accounts.Session(r.Context(), token)
	if err != nil {
		return err
	}
	var life time.Duration
	if s.Remember {
		life = s.Expires.Sub(p.Now())
	}
	p.Kit.SignIn(w, r, token, life)
	return nil
}

// deadLink answers for a mailed or sent link that doesn't work, with the way to another; other errors come back.
func deadLink(w http.ResponseWriter, r *http.Request, kind string, err error) error {
	if !fault.Is(err, fault.NotFound) {
		return err
	}
	m := siteview.DeadLinkPage{Kind: kind}
	switch kind {
	case account.ResetLink:
		m.Href = "/password/forgot"
	case account.VerifyLink:
		m.Href = "/account" // where the button to send another is; through the login, if need be
	default:
		m.Href = "/login"
	}
	return web.Render(w, r, http.StatusNotFound, siteview.DeadLink(m), nil)
}
