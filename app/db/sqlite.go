//go:build !postgres

package db

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"time"

	"github.com/pressly/goose/v3"
	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

const (
	dialect = goose.DialectSQLite3
	// Suffix names the migrations of the other database, which this build leaves out.
	otherSuffix = ".postgres.sql"
	// Kind names the database of this build in messages.
	Kind = "SQLite"
)

// common pragmas: answered writes are on disk (FULL), foreign keys hold, strings are never mistaken for columns.
const common = "_pragma=busy_timeout(10000)&_pragma=journal_mode(WAL)&_pragma=synchronous(FULL)&_pragma=foreign_keys(1)" +
	"&_pragma=journal_size_limit(67108864)&_pragma=trusted_schema(0)&_dqs=0"

// Open opens the database at rawURL (`sqlite:PATH`), making its folder and file. The caller migrates, then uses it.
func Open(ctx context.Context, rawURL string) (*DB, error) {
	path, ok := strings.CutPrefix(rawURL, "sqlite:")
	if !ok {
		return nil, fmt.Errorf("DATABASE_URL: this build speaks SQLite (sqlite:PATH); for PostgreSQL build with -tags postgres")
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return nil, err
	}
	if err := touchPrivate(path); err != nil {
		return nil, err
	}
	writes, err := openPool(ctx, path, "_txlock=immediate&"+common, 1)
	if err != nil {
		return nil, err
	}
	reads, err := openPool(ctx, path, "mode=ro&_pragma=query_only(1)&"+common, 2*runtime.GOMAXPROCS(0)+2)
	if err != nil {
		writes.Close()
		return nil, err
	}
	return &DB{reads: reads, writes: writes, path: path, migrations: func() (*sql.DB, error) { return openRebuilding(path) }}, nil
}

// touchPrivate makes the file with mode 0600 before SQLite would make it with the umask's.
func touchPrivate(path string) error {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600) // #nosec G304 -- the path that the settings name
	if errors.Is(err, os.ErrExist) {
		return nil
	}
	if err != nil {
		return err
	}
	return f.Close()
}

func openPool(ctx context.Context, path, options string, max int) (*sql.DB, error) {
	dsn := (&url.URL{Scheme: "file", Opaque: (&url.URL{Path: path}).EscapedPath(), RawQuery: options}).String()
	pool, err := sql.Open("sqlite", dsn)
	if err != nil {
		return nil, err
	}
	pool.SetMaxOpenConns(max)
	pool.SetMaxIdleConns(max)
	err = checkPragmas(ctx, pool)
	for try := 1; retryable(err) && try <= 50; try++ { // switching a new file to WAL doesn't wait for another who does
		time.Sleep(20 * time.Millisecond)
		err = checkPragmas(ctx, pool)
	}
	if err != nil {
		pool.Close()
		return nil, fmt.Errorf("open %s: %w", path, err)
	}
	return pool, nil
}

// checkPragmas reads back what was asked for, because a misspelt pragma is accepted in silence.
func checkPragmas(ctx context.Context, pool *sql.DB) error {
	for pragma, want := range map[string]string{"journal_mode": "wal", "synchronous": "2", "foreign_keys": "1", "busy_timeout": "10000"} {
		got, err := Value[string](ctx, pool, "PRAGMA "+pragma)
		if err != nil {
			return err
		}
		if got != want {
			return fmt.Errorf("pragma %s is %q, not %q", pragma, got, want)
		}
	}
	return nil
}

func code(err error) int {
	var e *sqlite.Error
	if errors.As(err, &e) {
		return e.Code()
	}
	return 0
}

// IsUnique reports whether err says that a unique index refused a row.
func IsUnique(err error) bool {
	c := code(err)
	return c == sqlite3.SQLITE_CONSTRAINT_UNIQUE || c == sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY
}

func retryable(err error) bool { return code(err)&0xff == sqlite3.SQLITE_BUSY }

// In writes the condition that column is one of values, however many, with args for it.
func In(column string, values []string, args []any) (string, []any) {
	list, _ := json.Marshal(values) // strings can be
	args = append(args, string(list))
	return fmt.Sprintf("%s IN (SELECT value FROM json_each($%d))", column, len(args)), args
}

// openRebuilding opens a pool for migrations, without foreign keys, so that rebuilding a table doesn't cascade.
func openRebuilding(path string) (*sql.DB, error) {
	return sql.Open("sqlite", (&url.URL{Scheme: "file", Opaque: (&url.URL{Path: path}).EscapedPath(),
		RawQuery: "_txlock=immediate&_pragma=busy_timeout(10000)&_pragma=journal_mode(WAL)&_pragma=synchronous(FULL)&_pragma=foreign_keys(0)"}).String())
}

// lockMigrations keeps a second process from migrating at the same time: a lock of SQLite's own, on a file beside the
// database, which ends with the process however it ends.
func (d *DB) lockMigrations(ctx context.Context) (release func(), err error) {
	pool, err := sql.Open("sqlite", (&url.URL{Scheme: "file", Opaque: (&url.URL{Path: d.path + ".migrating"}).EscapedPath(),
		RawQuery: "_txlock=exclusive&_pragma=busy_timeout(60000)"}).String())
	if err != nil {
		return nil, err
	}
	tx, err := pool.BeginTx(ctx, nil)
	if err != nil {
		pool.Close()
		return nil, err
	}
	return func() { tx.Rollback(); pool.Close() }, nil
}

// checkMigrated looks for rows that lost their parents while foreign keys were off.
func checkMigrated(ctx context.Context, pool *sql.DB) error {
	rows, err := pool.QueryContext(ctx, "PRAGMA foreign_key_check")
	if err != nil {
		return err
	}
	defer rows.Close()
	if rows.Next() {
		return errors.New("after migrating, rows point at parents that are gone")
	}
	return rows.Err()
}

// Snapshot writes a consistent copy of the database to file, which must not exist yet, while others read and write.
func (d *DB) Snapshot(ctx context.Context, file string) error {
	pool, err := sql.Open("sqlite", (&url.URL{Scheme: "file", Opaque: (&url.URL{Path: d.path}).EscapedPath(), RawQuery: "mode=ro"}).String())
	if err != nil {
		return err
	}
	defer pool.Close()
	if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
		return err
	}
	if err := Exec(ctx, pool, "VACUUM INTO $1", file); err != nil {
		return err
	}
	return os.Chmod(file, 0o600)
}
