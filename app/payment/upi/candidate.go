package upi

import (
	"regexp"
	"strings"
)

// How much speaks for a candidate.
const (
	likePhone = iota
	unnamed
	calledReference
)

// candidate is a reference as found in text[start:end].
type candidate struct {
	Reference
	weight     int
	start, end int
}

const called = `(?:UTR|RRN|REF(?:ERENCE)?|TXN|TRANSACTION|UPI|IMPS|NEFT|RTGS)`

var (
	word = regexp.MustCompile(`[A-Z0-9]+`)
	// Words run into the number after them: UTR412345678901, RefNo412345678901.
	stuck = regexp.MustCompile(`((?:^|[^A-Z0-9])(?:UTR|RRN|UPI|IMPS|NEFT|RTGS|REF|TXN|NO|ID)+)(\d)`)

	named      = regexp.MustCompile(`\b` + called + `+(?:[\s:;#.,/()*-]|NO\b|NUMBER|NUM\b|ID\b|IS\b|CR\b|DR\b|P2[AMP]\b)*$`)
	namedAfter = regexp.MustCompile(`^[ \t([]*` + called + `(?:[ \t:.)\]]|NO\b|ID\b)*(?:\n|$)`)
	// Numbers that are somebody's, not a transfer's.
	belongs = regexp.MustCompile(`\b(?:A/?C|ACC(?:OUN)?T|CARD|AADHA+R|CALL|PH|PHONE|MOB|MOBILE|TEL|WHATSAPP|CONTACT)\b(?:[\s:;#.,*+-]|NO\b|NUMBER|NUM\b|ON\b|AT\b|US\b|IS\b|ENDING|WITH)*$`)

	lettersDigits = regexp.MustCompile(`^[A-Z][A-Z0-9]{15}(?:[A-Z0-9]{6})?$`)
	notTransfer   = regexp.MustCompile(`^(?:XX|CIC|RS\d|INR\d)`)
	// HDFC's statements pad the twelve digits with zeros to sixteen.
	twelve = regexp.MustCompile(`^(?:0000|[A-Z]*)(\d{12})[A-Z]*$`)
	mobile = regexp.MustCompile(`^91[6-9]\d{9}$`)
)

// spread parts such words from their number in folded text, so that both are words of their own.
func spread(text string) string { return stuck.ReplaceAllString(text, "$1 $2") }

// candidates finds everything in folded, spread text that has the form of a reference.
func candidates(text string) []candidate {
	var found []candidate
	words := word.FindAllStringIndex(text, -1)
	for len(words) > 0 {
		n := chain(text, words)
		start, end := words[0][0], words[n-1][1]
		words = words[n:]
		value := separators.Replace(text[start:end])
		if r, ok := read(value); ok && !strings.HasPrefix(text[end:], "@") && !belongs.MatchString(before(text, start)) {
			found = append(found, candidate{r, weigh(text, value, start, end), start, end})
		}
	}
	return found
}

var separators = strings.NewReplacer(" ", "", "-", "")

// chain counts the words that stand together as one number: 4123 4567 8901 or 412-345-678-901. Only groups of equal
// length with equal gaps do, so that dates, amounts and phone numbers stay apart; four groups of four are a card's number
// and no reference.
func chain(text string, words [][]int) int {
	size := words[0][1] - words[0][0]
	if !onlyDigits(text[words[0][0]:words[0][1]]) {
		return 1
	}
	n := 1
	for ; n < len(words) && size < 12; n++ {
		gap := text[words[n-1][1]:words[n][0]]
		group := text[words[n][0]:words[n][1]]
		if gap != text[words[0][1]:words[1][0]] || len(group) != size || !onlyDigits(group) {
			break
		}
	}
	return n
}

func read(value string) (Reference, bool) {
	if r, ok := transfer(value); ok {
		return r, true
	}
	if m := twelve.FindStringSubmatch(value); m != nil {
		return Reference{m[1], UPI}, true
	}
	return Reference{}, false
}

// transfer reads a NEFT or RTGS reference. Bare digits would be a card's number, XX… a masked one, RS99… an amount, CIC…
// Google Pay's id.
func transfer(s string) (Reference, bool) {
	if !lettersDigits.MatchString(s) || notTransfer.MatchString(s) || digits(s) < 6 {
		return Reference{}, false
	}
	if len(s) == 22 {
		return Reference{s, RTGS}, true
	}
	return Reference{s, NEFT}, true
}

func weigh(text, value string, start, end int) int {
	switch {
	case strings.HasSuffix(text[:start], "+"):
		return likePhone
	case named.MatchString(before(text, start)), namedAfter.MatchString(text[end:min(end+40, len(text))]):
		return calledReference
	case mobile.MatchString(value):
		return likePhone
	}
	return unnamed
}

// before is the text in front of a number in which its name may stand.
func before(text string, start int) string { return text[max(start-40, 0):start] }

// best keeps the different references among those that most speaks for. Two are enough to know that there are several.
func best(found []candidate) []candidate {
	weight := likePhone
	for _, c := range found {
		weight = max(weight, c.weight)
	}
	var kept []candidate
	for _, c := range found {
		if c.weight == weight && len(kept) < 2 && (len(kept) == 0 || c.Reference != kept[0].Reference) {
			kept = append(kept, c)
		}
	}
	return kept
}
