package admin

import (
	"context"
	"net/http"
	"strconv"

	"lectern/app/fault"
	"lectern/app/lang"
	"lectern/app/payment/upi"
	"lectern/app/school"
	"lectern/app/web"
	"lectern/views"
	adminview "lectern/views/admin"
)

const (
	payeesPath = "/admin/payees"
	payeesBack = settingsPath + "#payees"
)

// AddPayee is POST /admin/payees.
func (p *Pages) AddPayee(w http.ResponseWriter, r *http.Request) error {
	id, err := "", web.ParseForm(r)
	if err == nil {
		id, err = p.School.AddPayee(r.Context(), web.UserID(r), payeeForm(r))
	}
	return p.payeeDone(w, r, "", id, "payees.added", err)
}

// ChangePayee is POST /admin/payees/{id}.
func (p *Pages) ChangePayee(w http.ResponseWriter, r *http.Request) error {
	id, err := r.PathValue("id"), web.ParseForm(r)
	if err == nil {
		err = p.School.ChangePayee(r.Context(), web.UserID(r), id, version(r), payeeForm(r))
	}
	return p.payeeDone(w, r, id, id, "payees.changed", err)
}

// SwitchPayeeOn is POST /admin/payees/{id}/on.
func (p *Pages) SwitchPayeeOn(w http.ResponseWriter, r *http.Request) error {
	id := r.PathValue("id")
	return p.payeeDone(w, r, id, id, "payees.on.done", p.School.SwitchPayee(r.Context(), web.UserID(r), id, true))
}

// SwitchPayeeOff is POST /admin/payees/{id}/off.
func (p *Pages) SwitchPayeeOff(w http.ResponseWriter, r *http.Request) error {
	id := r.PathValue("id")
	return p.payeeDone(w, r, id, "", "payees.off.done", p.School.SwitchPayee(r.Context(), web.UserID(r), id, false))
}

// MovePayee is POST /admin/payees/{id}/move, up or down as its field to says.
func (p *Pages) MovePayee(w http.ResponseWriter, r *http.Request) error {
	id, err := r.PathValue("id"), web.ParseForm(r)
	if err == nil {
		err = p.School.MovePayee(r.Context(), web.UserID(r), id, version(r), r.PostForm.Get("to") != "down")
	}
	return p.payeeDone(w, r, id, "", "payees.moved", err)
}

func payeeForm(r *http.Request) school.PayeeForm {
	return school.PayeeForm{Label: web.Line(r, "label"), VPA: web.Line(r, "vpa"), Merchant: r.PostForm.Get("merchant") != ""}
}

// version is that of the payee when its form was shown.
func version(r *http.Request) int64 {
	n, _ := strconv.ParseInt(r.PostForm.Get("version"), 10, 64)
	return n
}

// payeeDone goes back to the list, or to where the form came from, with the code of the payee test to try; or it shows the
// form of the payee id, the one that adds where it is empty, with what is wrong.
func (p *Pages) payeeDone(w http.ResponseWriter, r *http.Request, id, test, key string, err error) error {
	if err == nil {
		p.Wake()
		back := payeesBack
		if test != "" {
			back = settingsPath + "?test=" + test + "#payees"
		}
		return p.Kit.Done(w, r, web.SafeNext(r.PostFormValue("next"), back), key)
	}
	status, trouble, form := http.StatusConflict, lang.Msg{}, (*views.Form)(nil)
	if fault.Is(err, fault.Conflict) {
		trouble = message(err)
	} else {
		status = http.StatusUnprocessableEntity
		if form, err = web.Failed(r, err); err != nil {
			return err
		}
	}
	if isStart(r) && form != nil {
		return p.startFailed(w, r, "payee", status, form)
	}
	m, err := p.settingsPage(r)
	if err != nil {
		return err
	}
	m.Payees.Trouble = trouble
	if form != nil {
		m.Payees.Put(id, form)
	}
	onPage(w, r, status, school.Payments)
	return web.Render(w, r, status, adminview.Settings(m), adminview.Section(m, school.Payments))
}

// keptPayee puts what was typed before the password was asked for into the form it was typed into.
func (p *Pages) keptPayee(ctx context.Context, token string, m *adminview.SettingsPage) {
	if values, ok := p.Accounts.KeptForm(ctx, token, payeesPath); ok {
		m.Payees.Put("", &views.Form{Values: values})
	}
	for _, payee := range m.Payees.List {
		if values, ok := p.Accounts.KeptForm(ctx, token, payeesPath+"/"+payee.ID); ok {
			m.Payees.Put(payee.ID, &views.Form{Values: values})
		}
	}
}

// payees are all of them, the code of one of them unfolded.
func (p *Pages) payees(ctx context.Context, test string) (adminview.Payees, error) {
	all, err := p.School.AllPayees(ctx)
	if err != nil {
		return adminview.Payees{}, err
	}
	s, err := p.School.Get(ctx)
	if err != nil {
		return adminview.Payees{}, err
	}
	var m adminview.Payees
	for i, one := range all {
		row := adminview.Payee{ID: one.ID, Label: one.Label, VPA: one.VPA, Merchant: one.Merchant, Active: one.Active, Version: one.Version,
			First: i == 0, Last: i == len(all)-1, Test: one.ID == test}
		code, err := upi.QR(p.testLink(one, s).String())
		if err != nil {
			return m, err
		}
		row.QRPath, row.QRSize = code.Path(), code.Size()
		m.List = append(m.List, row)
	}
	return m, nil
}

// testLink asks for one rupee. A merchant's needs a reference that was never used before.
func (p *Pages) testLink(one school.Payee, s school.Settings) upi.Link {
	name := s.UPIName
	if name == "" {
		name = s.SiteName
	}
	l := upi.Link{Payee: one.VPA, Name: name, Amount: 100, Note: "Test"}
	if one.Merchant {
		l.Ref = "TEST" + strconv.FormatInt(p.Now().UnixMilli(), 36)
	}
	return l
}
