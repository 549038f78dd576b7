// Package mailview turns the model of a letter into its HTML and its text part, so that no letter is written twice.
// Mail programs drop stylesheets as they like: HTML here is plain and takes its looks from attributes, which also lets
// a dark scheme be the reader's own.
package mailview

import (
	"strconv"
	"strings"
)

// Letter is what a letter says, in the reader's language. Empty fields are left out.
type Letter struct {
	Lang       string // BCP 47
	School     string
	SchoolURL  string
	Accent     string // #rrggbb of the button; empty: the built-in one
	Subject    string
	Greeting   string
	Paragraphs []string
	Facts      []Fact
	Steps      []Step
	Button     Link
	After      []string // paragraphs below the button
	Footer     []string // lines
}

// Fact is a row of the small table: what it is, and its value.
type Fact struct{ Label, Value string }

// Step is one thing to do, in the order in which to do it; Link may be empty.
type Step struct {
	Text string
	Link Link
}

// Link leads to an http or https address.
type Link struct{ Label, URL string }

// Text writes the text part. Lines aren't wrapped: mail programs know better how wide they are.
func Text(l Letter) string {
	var blocks []string
	add := func(lines ...string) {
		if len(lines) > 0 {
			blocks = append(blocks, strings.Join(lines, "\n"))
		}
	}
	if l.Greeting != "" {
		add(l.Greeting)
	}
	for _, p := range l.Paragraphs {
		add(p)
	}
	var facts []string
	for _, f := range l.Facts {
		facts = append(facts, f.Label+": "+f.Value)
	}
	add(facts...)
	var steps []string
	for i, s := range l.Steps {
		line := strconv.Itoa(i+1) + ". " + s.Text
		if s.Link.URL != "" {
			line += "\n   " + s.Link.URL
		}
		steps = append(steps, line)
	}
	add(steps...)
	if l.Button.URL != "" {
		add(l.Button.Label+":", l.Button.URL)
	}
	for _, p := range l.After {
		add(p)
	}
	add(append([]string{"-- ", l.School, l.SchoolURL}, l.Footer...)...)
	return strings.Join(blocks, "\n\n") + "\n"
}
