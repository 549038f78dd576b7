package admin

import (
	"net/http"
	"slices"
	"strings"

	"lectern/app/fault"
)

// maxKey is more than any key has characters.
const maxKey = 64

// keyed returns what an address brings as a key, or nothing where it can't be one: PostgreSQL refuses to look for some
// bytes.
func keyed(s string) string {
	odd := func(c rune) bool {
		return (c < '0' || c > '9') && (c < 'a' || c > 'z') && (c < 'A' || c > 'Z') && c != '-' && c != '_'
	}
	if len(s) > maxKey || strings.ContainsFunc(s, odd) {
		return ""
	}
	return s
}

// pathKey returns the key in a request's path, NotFound where it can't be one.
func pathKey(r *http.Request, name string) (string, error) {
	if id := keyed(r.PathValue(name)); id != "" {
		return id, nil
	}
	return "", fault.New(fault.NotFound, "fault.not_found")
}

// oneOf returns the choice that an address makes, the first one where it makes none that there is.
func oneOf(choices []string, value string) string {
	if slices.Contains(choices, value) {
		return value
	}
	return choices[0]
}

// page cuts a list that has one row more than its page to that page, and returns the key of the next.
func page[T any](rows []T, size int, key func(T) string) (onPage []T, next string) {
	if len(rows) <= size {
		return rows, ""
	}
	rows = rows[:size]
	return rows, key(rows[size-1])
}
