//go:build postgres

package crashtest

import (
	"testing"

	"lectern/app/db"
)

// checkFile is for SQLite: a PostgreSQL server, which wasn't killed, looks after its own files.
func checkFile(*testing.T, *db.DB) {}
