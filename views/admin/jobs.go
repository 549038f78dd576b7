package adminview

import (
	"context"
	"time"

	"lectern/app/lang"
	"lectern/views"
)

// JobsPage is the list of long work.
type JobsPage struct {
	Rows        []JobLine
	After, Next string
}

// JobLine is long work in a list.
type JobLine struct {
	ID, Title, Status string
	Total             int
	At                time.Time
}

// JobPage is how long work stands, and what became of each of its items.
type JobPage struct {
	ID, Kind, Title, By string
	Status              string // open, done, cancelled or stopped
	Total, Handled      int
	Counts              map[string]int // of items: wrong, kept, done, waiting
	Started, Finished   time.Time
	State               string // of the items that are shown
	Rows                []JobRow
	After, Next         string
}

// JobRow is an item and what became of it.
type JobRow struct {
	Number  int
	Cells   []string // what it is known by
	Subject string   // of the student, when known
	State   string
	Result  lang.Msg
}

// Running tells whether the work goes on.
func (m JobPage) Running() bool { return m.Status == "open" }

func (m JobPage) path(step string) string { return "/admin/jobs/" + m.ID + step }

func (m JobPage) href(after string) string {
	return withQuery(m.path(""), "status", m.State, "after", after)
}

func (m JobPage) refresh() int {
	if m.Running() {
		return 2
	}
	return 0
}

func (m JobPage) tabs(ctx context.Context) []views.Tab {
	var tabs []views.Tab
	for _, s := range []string{"wrong", "kept", "done", "waiting"} {
		if m.Counts[s] > 0 {
			tabs = append(tabs, views.Tab{Href: withQuery(m.path(""), "status", s), Label: views.T(ctx, "job.state."+s), Current: s == m.State, Count: m.Counts[s]})
		}
	}
	return tabs
}

var jobLooks = map[string]string{"open": "wait", "done": "good", "cancelled": "plain", "stopped": "bad"}

var itemLooks = map[string]string{"wrong": "bad", "kept": "plain", "done": "good", "waiting": "wait"}
