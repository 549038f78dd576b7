//go:build !postgres

package dbtest

import (
	"path/filepath"
	"testing"
)

// URL returns the address of a database of the test's own, which doesn't exist yet.
func URL(t testing.TB) string {
	t.Helper()
	return "sqlite:" + filepath.Join(t.TempDir(), "lectern.db")
}
