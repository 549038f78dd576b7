//go:build postgres

package db

import (
	"context"
	"database/sql"
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
		"idle_in_transaction_session_timeout": "10000", "timezone": "UTC", "random_page_cost": "1.1", "jit": "off"} {
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
	return &DB{reads: pool, writes: pool, migrations: func() (*sql.DB, error) { return openPatient(cfg), nil }}, nil
}

// openPatient opens a pool for migrations: a large table takes longer to change than a page may.
func openPatient(cfg *pgx.ConnConfig) *sql.DB {
	patient := cfg.Copy()
	for name, value := range map[string]string{"statement_timeout": "0", "lock_timeout": "60000", "idle_in_transaction_session_timeout": "0"} {
		patient.RuntimeParams[name] = value
	}
	return stdlib.OpenDB(*patient)
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

// lockMigrations takes an advisory lock, so that of several copies that start at once one migrates.
func (d *DB) lockMigrations(ctx context.Context) (release func(), err error) {
	pool, err := d.migrations()
	if err != nil {
		return nil, err
	}
	pool.SetMaxOpenConns(1) // which holds the lock until it closes
	// Per schema, so that tests in schemas of their own don't wait for each other.
	if _, err := pool.ExecContext(ctx, "SELECT pg_advisory_lock(hashtext('lectern:' || current_schema()))"); err != nil {
		pool.Close()
		return nil, err
	}
	return func() { pool.Close() }, nil
}

func checkMigrated(context.Context, *sql.DB) error { return nil }

// Snapshot is for SQLite files; a PostgreSQL server has its own backups.
func (d *DB) Snapshot(context.Context, string) error { return nil }
