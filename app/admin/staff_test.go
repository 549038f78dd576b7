package admin_test

import (
	"net/url"
	"strings"
	"testing"

	"lectern/app/apptest"
)

const inviteForm = "#invite-form"

func TestStaff_InviteACashier(t *testing.T) {
	t.Parallel()
	s := apptest.New(t)
	chitra := s.SignIn("chitra")
	p := chitra.Get("/admin/staff").Want(200).WantText(".members", "chitra@example.com", "Admin", "you")
	if p.Has(".members details") != 0 {
		t.Error("an admin could remove himself")
	}
	bad := chitra.Submit("/admin/staff", inviteForm, apptest.Form{"name": "Bala", "email": "bala"}).Want(422)
	if bad.Value("#invite-name") != "Bala" || bad.Value("#invite-email") != "bala" {
		t.Error("what was typed is gone")
	}
	bad.WantText("#invite-email-error", "no mail address").WantText("#invite-role-error", "Choose")
	part := chitra.AsHTMX().Submit("/admin/staff", inviteForm, apptest.Form{"name": "Bala", "email": "bala@gmial.com", "role": "cashier"}).Want(422)
	if part.Has("header") != 0 || part.Value("[name=email_asked]") != "bala@gmial.com" {
		t.Errorf("asked about %q", part.Value("[name=email_asked]"))
	}
	to := chitra.AsHTMX().Submit("/admin/staff", inviteForm, apptest.Form{"name": "Bala", "email": "bala@example.com", "role": "cashier"}).Want(204).Location()
	p = chitra.Get(to).Want(200).WantText("#link", "Invite for Bala", "a cashier", s.URL+"/setup/").WantText(".flash", "on its way by mail")
	link := p.Doc.Find("#link [data-copy]").AttrOr("data-copy", "")
	if chat := p.Doc.Find("#link a.main").AttrOr("href", ""); !strings.HasPrefix(chat, "https://wa.me/") || !strings.Contains(chat, url.QueryEscape(link)) && !strings.Contains(chat, strings.ReplaceAll(url.QueryEscape(link), "+", "%20")) {
		t.Errorf("the chat is %q", chat)
	}
	mails := s.MailTo("bala@example.com")
	if len(mails) != 1 || mails[0].Link("/setup/") != link {
		t.Errorf("%d mails; the link isn't in it", len(mails))
	}
	bala := s.Visitor()
	if page := bala.Get(link).Want(200).WantText("main", "Chinar Academy", "as a cashier", "bala@example.com"); page.Value("#name") != "Bala" {
		t.Error("the name isn't there")
	}
	bala.Submit(link, "#setup", apptest.Form{"password": "short"}).Want(422).WantText("#password-error", "15 characters")
	panel := bala.Submit(link, "#setup", apptest.Form{"name": "Bala Nair", "password": apptest.Password}).Want(303, "/admin").Follow().Want(200)
	panel.WantText(".flash", "on the staff").WantText("#nav", "Payments", "Orders").WantNoText("#nav", "Students", "Staff", "Audit").WantNoText("main", "Revenue", "Latest")
	s.Visitor().Get(link).Want(404)
	if len(s.MailTo("office@example.com")) != 1 {
		t.Error("the school wasn't told")
	}
	chitra.Get(to).Want(200).WantText(".members", "Bala Nair", "Cashier")
}

// someInvite makes an invite as Chitra, and returns the address of its page and the link.
func someInvite(chitra *apptest.Browser, form apptest.Form) (page, link string) {
	chitra.T.Helper()
	page = chitra.Submit("/admin/staff", inviteForm, form).Want(303).Location()
	return page, chitra.Get(page).Want(200).Doc.Find("#link [data-copy]").AttrOr("data-copy", "")
}

func TestStaff_InviteForAnAccount(t *testing.T) {
	t.Parallel()
	s := apptest.New(t)
	chitra, asha, bala := s.SignIn("chitra"), s.SignIn("asha"), s.SignIn("bala")
	_, link := someInvite(chitra, apptest.Form{"name": "Asha", "email": "asha@example.com", "role": "admin"})
	path := strings.TrimPrefix(link, s.URL)
	p := s.Visitor().Get(path).Want(200).WantText("main", "asha@example.com already")
	if p.Has("main form") != 0 || p.Has("a[href='/login?next="+url.QueryEscape(path)+"']") != 1 {
		t.Error("a visitor isn't sent to log in")
	}
	s.Visitor().Post(path, url.Values{"name": {"Asha"}, "password": {apptest.Password}}).Want(409).WantText("main", "log in with it")
	bala.Get(path).Want(200).WantText("main", "Bala is logged in here now")
	bala.Post(path, nil).Want(409)
	asha.Get("/admin").Want(403)
	asha.Submit(path, "#join", nil).Want(303, "/admin").Follow().Want(200).WantText("#nav", "Staff")
	asha.Get("/admin/staff").Want(200)
	asha.Get(path).Want(404)
}

func TestStaff_RenewAndRevoke(t *testing.T) {
	t.Parallel()
	s := apptest.New(t)
	chitra := s.SignIn("chitra")
	page, link := someInvite(chitra, apptest.Form{"name": "Bala", "email": "bala@example.com", "role": "cashier"})
	id := strings.TrimPrefix(page, "/admin/staff?invite=")
	renewed := chitra.Submit("/admin/staff", "#renew-"+id, nil).Want(303, page).Follow().Want(200)
	if to := renewed.Doc.Find("#link [data-copy]").AttrOr("data-copy", ""); to == link || to == "" {
		t.Errorf("renewed to %q", to)
	}
	s.Visitor().Get(link).Want(404)
	open := chitra.Get("/admin/staff")
	chitra.Send(open, "#revoke-"+id, nil).Want(303, "/admin/staff").Follow().WantText(".flash", "revoked")
	chitra.Send(open, "#revoke-"+id, nil).Want(404)
	chitra.Get(page).Want(200).WantNoText("main", "/setup/")
}

func TestStaff_RolesAndRemoval(t *testing.T) {
	t.Parallel()
	s := apptest.New(t)
	bala := s.SignInCashier()
	chitra, old := s.SignIn("chitra"), s.SignIn("chitra")
	var id string
	if err := s.DB.Read().QueryRowContext(t.Context(), `SELECT id FROM users WHERE role = 'cashier'`).Scan(&id); err != nil {
		t.Fatal(err)
	}
	before := old.Get("/admin/staff")
	bala.Get("/admin/students").Want(403).WantText("main", "for admins")
	chitra.Submit("/admin/staff", "#role-"+id, apptest.Form{"role": "admin"}).Want(303, "/admin/staff").Follow().WantText(".flash", "Bala: Admin")
	bala.Get("/admin/students").Want(200)
	old.Send(before, "#remove-"+id, nil).Want(409).WantText("[role=alert]", "changed this person's role")
	chitra.Submit("/admin/staff", "#remove-"+id, nil).Want(303).Follow().WantText(".flash", "no longer on the staff").WantNoText(".members", "Bala")
	bala.Get("/admin/payments").Want(403)
	bala.Get("/dashboard").Want(200)
	mails := s.MailTo("bala@example.com")
	if last := mails[len(mails)-1].Subject; !strings.Contains(last, "left the staff") {
		t.Errorf("told last: %q", last)
	}
	chitra.Post("/admin/staff/"+id+"/role", url.Values{"was": {"cashier"}, "role": {"owner"}}).Want(422)
	chitra.Post("/admin/staff/nobody/role", url.Values{"was": {"cashier"}, "role": {"admin"}}).Want(404)
	chitra.Get("/admin/audit?q=bala@example.com").Want(200).WantText("table", "Changed a role", "Cashier")
}

func TestStaff_ACashierDoesPayments(t *testing.T) {
	t.Parallel()
	s := apptest.New(t)
	asha, bala := s.SignIn("asha"), s.SignInCashier()
	order := asha.Submit("/courses/programming-foundations-with-python", "#enroll", nil).Want(303).Location()
	asha.Submit(order, "#claim", apptest.Form{"reference": "612345678901"}).Want(303)
	queue := bala.Get("/admin/payments").Want(200)
	bala.Send(queue, "form[action$='/verify'][id^='c-']", nil).Want(303)
	asha.Get(order).Want(200).WantText("#order", "Received")
	page := "/admin/" + strings.TrimPrefix(order, "/")
	if p := bala.Get(page).Want(200); p.Has("#refund form")+p.Has("form[action$='/void']") != 0 {
		t.Error("a cashier is offered a refund")
	}
	bala.Post(page+"/refund", url.Values{"amount": {"499"}}).Want(403)
	bala.Submit(page, "#reverse form", apptest.Form{"reason": "Wrong row"}).Want(303)
}

// An instructor writes courses and does nothing else, whatever forms he makes himself.
func TestStaff_AnInstructorWritesCourses(t *testing.T) {
	t.Parallel()
	s := apptest.New(t)
	devi := s.SignInStaff("devi", "instructor")
	list := devi.Get("/admin").Want(303, "/admin/courses").Follow().Want(200)
	if list.Has("a[href='/admin/courses/new']")+list.Has("form[action*='/feature']")+list.Has("form[action*='/move']")+list.Has("a[href='/admin/payments']") != 0 {
		t.Error("offered what isn't his")
	}
	course, _ := list.Doc.Find(".coursework a.who").First().Attr("href")
	page := devi.Get(course).Want(200)
	if page.Has("form[action*='/publish'], form[action*='/archive'], form[action*='/delete'], a[href$='/price']") != 0 {
		t.Error("offered what isn't his")
	}
	devi.Send(page, "#course", apptest.Form{"summary": "Written by Devi."}).Want(303)
	devi.Get(course + "/outline").Want(200)
	for _, step := range []string{"/price", "/publish", "/unpublish", "/archive", "/feature", "/move", "/duplicate", "/delete"} {
		devi.Post(course+step, nil).Want(403)
	}
	for _, path := range []string{"/admin/payments", "/admin/students", "/admin/settings", "/admin/audit", "/admin/courses/new", course + "/price"} {
		devi.Get(path).Want(403)
	}
	if s.Count(`SELECT count(*) FROM courses WHERE summary = 'Written by Devi.'`) != 1 {
		t.Error("what he wrote isn't there")
	}
	if p := devi.Get("/"); p.Has(".due") != 0 {
		t.Error("told of payments")
	}
}
