package adminview

import (
	"context"
	"strconv"
	"time"

	"lectern/app/lang"
	"lectern/views"
)

// ImportPage takes a file.
type ImportPage struct {
	Form   *views.Form
	Recent []JobLine
}

// ImportPreview is a file that was read, before anything is changed.
type ImportPreview struct {
	ID, Title, File               string
	Total, New, Known, Twins, Bad int
	Slips                         int // of Bad: addresses that look mistyped
	Columns                       []views.Option
	Mapped                        map[string]int // field → column
	Courses                       []views.Option
	Course, Reason, Tags          string
	Letters, AllowSlips           bool
	KnownTags                     []string
	Quota                         Quota
	Rows                          []ImportRow
	Form                          *views.Form
}

// ImportRow is a row and what will be done with it.
type ImportRow struct {
	Number             int
	What               string // new, known, twin or bad
	Name, Email, Phone string
	Courses, Tags      []string
	Why                lang.Msg
	UserID             string // of who is known
}

// Quota is what letters take of the day's mail.
type Quota struct {
	Letters, PerDay, Days int
	By                    time.Time
	Off                   bool // mail isn't set up
}

func (q Quota) text(ctx context.Context) string {
	switch {
	case q.Letters == 0:
		return ""
	case q.Off:
		return views.T(ctx, "quota.off", "n", q.Letters)
	case q.Days <= 1:
		return views.T(ctx, "quota.today", "n", q.Letters)
	}
	return views.T(ctx, "quota.days", "n", q.Letters, "cap", q.PerDay, "days", q.Days, "day", views.T(ctx, "weekday."+strconv.Itoa(int(q.By.Weekday()))), "date", views.Date(ctx, q.By))
}

// importFields are what a column can hold, in the order in which they are asked for.
var importFields = []string{"name", "surname", "email", "phone", "course", "tags", "note"}

// form has what was sent when it was refused, else what the draft says.
func (m ImportPreview) form() *views.Form {
	if m.Form != nil {
		return m.Form
	}
	return &views.Form{}
}

func (m ImportPreview) mapped(field string) string {
	if c, has := m.Mapped[field]; has {
		return strconv.Itoa(c)
	}
	return ""
}

func (m ImportPreview) columns(ctx context.Context) []views.Option {
	return append([]views.Option{{Label: views.T(ctx, "import.column.none")}}, m.Columns...)
}

func (m ImportPreview) courses(ctx context.Context) []views.Option {
	return append([]views.Option{{Label: views.T(ctx, "import.course.none")}}, m.Courses...)
}

func (m ImportPreview) labels(ctx context.Context) map[string]string {
	labels := map[string]string{"course": views.T(ctx, "import.course"), "reason": views.T(ctx, "import.reason"), "tags": views.T(ctx, "import.tags")}
	for _, f := range importFields {
		labels["column-"+f] = views.T(ctx, "import.field."+f)
	}
	return labels
}

func (m ImportPreview) path() string { return "/admin/jobs/" + m.ID }

var importLooks = map[string]string{"new": "good", "known": "plain", "twin": "plain", "bad": "bad"}

// BulkPage is what will be done to those who were selected.
type BulkPage struct {
	ID, Kind       string // kind: enroll, tag, untag, message or deactivate
	Total          int
	First          []Person
	Courses        []views.Option
	Course, Reason string
	Letters        bool
	Tags           string
	Known          []string // tags
	Subject, Text  string
	PreviewSubject string
	Preview        []string // paragraphs, as the first of them reads it
	Quota          Quota
	Form           *views.Form
}

func (m BulkPage) form() *views.Form {
	if m.Form != nil {
		return m.Form
	}
	return &views.Form{}
}

func (m BulkPage) labels(ctx context.Context) map[string]string {
	return map[string]string{"course": views.T(ctx, "student.enroll.course"), "reason": views.T(ctx, "student.enroll.reason"),
		"tags": views.T(ctx, "bulk.tags"), "subject": views.T(ctx, "message.subject"), "text": views.T(ctx, "message.text")}
}

func (m BulkPage) courses(ctx context.Context) []views.Option {
	return append([]views.Option{{Label: views.T(ctx, "student.enroll.choose")}}, m.Courses...)
}

func (m BulkPage) path() string { return "/admin/jobs/" + m.ID }
