//go:build !postgres

package catalog

import (
	"context"
	"strings"
	"testing"
	"time"

	"lectern/app/db"
	"lectern/app/dbtest"
	"lectern/app/search"
)

func TestPlans(t *testing.T) {
	ctx, d := context.Background(), dbtest.New(t)
	list := func(query ListQuery) func(q db.Querier) error {
		return func(q db.Querier) error {
			found, err := search.Match(ctx, q, "course", query.Q)
			if err != nil {
				return err
			}
			cond, args := found.Cond("c.id", nil)
			_, err = listed(ctx, q, cond, args, query)
			return err
		}
	}
	const published = "SCAN c USING INDEX courses_listed" // reads what is published, and no draft
	for name, tt := range map[string]struct {
		query func(q db.Querier) error
		scan  string // the one scan that may be
		sort  bool   // whether rows may be sorted
	}{
		"by slug":  {query: func(q db.Querier) error { courseBySlug(ctx, q, "x"); return nil }}, // not there, but looked for,
		"by ids":   {query: func(q db.Querier) error { _, err := coursesByID(ctx, q, []string{"a", "b"}); return err }},
		"outline":  {query: func(q db.Querier) error { _, err := outline(ctx, q, "x"); return err }, sort: true},
		"featured": {query: func(q db.Querier) error { _, err := featured(ctx, q); return err }, scan: published},
		"first":    {query: func(q db.Querier) error { _, err := firstListed(ctx, q, 4); return err }, scan: published},
		"list":     {query: list(ListQuery{}), scan: published},
		"level":    {query: list(ListQuery{Level: "Advanced"}), scan: published},
		"newest":   {query: list(ListQuery{Sort: "newest"}), scan: published, sort: true},
		"price":    {query: list(ListQuery{Sort: "price"}), scan: published, sort: true},
		"admin":    {query: func(q db.Querier) error { _, err := adminList(ctx, q, AdminQuery{Limit: 50}); return err }, scan: "SCAN c USING INDEX courses_order"},
		"admin, a status": {query: func(q db.Querier) error {
			_, err := adminList(ctx, q, AdminQuery{Status: Draft, Limit: 50})
			return err
		}, scan: "SCAN c USING INDEX courses_order"},
		"admin, searched": {query: func(q db.Querier) error {
			_, err := adminList(ctx, q, AdminQuery{Q: "python", Limit: 50})
			return err
		}, sort: true},
		"deleted":  {query: func(q db.Querier) error { _, err := deleted(ctx, q, "x"); return err }, sort: true},
		"used":     {query: func(q db.Querier) error { _, err := isUsed(ctx, q, "x"); return err }, scan: "SCAN CONSTANT ROW"},
		"due":      {query: func(q db.Querier) error { _, err := duePrices(ctx, q, time.Now()); return err }, sort: true},
		"prices":   {query: func(q db.Querier) error { _, err := prices(ctx, q, "x"); return err }},
		"old slug": {query: func(q db.Querier) error { courseByOldSlug(ctx, q, "x"); return nil }},
		"search":   {query: list(ListQuery{Q: "python basics"}), sort: true},
	} {
		lines := dbtest.Plans(t, d.Read(), tt.query)
		if len(lines) == 0 {
			t.Errorf("%s: no plan", name)
		}
		for _, line := range lines {
			scan := strings.HasPrefix(line, "SCAN") && line != tt.scan && !strings.HasPrefix(line, "SCAN m")
			sort := strings.Contains(line, "TEMP B-TREE FOR ORDER BY") && !tt.sort
			if scan || sort {
				t.Errorf("%s: %s", name, line)
			}
		}
		t.Logf("%s: %s", name, strings.Join(lines, " | "))
	}
}
