//go:build postgres

package db_test

import (
	"strings"
	"testing"

	"lectern/app/db"
	"lectern/app/dbtest"
)

// A large table takes longer to change than a statement of a page may.
func TestMigrate_HasItsTime(t *testing.T) {
	url := dbtest.URL(t)
	sep := "?"
	if strings.Contains(url, "?") {
		sep = "&"
	}
	d, err := db.Open(ctx, url+sep+"statement_timeout=1")
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	if err := db.Exec(ctx, d.Read(), `SELECT pg_sleep(0.02)`); err == nil {
		t.Fatal("statements have no limit here")
	}
	if err := migrate(d, ""); err != nil {
		t.Error(err)
	}
}
