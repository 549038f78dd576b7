package admin

import (
	"encoding/csv"
	"io"
	"strings"
)

// table writes CSV as RFC 4180 has it, in UTF-8 with a byte order mark, without which Excel takes names in Devanagari for
// Windows-1252.
type table struct{ out *csv.Writer }

func newTable(w io.Writer, columns []string) table {
	io.WriteString(w, "\ufeff") // a failure comes back from flush
	t := table{csv.NewWriter(w)}
	t.out.UseCRLF = true
	t.row(columns...)
	return t
}

// row writes one row; what fails is told by flush.
func (t table) row(cells ...string) {
	safe := make([]string, len(cells))
	for i, c := range cells {
		safe[i] = inert(c)
	}
	t.out.Write(safe)
}

func (t table) flush() error {
	t.out.Flush()
	return t.out.Error()
}

// inert puts an apostrophe before a cell that a spreadsheet would run as a formula, as OWASP's page on CSV injection
// advises.
func inert(cell string) string {
	if cell != "" && strings.ContainsRune("=+-@\t\r\n＝＋－＠", []rune(cell)[0]) {
		return "'" + cell
	}
	return cell
}
