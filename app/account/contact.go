package account

import (
	"net/mail"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/nyaruka/phonenumbers"
	"golang.org/x/net/idna"
	"golang.org/x/text/unicode/norm"

	"lectern/app/fault"
)

const (
	maxEmail = 254 // bytes, RFC 5321 §4.5.3.1.3 less the angle brackets
	maxLocal = 64  // bytes before the @, RFC 5321 §4.5.3.1.1
	maxName  = 120 // runes
)

// unseen reports runes that leave no trace on a page: controls, marks of direction, private and unassigned ones, fillers.
func unseen(r rune) bool {
	return !unicode.IsGraphic(r) || unicode.Is(unicode.Other_Default_Ignorable_Code_Point, r)
}

// trimPasted cuts blanks and unseen runes, which come along with pasted text, from both ends.
func trimPasted(s string) string {
	return strings.TrimFunc(s, func(r rune) bool { return unicode.IsSpace(r) || unicode.Is(unicode.Cf, r) })
}

// NormalEmail reads a bare mail address. display is what was typed, trimmed and in NFC, for letters and pages; norm is
// what addresses are compared by: in lower case, the domain in ASCII (RFC 5891). Quoted local parts, comments and
// addresses of machines are refused. Invalid, about the field email.
func NormalEmail(s string) (display, normal string, err error) {
	display = norm.NFC.String(trimPasted(s))
	if display == "" {
		return "", "", fault.Field("email", "account.email.needed")
	}
	bad := fault.Field("email", "account.email.bad")
	at := strings.LastIndexByte(display, '@')
	if at < 1 || !utf8.ValidString(display) || strings.ContainsFunc(display, func(r rune) bool {
		return unseen(r) || unicode.IsSpace(r) || unicode.Is(unicode.Variation_Selector, r)
	}) {
		return "", "", bad
	}
	local := norm.NFC.String(strings.ToLower(display[:at]))
	domain, ok := asciiDomain(display[at+1:])
	if !ok {
		return "", "", fault.Field("email", "account.email.domain")
	}
	normal = local + "@" + domain
	if max(len(display), len(normal)) > maxEmail || max(at, len(local)) > maxLocal {
		return "", "", fault.Field("email", "account.email.long")
	}
	for _, address := range []string{display, normal} {
		if a, err := mail.ParseAddress(address); err != nil || a.Address != address {
			return "", "", bad
		}
	}
	return display, normal, nil
}

var (
	domainLabel = regexp.MustCompile(`^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$`)
	topLevel    = regexp.MustCompile(`^([a-z]{2,63}|xn--[a-z0-9-]{1,59})$`)
)

// asciiDomain lowers a domain, writes labels of other letters in ASCII (IDNA), and checks the shape: two labels or more,
// the last of letters.
func asciiDomain(domain string) (ascii string, ok bool) {
	symbol := func(r rune) bool {
		return r >= utf8.RuneSelf && r != '。' && !unicode.In(r, unicode.L, unicode.M, unicode.Nd)
	}
	ascii, err := idna.Lookup.ToASCII(domain)
	if err != nil || strings.ContainsFunc(domain, symbol) {
		return "", false
	}
	labels := strings.Split(ascii, ".")
	for _, label := range labels {
		if !domainLabel.MatchString(label) {
			return "", false
		}
	}
	return ascii, len(labels) > 1 && topLevel.MatchString(labels[len(labels)-1])
}

// providers are the large ones, which a slip is likely to mean; lookalikes are real domains that look like one.
var (
	providers  = []string{"gmail.com", "yahoo.com", "yahoo.co.in", "hotmail.com", "outlook.com", "rediffmail.com", "icloud.com", "protonmail.com"}
	lookalikes = []string{"ymail.com", "mail.com", "email.com", "gmx.com", "gmx.net", "gmx.de", "aol.com", "live.com", "live.in", "me.com", "mac.com",
		"msn.com", "yahoo.in", "yahoo.co.uk", "yahoo.co.id", "yahoo.co.jp", "yahoo.ca", "yahoo.fr", "yahoo.de", "yahoo.it", "yahoo.es",
		"googlemail.com", "hotmail.fr", "hotmail.de", "hotmail.it", "hotmail.es", "outlook.in", "outlook.fr", "outlook.de", "outlook.es",
		"rediff.com", "proton.me", "pm.me", "zoho.com", "zohomail.in", "zohomail.com", "hey.com", "cloud.com", "fastmail.com", "hushmail.com",
		"mailo.com", "mail.ru", "gmail.co.in"}
)

// EmailSlip suggests the address that was probably meant, where the domain of a normal one is a slip or two away from a
// large provider's. It is a question to ask, never a reason to refuse.
func EmailSlip(normal string) (suggestion string, ok bool) {
	at := strings.LastIndexByte(normal, '@')
	domain := normal[at+1:]
	if at < 0 || len(domain) > 20 || slices.Contains(providers, domain) || slices.Contains(lookalikes, domain) {
		return "", false
	}
	least := 3
	for _, provider := range providers {
		d := slips(domain, provider)
		if d == 2 && domain[:min(1, len(domain))] != provider[:1] {
			continue // two slips, one of them the first letter, make too many real names look wrong
		}
		if d < least {
			suggestion, least = normal[:at+1]+provider, d
		}
	}
	return suggestion, least < 3
}

// slips counts the insertions, deletions, replacements and swaps of neighbours between a and b (optimal string
// alignment).
func slips(a, b string) int {
	before, prev, row := make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range prev {
		prev[j] = j
	}
	for i := 1; i <= len(a); i++ {
		row[0] = i
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			row[j] = min(prev[j]+1, row[j-1]+1, prev[j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				row[j] = min(row[j], before[j-2]+1)
			}
		}
		before, prev, row = prev, row, before
	}
	return prev[len(b)]
}

// NormalPhone reads a phone number as people write it, in any script's digits and with or without country code, into
// E.164 (+919876543210). country is the one to assume, two letters. An empty number is none. Invalid, about the field
// phone.
func NormalPhone(s, country string) (e164 string, err error) {
	bad := fault.Field("phone", "account.phone.bad")
	if !utf8.ValidString(s) || len(s) > 200 {
		return "", bad
	}
	var b strings.Builder
	for _, r := range trimPasted(s) {
		switch {
		case unicode.IsDigit(r):
			b.WriteByte('0' + decimal(r))
		case r == '+' || r == '＋':
			b.WriteByte('+')
		case unicode.In(r, unicode.Zs, unicode.Pd) || strings.ContainsRune("()./", r):
			b.WriteByte(' ')
		case !unicode.Is(unicode.Cf, r): // marks of direction come along from contact lists
			return "", bad
		}
	}
	if b.Len() == 0 {
		return "", nil
	}
	n, err := phonenumbers.Parse(b.String(), strings.ToUpper(country))
	if err != nil || !phonenumbers.IsValidNumber(n) {
		return "", bad
	}
	return phonenumbers.Format(n, phonenumbers.E164), nil
}

// decimal gives the value of a digit of any script: Unicode keeps each script's ten together, from zero up.
func decimal(r rune) byte {
	zero := r
	for unicode.IsDigit(zero - 1) {
		zero--
	}
	return byte((r - zero) % 10) // #nosec G115 -- a digit
}

// ShowPhone writes an E.164 number as people read it: +91 98765 43210.
func ShowPhone(e164 string) string {
	n, err := phonenumbers.Parse(e164, "ZZ") // no country: the number has its code
	if err != nil {
		return e164
	}
	return phonenumbers.Format(n, phonenumbers.INTERNATIONAL)
}

// CleanName trims a person's name, folds the blanks in it, and normalises it to NFC. Joiners (U+200C, U+200D) stay where
// Indic and Arabic letters need them. Invalid, about the field name, if it is empty or longer than 120 runes, or has
// control characters, marks of direction or nothing to read in it.
func CleanName(s string) (string, error) {
	if !utf8.ValidString(s) {
		return "", fault.Field("name", "account.name.bad")
	}
	s = norm.NFC.String(dropJoiners(norm.NFC.String(s)))
	s = strings.Join(strings.Fields(s), " ")
	switch {
	case s == "":
		return "", fault.Field("name", "account.name.needed")
	case utf8.RuneCountInString(s) > maxName:
		return "", fault.Field("name", "account.name.long", "n", maxName)
	case strings.ContainsFunc(s, func(r rune) bool { return unseen(r) && !joiner(r) }), !strings.ContainsFunc(s, unicode.IsLetter):
		return "", fault.Field("name", "account.name.bad")
	}
	return s, nil
}

func joiner(r rune) bool { return r == '\u200c' || r == '\u200d' }

// dropJoiners takes out the joiners that don't follow a letter or sign of a script that joins: there they are unseen
// and would make two names of one.
func dropJoiners(s string) string {
	prev := rune(0)
	return strings.Map(func(r rune) rune {
		if joiner(r) && (!unicode.In(prev, unicode.L, unicode.M) || unicode.In(prev, unicode.Latin, unicode.Greek, unicode.Cyrillic, unicode.Common, unicode.Inherited)) {
			return -1
		}
		prev = r
		return r
	}, s)
}
