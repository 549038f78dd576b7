package mail

import (
	"context"
	"database/sql"
	"errors"
	"regexp"
	"strings"

	"lectern/views/mail"
)

// Written is what an admin wrote to one student; Circular is the same to many, which waits until other mail is out.
type (
	Written  struct{ Notice string } // notices.id
	Circular struct{ Notice string }
)

func (Written) kind() string  { return "written" }
func (Circular) kind() string { return "circular" }

func (l Written) write(ctx context.Context, d *desk) (mailview.Letter, error) {
	return d.notice(ctx, l.Notice)
}

func (l Circular) write(ctx context.Context, d *desk) (mailview.Letter, error) {
	return d.notice(ctx, l.Notice)
}

// notice reads what was written. It isn't sent any more where the text or the reader is gone.
func (d *desk) notice(ctx context.Context, id string) (mailview.Letter, error) {
	var subject, text string
	err := d.q.QueryRowContext(ctx, `SELECT n.subject, n.text FROM notices n JOIN notice_readers r ON r.notice_id = n.id WHERE n.id = $1 AND r.user_id = $2`, id, d.row.userID).
		Scan(&subject, &text)
	if errors.Is(err, sql.ErrNoRows) {
		err = errObsolete
	}
	return mailview.Letter{Subject: clean(FillName(subject, d.to.name)), Paragraphs: Paragraphs(FillName(text, d.to.name))}, err
}

// FillName puts a student's name where a text says {name}.
func FillName(text, name string) string {
	return strings.ReplaceAll(text, "{name}", clean(name))
}

var emptyLines = regexp.MustCompile(`\n[ \t]*\n\s*`)

// Paragraphs splits a text that somebody typed at its empty lines. Breaks within a paragraph stay.
func Paragraphs(text string) []string {
	var all []string
	text = strings.TrimSpace(strings.ReplaceAll(strings.ReplaceAll(text, "\r\n", "\n"), "\r", "\n"))
	for _, p := range emptyLines.Split(text, -1) {
		var lines []string
		for _, line := range strings.Split(p, "\n") {
			lines = append(lines, clean(line))
		}
		if p = strings.TrimSpace(strings.Join(lines, "\n")); p != "" {
			all = append(all, p)
		}
	}
	return all
}

// Invited tells somebody whom the school put on its list that there is an account, with a link to choose a password.
type Invited struct{ Course string } // its title; may be empty

func (Invited) kind() string { return "invited" }

func (l Invited) write(ctx context.Context, d *desk) (mailview.Letter, error) {
	url, err := d.link(ctx, "welcome", d.to.email)
	m := mailview.Letter{
		Subject:    d.text("mail.invited.subject", "school", d.site.Name),
		Paragraphs: d.paragraphs("mail.invited.text", "school", d.site.Name, "email", d.to.email),
		Facts:      d.facts("mail.fact.course", l.Course),
		Button:     mailview.Link{Label: d.text("mail.invited.button"), URL: url},
		After:      d.paragraphs("mail.invited.after", "school", d.site.Name),
	}
	return m, err
}

// WorkStopped tells the school of a job that gave up. Work is its id, Kind its kind.
type WorkStopped struct{ Work, Kind string }

func (WorkStopped) kind() string { return "work_stopped" }

func (l WorkStopped) write(_ context.Context, d *desk) (mailview.Letter, error) {
	return mailview.Letter{
		Subject:    d.text("mail.work_stopped.subject"),
		Paragraphs: d.paragraphs("mail.work_stopped.text"),
		Facts:      d.facts("mail.fact.work", d.lang.T("job.kind."+l.Kind)),
		Button:     d.button("mail.work_stopped.button", "/admin/jobs/"+l.Work),
	}, nil
}
