//go:build !postgres

package account

import (
	"context"
	"strings"
	"testing"
	"time"

	"lectern/app/db"
	"lectern/app/dbtest"
)

// What every request asks, and what grows with the school, is found by an index.
func TestPlans(t *testing.T) {
	ctx, d, now := context.Background(), dbtest.New(t), time.Now()
	list := func(f StudentQuery) func(db.Querier) error {
		return func(q db.Querier) error { _, err := listStudents(ctx, q, f); return err }
	}
	none := func(error) error { return nil }                       // not there, but looked for
	const inOrder = "SCAN users USING COVERING INDEX users_listed" // of ids, as far as the page goes
	for name, tt := range map[string]struct {
		query func(q db.Querier) error
		scan  string // the one scan that may be
	}{
		"session":       {query: func(q db.Querier) error { _, _, err := sessionByToken(ctx, q, "x"); return none(err) }},
		"sessions":      {query: func(q db.Querier) error { _, err := liveSessions(ctx, q, "x", now); return err }},
		"by address":    {query: func(q db.Querier) error { _, err := credentialsByEmail(ctx, q, "x"); return none(err) }},
		"by id":         {query: func(q db.Querier) error { _, err := userByID(ctx, q, "x"); return none(err) }},
		"link":          {query: func(q db.Querier) error { _, err := findLink(ctx, q, ResetLink, "x"); return none(err) }},
		"throttle":      {query: func(q db.Querier) error { _, _, err := hits(ctx, q, "x", now, now); return err }},
		"any admin":     {query: func(q db.Querier) error { _, err := hasAdmin(ctx, q); return err }},
		"students":      {query: list(StudentQuery{Limit: 25}), scan: inOrder},
		"active ones":   {query: list(StudentQuery{Status: "active", After: "x", Limit: 25})},
		"inactive ones": {query: list(StudentQuery{Status: "inactive", Limit: 25}), scan: "SCAN users USING COVERING INDEX users_inactive"},
		"search":        {query: list(StudentQuery{Q: "asha rao", Limit: 25})},
		"by tag":        {query: list(StudentQuery{Tag: "x", Limit: 25})},
		"by course":     {query: list(StudentQuery{Course: "x", Status: "active", After: "x", Limit: 25})},
		"by both":       {query: list(StudentQuery{Tag: "x", Course: "y", Q: "asha", Limit: 25})},
		"their users":   {query: func(q db.Querier) error { _, err := usersByID(ctx, q, []string{"x", "y"}); return err }},
		"known":         {query: func(q db.Querier) error { _, err := usersByEmail(ctx, q, []string{"x", "y"}); return err }},
		"tags":          {query: func(q db.Querier) error { _, err := allTags(ctx, q); return err }, scan: "SCAN t"}, // of tags, not of who has them
		"notes":         {query: func(q db.Querier) error { _, err := notesOf(ctx, q, "x"); return err }},
		"their rows":    {query: func(q db.Querier) error { _, err := studentRows(ctx, q, []string{"x", "y"}); return err }},
	} {
		for _, line := range dbtest.Plans(t, d.Read(), tt.query) {
			scan := strings.HasPrefix(line, "SCAN") && !strings.HasPrefix(line, "SCAN m") // m counts matches, to a limit
			if scan && (tt.scan == "" || !strings.HasPrefix(line, tt.scan)) || name != "sessions" && strings.Contains(line, "ORDER BY") {
				t.Errorf("%s: %s", name, line)
			}
		}
	}
}
