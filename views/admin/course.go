package adminview

import (
	"context"
	"time"

	"lectern/app/lang"
	"lectern/views"
)

// arrow is where a button moves a line: the field that tells it, and the id of the neighbour.
type arrow struct{ field, to string }

func featureStep(r CourseRow) string {
	if r.Featured {
		return "unfeature"
	}
	return "feature"
}

// CourseHead is what every page of a course's editor says above its own part.
type CourseHead struct {
	CourseRow
	Trouble lang.Msg // why a step couldn't be done
}

func (m CourseHead) tabs(ctx context.Context, current string) []views.Tab {
	var tabs []views.Tab
	for _, part := range []string{"", "outline", "price"} {
		if part == "price" && !views.From(ctx).Admin() {
			continue
		}
		key := "details"
		if part != "" {
			key = part
		}
		tabs = append(tabs, views.Tab{Href: m.path(part), Label: views.T(ctx, "admin.course.tab."+key), Current: part == current, Count: -1})
	}
	return tabs
}

// CoursePage is the editor of what a course says of itself.
type CoursePage struct {
	CourseHead
	Fields        map[string]string // the texts as they are saved, by the names of their fields
	Seen          string            // a mark of them, by which a stale form knows what was changed in it
	Version       string
	Once          string // id that a course made by this page gets, so that sending it twice makes one
	Levels        []string
	Form          *views.Form
	PictureForm   *views.Form
	FormerPicture string // what it was before the last change, if it can be put back
	Stale         *Stale // another saved while this was typed
	Deletable     bool
	History       []AuditRow
}

// Stale is what another has saved meanwhile.
type Stale struct {
	By     string            // name, or empty
	At     time.Time         // zero: unknown
	Theirs map[string]string // field → text, of those fields in which both differ
}

// New reports whether the course is to be made.
func (m CoursePage) New() bool { return m.ID == "" }

func (m CoursePage) action() string {
	if m.New() {
		return "/admin/courses"
	}
	return m.path("")
}

func (m CoursePage) labels(ctx context.Context) map[string]string {
	labels := map[string]string{}
	for _, name := range []string{"title", "slug", "summary", "description", "audience", "outcomes", "teacher", "level", "duration", "price"} {
		labels[name] = views.T(ctx, "admin.course."+name)
	}
	return labels
}

// input is the field of that name; good is the length that is good to read, 0 for none.
func (m CoursePage) input(ctx context.Context, name string, good int) views.Input {
	in := views.Input{Name: name, Label: views.T(ctx, "admin.course."+name), Hint: views.T(ctx, "admin.course."+name+".hint"), Value: m.Fields[name], Autocomplete: "off"}
	if good > 0 {
		in.Attrs = map[string]any{"data-count": views.T(ctx, "admin.course.count", "good", good), "data-good": count(good)}
	}
	return in
}

func (m CoursePage) levels(ctx context.Context) []views.Option {
	var all []views.Option
	for _, l := range m.Levels {
		all = append(all, views.Option{Value: l, Label: views.T(ctx, "level."+l)})
	}
	return all
}

// value is what a field shows, for the card beside the form.
func (m CoursePage) value(name string) string { return m.Form.Value(name, m.Fields[name]) }

// PricePage is what a course costs, did and will.
type PricePage struct {
	CourseHead
	Was     string // the price that the form is based on, in the minor unit
	Today   string // the first day that can be chosen, as a date field has it
	Form    *views.Form
	Ask     bool   // whether making it free, with orders open, is meant
	Plan    string // when the planned price begins, as its form says it
	History []PriceRow
}

// PriceRow is a price that the course has had.
type PriceRow struct {
	Price lang.Money
	Since time.Time
	By    string // name, or empty
	Now   bool   // it holds
}

func (m PricePage) labels(ctx context.Context) map[string]string {
	return map[string]string{"price": views.T(ctx, "admin.course.price"), "from": views.T(ctx, "admin.price.from"), "free": ""}
}

func (m PricePage) when(ctx context.Context) []views.Option {
	return []views.Option{{Value: "now", Label: views.T(ctx, "admin.price.now")}, {Value: "date", Label: views.T(ctx, "admin.price.date")}}
}
