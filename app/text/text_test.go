package text_test

import (
	"slices"
	"testing"

	"lectern/app/text"
)

func TestLine(t *testing.T) {
	for typed, want := range map[string]string{
		"  Asha \t Rao\r\n":     "Asha Rao",
		"abc\u202edef\u0000":    "abcdef",
		"बाला\u200dकृष्ण":       "बाला\u200dकृष्ण",
		"one\u2028two\xffthree": "one twothree",
	} {
		if got := text.Line(typed); got != want {
			t.Errorf("Line(%q) = %q, want %q", typed, got, want)
		}
	}
}

func TestBody(t *testing.T) {
	for typed, want := range map[string]string{
		"\r\n\r\nHello,\r\nI ask.  \r\n\r\n\r\n\r\nAsha\r\n": "Hello,\nI ask.\n\nAsha",
		"a\u202eb\u0007c\td": "abc d",
		" \n \n":             "",
		"سوال\u200f ہے":      "سوال\u200f ہے",
	} {
		got := text.Body(typed)
		if got != want {
			t.Errorf("Body(%q) = %q, want %q", typed, got, want)
		}
		if again := text.Body(got); again != got {
			t.Errorf("Body of %q is %q", got, again)
		}
	}
	if got := text.Paragraphs("one\ntwo\n\n\nthree\n"); !slices.Equal(got, []string{"one\ntwo", "three"}) {
		t.Errorf("%q", got)
	}
}
