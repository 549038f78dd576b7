package browsertest

import (
	"testing"
	"time"

	"lectern/app/apptest"
	"lectern/app/catalog"
)

// courseViews are the pages on which courses are edited: with long names, something deleted, a price to come.
func (c *crowd) courseViews() []view {
	c.T.Helper()
	course, err := c.Catalog.BySlug(c.ctx, c.slugs[1])
	c.must(err)
	_, err = c.Catalog.Add(c.ctx, c.chitra, course.ID, "", longDevanagari+"\n"+longUrdu+"\n"+longWord)
	c.must(err)
	parts, err := c.Catalog.Parts(c.ctx, course.ID)
	c.must(err)
	last := parts[len(parts)-1].ID
	_, err = c.Catalog.Add(c.ctx, c.chitra, course.ID, parts[0].ID, longLatin+"\n"+longUrdu)
	c.must(err)
	c.must(c.Catalog.Change(c.ctx, c.chitra, course.ID, catalog.ASection, last, catalog.Change{Delete: true}))
	c.must(c.Catalog.SetPrice(c.ctx, c.chitra, course.ID, course.Price.Amount, 0, c.Clock.Now().Add(72*time.Hour)))
	draft, err := c.Catalog.Duplicate(c.ctx, c.chitra, course.ID, "", longWord)
	c.must(err)
	edit := "/admin/courses/" + course.ID
	lesson := parts[0].Lessons[0].ID
	return []view{
		{"courses", "/admin/courses", nil},
		{"courses, drafts", "/admin/courses?status=draft", nil},
		{"courses, none found", "/admin/courses?q=zzzz", nil},
		{"new course", "/admin/courses/new", nil},
		{"new course, wrong", "/admin/courses/new", send("#course", map[string]string{"[name=price]": "a lot"})},
		{"course's details", edit, nil},
		{"course's details, wrong", edit, send("#course", map[string]string{"[name=title]": " "})},
		{"course's details, saved by another", edit, func(p *person) {
			p.fill("#title", "Mine")
			theirs, err := c.Catalog.ByID(c.ctx, course.ID)
			c.must(err)
			theirs.Title = longWord
			_, err = c.Catalog.Edit(c.ctx, c.chitra, course.ID, theirs)
			c.must(err)
			p.press("#course button.main")
			p.sees(".theirs", longWord)
		}},
		{"draft's details", "/admin/courses/" + draft.ID, nil},
		{"draft, previewed", "/courses/" + draft.Slug, nil},
		{"outline", edit + "/outline", nil},
		{"outline, undo", edit + "/outline?undo=" + last, nil},
		{"outline, moving", edit + "/outline?lesson=" + lesson, nil},
		{"outline, wrong", edit + "/outline", send("#add", nil)},
		{"outline, late", edit + "/outline", func(p *person) {
			c.must(c.Catalog.Change(c.ctx, c.chitra, course.ID, catalog.ALesson, lesson, catalog.Change{Delete: true}))
			p.press("#down-" + lesson)
			p.sees("#toast", "meanwhile")
			c.must(c.Catalog.Restore(c.ctx, c.chitra, course.ID, catalog.ALesson, lesson))
		}},
		{"price", edit + "/price", nil},
		{"price, wrong", edit + "/price", send("#price-form", map[string]string{"[name=price]": "a lot"})},
		{"price, free", edit + "/price", send("#price-form", map[string]string{"[name=price]": "0"})},
	}
}

// What an editor of an outline does all day, by keys and by mouse, and that the focus stays where the work is.
func TestCourses_OutlineWithScripts(t *testing.T) {
	t.Parallel()
	s := apptest.New(t)
	p := visit(t, s, desk)
	p.logIn("chitra@example.com")
	var course, first, second string
	for query, v := range map[string]*string{
		`SELECT id FROM courses WHERE slug = 'data-science-and-analytics'`: &course,
		`SELECT l.id FROM lessons l JOIN sections s ON s.id = l.section_id JOIN courses c ON c.id = s.course_id WHERE c.slug = 'data-science-and-analytics' AND s.position = 1 AND l.position = 1`: &first,
		`SELECT s.id FROM sections s JOIN courses c ON c.id = s.course_id WHERE c.slug = 'data-science-and-analytics' AND s.position = 2`:                                                          &second,
	} {
		if err := s.DB.Read().QueryRowContext(t.Context(), query).Scan(v); err != nil {
			t.Fatal(err)
		}
	}
	p.open("/admin/courses/" + course + "/outline")
	p.press("#down-" + first)
	p.sees("#toast", "Moved")
	if id := value[string](p, "document.activeElement.id"); id != "down-"+first {
		t.Errorf("the focus is on %q", id)
	}
	p.press("#l-" + first + " [name=delete]")
	p.sees("#toast", "is deleted")
	p.press("#undo button")
	p.sees("#l-" + first)
	// A drag, as a hand makes it: down on the grip, over to the second section, up.
	value[bool](p, `(() => {
		const grip = document.querySelector("#l-`+first+` .grip"), to = document.querySelector("#s-`+second+` .lessons").lastElementChild;
		to.scrollIntoView({ block: "center" });
		const box = to.getBoundingClientRect(), at = { clientX: box.left + 40, clientY: box.bottom - 2, bubbles: true, pointerId: 1, button: 0 };
		grip.setPointerCapture = () => {};
		grip.dispatchEvent(new PointerEvent("pointerdown", { ...at, cancelable: true }));
		document.dispatchEvent(new PointerEvent("pointermove", at));
		document.dispatchEvent(new PointerEvent("pointerup", at));
		return true;
	})()`)
	p.sees("#toast", "Moved")
	if n := s.Count(`SELECT count(*) FROM lessons WHERE id = $1 AND section_id = $2`, first, second); n != 1 {
		t.Error("the lesson isn't in the section that it was dragged to")
	}
	p.reproach()
}
