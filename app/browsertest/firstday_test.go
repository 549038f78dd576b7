package browsertest

import (
	"testing"

	"lectern/app/apptest"
	"lectern/app/config"
)

// From an empty database to a student who has paid and whose course is open: all of it by what the pages offer.
func TestFirstDay(t *testing.T) {
	for name, on := range map[string]screen{"desk": desk, "phone without scripts": {width: 390, height: 700, plain: true}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := apptest.Empty(t, func(c *config.Config) {
				c.AdminEmail, c.AdminPassword = "", ""
				c.UPIID1, c.UPIID2, c.UPIName = "", "", ""
				c.SiteName, c.SiteTagline, c.ContactEmail, c.ContactPhone, c.ContactLocation, c.WhatsAppGroupLink = "Lectern", "", "", "", "", ""
			})
			link, err := s.Accounts.SetupLink(t.Context()) // it stands in the terminal
			if err != nil {
				t.Fatal(err)
			}
			chitra := visit(t, s, on)
			chitra.becomesAdmin(link)
			chitra.takesTheFirstSteps()
			chitra.makesACourse()

			asha := visit(t, s, on)
			asha.open("/")
			asha.sees(".mark", "Chinar Academy")
			asha.press(`.card a[href="` + python + `"]`)
			asha.at(python)
			asha.sees("main", "Read a file", "Loops")
			order := asha.orders()
			asha.sees("main", "chinar@examplebank")
			asha.pays()

			chitra.open("/admin")
			chitra.press(`main a.btn[href="/admin/payments"]`)
			chitra.at("/admin/payments")
			chitra.verifiesTheOnly("Asha Rao")
			asha.open(order)
			asha.sees("h1", "is paid")
			asha.isTold()
		})
	}
}

func (p *person) becomesAdmin(link string) {
	p.Helper()
	p.open(link)
	p.fill("#name", "Chitra")
	p.fill("#email", "chitra@example.com")
	p.fill("#password", apptest.Password)
	p.press("#setup button.main")
	p.at("/admin/start")
}

// takesTheFirstSteps does what the pages ask for, and sees the effect of each.
func (p *person) takesTheFirstSteps() {
	p.Helper()
	p.fill("#site_name", "Chinar Academy")
	p.press("#start button.main")
	p.at("/admin/start/contact")
	p.sees(".mark", "Chinar Academy")
	p.fill("#contact_email", "office@example.com")
	p.fill("#contact_phone", "98765 43210")
	p.press("#start button.main")
	p.at("/admin/start/payee")
	p.sees("footer", "office@example.com")
	p.fill("#vpa", "chinar@examplebank")
	p.press("#start button.main")
	p.sees(".test-code")
	p.press(`#step a.btn[href="/admin/start/mail"]`)
	p.at("/admin/start/mail")
	p.press("#start button")
	p.sees("#step [role=status]", "chitra@example.com")
	if letters := p.school.MailTo("chitra@example.com"); len(letters) == 0 {
		p.Error("no mail came for the test of the mail")
	}
	p.open("/admin/start/mail")
	p.press(`#step a.btn[href="/admin/start/course"]`)
	p.at("/admin/start/course")
	p.press(`#step a.btn[href="/admin/courses/new"]`)
	p.at("/admin/courses/new")
}

func (p *person) makesACourse() {
	p.Helper()
	p.fill("#title", "Programming Foundations with Python")
	p.fill("#price", "499")
	p.press("#course button.main")
	p.until(`location.pathname.endsWith("/outline")`)
	p.fill("#add textarea", "Read a file\nLoops")
	p.press("#add button[type=submit]")
	p.sees("#outline", "2 sections")
	p.press(`.tabs a:not([href$="/outline"]):not([href$="/price"])`)
	p.press("#publish button")
	p.sees(".flash", "is published")
	p.open("/admin")
	p.until(`!document.querySelector("#first-steps .state.plain")`)
}
