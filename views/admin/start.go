package adminview

import (
	"context"

	"lectern/views"
)

// FirstStep is one of the things that a new school has to do.
type FirstStep struct {
	Name, Href string
	Done       bool
}

// StartPage leads a new school's admin by the hand, one thing at a time.
type StartPage struct {
	Steps     []FirstStep
	Step      string // the one that is shown
	N         int    // its number, from 1
	Next      string // address of the next one; empty: it is the last
	Form      *views.Form
	Fields    []SettingField
	Preview   PreviewBox
	Payees    Payees
	MailReady bool
	Notices   []Notice
	Test      *MailRow // the last test letter, or nil
	Me        string   // mail address of the admin
	Courses   int      // that can be seen
}

func (m StartPage) labels(ctx context.Context) map[string]string {
	return SettingsSection{Fields: m.Fields}.labels(ctx)
}

// waits tells whether the test letter is on its way.
func (m StartPage) waits() bool {
	return m.Step == "mail" && m.Test != nil && m.Test.Status == "queued"
}

// refresh is in how many seconds a browser without scripts looks again; 0: never.
func (m StartPage) refresh() int {
	if m.waits() {
		return 5
	}
	return 0
}

func (m StartPage) path() string { return "/admin/start/" + m.Step }
