package adminview

import (
	"context"
	"time"

	"lectern/app/lang"
	"lectern/views"
)

// StudentPage is everything about one person.
type StudentPage struct {
	StudentRow
	Role     string
	Staff    bool      // has powers
	Self     bool      // the viewer's own
	Factor   bool      // has a second factor
	Shut     time.Time // when it was deactivated
	Chat     string    // address of a chat with him; empty without a phone
	Orders   []StudentOrder
	Receipts []StudentReceipt
	Courses  []StudentCourse
	Grants   []StudentGrant
	Choice   []views.Option         // courses that he can be let into
	Forms    map[string]*views.Form // by step, of those that were refused or kept
	Trouble  lang.Msg               // why a step couldn't be done
	Link     string                 // that logs him in once, when it was just made
	LinkChat string                 // address of a chat with the link ready to send
	History  []AuditRow             // what was done to the account, latest first

	TagList   []Tag
	KnownTags []string // for suggestions
	Notes     []StudentNote
	Messages  []StudentMessage
	Key       string    // that makes a message be sent once
	Erased    time.Time // when who this was was deleted
}

// Tag is a word that students are sorted by.
type Tag struct{ Norm, Name string }

// StudentNote is what an admin wrote down, for colleagues.
type StudentNote struct {
	ID, Text, By string
	At           time.Time
	Deleted      bool
}

// StudentMessage is a mail that the school wrote.
type StudentMessage struct {
	Subject, Text, By string
	At                time.Time
	Status            string // queued, sent, failed; empty: sent long ago
}

// StudentOrder is one of his orders.
type StudentOrder struct {
	Code, Title string
	Price, Due  lang.Money
	State       OrderState
	At          time.Time
}

// StudentReceipt is money that came in for one of his orders.
type StudentReceipt struct {
	Method    string
	Reference Reference // empty for cash
	Amount    lang.Money
	OrderCode string
	Used      lang.Money // what that order takes of it
	GivenBack lang.Money
	Voided    bool
	At        time.Time
}

// StudentCourse is a course that he is in.
type StudentCourse struct {
	Title string
	Open  bool
	Since time.Time
}

// StudentGrant is a reason why he may open a course.
type StudentGrant struct {
	ID, Course, Source string
	OrderCode, Reason  string
	By, EndedBy        string // names
	At, Until, EndedAt time.Time
	InForce, Endable   bool
}

func (m StudentPage) path(step string) string {
	if step == "" {
		return "/admin/students/" + m.ID
	}
	return "/admin/students/" + m.ID + "/" + step
}

// form is what the form of a step shows.
func (m StudentPage) form(step string) *views.Form {
	f := views.Form{}
	if kept := m.Forms[step]; kept != nil {
		f = *kept
	}
	f.Prefix = step + "-"
	return &f
}

// present tells whether there is still somebody to do something about.
func (m StudentPage) present() bool { return m.Erased.IsZero() }

func (m StudentPage) labels(ctx context.Context) map[string]string {
	return map[string]string{"course": views.T(ctx, "student.enroll.course"), "reason": views.T(ctx, "student.enroll.reason")}
}

func (m StudentPage) choices(ctx context.Context) []views.Option {
	return append([]views.Option{{Label: views.T(ctx, "student.enroll.choose")}}, m.Choice...)
}

// state is the word and the look of how a grant stands.
func (g StudentGrant) state() (kind, key string) {
	switch {
	case g.InForce:
		return "good", "student.grant.open"
	case !g.EndedAt.IsZero():
		return "plain", "student.grant.ended"
	}
	return "plain", "student.grant.over"
}
