package mail

import (
	"context"
	"slices"
	"strings"

	"lectern/views/mail"
)

// NewMessage tells the school what somebody wrote by the contact form. An answer to the letter goes to the sender.
type NewMessage struct{ ID string }

func (NewMessage) kind() string { return "new_message" }

func (l NewMessage) write(ctx context.Context, d *desk) (mailview.Letter, error) {
	m, err := findMessage(ctx, d.q, l.ID)
	if err != nil {
		return mailview.Letter{}, err
	}
	d.answerTo = m.email
	return mailview.Letter{
		Subject:    d.text("mail.new_message.subject", "name", m.name, "subject", d.subject(m.subject)),
		Paragraphs: append(d.paragraphs("mail.new_message.text", "name", m.name), asTyped(m.body)...),
		Facts: d.facts("mail.fact.from", m.name, "mail.fact.email", m.email, "mail.fact.phone", m.phone, "mail.fact.subject", m.subject,
			"mail.fact.code", m.code),
		Button: d.button("mail.new_message.button", "/admin/messages/"+l.ID),
	}, nil
}

// MessagesDigest tells the school that many messages came within an hour, in place of a letter for each.
type MessagesDigest struct{}

func (MessagesDigest) kind() string { return "messages_digest" }

func (MessagesDigest) write(ctx context.Context, d *desk) (mailview.Letter, error) {
	n, err := unreadMessages(ctx, d.q)
	if err == nil && n == 0 {
		err = errObsolete
	}
	return mailview.Letter{
		Subject:    d.text("mail.messages_digest.subject", "n", n),
		Paragraphs: d.paragraphs("mail.messages_digest.text", "n", n),
		Button:     d.button("mail.messages_digest.button", "/admin/messages"),
	}, err
}

// MessageReply is what the school answers to a message, as it was typed. The letter's id is the answer's (To.ID), and it
// hangs in one thread with the answers before.
type MessageReply struct{ Message string }

func (MessageReply) kind() string { return "message_reply" }

func (l MessageReply) write(ctx context.Context, d *desk) (mailview.Letter, error) {
	m, err := findMessage(ctx, d.q, l.Message)
	if err != nil {
		return mailview.Letter{}, err
	}
	replies, err := findReplies(ctx, d.q, l.Message)
	if err != nil {
		return mailview.Letter{}, err
	}
	at := slices.IndexFunc(replies, func(r reply) bool { return r.id == d.row.id })
	if at < 0 {
		return mailview.Letter{}, errObsolete
	}
	for _, r := range replies[:at] {
		d.thread = append(d.thread, r.id)
	}
	d.personal, d.to.name = true, m.name
	return mailview.Letter{
		Subject:    d.text("mail.message_reply.subject", "subject", d.subject(m.subject)),
		Paragraphs: asTyped(replies[at].body),
		After:      d.paragraphs("mail.message_reply.after", "code", m.code),
	}, nil
}

// subject names a message that has none.
func (d *desk) subject(typed string) string {
	if typed = clean(typed); typed != "" {
		return typed
	}
	return d.text("mail.message.no_subject", "school", d.site.Name)
}

// asTyped gives a text in the paragraphs and lines that it was typed in, each line cleaned.
func asTyped(body string) []string {
	var all []string
	for _, p := range strings.Split(body, "\n\n") {
		lines := strings.Split(p, "\n")
		for i := range lines {
			lines[i] = clean(lines[i])
		}
		all = append(all, strings.Join(lines, "\n"))
	}
	return all
}
