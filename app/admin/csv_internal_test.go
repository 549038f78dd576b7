package admin

import (
	"strings"
	"testing"
)

func TestInert(t *testing.T) {
	t.Parallel()
	for cell, want := range map[string]string{
		"": "", "Asha": "Asha", "a=b": "a=b", "=1": "'=1", "+91": "'+91", "-1": "'-1", "@SUM": "'@SUM", "\tx": "'\tx", "\rx": "'\rx", "\nx": "'\nx", "＝1": "'＝1", "'": "'", "फ़": "फ़",
	} {
		if got := inert(cell); got != want {
			t.Errorf("%q: got %q, want %q", cell, got, want)
		}
	}
}

func TestTable_QuotesAndEndsLinesAsRFC4180(t *testing.T) {
	t.Parallel()
	var b strings.Builder
	out := newTable(&b, []string{"Name"})
	out.row("a,\"b\"")
	if err := out.flush(); err != nil {
		t.Fatal(err)
	}
	if want := "\ufeffName\r\n\"a,\"\"b\"\"\"\r\n"; b.String() != want {
		t.Errorf("got %q, want %q", b.String(), want)
	}
}
