package account

import (
	"context"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"lectern/app/account/common"
	"lectern/app/fault"
	"lectern/app/lang"
)

// Strength is how hard a password is to guess, from 0 to 4: the more it has that can't be foreseen.
type Strength int

// weakest is the least that is taken.
const weakest Strength = 2

// enough is how many characters that can't be foreseen a password of that strength has.
var enough = [...]int{1: 4, weakest: 8, 3: 11, 4: 14}

// strength judges a password. own are words that its owner is known by.
//
// It counts as zxcvbn does, without its lists of words: what is next on the keyboard or in the alphabet, repeats, years and
// the owner's own words are foreseen. The ports of zxcvbn for Go build their lists at every start of the program: one takes
// 0.2 s and 18 MB for it, the other makes the program 2.6 MB bigger. The most common passwords are known by package common.
// https://www.usenix.org/conference/usenixsecurity16/technical-sessions/presentation/wheeler
func strength(password string, own ...string) Strength {
	n := unforeseen([]rune(strings.ToLower(norm.NFC.String(password))), ownWords(own))
	got := Strength(0)
	for s, least := range enough {
		if n >= least {
			got = Strength(s)
		}
	}
	return got
}

func ownWords(texts []string) (words [][]rune) {
	for _, text := range texts {
		for _, word := range strings.FieldsFunc(strings.ToLower(text), func(r rune) bool { return bareText(string(r)) == "" }) {
			if utf8.RuneCountInString(word) >= 3 {
				words = append(words, []rune(word))
			}
		}
	}
	return words
}

// unforeseen counts the characters of a text that don't follow from those before.
func unforeseen(text []rune, own [][]rune) (n int) {
	for i := 0; i < len(text); {
		length, worth := 1, 1
		for _, word := range own {
			if len(word) > length && slices.Equal(word, text[i:min(i+len(word), len(text))]) {
				length, worth = len(word), 1
			}
		}
		for size := 2; size <= i && i+size <= len(text); size++ {
			if size > length && slices.Equal(text[i-size:i], text[i:i+size]) {
				length, worth = size, 0
			}
		}
		if run := row(text[i:]); run >= 3 && run > length {
			length, worth = run, 2
			if text[i] == text[i+1] {
				worth = 1
			}
		}
		if length < 4 && isYear(text[i:]) {
			length, worth = 4, 2
		}
		i, n = i+length, n+worth
	}
	return n
}

// keyboard has the keys that lie in rows, as they are on most keyboards in India.
var keyboard = []string{"1234567890", "qwertyuiop", "asdfghjkl", "zxcvbnm"}

// row is how many characters from the first on are the same, or next to each other in the alphabet or on the keyboard, all in
// one direction.
func row(text []rune) int {
	longest := 1
	for _, step := range []int{-1, 0, 1} {
		n := 1
		for n < len(text) && (int(text[n])-int(text[n-1]) == step || keyStep(text[n-1], text[n]) == step && step != 0) {
			n++
		}
		longest = max(longest, n)
	}
	return longest
}

// keyStep is how far a key lies from another in its row; 0 where it lies in none.
func keyStep(from, to rune) int {
	for _, keys := range keyboard {
		a, b := strings.IndexRune(keys, from), strings.IndexRune(keys, to)
		if a >= 0 && b >= 0 {
			return b - a
		}
	}
	return 0
}

func isYear(text []rune) bool {
	if len(text) < 4 || text[0] != '1' && text[0] != '2' {
		return false
	}
	century := string(text[:2])
	return (century == "19" || century == "20") && unicode.IsDigit(text[2]) && unicode.IsDigit(text[3])
}

// Judge says of a password that somebody is typing how strong it is, and what CheckPassword would say, in words that fit
// a form without it.
func (s *Service) Judge(ctx context.Context, password string, least int, name, email string) (Strength, lang.Msg) {
	site := s.SiteName(ctx)
	err := CheckPassword(password, least, name, email, site)
	var wrong fault.Fields
	note(&wrong, err)
	if m, ok := wrong["password"]; ok {
		return 0, m
	}
	got := strength(password, name, email, site)
	return got, lang.M(map[Strength]string{2: "account.strength.fair", 3: "account.strength.good", 4: "account.strength.strong"}[got])
}

// CheckPassword refuses a new password that is shorter than least runes or easy to guess: one of the most common ones, one
// or two characters repeated, mostly made of the owner's name, the mail address or the site's name, or words and patterns
// that a program tries in minutes. Anything else goes; there are no rules of composition. Invalid, about the field password.
func CheckPassword(password string, least int, name, email, site string) error {
	if _, err := canonical(password); err != nil {
		return err
	}
	password = norm.NFC.String(password)
	different := map[rune]bool{}
	for _, r := range password {
		different[r] = true
	}
	switch {
	case utf8.RuneCountInString(password) < least:
		return fault.Field("password", "account.password.short", "n", least)
	case len(different) < 3:
		return fault.Field("password", "account.password.repeated")
	case popular(password):
		return fault.Field("password", "account.password.common")
	case mostly(password, name, email, site):
		return fault.Field("password", "account.password.own")
	case strength(password, name, email, site) < weakest:
		return fault.Field("password", "account.password.guessable")
	}
	return nil
}

// bareText folds a text to its letters and digits, in lower case.
func bareText(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.In(r, unicode.L, unicode.M, unicode.Nd) {
			return unicode.ToLower(r)
		}
		return -1
	}, norm.NFC.String(s))
}

var letterSigns = strings.NewReplacer("@", "a", "$", "s", "!", "i")

// popular reports whether many people use a password, as it is or with signs between or for its letters.
func popular(password string) bool {
	for _, p := range []string{strings.ToLower(password), bareText(password), bareText(letterSigns.Replace(password))} {
		if common.Has(p) {
			return true
		}
	}
	return false
}

// mostly reports whether the words of the texts make more than half of a password.
func mostly(password string, texts ...string) bool {
	var words []string
	for _, text := range texts {
		words = append(words, bareText(text))
		for _, word := range strings.FieldsFunc(text, func(r rune) bool { return bareText(string(r)) == "" }) {
			words = append(words, bareText(word))
		}
		if local, _, ok := strings.Cut(text, "@"); ok {
			words = append(words, bareText(local))
		}
	}
	slices.SortFunc(words, func(a, b string) int { return len(b) - len(a) })
	all := bareText(password)
	rest := all
	for _, word := range words {
		if utf8.RuneCountInString(word) >= 3 {
			rest = strings.ReplaceAll(rest, word, "")
		}
	}
	return 2*(utf8.RuneCountInString(all)-utf8.RuneCountInString(rest)) > utf8.RuneCountInString(password)
}
