package catalog

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

const maxSlug = 80 // characters

// plainLetters are those that no decomposition takes apart.
var plainLetters = strings.NewReplacer("ß", "ss", "æ", "ae", "œ", "oe", "ø", "o", "ł", "l", "đ", "d", "ð", "d", "þ", "th", "ı", "i")

// Slug makes the last part of an address out of a name: lower case, Latin letters without accents, other scripts kept,
// one dash for each run of anything else, at most 80 characters. Empty if the name has neither letter nor digit.
func Slug(name string) string {
	var b strings.Builder
	gap, latin := false, false
	for _, r := range plainLetters.Replace(strings.ToLower(norm.NFKD.String(name))) {
		switch {
		case latin && unicode.Is(unicode.Mn, r), r == '\u200c', r == '\u200d': // accents, and joiners within words
		case unicode.IsLetter(r), unicode.IsDigit(r), unicode.IsMark(r) && b.Len() > 0 && !gap:
			if gap && b.Len() > 0 {
				b.WriteByte('-')
			}
			b.WriteRune(r)
			gap, latin = false, unicode.Is(unicode.Latin, r)
		default:
			gap, latin = true, false
		}
	}
	slug := norm.NFC.String(b.String())
	runes := []rune(slug)
	if len(runes) <= maxSlug {
		return slug
	}
	cut := string(runes[:maxSlug])
	if end := strings.LastIndexByte(cut, '-'); end > 0 && runes[maxSlug] != '-' {
		cut = cut[:end]
	}
	return cut
}
