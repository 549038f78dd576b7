package db_test

import (
	"context"
	"database/sql"
	"errors"
	"io"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"lectern/app/db"
	"lectern/app/dbtest"
)

var ctx = context.Background()

func migrate(d *db.DB, dir string) error {
	return d.Migrate(ctx, db.MigrateOptions{BackupDir: dir, Now: time.Now, Log: slog.New(slog.NewTextHandler(io.Discard, nil))})
}

func TestMigrate_UpDownUp(t *testing.T) {
	d := dbtest.New(t)
	ok, err := d.Migrated(ctx)
	if err != nil || !ok {
		t.Fatalf("after the first up: migrated %v, %v", ok, err)
	}
	if err := d.MigrateTo(ctx, 0); err != nil {
		t.Fatalf("down: %v", err)
	}
	if ok, _ := d.Migrated(ctx); ok {
		t.Fatal("after down the schema counts as migrated")
	}
	if err := migrate(d, ""); err != nil {
		t.Fatalf("up again: %v", err)
	}
}

func TestMigrate_ManyStartersAtOnce(t *testing.T) {
	url := dbtest.URL(t)
	var wg sync.WaitGroup
	errs := make(chan error, 6)
	for range 6 {
		wg.Go(func() {
			d, err := db.Open(ctx, url)
			if err == nil {
				defer d.Close()
				err = migrate(d, "")
			}
			errs <- err
		})
	}
	wg.Wait()
	for range 6 {
		if err := <-errs; err != nil {
			t.Error(err)
		}
	}
}

func TestMigrate_NewerDatabaseIsRefusedUntouched(t *testing.T) {
	d := dbtest.New(t)
	err := d.InTx(ctx, func(tx *sql.Tx) error {
		return db.Exec(ctx, tx, "INSERT INTO goose_db_version (version_id, is_applied) VALUES (9999, TRUE)")
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := migrate(d, ""); err == nil || !strings.Contains(err.Error(), "9999") {
		t.Fatalf("got %v, want a refusal that names version 9999", err)
	}
}

func TestInTx_RollsBackOnError(t *testing.T) {
	d := dbtest.New(t)
	boom := errors.New("boom")
	err := d.InTx(ctx, func(tx *sql.Tx) error {
		if err := db.Exec(ctx, tx, "INSERT INTO settings (name, value, updated_at) VALUES ('a', 'b', 1)"); err != nil {
			return err
		}
		return boom
	})
	if !errors.Is(err, boom) {
		t.Fatalf("got %v", err)
	}
	if _, err := db.Value[string](ctx, d.Read(), "SELECT value FROM settings WHERE name = $1", "a"); !errors.Is(err, sql.ErrNoRows) {
		t.Fatalf("row is there after a rollback: %v", err)
	}
}

func TestIsUnique(t *testing.T) {
	d := dbtest.New(t)
	insert := func() error {
		return d.InTx(ctx, func(tx *sql.Tx) error {
			return db.Exec(ctx, tx, "INSERT INTO settings (name, value, updated_at) VALUES ('a', 'b', 1)")
		})
	}
	if err := insert(); err != nil {
		t.Fatal(err)
	}
	if err := insert(); !db.IsUnique(err) {
		t.Fatalf("got %v, want a unique violation", err)
	}
}

func TestInTx_WritersDontFailEachOther(t *testing.T) {
	d := dbtest.New(t)
	if err := d.InTx(ctx, func(tx *sql.Tx) error {
		return db.Exec(ctx, tx, "INSERT INTO settings (name, value, updated_at) VALUES ('n', '', 0)")
	}); err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for range 25 {
				if err := d.InTx(ctx, func(tx *sql.Tx) error {
					return db.Exec(ctx, tx, "UPDATE settings SET updated_at = updated_at + 1 WHERE name = 'n'")
				}); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	n, err := db.Value[int64](ctx, d.Read(), "SELECT updated_at FROM settings WHERE name = 'n'")
	if err != nil || n != 200 {
		t.Fatalf("got %d, %v, want 200", n, err)
	}
}

func TestAudit_IsAppendOnlyInTheDatabase(t *testing.T) {
	d := dbtest.New(t)
	do := func(query string) error {
		return d.InTx(ctx, func(tx *sql.Tx) error { return db.Exec(ctx, tx, query) })
	}
	if err := do("INSERT INTO audit (id, at, action, kind, subject) VALUES ('a', 1, 'x', 'y', 'z')"); err != nil {
		t.Fatal(err)
	}
	for _, query := range []string{"UPDATE audit SET action = 'other'", "DELETE FROM audit"} {
		if err := do(query); err == nil {
			t.Errorf("%s: went through", query)
		}
	}
}
