// Package text cleans what people write before it is kept: line ends of one kind, nothing that can't be seen, no marks
// that would turn the direction of what stands beside it on a page.
package text

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Line makes one line of what was typed: white space folded, control characters and marks of direction gone.
func Line(s string) string {
	s = strings.Map(func(r rune) rune {
		switch {
		case unicode.Is(unicode.Bidi_Control, r):
			return -1
		case unicode.IsSpace(r), unicode.IsControl(r):
			return ' '
		}
		return r
	}, strings.ToValidUTF8(s, ""))
	return strings.Join(strings.Fields(s), " ")
}

// Body keeps lines and paragraphs: line ends become \n, of several empty lines one stays, and white space at the ends of
// lines goes. Marks that turn the direction of all that follows go; those within a line of Urdu or Arabic stay.
func Body(s string) string {
	s = strings.NewReplacer("\r\n", "\n", "\r", "\n", "\u2028", "\n", "\u2029", "\n\n").Replace(strings.ToValidUTF8(s, ""))
	s = strings.Map(func(r rune) rune {
		switch {
		case r == '\n':
			return r
		case r == '\t':
			return ' '
		case unicode.IsControl(r), r >= '\u202a' && r <= '\u202e', r >= '\u2066' && r <= '\u2069':
			return -1
		}
		return r
	}, s)
	lines := strings.Split(s, "\n")
	kept, empty := lines[:0], true // empty lines at the start are dropped too
	for _, l := range lines {
		l = strings.TrimRightFunc(l, unicode.IsSpace)
		if l == "" && empty {
			continue
		}
		kept, empty = append(kept, l), l == ""
	}
	return strings.TrimRight(strings.Join(kept, "\n"), "\n")
}

// Paragraphs splits a Body at its empty lines.
func Paragraphs(body string) []string {
	var all []string
	for _, p := range strings.Split(Body(body), "\n\n") {
		if p != "" {
			all = append(all, p)
		}
	}
	return all
}

// Long reports whether s has more than max characters.
func Long(s string, max int) bool { return utf8.RuneCountInString(s) > max }
