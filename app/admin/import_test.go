package admin_test

import (
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"lectern/app/apptest"
)

const people = "Name\tE-mail\tMobile\tTags\nFarah Wani\tfarah@example.com\t98765 43210\tevening\nNo Mail\t\t\t\nTwice\tFARAH@example.com\t\t\n"

// work runs what was started.
func work(s *apptest.School) {
	s.T.Helper()
	if err := s.Jobs.RunDue(s.T.Context()); err != nil {
		s.T.Fatal(err)
	}
}

func TestImport_FromTableToResults(t *testing.T) {
	t.Parallel()
	s := apptest.New(t)
	chitra := s.SignIn("chitra")
	chitra.Get("/admin/students").WantText(".empty", "Import students")
	p := chitra.Submit("/admin/students/import", "#upload", nil).Want(422).WantText(".errors", "Choose a file")
	if p.Has("#file[aria-invalid]") != 1 {
		t.Error("the field doesn't say what is wrong")
	}
	p = chitra.Submit("/admin/students/import", "#upload", apptest.Form{"text": "only,names\nAsha,Bala"}).Want(422).WantText("#file-error", "No column holds mail addresses")
	if p.Text("#text") != "only,names Asha,Bala" {
		t.Errorf("what was pasted is gone: %q", p.Text("#text"))
	}
	draft := chitra.Submit("/admin/students/import", "#upload", nil, apptest.File{Field: "file", Name: `C:\lists\people.csv`, Content: []byte(people)}).Want(303).Location()
	p = chitra.Get(draft).Want(200).WantText("h1", "Import of people.csv").WantText(".tiles", "New 1", "Can't be imported 1", "Twice in the table 1")
	p.WantText("tbody", "There is no mail address", "Farah Wani", "+91 98765 43210", "evening", "The same address stands in row 2")
	p = chitra.Send(p, "#import", apptest.Form{"do": "look", "tags": strings.Repeat("x", 41), "reason": "batch"}).Want(422).WantText("#tags-error", "40 characters")
	if p.Value("#reason") != "batch" {
		t.Error("what was typed is gone")
	}
	course, _ := p.Doc.Find("#course option").Eq(1).Attr("value")
	p = chitra.Submit(draft, "#import", apptest.Form{"do": "look", "tags": "new", "course": course, "letters": "on"}).Want(303, draft).Follow()
	p.WantText("tbody", "new").WantText("#letters-hint", "1 mail, sent today")
	if s.Count(`SELECT count(*) FROM users WHERE role = 'student'`) != 0 {
		t.Error("looking imports")
	}
	chitra.Send(p, "#import", apptest.Form{"do": "go"}).Want(303, draft)
	running := chitra.Get(draft).Want(200).WantText("#job", "Under way", "1 of 3", "keeps itself up to date")
	every, _ := running.Doc.Find("#job").Attr("hx-trigger")
	if every != "every 1s" || running.Has("noscript meta[http-equiv=refresh]") != 0 && !strings.Contains(running.Body, `http-equiv="refresh"`) {
		t.Errorf("the page doesn't ask for itself: %q", every)
	}
	chitra.Send(p, "#import", apptest.Form{"do": "go"}).Want(409).WantText("main", "already handled")
	work(s)
	done := chitra.AsHTMX().Get(draft).Want(200)
	if done.Has("#job[hx-trigger]") != 0 || done.Has("header") != 0 || !strings.Contains(done.Body, "hx-partial") {
		t.Error("the last fragment goes on asking")
	}
	chitra.Get(draft).Want(200).WantText("#job .state", "Done").WantText("tbody", "No Mail", "There is no mail address").WantNoText("tbody", "Farah")
	chitra.Get(draft+"?status=done").WantText("tbody", "Farah Wani", "New account, enrolled in 1 course")
	s.MailTo("farah@example.com")
	mails := s.MailTo("farah@example.com")
	if len(mails) != 1 || mails[0].Link("/password/reset/") == "" {
		t.Fatalf("%d letters", len(mails))
	}
	s.Clock.Move(6 * 24 * time.Hour)
	farah := s.Visitor()
	farah.Submit(strings.TrimPrefix(mails[0].Link("/password/reset/"), s.URL), "#reset", apptest.Form{"password": apptest.Password}).Want(303)
	farah.Submit("/login", "form[action='/login']", apptest.Form{"email": "farah@example.com", "password": apptest.Password}).Want(303, "/dashboard")

	rows := table(chitra.Get(draft + "/wrong.csv").Want(200))
	want := [][]string{{"Name", "E-mail", "Mobile", "Tags", "Problem"}, {"No Mail", "", "", "", "There is no mail address."}}
	if !slices.EqualFunc(rows, want, slices.Equal) {
		t.Errorf("to mend: %q", rows)
	}
	chitra.Get("/admin/students/import").WantText("[aria-labelledby=recent]", "people.csv", "Done")
	chitra.Get("/admin/jobs").WantText("main", "people.csv")
	chitra.Get("/admin/audit?kind=job").WantText("tbody", "Started long work")
	chitra.Get("/admin/jobs/nothing").Want(404)
}

func TestImport_DiscardCancelAndGoOn(t *testing.T) {
	t.Parallel()
	s := apptest.New(t)
	chitra := s.SignIn("chitra")
	draft := chitra.Submit("/admin/students/import", "#upload", apptest.Form{"text": people}).Want(303).Location()
	chitra.Submit(draft, "#discard", nil).Want(303, "/admin/students").Follow().WantText(".flash", "Nothing was changed")
	chitra.Get(draft).Want(404)
	chitra.Post(draft+"/discard", nil).Want(409)
	draft = chitra.Submit("/admin/students/import", "#upload", apptest.Form{"text": people}).Want(303).Location()
	chitra.Submit(draft, "#import", apptest.Form{"do": "go"}).Want(303)
	chitra.Submit(draft, "#cancel", nil).Want(303, draft).Follow().WantText("#job", "Cancelled")
	chitra.Post(draft+"/cancel", nil).Want(409)
	work(s)
	if s.Count(`SELECT count(*) FROM users WHERE role = 'student'`) != 0 {
		t.Error("cancelled work went on")
	}
	chitra.Submit(draft, "#resume", nil).Want(303, draft)
	work(s)
	chitra.Get(draft).WantText("#job .state", "Done")
	chitra.Post(draft+"/resume", nil).Want(409).WantText("main", "already handled")
	chitra.Post("/admin/jobs/nothing/cancel", nil).Want(404)
	chitra.Post("/admin/jobs/nothing", nil).Want(404)
}

func TestStudents_SelectedForAMail(t *testing.T) {
	t.Parallel()
	s := apptest.New(t)
	chitra := s.SignIn("chitra")
	farah := register(s, "Farah Wani", "farah@example.com", "")
	register(s, "Lone", "lone@example.com", "")
	p := chitra.Submit("/admin/students", "#bulk", apptest.Form{"action": "message"}).Want(422).WantText(".errors", "Tick somebody")
	if p.Has("#action option[value=message][selected]") != 1 {
		t.Error("what was chosen is gone")
	}
	p = chitra.Post("/admin/students/selected", url.Values{"id": {farah}, "action": {""}}).Want(422).WantText(".errors", "Choose what to do")
	if p.Has("input[name=id][value='"+farah+"'][checked]") != 1 {
		t.Error("the tick is gone")
	}
	draft := chitra.Post("/admin/students/selected", url.Values{"all": {"on"}, "q": {"wani"}, "action": {"message"}}).Want(303).Location()
	p = chitra.Get(draft).Want(200).WantText("h1", "Write to 1 student").WantText("[aria-labelledby=whom]", "Farah Wani")
	chitra.Send(p, "#bulk", apptest.Form{"do": "go", "subject": "Fees"}).Want(422).WantText("#text-error", "Write what")
	p = chitra.Send(p, "#bulk", apptest.Form{"do": "look", "subject": "Fees", "text": "Dear {name},\n\npay."}).Want(303, draft).Follow()
	p.WantText("[aria-labelledby=preview]", "Fees", "Dear Farah Wani,", "pay.")
	chitra.Send(p, "#bulk", apptest.Form{"do": "go"}).Want(303, draft)
	chitra.Send(p, "#bulk", apptest.Form{"do": "go"}).Want(409)
	work(s)
	chitra.Get(draft).WantText("#job .state", "Done").WantText("tbody", "Farah Wani", "Mail queued")
	if got := s.MailTo("farah@example.com"); len(got) != 2 || got[1].Subject != "Fees" || len(s.MailTo("lone@example.com")) != 1 {
		t.Errorf("%d letters to Farah", len(got))
	}
	chitra.Get("/admin/students/"+farah).WantText("[aria-labelledby=messages]", "Fees", "Dear Farah Wani", "Sent")
}

func TestStudents_ByTagAndCourse(t *testing.T) {
	t.Parallel()
	s := apptest.New(t)
	chitra := s.SignIn("chitra")
	farah := register(s, "Farah Wani", "farah@example.com", "")
	register(s, "Lone", "lone@example.com", "")
	page := "/admin/students/" + farah
	chitra.Submit(page, "#add-tags", apptest.Form{"tags": " "}).Want(422).WantText("#tags-tags-error", "Type a tag")
	chitra.Submit(page, "#add-tags", apptest.Form{"tags": "Evening batch, vip"}).Want(303, page).Follow().WantText("[aria-labelledby=tags]", "Evening batch", "vip").WantText("[aria-labelledby=history]", "Tagged")
	p := chitra.Get("/admin/students?tag=evening+batch").Want(200).WantText("tbody", "Farah Wani", "Evening batch", "vip")
	if p.Has("tbody tr") != 1 || p.Has("#tag option[selected][value='evening batch']") != 1 {
		t.Errorf("%d rows", p.Has("tbody tr"))
	}
	if chitra.Get("/admin/students?q=even").Has("tbody tr") != 1 {
		t.Error("a tag isn't found")
	}
	if rows := table(chitra.Get("/admin/students.csv?tag=vip").Want(200)); len(rows) != 2 || rows[1][8] != "Evening batch, vip" {
		t.Errorf("%q", rows)
	}
	chitra.Get("/admin/students?tag=none").Want(200).WantText(".empty", "Nobody found")
	chitra.Get("/admin/students?course=none").Want(200).WantText(".empty", "Nobody found")
	chitra.Post(page+"/tags/remove", url.Values{"tag": {"vip"}}).Want(303, page).Follow().WantNoText("[aria-labelledby=tags]", "vip")
	chitra.Post("/admin/students/nobody/tags", url.Values{"tags": {"x"}}).Want(404)
}

func TestStudent_Notes(t *testing.T) {
	t.Parallel()
	s := apptest.New(t)
	chitra := s.SignIn("chitra")
	farah, other := register(s, "Farah Wani", "farah@example.com", ""), register(s, "Lone", "lone@example.com", "")
	page := "/admin/students/" + farah
	chitra.Submit(page, "#add-note", apptest.Form{"note": " "}).Want(422).WantText("#notes-note-error", "Type a note")
	p := chitra.Submit(page, "#add-note", apptest.Form{"note": "Comes back in May."}).Want(303, page).Follow().WantText("[aria-labelledby=notes]", "Comes back in May.", "chitra")
	chitra.Submit(page, "#add-note", apptest.Form{"note": "Comes back in May."}).Want(303)
	if n := s.Count(`SELECT count(*) FROM user_notes`); n != 1 {
		t.Errorf("a double press made %d notes", n)
	}
	chitra.Send(p, "[action$='/delete']", nil).Want(303, page)
	chitra.Send(p, "[action$='/delete']", nil).Want(409)
	p = chitra.Get(page).WantText("[aria-labelledby=notes] s", "Comes back in May.")
	action, _ := p.Doc.Find("[action$='/restore']").Attr("action")
	chitra.Post(strings.Replace(action, farah, other, 1), nil).Want(404)
	chitra.Send(p, "[action$='/restore']", nil).Want(303, page).Follow().WantText("[aria-labelledby=notes] p", "Comes back in May.")
}

func TestStudent_WrittenToAndDeleted(t *testing.T) {
	t.Parallel()
	s := apptest.New(t)
	chitra, asha := s.SignIn("chitra"), s.SignIn("asha")
	ordered(asha, "612345678901")
	page := "/admin/students/" + userID(s, "asha")
	p := chitra.Submit(page, "#message", apptest.Form{"subject": "Fees"}).Want(422).WantText("#message-text-error", "Write what")
	if p.Has("#write[open]") != 1 || p.Value("#message-subject") != "Fees" {
		t.Error("what was typed is gone")
	}
	chitra.Send(p, "#message", apptest.Form{"text": "Dear {name}"}).Want(303, page)
	chitra.Send(p, "#message", apptest.Form{"text": "Dear {name}"}).Want(303, page)
	if n := s.Count(`SELECT count(*) FROM outbox WHERE kind = 'written'`); n != 1 {
		t.Errorf("a double press sent %d", n)
	}
	asha.Submit("/contact", "form[action='/contact']", apptest.Form{"subject": "My fees", "message": "I have paid, says Asha."}).Want(303)
	p = chitra.Submit(page, "#erase", nil).Want(422).WantText("#erase-sure-error", "Tick the box")
	chitra.Send(p, "#erase", apptest.Form{"sure": "on"}).Want(303, page)
	p = chitra.Get(page).Want(200).WantText("h1", "Deleted student").WantText(".banner", "was deleted on").WantText("[aria-labelledby=orders]", "Programming Foundations with Python")
	if p.Has("#erase, #activate, #message, #enroll, #add-note") != 0 || strings.Contains(p.Body, "asha@example.com") {
		t.Error("there is something left to do, or to read")
	}
	if n := s.Count(`SELECT count(*) FROM messages`); n != 0 {
		t.Errorf("%d of what she wrote are kept", n)
	}
	asha.Get("/dashboard").Want(303)
	asha.Submit("/login", "form[action='/login']", apptest.Form{"email": "asha@example.com", "password": apptest.Password}).Want(422)
	chitra.Post(page+"/erase", url.Values{"sure": {"on"}}).Want(409)
	chitra.Post("/admin/students/"+userID(s, "chitra")+"/erase", url.Values{"sure": {"on"}}).Want(403)
	chitra.Get("/admin/students").Want(200).WantNoText("main", "Deleted student")
	chitra.Get("/admin/payments?status=all").Want(200).WantText("main", "Deleted student")
}
