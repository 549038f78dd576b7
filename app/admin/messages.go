package admin

import (
	"net/http"
	"net/url"

	"lectern/app/account"
	"lectern/app/db"
	"lectern/app/fault"
	"lectern/app/inbox"
	"lectern/app/lang"
	"lectern/app/web"
	"lectern/views"
	adminview "lectern/views/admin"
)

const messagesPath = "/admin/messages"

// Messages is GET /admin/messages.
func (p *Pages) Messages(w http.ResponseWriter, r *http.Request) error {
	q := r.URL.Query()
	m := adminview.MessagesPage{Q: typed(q.Get("q")), Status: oneOf(adminview.MessageStatuses, q.Get("status")), After: q.Get("after")}
	rows, err := p.Inbox.List(r.Context(), inbox.Query{Q: m.Q, Status: m.Status, After: m.After, Limit: pageRows})
	if err != nil {
		return err
	}
	rows, m.Next = page(rows, pageRows, inbox.Message.Key)
	for _, row := range rows {
		m.Rows = append(m.Rows, messageLine(row))
	}
	return web.Render(w, r, http.StatusOK, adminview.Messages(m), adminview.MessageList(m))
}

func messageLine(m inbox.Message) adminview.MessageLine {
	return adminview.MessageLine{ID: m.ID, Code: m.Code, Name: m.Name, Email: m.Email, Subject: m.Subject, Text: m.Body, Status: m.Status,
		Answered: !m.RepliedAt.IsZero(), At: m.CreatedAt}
}

// Message is GET /admin/messages/{id}?kept=: who opens a message has read it. What was typed into one of its forms when the
// session had run out is there again.
func (p *Pages) Message(w http.ResponseWriter, r *http.Request) error {
	ctx, id := r.Context(), r.PathValue("id")
	if err := p.Inbox.Read(ctx, web.UserID(r), id); err != nil {
		return err
	}
	m, err := p.messagePage(r)
	if err != nil {
		return err
	}
	if token := r.URL.Query().Get("kept"); token != "" {
		for _, form := range []string{inbox.Reply, inbox.Note} {
			if kept, ok := p.Accounts.KeptForm(ctx, token, messagesPath+"/"+id+"/"+form); ok {
				m.Open, m.Form, m.Kept = form, &views.Form{Values: kept}, true
			}
		}
	}
	return web.Render(w, r, http.StatusOK, adminview.Message(m), nil)
}

// messagePage is a message and all that belongs to it.
func (p *Pages) messagePage(r *http.Request) (adminview.MessagePage, error) {
	ctx := r.Context()
	t, err := p.Inbox.Thread(ctx, r.PathValue("id"))
	if err != nil {
		return adminview.MessagePage{}, err
	}
	m := adminview.MessagePage{MessageLine: messageLine(t.Message), Once: db.NewID(), ClosedAt: t.ClosedAt}
	if t.Phone != "" {
		m.Phone = account.ShowPhone(t.Phone)
		m.Chat = views.WhatsApp(t.Phone, views.T(ctx, "message.chat.text", "name", t.Name, "site", views.From(ctx).Site.Name))
	}
	if a := t.Account; a != nil {
		m.Account = &adminview.MessageAccount{ID: a.ID, Name: a.Name, Sure: a.Sure}
	}
	for _, e := range t.Entries {
		m.Entries = append(m.Entries, adminview.MessageEntry{ID: e.ID, Kind: e.Kind, Text: e.Body, By: e.By, At: e.At, Removed: e.RemovedAt,
			Letter: e.Letter, Trouble: e.Trouble})
	}
	for _, o := range t.Others {
		m.Others = append(m.Others, messageLine(o))
	}
	return m, nil
}

// onMessage runs a step on the message of the address and says what was done. What can't be done is said on its page, with
// what was typed into the form of that name.
func (p *Pages) onMessage(w http.ResponseWriter, r *http.Request, form string, do func(id string) (lang.Msg, error)) error {
	id, err := r.PathValue("id"), web.ParseForm(r)
	var did lang.Msg
	if err == nil {
		did, err = do(id)
	}
	if err == nil {
		p.Wake()
		to := messagesPath
		if did.Key != "message.did.new" && did.Key != "message.did.spam" { // to open the message is to read it
			to += "/" + url.PathEscape(id)
		}
		return p.Kit.Done(w, r, to, did.Key, did.Args...)
	}
	status, trouble, failed := http.StatusConflict, message(err), (*views.Form)(nil)
	if !fault.Is(err, fault.Conflict) {
		status, trouble = http.StatusUnprocessableEntity, lang.Msg{}
		if failed, err = web.Failed(r, err); err != nil {
			return err
		}
	}
	m, err := p.messagePage(r)
	if err != nil {
		return err
	}
	m.Trouble, m.Open, m.Form = trouble, form, failed
	return web.Render(w, r, status, adminview.Message(m), nil)
}

// MoveMessage is POST /admin/messages/{id}/{step}: close, reopen, unread, spam.
func (p *Pages) MoveMessage(to string) web.Handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		return p.onMessage(w, r, "", func(id string) (lang.Msg, error) {
			return lang.M("message.did." + to), p.Inbox.Move(r.Context(), web.UserID(r), id, to)
		})
	}
}

// ReplyMessage is POST /admin/messages/{id}/reply.
func (p *Pages) ReplyMessage(w http.ResponseWriter, r *http.Request) error {
	return p.onMessage(w, r, inbox.Reply, func(id string) (lang.Msg, error) {
		f := inbox.EntryForm{Body: r.PostFormValue("reply"), Once: r.PostFormValue("once"), Done: r.PostFormValue("done") != ""}
		repeated, err := p.Inbox.Reply(r.Context(), web.UserID(r), id, f)
		switch {
		case repeated:
			return lang.M("message.did.repeated"), err
		case f.Done:
			return lang.M("message.did.reply.closed"), err
		}
		return lang.M("message.did.reply"), err
	})
}

// NoteMessage is POST /admin/messages/{id}/note.
func (p *Pages) NoteMessage(w http.ResponseWriter, r *http.Request) error {
	return p.onMessage(w, r, inbox.Note, func(id string) (lang.Msg, error) {
		repeated, err := p.Inbox.Note(r.Context(), web.UserID(r), id, inbox.EntryForm{Body: r.PostFormValue("note"), Once: r.PostFormValue("once")})
		if repeated {
			return lang.M("message.did.repeated"), err
		}
		return lang.M("message.did.note"), err
	})
}

// RemoveNote is POST /admin/messages/{id}/notes/{note}/remove, and with back the way back.
func (p *Pages) RemoveNote(back bool) web.Handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		return p.onMessage(w, r, "", func(id string) (lang.Msg, error) {
			err := p.Inbox.Remove(r.Context(), web.UserID(r), id, r.PathValue("note"), back)
			if back {
				return lang.M("message.did.back"), err
			}
			return lang.M("message.did.removed"), err
		})
	}
}
