package site

import (
	"encoding/json"
	"errors"
	"net/http"
	"net/url"

	"lectern/app/account"
	"lectern/app/fault"
	"lectern/app/web"
	siteview "lectern/views/site"
)

// toSecondStep sends who gave the first factor of a login on to the second. Other errors come back.
func (p *Pages) toSecondStep(w http.ResponseWriter, r *http.Request, err error) (bool, error) {
	var second *account.SecondStep
	if !errors.As(err, &second) {
		return false, err
	}
	p.Kit.SetStep(w, second.Token)
	path := "/login/code"
	if to := next(r); to != "" {
		path += "?" + url.Values{"next": {to}}.Encode()
	}
	return true, web.Redirect(w, r, path)
}

// CodePage is GET /login/code?next=: the second step of a login.
func (p *Pages) CodePage(w http.ResponseWriter, r *http.Request) error {
	m, err := p.codePage(r)
	if err != nil {
		return p.noStep(w, r, err)
	}
	return web.Render(w, r, http.StatusOK, siteview.Code(m), nil)
}

func (p *Pages) codePage(r *http.Request) (siteview.CodePage, error) {
	u, err := p.Accounts.Waiting(r.Context(), p.Kit.Step(r))
	if err != nil {
		return siteview.CodePage{}, err
	}
	m := siteview.CodePage{Name: u.Name, Next: next(r)}
	all, _, err := p.Accounts.Factors(r.Context(), u.ID)
	m.App, m.Passkey = has(all, account.TOTP), p.Accounts.PasskeysWork() && has(all, account.Passkey)
	return m, err
}

func has(all []account.Factor, kind string) bool {
	for _, f := range all {
		if f.Kind == kind {
			return true
		}
	}
	return false
}

// noStep sends who has no login that waits, or whose waited for too long, to log in; other errors come back.
func (p *Pages) noStep(w http.ResponseWriter, r *http.Request, err error) error {
	if !fault.Is(err, fault.NotFound) {
		return err
	}
	p.Kit.EndStep(w)
	path := "/login"
	if to := next(r); to != "" {
		path += "?" + url.Values{"next": {to}}.Encode()
	}
	return p.Kit.Refused(w, r, path, "code.dead")
}

// Code is POST /login/code, with a code or a passkey's answer.
func (p *Pages) Code(w http.ResponseWriter, r *http.Request) error {
	err := web.ParseForm(r)
	var u account.User
	var token string
	if err == nil {
		u, token, err = p.Accounts.Continue(r.Context(), p.Kit.Step(r), answer(r), p.client(r))
	}
	if err == nil {
		return p.stepped(w, r, u, token)
	}
	form, err := web.Failed(r, err)
	if err != nil {
		return p.noStep(w, r, err)
	}
	m, err := p.codePage(r)
	if err != nil {
		return p.noStep(w, r, err)
	}
	m.Form = form
	return web.Render(w, r, http.StatusUnprocessableEntity, siteview.Code(m), nil)
}

func answer(r *http.Request) account.Answer {
	return account.Answer{Code: web.Line(r, "code"), Passkey: r.PostForm.Get("passkey")}
}

// stepped lets in who took the last step.
func (p *Pages) stepped(w http.ResponseWriter, r *http.Request, u account.User, token string) error {
	p.Kit.EndStep(w)
	if err := p.enter(w, r, token); err != nil {
		return err
	}
	p.Wake()
	return goOn(w, r, u.Staff())
}

// AskPasskey is POST /login/passkey/question: what the page's script hands to the browser, as JSON. It is of the account
// whose login waits, else of any.
func (p *Pages) AskPasskey(w http.ResponseWriter, r *http.Request) error {
	options, token, err := p.Accounts.AskPasskey(r.Context(), p.Kit.Step(r), "", p.client(r))
	return p.question(w, options, token, err)
}

// question answers a script with a question for a passkey.
func (p *Pages) question(w http.ResponseWriter, options json.RawMessage, token string, err error) error {
	if err != nil {
		return err
	}
	p.Kit.SetStep(w, token)
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	_, err = w.Write(options) // #nosec G705 -- JSON, and said to be
	return err
}

// LoginByPasskey is POST /login/passkey: a login without a password.
func (p *Pages) LoginByPasskey(w http.ResponseWriter, r *http.Request) error {
	err := web.ParseForm(r)
	var u account.User
	var token string
	if err == nil {
		u, token, err = p.Accounts.LogInByPasskey(r.Context(), p.Kit.Step(r), r.PostForm.Get("passkey"), ticked(r, "remember"), p.client(r))
	}
	if err == nil {
		return p.stepped(w, r, u, token)
	}
	m := p.loginPage(r)
	if m.Form, err = web.Failed(r, err); err != nil {
		return err
	}
	return web.Render(w, r, http.StatusUnprocessableEntity, siteview.Login(m), nil)
}
