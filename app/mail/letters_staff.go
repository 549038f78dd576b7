package mail

import (
	"cmp"
	"context"

	"lectern/views/mail"
)

// StaffInvited asks somebody to join the staff. It goes to the address of the invite (To.Address), and isn't sent any more
// once that was accepted, revoked, renewed or has run out. Seed is what its link is made of.
type StaffInvited struct{ Seed, Role string }

func (StaffInvited) kind() string { return "staff_invited" }

func (l StaffInvited) write(ctx context.Context, d *desk) (mailview.Letter, error) {
	url, err := d.linkFor(ctx, "invite", cmp.Or(d.row.recipient, d.to.email), l.Seed)
	return mailview.Letter{
		Subject:    d.text("mail.staff_invited.subject", "school", d.site.Name),
		Paragraphs: d.paragraphs("mail.staff_invited.text", "school", d.site.Name, "role", d.text("staff.as."+l.Role)),
		Button:     mailview.Link{Label: d.text("mail.staff_invited.button"), URL: url},
		After:      d.paragraphs("mail.staff_invited.after"),
	}, err
}

// RoleChanged tells somebody what he may do from now on.
type RoleChanged struct{ Role string }

func (RoleChanged) kind() string { return "role_changed" }

func (l RoleChanged) write(_ context.Context, d *desk) (mailview.Letter, error) {
	if l.Role == "student" {
		return mailview.Letter{
			Subject:    d.text("mail.role_changed.removed.subject", "school", d.site.Name),
			Paragraphs: d.paragraphs("mail.role_changed.removed", "school", d.site.Name, "time", d.when()),
			Button:     d.button("mail.role_changed.courses", "/dashboard"),
			After:      d.paragraphs("mail.role_changed.after"),
		}, nil
	}
	return mailview.Letter{
		Subject:    d.text("mail.role_changed.subject", "school", d.site.Name, "role", d.text("staff.as."+l.Role)),
		Paragraphs: d.paragraphs("mail.role_changed.text", "school", d.site.Name, "role", d.text("staff.as."+l.Role), "time", d.when()),
		Button:     d.button("mail.role_changed.button", "/admin"),
		After:      d.paragraphs("mail.role_changed.after"),
	}, nil
}

// StaffChanged tells the school who has other powers than before. User and By are users.id, the same where an invite was
// accepted.
type StaffChanged struct{ User, Role, By string }

func (StaffChanged) kind() string { return "staff_changed" }

func (l StaffChanged) write(ctx context.Context, d *desk) (mailview.Letter, error) {
	who, err := findReader(ctx, d.q, l.User)
	if err != nil {
		return mailview.Letter{}, err
	}
	by, err := findReader(ctx, d.q, l.By)
	if err != nil {
		return mailview.Letter{}, err
	}
	m := mailview.Letter{
		Subject:    d.text("mail.staff_changed.subject", "name", who.name, "role", d.text("staff.as."+l.Role)),
		Paragraphs: d.paragraphs("mail.staff_changed.text", "name", who.name, "role", d.text("staff.as."+l.Role), "time", d.when()),
		Facts:      d.facts("mail.staff_changed.who", who.name, "mail.fact.email", who.email),
		Button:     d.button("mail.staff_changed.button", "/admin/staff"),
		After:      d.paragraphs("mail.staff_changed.after"),
	}
	if l.Role == "student" {
		m.Subject = d.text("mail.staff_changed.removed.subject", "name", who.name)
		m.Paragraphs = d.paragraphs("mail.staff_changed.removed", "name", who.name, "time", d.when())
	}
	if l.By == l.User {
		m.Facts = append(m.Facts, d.facts("mail.staff_changed.how", d.text("mail.staff_changed.invite"))...)
	} else {
		m.Facts = append(m.Facts, d.facts("mail.staff_changed.by", by.name)...)
	}
	return m, nil
}
