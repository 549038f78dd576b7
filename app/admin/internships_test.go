package admin_test

import (
	"encoding/csv"
	"net/url"
	"strings"
	"testing"

	"lectern/app/apptest"
)

func TestInternships_FromDraftToPage(t *testing.T) {
	t.Parallel()
	s := apptest.New(t)
	chitra, v := s.SignIn("chitra"), s.Visitor()
	bad := chitra.Submit("/admin/internships/new", "#post", apptest.Form{"title": "", "fee": "much", "seats": "few", "last_day": "soon", "summary": "In one line"}).Want(422)
	bad.WantText("#title-error", "title").WantText("#fee-error", "amount").WantText("#seats-error", "number").WantText("#last_day-error", "day")
	if bad.Value("#summary") != "In one line" {
		t.Error("what was typed is lost")
	}
	path := chitra.Send(bad, "#post", apptest.Form{"title": "लेखन Intern", "fee": "₹1,499.50", "seats": "3", "last_day": "2026-12-31", "stipend": "₹5,000 a month", "description": "One.\n\nTwo."}).Want(303).Location()
	p := chitra.Get(path).Want(200).WantText(".flash", "draft is saved").WantText(".head .state", "Draft")
	slug := p.Value("#slug")
	public := "/internships/" + url.PathEscape(slug)
	v.Get(public).Want(404)
	chitra.Send(p, "#to-published", nil).Want(303, path).Follow().WantText(".flash", "Published")
	v.Get(public).Want(200).WantText("main", "₹1,499.50", "₹5,000 a month", "31 Dec 2026", "3", "One.", "Two.")
	chitra.Send(p, "#to-published", nil).Want(409).WantText("[role=alert]", "already handled")
	copied := chitra.Submit(path, "#duplicate", nil).Want(303).Follow().WantText("h1", "(copy)").WantText(".head .state", "Draft")
	if copied.Value("#fee") != "1499.50" || copied.Value("#last_day") != "" {
		t.Errorf("the copy costs %q until %q", copied.Value("#fee"), copied.Value("#last_day"))
	}
	list := chitra.Get("/admin/internships?status=published").WantText("#list", "Web Development Intern", "लेखन Intern", "0 of 3 places")
	if list.Has("#list form[action$='/up']") != 3 || list.Has("#list form[action$='/down']") != 3 {
		t.Error("the order can't be changed")
	}
	chitra.Send(list, "#list tr:last-child form[action$='/up']", nil).Want(303, "/admin/internships?status=published")
	if third := chitra.Get("/admin/internships?status=published").Text("#list tbody tr:nth-child(3) .who"); third != "लेखन Intern" {
		t.Errorf("third stands %q", third)
	}
	chitra.Get("/admin/internships?q=web").WantText("#list", "Web Development").WantNoText("#list", "Python")
	chitra.Get("/admin/internships?q=zzz").WantText("#list", "No internship matches")
	chitra.Get("/admin/internships?status=archived").WantText("#list", "Nothing here")
}

func TestInternships_TwoAdmins(t *testing.T) {
	t.Parallel()
	s := apptest.New(t)
	chitra := s.SignIn("chitra")
	path, _ := chitra.Get("/admin/internships").Doc.Find("a.who").First().Attr("href")
	mine, theirs := chitra.Get(path), chitra.Get(path)
	chitra.Send(theirs, "#post", apptest.Form{"title": "Theirs"}).Want(303, path)
	p := chitra.Send(mine, "#post", apptest.Form{"title": "Mine", "place": "Srinagar"}).Want(409).WantText("[role=alert]", "Somebody else").WantText(".differs", "Theirs", "Remote").WantNoText(".differs", "3 months")
	if p.Value("#title") != "Mine" || p.Value("#place") != "Srinagar" {
		t.Error("what was typed is lost")
	}
	chitra.Send(p, "#post", nil).Want(303, path).Follow().WantText("h1", "Mine")
}

// applied sends Bala's application and returns its address in the panel.
func applied(s *apptest.School, post string) string {
	s.T.Helper()
	s.Visitor().Submit("/internships/"+post, "#apply", apptest.Form{"name": "Bala", "email": "bala@example.com", "phone": "98765 43211", "cover_letter": "=I can write."}).Want(303)
	var id string
	if err := s.DB.Read().QueryRowContext(s.T.Context(), `SELECT id FROM applications ORDER BY id DESC LIMIT 1`).Scan(&id); err != nil {
		s.T.Fatal(err)
	}
	return "/admin/applications/" + id
}

func TestApplications_FromReadingToTheWayBack(t *testing.T) {
	t.Parallel()
	s := apptest.New(t)
	chitra := s.SignIn("chitra")
	chitra.Get("/admin/applications").Want(200).WantText("#list", "No applications yet")
	path := applied(s, "web-development-intern")
	chitra.Get("/admin/applications").WantText("#list", "Bala", "Web Development Intern", "New", "₹999 unpaid").WantText("#nav a[href='/admin/applications']", "1")
	p := chitra.Get(path).Want(200).WantText("h1", "Bala").WantText("main", "=I can write.", "No order yet", "none with this address")
	if p.Has("#nav a[href='/admin/applications'] .state") != 0 && chitra.Get(path).Has("#nav a[href='/admin/applications'] .state") != 0 {
		t.Error("it was read, and still counts")
	}
	chitra.Send(p, "#shortlist", nil).Want(303, path).Follow().WantText(".flash", "Shortlisted").WantText(".head .state", "Shortlisted")
	chitra.Send(p, "#shortlist", nil).Want(409).WantText("[role=alert]", "already handled")
	long := chitra.Submit(path, "form#accept", apptest.Form{"line": strings.Repeat("x", 1001)}).Want(422).WantText(".errors", "at most 1,000")
	if long.Has("details[open] form#accept") != 1 {
		t.Error("the form that was refused is folded away")
	}
	chitra.Submit(path, "form#accept", apptest.Form{"line": "Bring paper.\n\nSee you."}).Want(303, path).Follow().WantText(".flash", "The letter is on its way").WantText("#decide ~ *", "Accepted on")
	chitra.Submit(path, "form#change", apptest.Form{"status": "rejected"}).Want(303, path).Follow().WantText(".head .state", "Declined")
	s.MailTo("bala@example.com")
	chitra.Submit(path, "form#change", apptest.Form{"status": "accepted"}).Want(303, path)
	var decided []string
	for _, m := range s.MailTo("bala@example.com") {
		if !strings.Contains(m.Subject, "We have your application") {
			decided = append(decided, m.Text)
		}
	}
	if len(decided) != 2 || !strings.Contains(decided[0], "can't offer you a place") || !strings.Contains(decided[1], "takes that one's place") || !strings.Contains(decided[1], "pay the fee of ₹999") {
		t.Errorf("Bala was told %q", decided)
	}
	chitra.Get(path).WantText("main", "The letter about it:", "Sent")
	chitra.Submit(path, "form#note", apptest.Form{"note": "Called him."}).Want(303, path).Follow().WantText(".letter.inside", "Called him.")
	chitra.Submit(path, ".letter.inside form", nil).Want(303).Follow().WantText(".letter.inside", "Removed")
	chitra.Submit(path, "form#note", apptest.Form{"note": " "}).Want(422).WantText(".errors", "Write a note")
}

func TestApplications_ManyAtOnce(t *testing.T) {
	t.Parallel()
	s := apptest.New(t)
	chitra := s.SignIn("chitra")
	path := applied(s, "web-development-intern")
	id := path[strings.LastIndex(path, "/")+1:]
	applied(s, "python-development-intern")
	chitra.Submit("/admin/applications", "#bulk", apptest.Form{"status": "accepted"}).Want(422).WantText(".errors", "Tick at least one")
	done := chitra.Post("/admin/applications/status", url.Values{"id": {id, "nothing"}, "status": {"rejected"}, "tell": {"on"}}).Want(303).Follow().Want(200)
	done.WantText("[aria-labelledby=batch]", "1 of 2 changed to Declined", "Bala", "no such application")
	chitra.Get("/admin/applications?batch=gone").Want(200)
	chitra.Get("/admin/applications?status=rejected").WantText("#list", "Bala")
	posts := chitra.Get("/admin/applications")
	other, _ := posts.Doc.Find("select[name=post] option").Eq(2).Attr("value")
	if got := chitra.Get("/admin/applications?post=" + other); got.Has("#list tbody tr") != 1 {
		t.Errorf("%d of one internship", got.Has("#list tbody tr"))
	}
	if part := chitra.AsHTMX().Get("/admin/applications?q=bala"); part.Has("header") != 0 || part.Has("#list tbody tr") != 2 {
		t.Error("htmx gets the list and no more")
	}
}

func TestApplications_AsATable(t *testing.T) {
	t.Parallel()
	s := apptest.New(t)
	chitra := s.SignIn("chitra")
	applied(s, "web-development-intern")
	p := chitra.Get("/admin/applications.csv?status=new").Want(200)
	if kind, name := p.Header.Get("Content-Type"), p.Header.Get("Content-Disposition"); kind != "text/csv; charset=utf-8" || !strings.Contains(name, "applications-2026-11-23.csv") {
		t.Errorf("%s, %s", kind, name)
	}
	rows, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(p.Body, "\ufeff"))).ReadAll()
	if err != nil || len(rows) != 2 || rows[1][0] != "Bala" || rows[1][2] != "'+919876543211" || rows[1][8] != "'=I can write." {
		t.Errorf("%q, %v", rows, err)
	}
	if p := chitra.Get("/admin/applications.csv?status=accepted"); strings.Contains(p.Body, "Bala") {
		t.Error("the filter is forgotten")
	}
}

func TestApplications_Strangers(t *testing.T) {
	t.Parallel()
	s := apptest.New(t)
	chitra, asha, path := s.SignIn("chitra"), s.SignIn("asha"), applied(s, "web-development-intern")
	for _, step := range []string{"/status", "/notes", "/notes/x/remove", "/notes/x/back"} {
		s.Visitor().Post(path+step, nil).Want(303)
		asha.Post(path+step, nil).Want(403)
		chitra.Post("/admin/applications/nothing"+step, url.Values{"note": {"x"}, "from": {"new"}, "status": {"accepted"}}).Want(404)
	}
	for _, step := range []string{"", "/status", "/up", "/down", "/duplicate"} {
		asha.Post("/admin/internships/nothing"+step, nil).Want(403)
		chitra.Post("/admin/internships/nothing"+step, url.Values{"title": {"x"}, "from": {"draft"}, "status": {"published"}}).Want(404)
	}
	chitra.Get("/admin/applications/nothing").Want(404)
	chitra.Get("/admin/internships/nothing").Want(404)
	if part := chitra.AsHTMX().Submit(path, "#shortlist", nil); part.Status != 204 {
		t.Errorf("htmx: %d", part.Status)
	}
	chitra.Get("/admin/audit?kind=application").Want(200).WantText("#list", "Applied", "Shortlisted an application")
	chitra.Get("/admin/audit?kind=internship").Want(200)
}
