//go:build !postgres

package dbtest

import (
	"context"
	"database/sql"
	"strings"
	"testing"

	"lectern/app/db"
)

// Plans runs fn with a Querier on top of q and returns the lines of SQLite's plan for every statement that fn runs, such
// as "SEARCH g USING INDEX grants_user (user_id=?)". A line that begins with SCAN looks at every row; those of the
// query's own list, see db.In, are left out.
func Plans(t testing.TB, q db.Querier, fn func(q db.Querier) error) []string {
	t.Helper()
	e := &explainer{Querier: q, t: t}
	if err := fn(e); err != nil {
		t.Fatal(err)
	}
	return e.lines
}

type explainer struct {
	db.Querier
	t     testing.TB
	lines []string
}

func (e *explainer) explain(ctx context.Context, query string, args []any) {
	e.t.Helper()
	lines, err := db.All(ctx, e.Querier, func(row db.Scanner) (line string, err error) {
		var id, parent, unused int
		err = row.Scan(&id, &parent, &unused, &line)
		return line, err
	}, "EXPLAIN QUERY PLAN "+query, args...)
	if err != nil {
		e.t.Fatalf("%v in %s", err, query)
	}
	for _, line := range lines {
		if !strings.HasPrefix(line, "SCAN json_each ") {
			e.lines = append(e.lines, line)
		}
	}
}

func (e *explainer) ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error) {
	e.explain(ctx, query, args)
	return e.Querier.ExecContext(ctx, query, args...)
}

func (e *explainer) QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	e.explain(ctx, query, args)
	return e.Querier.QueryContext(ctx, query, args...)
}

func (e *explainer) QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row {
	e.explain(ctx, query, args)
	return e.Querier.QueryRowContext(ctx, query, args...)
}
