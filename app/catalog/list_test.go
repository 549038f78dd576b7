package catalog_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"lectern/app/catalog"
	"lectern/app/lang"
)

func TestList_Search(t *testing.T) {
	s, d := open(t)
	create(t, s, d, catalog.Course{Title: "Programming with Python", Summary: "First steps.", Description: "zebra"},
		catalog.Section{Title: "Control Flow (If/Else)", Lessons: []string{"quagga"}})
	create(t, s, d, catalog.Course{Title: "Café & Résumé", Level: "Advanced"})
	create(t, s, d, catalog.Course{Title: "पायथन से शुरुआत", Summary: "हिन्दी में"}, catalog.Section{Title: "पहला अध्याय"})
	create(t, s, d, catalog.Course{Title: "Python, hidden", Status: catalog.Draft})
	create(t, s, d, catalog.Course{Title: "Python, old", Status: catalog.Archived})
	for q, want := range map[string][]string{
		"":                            {"Programming with Python", "Café & Résumé", "पायथन से शुरुआत"},
		"  ":                          {"Programming with Python", "Café & Résumé", "पायथन से शुरुआत"},
		"python":                      {"Programming with Python"},
		"PYTH prog":                   {"Programming with Python"},
		"python steps":                {"Programming with Python"},
		"else":                        {"Programming with Python"},
		"python else x":               nil,
		"ython":                       nil,
		"zebra":                       nil, // descriptions and lessons aren't searched
		"quagga":                      nil,
		"cafe":                        {"Café & Résumé"},
		"RÉSUMÉ":                      {"Café & Résumé"},
		"advanced":                    {"Café & Résumé"},
		"पायथन":                       {"पायथन से शुरुआत"},
		"पाय":                         {"पायथन से शुरुआत"},
		"शुरु हिन्दी":                 {"पायथन से शुरुआत"},
		"पहला":                        {"पायथन से शुरुआत"},
		"यथन":                         nil,
		"%":                           nil,
		"_":                           nil,
		"&":                           nil,
		"\x00":                        nil,
		"\xff\xfe":                    nil,
		"' OR 1=1 --":                 nil,
		strings.Repeat("python ", 50): {"Programming with Python"},
	} {
		l, err := s.List(ctx, catalog.ListQuery{Q: q})
		if err != nil || !slices.Equal(titles(l.Courses), want) || l.Total != len(want) || l.Pages != 1 || l.Page != 1 {
			t.Errorf("%q: got %q of %d, %v, want %q", q, titles(l.Courses), l.Total, err, want)
		}
	}
}

func TestList_SortsAndLevels(t *testing.T) {
	s, d := open(t)
	add := func(title, level string, price int64, position int64, published time.Time) {
		create(t, s, d, catalog.Course{Title: title, Level: level, Price: lang.Money{Amount: price}, Position: position, PublishedAt: published})
	}
	add("banana", "Advanced", 200, 1, start)
	add("Édition", "Foundational", 100, 4, start.Add(3*time.Hour))
	add("Apple", "Foundational", 300, 3, start.Add(time.Hour))
	add("cherry", "Foundational", 100, 2, start.Add(2*time.Hour))
	for _, tt := range []struct{ level, sort, want string }{
		{"", "", "banana cherry Apple Édition"},
		{"", "title", "Apple banana cherry Édition"},
		{"", "newest", "Édition cherry Apple banana"},
		{"", "price", "cherry Édition banana Apple"},
		{"", "rating", "banana cherry Apple Édition"},
		{"", "c.id; DROP TABLE courses", "banana cherry Apple Édition"},
		{"Foundational", "title", "Apple cherry Édition"},
		{"foundational", "", "cherry Apple Édition"},
		{"Intermediate", "", ""},
		{"Expert", "", "banana cherry Apple Édition"},
	} {
		l, err := s.List(ctx, catalog.ListQuery{Level: tt.level, Sort: tt.sort})
		if got := strings.Join(titles(l.Courses), " "); err != nil || got != tt.want {
			t.Errorf("%q, %q: got %q, %v, want %q", tt.level, tt.sort, got, err, tt.want)
		}
	}
	l, err := s.List(ctx, catalog.ListQuery{Q: " apple ", Level: "foundational", Sort: "nonsense", Page: -3})
	if want := (catalog.ListQuery{Q: "apple", Level: "Foundational", Page: 1}); err != nil || l.ListQuery != want {
		t.Errorf("got query %+v, %v, want %+v", l.ListQuery, err, want)
	}
}

func TestList_Pages(t *testing.T) {
	s, d := open(t)
	for i := range 26 {
		create(t, s, d, catalog.Course{Title: fmt.Sprintf("Course %02d", i)})
	}
	for page, want := range map[int][3]int{ // page asked for → first course, courses, page got
		-1: {0, 12, 1}, 0: {0, 12, 1}, 1: {0, 12, 1}, 2: {12, 12, 2}, 3: {24, 2, 3}, 4: {24, 2, 3}, 1 << 62: {24, 2, 3},
	} {
		l, err := s.List(ctx, catalog.ListQuery{Page: page})
		if err != nil || l.Total != 26 || l.Pages != 3 || l.Page != want[2] || len(l.Courses) != want[1] || l.Courses[0].Title != fmt.Sprintf("Course %02d", want[0]) {
			t.Errorf("page %d: got page %d of %d, %q, %v", page, l.Page, l.Pages, titles(l.Courses), err)
		}
	}
	l, err := s.List(ctx, catalog.ListQuery{Q: "nothing", Page: 5})
	if err != nil || l.Total != 0 || l.Pages != 1 || l.Page != 1 || len(l.Courses) != 0 {
		t.Errorf("no match: got %+v, %v", l, err)
	}
}

func TestSlug(t *testing.T) {
	for name, want := range map[string]string{
		"AI & Machine Learning Foundations": "ai-machine-learning-foundations",
		"  C++ / C#  ":                      "c-c",
		"Zoë's Café":                        "zoe-s-cafe",
		"Straße nach Łódź":                  "strasse-nach-lodz",
		"İstanbul":                          "istanbul",
		"हिन्दी में पायथन": "हिन्दी-में-पायथन",
		"क्\u200dष":  "क्ष",
		"اردو کورس":  "اردو-کورس",
		"HTML5—CSS3": "html5-css3",
		"½ price":    "1-2-price",
		"--a--":      "a",
		"!?":         "",
		"":           "",
		"a\x00b\xff": "a-b",
		"\u0301a":    "a",
	} {
		got := catalog.Slug(name)
		if got != want {
			t.Errorf("%q: got %q, want %q", name, got, want)
		}
		if again := catalog.Slug(got); again != got {
			t.Errorf("%q: the slug %q becomes %q", name, got, again)
		}
	}
	long := catalog.Slug(strings.Repeat("word ", 100))
	if len(long) > 80 || strings.HasSuffix(long, "-") {
		t.Errorf("long name: got %q", long)
	}
	if got := catalog.Slug(strings.Repeat("a", 5000)); len(got) != 80 {
		t.Errorf("long word: got %d characters", len(got))
	}
}
