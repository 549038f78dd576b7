package catalog_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"lectern/app/catalog"
	"lectern/app/db"
	"lectern/app/fault"
)

// desk is an editor at a course with two sections, A of a1 to a3 and B of b1.
type desk struct {
	*testing.T
	s      *catalog.Service
	d      *db.DB
	course catalog.Course
}

func newDesk(t *testing.T) *desk {
	t.Helper()
	t.Parallel()
	s, d := open(t)
	return &desk{T: t, s: s, d: d, course: create(t, s, d, catalog.Course{Title: "Python"},
		catalog.Section{Title: "A", Lessons: []string{"a1", "a2", "a3"}}, catalog.Section{Title: "B", Lessons: []string{"b1"}})}
}

// id finds a line by its title.
func (k *desk) id(title string) string {
	k.Helper()
	parts, err := k.s.Parts(ctx, k.course.ID)
	if err != nil {
		k.Fatal(err)
	}
	for _, p := range parts {
		if p.Title == title {
			return p.ID
		}
		for _, l := range p.Lessons {
			if l.Title == title {
				return l.ID
			}
		}
	}
	k.Fatalf("no line %q", title)
	return ""
}

// want compares the outline, written as "A: a1 a2 | B: b1".
func (k *desk) want(outline string) {
	k.Helper()
	parts, err := k.s.Parts(ctx, k.course.ID)
	if err != nil {
		k.Fatal(err)
	}
	var all []string
	for _, p := range parts {
		text := p.Title + ":"
		for _, l := range p.Lessons {
			text += " " + l.Title
		}
		all = append(all, text)
	}
	if got := strings.Join(all, " | "); got != outline {
		k.Errorf("got  %s\nwant %s", got, outline)
	}
	k.dense()
}

// dense makes sure that positions go from 1 without gaps.
func (k *desk) dense() {
	k.Helper()
	for _, query := range []string{
		`SELECT count(*), COALESCE(max(position), 0), count(DISTINCT position) FROM sections WHERE deleted_at IS NULL`,
		`SELECT count(*), COALESCE(max(position), 0), count(DISTINCT position) FROM lessons WHERE deleted_at IS NULL AND section_id = '` + k.id("A") + `'`,
	} {
		var n, last, distinct int
		if err := k.d.Read().QueryRowContext(ctx, query).Scan(&n, &last, &distinct); err != nil || n != last || n != distinct {
			k.Errorf("positions of %d lines: %d different ones up to %d, %v", n, distinct, last, err)
		}
	}
}

func (k *desk) change(kind catalog.Kind, title string, c catalog.Change) error {
	k.Helper()
	return k.s.Change(ctx, "chitra", k.course.ID, kind, k.id(title), c)
}

func (k *desk) must(err error) {
	k.Helper()
	if err != nil {
		k.Fatal(err)
	}
}

func TestOutline_LessonsMove(t *testing.T) {
	k := newDesk(t)
	a, b := k.id("A"), k.id("B")
	ids := k.id("a2")
	for range 2 { // the same wish twice is one move
		k.must(k.change(catalog.ALesson, "a3", catalog.Change{In: a, To: catalog.Place{Before: k.id("a1")}}))
		k.want("A: a3 a1 a2 | B: b1")
	}
	k.must(k.change(catalog.ALesson, "a3", catalog.Change{In: a, To: catalog.Place{After: k.id("a1")}}))
	k.want("A: a1 a3 a2 | B: b1")
	k.must(k.change(catalog.ALesson, "a2", catalog.Change{In: a, To: catalog.Place{First: b}}))
	k.want("A: a1 a3 | B: a2 b1")
	k.must(k.change(catalog.ALesson, "b1", catalog.Change{In: b, To: catalog.Place{Into: a}}))
	k.want("A: a1 a3 b1 | B: a2")
	if k.id("a2") != ids {
		t.Error("moving a lesson changed its id")
	}
	if err := k.change(catalog.ALesson, "a2", catalog.Change{In: a, To: catalog.Place{Before: k.id("a1")}}); !fault.Is(err, fault.Conflict) {
		t.Errorf("moved by who saw it in another section: %v", err)
	}
	if err := k.change(catalog.ALesson, "a1", catalog.Change{In: a, To: catalog.Place{Before: "gone"}}); !fault.Is(err, fault.Conflict) {
		t.Errorf("moved beside nothing: %v", err)
	}
	k.want("A: a1 a3 b1 | B: a2")
}

func TestOutline_SectionsMoveAndAreFound(t *testing.T) {
	k := newDesk(t)
	k.must(k.change(catalog.ASection, "B", catalog.Change{To: catalog.Place{Before: k.id("A")}}))
	k.want("B: b1 | A: a1 a2 a3")
	k.must(k.change(catalog.ASection, "B", catalog.Change{Title: "Loops", Was: "B"}))
	for q, n := range map[string]int{"loops": 1, "b": 0} {
		if l, err := k.s.List(ctx, catalog.ListQuery{Q: q}); err != nil || l.Total != n {
			t.Errorf("%q finds %d courses, %v, want %d", q, l.Total, err, n)
		}
	}
	n, err := k.s.Add(ctx, "chitra", k.course.ID, "", "- Functions\r\n\n  * Files \n")
	if err != nil || n != 2 {
		t.Errorf("added %d, %v", n, err)
	}
	k.want("Loops: b1 | A: a1 a2 a3 | Functions: | Files:")
	n, err = k.s.Add(ctx, "chitra", k.course.ID, k.id("Files"), "open\nread")
	if err != nil || n != 2 {
		t.Errorf("added %d, %v", n, err)
	}
	k.want("Loops: b1 | A: a1 a2 a3 | Functions: | Files: open read")
}

func TestOutline_Renaming(t *testing.T) {
	k := newDesk(t)
	before := epoch(t, k.d)
	for range 2 {
		k.must(k.s.Change(ctx, "chitra", k.course.ID, catalog.ALesson, k.id("a2"), catalog.Change{Title: "a2", Was: "a2"}))
	}
	if err := k.change(catalog.ALesson, "a2", catalog.Change{Title: "new", Was: "a1"}); !fault.Is(err, fault.Conflict) {
		t.Errorf("over another's name: %v", err)
	}
	k.must(k.change(catalog.ALesson, "a2", catalog.Change{Title: " new  name ", Was: "a2"}))
	k.want("A: a1 new name a3 | B: b1")
	if epoch(t, k.d) <= before {
		t.Error("the public pages aren't told")
	}
	for _, title := range []string{"", strings.Repeat("x", 201)} {
		var f *fault.Fault
		if err := k.change(catalog.ALesson, "a1", catalog.Change{Title: title, Was: "a1"}); !errors.As(err, &f) || f.Fields["title"].Key == "" {
			t.Errorf("%q: %v", title, err)
		}
	}
	for text, key := range map[string]string{"": "catalog.titles.missing", " \n ": "catalog.titles.missing", strings.Repeat("x", 201): "catalog.titles.long", strings.Repeat("x\n", 501): "catalog.titles.many"} {
		var f *fault.Fault
		if _, err := k.s.Add(ctx, "chitra", k.course.ID, "", text); !errors.As(err, &f) || f.Fields["titles"].Key != key {
			t.Errorf("%.10q: %v, want %s", text, err, key)
		}
	}
}

func TestOutline_DeletedAndRestored(t *testing.T) {
	k := newDesk(t)
	a, a2 := k.id("A"), k.id("a2")
	for range 2 {
		k.must(k.s.Change(ctx, "chitra", k.course.ID, catalog.ALesson, a2, catalog.Change{In: a, Delete: true}))
		k.want("A: a1 a3 | B: b1")
	}
	if err := k.s.Change(ctx, "chitra", k.course.ID, catalog.ALesson, a2, catalog.Change{Title: "x", Was: "a2"}); !fault.Is(err, fault.Conflict) {
		t.Errorf("renaming what is deleted: %v", err)
	}
	gone, err := k.s.Deleted(ctx, k.course.ID)
	if err != nil || len(gone) != 1 || gone[0].Title != "a2" || gone[0].Section != "A" || gone[0].Kind() != catalog.ALesson {
		t.Errorf("deleted: %+v, %v", gone, err)
	}
	for range 2 {
		k.must(k.s.Restore(ctx, "chitra", k.course.ID, catalog.ALesson, a2))
		k.want("A: a1 a2 a3 | B: b1")
	}
	b := k.id("B")
	k.must(k.s.Change(ctx, "chitra", k.course.ID, catalog.ASection, a, catalog.Change{Delete: true}))
	if st, err := k.s.Stats(ctx); err != nil || st != (catalog.Stats{Courses: 1, Sections: 1, Lessons: 1}) {
		t.Errorf("stats: %+v, %v", st, err)
	}
	if err := k.s.Restore(ctx, "chitra", k.course.ID, catalog.ALesson, a2); !fault.Is(err, fault.Conflict) {
		t.Errorf("a lesson of a deleted section: %v", err)
	}
	if _, err := k.s.Add(ctx, "chitra", k.course.ID, a, "x"); !fault.Is(err, fault.Conflict) {
		t.Errorf("a lesson for a deleted section: %v", err)
	}
	k.must(k.s.Restore(ctx, "chitra", k.course.ID, catalog.ASection, a))
	k.want("A: a1 a2 a3 | B: b1")
	other := create(t, k.s, k.d, catalog.Course{Title: "Other"})
	for _, err := range []error{
		k.s.Change(ctx, "chitra", other.ID, catalog.ASection, b, catalog.Change{Delete: true}),
		k.s.Change(ctx, "chitra", "none", catalog.ASection, b, catalog.Change{Delete: true}),
		k.s.Restore(ctx, "chitra", other.ID, catalog.ASection, b),
	} {
		if !fault.Is(err, fault.NotFound) {
			t.Errorf("another course's section: %v", err)
		}
	}
}

// Two editors at once: whatever order their wishes come in, no line is lost, and positions stay dense.
func TestOutline_ManyAtOnce(t *testing.T) {
	k := newDesk(t)
	a, b := k.id("A"), k.id("B")
	lessons := []string{k.id("a1"), k.id("a2"), k.id("a3"), k.id("b1")}
	var wg sync.WaitGroup
	for i := range 12 {
		wg.Go(func() {
			var err error
			switch i % 4 {
			case 0:
				_, err = k.s.Add(ctx, "chitra", k.course.ID, a, fmt.Sprint("x", i))
			case 1:
				err = k.s.Change(ctx, "chitra", k.course.ID, catalog.ALesson, lessons[i%3], catalog.Change{In: a, To: catalog.Place{Into: b}})
			case 2:
				err = k.s.Change(ctx, "chitra", k.course.ID, catalog.ASection, b, catalog.Change{To: catalog.Place{Before: a}})
			default:
				err = k.s.Change(ctx, "chitra", k.course.ID, catalog.ALesson, lessons[3], catalog.Change{In: b, To: catalog.Place{First: a}})
			}
			if err != nil && !fault.Is(err, fault.Conflict) {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	k.dense()
	o, err := k.s.Outline(ctx, k.course.ID)
	n := 0
	for _, s := range o {
		n += len(s.Lessons)
	}
	if err != nil || len(o) != 2 || n != 7 {
		t.Errorf("%d sections, %d lessons, %v", len(o), n, err)
	}
	if !slices.ContainsFunc(o, func(s catalog.Section) bool { return s.Title == "B" }) {
		t.Error("a section is gone")
	}
}
