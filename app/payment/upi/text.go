package upi

import (
	"strings"
	"unicode"
)

// fold brings pasted text to the one alphabet that the patterns of this package know: upper case, ASCII digits whatever
// the script, one kind of dash and of space, * for the marks that hide digits. Invisible characters vanish; tabs and line
// breaks stay.
func fold(s string) string {
	return strings.Map(foldRune, strings.ToValidUTF8(s, " "))
}

func foldRune(r rune) rune {
	if r >= '！' && r <= '～' { // fullwidth forms mirror ASCII
		r -= '！' - '!'
	}
	switch {
	case r == '\n' || r == '\t':
		return r
	case unicode.IsSpace(r):
		return ' '
	case unicode.IsControl(r) || unicode.In(r, unicode.Cf, unicode.Mn, unicode.Me):
		return -1
	case unicode.Is(unicode.Pd, r) || r == '−':
		return '-'
	case strings.ContainsRune("…•●∙∗＊", r):
		return '*'
	case unicode.IsDigit(r):
		return '0' + digit(r)
	}
	return unicode.ToUpper(r)
}

// digit is the value of a decimal digit of any script: Unicode keeps each script's ten in a row, from zero.
func digit(r rune) rune {
	zero := r
	for unicode.IsDigit(zero - 1) {
		zero--
	}
	return (r - zero) % 10
}

func onlyDigits(s string) bool { return s != "" && digits(s) == len(s) }

func digits(s string) (n int) {
	for _, c := range []byte(s) {
		if c >= '0' && c <= '9' {
			n++
		}
	}
	return n
}
