package site

import (
	"net/http"
	"net/url"
	"strconv"

	"lectern/app/account"
	"lectern/app/fault"
	"lectern/app/web"
	"lectern/views"
	siteview "lectern/views/site"
)

// ForgotPage is GET /password/forgot?next=, and with sent=1 what to do while the link is on its way.
func (p *Pages) ForgotPage(w http.ResponseWriter, r *http.Request) error {
	m, err := p.forgotPage(r)
	if err != nil {
		return err
	}
	if r.URL.Query().Get("sent") != "" {
		return web.Render(w, r, http.StatusOK, siteview.ForgotSent(m), nil)
	}
	return web.Render(w, r, http.StatusOK, siteview.Forgot(m), nil)
}

func (p *Pages) forgotPage(r *http.Request) (m siteview.ForgotPage, err error) {
	m.Next = next(r)
	m.Ask, err = p.ask(r.Context(), "")
	return m, err
}

// Forgot is POST /password/forgot. It leads to the same page for known and unknown addresses.
func (p *Pages) Forgot(w http.ResponseWriter, r *http.Request) error {
	err := web.ParseForm(r)
	if err == nil {
		err = p.Accounts.RequestReset(r.Context(), web.Line(r, "email"), p.client(r))
	}
	if err == nil {
		p.Wake()
		q := url.Values{"sent": {"1"}}
		if to := next(r); to != "" {
			q.Set("next", to)
		}
		return web.Redirect(w, r, "/password/forgot?"+q.Encode())
	}
	form, err := web.Failed(r, err)
	if err != nil {
		return err
	}
	m, err := p.forgotPage(r)
	if err != nil {
		return err
	}
	m.Form = form
	return web.Render(w, r, http.StatusUnprocessableEntity, siteview.Forgot(m), nil)
}

// ResetPage is GET /password/reset/{token}.
func (p *Pages) ResetPage(w http.ResponseWriter, r *http.Request) error {
	m, err := p.resetPage(r)
	if err != nil {
		return deadLink(w, r, account.ResetLink, err)
	}
	return web.Render(w, r, http.StatusOK, siteview.Reset(m), nil)
}

func (p *Pages) resetPage(r *http.Request) (siteview.ResetPage, error) {
	u, err := p.Accounts.LinkUser(r.Context(), account.ResetLink, r.PathValue("token"))
	return siteview.ResetPage{Action: r.URL.Path, Email: u.Email, Least: p.Accounts.PasswordLength(u.Staff())}, err
}

// Reset is POST /password/reset/{token}.
func (p *Pages) Reset(w http.ResponseWriter, r *http.Request) error {
	err := web.ParseForm(r)
	if err == nil {
		err = p.Accounts.ResetPassword(r.Context(), r.PathValue("token"), r.PostForm.Get("password"))
	}
	if err == nil {
		p.Wake()
		return p.Kit.Done(w, r, "/login", "reset.done")
	}
	form, err := web.Failed(r, err)
	if err != nil {
		return deadLink(w, r, account.ResetLink, err)
	}
	m, err := p.resetPage(r)
	if err != nil {
		return deadLink(w, r, account.ResetLink, err)
	}
	m.Form = form
	return web.Render(w, r, http.StatusUnprocessableEntity, siteview.Reset(m), nil)
}

// VerifyEmailPage is GET /email/verify/{token}. It only shows a button, as programs that scan mail open its links.
func (p *Pages) VerifyEmailPage(w http.ResponseWriter, r *http.Request) error {
	u, err := p.Accounts.LinkUser(r.Context(), account.VerifyLink, r.PathValue("token"))
	if err != nil {
		return deadLink(w, r, account.VerifyLink, err)
	}
	m := siteview.VerifyEmailPage{Action: r.URL.Path, Email: u.Email}
	return web.Render(w, r, http.StatusOK, siteview.VerifyEmail(m), nil)
}

// VerifyEmail is POST /email/verify/{token}. Whoever opened the mail need not be logged in, nor as the same person.
func (p *Pages) VerifyEmail(w http.ResponseWriter, r *http.Request) error {
	if err := p.Accounts.VerifyEmail(r.Context(), r.PathValue("token")); err != nil {
		return deadLink(w, r, account.VerifyLink, err)
	}
	if v := web.Viewer(r); v != nil {
		return p.Kit.Done(w, r, first(v.Staff()), "verify.done")
	}
	return p.Kit.Done(w, r, "/login", "verify.done")
}

// Strength is POST /password/strength?least=: what the form would say of a password that somebody is typing. Too many
// questions get no answer: the form itself gives one.
func (p *Pages) Strength(w http.ResponseWriter, r *http.Request) error {
	if err := p.Accounts.Allow(r.Context(), account.Strengths, p.Kit.ClientIP(r)); err != nil {
		if fault.Is(err, fault.TooMany) {
			w.WriteHeader(http.StatusNoContent)
			return nil
		}
		return err
	}
	if err := web.ParseForm(r); err != nil {
		return err
	}
	password := r.PostForm.Get("password")
	if password == "" {
		w.WriteHeader(http.StatusNoContent)
		return nil
	}
	name, email := web.Line(r, "name"), web.Line(r, "email")
	if v := web.Viewer(r); v != nil {
		name, email = v.Name, v.Email
	}
	staff := r.URL.Query().Get("least") == strconv.Itoa(p.Accounts.PasswordLength(true))
	strength, said := p.Accounts.Judge(r.Context(), password, p.Accounts.PasswordLength(staff), name, email)
	judged := siteview.Judged(int(strength), views.Text(r.Context(), said))
	return web.Render(w, r, http.StatusOK, judged, judged)
}
