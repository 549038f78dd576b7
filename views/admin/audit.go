package adminview

import (
	"context"
	"slices"
	"strings"
	"time"

	"lectern/views"
)

// AuditPage is a page of the audit log.
type AuditPage struct {
	Q, Kind, After string
	From, To       string   // days, the last one included
	Kinds          []string // that one can choose from
	Head           string   // hash of the end of the chain; empty where nothing is sealed
	SealedTo       time.Time
	Rows           []AuditRow
	Next           string // key of the next page, or empty
}

// AuditRow is one deed.
type AuditRow struct {
	At      time.Time
	Who     Mention // empty for visitors and for the program itself
	Action  string  // code, such as payment.verify
	Kind    string  // of what it was done to; empty where that is Who himself
	Subject Mention
	Detail  []Fact
	Network string // where it was done from
}

// nobody says who does it without being logged in.
func (r AuditRow) nobody() string {
	if r.Action == "claim.add" || r.Action == "message.send" || r.Action == "application.send" || r.Action == "account.request_reset" {
		return "audit.visitor"
	}
	return "audit.program"
}

// Mention is a name and, where there is a page about it, its address.
type Mention struct {
	Text, Href string
	Code       bool // an order's, which isn't broken
}

// Fact is one of a deed's circumstances.
type Fact struct {
	Key   string // code, such as amount
	Value Mention
}

func (m AuditPage) href(after string) string {
	return withQuery("/admin/audit", "q", m.Q, "kind", m.Kind, "from", m.From, "to", m.To, "after", after)
}

// csv is the address of all that the filters choose, as a table.
func (m AuditPage) csv() string {
	return withQuery("/admin/audit.csv", "q", m.Q, "kind", m.Kind, "from", m.From, "to", m.To)
}

func (m AuditPage) kinds(ctx context.Context) []views.Option {
	all := []views.Option{{Label: views.T(ctx, "audit.kind.all")}}
	for _, k := range m.Kinds {
		all = append(all, views.Option{Value: k, Label: words(ctx, "audit.kind.", k)})
	}
	return all
}

const auditAction = "audit.action."

// actions are the codes of all deeds that have words, to choose from.
func (m AuditPage) actions(ctx context.Context) []string {
	var codes []string
	for _, key := range views.From(ctx).Lang.Keys() {
		if code, ok := strings.CutPrefix(key, auditAction); ok {
			codes = append(codes, code)
		}
	}
	slices.Sort(codes)
	return codes
}

// words says what a code means, the code itself where the catalogue doesn't know it.
func words(ctx context.Context, prefix, code string) string {
	if text := views.T(ctx, prefix+code); text != prefix+code {
		return text
	}
	return code
}
