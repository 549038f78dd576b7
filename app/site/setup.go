package site

import (
	"context"
	"net/http"

	"lectern/app/account"
	"lectern/app/fault"
	"lectern/app/web"
	siteview "lectern/views/site"
)

// SetupPage is GET /setup/{token}: where the first admin is made, or an invite to the staff is accepted.
func (p *Pages) SetupPage(w http.ResponseWriter, r *http.Request) error {
	if m, err := p.invitePage(r); err == nil {
		return web.Render(w, r, http.StatusOK, siteview.Invite(m), nil)
	} else if !fault.Is(err, fault.NotFound) {
		return err
	}
	if err := p.Accounts.CheckToken(r.Context(), account.SetupLink, r.PathValue("token")); err != nil {
		return deadLink(w, r, account.SetupLink, err)
	}
	return web.Render(w, r, http.StatusOK, siteview.Setup(p.setupPage(r)), nil)
}

func (p *Pages) setupPage(r *http.Request) siteview.SetupPage {
	return siteview.SetupPage{Action: r.URL.Path, Least: p.Accounts.PasswordLength(true)}
}

// Setup is POST /setup/{token}.
func (p *Pages) Setup(w http.ResponseWriter, r *http.Request) error {
	if m, err := p.invitePage(r); err == nil {
		return p.accept(w, r, m)
	} else if !fault.Is(err, fault.NotFound) {
		return err
	}
	var token string
	err := web.ParseForm(r)
	if err == nil {
		form := account.SetupForm{Name: web.Line(r, "name"), Email: web.Line(r, "email"), Password: r.PostForm.Get("password")}
		_, token, err = p.Accounts.Setup(r.Context(), r.PathValue("token"), form, p.client(r))
	}
	if err == nil {
		p.Wake()
		if err := p.enter(w, r, token); err != nil {
			return err
		}
		return p.Kit.Done(w, r, p.begin(r.Context()), "setup.done")
	}
	if done, err := p.toSecondStep(w, r, err); done {
		return err
	}
	m := p.setupPage(r)
	if m.Form, err = web.Failed(r, err); err != nil {
		return deadLink(w, r, account.SetupLink, err)
	}
	return web.Render(w, r, http.StatusUnprocessableEntity, siteview.Setup(m), siteview.SetupForm(m))
}

// invitePage is the page of the invite behind the link of the address. NotFound where there is none that works.
func (p *Pages) invitePage(r *http.Request) (siteview.InvitePage, error) {
	i, known, err := p.Accounts.OpenInvite(r.Context(), r.PathValue("token"))
	m := siteview.InvitePage{Action: r.URL.Path, Name: i.Name, Email: i.Email, Role: i.Role, By: i.By, Least: p.Accounts.PasswordLength(true)}
	switch v := web.Viewer(r); {
	case err != nil || known.ID == "":
	case v == nil:
		m.Known = true
	case v.ID != known.ID:
		m.Known, m.Other = true, v.Name
	default:
		m.Joins = true
	}
	return m, err
}

// accept takes an invite up: with a new account, or for the one that is logged in.
func (p *Pages) accept(w http.ResponseWriter, r *http.Request, m siteview.InvitePage) error {
	session, err := "", web.ParseForm(r)
	switch token := r.PathValue("token"); {
	case err != nil:
	case m.Joins:
		if session, err = p.Accounts.JoinStaff(r.Context(), token, web.UserID(r), web.Who(r).SessionID); err == nil {
			err = p.keep(w, r, session)
		}
	default:
		form := account.SetupForm{Name: web.Line(r, "name"), Password: r.PostForm.Get("password")}
		if _, session, err = p.Accounts.AcceptInvite(r.Context(), token, form, p.client(r)); err == nil {
			err = p.enter(w, r, session)
		}
	}
	if err == nil {
		p.Wake()
		return p.Kit.Done(w, r, first(true), "staff.accept.done")
	}
	if fault.Is(err, fault.Conflict) { // the address has an account, since a moment or since ever: the page says so
		if m, err = p.invitePage(r); err != nil {
			return deadLink(w, r, account.SetupLink, err)
		}
		return web.Render(w, r, http.StatusConflict, siteview.Invite(m), nil)
	}
	if m.Form, err = web.Failed(r, err); err != nil {
		return deadLink(w, r, account.SetupLink, err)
	}
	return web.Render(w, r, http.StatusUnprocessableEntity, siteview.Invite(m), siteview.InviteForm(m))
}

// begin is where the first admin begins: an empty school leads by the hand.
func (p *Pages) begin(ctx context.Context) string {
	if stats, err := p.Catalog.Stats(ctx); err == nil && stats.Courses == 0 {
		return "/admin/start"
	}
	return first(true)
}
