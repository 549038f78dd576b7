package catalog_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"sync"
	"testing"
	"time"

	"lectern/app/audit"
	"lectern/app/catalog"
	"lectern/app/db"
	"lectern/app/dbtest"
	"lectern/app/fault"
	"lectern/app/lang"
	"lectern/app/school"
)

var (
	ctx   = context.Background()
	start = time.Date(2026, 11, 23, 14, 5, 0, 0, time.UTC)
)

func open(t *testing.T) (*catalog.Service, *db.DB) {
	t.Helper()
	d := dbtest.New(t)
	return catalog.New(catalog.Options{DB: d, Now: func() time.Time { return start }}), d
}

func tryCreate(s *catalog.Service, d *db.DB, c catalog.Course, sections ...catalog.Section) (made catalog.Course, err error) {
	err = d.InTx(ctx, func(tx *sql.Tx) error {
		made, err = s.Create(ctx, tx, "chitra", c, sections)
		return err
	})
	return made, err
}

// create makes a course, published and Foundational unless c says otherwise.
func create(t *testing.T, s *catalog.Service, d *db.DB, c catalog.Course, sections ...catalog.Section) catalog.Course {
	t.Helper()
	if c.Level == "" {
		c.Level = "Foundational"
	}
	if c.Status == "" {
		c.Status = catalog.Published
	}
	made, err := tryCreate(s, d, c, sections...)
	if err != nil {
		t.Fatal(err)
	}
	return made
}

func titles(list []catalog.Course) (all []string) {
	for _, c := range list {
		all = append(all, c.Title)
	}
	return all
}

func epoch(t *testing.T, d *db.DB) int64 {
	t.Helper()
	n, err := school.New(school.Options{DB: d}).Epoch(ctx)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func TestCreate_EverythingComesBack(t *testing.T) {
	s, d := open(t)
	want := catalog.Course{Slug: "python", Title: "Python", Summary: "One line.", Description: "First.\n\nSecond.", Audience: "All.",
		Outcomes: []string{"Read", "Write"}, Teacher: "Asha", Level: "Advanced", Duration: "3 months", Status: "published",
		Price: lang.Money{Amount: 49900, Currency: "INR"}, Featured: true, Position: 7, CreatedAt: start.Add(-time.Hour), PublishedAt: start}
	sections := []catalog.Section{{Title: "One", Lessons: []string{"a", "b"}}, {Title: "Empty"}, {Title: "One", Lessons: []string{"c"}}}
	before := epoch(t, d)
	made := create(t, s, d, want, sections...)
	if len(made.ID) != 20 {
		t.Fatalf("got id %q", made.ID)
	}
	want.ID, want.Version = made.ID, 1
	got, err := s.BySlug(ctx, "python")
	if err != nil || !reflect.DeepEqual(got, want) || !reflect.DeepEqual(made, want) {
		t.Errorf("got %+v, %v\nmade %+v\nwant %+v", got, err, made, want)
	}
	if got, err := catalog.ByID(ctx, d.Read(), made.ID); err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("by id: got %+v, %v", got, err)
	}
	outline, err := s.Outline(ctx, made.ID)
	if err != nil || !reflect.DeepEqual(outline, sections) {
		t.Errorf("outline: got %v, %v, want %v", outline, err, sections)
	}
	entries, err := audit.List(ctx, d.Read(), audit.Query{Kind: "course", Subject: made.ID, Limit: 5})
	if err != nil || len(entries) != 1 || entries[0].Action != "course.create" || entries[0].Actor != "chitra" {
		t.Errorf("audit: got %v, %v", entries, err)
	}
	if epoch(t, d) != before+1 {
		t.Error("the epoch stayed")
	}
}

func TestCreate_FillsInWhatIsLeftOpen(t *testing.T) {
	d := dbtest.New(t)
	s := catalog.New(catalog.Options{DB: d, Now: func() time.Time { return start }, Currency: "EUR"})
	var slugs []string
	for i := range 3 {
		c, err := tryCreate(s, d, catalog.Course{Title: " C & C++ ", Level: "Advanced"})
		if err != nil {
			t.Fatal(err)
		}
		if c.Title != "C & C++" || c.Status != catalog.Draft || c.Price.Currency != "EUR" || !c.CreatedAt.Equal(start) || !c.PublishedAt.IsZero() || c.Position != int64(i+1) || !c.Free() {
			t.Errorf("got %+v", c)
		}
		slugs = append(slugs, c.Slug)
	}
	if want := []string{"c-c", "c-c-2", "c-c-3"}; !slices.Equal(slugs, want) {
		t.Errorf("got slugs %q, want %q", slugs, want)
	}
	if c, err := tryCreate(s, d, catalog.Course{Title: "!?", Level: "Advanced"}); err != nil || c.Slug != "course" {
		t.Errorf("title without letters: got slug %q, %v", c.Slug, err)
	}
}

func TestCreate_Refused(t *testing.T) {
	s, d := open(t)
	good := catalog.Course{Slug: "python", Title: "Python", Level: "Advanced"}
	create(t, s, d, good)
	for field, change := range map[string]func(c *catalog.Course){
		"title":  func(c *catalog.Course) { c.Title = " \n" },
		"level":  func(c *catalog.Course) { c.Level = "advanced" },
		"status": func(c *catalog.Course) { c.Status = "gone" },
		"price":  func(c *catalog.Course) { c.Price.Amount = -1 },
		"slug":   func(c *catalog.Course) { c.Slug = "A b" },
	} {
		c := good
		change(&c)
		_, err := tryCreate(s, d, c)
		var f *fault.Fault
		if !errors.As(err, &f) || f.Kind != fault.Invalid || len(f.Fields) != 1 || f.Fields[field].Key == "" {
			t.Errorf("%s: got %v, want a fault in that field", field, err)
		}
	}
	_, err := tryCreate(s, d, good)
	var f *fault.Fault
	if !errors.As(err, &f) || f.Fields["slug"].Key != "catalog.slug.taken" {
		t.Errorf("slug that is taken: got %v", err)
	}
	if l, err := s.List(ctx, catalog.ListQuery{}); err != nil || l.Total != 1 {
		t.Errorf("got %d courses, %v, want the first alone", l.Total, err)
	}
}

func TestCreate_ManyWithOneTitleAtOnce(t *testing.T) {
	s, d := open(t)
	var wg sync.WaitGroup
	for range 24 {
		wg.Go(func() {
			if _, err := tryCreate(s, d, catalog.Course{Title: "Python", Level: "Advanced", Status: "published"}); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	for n := 1; n <= 24; n++ {
		slug := "python"
		if n > 1 {
			slug = fmt.Sprintf("python-%d", n)
		}
		if _, err := s.BySlug(ctx, slug); err != nil {
			t.Errorf("%s: %v", slug, err)
		}
	}
}

func TestBySlug_Statuses(t *testing.T) {
	s, d := open(t)
	for _, status := range catalog.Statuses {
		create(t, s, d, catalog.Course{Title: status, Status: status})
	}
	for slug, found := range map[string]bool{"draft": false, "published": true, "archived": true, "none": false, "": false, "\xff": false, "published\x00": false} {
		c, err := s.BySlug(ctx, slug)
		if found && (err != nil || c.Status != slug) || !found && !fault.Is(err, fault.NotFound) {
			t.Errorf("%q: got %+v, %v", slug, c, err)
		}
	}
	if _, err := catalog.ByID(ctx, d.Read(), "none"); !fault.Is(err, fault.NotFound) {
		t.Errorf("unknown id: got %v", err)
	}
}

func TestBySlug_DevanagariHoweverItIsComposed(t *testing.T) {
	s, d := open(t)
	made := create(t, s, d, catalog.Course{Title: "कंप्यूटर की पढ़ाई"})
	for _, slug := range []string{made.Slug, "कंप्यूटर-की-पढ\u093cाई", "कंप्यूटर-की-प\u095dाई"} {
		if c, err := s.BySlug(ctx, slug); err != nil || c.ID != made.ID {
			t.Errorf("%q: got %v, %v", slug, c, err)
		}
	}
}

func TestPublish(t *testing.T) {
	s, d := open(t)
	c := create(t, s, d, catalog.Course{Title: "Python", Status: catalog.Draft})
	before := epoch(t, d)
	for range 2 {
		if err := s.Publish(ctx, "chitra", c.ID); err != nil {
			t.Fatal(err)
		}
	}
	got, err := s.BySlug(ctx, "python")
	if err != nil || got.Status != catalog.Published || !got.PublishedAt.Equal(start) {
		t.Errorf("got %+v, %v", got, err)
	}
	if entries, err := audit.List(ctx, d.Read(), audit.Query{Action: "course.publish", Limit: 5}); err != nil || len(entries) != 1 || epoch(t, d) != before+1 {
		t.Errorf("published twice: %d audit rows, %v, epoch %d after %d", len(entries), err, epoch(t, d), before)
	}
	if err := s.Publish(ctx, "chitra", "none"); !fault.Is(err, fault.NotFound) {
		t.Errorf("unknown course: got %v", err)
	}
}

func TestFeatured(t *testing.T) {
	s, d := open(t)
	if list, err := s.Featured(ctx); err != nil || len(list) != 0 {
		t.Errorf("empty school: got %v, %v", list, err)
	}
	for i := range 6 {
		create(t, s, d, catalog.Course{Title: fmt.Sprint("Plain ", i)})
	}
	if list, err := s.Featured(ctx); err != nil || !slices.Equal(titles(list), []string{"Plain 0", "Plain 1", "Plain 2", "Plain 3"}) {
		t.Errorf("none featured: got %q, %v, want the first four", titles(list), err)
	}
	create(t, s, d, catalog.Course{Title: "Second", Featured: true, Position: 9})
	create(t, s, d, catalog.Course{Title: "First", Featured: true, Position: 8})
	create(t, s, d, catalog.Course{Title: "Hidden", Featured: true, Position: 1, Status: catalog.Draft})
	if list, err := s.Featured(ctx); err != nil || !slices.Equal(titles(list), []string{"First", "Second"}) {
		t.Errorf("got %q, %v", titles(list), err)
	}
}

func TestOutlineAndStats_EmptyCourse(t *testing.T) {
	s, d := open(t)
	c := create(t, s, d, catalog.Course{Title: "Bare"})
	create(t, s, d, catalog.Course{Title: "Draft", Status: catalog.Draft}, catalog.Section{Title: "S", Lessons: []string{"L"}})
	if o, err := s.Outline(ctx, c.ID); err != nil || len(o) != 0 {
		t.Errorf("outline: got %v, %v", o, err)
	}
	if got, err := s.Stats(ctx); err != nil || got != (catalog.Stats{Courses: 1}) {
		t.Errorf("stats: got %+v, %v", got, err)
	}
	got, err := s.BySlug(ctx, "bare")
	if err != nil || got.Outcomes != nil || got.Description != "" {
		t.Errorf("got %+v, %v", got, err)
	}
}
