package admin_test

import (
	"net/url"
	"strings"
	"testing"

	"lectern/app/apptest"
	"lectern/app/mail/mailtest"
)

// wrote sends Bala's message and returns its address in the panel.
func wrote(s *apptest.School, text string) string {
	s.T.Helper()
	s.Visitor().Submit("/contact", "#contact", apptest.Form{"name": "Bala", "email": "bala@example.com", "phone": "98765 43211", "subject": "The course", "message": text}).Want(303)
	var id string
	if err := s.DB.Read().QueryRowContext(s.T.Context(), `SELECT id FROM messages ORDER BY id DESC LIMIT 1`).Scan(&id); err != nil {
		s.T.Fatal(err)
	}
	return "/admin/messages/" + id
}

func TestMessages_FromReadingToClosing(t *testing.T) {
	t.Parallel()
	s := apptest.New(t)
	chitra := s.SignIn("chitra")
	chitra.Get("/admin/messages").Want(200).WantText("#list", "No messages to do")
	path := wrote(s, "When does it begin?\n\nBala")
	list := chitra.Get("/admin/messages").WantText("#list", "Bala", "The course", "When does it begin?", "Unread").WantText("#nav a[href='/admin/messages']", "1")
	if list.Has("#list tr.unread") != 1 || list.Has(".help") != 1 {
		t.Error("an unread message stands out, and the page says what it is for")
	}
	p := chitra.Get(path).Want(200).WantText("h1", "The course").WantText("main", "When does it begin?", "bala@example.com", "no", "none with this address")
	if chat, _ := p.Doc.Find("a[href^='https://wa.me/919876543211']").Attr("href"); !strings.Contains(chat, "Hello%20Bala") {
		t.Errorf("chat %q", chat)
	}
	if n := chitra.Get("/admin/messages").Has("#nav a[href='/admin/messages'] .state"); n != 0 {
		t.Error("it was read, and still counts")
	}
	chitra.Send(p, "#reply", apptest.Form{"reply": "On Monday.\n\nBring paper."}).Want(303, path).Follow().WantText(".flash", "on its way").WantText(".letter.ours", "chitra answered", "On its way", "On Monday.")
	chitra.Send(p, "#reply", apptest.Form{"reply": "On Monday.\n\nBring paper."}).Want(303).Follow().WantText(".flash", "counts once")
	chitra.Submit(path, "#reply", apptest.Form{"reply": "See you.", "done": "on"}).Want(303, path).Follow().WantText(".head .state", "Closed")
	mails := s.MailTo("bala@example.com")
	if len(mails) != 2 || mails[0].Subject != "Re: The course" || mails[1].Header.Get("In-Reply-To") != mails[0].ID || !strings.Contains(mails[0].Text, "Hello Bala,\n\nOn Monday.\n\nBring paper.") {
		t.Errorf("Bala got %+v", mails)
	}
	chitra.Get(path).WantText(".letter.ours", "Sent")
	chitra.Get("/admin/messages").WantText("#list", "No messages to do")
	chitra.Get("/admin/messages?status=closed&q=bala").WantText("#list", "Bala")
	chitra.Submit(path, "form[action$='/reopen']", nil).Want(303, path)
	chitra.Submit(path, "form[action$='/unread']", nil).Want(303, "/admin/messages").Follow().WantText("#list", "Unread")
	chitra.Submit(path, "form[action$='/spam']", nil).Want(303)
	if part := chitra.AsHTMX().Get("/admin/messages?status=spam"); part.Has("header") != 0 || part.Has("#list tbody tr") != 1 {
		t.Error("htmx gets the list and no more")
	}
}

func TestMessages_NothingIsLostWhileMailIsDown(t *testing.T) {
	t.Parallel()
	s := apptest.New(t)
	chitra, path := s.SignIn("chitra"), wrote(s, "Hello")
	s.SMTP.Be(mailtest.Mode{Rcpt: func(string) *mailtest.Answer { return mailtest.NoSuchUser }})
	chitra.Submit(path, "#reply", apptest.Form{"reply": "On Monday."}).Want(303)
	s.SendMail()
	chitra.Get(path).WantText(".letter.ours", "Not delivered", "The mail server said")
}

func TestMessages_EachStep(t *testing.T) {
	t.Parallel()
	s := apptest.New(t)
	chitra, asha, path := s.SignIn("chitra"), s.SignIn("asha"), wrote(s, "Hello")
	p := chitra.Submit(path, "#reply", apptest.Form{"reply": " ", "done": "on"}).Want(422).WantText(".errors", "Write an answer")
	if p.Has("#reply [name=done][checked]") != 1 {
		t.Error("the tick is lost")
	}
	chitra.Submit(path, "#note", apptest.Form{"note": ""}).Want(422).WantText(".errors", "Write a note")
	chitra.Submit(path, "#note", apptest.Form{"note": "Called him."}).Want(303, path).Follow().WantText(".letter.inside", "Note by chitra", "Called him.")
	chitra.Submit(path, ".letter.inside form", nil).Want(303).Follow().WantText(".letter.inside", "Removed").WantNoText(".letter.inside", "Called")
	chitra.Submit(path, ".letter.inside form", nil).Want(303).Follow().WantText(".letter.inside", "Called him.")
	page := chitra.Get(path)
	chitra.Send(page, "form[action$='/close']", nil).Want(303)
	chitra.Send(page, "form[action$='/close']", nil).Want(409).WantText("[role=alert]", "already handled")
	if part := chitra.AsHTMX().Send(page, "form[action$='/spam']", nil); part.Status != 204 {
		t.Errorf("htmx: %d", part.Status)
	}
	for _, step := range []string{"/reply", "/note", "/close", "/reopen", "/unread", "/spam", "/notes/x/remove", "/notes/x/back"} {
		s.Visitor().Post(path+step, nil).Want(303)
		asha.Post(path+step, nil).Want(403)
		chitra.Post("/admin/messages/nothing"+step, url.Values{"reply": {"x"}, "note": {"x"}}).Want(404)
	}
	asha.Get(path).Want(403)
	chitra.Get("/admin/messages/nothing").Want(404)
	chitra.Get("/admin/audit?kind=message").Want(200).WantText("#list", "Wrote by the contact form", "Kept a note")
}
