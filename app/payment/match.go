package payment

import (
	"context"
	"slices"
	"strings"
	"unicode/utf8"

	"lectern/app/lang"
	"lectern/app/payment/upi"
	"lectern/app/search"
)

// How certain it is that a line of the bank's text is a claim's money.
const (
	Sure   = "sure"   // VerifyMany would write down exactly what the line says
	Likely = "likely" // look, then verify by the row's own form
	None   = "none"
)

// MatchRow is one line of the bank's text with one claim that it may be about; a line that may be about several has a row
// for each.
type MatchRow struct {
	Line      string
	Shown     lang.Money // what the bank shows; 0 if the line doesn't say
	Certainty string     // Sure, Likely or None
	Claim     *QueueRow  // nil for None
	Amount    lang.Money // to verify the claim for: Shown, or the row's Prefill
	Recorded  *Receipt   // None only: the line's reference is written down already
}

// maxMatch bounds the claims that are compared with a text, oldest first.
const maxMatch = 10_000

const toMatch = `c.status IN ('waiting', 'not_seen') ORDER BY c.id LIMIT $1`

// Match reads what an admin pastes from the bank (SMS, lines of a statement) and finds the claims that wait for it: by
// reference, by the last four digits and the amount, or by the amount and the payer's or student's name. A line that shows
// another reference than a claim's is never about it.
func (s *Service) Match(ctx context.Context, pasted string) ([]MatchRow, error) {
	rows, err := claimRows(ctx, s.db.Read(), toMatch, maxMatch)
	if err != nil {
		return nil, err
	}
	m := newMatcher(rows)
	credits := m.candidates(upi.Credits(pasted))
	if err := annotate(ctx, s.db.Read(), m.rows, s.now()); err != nil {
		return nil, err
	}
	var matches []MatchRow
	var unknown []string
	for _, c := range credits {
		found := m.judge(c, s.currency)
		if found[0].Certainty == None && c.Reference != "" {
			unknown = append(unknown, c.Reference)
		}
		matches = append(matches, found...)
	}
	return matches, s.markRecorded(ctx, matches, credits, unknown)
}

// markRecorded notes on lines that match nothing which of them are written down already.
func (s *Service) markRecorded(ctx context.Context, matches []MatchRow, credits []credit, references []string) error {
	if len(references) == 0 {
		return nil
	}
	known, err := receiptsBy(ctx, s.db.Read(), references)
	if err != nil {
		return err
	}
	byLine := map[string]string{}
	for _, c := range credits {
		byLine[c.Line] = c.Reference
	}
	for i := range matches {
		if r, ok := known[byLine[matches[i].Line]]; ok && matches[i].Certainty == None {
			matches[i].Recorded = &r
		}
	}
	return nil
}

// credit is a line with the claims it may be about, by their place in matcher.rows.
type credit struct {
	upi.Credit
	claims []int
}

type matcher struct {
	rows   []QueueRow // at first all that wait, then those that are candidates
	taken  map[string]bool
	byTail map[string][]int
	byDue  map[int64][]int
	byRef  map[string][]int
}

func newMatcher(rows []QueueRow) *matcher {
	m := &matcher{rows: rows, taken: map[string]bool{}, byTail: map[string][]int{}, byDue: map[int64][]int{}, byRef: map[string][]int{}}
	for i, r := range rows {
		tail := r.Reference[max(0, len(r.Reference)-4):]
		m.byRef[r.Reference] = append(m.byRef[r.Reference], i)
		m.byTail[tail] = append(m.byTail[tail], i)
		m.byDue[r.Prefill.Amount] = append(m.byDue[r.Prefill.Amount], i)
	}
	return m
}

// candidates finds the claims for each line, and keeps only those claims. A line that says what one before it said is
// left out.
func (m *matcher) candidates(lines []upi.Credit) []credit {
	var all []credit
	place, kept, seen := map[int]int{}, []QueueRow(nil), map[upi.Credit]bool{}
	for _, l := range lines {
		same := l
		if l.Reference != "" {
			same.Line = ""
		}
		if seen[same] {
			continue
		}
		seen[same] = true
		c := credit{Credit: l}
		for _, i := range m.find(l) {
			if _, ok := place[i]; !ok {
				place[i] = len(kept)
				kept = append(kept, m.rows[i])
			}
			c.claims = append(c.claims, place[i])
		}
		all = append(all, c)
	}
	m.rows = kept
	return all
}

func (m *matcher) find(l upi.Credit) []int {
	switch {
	case l.Reference != "":
		return m.byRef[l.Reference]
	case l.Last4 != "":
		return slices.DeleteFunc(slices.Clone(m.byTail[l.Last4]), func(i int) bool {
			return l.Amount > 0 && m.rows[i].Prefill.Amount != l.Amount
		})
	}
	words := search.Words(l.Line)
	return slices.DeleteFunc(slices.Clone(m.byDue[l.Amount]), func(i int) bool {
		return l.Amount == 0 || !names(words, m.rows[i].Payer) && !names(words, m.rows[i].Student.Name)
	})
}

// judge says how certain each candidate of a line is.
func (m *matcher) judge(c credit, currency string) []MatchRow {
	shown := lang.Money{Amount: c.Amount, Currency: currency}
	if len(c.claims) == 0 {
		return []MatchRow{{Line: c.Line, Shown: shown, Certainty: None}}
	}
	var found []MatchRow
	for _, i := range c.claims {
		row := m.rows[i]
		match := MatchRow{Line: c.Line, Shown: shown, Certainty: Likely, Claim: &row, Amount: shown}
		if c.Amount == 0 {
			match.Amount = row.Prefill
		}
		words := search.Words(c.Line)
		told := c.Reference != "" || c.Last4 != "" && (names(words, row.Payer) || names(words, row.Student.Name))
		usable := row.Known == nil || row.Known.Rest() > 0
		if told && usable && len(c.claims) == 1 && shown == row.Prefill && !m.taken[row.ID] {
			match.Certainty = Sure
			m.taken[row.ID] = true
		}
		found = append(found, match)
	}
	return found
}

// names reports whether the words of a bank's line hold a name: each of its words, or all of them run together.
func names(line []string, name string) bool {
	words := slices.DeleteFunc(search.Words(name), func(w string) bool { return utf8.RuneCountInString(w) < 2 })
	whole := strings.Join(words, "")
	if utf8.RuneCountInString(whole) < 3 {
		return false
	}
	if utf8.RuneCountInString(whole) >= 6 && slices.ContainsFunc(line, func(w string) bool { return strings.Contains(w, whole) }) {
		return true
	}
	return !slices.ContainsFunc(words, func(w string) bool { return !slices.Contains(line, w) })
}
