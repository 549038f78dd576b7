// Package db opens SQLite or PostgreSQL behind one face: Read for queries, InTx for everything that changes. The build
// decides which: SQLite by default, PostgreSQL with the tag `postgres`. Only sqlite.go and postgres.go differ.
package db

import (
	"context"
	"database/sql"
	"encoding/binary"
	"errors"
	"fmt"
	"time"

	"github.com/rs/xid"
)

// DB is an open database. Safe for concurrent use.
type DB struct {
	reads, writes *sql.DB // two pools on one SQLite file; the same pool on PostgreSQL
	path          string  // of the SQLite file, else empty
	// migrations opens a pool for migrating, which on PostgreSQL may take its time and on SQLite rebuilds tables.
	migrations func() (*sql.DB, error)
}

// Querier is what stores need: Read(), or the transaction that InTx hands out.
type Querier interface {
	ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error)
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
}

// txLimit bounds a transaction: it holds the only writer of SQLite, and locks on PostgreSQL.
const txLimit = 10 * time.Second

// Read gives the pool for queries that change nothing.
func (d *DB) Read() Querier { return d.reads }

// InTx runs fn in one transaction: committed when fn returns nil, else rolled back and fn's error returned. fn may run
// again after a deadlock or serialisation failure, so it must do nothing but talk to tx. Inside fn use tx only:
// SQLite has one writer, and fn holds it.
func (d *DB) InTx(ctx context.Context, fn func(tx *sql.Tx) error) error {
	ctx, cancel := context.WithTimeout(ctx, txLimit)
	defer cancel()
	for try := 1; ; try++ {
		err := d.once(ctx, fn)
		if err == nil || try == 5 || !retryable(err) {
			return err
		}
		select {
		case <-ctx.Done():
			return err
		case <-time.After(time.Duration(try*try) * 5 * time.Millisecond):
		}
	}
}

func (d *DB) once(ctx context.Context, fn func(tx *sql.Tx) error) error {
	tx, err := d.writes.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback()
	if err := fn(tx); err != nil {
		return err
	}
	return tx.Commit()
}

// Ping answers whether the database can be read and, within the deadline of ctx, written.
func (d *DB) Ping(ctx context.Context) error {
	var one int
	return d.reads.QueryRowContext(ctx, "SELECT 1").Scan(&one)
}

// Close closes both pools; on SQLite the log is folded into the file.
func (d *DB) Close() error {
	if d.reads != d.writes {
		err := d.reads.Close()
		_, folded := d.writes.Exec("PRAGMA wal_checkpoint(PASSIVE)") // a connection that never read leaves the log as it is
		return errors.Join(err, folded, d.writes.Close())
	}
	return d.writes.Close()
}

// NewID makes a primary key: 20 characters that sort by time, so that indexes grow at their end and lists page by key.
func NewID() string { return xid.New().String() }

// FirstID sorts before every key that was made at t, to the second, or later, and after all that were made before.
func FirstID(t time.Time) string {
	var id xid.ID
	binary.BigEndian.PutUint32(id[:4], uint32(max(t.Unix(), 0))) // #nosec G115 -- seconds of a time that is not before 1970, until 2106
	return id.String()
}

// Changed runs a guarded statement and reports whether it touched a row: the way to change a state, since of two who
// try at once only one is told yes.
func Changed(ctx context.Context, q Querier, query string, args ...any) (bool, error) {
	res, err := q.ExecContext(ctx, query, args...)
	if err != nil {
		return false, err
	}
	n, err := res.RowsAffected()
	return n > 0, err
}

// Exec runs a statement whose count nobody needs.
func Exec(ctx context.Context, q Querier, query string, args ...any) error {
	_, err := q.ExecContext(ctx, query, args...)
	return err
}

// Scanner is a row being read, of one or of many.
type Scanner interface{ Scan(dest ...any) error }

// All collects the rows of a query, each read by scan. No rows give a nil slice.
func All[T any](ctx context.Context, q Querier, scan func(Scanner) (T, error), query string, args ...any) ([]T, error) {
	rows, err := q.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var all []T
	for rows.Next() {
		one, err := scan(rows)
		if err != nil {
			return nil, err
		}
		all = append(all, one)
	}
	return all, rows.Err()
}

// Value reads the single value of a query, sql.ErrNoRows where there is none.
func Value[T any](ctx context.Context, q Querier, query string, args ...any) (T, error) {
	var v T
	err := q.QueryRowContext(ctx, query, args...).Scan(&v)
	return v, err
}

// List makes the text `$from,$from+1,…` for an IN of n values, and appends the values to args.
func List[T any](args []any, values []T) (string, []any) {
	text := ""
	for i, v := range values {
		if i > 0 {
			text += ","
		}
		args = append(args, v)
		text += fmt.Sprintf("$%d", len(args))
	}
	return text, args
}

// Millis turns a time into what the database stores: UTC milliseconds.
func Millis(t time.Time) int64 { return t.UnixMilli() }

// Time is the way back.
func Time(ms int64) time.Time { return time.UnixMilli(ms).UTC() }

// MaybeTime reads a nullable time; the zero Time stands for NULL.
func MaybeTime(ms sql.NullInt64) time.Time {
	if !ms.Valid {
		return time.Time{}
	}
	return Time(ms.Int64)
}
