//go:build !postgres

package learning

import (
	"context"
	"database/sql"
	"errors"
	"strings"
	"testing"
	"time"

	"lectern/app/db"
	"lectern/app/dbtest"
)

// Whatever the number of students, no query looks at every row.
func TestPlans_NothingIsScanned(t *testing.T) {
	ctx, d, now := context.Background(), dbtest.New(t), time.Now()
	for name, query := range map[string]func(q db.Querier) error{
		"may open":          func(q db.Querier) error { _, err := mayOpen(ctx, q, "u", "c", now); return err },
		"enrollments":       func(q db.Querier) error { _, err := enrollments(ctx, q, "u", now); return err },
		"grants":            func(q db.Querier) error { _, err := grants(ctx, q, "u"); return err },
		"stats":             func(q db.Querier) error { _, err := stats(ctx, q); return err },
		"end order grants":  func(q db.Querier) error { _, err := endOrderGrants(ctx, q, "o", "u", now); return err },
		"insert enrollment": func(q db.Querier) error { return insertEnrollment(ctx, q, "u", "c", now) },
	} {
		rollback := errors.New("rollback")
		d.InTx(ctx, func(tx *sql.Tx) error {
			if err := db.Exec(ctx, tx, `PRAGMA defer_foreign_keys = 1`); err != nil { // the rows belong to nobody
				t.Fatal(err)
			}
			lines := dbtest.Plans(t, tx, query)
			if len(lines) == 0 {
				t.Errorf("%s: no plan", name)
			}
			for _, line := range lines {
				if strings.HasPrefix(line, "SCAN") && line != "SCAN CONSTANT ROW" {
					t.Errorf("%s: %s", name, line)
				}
			}
			t.Logf("%s: %s", name, strings.Join(lines, " | "))
			return rollback
		})
	}
}
