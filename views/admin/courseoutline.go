package adminview

import (
	"context"
	"strconv"

	"lectern/views"
)

// OutlinePage is the editor of a course's sections and lessons.
type OutlinePage struct {
	CourseHead
	Parts   []OutlinePart
	Deleted []DeletedLine
	Undo    *DeletedLine // what was just deleted
	Form    *views.Form  // of the new sections
}

// OutlinePart is a section in it.
type OutlinePart struct {
	ID, Title   string
	Prev, Next  string // ids of its neighbours, or empty
	Position    int    // from 1
	Lessons     []OutlineLine
	Folded      bool // its lessons are shown when asked for
	Adding      bool // the form for more lessons stands open, and takes the focus where lessons have just come
	Form        *views.Form
	TitleForm   *views.Form // of its own title, when that was refused
	AllSections []views.Option
}

// OutlineLine is a lesson in it.
type OutlineLine struct {
	ID, Title string
	Up, Down  arrow
	Moving    bool // the choice of another section stands open
	Form      *views.Form
}

// DeletedLine is a section or a lesson that can be put back.
type DeletedLine struct {
	ID, Kind, Title, Section string
	Lessons                  int64
}

func (d DeletedLine) step() string { return d.Kind + "s/" + d.ID + "/restore" }

func (m OutlinePage) lessons() int {
	n := 0
	for _, p := range m.Parts {
		n += len(p.Lessons)
	}
	return n
}

// Arrange tells each lesson's neighbours; the first and the last of a section go on in the next one.
func (p *OutlinePart) Arrange() {
	for i := range p.Lessons {
		l := &p.Lessons[i]
		l.Up, l.Down = arrow{"into", p.Prev}, arrow{"first", p.Next}
		if i > 0 {
			l.Up = arrow{"before", p.Lessons[i-1].ID}
		}
		if i < len(p.Lessons)-1 {
			l.Down = arrow{"after", p.Lessons[i+1].ID}
		}
	}
}

// titled is the form of a title: fresh, or as it was refused.
func titled(f *views.Form, id string) *views.Form {
	own := views.Form{}
	if f != nil {
		own = *f
	}
	own.Prefix = "t-" + id + "-"
	return &own
}

func adding(f *views.Form, id string) *views.Form {
	own := views.Form{}
	if f != nil {
		own = *f
	}
	own.Prefix = "add-" + id + "-"
	return &own
}

func titlesInput(ctx context.Context, key string, focus bool) views.Input {
	in := views.Input{Name: "titles", Label: views.T(ctx, key), Hint: views.T(ctx, "admin.outline.paste")}
	if focus {
		in.Attrs = map[string]any{"autofocus": true}
	}
	return in
}

func partName(part string) string {
	if part == "" {
		return "details"
	}
	return part
}

func count(n int) string { return strconv.Itoa(n) }
