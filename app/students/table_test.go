package students_test

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"
	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"

	"lectern/app/fault"
	"lectern/app/students"
)

// shown is a table as text: the header, and each line with its number.
func shown(t students.Table) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%q", t.Columns)
	for _, l := range t.Rows {
		fmt.Fprintf(&b, " %d%q", l.Number, l.Cells)
	}
	return b.String()
}

func encoded(t *testing.T, e encoding.Encoding, text string) []byte {
	t.Helper()
	data, err := e.NewEncoder().Bytes([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func TestParseTable_DelimitersAndEncodings(t *testing.T) {
	t.Parallel()
	const text = "name;email\r\nZoë;zoe@example.com\r\nआशा;asha@example.com\r\n"
	const want = `["name" "email"] 2["Zoë" "zoe@example.com"] 3["आशा" "asha@example.com"]`
	for name, data := range map[string][]byte{
		"UTF-8": []byte(text), "with its mark": []byte("\ufeff" + text), "tabs": []byte(strings.ReplaceAll(text, ";", "\t")), "commas": []byte(strings.ReplaceAll(text, ";", ",")),
		"bars": []byte(strings.ReplaceAll(text, ";", "|")), "old Mac": []byte(strings.ReplaceAll(text, "\r\n", "\n")),
		"UTF-16 LE": encoded(t, unicode.UTF16(unicode.LittleEndian, unicode.UseBOM), text), "UTF-16 BE": encoded(t, unicode.UTF16(unicode.BigEndian, unicode.UseBOM), text),
	} {
		got, err := students.ParseTable(data)
		if err != nil || shown(got) != want {
			t.Errorf("%s: %s, %v", name, shown(got), err)
		}
	}
	for text, want := range map[string]string{
		"a@example.com,Asha\nb@example.com,Bala":                       `["" ""] 1["a@example.com" "Asha"] 2["b@example.com" "Bala"]`,
		"a@example.com\nb@example.com":                                 `[""] 1["a@example.com"] 2["b@example.com"]`,
		"name,email\n\n,,\n\"Rao, Asha\",'+a@example.com,more\n":       `["name" "email" ""] 4["Rao, Asha" "+a@example.com" "more"]`,
		"name\temail\n\"Asha \"\"the\"\" Rao\"\ta@example.com\n":       `["name" "email"] 2["Asha \"the\" Rao" "a@example.com"]`,
		"Name;Mail\nRao, Asha;a@example.com\nIyer, Bala;b@example.com": `["Name" "Mail"] 2["Rao, Asha" "a@example.com"] 3["Iyer, Bala" "b@example.com"]`,
		"email,name\na@example.com,\x00A\x07sha\u2028Rao":              `["email" "name"] 2["a@example.com" "A sha Rao"]`,
	} {
		got, err := students.ParseTable([]byte(text))
		if err != nil || shown(got) != want {
			t.Errorf("%q: %s, %v, want %s", text, shown(got), err, want)
		}
	}
	latin := encoded(t, charmap.Windows1252, "name,email\nZoë “Z”,zoe@example.com\n")
	if got, err := students.ParseTable(latin); err != nil || got.Rows[0].Cells[0] != "Zoë “Z”" {
		t.Errorf("Windows-1252: %s, %v", shown(got), err)
	}
}

func sheet(t *testing.T, fill func(f *excelize.File)) []byte {
	t.Helper()
	f := excelize.NewFile()
	defer f.Close()
	fill(f)
	b, err := f.WriteToBuffer()
	if err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestParseTable_XLSX(t *testing.T) {
	t.Parallel()
	data := sheet(t, func(f *excelize.File) {
		_, _ = f.NewSheet("Second")
		_ = f.SetSheetRow("Second", "A1", &[]any{"Name", "Email", "Mobile"})
		_ = f.SetSheetRow("Second", "A3", &[]any{"Asha", "asha@example.com", 9876543210})
		_ = f.SetSheetRow("Second", "B4", &[]any{"bala@example.com", 919876543211.0})
		_ = f.SetCellFormula("Second", "A4", `"Ba"&"la"`)
		_ = f.SetCellValue("Second", "A5", "देवी")
	})
	got, err := students.ParseTable(data)
	if err != nil || !strings.Contains(shown(got), `3["Asha" "asha@example.com" "9876543210"]`) || !strings.Contains(shown(got), `"bala@example.com" "919876543211"]`) || !strings.Contains(shown(got), `5["देवी"`) {
		t.Errorf("%s, %v", shown(got), err)
	}
}

func TestParseTable_Refused(t *testing.T) {
	t.Parallel()
	small := sheet(t, func(f *excelize.File) { _ = f.SetSheetRow("Sheet1", "A1", &[]any{"Name", "Email"}) })
	if _, err := students.ParseTable(padded(t, small, 1<<20)); err != nil && !strings.Contains(err.Error(), "header_only") {
		t.Fatal(err)
	}
	bomb := padded(t, small, 65<<20)
	if len(bomb) > 1<<20 {
		t.Fatalf("the bomb is %d bytes large", len(bomb))
	}
	for want, data := range map[string][]byte{
		"import.file.empty":       []byte(" \n,,\n"),
		"import.file.header_only": []byte("name,email"),
		"import.file.old":         []byte("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"),
		"import.file.bad":         bomb,
		"import.file.rows":        []byte(strings.Repeat("a@example.com\n", 20_001)),
		"import.file.columns":     []byte("a@example.com" + strings.Repeat(",x", 41)),
	} {
		_, err := students.ParseTable(data)
		var f *fault.Fault
		if !errors.As(err, &f) || f.Fields["file"].Key != want {
			t.Errorf("%s: %v", want, err)
		}
	}
	if _, err := students.ParseTable([]byte("PK\x03\x04 no zip at all")); !fault.Is(err, fault.Invalid) {
		t.Errorf("no zip: %v", err)
	}
}

// padded is a workbook whose sheet unfolds to n bytes more, of white space.
func padded(t *testing.T, workbook []byte, n int) []byte {
	t.Helper()
	in, err := zip.NewReader(bytes.NewReader(workbook), int64(len(workbook)))
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	z := zip.NewWriter(&out)
	for _, f := range in.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		content, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		w, _ := z.Create(f.Name)
		if strings.HasSuffix(f.Name, "sheet1.xml") {
			content = bytes.Replace(content, []byte("<sheetData>"), append([]byte("<sheetData>"), bytes.Repeat([]byte(" "), n)...), 1)
		}
		_, _ = w.Write(content)
	}
	_ = z.Close()
	return out.Bytes()
}

func FuzzParseTable(f *testing.F) {
	for _, s := range []string{"", "a,b", "\"", "a\"b;c", "\xff\xfea\x00", "PK\x03\x04", "name\temail\n\"x\ny\"\tz@example.com", "\x00a\x00b"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		table, err := students.ParseTable(data)
		if err != nil {
			return
		}
		for _, l := range table.Rows {
			if len(l.Cells) != len(table.Columns) {
				t.Fatalf("%d cells under %d columns", len(l.Cells), len(table.Columns))
			}
		}
	})
}
