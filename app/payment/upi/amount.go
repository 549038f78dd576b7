package upi

import (
	"regexp"
	"strconv"
	"strings"
)

const number = `(?:\d{1,3}(?:,\d{2,3})+|\d+)`

var (
	// Numbers in a bank's text that are no amount of this transfer, one kind a line. Account tails go before balances, in
	// whose sentence they stand ("Avl Bal in A/c XX1234: INR 10,499.00").
	noise = []*regexp.Regexp{
		regexp.MustCompile(`[A-Z0-9._-]+@[A-Z0-9]+`), // UPI IDs
		regexp.MustCompile(`\+91[\d -]{10,13}`),      // mobile numbers
		regexp.MustCompile(`\b(?:A/?C|ACC(?:OUN)?T|CARD)\b[\s.:#-]*(?:(?:NO|NUMBER|ENDING|WITH|IN)\b[\s.:#-]*)*[X*.]*\d+`),
		regexp.MustCompile(`\bBANK[\s.:]*[X*.]+\d+`),
		regexp.MustCompile(`\b(?:BAL|BALANCE|TOTAL|LIMIT)\b[^\d\n]{0,24}` + number + `(?:\.\d+)?`),
		regexp.MustCompile(`\b\d{1,2}[-/.]\d{1,2}[-/.]\d{2,4}\b|\b\d{4}[-/.]\d{1,2}[-/.]\d{1,2}\b`),
		regexp.MustCompile(`\b\d{1,2}[-/. ]?` + month + `(?:[-/., ]*(?:20)?\d{2})?\b|\b` + month + `[ -]\d{1,2}(?:, ?20\d{2})?\b`),
		regexp.MustCompile(`\b\d{1,2}:\d{2}(?::\d{2})?(?: ?[AP]M)?\b`),
	}

	marked = regexp.MustCompile(`(?:₹|₨|\bRS\.?|\bINR|\bRUPEES|(?:^|[\s,;|])\+)[ :.]*(` + number + `(?:\.\d{1,2})?)`)
	// Without a currency in front an amount shows by its decimals or by what follows.
	decimal = regexp.MustCompile(`(` + number + `)(\.\d{1,2})?( ?\(?[CD]R\b|/-| ?(?:₹|(?:RS|INR)\b))?`)
)

const month = `(?:JAN(?:UARY)?|FEB(?:RUARY)?|MAR(?:CH)?|APR(?:IL)?|MAY|JUNE?|JULY?|AUG(?:UST)?|SEPT?(?:EMBER)?|OCT(?:OBER)?|NOV(?:EMBER)?|DEC(?:EMBER)?)`

// quieten takes the noise out of folded text.
func quieten(text string) string {
	for _, pattern := range noise {
		text = pattern.ReplaceAllString(text, " ")
	}
	return text
}

// amount finds what was paid, in paise, in quiet text without references: the first number with a currency before it,
// else the first with decimals or Cr. 0 when there is none.
func amount(text string) int64 {
	for _, m := range marked.FindAllStringSubmatchIndex(text, -1) {
		if alone(text, m[2], m[3]) {
			return paise(text[m[2]:m[3]])
		}
	}
	for _, m := range decimal.FindAllStringSubmatchIndex(text, -1) {
		if (m[4] >= 0 || m[6] >= 0) && alone(text, m[0], m[1]) {
			return paise(text[m[2]:max(m[3], m[5])])
		}
	}
	return 0
}

// onlyNumber is the amount, in paise, where a single bare number is left beside a reference: "412345678901 Asha 499".
func onlyNumber(text string) int64 {
	var found []string
	for _, m := range decimal.FindAllStringIndex(text, -1) {
		if n := text[m[0]:m[1]]; len(n) <= 9 && alone(text, m[0], m[1]) {
			found = append(found, n)
		}
	}
	if len(found) != 1 {
		return 0
	}
	return paise(found[0])
}

// alone reports whether text[start:end] is no part of a longer word, date or number.
func alone(text string, start, end int) bool {
	const joins = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ@/*"
	if start > 0 && strings.IndexByte(joins+".-", text[start-1]) >= 0 && !currency.MatchString(text[max(start-8, 0):start]) {
		return false
	}
	rest := text[end:]
	return rest == "" || strings.IndexByte(joins, rest[0]) < 0 && !continues.MatchString(rest)
}

var (
	currency  = regexp.MustCompile(`(?:RS|INR|RUPEES)\.?$`)
	continues = regexp.MustCompile(`^[.:-]\d`)
)

// paise reads 1,00,000.5 as 10000050, and 0 from what no school is ever paid: ten digits of rupees or more.
func paise(s string) int64 {
	whole, fraction, _ := strings.Cut(strings.ReplaceAll(s, ",", ""), ".")
	if len(whole) > 9 {
		return 0
	}
	n, err := strconv.ParseInt(whole+(fraction + "00")[:2], 10, 64)
	if err != nil {
		return 0
	}
	return n
}
