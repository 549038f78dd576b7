package adminview

import (
	"context"
	"hash/fnv"
	"net/url"
	"strconv"
	"time"

	"lectern/app/lang"
	"lectern/views"
)

// PaymentsPage is the queue of claims with what frames it.
type PaymentsPage struct {
	Counts           Counts
	Q, Status, After string // of the list; Status is empty for those to check
	Next             string // key of the next page, or empty
	Groups           []Group
	Top              *ClaimRow // the one that something just went wrong with
	Trouble          lang.Msg  // what went wrong, as long as it isn't a form that can be corrected
	Form             *views.Form
	Batch            *Batch
	Match            *MatchResult
	Text             string // the bank's, as pasted
	Kept             bool   // what was typed when the session ran out is there again
}

// Counts are the figures above the queue. They change with every step.
type Counts struct {
	Waiting  int
	Sum      lang.Money
	Oldest   time.Time // zero if nothing waits
	Today    int       // receipts written down
	TodaySum lang.Money
	Payees   []PayeeSum
	Revenue  []views.Bar // verified, by day; may be empty
}

// Grouped tells whether the claims stand under their payees: where they are compared with the bank.
func (m PaymentsPage) Grouped() bool { return m.Status == "" || m.Status == "not_seen" }

// age tells how long the oldest claim waits; nothing if none does.
func (c Counts) age(ctx context.Context) string {
	if c.Oldest.IsZero() {
		return ""
	}
	return views.T(ctx, "queue.oldest", "ago", views.Ago(ctx, c.Oldest))
}

// PayeeSum is what waits for one of the school's addresses.
type PayeeSum struct {
	Payee string // empty where the payer didn't say
	Count int
	Sum   lang.Money
}

// Group are the claims of one payee on this page.
type Group struct {
	PayeeSum
	Claims []ClaimRow
}

// id makes a name for the sum of a payee that a step can find again.
func (s PayeeSum) id() string {
	h := fnv.New32a()
	h.Write([]byte(s.Payee))
	return "sum-" + strconv.FormatUint(uint64(h.Sum32()), 36)
}

// Batch is what "verify selected" did.
type Batch struct{ Good, Bad []BatchRow }

// BatchRow is what it did with one claim; all but Key are empty for one that isn't there.
type BatchRow struct {
	Name, OrderCode, Title string
	Reference              Reference
	Amount                 lang.Money
	Key                    string // of the catalogue: what happened
	Advice                 string // of the catalogue: what to do; empty for the good ones
}

// PaymentStatuses are the tabs over the queue; the first is those to check.
var PaymentStatuses = []string{"", "not_seen", "accepted", "rejected", "all"}

func (m PaymentsPage) href(status, q, after string) string {
	return withQuery("/admin/payments", "status", status, "q", q, "after", after)
}

func (m PaymentsPage) tabs(ctx context.Context) []views.Tab {
	var tabs []views.Tab
	for _, s := range PaymentStatuses {
		t := views.Tab{Href: m.href(s, m.Q, ""), Label: views.T(ctx, "queue.tab."+s), Current: s == m.Status, Count: -1}
		if s == "" {
			t.Label = views.T(ctx, "queue.tab.waiting")
		}
		tabs = append(tabs, t)
	}
	return tabs
}

func (m PaymentsPage) title(ctx context.Context) string {
	if m.Status == "" {
		return views.T(ctx, "queue.title")
	}
	return views.T(ctx, "queue.title."+m.Status)
}

// pasting tells whether the bank's text is still to be worked on: it found nothing, or nobody has looked yet.
func (m PaymentsPage) pasting() bool {
	return m.Text != "" && (m.Match == nil || m.Match.found()+len(m.Match.Lines) == 0)
}

func (m PaymentsPage) bankText() *views.Form {
	return &views.Form{Values: url.Values{"text": {m.Text}}}
}

// hidden keeps the list's status while searching.
func hidden(status string) map[string]string {
	if status == "" {
		return nil
	}
	return map[string]string{"status": status}
}

// withQuery adds to a path those of the alternating names and values that have a value.
func withQuery(path string, pairs ...string) string {
	q := url.Values{}
	for i := 0; i < len(pairs); i += 2 {
		if pairs[i+1] != "" {
			q.Set(pairs[i], pairs[i+1])
		}
	}
	if len(q) == 0 {
		return path
	}
	return path + "?" + q.Encode()
}
