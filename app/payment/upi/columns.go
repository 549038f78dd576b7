package upi

import (
	"encoding/csv"
	"regexp"
	"strings"
)

// columns says where a statement keeps what went out and what came in, counted from 0. The zero value knows nothing.
type columns struct{ debit, credit, width int }

var (
	debitHead  = regexp.MustCompile(`\b(?:DEBITS?|WITHDRAWALS?)\b`)
	creditHead = regexp.MustCompile(`\b(?:CREDITS?|DEPOSITS?)\b`)
)

// header recognises the line that heads a statement's columns: it names debits and credits and has no number. The columns
// are known only where tabs or commas part them.
func header(text string) (columns, bool) {
	if digits(text) > 0 || !debitHead.MatchString(text) || !creditHead.MatchString(text) {
		return columns{}, false
	}
	cells := split(text)
	c := columns{width: len(cells)}
	for i, cell := range cells {
		switch debit, credit := debitHead.MatchString(cell), creditHead.MatchString(cell); {
		case debit && !credit:
			c.debit = i
		case credit && !debit:
			c.credit = i
		}
	}
	if c.debit == c.credit {
		return columns{}, true
	}
	return c, true
}

// read gives the amount of a statement's row, in paise, and whether it went out. 0 where the text is no such row.
func (c columns) read(text string) (amount int64, debit bool) {
	if c.width == 0 {
		return 0, false
	}
	cells := split(text)
	if len(cells) < c.width {
		return 0, false
	}
	if in := cellAmount(cells[c.credit]); in > 0 {
		return in, false
	}
	out := cellAmount(cells[c.debit])
	return out, out > 0
}

var amountCell = regexp.MustCompile(`^(?:₹|RS\.?|INR)? ?(` + number + `(?:\.\d{1,2})?)(?: ?[CD]R)?$`)

func cellAmount(cell string) int64 {
	if m := amountCell.FindStringSubmatch(strings.TrimSpace(cell)); m != nil {
		return paise(m[1])
	}
	return 0
}

func split(text string) []string {
	if strings.Contains(text, "\t") {
		return strings.Split(text, "\t")
	}
	r := csv.NewReader(strings.NewReader(text))
	r.LazyQuotes, r.TrimLeadingSpace = true, true
	cells, err := r.Read()
	if err != nil {
		return nil // a line of a table in another form, or the half of one
	}
	return cells
}
