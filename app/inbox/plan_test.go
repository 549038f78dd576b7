//go:build !postgres

package inbox

import (
	"context"
	"strings"
	"testing"
	"time"

	"lectern/app/db"
	"lectern/app/dbtest"
)

// Whatever the number of messages, no query looks at every row.
func TestPlans_NothingIsScanned(t *testing.T) {
	t.Parallel()
	ctx, d := context.Background(), dbtest.New(t)
	of := func(q Query) func(db.Querier) error {
		return func(r db.Querier) error { _, err := list(ctx, r, q); return err }
	}
	for name, query := range map[string]func(q db.Querier) error{
		"to do": of(Query{}), "to do, second page": of(Query{After: "open.x"}), "closed": of(Query{Status: Closed}), "all": of(Query{Status: "all", After: "open.x"}),
		"by code": of(Query{Q: "M-7F3K9Q"}), "rows": func(q db.Querier) error { _, err := messagesByID(ctx, q, []string{"x"}); return err },
		"unread": func(q db.Querier) error { _, err := unread(ctx, q); return err }, "since": func(q db.Querier) error { _, err := since(ctx, q, time.Now()); return err },
		"entries": func(q db.Querier) error { _, err := entries(ctx, q, "x"); return err }, "account": func(q db.Querier) error { _, err := accountOf(ctx, q, "x"); return err },
		"others": func(q db.Querier) error { _, err := others(ctx, q, "x"); return err },
	} {
		for _, line := range dbtest.Plans(t, d.Read(), query) {
			// A list is read in its order, from where it begins: that is a scan of an index, cut by LIMIT.
			if strings.HasPrefix(line, "SCAN") && !strings.HasPrefix(line, "SCAN messages USING") && !strings.HasPrefix(line, "SCAN CONSTANT") {
				t.Errorf("%s: %s", name, line)
			}
			if strings.Contains(line, "TEMP B-TREE") {
				t.Errorf("%s: %s", name, line)
			}
		}
	}
}
