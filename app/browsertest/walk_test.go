package browsertest

import (
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"

	"lectern/app/account"
	"lectern/app/apptest"
	"lectern/app/config"
	"lectern/app/lang"
)

// long adds what takes many minutes: every width, and every way in which axe looks.
var long = os.Getenv("LECTERN_TEST_LONG") != ""

// view is a page as somebody comes to see it.
type view struct {
	name string
	path string
	then func(*person) // what is done on the page to make it so; nil: nothing
}

// group are the views of one person; who is an address, or empty for a visitor.
type group struct {
	name, who string
	school    *apptest.School
	views     []view
}

// TestPages leads people through every page of a school that lives and of an empty one, and has a look at each.
func TestPages(t *testing.T) {
	if testing.Short() {
		t.Skip("looking at every page takes minutes, and no race is found by it")
	}
	for _, g := range append(newCrowd(t).groups(), newEmpty(t).firstDay()...) {
		t.Run(g.name, func(t *testing.T) {
			t.Parallel()
			p := visit(t, g.school, desk)
			if g.who != "" {
				p.logIn(g.who)
			}
			for _, v := range g.views {
				t.Run(v.name, func(t *testing.T) {
					p.T = t
					p.resize(desk)
					p.scheme("light")
					p.open(v.path)
					if v.then != nil {
						v.then(p)
					}
					p.looksRight()
					p.isAccessible()
					p.reproach()
				})
			}
			p.T = t
		})
	}
}

// unfold opens everything on the page that can be opened.
func (p *person) unfold() {
	p.Helper()
	value[bool](p, `document.querySelectorAll("details").forEach(d => { d.open = true }), scrollTo(0, 0), true`)
}

// send presses the button of a form, with what is typed into fields before, and waits for the page that complains.
func send(form string, typed map[string]string) func(*person) {
	return func(p *person) {
		p.Helper()
		p.unfold()
		for field, text := range typed {
			p.fill(form+" "+field, text)
		}
		p.press(form + " button[type=submit]:not(.vh), " + form + " button:not([type])")
		p.sees(".errors, .error")
	}
}

// stands makes sure that an order's page shows the state that it is looked at for.
func stands(state string) func(*person) {
	if state == "expired" {
		return func(p *person) {
			p.Helper()
			p.sees("#order .banner", "a few days old")
		}
	}
	return func(p *person) {
		p.Helper()
		p.sees("#order .head .state", lang.For("en").T("order.state."+state))
	}
}

func (c *crowd) groups() []group {
	first, second := c.adminViews()
	return []group{
		{"visitors", "", c.School, slices.Concat(c.publicViews(), c.siteViews(), c.writeViews())},
		{"students", longEmail, c.School, append(c.studentViews(), c.feeViews()...)},
		{"a student in Urdu", "devi@example.com", c.School, []view{
			{"order, open", "/orders/" + c.orders["urdu"].Code, nil},
			{"order, paid and over", "/orders/" + c.orders["other"].Code, nil},
			{"dashboard", "/dashboard", nil}}},
		{"a new student", "fresh@example.com", c.School, []view{
			{"dashboard", "/dashboard", nil}, {"orders", "/orders", nil}, {"not allowed", "/admin", nil}}},
		{"admins, money", "chitra@example.com", c.School, first},
		{"admins, people", "chitra@example.com", c.School, second},
		{"admins, site", "chitra@example.com", c.School, c.siteAdminViews()},
		{"admins, courses", "chitra@example.com", c.School, c.courseViews()},
		{"admins, inbox", "chitra@example.com", c.School, c.deskViews()},
	}
}

// firstDay are the views of a school that has nothing yet.
func (c *crowd) firstDay() []group {
	setup := apptest.New(c.T, func(c *config.Config) { c.AdminEmail, c.AdminPassword = "", "" })
	link, err := setup.Accounts.SetupLink(c.ctx)
	c.must(err)
	return []group{
		{"the first admin", "", setup, []view{{"setup", link, nil}, {"setup, wrong", link, send("#setup", map[string]string{"[name=email]": "chitra"})}}},
		{"visitors of an empty school", "", c.School, []view{
			{"home", "/", nil}, {"courses", "/courses", nil}, {"forgot", "/password/forgot", nil},
			{"pay link", "/pay/" + c.orders["unpayable"].PayToken, nil}}},
		{"the student of an empty school", "asha@example.com", c.School, []view{
			{"order that can't be paid", "/orders/" + c.orders["unpayable"].Code, nil}}},
		{"the admin of an empty school", "chitra@example.com", c.School, []view{
			{"stories", "/admin/stories", nil}, {"pages", "/admin/pages", nil},
			{"overview", "/admin", nil}, {"settings", "/admin/settings", nil}, {"first step", "/admin/start", nil}, {"contact", "/admin/start/contact", nil},
			{"contact, wrong", "/admin/start/contact", send("#start", map[string]string{"[name=contact_email]": "desk"})},
			{"payee", "/admin/start/payee", nil}, {"mail, not set up", "/admin/start/mail", nil}, {"first course", "/admin/start/course", nil},
			{"queue", "/admin/payments", nil}, {"queue, verified", "/admin/payments?status=accepted", nil},
			{"orders", "/admin/orders?status=paid", nil}, {"students", "/admin/students?status=inactive", nil}, {"mail", "/admin/mail?status=failed", nil}}},
	}
}

func (c *crowd) publicViews() []view {
	var reset string
	c.must(c.Accounts.RequestReset(c.ctx, "fresh@example.com", clientOfTest))
	for _, m := range c.MailTo("fresh@example.com") {
		if link := m.Link("/password/reset/"); link != "" {
			reset = link
		}
	}
	var verify string
	for _, m := range c.MailTo(longEmail) {
		if link := m.Link("/email/verify/"); link != "" {
			verify = link
		}
	}
	join, err := c.Accounts.InviteURL(c.ctx, c.invite)
	c.must(err)
	known, err := c.Accounts.Invite(c.ctx, c.chitra, account.InviteForm{Name: longLatin, Email: longEmail, Role: account.RoleCashier})
	c.must(err)
	joinKnown, err := c.Accounts.InviteURL(c.ctx, known)
	c.must(err)
	login, err := c.Accounts.LoginLink(c.ctx, c.chitra, c.ids[longEmail])
	c.must(err)
	views := []view{
		{"home", "/", nil},
		{"courses", "/courses", nil},
		{"courses, second page", "/courses?page=2&sort=title", nil},
		{"courses, none found", "/courses?q=zzzz&level=Advanced", nil},
		{"course", python, nil},
		{"course, long", "/courses/" + c.slugs[1], nil},
		{"course, one word", "/courses/" + c.slugs[0], nil},
		{"course, free", "/courses/" + c.slugs[10], nil},
		{"course, archived", "/courses/" + c.slugs[11], nil},
		{"login", "/login?next=/dashboard", nil},
		{"login, wrong", "/login", send("#login", map[string]string{"[name=email]": "bala@example.com", "[name=password]": "not this one"})},
		{"login by link", login, nil},
		{"register", "/register?next=" + python, nil},
		{"register, wrong", "/register", send("#register", map[string]string{"[name=email]": "asha", "[name=phone]": "12", "[name=password]": "short"})},
		{"register, slip", "/register", send("#register", map[string]string{"[name=name]": longLatin, "[name=email]": "asha.venkatanarasimharajuvaripeta@gmial.com", "[name=password]": apptest.Password})},
		{"forgot", "/password/forgot", nil},
		{"forgot, wrong", "/password/forgot", send("#forgot", map[string]string{"[name=email]": "asha"})},
		{"forgot, sent", "/password/forgot", func(p *person) {
			p.fill("#email", "nobody@example.com")
			p.press("#forgot button.main")
			p.sees("h1", "Look at your mail")
		}},
		{"reset", reset, nil},
		{"reset, wrong", reset, send("#reset", map[string]string{"[name=password]": "short"})},
		{"reset, dead", "/password/reset/nothing", nil},
		{"verify", verify, nil},
		{"invite", join, nil},
		{"invite, wrong", join, send("#setup", map[string]string{"[name=password]": "short"})},
		{"invite for an account", joinKnown, nil},
		{"not found", "/nothing", nil},
		{"too old a form", "/password/forgot", func(p *person) {
			_, err := chromedp.Call(p.ctx, network.ClearBrowserCookies, cdp.Empty{})
			p.do(err)
			p.fill("#email", "nobody@example.com")
			p.press("#forgot button.main")
			p.sees("h1", "Send it once more")
		}},
	}
	for _, state := range append(states, "expired") {
		views = append(views, view{"pay link, " + state, "/pay/" + c.orders[state].PayToken, stands(state)})
	}
	return views
}

func (c *crowd) studentViews() []view {
	wrongNumber := send("#claim", map[string]string{"[name=reference]": "41234567890", "[name=payer]": longWord})
	views := []view{
		{"dashboard", "/dashboard", nil},
		{"orders", "/orders", nil},
		{"learn", "/learn/" + c.slugs[6], nil},
		{"course, enrolled", "/courses/" + c.slugs[6], nil},
		{"account", "/account", nil},
		{"account, profile wrong", "/account", send("#profile", map[string]string{"[name=name]": " ", "[name=phone]": "12"})},
		{"account, address wrong", "/account", send("#email", map[string]string{"[name=email]": "asha", "[name=current_password]": "not this one"})},
		{"account, password wrong", "/account", send("#password", map[string]string{"[name=current_password]": "not this one", "[name=password]": "short"})},
		{"order, number wrong", "/orders/" + c.orders["open"].Code, wrongNumber},
		{"order, second number wrong", "/orders/" + c.orders["paid"].Code, wrongNumber},
		{"order, other payee", "/orders/" + c.orders["open"].Code + "?payee=2", nil},
		{"somebody else's order", "/orders/" + c.orders["other"].Code, nil},
		{"menu", "/dashboard", func(p *person) {
			p.resize(phone)
			p.press("button.menu")
			p.sees("#nav", "Log out")
		}},
	}
	for _, state := range append(states, "expired") {
		views = append(views, view{"order, " + state, "/orders/" + c.orders[state].Code, stands(state)})
	}
	return views
}

func (c *crowd) adminViews() (money, people []view) {
	money = []view{
		{"overview", "/admin", nil},
		{"queue", "/admin/payments", nil},
		{"queue, searched", "/admin/payments?q=5601", nil},
		{"queue, none found", "/admin/payments?q=zzzz", nil},
		{"queue, results", "/admin/payments?batch=" + c.batch, nil},
		{"queue, amount wrong", "/admin/payments", func(p *person) {
			p.fill(".queue > li .amt input:not([readonly])", "nothing")
			p.press(".queue > li:has(.amt input:not([readonly])) [data-key=v]")
			p.sees(".queue > li [aria-invalid=true]")
		}},
		{"queue, keys", "/admin/payments", func(p *person) {
			p.keys("?")
			p.sees("#keys", "next payment")
		}},
		{"queue, pasted", "/admin/payments", func(p *person) {
			p.press("#paste > summary")
			p.fill("#text", strings.Join([]string{"Rs.123456.00 credited UPI 632712345601 from " + longWord, "Rs.1.00 credited UPI 412345678902", "INR 777.00 received UPI Ref 499999999999 " + longReason}, "\n"))
			p.press("#paste button.main")
			p.sees("#found", "found")
		}},
	}
	for _, status := range []string{"not_seen", "accepted", "rejected", "all"} {
		money = append(money, view{"queue, " + status, "/admin/payments?status=" + status, nil})
	}
	for _, status := range []string{"", "?status=open", "?q=zzzz"} {
		money = append(money, view{"orders" + status, "/admin/orders" + status, nil})
	}
	for _, name := range append(states, "expired", "third", "other") {
		money = append(money, view{"order, " + name, "/admin/orders/" + c.orders[name].Code, nil})
	}
	money = append(money,
		view{"order, record wrong", "/admin/orders/" + c.orders["open"].Code, send("#record form", map[string]string{"[name=reference]": "123", "[name=amount]": "nothing"})},
		view{"order, reverse wrong", "/admin/orders/" + c.orders["paid"].Code, send("#reverse form", nil)},
		view{"order, refund wrong", "/admin/orders/" + c.orders["paid"].Code, send("#refund form", map[string]string{"[name=amount]": "99999999"})})
	asha := "/admin/students/" + c.ids[longEmail]
	people = []view{
		{"students", "/admin/students", nil},
		{"students, inactive", "/admin/students?status=inactive", nil},
		{"students, none found", "/admin/students?q=zzzz", nil},
		{"students, nothing chosen", "/admin/students", send("#bulk", nil)},
		{"import", "/admin/students/import", nil},
		{"import, wrong", "/admin/students/import", send("#upload", nil)},
		{"import, draft", "/admin/jobs/" + c.work["draft"], nil},
		{"import, draft wrong", "/admin/jobs/" + c.work["draft"], send("#import", map[string]string{"[name=tags]": longWord})},
		{"import, done", "/admin/jobs/" + c.work["done"], nil},
		{"import, under way", "/admin/jobs/" + c.work["open"], nil},
		{"several, mail", "/admin/jobs/" + c.work["message"], nil},
		{"several, mail wrong", "/admin/jobs/" + c.work["enroll"], send("#bulk", nil)},
		{"several, deactivate", "/admin/jobs/" + c.work["deactivate"], nil},
		{"long work", "/admin/jobs", nil},
		{"student", asha, nil},
		{"student in Devanagari", "/admin/students/" + c.ids["bala@example.com"], nil},
		{"student, deactivated", "/admin/students/" + c.ids["gone@example.com"], nil},
		{"student, new", "/admin/students/" + c.ids["fresh@example.com"], nil},
		{"student, enrolment wrong", asha, send("#enroll", nil)},
		{"student, message wrong", asha, send("#message", nil)},
		{"student, deleting", asha, send("#erase", nil)},
		{"student, deleted", "/admin/students/" + c.ids["erased@example.com"], nil},
		{"student, login link", asha, func(p *person) {
			p.press("#login-link button")
			p.sees("#link", "/login?link=")
		}},
		{"enrolments", "/admin/enrollments", nil},
		{"enrolments, none found", "/admin/enrollments?q=zzzz", nil},
		{"staff", "/admin/staff", (*person).unfold},
		{"staff, invite wrong", "/admin/staff", send("#invite-form", map[string]string{"[name=name]": longDevanagari, "[name=email]": "bala"})},
		{"staff, invited", "/admin/staff?invite=" + c.invite, nil},
		{"keys", "/admin/students", func(p *person) {
			p.keys("?")
			p.sees("#keys", "next row", "Enrolments")
		}},
		{"mail", "/admin/mail", nil},
		{"mail, sent", "/admin/mail?status=sent", nil},
		{"mail, failed", "/admin/mail?status=failed", nil},
		{"mail, none found", "/admin/mail?q=zzzz", nil},
		{"settings", "/admin/settings", nil},
		{"settings, hours wrong", "/admin/settings", send("#form-hours", map[string]string{"[name=time_zone]": "Srinagar"})},
		{"settings, colour wrong", "/admin/settings", send("#form-look", map[string]string{"[name=accent]": "#ffe9a0"})},
		{"settings, payee wrong", "/admin/settings", send("#add-payee", map[string]string{"[name=vpa]": longWord, "[name=label]": longDevanagari})},
		{"settings, preview", "/admin/settings/preview?site_name=" + longWord + "&accent=%235b3a8e", nil},
		{"confirm", "/confirm?next=/admin/settings", nil},
		{"confirm, wrong", "/confirm", send("#confirm", map[string]string{"[name=password]": "not this one"})},
		{"first steps, payee", "/admin/start/payee", nil},
		{"audit log", "/admin/audit", nil},
		{"audit log, none found", "/admin/audit?q=zzzz", nil},
		{"not found", "/admin/orders/LN-0000-0000", nil},
	}
	return money, people
}
