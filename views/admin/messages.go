package adminview

import (
	"context"
	"strings"
	"time"

	"lectern/app/lang"
	"lectern/views"
)

// MessagesPage is a page of what people wrote by the contact form.
type MessagesPage struct {
	Q, Status, After, Next string
	Rows                   []MessageLine
}

// MessageLine is a message in a list.
type MessageLine struct {
	ID, Code, Name, Email string
	Subject, Text         string // Subject may be empty
	Status                string // new, open, closed or spam
	Answered              bool
	At                    time.Time
}

// MessageStatuses are the tabs over the messages; the first is what is to do, the unread first.
var MessageStatuses = []string{"", "new", "closed", "spam", "all"}

func (m MessagesPage) href(status, after string) string {
	return withQuery("/admin/messages", "status", status, "q", m.Q, "after", after)
}

func (m MessagesPage) tabs(ctx context.Context) []views.Tab {
	var tabs []views.Tab
	for _, s := range MessageStatuses {
		key := "messages.tab.todo"
		if s != "" {
			key = "messages.tab." + s
		}
		tabs = append(tabs, views.Tab{Href: m.href(s, ""), Label: views.T(ctx, key), Current: s == m.Status, Count: -1})
	}
	return tabs
}

// state is the mark of how a message stands, and its text's key.
func (m MessageLine) state() (kind, key string) {
	switch {
	case m.Status == "new":
		return "wait", "messages.state.new"
	case m.Status == "open" && m.Answered:
		return "good", "messages.state.answered"
	}
	return "plain", "messages.state." + m.Status
}

func (m MessageLine) path() string { return "/admin/messages/" + m.ID }

// start is the first of what was written, for a list.
func (m MessageLine) start() string {
	const most = 140
	text := strings.Join(strings.Fields(m.Text), " ")
	if r := []rune(text); len(r) > most {
		return string(r[:most]) + "…"
	}
	return text
}

// MessagePage is a message with all that belongs to it.
type MessagePage struct {
	MessageLine
	Phone, Chat string // as people read it; opens WhatsApp with the sender
	ClosedAt    time.Time
	Account     *MessageAccount // nil: none is known
	Entries     []MessageEntry  // oldest first
	Others      []MessageLine
	Once        string // key of the forms that must count once
	Trouble     lang.Msg
	Open        string      // the form that was refused or is given back: reply or note
	Form        *views.Form // of Open
	Kept        bool
}

// MessageAccount is a student's, by which the sender is known.
type MessageAccount struct {
	ID, Name string
	Sure     bool // he was signed in
}

// MessageEntry is an answer or a note.
type MessageEntry struct {
	ID, Kind, Text, By string
	At, Removed        time.Time // Removed is zero while a note stands
	Letter, Trouble    string    // of an answer: queued, sent, failed, or empty; what the mail server said
}

// form is what the form of that name shows: fresh, unless it is the one that was refused.
func (m MessagePage) form(name string) *views.Form {
	f := views.Form{}
	if m.Open == name && m.Form != nil {
		f = *m.Form
	}
	f.Prefix = name + "-"
	return &f
}

func (m MessagePage) failed() *views.Form {
	if m.Form == nil {
		return nil
	}
	return m.form(m.Open)
}

// letterKind is the look of how an answer's letter stands.
func letterKind(status string) string {
	switch status {
	case "sent":
		return "good"
	case "failed":
		return "bad"
	}
	return "wait"
}

func subjectOr(ctx context.Context, subject string) string {
	if subject == "" {
		return views.T(ctx, "messages.no_subject")
	}
	return subject
}

// written are the paragraphs of a text that people typed, each in its lines.
func written(text string) [][]string {
	var all [][]string
	for _, p := range strings.Split(text, "\n\n") {
		all = append(all, strings.Split(p, "\n"))
	}
	return all
}
