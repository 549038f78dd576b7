package upi

import (
	"bytes"
	"crypto/rand"
	"errors"
	"regexp"
	"testing"
	"testing/iotest"
)

var codeForm = regexp.MustCompile(`^LN-[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4}$`)

func TestNewCode(t *testing.T) {
	if got := NewCode(bytes.NewReader([]byte{0, 0, 0, 0, 0})); got != "LN-0000-0000" {
		t.Errorf("lowest is %s", got)
	}
	if got := NewCode(bytes.NewReader([]byte{255, 255, 255, 255, 255})); got != "LN-ZZZZ-ZZZZ" {
		t.Errorf("highest is %s", got)
	}
	seen := map[string]bool{}
	for range 1000 {
		code := NewCode(rand.Reader)
		if parsed, ok := ParseCode(code); !ok || parsed != code || !codeForm.MatchString(code) {
			t.Fatalf("%s reads back as %s", code, parsed)
		}
		seen[code] = true
	}
	if len(seen) != 1000 {
		t.Errorf("%d different codes of 1000", len(seen))
	}
}

func TestNewCode_PanicsWithoutRandomness(t *testing.T) {
	defer func() {
		if recover() == nil {
			t.Error("a code was made of nothing")
		}
	}()
	NewCode(iotest.ErrReader(errors.New("empty")))
}

func TestParseCode(t *testing.T) {
	const code = "LN-7F3K-9QXZ"
	for _, s := range []string{
		"LN-7F3K-9QXZ", "ln-7f3k-9qxz", "LN7F3K9QXZ", "7f3k9qxz", "7F3K-9QXZ", " LN 7F3K 9QXZ\n", "LN—7F3K–9QXZ", "ＬＮ-７Ｆ３Ｋ-9QXZ", "ln_7f3k.9qxz",
	} {
		if got, ok := ParseCode(s); !ok || got != code {
			t.Errorf("ParseCode(%q) = %q, %v", s, got, ok)
		}
	}
	for s, want := range map[string]string{
		"LN-OIL0-oil1": "LN-0110-0111",
		"LN-LN00-0000": "LN-1N00-0000",
		"LNABCDEF":     "LN-1NAB-CDEF", // eight characters are all of the code
	} {
		if got, ok := ParseCode(s); !ok || got != want {
			t.Errorf("ParseCode(%q) = %q, %v, want %q", s, got, ok, want)
		}
	}
	for _, s := range []string{"", "LN", "LN-7F3K-9QX", "LN-7F3K-9QXZ0", "XX-7F3K-9QXZ", "LN-7F3K-9QXU", "LN-7F3K-9Q/Z", "412345678901", "आआआआआआआआ"} {
		if got, ok := ParseCode(s); ok {
			t.Errorf("ParseCode(%q) = %q", s, got)
		}
	}
}

func TestFindCode(t *testing.T) {
	for text, want := range map[string]string{
		"UPI-ASHA RAO-asha@okexample-EXMP0001234-412345678901-LN-7F3K-9QXZ": "LN-7F3K-9QXZ",
		"UPI/412345678901/LN7F3K9QXZ/asha@okexample":                        "LN-7F3K-9QXZ",
		"upi ln7f3k9qxz01 asha":                                             "LN-7F3K-9QXZ", // Link.Ref with its attempt
		"LN 7F3K 9QXZ Python":                                               "LN-7F3K-9QXZ",
		"12 MG LN PARK VIEW LN7F3K9QXZ01":                                   "LN-7F3K-9QXZ",
		"note: ln-7f3k9qxz.":                                                "LN-7F3K-9QXZ",
		"LN-UUUU-UUUU or LN-OOOO-IIII":                                      "LN-0000-1111",
		"7F3K9QXZ":                                                          "", // could be anything
		"UPI/412345678901/LN7F3K9Q":                                         "", // cut by the bank
		"BLN7F3K9QXZ":                                                       "",
		"LN7F3K9QXZ0123":                                                    "",
		"":                                                                  "",
	} {
		if got, ok := FindCode(text); got != want || ok != (want != "") {
			t.Errorf("FindCode(%q) = %q, %v, want %q", text, got, ok, want)
		}
	}
}

func FuzzCode(f *testing.F) {
	for _, s := range []string{"LN-7F3K-9QXZ", "ln7f3k9qxz", "7f3k 9qxz", "LNLNLNLNLN", "OILU0000", "UPI/LN7F3K9QXZ01/x", "\xff", "１２３４５６７８"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		for name, read := range map[string]func(string) (string, bool){"ParseCode": ParseCode, "FindCode": FindCode} {
			code, ok := read(s)
			if ok != (code != "") || ok && !codeForm.MatchString(code) {
				t.Fatalf("%s(%q) = %q, %v", name, s, code, ok)
			}
			if again, _ := read(code); ok && again != code {
				t.Errorf("%s(%q) = %q", name, code, again)
			}
		}
	})
}
