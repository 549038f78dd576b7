package upi

import (
	"regexp"
	"strings"
)

// Credit is money that a bank says came in.
type Credit struct {
	Line      string // the bank's words, on one line
	Reference string // as Reference.Value; empty if none stands there, or several
	Last4     string // the last four digits where only they are shown (XX8901); else empty
	Amount    int64  // paise; 0 if unknown
}

// Credits reads what an admin pastes from the bank: SMS, mails, a list, lines of a statement from net banking or a CSV
// file. A record goes on over the next lines until one brings a second amount or reference, or an empty line ends it.
// Clear debits are left out, and what has neither amount nor reference. It is what the text says, not proof of payment.
func Credits(pasted string) []Credit {
	var (
		found  []Credit
		open   record
		layout columns
	)
	shut := func() {
		if c, ok := open.credit(); ok {
			found = append(found, c)
		}
		open = record{}
	}
	pasted = strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(strings.ToValidUTF8(pasted, "?"))
	for line := range strings.SplitSeq(pasted, "\n") {
		text := fold(line)
		if head, ok := header(text); ok {
			// What precedes the heads of the columns is the account's address, not a transfer.
			layout, open = head, record{}
			continue
		}
		if strings.TrimSpace(text) == "" {
			shut()
			continue
		}
		next := newRecord(text, layout)
		if open.clashes(next) {
			shut()
		}
		open.add(line, next)
	}
	shut()
	return found
}

// record is what one or more lines tell of one transfer.
type record struct {
	lines      []string // as pasted
	text       []string // folded, each number a word of its own
	references []string // different and equally plausible
	last4      string
	amount     int64
	debit      bool // by its column
}

// newRecord reads one folded line, or several.
func newRecord(text string, layout columns) record {
	text = spread(text)
	r := record{text: []string{text}}
	found := candidates(text)
	for _, c := range best(found) {
		if c.weight > likePhone { // a bank's text has helplines
			r.references = append(r.references, c.Value)
		}
	}
	quiet := quieten(without(text, found))
	if len(r.references) == 0 {
		r.last4, quiet = tail(quiet)
	}
	if r.amount, r.debit = layout.read(text); r.amount == 0 {
		r.amount = amount(quiet)
	}
	if r.amount == 0 && (len(r.references) > 0 || r.last4 != "") {
		r.amount = onlyNumber(quiet)
	}
	return r
}

// clashes reports whether the next line must be about another transfer.
func (r *record) clashes(next record) bool {
	return r.amount > 0 && next.amount > 0 ||
		len(r.references) > 0 && len(next.references) > 0 ||
		r.last4 != "" && next.last4 != ""
}

func (r *record) add(line string, next record) {
	r.lines, r.text = append(r.lines, line), append(r.text, next.text...)
	r.debit = r.debit || next.debit
	r.fill(next)
}

// fill takes from other what r doesn't know yet.
func (r *record) fill(other record) {
	if len(r.references) == 0 {
		r.references = other.references
	}
	if r.last4 == "" {
		r.last4 = other.last4
	}
	if r.amount == 0 {
		r.amount = other.amount
	}
}

// credit closes a record; false if it is a debit or nothing to match.
func (r *record) credit() (Credit, bool) {
	text := strings.Join(r.text, "\n")
	if len(r.text) > 1 { // a number alone on a line is understood only beside the others
		r.fill(newRecord(text, columns{}))
	}
	c := Credit{Line: oneLine(strings.Join(r.lines, " ")), Amount: r.amount}
	switch len(r.references) {
	case 0:
		c.Last4 = r.last4
	case 1:
		c.Reference = r.references[0]
	}
	known := len(r.references) > 0 || c.Last4 != "" || c.Amount > 0
	return c, known && !r.debit && !outgoing(text)
}

// without blanks the candidates out of text.
func without(text string, found []candidate) string {
	b := []byte(text)
	for _, c := range found {
		copy(b[c.start:c.end], strings.Repeat(" ", c.end-c.start))
	}
	return string(b)
}

var (
	masked = regexp.MustCompile(`(?:\bX{2,}|\*+|\.{2,}) ?(\d{4})\b`)
	tailed = regexp.MustCompile(`^\s*(\d{4})([\s,;]+(?:₹|RS\.?|INR)? ?` + number + `(?:\.\d{1,2})?\s*)$`) // 8901 499
)

// tail finds the only masked end of a number, and gives the text without it.
func tail(text string) (last4, rest string) {
	if m := tailed.FindStringSubmatch(text); m != nil {
		return m[1], m[2]
	}
	for _, m := range masked.FindAllStringSubmatch(text, -1) {
		if last4 != "" && last4 != m[1] {
			return "", text
		}
		last4 = m[1]
	}
	return last4, masked.ReplaceAllString(text, " ")
}

var (
	incoming = regexp.MustCompile(`\b(?:CREDIT(?:ED)?|DEPOSIT(?:ED)?|RECEIVED|CR)\b`)
	// Dr is a doctor too: it counts beside an amount, between slashes or alone in its cell.
	debited = regexp.MustCompile(`(?m)\b(?:DEBIT(?:ED)?|WITHDR(?:AWAL|AWN|EW)|SPENT|PAID TO)\b|^SENT\b|\bSENT (?:RS|INR|₹)` +
		`|(?:^|[/\t,|;]) ?DR\.? ?(?:[/\t,|;]|$)|\d ?\(?DR\b\.?\)?[ ]*(?:$|[\d/\t,|;₹])` +
		`|(?:^|[\s,;|])-(?:₹|RS\.?|INR)? ?\d`)
)

// outgoing reports whether text speaks of a debit first: "Acct debited for Rs 499; SCHOOL credited" is one.
func outgoing(text string) bool {
	out, in := debited.FindStringIndex(text), incoming.FindStringIndex(text)
	return out != nil && (in == nil || out[0] < in[0])
}
