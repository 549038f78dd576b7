package browsertest

import (
	"crypto/sha512"
	_ "embed"
	"encoding/base64"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"lectern/app/apptest"
)

//go:embed testdata/axe.min.js
var axe string

func TestAxeIsUnchanged(t *testing.T) {
	list, err := os.ReadFile("testdata/README.md")
	if err != nil {
		t.Fatal(err)
	}
	sum := sha512.Sum384([]byte(axe))
	if want := base64.StdEncoding.EncodeToString(sum[:]); !strings.Contains(string(list), "| "+want+" |") {
		t.Errorf("axe.min.js has SHA-384 %s, the list says otherwise", want)
	}
}

// violation is what axe found, with the elements that it is about.
type violation struct {
	ID, Help string
	Nodes    []struct {
		HTML           string
		FailureSummary string
	}
}

// everyRule is every rule that isn't an experiment, and the size of touch targets with them; the scheme changes nothing but
// colours. Nothing is fetched for the one rule that wants it, about sound that begins by itself: there must be none.
const (
	everyRule   = `{ preload: false, resultTypes: ["violations"], rules: { "target-size": { enabled: true } } }`
	colourRules = `{ preload: false, resultTypes: ["violations"], runOnly: ["color-contrast", "link-in-text-block"] }`
	noise       = `[...document.querySelectorAll("audio[autoplay], video[autoplay]")].map(e => e.outerHTML.slice(0, 120))`
)

// axeLooks are the ways in which axe sees each page. What is rare is left to the long run: colours are the same at every
// width, and what a phone shows is on the desk too.
var axeLooks = []struct {
	screen
	scheme, rules string
	rare          bool
}{
	{phone, "light", everyRule, false},
	{desk, "dark", colourRules, false},
	{desk, "light", everyRule, true},
	{phone, "dark", colourRules, true},
}

// isAccessible opens everything on the page and has axe look at it.
func (p *person) isAccessible() {
	p.Helper()
	p.unfold()
	p.do(chromedp.Do(p.ctx, chromedp.Evaluate[chromedp.Void](axe+";0")))
	for _, look := range axeLooks {
		if look.rare && !long {
			continue
		}
		p.resize(look.screen)
		p.scheme(look.scheme)
		for _, v := range value[[]violation](p, "axe.run(document, "+look.rules+").then(r => r.violations)") {
			p.Errorf("%d px, %s: %s", look.width, look.scheme, v)
		}
	}
	for _, e := range value[[]string](p, noise) {
		p.Errorf("plays by itself: %s", e)
	}
}

// A check that finds nothing could be blind: here it has something to find.
func TestAccessibility_PlantedFaultsAreFound(t *testing.T) {
	p := visit(t, apptest.New(t), desk)
	p.open("/")
	p.do(chromedp.Do(p.ctx, chromedp.Evaluate[chromedp.Void](axe+";0")))
	value[bool](p, `document.querySelector("main").insertAdjacentHTML("beforeend", "<img src='/favicon.ico'><input>"), true`)
	p.scheme("dark")
	value[bool](p, `document.documentElement.style.setProperty("--soft", "#444"), true`)
	var found []string
	for _, rules := range []string{everyRule, colourRules} {
		for _, v := range value[[]violation](p, "axe.run(document, "+rules+").then(r => r.violations)") {
			found = append(found, v.ID)
		}
	}
	for _, want := range []string{"image-alt", "label", "color-contrast"} {
		if !slices.Contains(found, want) {
			t.Errorf("axe found %q, not %s", found, want)
		}
	}
}

func (v violation) String() string {
	lines := []string{v.ID + ": " + v.Help}
	for _, n := range v.Nodes {
		lines = append(lines, fmt.Sprintf("  %.300s", n.HTML), "    "+strings.ReplaceAll(n.FailureSummary, "\n", "\n    "))
	}
	return strings.Join(lines, "\n")
}
