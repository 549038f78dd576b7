package browsertest

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/runtime"

	"lectern/app/apptest"
)

// notice keeps what no page of ours may cause: it runs on the goroutine that reads the browser's messages.
func (p *person) notice(event any) {
	switch e := event.(type) {
	case *runtime.EventExceptionThrown:
		details, _ := json.Marshal(e.ExceptionDetails)
		p.complain("exception: %s", details)
	case *runtime.EventConsoleAPICalled:
		if e.Type == runtime.ConsoleAPICalledTypeError || e.Type == runtime.ConsoleAPICalledTypeWarning {
			args, _ := json.Marshal(e.Args)
			p.complain("console: %s", args)
		}
	case *log.EventEntryAdded:
		answered := e.Entry.Source == log.EntrySourceNetwork && strings.Contains(e.Entry.Text, "responded with a status of 4")
		if (e.Entry.Level == log.EntryLevelError || e.Entry.Level == log.EntryLevelWarning) && !answered {
			p.complain("log: %s %s: %s", e.Entry.Source, e.Entry.URL, e.Entry.Text)
		}
	case *network.EventRequestWillBeSent:
		url := e.Request.URL
		if !strings.HasPrefix(url, p.school.URL+"/") && !strings.HasPrefix(url, "data:") && !strings.HasPrefix(url, "about:") {
			p.complain("a request to %s", url)
		}
		if e.Type == network.ResourceTypeDocument {
			p.went(e)
		}
	case *network.EventResponseReceived:
		mayRefuse := e.Type == network.ResourceTypeDocument || e.Type == network.ResourceTypeFetch
		if s := e.Response.Status; s >= 500 || s >= 400 && !mayRefuse {
			p.complain("%s answered %d", e.Response.URL, s)
		}
	}
}

// went keeps how a page was asked for.
func (p *person) went(e *network.EventRequestWillBeSent) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.sent, p.redirect = e.Request.Method, 0
	if e.RedirectResponse != nil {
		p.redirect = e.RedirectResponse.Status
	}
}

// came tells how the page was asked for, and by what redirect: "GET 303", "POST", …
func (p *person) came() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.redirect == 0 {
		return p.sent
	}
	return fmt.Sprintf("%s %d", p.sent, p.redirect)
}

func (p *person) complain(format string, args ...any) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.wrong = append(p.wrong, fmt.Sprintf(format, args...))
}

// reproach fails the test for what was complained about since the last time.
func (p *person) reproach() {
	p.Helper()
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, w := range p.wrong {
		p.Error(w)
	}
	p.wrong = nil
}

// Whoever walks through the school notices what a page does wrong without a word on the screen.
func TestPerson_NoticesFaults(t *testing.T) {
	t.Parallel()
	p := visit(t, apptest.New(t), desk)
	for want, js := range map[string]string{
		"exception":      `setTimeout(() => { throw new Error("planted") })`,
		"console":        `console.error("planted")`,
		"log: security":  `document.body.append(Object.assign(document.createElement("script"), { textContent: "1" }))`,
		"style":          `document.body.setAttribute("style", "color: red")`,
		"connect-src":    `fetch("http://127.0.0.1:9/").catch(() => 0)`,
		"answered 404":   `document.body.append(Object.assign(new Image(), { src: "/static/none.png" }))`,
		"a request to h": `document.body.append(Object.assign(document.createElement("a"), { href: "http://127.0.0.1:9/" })) ?? document.body.lastChild.click()`,
	} {
		p.open("/login")
		value[bool](p, "("+js+", true)")
		told := func() bool {
			p.mu.Lock()
			defer p.mu.Unlock()
			return slices.ContainsFunc(p.wrong, func(w string) bool { return strings.Contains(w, want) })
		}
		for end := time.Now().Add(patience); !told() && time.Now().Before(end); time.Sleep(10 * time.Millisecond) {
		}
		if !told() {
			t.Errorf("%s wasn't noticed: %q", want, p.wrong)
		}
		p.mu.Lock()
		p.wrong = nil
		p.mu.Unlock()
	}
}
