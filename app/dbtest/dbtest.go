// Package dbtest hands a test the real thing: a fresh, migrated database of its own, gone when the test ends.
package dbtest

import (
	"context"
	"log/slog"
	"testing"
	"time"

	"lectern/app/db"
)

// New returns an open, migrated database: a file in t.TempDir(), or a database on the server at TEST_DATABASE_URL.
func New(t testing.TB) *db.DB {
	t.Helper()
	return Open(t, MigratedURL(t))
}

// Open opens the database at url and closes it when the test ends. It isn't migrated.
func Open(t testing.TB, url string) *db.DB {
	t.Helper()
	d, err := db.Open(context.Background(), url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { d.Close() })
	return d
}

// migrate makes the model that databases of tests are copied from, which is quicker than migrating each.
func migrate(url string) error {
	ctx := context.Background()
	d, err := db.Open(ctx, url)
	if err != nil {
		return err
	}
	if err := d.Migrate(ctx, db.MigrateOptions{Now: time.Now, Log: slog.New(slog.DiscardHandler)}); err != nil {
		d.Close()
		return err
	}
	return d.Close()
}
