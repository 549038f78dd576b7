package adminview

import (
	"context"
	"strings"
	"time"

	"lectern/app/lang"
	"lectern/views"
)

// Notice is a standing remark about something that the admin should do.
type Notice struct {
	Kind   string   // as of views.Banner
	Text   lang.Msg // shown by views.Rich
	Detail string   // the words of a machine, or empty
}

// MailPage is the outbox, and how sending stands.
type MailPage struct {
	Notices          []Notice
	Paused           bool // sending waits after a refusal by the server
	Queued, Failed   int
	Sent, PerDay     int       // in the last 24 hours, and at most
	Oldest           time.Time // queued letter; zero for none
	Q, Status, After string    // Status: queued, sent, failed, all
	Rows             []MailRow
	Next             string // key of the next page, or empty
}

// MailRow is a letter.
type MailRow struct {
	ID, Kind       string // Kind in words
	Person                // ID is empty where it isn't to a user, Email where it is to the school
	Status         string
	Attempts       int       // that failed
	At, Next, Sent time.Time // written; not tried before; sent
	Paused         bool      // waits because all sending does
	Answer         string    // of the server to the last attempt
}

var mailStatuses = []string{"queued", "sent", "failed", "all"}

func (m MailPage) href(status, after string) string {
	if status == mailStatuses[0] {
		status = ""
	}
	return withQuery("/admin/mail", "status", status, "q", m.Q, "after", after)
}

func (m MailPage) tabs(ctx context.Context) []views.Tab {
	counts := map[string]int{"queued": m.Queued, "failed": m.Failed}
	var tabs []views.Tab
	for _, s := range mailStatuses {
		t := views.Tab{Href: m.href(s, ""), Label: views.T(ctx, "outbox.tab."+s), Current: s == m.Status, Count: -1}
		if n := counts[s]; n > 0 && m.Q == "" {
			t.Count = n
		}
		tabs = append(tabs, t)
	}
	return tabs
}

// why says in plain words what became of a letter that gave up: refused for good, or tried for too long. The codes of
// permanent answers begin with a 5 (RFC 5321, 4.2.1).
func (r MailRow) why() string {
	switch {
	case r.Status != "failed":
		return ""
	case strings.HasPrefix(r.Answer, "5") || r.Attempts == 1:
		return "mail.problem.refused"
	}
	return "outbox.why.tried"
}

// state is the look and the word of how a letter stands.
func (r MailRow) state() (kind, key string) {
	switch r.Status {
	case "sent":
		return "good", "outbox.state.sent"
	case "failed":
		return "bad", "outbox.state.failed"
	}
	return "wait", "outbox.state.queued"
}
