package upi

import (
	"encoding/base32"
	"io"
	"regexp"
	"strings"
)

const codePrefix = "LN"

// crockford is the alphabet of Douglas Crockford's Base 32: no I, L, O, U, which are misread.
var crockford = base32.NewEncoding("0123456789ABCDEFGHJKMNPQRSTVWXYZ").WithPadding(base32.NoPadding)

// NewCode makes an order code such as LN-7F3K-9QXZ out of 40 bits from random. It panics when random fails, which
// crypto/rand.Reader never does.
func NewCode(random io.Reader) string {
	var bits [5]byte
	if _, err := io.ReadFull(random, bits[:]); err != nil {
		panic(err)
	}
	return dashed(crockford.EncodeToString(bits[:]))
}

func dashed(symbols string) string { return codePrefix + "-" + symbols[:4] + "-" + symbols[4:] }

var (
	misread     = strings.NewReplacer("O", "0", "I", "1", "L", "1")
	betweenCode = regexp.MustCompile(`[\s._*-]+`)
	codeSymbols = regexp.MustCompile(`^[0-9A-HJKMNP-TV-Z]{8}$`)
)

// ParseCode reads an order code as people type it: in any case, with or without dashes, spaces and the LN in front, O for
// 0, I or L for 1. It gives the code as NewCode writes it.
func ParseCode(s string) (string, bool) {
	symbols := betweenCode.ReplaceAllString(fold(s), "")
	if len(symbols) == len(codePrefix)+8 {
		symbols = strings.TrimPrefix(symbols, codePrefix)
	}
	symbols = misread.Replace(symbols)
	if !codeSymbols.MatchString(symbols) {
		return "", false
	}
	return dashed(symbols), true
}

// A code within other text: as written or with its dashes taken out by a bank, perhaps followed by the two digits of the
// attempt (Link.Ref). With spaces in it, it may also be three common words, so that form is looked for last.
var codeWithin = []*regexp.Regexp{
	regexp.MustCompile(`\b(LN-?[0-9A-Z]{4}-?[0-9A-Z]{4})(?:\d\d)?\b`),
	regexp.MustCompile(`\b(LN[ -]?[0-9A-Z]{4}[ -]?[0-9A-Z]{4})(?:\d\d)?\b`),
}

// FindCode finds an order code in a bank's narration, which must have kept the LN in front.
func FindCode(text string) (string, bool) {
	text = fold(text)
	for _, pattern := range codeWithin {
		for _, m := range pattern.FindAllStringSubmatch(text, -1) {
			if code, ok := ParseCode(m[1]); ok {
				return code, true
			}
		}
	}
	return "", false
}
