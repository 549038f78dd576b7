package search

import (
	"context"
	"fmt"

	"lectern/app/db"
)

// List is a page of a table that is listed by its ids, which are in the order of time.
type List struct {
	Table  string
	Where  string // the condition for its rows to be in the list; empty: all are
	Owner  string // the column with the ids that are matched
	Of     string // a column in which all rows hold Value; empty: any
	Value  string
	Oldest bool   // come first
	After  string // the last id of the page before; empty: from the start
	Limit  int    // rows
}

// How many rows of a list are looked through, in their order, for the first Limit that match: where matches are many, a
// page of them is soon found. A word that very many have is looked for in few rows first.
const (
	window      = 5000
	smallWindow = 300
)

// Page returns the ids of l's first rows that m's own, in order.
func (m Matches) Page(ctx context.Context, q db.Querier, l List) ([]string, error) {
	switch {
	case m.All:
		return l.First(ctx, q, "1 = 1")
	case !m.Many && len(m.IDs) == 0:
		return nil, nil
	case !m.Many:
		return m.collect(ctx, q, l)
	}
	sizes := []int{window}
	if m.words[0].rows == common {
		sizes = []int{smallWindow, window}
	}
	for _, size := range sizes {
		ids, err := m.look(ctx, q, l, size)
		if err != nil || len(ids) == l.Limit {
			return ids, err
		}
		rows, args := l.rows("id", nil)
		if n, err := db.Value[int](ctx, q, fmt.Sprintf("SELECT count(*) FROM (%s LIMIT %d) w", rows, size), args...); err != nil || n < size {
			return ids, err // there are no more
		}
	}
	return m.collect(ctx, q, l)
}

// look finds the matches among the list's first rows.
func (m Matches) look(ctx context.Context, q db.Querier, l List, size int) ([]string, error) {
	rows, args := l.rows("id, "+l.Owner+" AS owner", nil)
	cond, args := m.cond("w.owner", size, args)
	return IDs(ctx, q, fmt.Sprintf("SELECT w.id FROM (%s LIMIT %d) w WHERE %s ORDER BY w.id %s LIMIT %d", rows, size, cond, l.direction(), l.Limit), args...)
}

// collect starts from the matches.
func (m Matches) collect(ctx context.Context, q db.Querier, l List) ([]string, error) {
	cond, args := m.Cond(l.Owner, nil)
	return l.Pick(ctx, q, cond, args...)
}

// First returns the ids of l's first rows that meet cond, which an index finds in the list's order.
func (l List) First(ctx context.Context, q db.Querier, cond string, args ...any) ([]string, error) {
	where, args := l.where(args)
	return IDs(ctx, q, fmt.Sprintf("SELECT id FROM %s WHERE %s AND %s ORDER BY id %s LIMIT %d", l.Table, cond, where, l.direction(), l.Limit), args...)
}

// Pick does the same where few rows meet cond. MATERIALIZED keeps both databases from looking for them through the list
// in its order, IS TRUE from looking through all that meet l's condition.
func (l List) Pick(ctx context.Context, q db.Querier, cond string, args ...any) ([]string, error) {
	where, args := l.where(args)
	return IDs(ctx, q, fmt.Sprintf("WITH m AS MATERIALIZED (SELECT id FROM %s WHERE %s AND (%s) IS TRUE) SELECT id FROM m ORDER BY id %s LIMIT %d",
		l.Table, cond, where, l.direction(), l.Limit), args...)
}

// rows selects columns of the list from its start on.
func (l List) rows(columns string, args []any) (string, []any) {
	where, args := l.where(args)
	return fmt.Sprintf("SELECT %s FROM %s WHERE %s ORDER BY id %s", columns, l.Table, where, l.direction()), args
}

func (l List) where(args []any) (string, []any) {
	where := l.Where
	if where == "" {
		where = "1 = 1"
	}
	if l.Of != "" {
		args = append(args, l.Value)
		where += fmt.Sprintf(" AND %s = $%d", l.Of, len(args))
	}
	if l.After != "" {
		args = append(args, l.After)
		compare := "<"
		if l.Oldest {
			compare = ">"
		}
		where += fmt.Sprintf(" AND id %s $%d", compare, len(args))
	}
	return where, args
}

func (l List) direction() string {
	if l.Oldest {
		return "ASC"
	}
	return "DESC"
}

// IDs runs a query for ids.
func IDs(ctx context.Context, q db.Querier, query string, args ...any) ([]string, error) {
	return db.All(ctx, q, func(row db.Scanner) (id string, err error) { return id, row.Scan(&id) }, query, args...)
}
