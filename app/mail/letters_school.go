package mail

import (
	"context"
	"errors"
	"strings"

	"lectern/views/mail"
)

// ClaimsDigest tells the school how many claims wait. Queue it by EnqueueDigest.
type ClaimsDigest struct{}

func (ClaimsDigest) kind() string { return "claims_digest" }

func (ClaimsDigest) write(ctx context.Context, d *desk) (mailview.Letter, error) {
	n, oldest, err := waitingClaims(ctx, d.q)
	if err != nil {
		return mailview.Letter{}, err
	}
	if n == 0 {
		return mailview.Letter{}, errObsolete // all were verified before the letter went out
	}
	return mailview.Letter{
		Subject:    d.text("mail.claims_digest.subject", "n", n),
		Paragraphs: d.paragraphs("mail.claims_digest.text", "n", n),
		Facts:      d.facts("mail.fact.waiting", d.lang.Int(int64(n)), "mail.fact.oldest", d.lang.DateTime(oldest.In(d.zone))),
		Button:     d.button("mail.claims_digest.button", "/admin/payments"),
	}, nil
}

// JobFailed tells the school of a letter that gave up, at most once an hour. Kind is the letter's, Error the server's
// answer with addresses masked.
type JobFailed struct{ Kind, Error string }

func (JobFailed) kind() string { return "job_failed" }

func (l JobFailed) write(_ context.Context, d *desk) (mailview.Letter, error) {
	return mailview.Letter{
		Subject:    d.text("mail.job_failed.subject"),
		Paragraphs: d.paragraphs("mail.job_failed.text"),
		Facts:      d.facts("mail.fact.letter", KindName(d.lang, l.Kind), "mail.fact.answer", Mask(l.Error)),
		Button:     d.button("mail.job_failed.button", "/admin/mail?status=failed"),
		After:      d.paragraphs("mail.job_failed.after"),
	}, nil
}

// What can be done to the addresses that the school is paid to.
const (
	PayeeAdded   = "add"
	PayeeChanged = "change"
	PayeeOn      = "on"
	PayeeOff     = "off"
	PayeesMoved  = "move"
)

// Payee tells the school that somebody changed where its money goes, in case it wasn't one of its own. Was is empty where
// there is no earlier address to tell.
type Payee struct {
	Change  string // one of the above
	Was, Is string // addresses
	By      string // users.id
}

func (Payee) kind() string { return "payee" }

func (l Payee) write(ctx context.Context, d *desk) (mailview.Letter, error) {
	by, err := findReader(ctx, d.q, l.By)
	if err != nil && !errors.Is(err, errObsolete) { // the account may be gone, the letter is all the more wanted
		return mailview.Letter{}, err
	}
	if l.Was == l.Is {
		l.Was = ""
	}
	return mailview.Letter{
		Subject:    d.text("mail.payee.subject", "school", d.site.Name),
		Paragraphs: d.paragraphs("mail.payee." + l.Change),
		Facts: d.facts("mail.fact.payee", l.Is, "mail.fact.payee.was", l.Was, "mail.fact.by", strings.TrimSpace(by.name+" "+by.email),
			"mail.fact.when", d.when()),
		Button: d.button("mail.payee.button", "/admin/settings#payees"),
		After:  d.paragraphs("mail.payee.after"),
	}, nil
}

// Test shows that mail arrives.
type Test struct{}

func (Test) kind() string { return "test" }

func (Test) write(_ context.Context, d *desk) (mailview.Letter, error) {
	return mailview.Letter{
		Subject:    d.text("mail.test.subject", "school", d.site.Name),
		Paragraphs: d.paragraphs("mail.test.text", "school", d.site.Name),
		Facts:      d.facts("mail.fact.sent", d.lang.DateTime(d.now.In(d.zone))),
	}, nil
}
