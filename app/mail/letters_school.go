package mail

import (
	"context"

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
