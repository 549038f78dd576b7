//go:build postgres

package db

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/pressly/goose/v3"
)

const (
	dialect     = goose.DialectPostgres
	otherSuffix = ".sqlite.sql"
	// Kind names the database of this build in messages.
	Kind = "PostgreSQL"
)

// Open opens the database at rawURL (`postgres://…`). The caller migrates, then uses it.
func Open(ctx context.Context, rawURL string) (*DB, error) {
	if !strings.HasPrefix(rawURL, "postgres://") && !strings.HasPrefix(rawURL, "postgresql://") {
		return nil, errors.New("DATABASE_URL: this build speaks PostgreSQL (postgres://…); for SQLite build without -tags postgres")
	}
	cfg, err := pgx.ParseConfig(rawURL)
	if err != nil {
		return nil, errors.New("DATABASE_URL: not an address of a PostgreSQL database") // err would print the password
	}
	for name, value := range map[string]string{"statement_timeout": "5000", "lock_timeout": "4000",
		"idle_in_transaction_session_timeout": "10000", "timezone": "UTC"} {
		if _, set := cfg.RuntimeParams[name]; !set {
			cfg.RuntimeParams[name] = value
		}
	}
	pool := stdlib.OpenDB(*cfg)
	pool.SetMaxOpenConns(16)
	pool.SetMaxIdleConns(16)
	pool.SetConnMaxLifetime(30 * time.Minute)
	if err := pool.PingContext(ctx); err != nil {
		pool.Close()
		return nil, fmt.Errorf("PostgreSQL at %s:%d: %w", cfg.Host, cfg.Port, err)
	}
	return &DB{reads: pool, writes: pool}, nil
}

func code(err error) string {
	var e *pgconn.PgError
	if errors.As(err, &e) {
		return e.Code
	}
	return ""
}

// IsUnique reports whether err says that a unique index refused a row.
func IsUnique(err error) bool { return code(err) == "23505" }

// retryable: serialization_failure and deadlock_detected.
func retryable(err error) bool { c := code(err); return c == "40001" || c == "40P01" }

// In writes the condition that column is one of values, however many, with args for it.
func In(column string, values []string, args []any) (string, []any) {
	args = append(args, values)
	return fmt.Sprintf("%s = ANY($%d)", column, len(args)), args
}

func (d *DB) migrationPool(context.Context) (*sql.DB, error) { return d.writes, nil }

// lockMigrations takes an advisory lock, so that of several copies that start at once one migrates.
func (d *DB) lockMigrations(ctx context.Context) (release func(), err error) {
	conn, err := d.writes.Conn(ctx)
	if err != nil {
		return nil, err
	}
	// Per schema, so that tests in schemas of their own don't wait for each other.
	const key = "hashtext('lectern:' || current_schema())"
	if _, err := conn.ExecContext(ctx, "SELECT set_config('lock_timeout', '60000', false), set_config('statement_timeout', '60000', false)"); err != nil {
		conn.Close()
		return nil, err
	}
	if _, err := conn.ExecContext(ctx, "SELECT pg_advisory_lock("+key+")"); err != nil {
		conn.Close()
		return nil, err
	}
	return func() {
		conn.ExecContext(context.WithoutCancel(ctx), "SELECT pg_advisory_unlock("+key+")")
		conn.Raw(func(any) error { return driver.ErrBadConn }) // its timeouts were changed: don't hand it to others
		conn.Close()
	}, nil
}

func checkMigrated(context.Context, *sql.DB) error { return nil }

// Snapshot is for SQLite files; a PostgreSQL server has its own backups.
func (d *DB) Snapshot(context.Context, string) error { return nil }
