package browsertest

import (
	"testing"

	"github.com/chromedp/chromedp/kb"
)

// Every page of the panel is worked by keys, which never take away what somebody types.
func TestKeys(t *testing.T) {
	t.Parallel()
	c := newCrowd(t)
	p := visit(t, c.School, desk)
	p.logIn("chitra@example.com")
	p.open("/admin")
	p.keys("gs")
	p.at("/admin/students")
	p.keys("j")
	p.until(`document.activeElement === document.querySelector("tbody tr a")`)
	p.keys("jk")
	p.until(`document.activeElement === document.querySelector("tbody tr a")`)
	p.keys("/")
	p.until(`document.activeElement.matches("input[type=search]")`)
	p.keys("jg?s")
	p.until(`document.activeElement.value === "jg?s" && !document.querySelector("dialog[open]")`)
	p.keys(kb.Escape)
	p.keys("?")
	p.sees("#keys[open]", "next row", "Enrolments")
	p.keys("gp") // nothing behind the list
	p.keys(kb.Escape)
	p.until(`!document.querySelector("dialog[open]")`)
	p.keys("gzgp")
	p.at("/admin/payments")
	p.keys("go") // and not what the queue would do for these keys
	p.at("/admin/orders")
	p.keys("jj" + kb.Enter)
	p.until(`location.pathname.startsWith("/admin/orders/LN-")`)
}
