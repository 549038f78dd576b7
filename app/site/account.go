package site

import (
	"context"
	"net/http"

	"lectern/app/account"
	"lectern/app/web"
	"lectern/views"
	siteview "lectern/views/site"
)

// changedPath offers to log out all other devices, after a change of what one logs in with.
const changedPath = "/account?changed=1"

// Account is GET /account?kept=&changed=: what was typed into one of its forms when the session had run out is there again.
func (p *Pages) Account(w http.ResponseWriter, r *http.Request) error {
	m, err := p.accountPage(r)
	if err != nil {
		return err
	}
	if token := r.URL.Query().Get("kept"); token != "" {
		for _, name := range siteview.AccountForms {
			if values, ok := p.Accounts.KeptForm(r.Context(), token, siteview.AccountAction(name)); ok {
				m.Put(name, &views.Form{Values: values})
				m.Kept = true
			}
		}
	}
	return web.Render(w, r, http.StatusOK, siteview.Account(m), nil)
}

func (p *Pages) accountPage(r *http.Request) (siteview.AccountPage, error) {
	ctx, who := r.Context(), web.Who(r)
	u, err := p.Accounts.Student(ctx, who.Viewer.ID)
	if err != nil {
		return siteview.AccountPage{}, err
	}
	all, err := p.Accounts.Sessions(ctx, u.ID)
	if err != nil {
		return siteview.AccountPage{}, err
	}
	m := siteview.AccountPage{Name: u.Name, Phone: account.ShowPhone(u.Phone), Email: u.Email, Verified: !u.VerifiedAt.IsZero(),
		Least: p.Accounts.PasswordLength(u.Staff()), Sessions: sessions(ctx, all, who.SessionID), Changed: r.URL.Query().Get("changed") != ""}
	for _, name := range siteview.AccountForms {
		m.Put(name, &views.Form{})
	}
	if m.DeleteAt, err = p.Accounts.Deletion(ctx, u.ID); err != nil {
		return m, err
	}
	m.Staff = u.Staff()
	m.Factors, err = p.factors(ctx, &who.Viewer)
	return m, err
}

// sessions lists where somebody is logged in, this browser first.
func sessions(ctx context.Context, all []account.Session, this string) []siteview.SessionRow {
	var rows []siteview.SessionRow
	for _, s := range all {
		row := siteview.SessionRow{ID: s.ID, Device: device(ctx, s.Agent), LastSeen: s.LastSeen, This: s.ID == this}
		if row.This {
			rows = append([]siteview.SessionRow{row}, rows...)
		} else {
			rows = append(rows, row)
		}
	}
	return rows
}

// accountFailed shows the account page again, or to htmx the one form, with what is wrong with that form.
func (p *Pages) accountFailed(w http.ResponseWriter, r *http.Request, name string, err error) error {
	form, err := web.Failed(r, err)
	if err != nil {
		return err
	}
	m, err := p.accountPage(r)
	if err != nil {
		return err
	}
	if name == "email" {
		email, asked := address(r)
		m.Slip = slip(form, email, asked)
	}
	m.Put(name, form)
	return web.Render(w, r, http.StatusUnprocessableEntity, siteview.Account(m), siteview.AccountForm(m, name))
}

// ChangeProfile is POST /account/profile.
func (p *Pages) ChangeProfile(w http.ResponseWriter, r *http.Request) error {
	err := web.ParseForm(r)
	if err == nil {
		form := account.ProfileForm{Name: web.Line(r, "name"), Phone: web.Line(r, "phone")}
		err = p.Accounts.UpdateProfile(r.Context(), web.UserID(r), form)
	}
	if err != nil {
		return p.accountFailed(w, r, "profile", err)
	}
	return p.Kit.Done(w, r, "/account", "profile.saved")
}

// ChangePassword is POST /account/password.
func (p *Pages) ChangePassword(w http.ResponseWriter, r *http.Request) error {
	var token string
	err := web.ParseForm(r)
	if err == nil {
		token, err = p.changePassword(r)
	}
	if err != nil {
		return p.accountFailed(w, r, "password", err)
	}
	p.Wake()
	if err := p.keep(w, r, token); err != nil {
		return err
	}
	return p.Kit.Done(w, r, "/account", "profile.password.saved")
}

func (p *Pages) changePassword(r *http.Request) (token string, err error) {
	who := web.Who(r)
	u, err := p.Accounts.Student(r.Context(), who.Viewer.ID)
	if err != nil {
		return "", err
	}
	return p.Accounts.ChangePassword(r.Context(), u, r.PostForm.Get("current_password"), r.PostForm.Get("password"), who.SessionID)
}

// ChangeEmail is POST /account/email.
func (p *Pages) ChangeEmail(w http.ResponseWriter, r *http.Request) error {
	var token string
	err := web.ParseForm(r)
	email, asked := address(r)
	if err == nil {
		token, err = p.changeEmail(r, account.EmailForm{Email: email, Password: r.PostForm.Get("current_password"), SlipConfirmed: asked})
	}
	if err != nil {
		return p.accountFailed(w, r, "email", err)
	}
	p.Wake()
	if err := p.keep(w, r, token); err != nil {
		return err
	}
	return p.Kit.Done(w, r, changedPath, "profile.email.saved", "email", email)
}

func (p *Pages) changeEmail(r *http.Request, form account.EmailForm) (token string, err error) {
	who := web.Who(r)
	u, err := p.Accounts.Student(r.Context(), who.Viewer.ID)
	if err != nil {
		return "", err
	}
	return p.Accounts.ChangeEmail(r.Context(), u, form, who.SessionID)
}

// ResendVerify is POST /account/email/verify.
func (p *Pages) ResendVerify(w http.ResponseWriter, r *http.Request) error {
	v := web.Viewer(r)
	if v.Verified {
		return p.Kit.Done(w, r, "/account", "verify.done")
	}
	if err := p.Accounts.ResendVerify(r.Context(), v.ID); err != nil {
		return err
	}
	p.Wake()
	return p.Kit.Done(w, r, "/account", "profile.email.sent", "email", v.Email)
}

// EndSession is POST /account/sessions/{id}/end.
func (p *Pages) EndSession(w http.ResponseWriter, r *http.Request) error {
	id := r.PathValue("id")
	if id == web.Who(r).SessionID {
		return p.Logout(w, r)
	}
	if err := p.Accounts.EndSession(r.Context(), web.UserID(r), id); err != nil {
		return err
	}
	return p.Kit.Done(w, r, "/account", "profile.session.ended")
}

// EndOthers is POST /account/sessions/end-others.
func (p *Pages) EndOthers(w http.ResponseWriter, r *http.Request) error {
	if err := p.Accounts.EndOthers(r.Context(), web.UserID(r), web.Who(r).SessionID); err != nil {
		return err
	}
	return p.Kit.Done(w, r, "/account", "profile.sessions.ended")
}
