package browsertest

import (
	"testing"

	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"

	"lectern/app/apptest"
)

// back presses the browser's Back. No load is waited for: the browser may have kept the page as it was.
func (p *person) back() {
	p.Helper()
	value[bool](p, "window.left = true")
	at, err := chromedp.Run(p.ctx, chromedp.NavigationEntries())
	p.do(err)
	_, err = chromedp.Call(p.ctx, page.NavigateToHistoryEntry, page.NavigateToHistoryEntryParams{EntryID: at.Entries[at.CurrentIndex-1].ID})
	p.do(err)
	p.until(`!window.left && document.readyState === "complete"`)
}

const (
	shown = `document.querySelectorAll(".card").length`
	typed = `document.querySelector("#q").value`
)

// The address follows what is searched, so that Back, a reload and a link sent to a friend show the same.
func TestHistory_Search(t *testing.T) {
	t.Parallel()
	p := visit(t, apptest.New(t), phone)
	p.open("/")
	p.press(`.hero a[href="/courses"]`)
	p.at("/courses")
	p.fill("#q", "python")
	p.until(`location.search.includes("q=python") && document.querySelectorAll(".card").length < 6`)
	found, cards := p.path(), value[int](p, shown)
	p.press(`.card a[href="` + python + `"]`)
	p.at(python)
	p.back()
	p.at(found)
	p.sees(".card", "Programming Foundations with Python")
	if n, q := value[int](p, shown), value[string](p, typed); n != cards || q != "python" {
		t.Errorf("Back shows %d courses for %q, want %d for python", n, q, cards)
	}
	friend := visit(t, p.school, desk)
	friend.open(found)
	if n, q := value[int](friend, shown), value[string](friend, typed); n != cards || q != "python" {
		t.Errorf("the address shows %d courses for %q, want %d for python", n, q, cards)
	}
	p.back() // typing left no trail of its own: one step before the list is the home page
	p.at("/")
}

// Going back never shows what is no longer so, and neither it nor a reload sends anything again.
func TestHistory_Claim(t *testing.T) {
	for name, on := range map[string]screen{"with scripts": phone, "without scripts": {width: 390, height: 700, plain: true}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := ordering(t, apptest.New(t), on, python)
			order := p.path()
			if !on.plain { // where a plain browser keeps what was sent wrongly as a page, and asks before it sends that again
				p.fill("#reference", "12")
				p.press("#claim button.main")
				p.sees("#reference-error", "2 digits")
				p.until(`document.activeElement.matches(".errors, #reference")`)
				p.at(order)
			}
			p.fill("#reference", sms)
			p.press("#claim button.main")
			p.sees("h1", "is being checked")
			p.at(order)
			p.do(chromedp.Do(p.ctx, chromedp.Reload()))
			p.sees("h1", "is being checked")
			p.back()
			if p.path() == order {
				p.sees("h1", "is being checked")
			} else {
				p.at(python)
			}
			if n := p.school.Count(`SELECT count(*) FROM claims`); n != 1 {
				t.Errorf("%d claims, want 1", n)
			}
			if how := p.came(); how != "GET" {
				t.Errorf("Back came by %s", how)
			}
		})
	}
}

// After logging out, Back shows nothing of what was there.
func TestHistory_LogOut(t *testing.T) {
	t.Parallel()
	p := ordering(t, apptest.New(t), desk, python)
	p.press(`#nav form[action="/logout"] button`)
	p.sees(".flash", "logged out")
	p.back()
	p.until(`location.pathname === "/login"`)
}
