//go:build !postgres

package mail

import (
	"context"
	"strings"
	"testing"

	"lectern/app/db"
	"lectern/app/dbtest"
)

// However many letters were sent, a search looks at those it finds.
func TestPlans_NothingIsScanned(t *testing.T) {
	ctx, d := context.Background(), dbtest.New(t)
	for name, f := range map[string]Filter{
		"all": {Limit: 50}, "sent": {Status: "sent", After: "x", Limit: 50},
		"found": {Q: "asha@example.com", Limit: 50}, "found, sent": {Q: "asha@example.com", Status: "sent", After: "x", Limit: 50},
	} {
		for _, line := range dbtest.Plans(t, d.Read(), func(q db.Querier) error { _, err := List(ctx, q, f); return err }) {
			inOrder := f.Q == "" && strings.HasPrefix(line, "SCAN o USING INDEX")
			if strings.HasPrefix(line, "SCAN") && line != "SCAN found" && !inOrder {
				t.Errorf("%s: %s", name, line)
			}
		}
	}
}
