package students

import (
	"bytes"
	"encoding/csv"
	"io"
	"math/big"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/xuri/excelize/v2"
	"golang.org/x/text/encoding/charmap"
	utf "golang.org/x/text/encoding/unicode"

	"lectern/app/fault"
)

const (
	maxRows    = 20_000
	maxColumns = 40
	maxCell    = 2000               // runes; what is longer is cut
	maxUnzip   = 64 << 20           // bytes that a spreadsheet may unfold to
	xlsxMagic  = "PK\x03\x04"       // of every zip
	oldExcel   = "\xd0\xcf\x11\xe0" // .xls, and .xlsx with a password
)

// Table is a file as people see it in a spreadsheet.
type Table struct {
	Columns []string // the header; where there is none, empty names
	Rows    []Line
}

// Line is a row of a table that has something in it.
type Line struct {
	Number int // in the file, from 1
	Cells  []string
}

// ParseTable reads CSV with any of the usual delimiters and encodings, what is copied out of a spreadsheet, or XLSX.
// Invalid, about the field file, for what can't be read or is too much.
func ParseTable(data []byte) (Table, error) {
	var lines []Line
	var err error
	switch {
	case bytes.HasPrefix(data, []byte(xlsxMagic)):
		lines, err = readXLSX(data)
	case bytes.HasPrefix(data, []byte(oldExcel)):
		err = fault.Field("file", "import.file.old")
	default:
		lines, err = readText(decode(data))
	}
	if err != nil {
		return Table{}, err
	}
	return shape(lines)
}

// shape takes the header off and gives all rows the same width.
func shape(lines []Line) (Table, error) {
	if len(lines) == 0 {
		return Table{}, fault.Field("file", "import.file.empty")
	}
	width := 0
	for _, l := range lines {
		width = max(width, len(l.Cells))
	}
	t := Table{Columns: make([]string, width), Rows: lines}
	if isHeader(lines[0].Cells) {
		copy(t.Columns, lines[0].Cells)
		t.Rows = lines[1:]
	}
	for i, l := range t.Rows {
		t.Rows[i].Cells = append(l.Cells, make([]string, width-len(l.Cells))...)
	}
	switch {
	case len(t.Rows) == 0:
		return t, fault.Field("file", "import.file.header_only")
	case len(t.Rows) > maxRows:
		return t, fault.Field("file", "import.file.rows", "max", maxRows)
	case width > maxColumns:
		return t, fault.Field("file", "import.file.columns", "max", maxColumns)
	}
	return t, nil
}

// decode makes UTF-8 of a text: by its byte order mark, as UTF-16 without one where every other byte is zero, else as
// UTF-8 if it is that, else as Windows-1252, which is what Excel saves.
func decode(data []byte) string {
	switch {
	case bytes.HasPrefix(data, []byte("\xef\xbb\xbf")):
		return string(data[3:])
	case bytes.HasPrefix(data, []byte("\xff\xfe")), bytes.HasPrefix(data, []byte("\xfe\xff")):
		return with(utf.UTF16(utf.LittleEndian, utf.UseBOM).NewDecoder().Bytes(data))
	case zeros(data, 1):
		return with(utf.UTF16(utf.LittleEndian, utf.IgnoreBOM).NewDecoder().Bytes(data))
	case zeros(data, 0):
		return with(utf.UTF16(utf.BigEndian, utf.IgnoreBOM).NewDecoder().Bytes(data))
	case utf8.Valid(data):
		return string(data)
	}
	return with(charmap.Windows1252.NewDecoder().Bytes(data))
}

func with(text []byte, err error) string {
	if err != nil {
		return ""
	}
	return string(text)
}

// zeros reports whether most of the bytes at the places from, from+2, … are zero.
func zeros(data []byte, from int) bool {
	n, all := 0, 0
	for i := from; i < min(len(data), 2000); i += 2 {
		if all++; data[i] == 0 {
			n++
		}
	}
	return all > 1 && n*2 > all
}

// delimiters in the order in which they win where they fit alike.
var delimiters = []rune{'\t', ';', ',', '|'}

// readText reads lines of cells. The delimiter is the one with which most of the first lines have as many cells, and more
// than one.
func readText(text string) ([]Line, error) {
	best, score := ',', 0
	for _, d := range delimiters {
		sample, _ := cells(text, d, 30)
		widths := map[int]int{}
		for _, l := range sample {
			if len(l.Cells) > 1 {
				widths[len(l.Cells)]++
			}
		}
		for _, n := range widths {
			if n > score {
				best, score = d, n
			}
		}
	}
	return cells(text, best, maxRows+2)
}

func cells(text string, delimiter rune, most int) ([]Line, error) {
	r := csv.NewReader(strings.NewReader(text))
	r.Comma, r.LazyQuotes, r.FieldsPerRecord, r.ReuseRecord = delimiter, true, -1, true
	var lines []Line
	for len(lines) < most {
		record, err := r.Read()
		if err == io.EOF {
			break
		}
		if err != nil {
			return nil, fault.Field("file", "import.file.bad")
		}
		number, _ := r.FieldPos(0)
		lines = keep(lines, number, record)
	}
	return lines, nil
}

// readXLSX reads the first sheet that has something in it. Formulas are read as the values that they had when saved.
func readXLSX(data []byte) ([]Line, error) {
	bad := fault.Field("file", "import.file.bad")
	f, err := excelize.OpenReader(bytes.NewReader(data), excelize.Options{RawCellValue: true, UnzipSizeLimit: maxUnzip, UnzipXMLSizeLimit: maxUnzip})
	if err != nil {
		return nil, bad
	}
	defer f.Close()
	for _, sheet := range f.GetSheetList() {
		lines, err := readSheet(f, sheet)
		if err != nil {
			return nil, bad
		}
		if len(lines) > 0 {
			return lines, nil
		}
	}
	return nil, nil
}

func readSheet(f *excelize.File, sheet string) ([]Line, error) {
	rows, err := f.Rows(sheet)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var lines []Line
	for number := 1; rows.Next() && len(lines) < maxRows+2; number++ {
		record, err := rows.Columns(excelize.Options{RawCellValue: true})
		if err != nil {
			return nil, err
		}
		for i := range record {
			record[i] = whole(record[i])
		}
		lines = keep(lines, number, record)
	}
	return lines, rows.Error()
}

var scientific = regexp.MustCompile(`^\d(\.\d+)?[eE]\+?\d{1,2}$`)

// whole writes a number such as 9.87654321E9 out, as phone numbers come.
func whole(cell string) string {
	if scientific.MatchString(cell) {
		if f, ok := new(big.Float).SetPrec(200).SetString(cell); ok && f.IsInt() {
			return f.Text('f', 0)
		}
	}
	return cell
}

// keep adds a row to lines unless it is blank.
func keep(lines []Line, number int, record []string) []Line {
	kept := make([]string, 0, len(record))
	last := 0
	for i, c := range record {
		kept = append(kept, clean(c))
		if kept[i] != "" {
			last = i + 1
		}
	}
	if last == 0 {
		return lines
	}
	return append(lines, Line{number, kept[:last]})
}

// clean makes a cell text that can be stored and shown. The apostrophe before a sign that a spreadsheet would take for a
// formula, which our own tables have, goes.
func clean(cell string) string {
	cell = strings.Join(strings.FieldsFunc(strings.ToValidUTF8(cell, ""), func(r rune) bool { return unicode.IsSpace(r) || unicode.IsControl(r) }), " ")
	if len(cell) > 1 && cell[0] == '\'' && strings.ContainsRune("=+-@", rune(cell[1])) {
		cell = cell[1:]
	}
	if r := []rune(cell); len(r) > maxCell {
		cell = string(r[:maxCell])
	}
	return cell
}
