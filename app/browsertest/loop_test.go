package browsertest

import (
	"fmt"
	"strings"
	"testing"

	"lectern/app/apptest"
)

const (
	python = "/courses/programming-foundations-with-python"
	sms    = "Rs.499 debited from A/c XX1234 on 23-11-26 to VPA school@examplebank UPI Ref No 612345678901. Not you? Call 18001234567"
)

// screens are a phone and a desk, with scripts and without.
func screens() map[string]screen {
	all := map[string]screen{}
	for _, s := range []screen{phone, desk} {
		for _, plain := range []bool{false, true} {
			s.plain = plain
			all[fmt.Sprintf("%d px, scripts %v", s.width, !plain)] = s
		}
	}
	return all
}

// The whole of it: from the first page to the open course, by everyone who takes part.
func TestLoop(t *testing.T) {
	for name, on := range screens() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := apptest.New(t)
			asha := visit(t, s, on)
			order := asha.orders()
			asha.pays()
			chitra := visit(t, s, on)
			chitra.findsTheQueue(1)
			chitra.verifiesTheOnly("Asha Rao")
			if on.plain {
				asha.open(order)
			}
			asha.sees("h1", "is paid") // by itself where scripts run: the page asks every now and then
			asha.isTold()
		})
	}
}

// A parent without an account pays by the link, and sees no more than that needs.
func TestLoop_ParentPays(t *testing.T) {
	for name, on := range map[string]screen{"phone": phone, "phone without scripts": {width: 390, height: 700, plain: true}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := apptest.New(t)
			asha := visit(t, s, on)
			order := asha.orders()
			link := asha.text("#parent .copy b")
			if want := s.URL + "/pay/"; !strings.HasPrefix(link, want) {
				t.Fatalf("the link for a parent is %q, want one that begins with %s", link, want)
			}
			meena := visit(t, s, on)
			meena.open(link)
			meena.sees("h1", "Pay ₹499 for Programming Foundations with Python")
			meena.fill("#payer", "Meena Rao")
			meena.pays()
			if text := meena.text("body"); strings.Contains(text, "asha@example.com") || strings.Contains(text, "6123 4567") {
				t.Errorf("a parent sees the student's address or a whole number:\n%s", text)
			}
			asha.open(order)
			asha.sees("h1", "is being checked")
			chitra := visit(t, s, on)
			chitra.findsTheQueue(1)
			chitra.sees(".queue > li", "Asha Rao", "Paid by Meena Rao", "6123 4567 8901")
			chitra.verifiesTheOnly("Asha Rao")
			for _, p := range []*person{meena, asha} {
				if on.plain {
					p.open(p.path())
				}
				p.sees("h1", "is paid")
			}
			meena.sees("main", "Asha Rao has been told by mail")
			asha.isTold()
		})
	}
}

// orders brings a visitor from the first page through a new account to an order, and returns its path.
func (p *person) orders() string {
	p.Helper()
	p.open("/")
	p.press(`.hero a[href="/courses"]`)
	p.at("/courses")
	p.press(`.card a[href="` + python + `"]`)
	p.at(python)
	p.press("#enroll button")
	p.at("/login?next=" + strings.ReplaceAll(python, "/", "%2F"))
	p.press(`a[href^="/register?next="]`)
	p.at("/register?next=" + strings.ReplaceAll(python, "/", "%2F"))
	p.fill("#name", "Asha Rao")
	p.fill("#email", "asha@example.com")
	p.fill("#phone", "98765 43210")
	p.fill("#password", apptest.Password)
	p.press("#register button.main")
	p.at(python)
	p.press("#enroll button")
	p.until(`location.pathname.startsWith("/orders/LN-") && document.readyState === "complete"`)
	p.sees("h1", "Pay ₹499 for Programming Foundations with Python")
	return p.path()
}

// pays pastes what the bank wrote into an open order's page.
func (p *person) pays() {
	p.Helper()
	p.fill("#reference", sms)
	p.press("#claim button.main")
	p.sees("h1", "is being checked")
	p.sees("main", "8901", "Nothing more to do.", "today by 21:00")
	if p.screen.plain {
		if how := p.came(); how != "GET 303" {
			p.Errorf("the page after a claim came by %s", how)
		}
		if every := value[string](p, `document.querySelector("noscript meta[http-equiv=refresh], meta[http-equiv=refresh]")?.content ?? ""`); every != "60" {
			p.Errorf("the page that waits loads itself anew every %q seconds, want 60", every)
		}
	}
}

// findsTheQueue logs Chitra in and leads her to the payments that wait.
func (p *person) findsTheQueue(waiting int) {
	p.Helper()
	p.logIn("chitra@example.com")
	p.at("/admin")
	p.press(`main a.btn[href="/admin/payments"]`)
	p.at("/admin/payments")
	p.until(`document.querySelectorAll(".queue > li").length === %d`, waiting)
}

// verifiesTheOnly verifies the one payment that waits.
func (p *person) verifiesTheOnly(name string) {
	p.Helper()
	p.press(".queue > li [data-key=v]")
	if p.screen.plain {
		p.sees(".flash", name, "₹499 verified. Enrolled and told.")
		p.at("/admin/payments")
		if how := p.came(); how != "GET 303" {
			p.Errorf("the page after verifying came by %s", how)
		}
		p.sees("main", "Nothing to check")
		return
	}
	p.sees(".queue > li.gone", "₹499 verified. Enrolled and told.")
	p.sees("#toast", name, "₹499 verified")
	p.sees("#figures .tile", "Waiting 0 · ₹0")
	p.sees(".group", "0 payments, ₹0")
	p.until(`!document.querySelector(".due, #nav [href='/admin/payments'] .state")`) // nor does the page's head count it
	p.until(`document.activeElement === document.querySelector(".queue > li.gone")`) // and not lost to the page's beginning
}

// isTold looks at the mail to Asha and opens the course by the link in it.
func (p *person) isTold() {
	p.Helper()
	var links []string
	for _, m := range p.school.MailTo("asha@example.com") {
		if link := m.Link("/learn/"); link != "" {
			links = append(links, link)
			if want := "You are enrolled: Programming Foundations with Python"; m.Subject != want {
				p.Errorf("the mail with the link says %q, want %q", m.Subject, want)
			}
		}
	}
	if len(links) != 1 {
		p.Fatalf("%d mails with a link to the course, want one: %q", len(links), links)
	}
	p.open(links[0])
	p.at("/learn/programming-foundations-with-python")
	p.sees("h1", "Programming Foundations with Python")
	p.open("/dashboard")
	p.press(`.card a[href="/learn/programming-foundations-with-python"]`)
	p.at("/learn/programming-foundations-with-python")
}
