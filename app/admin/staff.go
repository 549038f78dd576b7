package admin

import (
	"context"
	"net/http"
	"slices"

	"lectern/app/account"
	"lectern/app/fault"
	"lectern/app/lang"
	"lectern/app/web"
	"lectern/views"
	adminview "lectern/views/admin"
)

const (
	staffPath   = "/admin/staff"
	invitesPath = staffPath + "/invites"
)

// Staff is GET /admin/staff?invite=&kept=: with invite, the link of that one is shown.
func (p *Pages) Staff(w http.ResponseWriter, r *http.Request) error {
	m, err := p.staffPage(r.Context())
	if err != nil {
		return err
	}
	if values, ok := p.Accounts.KeptForm(r.Context(), r.URL.Query().Get("kept"), invitesPath); ok {
		m.Form, m.Kept = &views.Form{Values: values}, true
	}
	if id := r.URL.Query().Get("invite"); id != "" {
		if m.Link, err = p.inviteLink(r.Context(), m.Invites, id); err != nil {
			return err
		}
	}
	return web.Render(w, r, http.StatusOK, adminview.Staff(m), nil)
}

func (p *Pages) staffPage(ctx context.Context) (adminview.StaffPage, error) {
	m := adminview.StaffPage{Roles: account.StaffRoles}
	all, err := p.Accounts.Staff(ctx)
	if err != nil {
		return m, err
	}
	for _, s := range all {
		m.Members = append(m.Members, adminview.Member{Person: adminview.Person{ID: s.ID, Name: s.Name, Email: s.Email}, Role: s.Role,
			Self: s.ID == views.From(ctx).Viewer.ID, Active: s.DeactivatedAt.IsZero(), LastSeen: s.LastSeen, Factor: s.Factor})
	}
	invites, err := p.Accounts.Invites(ctx)
	for _, i := range invites {
		m.Invites = append(m.Invites, adminview.InviteLine{Person: adminview.Person{ID: i.ID, Name: i.Name, Email: i.Email}, Role: i.Role,
			By: i.By, At: i.CreatedAt, Until: i.Expires, Dead: i.Dead(p.Now()), Void: i.Void})
	}
	return m, err
}

// inviteLink is the link of an open invite, ready to be sent; nil where it doesn't work any more.
func (p *Pages) inviteLink(ctx context.Context, open []adminview.InviteLine, id string) (*adminview.InviteLink, error) {
	at := slices.IndexFunc(open, func(i adminview.InviteLine) bool { return i.ID == id })
	if at < 0 || open[at].Dead {
		return nil, nil
	}
	url, err := p.Accounts.InviteURL(ctx, id)
	if fault.Is(err, fault.NotFound) {
		return nil, nil
	}
	text := views.T(ctx, "staff.link.message", "name", open[at].Name, "site", views.From(ctx).Site.Name, "link", url)
	return &adminview.InviteLink{InviteLine: open[at], URL: url, Chat: views.WhatsApp("", text)}, err
}

// Invite is POST /admin/staff/invites.
func (p *Pages) Invite(w http.ResponseWriter, r *http.Request) error {
	email, id, err := web.Line(r, "email"), "", web.ParseForm(r)
	if err == nil {
		email = web.Line(r, "email")
		id, err = p.Accounts.Invite(r.Context(), web.UserID(r), account.InviteForm{Name: web.Line(r, "name"), Email: email,
			Role: r.PostFormValue("role"), SlipConfirmed: email != "" && email == web.Line(r, "email_asked")})
	}
	if err == nil {
		p.Wake()
		key := "staff.invite.done"
		if views.From(r.Context()).Site.MailReady {
			key = "staff.invite.done.mail"
		}
		return p.Kit.Done(w, r, staffPath+"?invite="+id, key)
	}
	form, err := web.Failed(r, err)
	if err != nil {
		return err
	}
	m, err := p.staffPage(r.Context())
	if err != nil {
		return err
	}
	m.Form = form
	if form.Errors["email"].Key == "account.email.slip" {
		m.Asked = email
	}
	return web.Render(w, r, http.StatusUnprocessableEntity, adminview.Staff(m), adminview.InviteForm(m))
}

// RenewInvite is POST /admin/staff/invites/{id}/renew.
func (p *Pages) RenewInvite(w http.ResponseWriter, r *http.Request) error {
	id := r.PathValue("id")
	return p.onStaff(w, r, staffPath+"?invite="+id, lang.M("staff.renewed"), p.Accounts.RenewInvite(r.Context(), web.UserID(r), id))
}

// RevokeInvite is POST /admin/staff/invites/{id}/revoke.
func (p *Pages) RevokeInvite(w http.ResponseWriter, r *http.Request) error {
	return p.onStaff(w, r, staffPath, lang.M("staff.revoked"), p.Accounts.RevokeInvite(r.Context(), web.UserID(r), r.PathValue("id")))
}

// SetRole is POST /admin/staff/{id}/role.
func (p *Pages) SetRole(w http.ResponseWriter, r *http.Request) error {
	if err := web.ParseForm(r); err != nil {
		return err
	}
	u, err := p.Accounts.Student(r.Context(), r.PathValue("id"))
	if err != nil {
		return err
	}
	role := r.PostFormValue("role")
	err = p.Accounts.SetRole(r.Context(), web.UserID(r), u.ID, r.PostFormValue("was"), role)
	done := lang.M("staff.changed", "name", u.Name, "role", lang.M("staff.role."+role))
	if role == account.RoleStudent {
		done = lang.M("staff.removed", "name", u.Name)
	}
	return p.onStaff(w, r, staffPath, done, err)
}

// onStaff answers a step on the staff: it was done, or what stood in its way is said above the list as it is now.
func (p *Pages) onStaff(w http.ResponseWriter, r *http.Request, to string, done lang.Msg, err error) error {
	if err == nil {
		p.Wake()
		return p.Kit.Done(w, r, to, done.Key, done.Args...)
	}
	status, trouble := http.StatusConflict, lang.Msg{}
	switch {
	case fault.Is(err, fault.Conflict):
		trouble = message(err)
	case fault.Is(err, fault.Invalid):
		failed, err := web.Failed(r, err)
		if err != nil {
			return err
		}
		status, trouble = http.StatusUnprocessableEntity, failed.Errors["role"]
	default:
		return err
	}
	m, err := p.staffPage(r.Context())
	if err != nil {
		return err
	}
	m.Trouble = trouble
	return web.Render(w, r, status, adminview.Staff(m), nil)
}
