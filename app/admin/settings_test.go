package admin_test

import (
	"database/sql"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"lectern/app/apptest"
	"lectern/app/db"
	"lectern/app/school"
)

const python = "/courses/programming-foundations-with-python"

// effects say of each setting what an admin types, and where somebody sees it then. Every setting has one: TestSettings_EachShows
// fails for one that was added without it.
var effects = map[string]struct {
	typed apptest.Form
	seen  func(e effect) bool
}{
	"site_name":    {apptest.Form{"site_name": "Wular Academy"}, func(e effect) bool { return e.home().Text(".mark") == "Wular Academy" }},
	"site_tagline": {apptest.Form{"site_tagline": "Code by the lake"}, func(e effect) bool { return e.home().Text("h1") == "Code by the lake" }},
	"home_lead":    {apptest.Form{"home_lead": "Evening courses."}, func(e effect) bool { return e.home().Text(".hero p") == "Evening courses." }},
	"accent":       {apptest.Form{"accent_choice": "#5b3a8e"}, func(e effect) bool { return strings.Contains(e.theme().Body, "#5b3a8e") }},
	"logo": {nil, func(e effect) bool {
		return e.home().Has(".mark img.logo[src^='/files/']") == 1 && e.home().Has(".mark svg") == 0
	}},
	"favicon": {nil, func(e effect) bool {
		href, _ := e.home().Doc.Find("link[rel='apple-touch-icon']").Attr("href")
		return strings.Contains(href, "/files/icon-") && e.s.Visitor().Get(href).Want(200).Header.Get("Content-Type") == "image/png"
	}},
	"contact_email":    {apptest.Form{"contact_email": "desk@example.com"}, func(e effect) bool { return e.home().Has("footer a[href='mailto:desk@example.com']") == 1 }},
	"contact_phone":    {apptest.Form{"contact_phone": "+91 90000 00000"}, func(e effect) bool { return e.home().Has("footer a[href='tel:+919000000000']") == 1 }},
	"contact_location": {apptest.Form{"contact_location": "Sopore"}, func(e effect) bool { return strings.Contains(e.home().Text("footer"), "Sopore") }},
	"instagram_url":    {apptest.Form{"instagram_url": "https://instagram.example.com/x"}, func(e effect) bool { return e.elsewhere("https://instagram.example.com/x") }},
	"youtube_url":      {apptest.Form{"youtube_url": "https://youtube.example.com/x"}, func(e effect) bool { return e.elsewhere("https://youtube.example.com/x") }},
	"facebook_url":     {apptest.Form{"facebook_url": "https://facebook.example.com/x"}, func(e effect) bool { return e.elsewhere("https://facebook.example.com/x") }},
	"linkedin_url":     {apptest.Form{"linkedin_url": "https://linkedin.example.com/x"}, func(e effect) bool { return e.elsewhere("https://linkedin.example.com/x") }},
	"upi_name":         {apptest.Form{"upi_name": "WULAR TRUST"}, func(e effect) bool { return strings.Contains(e.asha.Get(e.order).Text("#order"), "WULAR TRUST") }},
	"checking_hours": {apptest.Form{"checking_from": "17:00", "checking_to": "18:30"}, func(e effect) bool {
		return strings.Contains(e.asha.Get(e.order).Text("#order .time"), "today by 18:30")
	}},
	"time_zone": {apptest.Form{"time_zone": "Asia/Dubai"}, func(e effect) bool { // 14:05 in India is 12:35 there
		title, _ := e.chitra.Get("/admin/orders").Doc.Find("time.when").Attr("title")
		return strings.Contains(title, "12:35")
	}},
	"order_expiry_hours": {apptest.Form{"order_expiry_hours": "5"}, func(e effect) bool {
		asha := e.s.SignIn("bala").Submit(python, "#enroll", nil).Want(303).Location()
		return e.s.Count(`SELECT count(*) FROM orders WHERE code = $1 AND expires_at = created_at + 18000000`, strings.TrimPrefix(asha, "/orders/")) == 1
	}},
	"order_note": {apptest.Form{"order_note": "Closed on Friday.\nBack on Saturday."}, func(e effect) bool {
		return e.asha.Get(e.order).Text("#order .banner .said") == "Closed on Friday. Back on Saturday."
	}},
	"paid_note": {apptest.Form{"paid_note": "Bring your laptop."}, func(e effect) bool {
		before := strings.Contains(e.asha.Get(e.order).Text("#order"), "Bring your laptop.")
		e.asha.Submit(e.order, "#claim", apptest.Form{"reference": "612345678901"}).Want(303)
		e.chitra.Submit("/admin/payments", "form[action$='/verify']:not([action='/admin/payments/verify'])", nil).Want(303)
		return !before && e.asha.Get(e.order).Text("#order .said") == "Bring your laptop."
	}},
	"whatsapp_group_link": {apptest.Form{"whatsapp_group_link": "https://chat.whatsapp.com/new"}, func(e effect) bool {
		e.asha.Submit(e.order, "#claim", apptest.Form{"reference": "612345678902"}).Want(303)
		e.chitra.Submit("/admin/payments", "form[action$='/verify']:not([action='/admin/payments/verify'])", nil).Want(303)
		return strings.Contains(e.asha.Get("/learn/programming-foundations-with-python").Body, "https://chat.whatsapp.com/new")
	}},
	"second_factor":      {apptest.Form{"second_factor": "on"}, func(e effect) bool { return e.chitra.Get("/account").Has("#factors .note") == 1 }},
	"session_idle_hours": {apptest.Form{"session_idle_hours": "5"}, func(e effect) bool { return e.out("esha", "last_seen_at", false, 5*time.Hour) }},
	"session_hours":      {apptest.Form{"session_hours": "6"}, func(e effect) bool { return e.out("gita", "created_at", false, 6*time.Hour) }},
	"kept_idle_days":     {apptest.Form{"kept_idle_days": "3"}, func(e effect) bool { return e.out("hema", "last_seen_at", true, 3*day) }},
	"kept_days":          {apptest.Form{"kept_days": "5"}, func(e effect) bool { return e.out("indu", "created_at", true, 5*day) }},
	"staff_kept_days":    {apptest.Form{"staff_kept_days": "2"}, func(e effect) bool { return e.out("chitra", "created_at", true, 2*day) }},
	"keep_messages_months": {apptest.Form{"keep_messages_months": "3"}, func(e effect) bool {
		e.s.Visitor().Submit("/contact", "#contact", apptest.Form{"name": "Old", "email": "old@example.com", "message": "Hello"}).Want(303)
		return e.expires("messages", "created_at = created_at - 8640000000, status = 'closed'") && e.chitra.Get("/admin/messages?q=old@example.com").Has("#list li") == 0
	}},
	"keep_applications_months": {apptest.Form{"keep_applications_months": "3"}, func(e effect) bool {
		e.s.Visitor().Submit("/internships/web-development-intern", "#apply", apptest.Form{"name": "Old", "email": "old@example.com", "cover_letter": "Hello"}).Want(303)
		return e.expires("applications", "created_at = created_at - 8640000000")
	}},
	"keep_letters_days": {apptest.Form{"keep_letters_days": "3"}, func(e effect) bool {
		return e.expires("outbox", "status = 'sent', sent_at = created_at - 345600000")
	}},
	"first_steps": {apptest.Form{"first_steps": "off"}, func(e effect) bool { return e.chitra.Get("/admin").Has("#first-steps") == 0 }},
}

// effect is a school in which a setting was just changed.
type effect struct {
	s            *apptest.School
	asha, chitra *apptest.Browser
	order        string
}

func (e effect) home() *apptest.Page { return e.s.Visitor().Get("/") }

func (e effect) theme() *apptest.Page {
	href, _ := e.home().Doc.Find("link[rel=stylesheet][href^='/theme/']").Attr("href")
	return e.s.Visitor().Get(href)
}

// expires reports whether rows that are made old are gone after the next cleaning.
func (e effect) expires(table, set string) bool {
	e.s.T.Helper()
	err := e.s.DB.InTx(e.s.T.Context(), func(tx *sql.Tx) error { return db.Exec(e.s.T.Context(), tx, `UPDATE `+table+` SET `+set) })
	if err != nil {
		e.s.T.Fatal(err)
	}
	before := e.s.Count(`SELECT count(*) FROM ` + table)
	if err := e.s.Clean(e.s.T.Context()); err != nil {
		e.s.T.Fatal(err)
	}
	return before > 0 && e.s.Count(`SELECT count(*) FROM `+table) == 0
}

const day = 24 * time.Hour

// out reports whether another login of somebody's, kept or not, ends when it was so long ago.
func (e effect) out(name, column string, kept bool, ago time.Duration) bool {
	e.s.SignIn(name)
	var before string
	if err := e.s.DB.Read().QueryRowContext(e.s.T.Context(), `SELECT max(id) FROM sessions`).Scan(&before); err != nil {
		e.s.T.Fatal(err)
	}
	b, form := e.s.Visitor(), apptest.Form{"email": name + "@example.com", "password": apptest.Password}
	if !kept {
		form["remember"] = "0"
	}
	b.Submit("/login", "#login", form).Want(303)
	b.Get("/account").Want(200)
	err := e.s.DB.InTx(e.s.T.Context(), func(tx *sql.Tx) error {
		return db.Exec(e.s.T.Context(), tx, `UPDATE sessions SET `+column+` = `+column+` - $1 WHERE id > $2`, ago.Milliseconds(), before)
	})
	return err == nil && b.Get("/account").Status == 303
}

func (e effect) elsewhere(href string) bool { return e.home().Has("footer a[href='"+href+"']") == 1 }

func TestSettings_EachShows(t *testing.T) {
	t.Parallel()
	s := apptest.New(t)
	asha, chitra := s.SignIn("asha"), s.SignIn("chitra")
	e := effect{s, asha, chitra, asha.Submit(python, "#enroll", nil).Want(303).Location()}
	last := []string{"paid_note", "whatsapp_group_link"} // they take a payment
	for _, d := range school.Descriptors {
		want, ok := effects[d.Name]
		if !ok {
			t.Errorf("%s: say in effects where one sees it", d.Name)
		} else if d.Name == last[1] {
			e.asha = s.SignIn("devi")
			e.order = e.asha.Submit(python, "#enroll", nil).Want(303).Location()
		}
		if !ok {
			continue
		}
		e.home() // kept from here on, if nothing tells of the change
		var chosen []apptest.File
		if want.typed == nil {
			chosen = []apptest.File{{Field: d.Name, Name: "sign.png", Content: apptest.PNG(120, 60, 90)}}
		}
		chitra.Submit("/admin/settings", "#form-"+d.Section, want.typed, chosen...).Want(303, "/admin/settings#"+d.Section)
		if !want.seen(e) {
			t.Errorf("%s: nothing shows that it is %v now", d.Name, want.typed)
		}
	}
	if n := s.Count(`SELECT count(*) FROM audit WHERE action = 'setting.change'`); n != len(school.Descriptors) {
		t.Errorf("%d changes are in the audit log, want one for each of %d", n, len(school.Descriptors))
	}
}

func TestSettings_Invalid(t *testing.T) {
	t.Parallel()
	s := apptest.New(t)
	chitra := s.SignIn("chitra")
	for section, wrong := range map[string]apptest.Form{
		"identity": {"site_name": " "}, "look": {"accent_choice": "own", "accent": "#ffe9a0"}, "contact": {"contact_email": "desk@"}, "social": {"youtube_url": "http://example.com"},
		"hours": {"checking_from": "19:00", "checking_to": "18:00"}, "orders": {"order_expiry_hours": "0"}, "students": {"whatsapp_group_link": "chat"},
	} {
		for _, b := range []*apptest.Browser{chitra, chitra.AsHTMX()} {
			p := b.Submit("/admin/settings", "#form-"+section, wrong).Want(422)
			for name, typed := range wrong {
				if got := p.Value("#form-" + section + " [name=" + name + "]:not([type=radio])"); got != typed && typed != "own" {
					t.Errorf("%s: %s shows %q, want %q", section, name, got, typed)
				}
			}
			if p.Has("#form-"+section+" .error") != 1 || p.Has("#form-"+section+" .errors a") != 1 || b.HTMX != (p.Has("header") == 0) {
				t.Errorf("%s: %d errors beside the field, %d in the summary", section, p.Has(".error"), p.Has(".errors a"))
			}
		}
	}
	chitra.Submit("/admin/settings", "#form-look", apptest.Form{"accent_choice": "own", "accent": "#ffe9a0"}).WantText("#form-look .error", "Too pale", "#")
	if s.Count(`SELECT count(*) FROM setting_changes`) != 0 {
		t.Error("something was changed")
	}
}

func TestSettings_TwoAdmins(t *testing.T) {
	t.Parallel()
	s := apptest.New(t)
	chitra := s.SignIn("chitra")
	page := chitra.Get("/admin/settings")
	chitra.Submit("/admin/settings", "#form-contact", apptest.Form{"contact_location": "Pulwama"}).Want(303)
	for _, b := range []*apptest.Browser{chitra, chitra.AsHTMX()} {
		p := b.Send(page, "#form-contact", apptest.Form{"contact_location": "Baramulla"}).Want(409)
		p.WantText("#form-contact .error", "it is “Pulwama” now")
		if p.Value("#contact_location") != "Baramulla" || p.Value("#form-contact [name=was_contact_location]") != "Pulwama" {
			t.Error("what was typed, or what is, was lost")
		}
		if b.HTMX && p.Header.Get("HX-Retarget") != "#contact" {
			t.Error("htmx isn't told where the form belongs")
		}
	}
	chitra.Send(page, "#form-contact", apptest.Form{"contact_email": "desk@example.com"}).Want(303) // the place wasn't touched
	chitra.Get("/").WantText("footer", "Pulwama", "desk@example.com")
	p := chitra.Send(page, "#form-contact", apptest.Form{"contact_location": "Baramulla"}).Want(409)
	chitra.Send(p, "#form-contact", nil).Want(303) // knowing what it replaces
	chitra.Get("/").WantText("footer", "Baramulla")
}

func TestSettings_PutBack(t *testing.T) {
	t.Parallel()
	s := apptest.New(t)
	chitra := s.SignIn("chitra")
	chitra.Submit("/admin/settings", "#form-contact", apptest.Form{"contact_location": "Pulwama"}).Want(303).Follow().WantText(".flash", "Saved")
	page := chitra.Get("/admin/settings").WantText("#changes-contact", "Place", "from “Srinagar” to “Pulwama”", "chitra")
	back := "#changes-contact form"
	chitra.AsHTMX().Submit("/admin/settings", back, nil).Want(200).WantText("section#contact", "from “Pulwama” to “Srinagar”").WantText(".toast", "Put back")
	chitra.Get("/").WantText("footer", "Srinagar")
	chitra.Send(page, back, nil).Want(303) // again: it is so already
	chitra.Submit("/admin/settings", "#form-contact", apptest.Form{"contact_location": "Anantnag"}).Want(303)
	chitra.Send(page, back, nil).Want(409).WantText("#contact .error", "Anantnag")
	chitra.Post("/admin/settings/changes/nothing/put-back", nil).Want(404)
	chitra.Get("/").WantText("footer", "Anantnag")
}

func TestSettings_Theme(t *testing.T) {
	t.Parallel()
	s := apptest.New(t)
	chitra := s.SignIn("chitra")
	if s.Visitor().Get("/").Has("link[href^='/theme/']") != 0 {
		t.Error("a stylesheet without a colour")
	}
	s.Visitor().Get("/theme/12345678.css").Want(404)
	chitra.Submit("/admin/settings", "#form-look", apptest.Form{"accent_choice": "own", "accent": "#8A2452"}).Want(303)
	href, _ := s.Visitor().Get("/").Doc.Find("link[rel=stylesheet][href^='/theme/']").Attr("href")
	p := s.Visitor().Get(href).Want(200)
	if p.Header.Get("Content-Type") != "text/css; charset=utf-8" || !strings.Contains(p.Header.Get("Cache-Control"), "immutable") || len(p.Cookies) != 0 || !strings.Contains(p.Body, "--accent: light-dark(#8a2452, #") {
		t.Errorf("%v %s", p.Header, p.Body)
	}
	if old := s.Visitor().Get("/theme/00000000.css").Want(200); old.Header.Get("Cache-Control") != "no-cache" {
		t.Error("an outdated address is kept for ever")
	}
	chitra.Submit("/admin/settings", "#form-look", apptest.Form{"accent": "#5b2a8e"}).Want(303) // the code, without a tick at “Another one”
	if chitra.Get("/admin/settings").Value("#accent") != "#5b2a8e" {
		t.Error("a code that was typed is overlooked")
	}
	chitra.Submit("/admin/settings", "#form-look", apptest.Form{"accent": "#8a2452"}).Want(303)
	s.SignIn("asha")
	if m := s.MailTo("asha@example.com"); len(m) != 1 || !strings.Contains(m[0].HTML, `bgcolor="#8a2452"`) {
		t.Error("mails have another colour")
	}
	preview := chitra.AsHTMX().Get("/admin/settings/preview?site_name=Wular&accent=%235b3a8e").Want(200).WantText("figure.preview", "Wular")
	if !strings.Contains(preview.Body, "#5b3a8e") || preview.Has("header") != 0 {
		t.Error("the preview shows something else")
	}
	chitra.Get("/admin/settings/preview?accent=%23ffffff").Want(200).WantText("figcaption", "can't be read")
}

func TestSettings_AreTheAdmins(t *testing.T) {
	t.Parallel()
	s := apptest.New(t)
	asha := s.SignIn("asha")
	for _, path := range []string{"/admin/settings", "/admin/settings/preview"} {
		asha.Get(path).Want(403)
		s.Visitor().Get(path).Want(303, "/login?next="+url.QueryEscape(path))
	}
	asha.Post("/admin/settings", url.Values{"site_name": {"Mine"}}).Want(403)
	chitra := s.SignIn("chitra")
	page := chitra.Get("/admin/settings")
	chitra.Submit("/account", "form[action='/logout']", nil)
	to := chitra.Send(page, "#form-identity", apptest.Form{"site_tagline": "Typed for long"}).Want(303).Location()
	p := chitra.Submit(to, "form[action='/login']", apptest.Form{"email": "chitra@example.com", "password": apptest.Password}).Want(303).Follow()
	if p.Value("#site_tagline") != "Typed for long" {
		t.Errorf("after logging in again the field has %q", p.Value("#site_tagline"))
	}
}

func TestSettings_Days(t *testing.T) {
	t.Parallel()
	s := apptest.New(t)
	chitra := s.SignIn("chitra")
	send := url.Values{"checking_days": {"mon", "fri"}, "checking_from": {"20:00"}, "checking_to": {"00:00"}}
	chitra.Post("/admin/settings", send).Want(303, "/admin/settings#hours")
	p := chitra.Get("/admin/settings")
	var days []string
	p.Doc.Find("[name=checking_days][checked]").Each(func(_ int, e *selection) { day, _ := e.Attr("value"); days = append(days, day) })
	if !slices.Equal(days, []string{"mon", "fri"}) || p.Value("#checking_from") != "20:00" || p.Value("#checking_to") != "00:00" {
		t.Errorf("got %v, %s to %s", days, p.Value("#checking_from"), p.Value("#checking_to"))
	}
	chitra.Post("/admin/settings", url.Values{"checking_from": {"20:00"}, "checking_to": {"21:00"}}).Want(422).WantText("#checking_hours .error", "at least one day")
	chitra.Post("/admin/settings", url.Values{"checking_hours": {"daily 19:00-21:00"}}).Want(303)
}

func TestSettings_Pictures(t *testing.T) {
	t.Parallel()
	s := apptest.New(t)
	chitra := s.SignIn("chitra")
	sign := func(field string, content []byte) apptest.File {
		return apptest.File{Field: field, Name: "sign.png", Content: content}
	}
	chitra.Submit("/admin/settings", "#form-look", nil, sign("logo", []byte("no picture"))).Want(422).WantText("#form-look .error", "picture")
	chitra.Submit("/admin/settings", "#form-look", apptest.Form{"accent_choice": "#5b3a8e"}).Want(303)
	if href, _ := s.Visitor().Get("/").Doc.Find("link[rel=icon]").Attr("href"); !strings.Contains(s.Visitor().Get(href).Want(200).Body, "#5b3a8e") {
		t.Error("the built-in sign has another colour")
	}
	s.Visitor().Get("/favicon.ico").Want(302)

	chitra.Submit("/admin/settings", "#form-look", nil, sign("logo", apptest.PNG(300, 100, 90))).Want(303)
	first, _ := s.Visitor().Get("/").Doc.Find(".mark img").Attr("src")
	icon, _ := s.Visitor().Get("/").Doc.Find("link[rel=apple-touch-icon]").Attr("href")
	page := chitra.Get("/admin/settings")
	chitra.Send(page, "#form-look", nil, sign("logo", apptest.PNG(200, 100, 30))).Want(303)
	second, _ := s.Visitor().Get("/").Doc.Find(".mark img").Attr("src")
	if first == "" || icon == "" || second == "" || first == second {
		t.Fatalf("%q, then %q, icon %q", first, second, icon)
	}
	chitra.Send(page, "#form-look", nil, sign("logo", apptest.PNG(10, 10, 10))).Want(409).WantText("#form-look .error", "another picture")
	chitra.Submit("/admin/settings", "#changes-look li:first-child form", nil).Want(303)
	s.Visitor().Get(first).Want(200)
	if back, _ := s.Visitor().Get("/").Doc.Find(".mark img").Attr("src"); back != first {
		t.Errorf("put back is %q, want %q", back, first)
	}
	chitra.Submit("/admin/settings", "#form-look", apptest.Form{"logo_remove": "on"}).Want(303)
	if s.Visitor().Get("/").Has(".mark svg") != 1 || s.Count(`SELECT count(*) FROM file_uses`) != 0 {
		t.Error("a removed logo is still there, or still in use")
	}
}
