package account

import (
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

func TestNormalEmail(t *testing.T) {
	for _, x := range []struct{ typed, display, normal, fault string }{
		{"asha@example.com", "asha@example.com", "asha@example.com", ""},
		{"  Asha.K+school@Example.COM \n", "Asha.K+school@Example.COM", "asha.k+school@example.com", ""},
		{"\u2068asha@example.com\u2069", "asha@example.com", "asha@example.com", ""},
		{"ÄSHA@example.com", "ÄSHA@example.com", "äsha@example.com", ""},
		{"a\u0308sha@example.com", "äsha@example.com", "äsha@example.com", ""},
		{"आशा@example.com", "आशा@example.com", "आशा@example.com", ""},
		{"asha@bücher.example", "asha@bücher.example", "asha@xn--bcher-kva.example", ""},
		{"asha@BU\u0308CHER.example", "asha@BÜCHER.example", "asha@xn--bcher-kva.example", ""},
		{"asha@विद्यालय.भारत", "asha@विद्यालय.भारत", "asha@xn--j2bsalm0de7i.xn--h2brj9c", ""},
		{"asha@xn--h2brj9c.xn--h2brj9c", "asha@xn--h2brj9c.xn--h2brj9c", "asha@xn--h2brj9c.xn--h2brj9c", ""},
		{"asha@例え。example", "asha@例え。example", "asha@xn--r8jz45g.example", ""},
		{"o'neil!#$%&*/=?^_`{|}~-@example.com", "o'neil!#$%&*/=?^_`{|}~-@example.com", "o'neil!#$%&*/=?^_`{|}~-@example.com", ""},
		{"a@b.co", "a@b.co", "a@b.co", ""},
		{strings.Repeat("a", 64) + "@example.com", strings.Repeat("a", 64) + "@example.com", strings.Repeat("a", 64) + "@example.com", ""},

		{"", "", "", "account.email.needed"},
		{" \t\u200b", "", "", "account.email.needed"},
		{"asha", "", "", "account.email.bad"},
		{"@example.com", "", "", "account.email.bad"},
		{"Asha <asha@example.com>", "", "", "account.email.bad"},
		{"<asha@example.com", "", "", "account.email.bad"},
		{"asha@example.com, bala@example.com", "", "", "account.email.bad"},
		{"asha@bala@example.com", "", "", "account.email.bad"},
		{"asha kumari@example.com", "", "", "account.email.bad"},
		{"asha\u00a0kumari@example.com", "", "", "account.email.bad"},
		{"asha(school)@example.com", "", "", "account.email.bad"},
		{`"asha"@example.com`, "", "", "account.email.bad"},
		{`"asha> SIZE=1"@example.com`, "", "", "account.email.bad"},
		{".asha@example.com", "", "", "account.email.bad"},
		{"asha..k@example.com", "", "", "account.email.bad"},
		{"asha\r\nbcc: bala@example.com", "", "", "account.email.bad"},
		{"asha\x00@example.com", "", "", "account.email.bad"},
		{"as\u200dha@example.com", "", "", "account.email.bad"},
		{"as\ufe0fha@example.com", "", "", "account.email.bad"},
		{"\u202easha@example.com\u202cx", "", "", "account.email.bad"},
		{"asha\xff@example.com", "", "", "account.email.bad"},
		{"asha@gmail", "", "", "account.email.domain"},
		{"asha@localhost", "", "", "account.email.domain"},
		{"asha@", "", "", "account.email.domain"},
		{"asha@example.com.", "", "", "account.email.domain"},
		{"asha@.example.com", "", "", "account.email.domain"},
		{"asha@example..com", "", "", "account.email.domain"},
		{"asha@-example.com", "", "", "account.email.domain"},
		{"asha@exam_ple.com", "", "", "account.email.domain"},
		{"asha@127.0.0.1", "", "", "account.email.domain"},
		{"asha@[127.0.0.1]", "", "", "account.email.domain"},
		{"asha@example.c0m", "", "", "account.email.domain"},
		{"asha@exa☃mple.com", "", "", "account.email.domain"},
		{"asha@" + strings.Repeat("a", 64) + ".com", "", "", "account.email.domain"},
		{strings.Repeat("a", 65) + "@example.com", "", "", "account.email.long"},
		{strings.Repeat("आ", 22) + "@example.com", "", "", "account.email.long"},
		{"asha@" + strings.Repeat(strings.Repeat("a", 60)+".", 4) + "example.com", "", "", "account.email.long"},
	} {
		display, normal, err := NormalEmail(x.typed)
		if display != x.display || normal != x.normal || key(t, err) != x.fault {
			t.Errorf("%q: got %q, %q, %v, want %q, %q, %s", x.typed, display, normal, err, x.display, x.normal, x.fault)
		}
	}
}

func TestEmailSlip(t *testing.T) {
	for domain, want := range map[string]string{
		"gmial.com": "gmail.com", "gmail.con": "gmail.com", "gamil.com": "gmail.com", "gmai.com": "gmail.com", "gmail.co": "gmail.com",
		"gmil.con": "gmail.com", "gmaill.com": "gmail.com", "hmail.com": "gmail.com", "gmail.comm": "gmail.com", "gnail.com": "gmail.com",
		"yaho.com": "yahoo.com", "yahooo.com": "yahoo.com", "yhaoo.com": "yahoo.com", "yaho.co.in": "yahoo.co.in", "yahoo.co.on": "yahoo.co.in",
		"hotmial.com": "hotmail.com", "hotmail.con": "hotmail.com", "hotmal.co": "hotmail.com", "outlok.com": "outlook.com", "outllook.com": "outlook.com",
		"rediffmial.com": "rediffmail.com", "redifmail.com": "rediffmail.com", "iclould.com": "icloud.com", "icoud.com": "icloud.com",
		"protonmial.com": "protonmail.com",

		"gmail.com": "", "ymail.com": "", "mail.com": "", "email.com": "", "gmx.com": "", "aol.com": "", "live.com": "", "me.com": "",
		"yahoo.in": "", "yahoo.co.in": "", "yahoo.com": "", "yahoo.co.uk": "", "rediffmail.com": "", "icloud.com": "", "proton.me": "",
		"small.com": "", "line.com": "", "example.com": "", "school.example.com": "", "gmail.example.com": "", "iitb.ac.in": "", "x.y": "",
		"xn--h2brj9c.xn--h2brj9c": "",
	} {
		got, ok := EmailSlip("asha@" + domain)
		if want != "" {
			want = "asha@" + want
		}
		if got != want || ok != (want != "") {
			t.Errorf("%s: got %q, %v, want %q", domain, got, ok, want)
		}
	}
	for _, odd := range []string{"", "@", "asha"} {
		if got, ok := EmailSlip(odd); ok {
			t.Errorf("%q: got %q, want nothing", odd, got)
		}
	}
}

func TestNormalPhone(t *testing.T) {
	for _, x := range []struct{ typed, country, want, shown string }{
		{"+91 98765 43210", "IN", "+919876543210", "+91 98765 43210"},
		{"098765-43210", "IN", "+919876543210", "+91 98765 43210"},
		{"98765 43210", "in", "+919876543210", "+91 98765 43210"},
		{"(98765) 43.210", "IN", "+919876543210", "+91 98765 43210"},
		{"0091 98765 43210", "IN", "+919876543210", "+91 98765 43210"},
		{"91 9876543210", "IN", "+919876543210", "+91 98765 43210"},
		{"९८७६५ ४३२१०", "IN", "+919876543210", "+91 98765 43210"},
		{"+९१ ९८७६५ ४३२१०", "IN", "+919876543210", "+91 98765 43210"},
		{"৯৮৭৬৫৪৩২১০", "IN", "+919876543210", "+91 98765 43210"},
		{"＋９１９８７６５４３２１０", "IN", "+919876543210", "+91 98765 43210"},
		{"\u202a+91\u00a098765\u201143210\u202c", "IN", "+919876543210", "+91 98765 43210"},
		{"+1 650-253-0000", "IN", "+16502530000", "+1 650-253-0000"},
		{"020 7031 3000", "GB", "+442070313000", "+44 20 7031 3000"},
		{"", "IN", "", ""},
		{" \u200b\t", "IN", "", ""},
	} {
		got, err := NormalPhone(x.typed, x.country)
		if got != x.want || err != nil {
			t.Errorf("%q: got %q, %v, want %q", x.typed, got, err, x.want)
		}
		if got != "" && ShowPhone(got) != x.shown {
			t.Errorf("%q: shown as %q, want %q", x.typed, ShowPhone(got), x.shown)
		}
	}
	for _, typed := range []string{"12345", "98765 4321", "98765 432100", "5000000000", "call me", "1800FLOWERS", "98765 43210 ext 5",
		"98765 43210, 98765 43211", "98765\x0043210", "98765\n43210", "98765\xff43210", "+999 98765 43210", "+", "++", "-", strings.Repeat("9", 300)} {
		if got, err := NormalPhone(typed, "IN"); key(t, err) != "account.phone.bad" {
			t.Errorf("%q: got %q, %v, want a fault", typed, got, err)
		}
	}
	if got := ShowPhone("no number"); got != "no number" {
		t.Errorf("got %q, want it as it was", got)
	}
}

func TestCleanName(t *testing.T) {
	for _, x := range []struct{ typed, want, fault string }{
		{"Asha", "Asha", ""},
		{"  Asha \t\n  Kumari\u00a0Rao ", "Asha Kumari Rao", ""},
		{"A", "A", ""},
		{"Zoe\u0308", "Zoë", ""},
		{"D'Souza-O’Neil, Jr. (3)", "D'Souza-O’Neil, Jr. (3)", ""},
		{"आशा कुमारी", "आशा कुमारी", ""},
		{"क्\u200dषितिज", "क्\u200dषितिज", ""},
		{"शर्\u200cमा", "शर्\u200cमा", ""},
		{"علی\u200cرضا", "علی\u200cرضا", ""},
		{"ශ්\u200dරී", "ශ්\u200dරී", ""},
		{"As\u200dha \u200cKu\u200dmari", "Asha Kumari", ""},
		{"क्\u200d\u200d\u200cष", "क्\u200dष", ""},
		{"Asha ❤️", "Asha ❤️", ""},
		{strings.Repeat("अ", 120), strings.Repeat("अ", 120), ""},
		{strings.Repeat("अ", 121), "", "account.name.long"},
		{"", "", "account.name.needed"},
		{" \t \u3000", "", "account.name.needed"},
		{"\u200d\u200c", "", "account.name.needed"},
		{"12345", "", "account.name.bad"},
		{"\u3164", "", "account.name.bad"},
		{"Asha\u3164", "", "account.name.bad"},
		{"...", "", "account.name.bad"},
		{"Asha\x00", "", "account.name.bad"},
		{"Asha\x1b[2J", "", "account.name.bad"},
		{"\u202eahsA", "", "account.name.bad"},
		{"Asha\u2066", "", "account.name.bad"},
		{"As\u200eha", "", "account.name.bad"},
		{"As\u00adha", "", "account.name.bad"},
		{"Asha\xff", "", "account.name.bad"},
		{"Asha\ue000", "", "account.name.bad"},
		{"Asha\U000e0041", "", "account.name.bad"},
	} {
		got, err := CleanName(x.typed)
		if got != x.want || key(t, err) != x.fault {
			t.Errorf("%q: got %q, %v, want %q, %s", x.typed, got, err, x.want, x.fault)
		}
	}
}

// mustBeClean fails t where s can't be stored and shown.
func mustBeClean(t *testing.T, s string) {
	t.Helper()
	if !utf8.ValidString(s) || strings.ContainsFunc(s, unicode.IsControl) || !norm.NFC.IsNormalString(s) || strings.TrimSpace(s) != s {
		t.Errorf("%q is broken, not NFC, or has control characters or blanks at its ends", s)
	}
}

func FuzzNormalEmail(f *testing.F) {
	for _, seed := range []string{"asha@example.com", " Asha@BÜCHER.example", "asha@विद्यालय.भारत", `"a b"@example.com`, "a@b@c.de", "\u212aelvin@example.com",
		"İ@İ.com", "a@xn--h2brj9c.xn--h2brj9c", "asha@例え。example", "a@ß.ſs", "a@ﬁ.example", "a@\u0301.com", "a@a\u200d.com", "asha\xff@x.y"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, s string) {
		display, normal, err := NormalEmail(s)
		if err != nil {
			if display != "" || normal != "" {
				t.Errorf("%q: got %q, %q beside %v", s, display, normal, err)
			}
			return
		}
		mustBeClean(t, display)
		mustBeClean(t, normal)
		for _, again := range []string{display, normal} {
			d, n, err := NormalEmail(again)
			if d != again || n != normal || err != nil {
				t.Errorf("%q became %q, %q, then %q, %q, %v", s, display, normal, d, n, err)
			}
		}
		EmailSlip(normal)
	})
}

func FuzzNormalPhone(f *testing.F) {
	for _, seed := range []string{"+91 98765 43210", "098765-43210", "0091 98765 43210", "९८७६५ ४३२१०", "+39 06 698 12345", "\u202a98765 43210\u202c", "+1 (650) 253-0000",
		"++91", "𝟗𝟖𝟕𝟔𝟓𝟒𝟑𝟐𝟏𝟎", "tel:+91;phone-context=x", "98765\xff"} {
		f.Add(seed, "IN")
	}
	f.Add("020 7031 3000", "GB")
	f.Fuzz(func(t *testing.T, s, country string) {
		e164, err := NormalPhone(s, country)
		if err != nil || e164 == "" {
			return
		}
		if strings.Trim(e164, "+0123456789") != "" || e164[0] != '+' || len(e164) > 18 {
			t.Errorf("%q: got %q, want E.164", s, e164)
		}
		if again, err := NormalPhone(e164, country); again != e164 || err != nil {
			t.Errorf("%q became %q, then %q, %v", s, e164, again, err)
		}
		mustBeClean(t, ShowPhone(e164))
		if again, err := NormalPhone(ShowPhone(e164), "ZZ"); again != e164 || err != nil {
			t.Errorf("%q is shown as %q, which reads as %q, %v", e164, ShowPhone(e164), again, err)
		}
	})
}

func FuzzCleanName(f *testing.F) {
	for _, seed := range []string{"Asha Kumari", " आशा ", "क्\u200dष", "e\u200d\u0301", "e\u0301\u200d", "علی\u200cرضا", "\u202eahsA", "\u2000\u2001x", "\u1100\u1161\u11a8", "A\u3164", "\xf0\x28", "각\u200d "} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, s string) {
		name, err := CleanName(s)
		if err != nil {
			return
		}
		mustBeClean(t, name)
		if n := utf8.RuneCountInString(name); n < 1 || n > maxName {
			t.Errorf("%q: got %d runes", s, n)
		}
		if again, err := CleanName(name); again != name || err != nil {
			t.Errorf("%q became %q, then %q, %v", s, name, again, err)
		}
	})
}
