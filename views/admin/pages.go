package adminview

import (
	"context"
	"strconv"
	"strings"
	"time"

	"github.com/a-h/templ"

	"lectern/app/lang"
	"lectern/views"
)

// PagesPage is the list of what the school writes.
type PagesPage struct {
	Q, Status, After string    // Status: published, draft, deleted, or empty for all that aren't deleted
	Standard         []PageRow // those that every school has
	Rows             []PageRow // the school's own
	Next             string    // key of the next page of the list, or empty
}

// PageRow is a page in the list.
type PageRow struct {
	Key, Title, Slug string
	State            string    // default, published, draft, deleted
	At               time.Time // when it was changed; zero for a default
	By               string    // a name
}

func (m PagesPage) href(status, q, after string) string {
	return withQuery("/admin/pages", "status", status, "q", q, "after", after)
}

func (m PagesPage) tabs(ctx context.Context) []views.Tab {
	var tabs []views.Tab
	for _, s := range []string{"", "published", "draft", "deleted"} {
		key := "pages.tab." + s
		if s == "" {
			key = "pages.tab.all"
		}
		tabs = append(tabs, views.Tab{Href: m.href(s, m.Q, ""), Label: views.T(ctx, key), Current: s == m.Status, Count: -1})
	}
	return tabs
}

// pageState is the word and the look of how a page stands.
func pageState(ctx context.Context, state string) (kind, label string) {
	return map[string]string{"published": "good", "draft": "wait", "deleted": "bad", "default": "plain"}[state], views.T(ctx, "pages.state."+state)
}

// PageEditor is where a page is written.
type PageEditor struct {
	PageRow
	Standard          string // empty for the school's own
	Description, Body string
	Version           int64 // that the texts are of
	Form              *views.Form
	Preview           views.HTML
	Previewed         bool // the preview was asked for and is of what is typed
	Theirs            *PageTheirs
	Trouble           lang.Msg // why a step couldn't be done
	MaxTitle          int
	MaxDescription    int
	MaxBody           int
}

// PageTheirs is what somebody else has saved meanwhile.
type PageTheirs struct {
	Title, Description, By string
	At                     time.Time
	Changes                []PageChange // from it to what was typed
}

// PageChange is a stretch of two texts: in both, in the old ("-") or in the new one ("+").
type PageChange struct{ Op, Text string }

func (m PageEditor) fresh() bool { return m.Key == "" }

func (m PageEditor) action() string {
	if m.fresh() {
		return "/admin/pages"
	}
	return m.path("")
}

func (r PageRow) path(step string) string {
	if step == "" {
		return "/admin/pages/" + r.Key
	}
	return "/admin/pages/" + r.Key + "/" + step
}

func (m PageEditor) title(ctx context.Context) string {
	if m.fresh() {
		return views.T(ctx, "pages.new")
	}
	return m.Title
}

func (m PageEditor) labels(ctx context.Context) map[string]string {
	return map[string]string{"title": views.T(ctx, "pages.title"), "slug": views.T(ctx, "pages.slug"),
		"description": views.T(ctx, "pages.description"), "body": views.T(ctx, "pages.body")}
}

func (m PageEditor) version() string { return strconv.FormatInt(m.Version, 10) }

// PageVersions are the texts that a page had.
type PageVersions struct {
	PageRow
	Rows  []PageVersion
	Next  string
	After string
}

// PageVersion is one of them.
type PageVersion struct {
	N         int64
	Title, By string
	At        time.Time
	Now       bool // the present one
}

func (v PageVersion) n() string { return strconv.FormatInt(v.N, 10) }

// PageCompared is an earlier text of a page beside its present one.
type PageCompared struct {
	PageRow
	PageVersion
	Base               int64 // version of the present one
	OldTitle, NewTitle string
	OldAbout, NewAbout string
	Changes            []PageChange
	Trouble            lang.Msg
}

func (m PageCompared) base() string { return strconv.FormatInt(m.Base, 10) }

func (m PageEditor) slugHint(ctx context.Context) string {
	if m.fresh() {
		return views.T(ctx, "pages.slug.hint")
	}
	return views.T(ctx, "pages.slug.hint.change")
}

// editorAttrs let the preview follow what is typed.
var editorAttrs = templ.Attributes{"hx-post": "/admin/pages/preview", "hx-trigger": "input changed delay:400ms", "hx-target": "#preview",
	"hx-swap": "outerHTML", "hx-sync": "this:replace", "hx-include": "this", "spellcheck": "true", "class": "source"}

// shortLines is how much of what two texts have in common is shown as it is.
const shortLines = 6

func lines(text string) int { return strings.Count(text, "\n") + 1 }

func long(text string) bool { return lines(text) > shortLines }
