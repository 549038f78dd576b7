package site

import (
	"net/http"

	"lectern/app/account"
	"lectern/app/web"
	"lectern/views"
	siteview "lectern/views/site"
)

// RegisterPage is GET /register?next=.
func (p *Pages) RegisterPage(w http.ResponseWriter, r *http.Request) error {
	if v := web.Viewer(r); v != nil {
		return goOn(w, r, v.Staff())
	}
	return web.Render(w, r, http.StatusOK, siteview.Register(p.registerPage(r)), nil)
}

func (p *Pages) registerPage(r *http.Request) siteview.RegisterPage {
	return siteview.RegisterPage{Next: next(r), Least: p.Accounts.PasswordLength(false)}
}

// Register is POST /register.
func (p *Pages) Register(w http.ResponseWriter, r *http.Request) error {
	var u account.User
	var token string
	err := web.ParseForm(r)
	email, asked := address(r)
	if err == nil {
		u, token, err = p.Accounts.Register(r.Context(), account.RegisterForm{
			Name: web.Line(r, "name"), Email: email, Phone: web.Line(r, "phone"), Password: r.PostForm.Get("password"), SlipConfirmed: asked,
		}, p.client(r))
	}
	if err == nil {
		p.Wake()
		if err := p.enter(w, r, token); err != nil {
			return err
		}
		return p.Kit.Done(w, r, web.SafeNext(next(r), first(u.Staff())), "register.done", "email", u.Email)
	}
	if done, err := p.toSecondStep(w, r, err); done {
		return err
	}
	m := p.registerPage(r)
	if m.Form, err = web.Failed(r, err); err != nil {
		return err
	}
	m.Slip = slip(m.Form, email, asked)
	m.Known = m.Form.Errors["email"].Key == "account.email.known"
	return web.Render(w, r, http.StatusUnprocessableEntity, siteview.Register(m), siteview.RegisterForm(m))
}

// address reads a mail address that may have been asked about: a page that asked names it in email_asked and offers
// another by a button, email_use. Whoever sends the same one again means it; one that was corrected is asked about anew.
func address(r *http.Request) (email string, asked bool) {
	email = web.Line(r, "email")
	asked = email != "" && web.Line(r, "email_asked") == email
	if use := web.Line(r, "email_use"); use != "" && asked {
		r.PostForm.Set("email", use) // for the form, should something else be wrong with it
		return use, false
	}
	return email, asked
}

// slip is the question to ask about an address, and which one was asked about.
func slip(f *views.Form, email string, asked bool) siteview.Slip {
	if asked {
		return siteview.Slip{Asked: email}
	}
	if f.Errors["email"].Key != "account.email.slip" {
		return siteview.Slip{}
	}
	_, normal, _ := account.NormalEmail(email)
	suggestion, _ := account.EmailSlip(normal)
	return siteview.Slip{Asked: email, Suggestion: suggestion}
}
