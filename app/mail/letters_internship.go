package mail

import (
	"context"
	"net/url"

	"lectern/views/mail"
)

// ApplicationReceived tells an applicant that the school has the application, and of a fee. It holds nothing that was
// typed but the name: it may go to somebody else's address.
type ApplicationReceived struct{ ID string }

func (ApplicationReceived) kind() string { return "application_received" }

func (l ApplicationReceived) write(ctx context.Context, d *desk) (mailview.Letter, error) {
	a, err := findApplication(ctx, d.q, l.ID)
	d.to.name = a.name
	m := mailview.Letter{
		Subject:    d.text("mail.application_received.subject", "title", a.title),
		Paragraphs: d.paragraphs("mail.application_received.text", "title", a.title, "school", d.site.Name),
	}
	if a.unpaid() {
		m.Paragraphs = append(m.Paragraphs, d.text("mail.application_received.fee", "amount", d.money(a.fee, a.currency)))
		m.Button = d.button("mail.application.pay", a.path())
	}
	m.After = d.paragraphs("mail.application_received.after")
	return m, err
}

// NewApplication tells the school who applied for what. An answer to the letter goes to the applicant.
type NewApplication struct{ ID string }

func (NewApplication) kind() string { return "new_application" }

func (l NewApplication) write(ctx context.Context, d *desk) (mailview.Letter, error) {
	a, err := findApplication(ctx, d.q, l.ID)
	d.answerTo = a.email
	return mailview.Letter{
		Subject:    d.text("mail.new_application.subject", "name", a.name, "title", a.title),
		Paragraphs: append(d.paragraphs("mail.new_application.text", "name", a.name, "title", a.title), asTyped(a.letter)...),
		Facts:      d.facts("mail.fact.from", a.name, "mail.fact.email", a.email, "mail.fact.phone", a.phone, "mail.fact.internship", a.title),
		Button:     d.button("mail.new_application.button", "/admin/applications/"+l.ID),
	}, err
}

// ApplicationsDigest tells the school that many applications came within an hour, in place of a letter for each.
type ApplicationsDigest struct{}

func (ApplicationsDigest) kind() string { return "applications_digest" }

func (ApplicationsDigest) write(ctx context.Context, d *desk) (mailview.Letter, error) {
	n, err := unseenApplications(ctx, d.q)
	if err == nil && n == 0 {
		err = errObsolete
	}
	return mailview.Letter{
		Subject:    d.text("mail.applications_digest.subject", "n", n),
		Paragraphs: d.paragraphs("mail.applications_digest.text", "n", n),
		Button:     d.button("mail.applications_digest.button", "/admin/applications"),
	}, err
}

// ApplicationDecided tells an applicant how the school decided. Before is the status that an earlier letter told of: this
// one corrects it. A decision that was changed before its letter went out isn't told.
type ApplicationDecided struct{ ID, Status, Before string }

func (ApplicationDecided) kind() string { return "application_decided" }

func (l ApplicationDecided) write(ctx context.Context, d *desk) (mailview.Letter, error) {
	a, err := findApplication(ctx, d.q, l.ID)
	if err != nil {
		return mailview.Letter{}, err
	}
	if a.status != l.Status {
		return mailview.Letter{}, errObsolete
	}
	d.to.name, d.personal = a.name, true
	key := "mail.application." + l.Status
	m := mailview.Letter{Subject: d.text(key+".subject", "title", a.title)}
	if l.Before != "" {
		m.Paragraphs = d.paragraphs("mail.application.corrects", "title", a.title)
	}
	m.Paragraphs = append(m.Paragraphs, d.text(key, "title", a.title, "school", d.site.Name))
	if a.line != "" {
		m.Paragraphs = append(m.Paragraphs, asTyped(a.line)...)
	}
	if l.Status == "accepted" && a.unpaid() {
		m.Paragraphs = append(m.Paragraphs, d.text("mail.application.accepted.fee", "amount", d.money(a.fee, a.currency)))
		m.Button = d.button("mail.application.pay", a.path())
	} else if l.Status == "accepted" {
		m.Paragraphs = append(m.Paragraphs, d.text("mail.application.accepted.place"))
	}
	return m, nil
}

// PlacePaid tells that the fee of an internship has come, and how the application stands.
type PlacePaid struct {
	OrderCode, Title string
	Post             string // internships.id
	Amount           int64  // minor unit
	Currency         string
}

func (PlacePaid) kind() string { return "place_paid" }

func (l PlacePaid) write(ctx context.Context, d *desk) (mailview.Letter, error) {
	status, err := applicationStatus(ctx, d.q, d.row.userID, l.Post)
	paid := d.money(l.Amount, l.Currency)
	m := mailview.Letter{
		Subject:    d.text("mail.place_paid.subject", "title", l.Title),
		Paragraphs: d.paragraphs("mail.place_paid.text", "amount", paid, "title", l.Title),
		Facts:      d.facts("mail.fact.internship", l.Title, "mail.fact.paid", paid, "mail.fact.order", l.OrderCode),
		Button:     d.orderButton("mail.order.button", l.OrderCode),
	}
	if status == "accepted" {
		m.Paragraphs = append(m.Paragraphs, d.text("mail.application.accepted.place"))
	} else {
		m.Paragraphs = append(m.Paragraphs, d.text("mail.place_paid.waits"))
	}
	return m, err
}

func (a applied) path() string { return "/internships/" + url.PathEscape(a.slug) }

// unpaid tells whether a fee is still to be paid.
func (a applied) unpaid() bool { return a.fee > 0 && !a.paid }

// of is the key of what a letter says about an order of that kind: "" and course are courses.
func of(kind, key string) string {
	if kind == "internship" {
		return key + ".internship"
	}
	return key
}
