package account

import (
	"context"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/ccojocar/zxcvbn-go"
	"golang.org/x/text/unicode/norm"

	"lectern/app/account/common"
	"lectern/app/fault"
	"lectern/app/lang"
)

// Strength is how hard a password is to guess, from 0 to 4 as zxcvbn has it: tried in an instant, in minutes, in hours, in
// days, in years, by who may try ten thousand a second.
// https://www.usenix.org/conference/usenixsecurity16/technical-sessions/presentation/wheeler
type Strength int

// weakest is the least that is taken.
const weakest Strength = 2

// maxJudged is how many characters are looked at.
const maxJudged = 64

// strength judges the first characters of a password. own are words that its owner is known by.
func strength(password string, own ...string) Strength {
	if r := []rune(password); len(r) > maxJudged {
		password = string(r[:maxJudged])
	}
	var words []string
	for _, text := range own {
		words = append(words, strings.ToLower(text))
		words = append(words, strings.FieldsFunc(strings.ToLower(text), func(r rune) bool { return bareText(string(r)) == "" })...)
	}
	return Strength(zxcvbn.PasswordStrength(password, words).Score)
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
