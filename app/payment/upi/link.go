// Package upi knows what India's banks and payment apps write and read: the payment link and its QR code, the references
// they give a transfer, the lines of a bank's text, and the school's own order codes. It is pure: no clock, no database,
// and no words for people (callers turn its errors into text).
package upi

import (
	"fmt"
	"regexp"
	"strings"
	"unicode"
)

// Ceilings of NPCI's linking specification as the payment apps hold them: characters of tn and tr.
const (
	maxNote = 50
	maxRef  = 35
)

// Link asks a payment app to pay an exact amount to one payee (NPCI UPI Linking Specification 1.6).
type Link struct {
	Payee  string // VPA, as in school@examplebank
	Name   string // the payee's name; apps show the bank's own instead
	Amount int64  // paise, more than 0
	Note   string // reaches the bank's narration: begin it with the order code, since only 50 characters are kept
	Ref    string // merchants only, new for each attempt: up to 35 letters and digits, the rest is dropped; empty for personal payees
}

// String writes the link, upi://pay?pa=…&pn=…&am=499.00&cu=INR&tn=…[&tr=…], in ASCII, values percent-encoded as UTF-8.
func (l Link) String() string {
	link := fmt.Sprintf("upi://pay?pa=%s&pn=%s&am=%d.%02d&cu=INR",
		escape(oneLine(l.Payee)), escape(oneLine(l.Name)), l.Amount/100, l.Amount%100)
	if note := strings.TrimSpace(cut(oneLine(l.Note), maxNote)); note != "" {
		link += "&tn=" + escape(note)
	}
	if ref := cut(notAlphanumeric.ReplaceAllString(l.Ref, ""), maxRef); ref != "" {
		link += "&tr=" + ref
	}
	return link
}

var (
	notAlphanumeric = regexp.MustCompile(`[^A-Za-z0-9]+`)
	vpa             = regexp.MustCompile(`^[A-Za-z0-9._-]{2,256}@[A-Za-z][A-Za-z0-9]{1,63}$`)
)

// ValidVPA reports whether s has the form of a UPI ID, name@handle. Whether it exists only a payment app can tell.
func ValidVPA(s string) bool { return vpa.MatchString(s) }

// NormalVPA gives the one spelling of a UPI ID under which it is kept: without spaces around it, in lower case.
func NormalVPA(s string) string { return strings.ToLower(strings.TrimSpace(s)) }

// escape is url.QueryEscape except that a space becomes %20 (apps show a plus as a plus) and @ stays readable.
func escape(s string) string {
	var b strings.Builder
	for _, c := range []byte(s) {
		if c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || strings.IndexByte("-._~@", c) >= 0 {
			b.WriteByte(c)
		} else {
			fmt.Fprintf(&b, "%%%02X", c)
		}
	}
	return b.String()
}

func oneLine(s string) string {
	return strings.Join(strings.FieldsFunc(strings.ToValidUTF8(s, ""), func(r rune) bool {
		return unicode.IsSpace(r) || unicode.IsControl(r)
	}), " ")
}

func cut(s string, runes int) string {
	if r := []rune(s); len(r) > runes {
		return string(r[:runes])
	}
	return s
}
