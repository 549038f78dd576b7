package jobs

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"time"

	"lectern/app/audit"
	"lectern/app/db"
	"lectern/app/fault"
	"lectern/app/lang"
)

// How a job stands.
const (
	Draft     = "draft" // waits for somebody who says go; forgotten after a day
	Open      = "open"
	Done      = "done"
	Cancelled = "cancelled"
	Stopped   = "stopped" // gave up: item after item broke
)

// How an item stands.
const (
	Waiting   = "waiting"
	Did       = "done"
	Unchanged = "kept"  // there was nothing to do
	Wrong     = "wrong" // it can't be done as it is
)

// Job is long work, done item by item.
type Job struct {
	ID, Kind   string
	Params     string // JSON of the kind's own
	Columns    []string
	Status     string
	Total      int
	By         string // users.id
	CreatedAt  time.Time
	StartedAt  time.Time // zero: not yet
	FinishedAt time.Time // zero: not yet
	LastError  string
}

// Read fills params from what the job was made with.
func (j Job) Read(params any) error { return json.Unmarshal([]byte(j.Params), params) }

// Item is one thing to do.
type Item struct {
	Position int // from 1
	Subject  string
	Cells    []string
	State    string
	Outcome  lang.Msg
}

// Cell returns a cell, empty where there is none.
func (it Item) Cell(i int) string {
	if i < 0 || i >= len(it.Cells) {
		return ""
	}
	return it.Cells[i]
}

// Result is what became of an item.
type Result struct {
	State   string // Did, Unchanged or Wrong
	Outcome lang.Msg
	Subject string // when it is known now
}

// Counts are the items of a job by how they stand.
type Counts struct{ Waiting, Done, Unchanged, Wrong int }

// Handled is how many items are through.
func (c Counts) Handled() int { return c.Done + c.Unchanged + c.Wrong }

// Plan is a job to be.
type Plan struct {
	Kind    string
	Params  any
	Columns []string
	Items   []Item // Subject and Cells; and Position, growing, unless they are to be counted
	By      string // users.id
}

// Create writes a draft as part of tx and returns its id. Nothing is done before Start.
func Create(ctx context.Context, tx *sql.Tx, now time.Time, p Plan) (string, error) {
	params, err := json.Marshal(p.Params)
	if err != nil {
		return "", err
	}
	id := db.NewID()
	if err := insertJob(ctx, tx, id, p, string(params), now); err != nil {
		return "", err
	}
	return id, insertItems(ctx, tx, id, p.Items)
}

// Change gives a draft other params. Conflict where it is none any more.
func Change(ctx context.Context, tx *sql.Tx, id string, params any) error {
	text, err := json.Marshal(params)
	if err != nil {
		return err
	}
	ok, err := db.Changed(ctx, tx, `UPDATE jobs SET params = $2 WHERE id = $1 AND status = 'draft'`, id, string(text))
	return orConflict(ok, err)
}

// Start says go to a draft, once: Conflict for whoever says it after another.
func Start(ctx context.Context, tx *sql.Tx, id, by string, now time.Time) error {
	ok, err := db.Changed(ctx, tx, `UPDATE jobs SET status = 'open', started_at = $2, run_at = $2 WHERE id = $1 AND status = 'draft'`, id, db.Millis(now))
	if err := orConflict(ok, err); err != nil {
		return err
	}
	return record(ctx, tx, id, by, "job.start", now)
}

// Cancel ends a job between two of its chunks: what was done stays done. Conflict where it isn't under way.
func Cancel(ctx context.Context, d *db.DB, id, by string, now time.Time) error {
	return d.InTx(ctx, func(tx *sql.Tx) error {
		ok, err := db.Changed(ctx, tx, `UPDATE jobs SET status = 'cancelled', finished_at = $2, locked_until = 0 WHERE id = $1 AND status IN ('open', 'stopped')`, id, db.Millis(now))
		if err := found(ctx, tx, id, ok, err); err != nil {
			return err
		}
		return record(ctx, tx, id, by, "job.cancel", now)
	})
}

// Resume lets a job that was cancelled, or gave up, go on with what still waits. Conflict where it does already, or is done.
func Resume(ctx context.Context, d *db.DB, id, by string, now time.Time) error {
	return d.InTx(ctx, func(tx *sql.Tx) error {
		ok, err := db.Changed(ctx, tx, `UPDATE jobs SET status = 'open', finished_at = NULL, run_at = $2, tries = 0, broken = 0, last_error = ''
			WHERE id = $1 AND status IN ('cancelled', 'stopped')`, id, db.Millis(now))
		if err := found(ctx, tx, id, ok, err); err != nil {
			return err
		}
		return record(ctx, tx, id, by, "job.resume", now)
	})
}

// Discard forgets a draft. Conflict where it is none any more.
func Discard(ctx context.Context, tx *sql.Tx, id string) error {
	ok, err := db.Changed(ctx, tx, `DELETE FROM jobs WHERE id = $1 AND status = 'draft'`, id)
	return orConflict(ok, err)
}

// Settle says what became of items of a draft before any work, such as lines that stand twice in a file.
func Settle(ctx context.Context, tx *sql.Tx, id string, position int, r Result) error {
	return settleItem(ctx, tx, id, position, r)
}

// Forget takes what people know a subject by out of all jobs.
func Forget(ctx context.Context, tx *sql.Tx, subject string) error {
	return db.Exec(ctx, tx, `UPDATE job_items SET cells = '[]', subject = '' WHERE subject = $1`, subject)
}

const (
	draftLife = 24 * time.Hour
	jobLife   = 30 * 24 * time.Hour
)

// Clean forgets drafts that nobody started, and what ended a month ago.
func Clean(ctx context.Context, d *db.DB, now time.Time) error {
	return d.InTx(ctx, func(tx *sql.Tx) error {
		return errors.Join(
			db.Exec(ctx, tx, `DELETE FROM jobs WHERE status = 'draft' AND created_at < $1`, db.Millis(now.Add(-draftLife))),
			db.Exec(ctx, tx, `DELETE FROM jobs WHERE finished_at < $1`, db.Millis(now.Add(-jobLife))))
	})
}

func orConflict(ok bool, err error) error {
	if err == nil && !ok {
		err = fault.New(fault.Conflict, "fault.conflict")
	}
	return err
}

func found(ctx context.Context, tx *sql.Tx, id string, ok bool, err error) error {
	if err == nil && !ok {
		if _, err := Get(ctx, tx, id); err != nil {
			return err
		}
	}
	return orConflict(ok, err)
}

func record(ctx context.Context, tx *sql.Tx, id, by, action string, now time.Time) error {
	return audit.Record(ctx, tx, audit.Entry{At: now, Actor: by, Action: action, Kind: "job", Subject: id})
}
