package mail

import (
	"context"
	"strings"
	"time"

	"lectern/views/mail"
)

// Welcome greets a new student and carries the address check.
type Welcome struct{}

func (Welcome) kind() string { return "welcome" }

func (Welcome) write(ctx context.Context, d *desk) (mailview.Letter, error) {
	m := mailview.Letter{Subject: d.text("mail.welcome.subject", "school", d.site.Name)}
	if d.to.verified {
		m.Paragraphs = d.paragraphs("mail.welcome.verified", "school", d.site.Name)
		m.Button = d.button("mail.welcome.courses", "/courses")
		return m, nil
	}
	url, err := d.link(ctx, "verify", d.to.email)
	m.Paragraphs = d.paragraphs("mail.welcome.text", "school", d.site.Name)
	m.Button = mailview.Link{Label: d.text("mail.verify.button"), URL: url}
	m.After = d.paragraphs("mail.welcome.after")
	return m, err
}

// VerifyAddress goes to a new or changed address and asks to confirm it. It isn't sent any more once the address is
// confirmed or changed again.
type VerifyAddress struct{ Address string }

func (VerifyAddress) kind() string { return "verify" }

func (l VerifyAddress) write(ctx context.Context, d *desk) (mailview.Letter, error) {
	if d.to.verified || !strings.EqualFold(d.to.email, l.Address) {
		return mailview.Letter{}, errObsolete
	}
	url, err := d.link(ctx, "verify", l.Address)
	return mailview.Letter{
		Subject:    d.text("mail.verify.subject"),
		Paragraphs: d.paragraphs("mail.verify.text", "email", l.Address, "school", d.site.Name),
		Button:     mailview.Link{Label: d.text("mail.verify.button"), URL: url},
		After:      d.paragraphs("mail.verify.after"),
	}, err
}

// Reset carries the link under which a new password is chosen.
type Reset struct{}

func (Reset) kind() string { return "reset" }

func (Reset) write(ctx context.Context, d *desk) (mailview.Letter, error) {
	url, err := d.link(ctx, "reset", d.to.email)
	return mailview.Letter{
		Subject:    d.text("mail.reset.subject"),
		Paragraphs: d.paragraphs("mail.reset.text", "school", d.site.Name),
		Button:     mailview.Link{Label: d.text("mail.reset.button"), URL: url},
		After:      d.paragraphs("mail.reset.after"),
	}, err
}

// PasswordChanged tells of a new password, in case it wasn't the reader who chose it.
type PasswordChanged struct{}

func (PasswordChanged) kind() string { return "password_changed" }

func (PasswordChanged) write(_ context.Context, d *desk) (mailview.Letter, error) {
	return mailview.Letter{
		Subject:    d.text("mail.password_changed.subject"),
		Paragraphs: d.paragraphs("mail.password_changed.text", "school", d.site.Name, "time", d.when()),
		Button:     d.button("mail.reset.button", "/password/forgot"),
		After:      d.paragraphs("mail.password_changed.after"),
	}, nil
}

// AddressChanged goes to the old address (To.Address), in case it wasn't the reader who changed it. Old and New are
// masked; see Mask.
type AddressChanged struct{ Old, New string }

func (AddressChanged) kind() string { return "address_changed" }

func (l AddressChanged) write(_ context.Context, d *desk) (mailview.Letter, error) {
	return mailview.Letter{
		Subject: d.text("mail.address_changed.subject"),
		Paragraphs: d.paragraphs("mail.address_changed.text", "school", d.site.Name, "old", Mask(l.Old), "new", Mask(l.New),
			"time", d.when()),
		After: d.paragraphs("mail.address_changed.after"),
	}, nil
}

// FactorChanged tells of another way to prove who the reader is, in case it wasn't the reader who changed it. Change is the
// last word of what the audit calls it: add_factor, remove_factor, reset_factors or recovery_codes.
type FactorChanged struct{ Change string }

func (FactorChanged) kind() string { return "factor_changed" }

func (l FactorChanged) write(_ context.Context, d *desk) (mailview.Letter, error) {
	return mailview.Letter{
		Subject:    d.text("mail.factor_changed.subject"),
		Paragraphs: d.paragraphs("mail.factor_changed."+l.Change, "school", d.site.Name, "time", d.when()),
		Button:     d.button("mail.account.button", "/account"),
		After:      d.paragraphs("mail.account.after"),
	}, nil
}

// NewDevice tells of a login in a browser that the account wasn't used in before.
type NewDevice struct{ Device string }

func (NewDevice) kind() string { return "new_device" }

func (l NewDevice) write(_ context.Context, d *desk) (mailview.Letter, error) {
	return mailview.Letter{
		Subject:    d.text("mail.new_device.subject", "school", d.site.Name),
		Paragraphs: d.paragraphs("mail.new_device.text", "school", d.site.Name, "device", l.Device, "time", d.when()),
		Button:     d.button("mail.account.button", "/account"),
		After:      d.paragraphs("mail.account.after"),
	}, nil
}

// DeletionAsked says when an account will be deleted, in case it wasn't the reader who asked for it.
type DeletionAsked struct{ At time.Time }

func (DeletionAsked) kind() string { return "deletion_asked" }

func (l DeletionAsked) write(_ context.Context, d *desk) (mailview.Letter, error) {
	return mailview.Letter{
		Subject:    d.text("mail.deletion_asked.subject", "school", d.site.Name),
		Paragraphs: d.paragraphs("mail.deletion_asked.text", "school", d.site.Name, "time", d.lang.DateTime(l.At.In(d.zone))),
		Button:     d.button("mail.deletion_asked.button", "/account"),
		After:      d.paragraphs("mail.account.after"),
	}, nil
}
