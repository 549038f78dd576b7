package upi

import (
	"errors"
	"fmt"
	"regexp"
	"strings"
	"time"
)

// Kind is the system that carried a transfer.
type Kind string

const (
	UPI  Kind = "upi"  // 12 digits, IMPS too: called UTR, RRN, UPI Ref No, UPI transaction ID
	NEFT Kind = "neft" // 16 letters and digits, a letter first
	RTGS Kind = "rtgs" // 22 letters and digits, a letter first
)

// Reference is a bank's name for one transfer.
type Reference struct {
	Value string // upper-case letters and digits, nothing else
	Kind  Kind
}

var (
	// ErrNotReference: nothing in the text is like a reference.
	ErrNotReference = errors.New("upi: no reference in the text")
	// ErrSeveral: the text holds different references, none named more clearly than the others.
	ErrSeveral = errors.New("upi: several references in the text")
	// ErrGooglePayID: the text holds only Google Pay's own CIC… id, which no bank knows.
	ErrGooglePayID = errors.New("upi: a Google Pay id is not a reference")
)

// DigitsError says that a number stands where a UPI reference is expected, with Got digits instead of 12.
type DigitsError struct{ Got int }

func (e *DigitsError) Error() string { return fmt.Sprintf("upi: %d digits instead of 12", e.Got) }

// ParseReference takes the reference out of whatever was pasted: the number alone in any grouping and script, a bank's
// SMS, an app's details page. A number named UTR, Ref No and the like wins over an unnamed one, that over one which looks
// like a phone number; account, card and helpline numbers don't count. Errors: ErrNotReference, ErrSeveral,
// ErrGooglePayID, *DigitsError.
func ParseReference(pasted string) (Reference, error) {
	text := spread(fold(pasted))
	if r, ok := grouped(text); ok {
		return r, nil
	}
	found := best(candidates(text))
	switch google := googlePayID.MatchString(text); {
	case len(found) > 1:
		return Reference{}, ErrSeveral
	case len(found) == 1 && (!google || found[0].weight > likePhone):
		return found[0].Reference, nil
	case google:
		return Reference{}, ErrGooglePayID
	}
	return loose(text)
}

var googlePayID = regexp.MustCompile(`\bCIC[A-Z0-9_-]{5,}`)

// What may stand around a reference that was typed alone.
var trimmings = regexp.MustCompile(`\b(?:UPI|UTR|RRN|IMPS|NEFT|RTGS|REF|REFERENCE|TXN|TRANSACTION|BANK|NO|NUMBER|ID|IS|MY|THE)\b|[:;#.,/()+]`)

// bare splits text into the pieces between spaces and dashes, without the trimmings.
func bare(text string) []string {
	return strings.FieldsFunc(trimmings.ReplaceAllString(text, " "), func(r rune) bool { return strings.ContainsRune(" \t\n-", r) })
}

// bankCodes are the beginnings of NEFT references of larger banks (IFSC). They tell SBIN 5233 2512 3456 from
// PAID 4123 4567 8901, where the reference is the twelve digits alone.
var bankCodes = regexp.MustCompile(`^(?:SBIN|HDFC|ICIC|UTIB|AXMB|AXIS|KKBK|PUNB|BARB|CNRB|UBIN|BKID|IDIB|IOBA|CBIN|UCBA|MAHB|PSIB|IBKL|INDB|YESB|IDFB|FDRL|SIBL|KARB|KVBL|CIUB|TMBL|DCBL|RATN|BDBL|AUBL|ESFB|UJVN|JSFB|JAKA|DLXB|CSBK|NTBL|DBSS|CITI|HSBC|SCBL|DEUT|SRCB|SVCB|COSB|PYTM|AIRP|IPOS)`)

// grouped reads a NEFT or RTGS reference typed alone in groups, as Group shows it.
func grouped(text string) (Reference, bool) {
	groups := bare(text)
	for i, g := range groups {
		if digits(g) == 0 && !(i == 0 && bankCodes.MatchString(g)) {
			return Reference{}, false
		}
	}
	return transfer(strings.Join(groups, ""))
}

// loose is the second look, when nothing has the right form: a lone number is the reference if its digits are twelve
// however they are grouped, else its length is what to tell; so it is with a number called a reference.
func loose(text string) (Reference, error) {
	if number := strings.Join(bare(text), ""); onlyDigits(number) {
		if len(number) != 12 {
			return Reference{}, &DigitsError{len(number)}
		}
		return Reference{number, UPI}, nil
	}
	for _, w := range word.FindAllStringIndex(text, -1) {
		if n := w[1] - w[0]; n >= 6 && onlyDigits(text[w[0]:w[1]]) && named.MatchString(before(text, w[0])) {
			return Reference{}, &DigitsError{n}
		}
	}
	return Reference{}, ErrNotReference
}

// Doubtful reports whether a UPI reference deserves a second look: it reads as 91 and a mobile number, or its first
// digit is not the last digit of this year or the one before, as is the banks' habit (not their rule). Never a reason to
// refuse it.
func (r Reference) Doubtful(now time.Time) bool {
	if r.Kind != UPI || r.Value == "" {
		return false
	}
	year, first := now.Year(), int(r.Value[0]-'0')
	return mobile.MatchString(r.Value) || first != year%10 && first != (year-1)%10
}

// Group writes a reference in groups of four, to be read and compared: 4123 4567 8901.
func Group(value string) string {
	var b strings.Builder
	for i, r := range []rune(value) {
		if i > 0 && i%4 == 0 {
			b.WriteByte(' ')
		}
		b.WriteRune(r)
	}
	return b.String()
}
