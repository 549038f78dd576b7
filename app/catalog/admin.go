package catalog

import (
	"context"
	"fmt"
	"slices"

	"lectern/app/db"
	"lectern/app/fault"
	"lectern/app/search"
)

// AdminQuery chooses courses for admins.
type AdminQuery struct {
	Q      string // words, as ListQuery's
	Status string // one of Statuses; anything else: all
	After  string // id of the last course of the page before
	Limit  int
}

// AdminRow is a course in a list for admins.
type AdminRow struct {
	Course
	Counts
}

// Counts are what hangs on a course.
type Counts struct {
	Sections, Lessons int64
	Enrolled          int64 // students who are, or were, in it
	OpenOrders        int64
}

// AdminList lists courses in the school's order. It returns one row more than Limit where there is a next page.
func (s *Service) AdminList(ctx context.Context, q AdminQuery) ([]AdminRow, error) {
	rows, err := adminList(ctx, s.db.Read(), q)
	for i, r := range rows {
		rows[i].Course = r.At(s.now())
	}
	return rows, err
}

// Counts counts what hangs on a course.
func (s *Service) Counts(ctx context.Context, id string) (c Counts, err error) {
	err = s.db.Read().QueryRowContext(ctx, `SELECT `+countColumns+` FROM courses c WHERE c.id = $1`, id).Scan(c.fields()...)
	return c, err
}

// Used reports whether anybody ever had anything to do with a course: then it can't be deleted.
func (s *Service) Used(ctx context.Context, id string) (bool, error) {
	return isUsed(ctx, s.db.Read(), id)
}

const countColumns = `(SELECT count(*) FROM sections s WHERE s.course_id = c.id AND s.deleted_at IS NULL),
	(SELECT count(*) FROM sections s JOIN lessons l ON l.section_id = s.id WHERE s.course_id = c.id AND s.deleted_at IS NULL AND l.deleted_at IS NULL),
	(SELECT count(*) FROM enrollments e WHERE e.course_id = c.id),
	(SELECT count(*) FROM orders o WHERE o.item_id = c.id AND o.status = 'open')`

func (c *Counts) fields() []any { return []any{&c.Sections, &c.Lessons, &c.Enrolled, &c.OpenOrders} }

func adminList(ctx context.Context, r db.Querier, q AdminQuery) ([]AdminRow, error) {
	found, err := search.Match(ctx, r, "course", q.Q)
	if err != nil {
		return nil, err
	}
	cond, args := found.Cond("c.id", nil)
	if slices.Contains(Statuses, q.Status) {
		args = append(args, q.Status)
		cond += fmt.Sprintf(" AND c.status = $%d", len(args))
	}
	if q.After != "" {
		last, err := courseByID(ctx, r, q.After)
		switch {
		case err == nil:
			args = append(args, last.Position, last.ID)
			cond += fmt.Sprintf(" AND (c.position, c.id) > ($%d, $%d)", len(args)-1, len(args))
		case !fault.Is(err, fault.NotFound): // an unknown key begins at the start
			return nil, err
		}
	}
	args = append(args, q.Limit+1)
	return db.All(ctx, r, func(row db.Scanner) (a AdminRow, err error) {
		a.Course, err = scanCourse(tail{row, a.Counts.fields()})
		return a, err
	}, fmt.Sprintf(`SELECT `+columns+`, `+countColumns+` FROM courses c WHERE %s ORDER BY c.position, c.id LIMIT $%d`, cond, len(args)), args...)
}

// tail is a row with further columns behind those that are asked for.
type tail struct {
	db.Scanner
	fields []any
}

func (t tail) Scan(dest ...any) error { return t.Scanner.Scan(append(dest, t.fields...)...) }
