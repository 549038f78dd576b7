package search

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"

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

// windows are how many rows of a list are looked through, in its order, for the first Limit that match: where matches are
// many, a page of them is soon found. The first tells whether the second would do.
var windows = [2]int{500, 3000}

// Page returns the ids of l's first rows that m's own, in order.
func (m Matches) Page(ctx context.Context, q db.Querier, l List) ([]string, error) {
	switch {
	case m.All:
		return l.First(ctx, q, "1 = 1")
	case !m.Many && l.Owner == "id":
		return l.among(ctx, q, m.IDs)
	case !m.Many && len(m.IDs) < few/4: // collected in the time in which a window is looked through
		return m.collect(ctx, q, l)
	}
	ids, done, err := m.look(ctx, q, l)
	switch {
	case err != nil || done:
		return ids, err
	case m.Many && len(m.words) > 1:
		if m, err = m.narrow(ctx, q); err == nil && !m.Many {
			return m.Page(ctx, q, l)
		}
	case m.Many && l.Owner == "id":
		var whole bool
		if ids, whole, err = m.holding(ctx, q, m.words[0]); err == nil && whole {
			return l.among(ctx, q, ids)
		}
	}
	if err != nil {
		return nil, err
	}
	return m.collect(ctx, q, l)
}

// look looks for the page in the list's windows. done: there it is.
func (m Matches) look(ctx context.Context, q db.Querier, l List) (ids []string, done bool, err error) {
	for _, size := range windows {
		end, err := l.end(ctx, q, size)
		if err != nil {
			return nil, false, err
		}
		ids, err = m.walk(ctx, q, l, end)
		if err != nil || len(ids) == l.Limit || end == "" {
			return ids, true, err
		}
		if len(ids)*windows[1] < l.Limit*size {
			break
		}
	}
	return nil, false, nil
}

// end is the id of the row with which a window of that size ends; empty: the list ends before.
func (l List) end(ctx context.Context, q db.Querier, size int) (string, error) {
	where, args := l.where(nil)
	id, err := db.Value[string](ctx, q, fmt.Sprintf("SELECT id FROM %s WHERE %s ORDER BY id %s LIMIT 1 OFFSET %d", l.Table, where, l.direction(), size), args...)
	if errors.Is(err, sql.ErrNoRows) {
		return "", nil
	}
	return id, err
}

// walk finds the matches in the window that ends with the row of that id: row by row, until they fill the page.
func (m Matches) walk(ctx context.Context, q db.Querier, l List, end string) ([]string, error) {
	cond, args := m.each(l.Table+"."+l.Owner, nil)
	if end != "" {
		args = append(args, end)
		cond += fmt.Sprintf(" AND id %s $%d", l.before(), len(args))
	}
	return l.First(ctx, q, cond, args...)
}

// among finds the first of ids, which are sorted, that are in the list.
func (l List) among(ctx context.Context, q db.Querier, ids []string) (found []string, err error) {
	if l.After != "" {
		at, known := slices.BinarySearch(ids, l.After)
		switch {
		case !l.Oldest:
			ids = ids[:at]
		case known:
			ids = ids[at+1:]
		default:
			ids = ids[at:]
		}
	}
	for len(found) < l.Limit && len(ids) > 0 {
		n := min(len(ids), 4*l.Limit)
		next := ids[:n]
		if l.Oldest {
			ids = ids[n:]
		} else {
			next, ids = ids[len(ids)-n:], ids[:len(ids)-n]
		}
		of, args := db.In("id", next, nil)
		some, err := l.Pick(ctx, q, of, args...)
		if err != nil {
			return nil, err
		}
		found = append(found, some...)
	}
	return found[:min(len(found), l.Limit)], nil
}

// collect starts from the matches.
func (m Matches) collect(ctx context.Context, q db.Querier, l List) ([]string, error) {
	if !m.Many && len(m.IDs) == 0 {
		return nil, nil
	}
	cond, args := m.Cond(l.Table+"."+l.Owner, nil)
	return l.Pick(ctx, q, cond, args...)
}

// First returns the ids of l's first rows that meet cond, which an index finds in the list's order.
func (l List) First(ctx context.Context, q db.Querier, cond string, args ...any) ([]string, error) {
	where, args := l.where(args)
	return IDs(ctx, q, fmt.Sprintf("SELECT id FROM %s WHERE %s AND %s ORDER BY id %s LIMIT %d", l.Table, cond, where, l.direction(), l.Limit), args...)
}

// Pick does the same where few rows meet cond. What they are sorted by keeps both databases from looking for them through
// the list in its order, IS TRUE from looking through all that meet l's condition.
func (l List) Pick(ctx context.Context, q db.Querier, cond string, args ...any) ([]string, error) {
	where, args := l.where(args)
	return IDs(ctx, q, fmt.Sprintf("SELECT id FROM %s WHERE %s AND (%s) IS TRUE ORDER BY id || '' %s LIMIT %d", l.Table, cond, where, l.direction(), l.Limit), args...)
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

// before compares ids that come before another in the list with that.
func (l List) before() string {
	if l.Oldest {
		return "<"
	}
	return ">"
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
