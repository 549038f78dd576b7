//go:build !postgres

package search_test

import (
	"context"
	"strings"
	"testing"

	"lectern/app/db"
	"lectern/app/dbtest"
	"lectern/app/search"
)

// However many match, no table is looked through as a whole: a list only in its order, as far as a window goes, and the
// words only where they begin as they should.
func TestPlans(t *testing.T) {
	ctx, d := context.Background(), newCrowd(t)
	for _, query := range crowded {
		for _, l := range []search.List{
			{Table: "users", Where: "role = 'student'", Owner: "id", Limit: 51}, {Table: "users", Where: "role = 'student'", Owner: "id", After: "u00400", Limit: 51},
			{Table: "users", Where: "role = 'student' AND deactivated_at IS NOT NULL", Owner: "id", Limit: 51},
			{Table: "sessions", Owner: "user_id", Limit: 51, Oldest: true},
		} {
			lines := dbtest.Plans(t, d.Read(), func(q db.Querier) error {
				found, err := search.Match(ctx, q, "student", query)
				if err != nil {
					return err
				}
				_, err = found.Page(ctx, q, l)
				return err
			})
			for _, line := range lines {
				scan := strings.HasPrefix(line, "SCAN ") && !strings.HasPrefix(line, "SCAN m") && !strings.HasPrefix(line, "SCAN w")
				if scan && !strings.HasPrefix(line, "SCAN "+l.Table+" USING") || strings.Contains(line, "AUTOMATIC") {
					t.Errorf("%q in %+v: %s", query, l, line)
				}
			}
			t.Logf("%q in %s: %s", query, l.Table, strings.Join(lines, " | "))
		}
	}
}
