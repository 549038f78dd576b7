package site

import (
	"net/http"
	"slices"
	"strings"

	"lectern/app/account"
	"lectern/app/web"
	siteview "lectern/views/site"
)

// LoginPage is GET /login?next=&link=. A link that an admin made shows a button: opening it has no effect.
func (p *Pages) LoginPage(w http.ResponseWriter, r *http.Request) error {
	if link := r.URL.Query().Get("link"); link != "" {
		u, err := p.Accounts.LinkUser(r.Context(), account.LoginLink, link)
		if err != nil {
			return deadLink(w, r, account.LoginLink, err)
		}
		m := siteview.LoginByLinkPage{Name: u.Name, Link: link}
		if v := web.Viewer(r); v != nil && v.ID != u.ID {
			m.Other = v.Name
		}
		return web.Render(w, r, http.StatusOK, siteview.LoginByLink(m), nil)
	}
	if v := web.Viewer(r); v != nil {
		return goOn(w, r, v.Staff())
	}
	return web.Render(w, r, http.StatusOK, siteview.Login(p.loginPage(r)), nil)
}

func (p *Pages) loginPage(r *http.Request) siteview.LoginPage {
	to := next(r)
	return siteview.LoginPage{Next: to, Kept: strings.Contains(to, "kept="), Passkeys: p.Accounts.PasskeysWork()}
}

// Login is POST /login, with a password or with a link.
func (p *Pages) Login(w http.ResponseWriter, r *http.Request) error {
	err := web.ParseForm(r)
	if link := r.PostForm.Get("link"); err == nil && link != "" {
		return p.loginByLink(w, r, link)
	}
	var u account.User
	var token string
	if err == nil {
		u, token, err = p.Accounts.LogIn(r.Context(), web.Line(r, "email"), r.PostForm.Get("password"), ticked(r, "remember"), p.client(r))
	}
	if err == nil {
		if err := p.enter(w, r, token); err != nil {
			return err
		}
		return goOn(w, r, u.Staff())
	}
	if done, err := p.toSecondStep(w, r, err); done {
		return err
	}
	m := p.loginPage(r)
	if m.Form, err = web.Failed(r, err); err != nil {
		return err
	}
	return web.Render(w, r, http.StatusUnprocessableEntity, siteview.Login(m), nil)
}

func (p *Pages) loginByLink(w http.ResponseWriter, r *http.Request, link string) error {
	u, token, err := p.Accounts.LoginByLink(r.Context(), link, p.client(r))
	if done, err := p.toSecondStep(w, r, err); done {
		return err
	}
	if err != nil {
		return deadLink(w, r, account.LoginLink, err)
	}
	if err := p.enter(w, r, token); err != nil {
		return err
	}
	return p.Kit.Done(w, r, first(u.Staff()), "login.done", "name", u.Name)
}

// ticked reads a box. Scripts that say in words that it isn't ticked are understood.
func ticked(r *http.Request, name string) bool {
	return !slices.Contains([]string{"", "0", "false", "no", "off"}, r.PostForm.Get(name))
}

// Logout is POST /logout.
func (p *Pages) Logout(w http.ResponseWriter, r *http.Request) error {
	if id := web.Who(r).SessionID; id != "" {
		if err := p.Accounts.LogOut(r.Context(), id); err != nil {
			return err
		}
	}
	p.Kit.SignOut(w, r)
	return p.Kit.Done(w, r, "/", "logout.done")
}
