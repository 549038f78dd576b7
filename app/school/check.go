package school

import (
	"net/mail"
	"net/url"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"lectern/app/lang"
)

const (
	maxText   = 300     // characters of a setting
	maxLines  = 1000    // characters of one of several lines
	maxExpiry = 90 * 24 // hours that an order may wait
)

// check cleans a text for the setting and says what is wrong with it, nil when nothing is.
func (d Descriptor) check(text string) (string, *lang.Msg) {
	text = strings.TrimSpace(strings.ReplaceAll(text, "\r\n", "\n")) // as forms send lines
	switch {
	case text == "" && d.Default != "":
		return text, wrong("school.missing")
	case text == "":
		return text, nil
	case utf8.RuneCountInString(text) > d.Max():
		return text, wrong("school.long", "max", d.Max())
	case !utf8.ValidString(text) || strings.ContainsFunc(text, d.forbids):
		return text, wrong("school.control")
	}
	switch d.Kind {
	case Email:
		if a, err := mail.ParseAddress(text); err != nil || a.Address != text {
			return text, wrong("school.email")
		}
	case Phone:
		if !isPhone(text) {
			return text, wrong("school.phone")
		}
	case Link:
		if u, err := url.Parse(text); err != nil || u.Scheme != "https" || u.Host == "" || u.User != nil {
			return text, wrong("school.link")
		}
	case Count:
		if n, err := strconv.Atoi(text); err != nil || n < 1 || n > maxExpiry {
			return text, wrong("school.count", "max", maxExpiry)
		}
	case Week:
		h, err := ParseHours(text)
		if err != nil {
			return text, wrong("school.hours")
		}
		return h.String(), nil
	case Zone:
		if z, err := time.LoadLocation(text); err != nil || z == time.Local {
			return text, wrong("school.zone")
		}
	case Color:
		return checkColor(text)
	case Image:
		return checkPicture(text)
	case Switch:
		if text != On && text != Off {
			return text, wrong("school.switch")
		}
	}
	return text, nil
}

// Max is the number of characters that the setting may have.
func (d Descriptor) Max() int {
	if d.Kind == Text {
		return maxLines
	}
	return maxText
}

// forbids tells what no text may hold: control characters, but for the line breaks of a text of several lines.
func (d Descriptor) forbids(c rune) bool {
	return unicode.IsControl(c) && (c != '\n' || d.Kind != Text)
}

// isPhone takes numbers as people write them: 6 to 15 digits (E.164), with spaces and the usual signs between them.
func isPhone(text string) bool {
	digits := 0
	for i, c := range text {
		switch {
		case c >= '0' && c <= '9':
			digits++
		case c == '+' && i == 0, strings.ContainsRune(" ()-./", c):
		default:
			return false
		}
	}
	return digits >= 6 && digits <= 15
}
