package mailview

import (
	"strings"
	"testing"
)

func TestText_LeavesOutWhatIsEmpty(t *testing.T) {
	got := Text(Letter{School: "School", SchoolURL: "https://school.example.com/", Paragraphs: []string{"One.", "Two."}})
	want := "One.\n\nTwo.\n\n-- \nSchool\nhttps://school.example.com/\n"
	if got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestHTML_EscapesAndRefusesScriptAddresses(t *testing.T) {
	var b strings.Builder
	l := Letter{Lang: "en", School: `<b>"School"</b>`, SchoolURL: "https://school.example.com/", Subject: "</title><script>", Greeting: "<i>",
		Facts: []Fact{{"<i>", "<script>"}}, Steps: []Step{{"<i>", Link{"<i>", "javascript:alert(1)"}}}, Button: Link{"<i>", "javascript:alert(1)"},
		After: []string{"<i>"}, Footer: []string{"<i>"}}
	if err := HTML(l).Render(t.Context(), &b); err != nil {
		t.Fatal(err)
	}
	for _, bad := range []string{"<i>", "<script>", "javascript:", `<b>"`} {
		if strings.Contains(b.String(), bad) {
			t.Errorf("HTML has %s", bad)
		}
	}
}
