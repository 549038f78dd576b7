package adminview

import (
	"context"
	"time"

	"lectern/app/lang"
	"lectern/views"
)

// ApplicationsPage is a page of who applied, newest first.
type ApplicationsPage struct {
	Q, Status, Post, After, Next string // Post: id of an internship, empty for all
	Rows                         []ApplicationLine
	Posts                        []views.Option // that one can choose from
	Batch                        *ApplicationBatch
	Form                         *views.Form // of the change of many, where it was refused
}

// ApplicationLine is an application in a list.
type ApplicationLine struct {
	ID, Name, Email, Phone string // Phone as people read it, or empty
	Title, PostID          string // of the internship
	Status                 string
	Unseen, Suspect        bool
	Fee                    FeeLine
	At                     time.Time
}

// FeeLine is what an internship costs, and how that stands.
type FeeLine struct {
	Amount lang.Money // 0: nothing
	Order  string     // code; empty: there is none yet
	Status string     // of the order, waiting where a number is to be checked
}

// kind is the look of the fee's mark.
func (f FeeLine) kind() string {
	switch f.Status {
	case "paid":
		return "good"
	case "waiting":
		return "wait"
	case "reversed":
		return "bad"
	}
	return "plain"
}

// ApplicationStatuses are the tabs over the applications; the first is all of them.
var ApplicationStatuses = []string{"", "new", "shortlisted", "accepted", "rejected"}

func (m ApplicationsPage) href(status, after string) string {
	return withQuery("/admin/applications", "status", status, "q", m.Q, "post", m.Post, "after", after)
}

// csv is the address of the same applications as a table for other programs.
func (m ApplicationsPage) csv() string {
	return withQuery("/admin/applications.csv", "status", m.Status, "q", m.Q, "post", m.Post)
}

func (m ApplicationsPage) filtered() bool { return m.Q != "" || m.Status != "" || m.Post != "" }

func (m ApplicationsPage) tabs(ctx context.Context) []views.Tab {
	var tabs []views.Tab
	for _, s := range ApplicationStatuses {
		key := "applications.tab.all"
		if s != "" {
			key = "applications.tab." + s
		}
		tabs = append(tabs, views.Tab{Href: m.href(s, ""), Label: views.T(ctx, key), Current: s == m.Status, Count: -1})
	}
	return tabs
}

// posts are the internships to choose from, all of them first.
func (m ApplicationsPage) posts(ctx context.Context) []views.Option {
	return append([]views.Option{{Label: views.T(ctx, "applications.post.all")}}, m.Posts...)
}

// applicationStates are the statuses to choose from.
func applicationStates(ctx context.Context, but string) []views.Option {
	var all []views.Option
	for _, s := range ApplicationStatuses[1:] {
		if s != but {
			all = append(all, views.Option{Value: s, Label: views.T(ctx, "applications.state."+s)})
		}
	}
	return all
}

// ApplicationBatch is what a change of many did.
type ApplicationBatch struct {
	To        string // the status
	All       int
	Good, Bad []ApplicationResult
}

// ApplicationResult is what it did to one; Key says what went wrong.
type ApplicationResult struct{ ID, Name, Post, Key string }

func applicationKind(status string) string {
	switch status {
	case "accepted":
		return "good"
	case "new":
		return "wait"
	}
	return "plain"
}

func (l ApplicationLine) path() string { return "/admin/applications/" + l.ID }

// ApplicationPage is an application with what belongs to it.
type ApplicationPage struct {
	ApplicationLine
	Text      string // the cover letter
	Line      string // of the school's own in the last letter
	Told      string // the status that the last letter told of; empty: none was sent
	Letter    string // how that letter stands: queued, sent, failed, or empty
	DecidedAt time.Time
	Decider   string
	Chat      string
	Account   *MessageAccount // nil: none is known
	Notes     []MessageEntry
	Others    []ApplicationLine
	Once      string
	Trouble   lang.Msg
	Open      string      // the form that was refused or is given back: accept, reject, change, note
	Form      *views.Form // of Open
	Kept      bool
}

func (m ApplicationPage) form(name string) *views.Form {
	f := views.Form{}
	if m.Open == name && m.Form != nil {
		f = *m.Form
	}
	f.Prefix = name + "-"
	return &f
}

func (m ApplicationPage) failed() *views.Form {
	if m.Form == nil {
		return nil
	}
	return m.form(m.Open)
}

// decided tells whether the school has made up its mind.
func (m ApplicationPage) decided() bool { return m.Status == "accepted" || m.Status == "rejected" }

// tell is the tick box for a letter: with it where one is due.
func (m ApplicationPage) tell(ctx context.Context) views.Input {
	in := views.Input{Name: "tell", Label: views.T(ctx, "application.tell", "name", m.Name), Attrs: map[string]any{"checked": true}}
	if m.Told != "" {
		in.Label = views.T(ctx, "application.tell.again", "name", m.Name)
	}
	return in
}

// hidden keeps the rest of the list's state while searching.
func (m ApplicationsPage) hidden() map[string]string {
	kept := map[string]string{}
	for name, v := range map[string]string{"status": m.Status, "post": m.Post} {
		if v != "" {
			kept[name] = v
		}
	}
	return kept
}

// bulk is the form that changes many, with ids of its own.
func (m ApplicationsPage) bulk() *views.Form {
	f := views.Form{}
	if m.Form != nil {
		f = *m.Form
	}
	f.Prefix = "bulk-"
	return &f
}
