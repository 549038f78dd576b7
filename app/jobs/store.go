package jobs

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"lectern/app/db"
	"lectern/app/fault"
	"lectern/app/lang"
)

const jobColumns = `id, kind, params, columns, status, total, created_by, created_at, started_at, finished_at, last_error`

func scanJob(row db.Scanner, more ...any) (Job, error) {
	var j Job
	var columns string
	var created int64
	var started, finished sql.NullInt64
	dest := []any{&j.ID, &j.Kind, &j.Params, &columns, &j.Status, &j.Total, &j.By, &created, &started, &finished, &j.LastError}
	if err := row.Scan(append(dest, more...)...); err != nil {
		if errors.Is(err, sql.ErrNoRows) {
			err = fault.New(fault.NotFound, "fault.not_found")
		}
		return Job{}, err
	}
	j.CreatedAt, j.StartedAt, j.FinishedAt = db.Time(created), db.MaybeTime(started), db.MaybeTime(finished)
	return j, json.Unmarshal([]byte(columns), &j.Columns)
}

// Get returns a job. NotFound where there is none.
func Get(ctx context.Context, q db.Querier, id string) (Job, error) {
	return scanJob(q.QueryRowContext(ctx, `SELECT `+jobColumns+` FROM jobs WHERE id = $1`, id))
}

// Recent returns the last jobs that were started, of a kind or of all, the latest first.
func Recent(ctx context.Context, q db.Querier, kind, after string, limit int) ([]Job, error) {
	where, args := "status <> 'draft'", []any{limit}
	if kind != "" {
		args = append(args, kind)
		where += " AND kind = $2"
	}
	if after != "" {
		args = append(args, after)
		where += fmt.Sprintf(" AND id < $%d", len(args))
	}
	return db.All(ctx, q, func(row db.Scanner) (Job, error) { return scanJob(row) },
		`SELECT `+jobColumns+` FROM jobs WHERE `+where+` ORDER BY id DESC LIMIT $1`, args...)
}

// Count counts the items of a job by how they stand.
func Count(ctx context.Context, q db.Querier, id string) (Counts, error) {
	var c Counts
	err := q.QueryRowContext(ctx, `SELECT count(*) FILTER (WHERE state = 'waiting'), count(*) FILTER (WHERE state = 'done'),
		count(*) FILTER (WHERE state = 'kept'), count(*) FILTER (WHERE state = 'wrong') FROM job_items WHERE job_id = $1`, id).
		Scan(&c.Waiting, &c.Done, &c.Unchanged, &c.Wrong)
	return c, err
}

// Query chooses items of a job in their order.
type Query struct {
	State string // empty: all
	After int    // the position of the last one of the page before
	Limit int
}

// Items returns a page of a job's items.
func Items(ctx context.Context, q db.Querier, id string, f Query) ([]Item, error) {
	where, args := "job_id = $1 AND position > $2", []any{id, f.After}
	if f.State != "" {
		where, args = where+" AND state = $3", append(args, f.State)
	}
	return db.All(ctx, q, scanItem, fmt.Sprintf(`SELECT position, subject, cells, state, outcome, args FROM job_items WHERE %s ORDER BY position LIMIT %d`, where, f.Limit), args...)
}

func scanItem(row db.Scanner) (Item, error) {
	var it Item
	var cells, args string
	if err := row.Scan(&it.Position, &it.Subject, &cells, &it.State, &it.Outcome.Key, &args); err != nil {
		return it, err
	}
	if err := json.Unmarshal([]byte(cells), &it.Cells); err != nil {
		return it, err
	}
	err := json.Unmarshal([]byte(args), &it.Outcome.Args)
	for i, v := range it.Outcome.Args {
		if n, ok := v.(float64); ok { // as JSON has it; texts count in whole numbers
			it.Outcome.Args[i] = int64(n)
		}
	}
	return it, err
}

func insertJob(ctx context.Context, tx *sql.Tx, id string, p Plan, params string, now time.Time) error {
	columns, err := json.Marshal(append([]string{}, p.Columns...))
	if err != nil {
		return err
	}
	return db.Exec(ctx, tx, `INSERT INTO jobs (id, kind, params, columns, total, created_by, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7)`,
		id, p.Kind, params, string(columns), len(p.Items), p.By, db.Millis(now))
}

// atOnce is how many rows one statement inserts: PostgreSQL takes 65,535 parameters, SQLite half of that.
const atOnce = 1000

func insertItems(ctx context.Context, tx *sql.Tx, id string, items []Item) error {
	for start := 0; start < len(items); start += atOnce {
		var rows []string
		args := []any{id}
		for i, it := range items[start:min(start+atOnce, len(items))] {
			cells, err := json.Marshal(append([]string{}, it.Cells...))
			if err != nil {
				return err
			}
			if it.Position == 0 {
				it.Position = start + i + 1
			}
			args = append(args, it.Position, it.Subject, string(cells))
			n := len(args)
			rows = append(rows, fmt.Sprintf("($1, CAST($%d AS BIGINT), $%d, $%d)", n-2, n-1, n))
		}
		if err := db.Exec(ctx, tx, `INSERT INTO job_items (job_id, position, subject, cells) VALUES `+strings.Join(rows, ", "), args...); err != nil {
			return err
		}
	}
	return nil
}

func settleItem(ctx context.Context, tx *sql.Tx, id string, position int, r Result) error {
	args, err := json.Marshal(plain(r.Outcome.Args))
	if err != nil {
		return err
	}
	return db.Exec(ctx, tx, `UPDATE job_items SET state = $3, outcome = $4, args = $5, subject = CASE WHEN $6 <> '' THEN $6 ELSE subject END
		WHERE job_id = $1 AND position = $2 AND state = 'waiting'`, id, position, r.State, r.Outcome.Key, string(args), r.Subject)
}

// plain leaves of a text's values what JSON brings back as it was.
func plain(args []any) []any {
	kept := make([]any, len(args))
	for i, v := range args {
		switch v.(type) {
		case string, int, int64, int32:
			kept[i] = v
		case lang.Msg:
			kept[i] = ""
		default:
			kept[i] = fmt.Sprint(v)
		}
	}
	return kept
}
