package site

import (
	"context"
	"net/http"
	"strings"

	"lectern/app/account"
	"lectern/app/payment/upi"
	"lectern/app/web"
	"lectern/views"
	siteview "lectern/views/site"
)

const factorsPath = changedPath + "#factors"

// factors are the second factors of who is signed in, for his page.
func (p *Pages) factors(ctx context.Context, v *views.Viewer) (siteview.Factors, error) {
	all, codes, err := p.Accounts.Factors(ctx, v.ID)
	m := siteview.Factors{Codes: codes, Due: v.FactorDue, Passkeys: p.Accounts.PasskeysWork()}
	for _, f := range all {
		m.Rows = append(m.Rows, siteview.FactorRow{ID: f.ID, Kind: f.Kind, Name: f.Name, Created: f.CreatedAt, Used: f.UsedAt})
	}
	return m, err
}

// AppPage is GET /account/app: a key for an app that shows codes.
func (p *Pages) AppPage(w http.ResponseWriter, r *http.Request) error {
	u, err := p.Accounts.Student(r.Context(), web.UserID(r))
	if err != nil {
		return err
	}
	return p.showApp(w, r, http.StatusOK, u, p.Accounts.OfferTOTP(r.Context(), u), nil)
}

func (p *Pages) showApp(w http.ResponseWriter, r *http.Request, status int, u account.User, offer account.TOTPOffer, form *views.Form) error {
	code, err := upi.QR(offer.URI)
	if err != nil {
		return err
	}
	all, _, err := p.Accounts.Factors(r.Context(), u.ID)
	if err != nil {
		return err
	}
	m := siteview.AppPage{Form: form, QRPath: code.Path(), QRSize: code.Size(), Secret: grouped(offer.Secret), URI: offer.URI, Sealed: offer.Sealed,
		Replace: has(all, account.TOTP)}
	return web.Render(w, r, status, siteview.App(m), nil)
}

// grouped sets a key that is to be typed in groups of four.
func grouped(key string) string {
	var b strings.Builder
	for i, c := range key {
		if i > 0 && i%4 == 0 {
			b.WriteByte(' ')
		}
		b.WriteRune(c)
	}
	return b.String()
}

// AddApp is POST /account/app.
func (p *Pages) AddApp(w http.ResponseWriter, r *http.Request) error {
	u, err := p.Accounts.Student(r.Context(), web.UserID(r))
	if err != nil {
		return err
	}
	var codes []string
	var token string
	if err = web.ParseForm(r); err == nil {
		codes, token, err = p.Accounts.AddTOTP(r.Context(), u, r.PostForm.Get("sealed"), web.Line(r, "code"), web.Who(r).SessionID)
	}
	if err == nil {
		return p.factorAdded(w, r, codes, token)
	}
	form, err := web.Failed(r, err)
	if err != nil {
		return err
	}
	offer, ok := p.Accounts.SameTOTP(r.Context(), u, r.PostForm.Get("sealed"))
	if !ok {
		offer = p.Accounts.OfferTOTP(r.Context(), u)
	}
	return p.showApp(w, r, http.StatusUnprocessableEntity, u, offer, form)
}

// factorAdded shows the recovery codes that came with a first factor.
func (p *Pages) factorAdded(w http.ResponseWriter, r *http.Request, codes []string, token string) error {
	p.Wake()
	p.Kit.EndStep(w)
	if err := p.keep(w, r, token); err != nil {
		return err
	}
	if len(codes) == 0 {
		return p.Kit.Done(w, r, factorsPath, "factors.added.done")
	}
	return web.Render(w, r, http.StatusOK, siteview.Codes(siteview.CodesPage{Codes: codes}), nil)
}

// NewPasskey is POST /account/passkeys/question, for the page's script.
func (p *Pages) NewPasskey(w http.ResponseWriter, r *http.Request) error {
	u, err := p.Accounts.Student(r.Context(), web.UserID(r))
	if err != nil {
		return err
	}
	options, token, err := p.Accounts.NewPasskey(r.Context(), u)
	return p.question(w, options, token, err)
}

// AddPasskey is POST /account/passkeys.
func (p *Pages) AddPasskey(w http.ResponseWriter, r *http.Request) error {
	u, err := p.Accounts.Student(r.Context(), web.UserID(r))
	if err != nil {
		return err
	}
	var codes []string
	var token string
	if err = web.ParseForm(r); err == nil {
		name := web.Line(r, "name")
		if name == "" {
			name = device(r.Context(), r.UserAgent())
		}
		codes, token, err = p.Accounts.AddPasskey(r.Context(), u, p.Kit.Step(r), r.PostForm.Get("passkey"), name, web.Who(r).SessionID)
	}
	if err == nil {
		return p.factorAdded(w, r, codes, token)
	}
	form, err := web.Failed(r, err)
	if err != nil {
		return err
	}
	m, err := p.accountPage(r)
	if err != nil {
		return err
	}
	m.Factors.Form = form
	return web.Render(w, r, http.StatusUnprocessableEntity, siteview.Account(m), nil)
}

// RemoveFactor is POST /account/factors/{id}/remove.
func (p *Pages) RemoveFactor(w http.ResponseWriter, r *http.Request) error {
	u, err := p.Accounts.Student(r.Context(), web.UserID(r))
	if err != nil {
		return err
	}
	token, err := p.Accounts.RemoveFactor(r.Context(), u, r.PathValue("id"), web.Who(r).SessionID)
	if err != nil {
		return err
	}
	p.Wake()
	if err := p.keep(w, r, token); err != nil {
		return err
	}
	return p.Kit.Done(w, r, factorsPath, "factors.removed")
}

// RenewCodes is POST /account/recovery-codes.
func (p *Pages) RenewCodes(w http.ResponseWriter, r *http.Request) error {
	u, err := p.Accounts.Student(r.Context(), web.UserID(r))
	if err != nil {
		return err
	}
	codes, err := p.Accounts.RenewRecovery(r.Context(), u)
	if err != nil {
		return err
	}
	p.Wake()
	return web.Render(w, r, http.StatusOK, siteview.Codes(siteview.CodesPage{Codes: codes}), nil)
}
