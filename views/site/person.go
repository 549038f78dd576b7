package siteview

import (
	"context"

	"lectern/views"
)

// personLabels names the fields about a person where a form says what is wrong with it. password is the key of the label
// that its field for a new password has.
func personLabels(ctx context.Context, password string) map[string]string {
	labels := map[string]string{"password": views.T(ctx, password)}
	for _, name := range []string{"name", "email", "phone", "current_password"} {
		labels[name] = views.T(ctx, "person."+name)
	}
	return labels
}

// passwordHint says what makes a good password, and in a form that came back why the field is empty.
func passwordHint(ctx context.Context, f *views.Form, least int) string {
	if f != nil && len(f.Errors) > 0 {
		return views.T(ctx, "person.password.again", "n", least)
	}
	return views.T(ctx, "person.password.hint", "n", least)
}

// text is what the page of an invite says about it.
func (m InvitePage) text(ctx context.Context, key string) string {
	return views.T(ctx, key, "by", m.By, "school", views.From(ctx).Site.Name, "role", views.T(ctx, "staff.as."+m.Role), "email", m.Email)
}
