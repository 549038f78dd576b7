//go:build !postgres

package crashtest

import (
	"testing"

	"lectern/app/db"
)

// checkFile looks through SQLite's file itself.
func checkFile(t *testing.T, d *db.DB) {
	if said, err := db.Value[string](ctx, d.Read(), "PRAGMA integrity_check"); err != nil || said != "ok" {
		t.Errorf("integrity: %s, %v", said, err)
	}
	if n := count(t, d, "SELECT count(*) FROM pragma_foreign_key_check"); n != 0 {
		t.Errorf("%d rows point at parents that are gone", n)
	}
}
