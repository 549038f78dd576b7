package upi

import (
	"net/url"
	"strings"
	"testing"
	"unicode/utf8"
)

// parseLink decodes a link with the standard library, which doesn't know our encoder.
func parseLink(t *testing.T, link string) url.Values {
	t.Helper()
	query, ok := strings.CutPrefix(link, "upi://pay?")
	if !ok {
		t.Fatalf("%q is no payment link", link)
	}
	if strings.Contains(query, "+") {
		t.Fatalf("%q has a plus, which apps show as one", link)
	}
	values, err := url.ParseQuery(query)
	if err != nil {
		t.Fatalf("%q: %v", link, err)
	}
	return values
}

func TestLink_String(t *testing.T) {
	tests := map[string]struct {
		link Link
		want string
	}{
		"PersonalPayee": {
			Link{Payee: "school@examplebank", Name: "Asha Rao", Amount: 49900, Note: "LN-7F3K-9QXZ"},
			"upi://pay?pa=school@examplebank&pn=Asha%20Rao&am=499.00&cu=INR&tn=LN-7F3K-9QXZ",
		},
		"MerchantHasRef": {
			Link{Payee: "school@examplebank", Name: "S", Amount: 149905, Note: "LN-7F3K-9QXZ", Ref: "LN7F3K9QXZ01"},
			"upi://pay?pa=school@examplebank&pn=S&am=1499.05&cu=INR&tn=LN-7F3K-9QXZ&tr=LN7F3K9QXZ01",
		},
		"ReservedAndDevanagariEncoded": {
			Link{Payee: "a.b-c_d@bank", Name: "A&B+C #1 = 100%?", Amount: 7, Note: "आशा"},
			"upi://pay?pa=a.b-c_d@bank&pn=A%26B%2BC%20%231%20%3D%20100%25%3F&am=0.07&cu=INR&tn=%E0%A4%86%E0%A4%B6%E0%A4%BE",
		},
		"RefKeepsLettersAndDigitsOnly": {
			Link{Payee: "ab@cd", Name: "S", Amount: 100, Ref: "LN-7F3K-9QXZ&am=1" + strings.Repeat("9", 40)},
			"upi://pay?pa=ab@cd&pn=S&am=1.00&cu=INR&tr=LN7F3K9QXZam1" + strings.Repeat("9", 22),
		},
		"LineBreaksAndBadBytesGone": {
			Link{Payee: " ab@cd\n", Name: "A\x00\r\n\tB\xff", Amount: 100, Note: " \n"},
			"upi://pay?pa=ab@cd&pn=A%20B&am=1.00&cu=INR",
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			if got := test.link.String(); got != test.want {
				t.Errorf("got  %s\nwant %s", got, test.want)
			}
		})
	}
}

func TestLink_NoteIsCutBetweenRunes(t *testing.T) {
	link := Link{Payee: "ab@cd", Name: "S", Amount: 100, Note: "LN-7F3K-9QXZ " + strings.Repeat("क", 60)}
	note := parseLink(t, link.String()).Get("tn")
	if want := "LN-7F3K-9QXZ " + strings.Repeat("क", 37); note != want {
		t.Errorf("got %q, want %q", note, want)
	}
}

func TestValidVPA(t *testing.T) {
	for s, want := range map[string]bool{
		"school@examplebank": true, "9876543210@ybl": true, "a.b-c_D@ok1": true, "ab@cd": true,
		strings.Repeat("a", 256) + "@ab": true, "ab@a" + strings.Repeat("1", 63): true,
		"": false, "a@cd": false, "ab@c": false, "ab@1cd": false, "ab@@cd": false, "ab@c.d": false, "a b@cd": false, "asha@example.com": false,
		" ab@cd": false, "ab@cd\n": false, "ab": false, "आशा@bank": false, "ab&am=1@cd": false,
		strings.Repeat("a", 257) + "@ab": false, "ab@a" + strings.Repeat("1", 64): false,
	} {
		if got := ValidVPA(s); got != want {
			t.Errorf("ValidVPA(%q) = %v", s, got)
		}
	}
	if got := NormalVPA(" School@ExampleBank\n"); got != "school@examplebank" {
		t.Errorf("NormalVPA = %q", got)
	}
}

func FuzzLink(f *testing.F) {
	f.Add("school@examplebank", "Asha Rao", uint32(49900), "LN-7F3K-9QXZ Python", "LN7F3K9QXZ01")
	f.Add("ab@cd", "A&B=C+D #%", uint32(0), "आशा राव & भाई", "LN-7F3K")
	f.Add("", "\xff\xfe", uint32(1), strings.Repeat("क", 60), strings.Repeat("9", 60))
	f.Fuzz(func(t *testing.T, payee, name string, amount uint32, note, ref string) {
		l := Link{payee, name, int64(amount), note, ref}
		link := l.String()
		for _, c := range []byte(link) {
			if c <= ' ' || c >= 0x7f || strings.IndexByte(`"'<>\`, c) >= 0 {
				t.Fatalf("%q has a raw %q", link, c)
			}
		}
		v := parseLink(t, link)
		if v.Get("pa") != oneLine(payee) || v.Get("pn") != oneLine(name) || v.Get("cu") != "INR" {
			t.Errorf("%q reads back as %v", l, v)
		}
		rupees, p, _ := strings.Cut(v.Get("am"), ".")
		if len(p) != 2 || paise(rupees+"."+p) != int64(amount) {
			t.Errorf("amount %d reads back as %s", amount, v.Get("am"))
		}
		if n := v.Get("tn"); !utf8.ValidString(n) || utf8.RuneCountInString(n) > maxNote || !strings.HasPrefix(oneLine(note), n) {
			t.Errorf("note %q reads back as %q", note, n)
		}
		if r := v.Get("tr"); len(r) > maxRef || notAlphanumeric.MatchString(r) {
			t.Errorf("ref %q reads back as %q", ref, r)
		}
	})
}
