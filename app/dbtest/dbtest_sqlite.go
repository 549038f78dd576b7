//go:build !postgres

package dbtest

import (
	"os"
	"path/filepath"
	"sync"
	"testing"
)

// URL returns the address of a database of the test's own, which doesn't exist yet.
func URL(t testing.TB) string {
	t.Helper()
	return "sqlite:" + filepath.Join(t.TempDir(), "lectern.db")
}

// MigratedURL returns the address of a migrated database of the test's own.
func MigratedURL(t testing.TB) string {
	t.Helper()
	data, err := model()
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "lectern.db")
	if err := os.WriteFile(file, data, 0o600); err != nil {
		t.Fatal(err)
	}
	return "sqlite:" + file
}

var model = sync.OnceValues(func() ([]byte, error) {
	dir, err := os.MkdirTemp("", "lectern-model-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	file := filepath.Join(dir, "lectern.db")
	if err := migrate("sqlite:" + file); err != nil {
		return nil, err
	}
	return os.ReadFile(file)
})
