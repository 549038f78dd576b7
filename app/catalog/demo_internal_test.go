package catalog

import (
	"strings"
	"testing"
)

func TestParseDemo_FaultsNameTheirLine(t *testing.T) {
	for text, want := range map[string]string{
		"title A":                              "demo.txt:1: title before the first course",
		"\ncourse a\ntitle A\n\nlesson One":    "demo.txt:5: lesson before the first section",
		"course a\nprice ₹499":                 "demo.txt:2: ",
		"course a\ntitle":                      "demo.txt:2: title says nothing",
		"course a\ntitel A":                    "demo.txt:2: unknown word titel",
		"course":                               "demo.txt:1: course says nothing",
		"course a\nsection S\nlesson L\nprice": "demo.txt:4: price says nothing",
	} {
		if _, err := parseDemo(text); err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("%q: got %v, want %s…", text, err, want)
		}
	}
}

func TestParseDemo_AddsWhatIsSaidSeveralTimes(t *testing.T) {
	all, err := parseDemo("course a\r\ndescription One.\ndescription Two.\noutcome x\noutcome y\nsection S\nlesson 1\nlesson 2\nsection T\ncourse b\nfeatured yes\n")
	if err != nil || len(all) != 2 {
		t.Fatalf("got %v, %v", all, err)
	}
	a := all[0]
	if a.Slug != "a" || a.Description != "One.\n\nTwo." || len(a.Outcomes) != 2 || len(a.sections) != 2 || len(a.sections[0].Lessons) != 2 || !all[1].Featured || a.Featured {
		t.Errorf("got %+v", all)
	}
}
