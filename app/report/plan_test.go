//go:build !postgres

package report

import (
	"context"
	"strings"
	"testing"
	"time"

	"lectern/app/db"
	"lectern/app/dbtest"
)

// No query looks at a whole table of rows, but for counts, which read an index alone.
func TestPlans(t *testing.T) {
	ctx, d := context.Background(), dbtest.New(t)
	borders := []time.Time{time.UnixMilli(1), time.UnixMilli(2), time.UnixMilli(3)}
	for name, query := range map[string]func(q db.Querier) error{
		"days":     func(q db.Querier) error { _, err := came(ctx, q, borders, "INR"); return err },
		"back":     func(q db.Querier) error { _, err := takenBack(ctx, q, borders, "INR"); return err },
		"staff":    func(q db.Querier) error { _, err := staff(ctx, q); return err },
		"counts":   func(q db.Querier) error { _, err := countFrom(ctx, q, borders[0]); return err },
		"receipts": func(q db.Querier) error { _, err := receiptsOf(ctx, q, "x"); return err },
		"things":   func(q db.Querier) error { _, err := things(ctx, q, []string{"a", "b"}); return err },
		"find":     func(q db.Querier) error { _, _, err := find(ctx, q, []string{"a", "b"}); return err },
	} {
		lines := dbtest.Plans(t, d.Read(), query)
		if len(lines) == 0 {
			t.Errorf("%s: no plan", name)
		}
		for _, line := range lines {
			table, found := strings.CutPrefix(line, "SCAN ")
			small := table == "d" || table == "l" || strings.Contains(line, "CONSTANT ROW") // what the query itself brings
			if found && !small && !strings.Contains(line, "COVERING INDEX") {
				t.Errorf("%s: %s", name, line)
			}
		}
		if name == "back" && (strings.Contains(strings.Join(lines, " "), "recorded (") || strings.Contains(strings.Join(lines, " "), "refunds_created")) {
			t.Errorf("a whole day is read: %s", lines)
		}
		if name == "staff" && !strings.Contains(strings.Join(lines, " "), "users_staff (role>?)") {
			t.Errorf("everybody is read: %s", lines)
		}
		t.Logf("%s: %s", name, strings.Join(lines, " | "))
	}
}
