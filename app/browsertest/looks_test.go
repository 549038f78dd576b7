package browsertest

import (
	"strings"
	"testing"

	"github.com/chromedp/chromedp/kb"

	"lectern/app/apptest"
)

// spilt lists texts that stick out, to the left or right, of something that they are in. What scrolls or cuts on purpose
// is left out, and what is laid over the page.
const spilt = `(() => {
  const found = [], texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let t; t = texts.nextNode();) {
    if (!t.data.trim() || !t.parentElement.checkVisibility()) continue;
    const range = document.createRange();
    range.selectNodeContents(t);
    const rects = [...range.getClientRects()];
    for (let el = t.parentElement; el !== document.body; el = el.parentElement) {
      const style = getComputedStyle(el), box = el.getBoundingClientRect();
      if (style.overflowX !== "visible" || style.position === "absolute" || style.position === "fixed" || el.closest("table.cards thead")) break;
      if (style.display !== "inline" && style.display !== "contents" && rects.some(r => r.right > box.right + 1.5 || r.left < box.left - 1.5)) {
        found.push(t.data.trim().slice(0, 80) + " out of " + el.outerHTML.slice(0, 120));
        break;
      }
    }
  }
  return found;
})()`

// torn lists short words that are broken in the middle: their place is too narrow.
const torn = `(() => {
  const found = [], texts = document.createTreeWalker(document.querySelector("body"), NodeFilter.SHOW_TEXT), range = document.createRange();
  for (let t; t = texts.nextNode();) {
    if (!t.parentElement.checkVisibility()) continue;
    for (const word of t.data.matchAll(/(?<!\S)[A-Za-z]{2,14}(?!\S)/g)) {
      range.setStart(t, word.index);
      range.setEnd(t, word.index + word[0].length);
      const rects = [...range.getClientRects()];
      if (rects.some(r => r.top > rects[0].top + rects[0].height / 2)) found.push(word[0] + " in " + t.parentElement.outerHTML.slice(0, 120));
    }
  }
  return found;
})()`

// small lists what is pressed with a thumb and is lower than 44 px. A box to tick counts with its label.
const small = `[...document.querySelectorAll("button, .btn, summary, select, textarea, label.tick:has(input), .tabs a, .pager a, .nav a, input:not([type=hidden], [type=checkbox], [type=radio])")]
  .filter(e => e.checkVisibility() && !e.matches(".vh") && e.getBoundingClientRect().height < 43.5)
  .map(e => Math.round(e.getBoundingClientRect().height) + " px: " + e.outerHTML.slice(0, 120))`

// looksRight looks at the page as it is and with everything opened, from a phone's width to a desk's.
func (p *person) looksRight() {
	p.Helper()
	if n := value[int](p, `document.querySelectorAll("h1").length`); n != 1 {
		p.Errorf("%d h1", n)
	}
	if title, site := value[string](p, "document.title"), p.text(".mark"); title == "" || !strings.Contains(title, site) {
		p.Errorf("the title is %q", title)
	}
	if long {
		p.fits(1600, 1280, 768, 390, 360)
		p.unfold()
		p.fits(360, 390, 768, 1280)
		return
	}
	p.fits(1280, 390)
	p.unfold()
	p.fits(360, 768)
}

// fits looks at the page in several widths.
func (p *person) fits(widths ...int64) {
	p.Helper()
	for _, width := range widths {
		p.resize(screen{width: width, height: 800})
		if wide := value[int64](p, "document.documentElement.scrollWidth"); wide > width {
			p.Errorf("at %d px the page is %d px wide", width, wide)
		}
		for _, text := range value[[]string](p, spilt) {
			p.Errorf("at %d px this sticks out: %s", width, text)
		}
		for _, word := range value[[]string](p, torn) {
			p.Errorf("at %d px a short word is broken: %s", width, word)
		}
		if width == phone.width {
			for _, e := range value[[]string](p, small) {
				p.Errorf("too low for a thumb, %s", e)
			}
		}
	}
}

// shifts is how much of the page has moved by itself since it was opened (Cumulative Layout Shift, web.dev/cls).
const shifts = `new Promise(done => {
  let sum = 0;
  new PerformanceObserver(list => list.getEntries().forEach(e => { if (!e.hadRecentInput) sum += e.value }))
    .observe({ type: "layout-shift", buffered: true });
  setTimeout(done, 600, 0);
  setTimeout(() => done(sum), 500);
})`

func TestLooks_NothingMoves(t *testing.T) {
	t.Parallel()
	s := apptest.New(t)
	for _, on := range []screen{phone, desk} {
		p := visit(t, s, on)
		p.open("/")
		p.stays()
		p.open(python)
		p.stays()
		p.logInNew()
		p.open(python)
		p.press("#enroll button")
		p.sees("#reference")
		p.open(p.path())
		p.stays()
	}
}

func (p *person) stays() {
	p.Helper()
	if moved := value[float64](p, shifts); moved >= 0.01 {
		p.Errorf("%s at %d px: layout shift of %g", p.path(), p.screen.width, moved)
	}
}

// stops are all that the Tab key should reach, each with a mark of its own: of buttons of which one is chosen, one.
const stops = `[...document.querySelectorAll("a[href], button, input, select, textarea, summary")]
  .filter(e => e.checkVisibility() && !e.disabled && e.tabIndex >= 0 && e.type !== "hidden")
  .filter(e => e.type !== "radio" || e.checked || !e.form.querySelector("[name='" + e.name + "']:checked") && e === e.form.elements[e.name][0])
  .map((e, i) => (e.dataset.stop = i, i + " " + e.outerHTML.slice(0, 100)))`

// stop is the element with the focus: its mark, and whether one sees that it has it.
const stop = `(() => {
  const e = document.activeElement, style = getComputedStyle(e);
  const seen = [e, e.closest(".card")].some(x => x && getComputedStyle(x).outlineStyle !== "none" && parseFloat(getComputedStyle(x).outlineWidth) >= 2);
  return { mark: e.dataset.stop ?? "", seen, html: e.outerHTML.slice(0, 100), there: e.getBoundingClientRect().width > 0 };
})()`

func TestLooks_TabReachesEverything(t *testing.T) {
	t.Parallel()
	c := newCrowd(t)
	asha, chitra := visit(t, c.School, desk), visit(t, c.School, desk)
	asha.logIn(longEmail)
	chitra.logIn("chitra@example.com")
	asha.tabsThrough("/")
	asha.tabsThrough("/orders/" + c.orders["open"].Code)
	asha.tabsThrough("/orders/" + c.orders["paid"].Code)
	chitra.tabsThrough("/admin/payments")
	chitra.tabsThrough("/admin/orders/" + c.orders["paid"].Code)
}

// tabsThrough presses Tab until it comes around, and misses what it didn't meet.
func (p *person) tabsThrough(path string) {
	p.Helper()
	p.open(path)
	p.unfold()
	settle() // opening takes the focus to what has opened
	p.keys(kb.Tab)
	left := map[string]string{}
	for _, s := range value[[]string](p, stops) {
		mark, html, _ := strings.Cut(s, " ")
		left[mark] = html
	}
	for range len(left) + 10 {
		at := value[struct {
			Mark, HTML  string
			Seen, There bool
		}](p, stop)
		if at.Mark != "" && (!at.Seen || !at.There) {
			p.Errorf("%s: one doesn't see that this has the focus: %s", path, at.HTML)
		}
		delete(left, at.Mark)
		p.keys(kb.Tab)
	}
	for _, html := range left {
		p.Errorf("%s: Tab doesn't reach %s", path, html)
	}
}
