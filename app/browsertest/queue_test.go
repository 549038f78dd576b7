package browsertest

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"lectern/app/account"
	"lectern/app/apptest"
	"lectern/app/payment"
)

// payers are students who say that they paid, in the order in which they stand in the queue.
var payers = []string{"Bala", "Devi", "Farid", "Gita", "Hari", "Indu"}

// reference is the number that the nth of them typed.
func reference(n int) string { return fmt.Sprintf("6327000000%02d", 10+n) }

// evening is Chitra at her desk before a queue with all the payers in it.
func evening(t *testing.T) *person {
	t.Helper()
	s := apptest.New(t)
	ctx := context.Background()
	for i, name := range payers {
		u, _, err := s.Accounts.Register(ctx, account.RegisterForm{Name: name, Email: strings.ToLower(name) + "@example.com", Password: apptest.Password}, clientOfTest)
		if err != nil {
			t.Fatal(err)
		}
		made, err := s.Payments.Enroll(ctx, u.ID, strings.TrimPrefix(python, "/courses/"))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := s.Payments.AddClaim(ctx, made.Order.ID, payment.ClaimForm{Reference: reference(i)}); err != nil {
			t.Fatal(err)
		}
		s.Clock.Move(time.Minute)
	}
	chitra := visit(t, s, desk)
	chitra.logIn("chitra@example.com")
	chitra.open("/admin/payments")
	return chitra
}

// isOn waits until the row of that payer is the current one.
func (p *person) isOn(name string) {
	p.Helper()
	p.until(`document.querySelector(".queue > li.cur")?.innerText.includes(%q)`, name)
}

// paid returns who of the payers are enrolled, in order.
func (p *person) paid() string {
	p.Helper()
	var names []string
	for i, name := range payers {
		if p.school.Count(`SELECT count(*) FROM claims c JOIN orders o ON o.id = c.order_id WHERE c.reference = $1 AND c.status = 'accepted' AND o.status = 'paid'`, reference(i)) == 1 {
			names = append(names, name)
		}
	}
	return strings.Join(names, " ")
}

func (p *person) wantPaid(names string) {
	p.Helper()
	if got := p.paid(); got != names {
		p.Errorf("verified are %q, want %q", got, names)
	}
}

// tabTo presses Tab, or Shift and Tab, until what a selector finds has the focus.
func (p *person) tabTo(selector string, with ...chromedp.Modifier) {
	p.Helper()
	for range 120 {
		if value[bool](p, `document.activeElement.matches(%q)`, selector) {
			return
		}
		p.keys(kb.Tab, with...)
	}
	p.Fatalf("%s: Tab doesn't reach %s", p.path(), selector)
}

// settle waits out the moment in which a second press in haste is ignored.
func settle() { time.Sleep(400 * time.Millisecond) }

func TestQueue_Keyboard(t *testing.T) {
	t.Parallel()
	p := evening(t)

	p.isOn("Bala") // ready at once
	p.keys("j")
	p.isOn("Devi")
	p.keys("jj")
	p.isOn("Gita")
	p.keys("k")
	p.isOn("Farid")
	p.until(`document.activeElement.matches(".queue > li.cur")`)

	p.keys("?")
	p.sees("#keys", "next payment", "verify")
	p.keys("v") // no payment is decided behind the list of keys
	p.keys(kb.Escape)
	p.until(`!document.querySelector("#keys").open`)
	p.wantPaid("")

	p.keys("v")
	p.sees(".queue > li.gone", "Farid", "₹499 verified")
	p.isOn("Gita") // the next one
	p.keys("v")    // in haste: a second press that was meant for the first
	settle()
	p.wantPaid("Farid")
	p.sees("#figures", "Waiting 5 · ₹2,495")
	p.sees(".group", "5 payments, ₹2,495")
	p.sees("#nav", "Payments 5")

	p.keys("/")
	p.paste(reference(1)[8:])
	p.until(`document.querySelectorAll(".queue > li").length === 1 && location.search.includes("q=")`)
	p.keys(kb.Escape)
	p.isOn("Devi")
	p.keys("v")
	p.sees(".queue > li.gone", "Devi")
	p.wantPaid("Devi Farid")
}

func TestQueue_KeyboardBulk(t *testing.T) {
	t.Parallel()
	p := evening(t)
	p.keys("x")
	p.keys("jjx")
	p.keys("jjx")
	p.until(`[...document.querySelectorAll("input[name=id]:checked")].map(e => e.closest("li").querySelector(".who").innerText).join() === "Bala,Farid,Hari"`)
	p.sees("button[form=bulk]", "Verify selected (3)")
	p.keys("b")
	p.until(`document.activeElement.matches("button[form=bulk]")`)
	p.keys(kb.Enter)
	p.sees("#batch", "3 of 3 verified")
	p.wantPaid("Bala Farid Hari")
	if how := p.came(); how != "GET 303" {
		t.Errorf("the results came by %s", how)
	}
}

// The bank's words tick the payments that they are surely about, and no other.
func TestQueue_KeyboardPaste(t *testing.T) {
	t.Parallel()
	p := evening(t)
	p.keys("p")
	p.until(`document.activeElement.matches("#paste textarea")`)
	p.paste(strings.Join([]string{
		"Rs.499.00 credited to A/c XX1234 by UPI Ref No " + reference(0),
		"Rs.499.00 credited to A/c XX1234 by UPI Ref No " + reference(2),
		"Rs.49.00 credited to A/c XX1234 by UPI Ref No " + reference(4), // another amount
		"Rs.499.00 credited to A/c XX1234 by UPI Ref No 632799999999",   // nobody's
	}, "\n"))
	p.keys(kb.Tab)
	p.until(`document.activeElement.matches("#paste button")`)
	p.keys(kb.Enter)
	p.sees("#found", "payments found")
	p.until(`[...document.querySelectorAll("input[name=id]:checked")].map(e => e.closest("li").querySelector(".who").innerText).join() === "Bala,Farid"`)
	p.wantPaid("") // pasting only finds
	p.keys("b")
	p.until(`document.activeElement.matches("button[form=bulk]")`)
	p.keys(kb.Enter)
	p.sees("#batch", "2 of 2 verified")
	p.wantPaid("Bala Farid")
}

// Two of the staff, or two tabs: the second is told, in the row, and nothing happens twice.
func TestQueue_KeyboardTwoTabs(t *testing.T) {
	t.Parallel()
	p := evening(t)
	second := p.tab()
	second.open("/admin/payments")
	second.isOn("Bala")
	p.keys("v")
	p.sees(".queue > li.gone", "Bala", "₹499 verified")
	second.keys("v")
	second.sees(".queue > li [role=alert]", "already handled")
	second.isOn("Bala")
	second.sees(".queue > li.cur", "Verified")
	second.sees("#figures", "Waiting 5 · ₹2,495")
	p.wantPaid("Bala")
	if n := p.school.Count(`SELECT count(*) FROM receipts`); n != 1 {
		t.Errorf("%d receipts, want 1", n)
	}
	second.keys("j")
	second.keys("v") // and the work goes on
	second.sees(".queue > li.gone", "Devi")
	p.wantPaid("Bala Devi")
}

// A wrong verify is found again and undone, by keys alone.
func TestQueue_KeyboardUndo(t *testing.T) {
	t.Parallel()
	p := evening(t)
	p.keys("v")
	p.sees(".queue > li.gone", "Bala")
	p.wantPaid("Bala")
	p.tabTo(`#figures a[href$="status=accepted"]`, chromedp.ModifierShift)
	p.keys(kb.Enter)
	p.at("/admin/payments?status=accepted")
	p.isOn("Bala")
	p.tabTo(`.queue > li a[href*="reverse"]`)
	p.keys(kb.Enter)
	p.until(`location.pathname.startsWith("/admin/orders/LN-") && document.readyState === "complete"`)
	if !value[bool](p, `document.querySelector("#reverse details").open`) {
		p.tabTo("#reverse summary")
		p.keys(kb.Enter)
	}
	p.tabTo("#reverse [name=reason]")
	p.paste("Verified by a slip of the finger.")
	p.keys(kb.Enter)
	p.sees(".flash", "Reversed", "Bala")
	p.wantPaid("")
	told := false
	for _, m := range p.school.MailTo("bala@example.com") {
		told = told || strings.Contains(m.Text, "Verified by a slip of the finger.")
	}
	if !told {
		t.Error("Bala wasn't told")
	}
}
