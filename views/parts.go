package views

import (
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Step is one line of a Timeline.
type Step struct {
	State       string // done, now or todo
	Title, Note string
	At          *time.Time
}

// Tab is one of several views of a list, each with its address.
type Tab struct {
	Href, Label string
	Current     bool
	Count       int // -1 for none
}

// hiddenField is one of a search form's fields that keep the rest of the list's state.
type hiddenField struct{ name, value string }

func sorted(fields map[string]string) []hiddenField {
	var list []hiddenField
	for _, name := range slices.Sorted(maps.Keys(fields)) {
		list = append(list, hiddenField{name, fields[name]})
	}
	return list
}

// numbers lists the pages that a NumberPager offers: the first, the last and those about the current one; 0 is a gap.
func numbers(page, pages int) []int {
	var list []int
	for n := 1; n <= pages; n++ {
		if n == 1 || n == pages || n >= page-1 && n <= page+1 {
			list = append(list, n)
		} else if list[len(list)-1] != 0 {
			list = append(list, 0)
		}
	}
	return list
}

// iso writes t as the datetime attribute wants it.
func iso(t time.Time) string { return t.UTC().Format(time.RFC3339) }

func itoa(n int) string { return strconv.Itoa(n) }

// paragraphs splits a text of the catalogue at its empty lines.
func paragraphs(text string) []string { return strings.Split(text, "\n\n") }
