//go:build !postgres

package db_test

import (
	"os"
	"path/filepath"
	"testing"

	"lectern/app/db"
	"lectern/app/dbtest"
)

func TestMigrate_SnapshotBeforeAChange(t *testing.T) {
	d := dbtest.New(t)
	dir := filepath.Join(t.TempDir(), "backups")
	if err := migrate(d, dir); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(dir); !os.IsNotExist(err) {
		t.Fatal("a snapshot was written though nothing was pending")
	}
	if err := d.MigrateTo(ctx, 5); err != nil {
		t.Fatal(err)
	}
	if err := migrate(d, dir); err != nil {
		t.Fatal(err)
	}
	files, err := filepath.Glob(filepath.Join(dir, "before-0005-*.db"))
	if err != nil || len(files) != 1 {
		t.Fatalf("snapshots: %v, %v, want one", files, err)
	}
	info, err := os.Stat(files[0])
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Fatalf("mode %v, %v, want 0600", info.Mode(), err)
	}
	copied := dbtest.Open(t, "sqlite:"+files[0])
	if ok, err := copied.Migrated(ctx); err != nil || ok {
		t.Fatalf("snapshot: migrated %v, %v, want the schema before", ok, err)
	}
}

func TestOpen_RefusesAnotherDatabase(t *testing.T) {
	if _, err := db.Open(ctx, "postgres://localhost/x"); err == nil {
		t.Fatal("the SQLite build opened a PostgreSQL address")
	}
}

func TestOpen_PathWithSpacesAndPercent(t *testing.T) {
	path := filepath.Join(t.TempDir(), "my school 100%?", "a#b.db")
	dbtest.Open(t, "sqlite:"+path)
	info, err := os.Stat(path)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Fatalf("stat: %v, %v", info, err)
	}
}

func TestClose_FoldsTheLogIntoTheFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "lectern.db")
	d := dbtest.Open(t, "sqlite:"+path)
	if err := migrate(d, ""); err != nil { // on a connection of its own: the one that stays hasn't read anything
		t.Fatal(err)
	}
	if err := d.Close(); err != nil {
		t.Fatal(err)
	}
	if left, _ := filepath.Glob(path + "-*"); len(left) > 0 {
		t.Errorf("beside the file lies %q", left)
	}
}
