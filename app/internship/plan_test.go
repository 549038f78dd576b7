//go:build !postgres

package internship

import (
	"context"
	"strings"
	"testing"
	"time"

	"lectern/app/db"
	"lectern/app/dbtest"
)

// Whatever the number of applications, no query looks at every row.
func TestPlans_NothingIsScanned(t *testing.T) {
	t.Parallel()
	ctx, d := context.Background(), dbtest.New(t)
	of := func(q Query) func(db.Querier) error {
		return func(r db.Querier) error { _, err := list(ctx, r, q); return err }
	}
	for name, query := range map[string]func(q db.Querier) error{
		"all": of(Query{After: "x"}), "accepted": of(Query{Status: Accepted}), "of one internship": of(Query{Post: "x", After: "y"}),
		"accepted of one": of(Query{Post: "x", Status: Accepted}),
		"rows":            func(q db.Querier) error { _, err := rowsByID(ctx, q, []string{"x"}); return err },
		"of a student":    func(q db.Querier) error { applicationOf(ctx, q, "x", "y"); return nil },
		"unseen":          func(q db.Querier) error { _, err := unseen(ctx, q); return err },
		"since":           func(q db.Querier) error { _, err := since(ctx, q, time.Now()); return err },
		"notes":           func(q db.Querier) error { return addNotes(ctx, q, &File{}) },
		"letter":          func(q db.Querier) error { return addLetter(ctx, q, &File{}) },
		"others":          func(q db.Querier) error { return addOthers(ctx, q, &File{}) },
		"applied":         func(q db.Querier) error { _, err := anyApplied(ctx, q, "x"); return err },
	} {
		for _, line := range dbtest.Plans(t, d.Read(), query) {
			// A list is read in its order, from where it begins: that is a scan of an index, cut by LIMIT.
			if strings.HasPrefix(line, "SCAN") && !strings.HasPrefix(line, "SCAN applications USING") && !strings.HasPrefix(line, "SCAN CONSTANT") {
				t.Errorf("%s: %s", name, line)
			}
		}
	}
}
