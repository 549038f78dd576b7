package catalog_test

import (
	"database/sql"
	"slices"
	"strings"
	"sync"
	"testing"

	"lectern/app/catalog"
	"lectern/app/db"
	"lectern/app/lang"
)

func TestDemo_FactsOfTheReferenceSystem(t *testing.T) {
	s, _ := open(t)
	if filled, err := s.Demo(ctx); err != nil || !filled {
		t.Fatalf("got %v, %v", filled, err)
	}
	want := []struct{ slug, title, level, sections string }{
		{"web-development-foundations", "Web Development Foundations", "Foundational", "HTML5 & Semantic Web · CSS3 Styling & Flexbox/Grid · JavaScript Basics & DOM Manipulation · Responsive Design with Bootstrap · Git & Version Control · Deployment & Portfolio Building"},
		{"computer-science-foundations", "Computer Science Foundations", "Foundational", "Introduction to Computing & Binary · Algorithms & Logic Building · Data Structures (Arrays, Lists, Stacks) · Object-Oriented Programming Concepts · Database Fundamentals (SQL) · Operating Systems & Networking Basics"},
		{"microsoft-office-automation-and-digital-tools", "Microsoft Office Automation and Digital Tools", "Foundational", "Advanced Excel Formulas & Functions · Data Visualization in Excel · Word Formatting & Mail Merge · PowerPoint Professional Presentations · Outlook & Communication Management · Introduction to Macros & Automation"},
		{"ai-machine-learning-foundations", "AI & Machine Learning Foundations", "Foundational", "Introduction to AI & Data Science · Python for Data Science (NumPy, Pandas) · Data Visualization (Matplotlib, Seaborn) · Machine Learning Concepts (Supervised/Unsupervised) · Building Simple Models (Scikit-Learn) · Ethics in AI & Future Trends"},
		{"programming-foundations-with-python", "Programming Foundations with Python", "Foundational", "Python Syntax & Variables · Control Flow (If/Else, Loops) · Functions & Modules · Data Structures (Lists, Dictionaries) · File Handling & APIs · Final Project: Building a Tool"},
		{"data-science-and-analytics", "Data Science and Analytics", "Intermediate", "Python for Data Analysis · Data Wrangling with Pandas · Exploratory Data Analysis · Statistical Analysis Basics · Data Storytelling & Visualization · Capstone Project"},
	}
	l, err := s.List(ctx, catalog.ListQuery{})
	if err != nil || len(l.Courses) != len(want) {
		t.Fatalf("got %q, %v", titles(l.Courses), err)
	}
	lessons := 0
	for i, w := range want {
		c := l.Courses[i]
		if c.Slug != w.slug || c.Slug != catalog.Slug(c.Title) || c.Title != w.title || c.Level != w.level || c.Duration != "3 months" || c.Price != (lang.Money{Amount: 49900, Currency: "INR"}) {
			t.Errorf("%d: got %+v, want %+v", i, c, w)
		}
		if c.Summary == "" || c.Description == "" || c.Audience == "" || len(c.Outcomes) == 0 || c.PublishedAt.IsZero() {
			t.Errorf("%s: something is missing: %+v", c.Slug, c)
		}
		outline, err := s.Outline(ctx, c.ID)
		if err != nil {
			t.Fatal(err)
		}
		var names []string
		for _, section := range outline {
			names = append(names, section.Title)
			lessons += len(section.Lessons)
			if n := len(section.Lessons); n < 3 || n > 5 {
				t.Errorf("%s, %s: got %d lessons, want three to five", c.Slug, section.Title, n)
			}
		}
		if got := strings.Join(names, " · "); got != w.sections {
			t.Errorf("%s: got sections %s\nwant %s", c.Slug, got, w.sections)
		}
	}
	if got, err := s.Stats(ctx); err != nil || got != (catalog.Stats{Courses: 6, Sections: 36, Lessons: lessons}) {
		t.Errorf("stats: got %+v, %v, want 6, 36, %d", got, err, lessons)
	}
	if list, err := s.Featured(ctx); err != nil || !slices.Equal(titles(list), titles(l.Courses[:4])) {
		t.Errorf("featured: got %q, %v, want the first four", titles(list), err)
	}
}

func TestDemo_LeavesWhatIsNotEmpty(t *testing.T) {
	addUser := func(role string) func(t *testing.T, s *catalog.Service, d *db.DB) {
		return func(t *testing.T, _ *catalog.Service, d *db.DB) {
			if err := d.InTx(ctx, func(tx *sql.Tx) error {
				return db.Exec(ctx, tx, `INSERT INTO users (id, email, email_norm, name, password_hash, role, created_at)
					VALUES ('u', 'a@example.com', 'a@example.com', 'A', 'x', $1, 1)`, role)
			}); err != nil {
				t.Fatal(err)
			}
		}
	}
	for name, tt := range map[string]struct {
		prepare func(t *testing.T, s *catalog.Service, d *db.DB)
		filled  bool
	}{
		"an admin":  {addUser("admin"), true},
		"a student": {addUser("student"), false},
		"a draft": {func(t *testing.T, s *catalog.Service, d *db.DB) {
			create(t, s, d, catalog.Course{Title: "X", Status: "draft"})
		}, false},
		"itself": {func(t *testing.T, s *catalog.Service, _ *db.DB) { s.Demo(ctx) }, false},
	} {
		t.Run(name, func(t *testing.T) {
			s, d := open(t)
			tt.prepare(t, s, d)
			before := epoch(t, d)
			filled, err := s.Demo(ctx)
			if err != nil || filled != tt.filled {
				t.Errorf("got %v, %v, want %v", filled, err, tt.filled)
			}
			if (epoch(t, d) != before) != tt.filled {
				t.Errorf("epoch went from %d to %d", before, epoch(t, d))
			}
		})
	}
}

func TestDemo_ManyStartersAtOnce(t *testing.T) {
	s, _ := open(t)
	var wg sync.WaitGroup
	done := make(chan bool, 4)
	for range 4 {
		wg.Go(func() {
			filled, err := s.Demo(ctx)
			if err != nil {
				t.Error(err)
			}
			done <- filled
		})
	}
	wg.Wait()
	close(done)
	winners := 0
	for filled := range done {
		if filled {
			winners++
		}
	}
	if got, err := s.Stats(ctx); err != nil || winners != 1 || got.Courses != 6 {
		t.Errorf("got %d winners, %+v, %v, want one and six courses", winners, got, err)
	}
}
