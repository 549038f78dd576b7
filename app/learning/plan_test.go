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
	"lectern/app/search"
)

// Whatever the number of students, no query looks at every row.
func TestPlans_NothingIsScanned(t *testing.T) {
	ctx, d, now := context.Background(), dbtest.New(t), time.Now()
	for name, query := range map[string]func(q db.Querier) error{
		"may open":    func(q db.Querier) error { _, err := mayOpen(ctx, q, "u", "c", now); return err },
		"enrollments": func(q db.Querier) error { _, err := enrollments(ctx, q, "u", now); return err },
		"grants":      func(q db.Querier) error { _, err := grants(ctx, q, "u"); return err },
		"list": func(q db.Querier) error {
			_, err := enrollmentIDs(ctx, q, EnrollmentQuery{After: "e", Limit: 50}, source{students: search.Matches{All: true}}, now)
			return err
		},
		"list, one course": func(q db.Querier) error {
			_, err := enrollmentIDs(ctx, q, EnrollmentQuery{Limit: 50}, source{search.Matches{All: true}, "c"}, now)
			return err
		},
		"list, students": func(q db.Querier) error {
			_, err := enrollmentIDs(ctx, q, EnrollmentQuery{Status: Ended, Limit: 50}, source{search.Matches{IDs: []string{"u"}}, "c"}, now)
			return err
		},
		"list, ended": func(q db.Querier) error {
			_, err := enrollmentIDs(ctx, q, EnrollmentQuery{Status: Ended, Limit: 50}, source{students: search.Matches{All: true}}, now)
			return err
		},
		"list, ended, one course": func(q db.Querier) error {
			_, err := enrollmentIDs(ctx, q, EnrollmentQuery{Status: Ended, Limit: 50}, source{search.Matches{All: true}, "c"}, now)
			return err
		},
		"list, rows":        func(q db.Querier) error { _, err := enrollmentRows(ctx, q, []string{"e"}, now); return err },
		"list, grants":      func(q db.Querier) error { return addGrants(ctx, q, []EnrollmentRow{{UserID: "u"}}) },
		"stats":             func(q db.Querier) error { _, err := stats(ctx, q); return err },
		"settle":            func(q db.Querier) error { return settle(ctx, q, "u", "c") },
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
				ended := line == "SCAN enrollments USING COVERING INDEX enrollments_ending" // of many, the few that ended
				if strings.HasPrefix(line, "SCAN") && line != "SCAN CONSTANT ROW" && line != "SCAN m" && !(ended && name == "list, ended") {
					t.Errorf("%s: %s", name, line)
				}
			}
			t.Logf("%s: %s", name, strings.Join(lines, " | "))
			return rollback
		})
	}
}
