package adminview

import (
	"context"
	"strconv"
	"time"

	"github.com/a-h/templ"

	"lectern/app/lang"
	"lectern/views"
)

// Place is a line of a list that the school puts into order: what all such lists have in common.
type Place struct {
	ID     string
	Base   string // address of the list's forms, to which /ID/move and the like are added
	Name   string
	At, Of int  // its place, counted from 0, and how many there are
	Off    bool // switched off
	Gone   bool // leads nowhere, so that it isn't shown
}

func (p Place) path(step string) string { return p.Base + "/" + p.ID + "/" + step }

// PastState is a state that such a list had.
type PastState struct {
	Version int64
	Deed    string // what made it
	At      time.Time
	By      string // a name
	Now     bool
}

// HomeParts are the parts of the home page.
type HomeParts struct {
	Rows    []HomePart
	Past    []PastState
	Trouble lang.Msg
}

// HomePart is one of them.
type HomePart struct {
	Place
	Kind    string
	Remark  string // what stands in it, or why it isn't seen
	Removes bool   // it can be removed altogether
}

// HomeEditor is where the texts of a part are written.
type HomeEditor struct {
	ID, Kind, Name string
	Title, Text    string
	Button, Target string
	Steps          [][2]string
	Rev            int64
	Form           *views.Form
	Theirs         *HomeTheirs
	Targets        []views.Option
	Preview        views.HTML // of a block of text
}

// HomeTheirs is what somebody else has saved meanwhile.
type HomeTheirs struct{ Title, Text string }

func (m HomeEditor) action() string { return "/admin/home/" + m.ID }

func (m HomeEditor) rev() string { return strconv.FormatInt(m.Rev, 10) }

func (m HomeEditor) labels(ctx context.Context) map[string]string {
	l := map[string]string{"title": views.T(ctx, "pages.title"), "text": views.T(ctx, "pages.body"), "button": views.T(ctx, "parts.button"), "target": views.T(ctx, "parts.target")}
	for _, n := range []string{"1", "2", "3"} {
		l["step"+n], l["step"+n+"_text"] = views.T(ctx, "parts.step", "n", n), views.T(ctx, "parts.step.text", "n", n)
	}
	return l
}

// StoriesPage are the success stories.
type StoriesPage struct {
	Rows    []StoryLine
	Deleted []StoryLine
	Trouble lang.Msg
}

// StoryLine is one with the time when it was changed or deleted.
type StoryLine struct {
	StoryRow
	Changed time.Time
}

// StoryRow is one of them.
type StoryRow struct {
	Place
	Text, Course, Picture string
}

// StoryEditor is where one is written.
type StoryEditor struct {
	ID                          string // empty for a new one
	Name, Text, Course, Picture string
	Version                     int64
	Form                        *views.Form
	Theirs                      *StoryRow // what somebody else has saved meanwhile
	Courses                     []views.Option
	MaxName, MaxText            int
}

func (m StoryEditor) action() string {
	if m.ID == "" {
		return "/admin/stories"
	}
	return "/admin/stories/" + m.ID
}

func (m StoryEditor) version() string { return strconv.FormatInt(m.Version, 10) }

func (m StoryEditor) title(ctx context.Context) string {
	if m.ID == "" {
		return views.T(ctx, "stories.new")
	}
	return m.Name
}

func (m StoryEditor) labels(ctx context.Context) map[string]string {
	return map[string]string{"name": views.T(ctx, "stories.name"), "text": views.T(ctx, "stories.text"), "course": views.T(ctx, "stories.course"), "picture": views.T(ctx, "stories.picture")}
}

// MenuPage is a menu of the site.
type MenuPage struct {
	Menu    string // header or footer
	Rows    []MenuRow
	Targets []views.Option
	Add     *views.Form // of the form for a new line, when it was refused
	Past    []PastState
	Trouble lang.Msg
}

// MenuRow is a line of it.
type MenuRow struct {
	Place
	Href            string // where it leads now
	Target, Address string // as chosen and as typed: one of them
	Label           string // its own, empty where it follows the target
	Rev             int64
	Form            *views.Form // when it was refused
}

func (r MenuRow) rev() string { return strconv.FormatInt(r.Rev, 10) }

// form is the row's, with ids of its own.
func (r MenuRow) form() *views.Form {
	f := views.Form{}
	if r.Form != nil {
		f = *r.Form
	}
	f.Prefix = r.ID + "-"
	return &f
}

func (m MenuPage) path(step string) string { return "/admin/menu/" + m.Menu + step }

func (m MenuPage) add() *views.Form {
	f := views.Form{}
	if m.Add != nil {
		f = *m.Add
	}
	f.Prefix = "add-"
	return &f
}

func (m MenuPage) tabs(ctx context.Context) []views.Tab {
	var tabs []views.Tab
	for _, name := range []string{"header", "footer"} {
		href := "/admin/menu"
		if name != "header" {
			href += "?menu=" + name
		}
		tabs = append(tabs, views.Tab{Href: href, Label: views.T(ctx, "menus.tab."+name), Current: name == m.Menu, Count: -1})
	}
	return tabs
}

func menuLabels(ctx context.Context) map[string]string {
	return map[string]string{"target": views.T(ctx, "menus.target"), "address": views.T(ctx, "menus.address"), "label": views.T(ctx, "menus.label")}
}

func itoa(n int) string { return strconv.Itoa(n) }

func version(n int64) string { return strconv.FormatInt(n, 10) }

// partAttrs let the preview of a text follow what is typed.
var partAttrs = templ.Attributes{"hx-post": "/admin/home/preview", "hx-trigger": "input changed delay:400ms", "hx-target": "#preview",
	"hx-swap": "outerHTML", "hx-sync": "this:replace", "hx-include": "this", "spellcheck": "true", "class": "source"}
