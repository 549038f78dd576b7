package app_test

import (
	"slices"
	"strings"
	"testing"

	"lectern/app/content"
)

// A page of the school's must not lie under an address of the program's.
func TestReserved_CoversEveryRoute(t *testing.T) {
	for _, r := range routeTable(t) {
		first, _, _ := strings.Cut(strings.TrimPrefix(r.path, "/"), "/")
		if first == "" || strings.Contains(first, "{") || strings.Contains(first, ".") { // no slug has a dot
			continue
		}
		if !slices.Contains(content.Reserved, first) {
			t.Errorf("%s: add %q to content.Reserved", r.path, first)
		}
	}
}
