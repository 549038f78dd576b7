package admin

import "slices"

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
