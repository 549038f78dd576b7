package browsertest

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"lectern/app/apptest"
)

// screen is what somebody looks at the school with.
type screen struct {
	width, height int64
	plain         bool // without scripts
}

var (
	phone = screen{width: 390, height: 700}
	desk  = screen{width: 1280, height: 800}
)

// touched tells a phone from a desk.
func (s screen) touched() bool { return s.width < 640 }

// patience is how long a person waits for something that should come at once; the machine may be busy.
const patience = 20 * time.Second

// person is somebody at a tab of their own.
type person struct {
	*testing.T
	school *apptest.School
	screen screen
	ctx    context.Context

	mu       sync.Mutex
	wrong    []string // what the browser's console and network told
	sent     string   // method of the last request for a page
	redirect int64    // status of the redirect that led to it, or 0
}

// visit opens a browser without cookies on an empty page.
func visit(t *testing.T, s *apptest.School, on screen) *person {
	t.Helper()
	return newPerson(t, s, on, profile(t))
}

// tab is another tab of the same browser, with the same cookies.
func (p *person) tab() *person {
	p.Helper()
	ctx, closeTab := chromedp.NewContext(p.ctx)
	p.Cleanup(closeTab)
	return newPerson(p.T, p.school, p.screen, ctx)
}

func newPerson(t *testing.T, s *apptest.School, on screen, ctx context.Context) *person {
	t.Helper()
	p := &person{T: t, school: s, ctx: ctx}
	p.do(chromedp.Do(ctx))
	p.do(chromedp.Listen(ctx, p.notice))
	p.resize(on)
	if on.plain {
		_, err := chromedp.Call(ctx, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true})
		p.do(err)
	}
	t.Cleanup(p.reproach)
	return p
}

// do ends the test if the browser refused something.
func (p *person) do(err error) {
	p.Helper()
	if err != nil {
		p.Fatal(err)
	}
}

// resize turns the browser into one with another screen; below 640 px it is a phone, with a finger instead of a mouse.
func (p *person) resize(on screen) {
	p.Helper()
	p.screen = on
	options := []chromedp.EmulateViewportOption{}
	if on.touched() {
		options = append(options, chromedp.EmulateMobile, chromedp.EmulateTouch)
	}
	p.do(chromedp.Do(p.ctx, chromedp.EmulateViewport(on.width, on.height, options...)))
}

// scheme prefers light or dark.
func (p *person) scheme(name string) {
	p.Helper()
	_, err := chromedp.Call(p.ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
		Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: name}}})
	p.do(err)
}

// open goes to a path of the school, or to one of its addresses.
func (p *person) open(path string) {
	p.Helper()
	if strings.HasPrefix(path, "/") {
		path = p.school.URL + path
	}
	p.do(chromedp.Do(p.ctx, chromedp.Navigate(path)))
	p.ready()
}

// ready waits until the page's scripts have begun: htmx looks at the page in a task of its own after it has loaded.
func (p *person) ready() {
	p.Helper()
	p.until(`document.readyState === "complete"`)
	if !p.screen.plain {
		value[bool](p, "new Promise(done => setTimeout(done, 0, true))")
	}
}

// at waits until the page with that path is there.
func (p *person) at(path string) {
	p.Helper()
	p.until("location.pathname + location.search === %q", path)
	p.ready()
}

// path is where the person is.
func (p *person) path() string {
	p.Helper()
	return value[string](p, "location.pathname + location.search")
}

// until waits for something that is put in JavaScript to become true, over page loads too.
func (p *person) until(js string, args ...any) {
	p.Helper()
	js = fmt.Sprintf(js, quoted(args)...)
	for end := time.Now().Add(patience); time.Now().Before(end); time.Sleep(15 * time.Millisecond) {
		if yes, err := chromedp.Run(p.ctx, chromedp.Evaluate[bool]("!!("+js+")")); err == nil && yes {
			return
		}
	}
	p.Fatalf("%s: never came true: %s\n%.600s", p.path(), js, p.text("main"))
}

// sees waits until an element can be seen that a selector finds and that has all the texts in it.
func (p *person) sees(selector string, texts ...string) {
	p.Helper()
	list, _ := json.Marshal(append([]string{}, texts...)) // never null
	p.until(`[...document.querySelectorAll(%q)].some(e => e.checkVisibility() && `+string(list)+`.every(t => e.innerText.replace(/\s+/g, " ").includes(t)))`, selector)
}

// text is what can be read in the first element that a selector finds, white space folded.
func (p *person) text(selector string) string {
	p.Helper()
	return value[string](p, `(document.querySelector(%q)?.innerText ?? "").replace(/\s+/g, " ").trim()`, selector)
}

// value evaluates JavaScript in the page; %q in it takes a string as JavaScript writes it.
func value[T any](p *person, js string, args ...any) T {
	p.Helper()
	v, err := chromedp.Run(p.ctx, chromedp.Evaluate[T](fmt.Sprintf(js, quoted(args)...), chromedp.EvalAwaitPromise))
	if err != nil {
		p.Fatalf("%s: %v", js, err)
	}
	return v
}

// quoted writes strings as JavaScript does, for %q; other values stay.
func quoted(args []any) []any {
	var all []any
	for _, a := range args {
		if s, ok := a.(string); ok {
			a = jsString(s)
		}
		all = append(all, a)
	}
	return all
}

// jsString formats with %q as a string of JavaScript.
type jsString string

func (s jsString) Format(f fmt.State, _ rune) {
	b, _ := json.Marshal(string(s))
	f.Write(b)
}

// place is the middle of an element, and whether that is where a press arrives.
type place struct {
	X, Y  float64
	Hit   bool
	Cover string // what lies above it
}

const findPlace = `(sel => {
  const el = [...document.querySelectorAll(sel)].find(e => e.checkVisibility({ visibilityProperty: true }));
  if (!el) return null;
  el.scrollIntoView({ block: "center", behavior: "instant" });
  const r = el.getClientRects()[0], x = r.x + r.width / 2, y = r.y + r.height / 2, hit = document.elementFromPoint(x, y);
  return { x, y, hit: el.contains(hit) || hit?.closest("label")?.control === el, cover: hit?.outerHTML.slice(0, 120) ?? "" };
})(%q)`

// press taps or clicks the first visible element that a selector finds, where it stands on the screen.
func (p *person) press(selector string) {
	p.Helper()
	p.until(`document.readyState === "complete" && [...document.querySelectorAll(%q)].some(e => e.checkVisibility({ visibilityProperty: true }))`, selector)
	p.ready()
	at := value[*place](p, findPlace, selector)
	if at == nil || !at.Hit {
		p.Fatalf("%s: %s can't be pressed: %+v", p.path(), selector, at)
	}
	if p.screen.touched() {
		p.do(chromedp.Do(p.ctx, chromedp.TapXY(at.X, at.Y)))
	} else {
		p.do(chromedp.Do(p.ctx, chromedp.MouseClickXY(at.X, at.Y)))
	}
}

// fill presses a field and types over what is in it.
func (p *person) fill(selector, text string) {
	p.Helper()
	p.press(selector)
	p.until(`document.activeElement === document.querySelector(%q) && (document.activeElement.select(), true)`, selector)
	p.paste(text)
}

// paste puts text where the cursor is.
func (p *person) paste(text string) {
	p.Helper()
	_, err := chromedp.Call(p.ctx, input.InsertText, input.InsertTextParams{Text: text})
	p.do(err)
}

// keys presses keys one after the other; package kb names those that are no characters. The character comes with the
// key, as from a keyboard, so that a page can keep it from being typed.
func (p *person) keys(keys string, with ...chromedp.Modifier) {
	p.Helper()
	p.ready()
	for _, r := range keys {
		all := kb.Encode(r)
		down, up := all[0], all[len(all)-1]
		if len(all) == 3 {
			down.Text, down.UnmodifiedText = all[1].Text, all[1].UnmodifiedText
		}
		for _, k := range []*input.DispatchKeyEventParams{down, up} {
			for _, m := range with {
				k.Modifiers |= int64(m)
			}
			_, err := chromedp.Call(p.ctx, input.DispatchKeyEvent, *k)
			p.do(err)
		}
	}
}

// logIn logs somebody in, by the form.
func (p *person) logIn(email string) {
	p.Helper()
	p.open("/login")
	p.fill("#email", email)
	p.fill("#password", apptest.Password)
	p.press("#login button.main")
	p.until(`location.pathname !== "/login" && document.readyState === "complete"`)
}

// logInNew makes a new student's account and logs in with it.
func (p *person) logInNew() {
	p.Helper()
	p.open("/register")
	p.fill("#name", "Asha Rao")
	p.fill("#email", fmt.Sprintf("asha.%d@example.com", p.school.Count("SELECT count(*) FROM users")))
	p.fill("#password", apptest.Password)
	p.press("#register button.main")
	p.at("/dashboard")
}
