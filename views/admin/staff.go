package adminview

import (
	"context"
	"time"

	"lectern/app/lang"
	"lectern/views"
)

// StaffPage is who may do what, and who was asked to join.
type StaffPage struct {
	Members []Member
	Invites []InviteLine
	Roles   []string    // that can be given
	Form    *views.Form // of the invite, when it was refused or kept
	Asked   string      // the address that the form asks about
	Kept    bool        // typed when the session ran out
	Trouble lang.Msg    // why a step couldn't be done
	Link    *InviteLink // when one is to be sent
}

// Member is somebody with powers.
type Member struct {
	Person
	Role         string
	Self, Active bool
	LastSeen     time.Time // zero for never
	Factor       bool      // has a second factor
}

// InviteLine is an invite without an answer. Its Person's ID is the invite's.
type InviteLine struct {
	Person
	Role, By   string
	At, Until  time.Time
	Dead, Void bool // the link doesn't work; because who invited is no admin any more
}

// InviteLink is an invite with its link, to be copied or sent.
type InviteLink struct {
	InviteLine
	URL, Chat string
}

func (m Member) path() string                { return "/admin/staff/" + m.ID + "/role" }
func (m InviteLine) path(s string) string    { return "/admin/staff/invites/" + m.ID + "/" + s }
func (m StaffPage) others(i InviteLine) bool { return m.Link == nil || m.Link.ID != i.ID }

// roles are the roles to choose from, each with what it may do.
func (m StaffPage) roles(ctx context.Context) []views.Option {
	var all []views.Option
	for _, r := range m.Roles {
		all = append(all, views.Option{Value: r, Label: views.T(ctx, "staff.role."+r) + ": " + views.T(ctx, "staff.role."+r+".what")})
	}
	return all
}

// form is what the form of the invite shows.
func (m StaffPage) form() *views.Form {
	f := views.Form{}
	if m.Form != nil {
		f = *m.Form
	}
	f.Prefix = "invite-"
	return &f
}

func (m StaffPage) labels(ctx context.Context) map[string]string {
	return map[string]string{"name": views.T(ctx, "person.name"), "email": views.T(ctx, "person.email"), "role": views.T(ctx, "staff.invite.role")}
}
