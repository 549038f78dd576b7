package adminview

import (
	"context"
	"strconv"

	"lectern/app/lang"
	"lectern/views"
)

// PostsPage is the list of internships.
type PostsPage struct {
	Q, Status string // Status: one of PostStatuses
	Rows      []PostLine
}

// PostLine is an internship in the list.
type PostLine struct {
	ID, Title, Status         string
	Over                      bool // past its last day
	Fee                       lang.Money
	Seats                     int64 // 0: not said
	Applied, Unseen, Accepted int64
}

// PostStatuses are the tabs over the internships; the first is all but the archived.
var PostStatuses = []string{"", "published", "draft", "closed", "archived"}

func (m PostsPage) href(status string) string {
	return withQuery("/admin/internships", "status", status, "q", m.Q)
}

func (m PostsPage) tabs(ctx context.Context) []views.Tab {
	var tabs []views.Tab
	for _, s := range PostStatuses {
		key := "posts.tab.current"
		if s != "" {
			key = "posts.tab." + s
		}
		tabs = append(tabs, views.Tab{Href: m.href(s), Label: views.T(ctx, key), Current: s == m.Status, Count: -1})
	}
	return tabs
}

// shifts tells whether the rows can be moved: where the list is one whole status.
func (m PostsPage) shifts() bool { return m.Status != "" && m.Q == "" && len(m.Rows) > 1 }

// postState is the mark of how an internship stands, and its text's key.
func postState(status string, over bool) (kind, key string) {
	switch {
	case over:
		return "wait", "posts.state.over"
	case status == "published":
		return "good", "posts.state.published"
	}
	return "plain", "posts.state." + status
}

func (r PostLine) path() string { return "/admin/internships/" + r.ID }

// PostPage is the form of an internship; ID is empty for a new one.
type PostPage struct {
	ID, Status string
	Over       bool // past its last day
	Ever       bool // it was published once, so that its address stays
	Version    int64
	Currency   string
	Values     map[string]string // as they are stored
	Theirs     []FieldValue      // what somebody else wrote meanwhile, where it differs
	Trouble    lang.Msg
	Form       *views.Form
	Kept       bool
}

// FieldValue is a field of a form with a value.
type FieldValue struct{ Name, Value string }

// PostFields are the fields of an internship's form, in its order.
var PostFields = []string{"title", "slug", "summary", "description", "duration", "place", "stipend", "fee", "seats", "last_day"}

func (m PostPage) action() string {
	if m.ID == "" {
		return "/admin/internships"
	}
	return "/admin/internships/" + m.ID
}

func (m PostPage) title(ctx context.Context) string {
	if m.ID == "" {
		return views.T(ctx, "post.title.new")
	}
	return m.Values["title"]
}

func (m PostPage) version() string { return strconv.FormatInt(m.Version, 10) }

func (m PostPage) label(ctx context.Context, field string) string {
	return views.T(ctx, "post.f."+field, "currency", m.Currency)
}

func (m PostPage) labels(ctx context.Context) map[string]string {
	labels := map[string]string{}
	for _, f := range PostFields {
		labels[f] = m.label(ctx, f)
	}
	return labels
}

// input is a field with its label and what is stored.
func (m PostPage) input(ctx context.Context, name, hint string) views.Input {
	in := views.Input{Name: name, Label: m.label(ctx, name), Value: m.Values[name], Autocomplete: "off"}
	if hint != "" {
		in.Hint = views.T(ctx, hint)
	}
	return in
}

// keyed is an input for which phones show those keys.
func (m PostPage) keyed(ctx context.Context, name, hint, keys string) views.Input {
	in := m.input(ctx, name, hint)
	in.InputMode = keys
	return in
}

// day is an input for a day.
func (m PostPage) day(ctx context.Context, name string) views.Input {
	in := m.input(ctx, name, "")
	in.Type = "date"
	return in
}

// postStep is a change of status that is offered.
type postStep struct{ to, key string }

// steps are those that make sense from the status that there is.
func (m PostPage) steps() []postStep {
	switch m.Status {
	case "draft":
		return []postStep{{"published", "post.step.published"}, {"archived", "post.step.archived"}}
	case "published":
		return []postStep{{"closed", "post.step.closed"}, {"draft", "post.step.draft"}}
	case "closed":
		return []postStep{{"published", "post.step.again"}, {"archived", "post.step.archived"}}
	}
	return []postStep{{"closed", "post.step.restore"}}
}
