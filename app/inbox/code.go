package inbox

import (
	"crypto/rand"
	"regexp"
	"strings"
)

// symbols are Crockford's: no I, L, O and U, which are read or said wrongly.
const symbols = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"

// newCode makes what a sender names his message by: M-7F3K9Q.
func newCode() string {
	var b [6]byte
	rand.Read(b[:])
	for i, c := range b {
		b[i] = symbols[c%32]
	}
	return "M-" + string(b[:])
}

var codes = regexp.MustCompile(`^M-?([0-9A-HJKMNP-TV-Z]{6})$`)

// ParseCode reads a message's code however it was typed.
func ParseCode(typed string) (code string, ok bool) {
	m := codes.FindStringSubmatch(strings.ToUpper(strings.TrimSpace(typed)))
	if m == nil {
		return "", false
	}
	return "M-" + m[1], true
}
