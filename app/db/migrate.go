package db

import (
	"context"
	"fmt"
	"io/fs"
	"log/slog"
	"path/filepath"
	"strings"
	"time"

	"github.com/pressly/goose/v3"

	"lectern/migrations"
)

// MigrateOptions says where a snapshot of the SQLite file goes before a migration changes it.
type MigrateOptions struct {
	BackupDir string // empty: no snapshot
	Now       func() time.Time
	Log       *slog.Logger
}

// Migrate brings the schema up to this program's, under a lock, after a snapshot when an existing database is to change.
// A database that is newer than the program is refused untouched.
func (d *DB) Migrate(ctx context.Context, o MigrateOptions) error {
	release, err := d.lockMigrations(ctx)
	if err != nil {
		return fmt.Errorf("waiting for another migration: %w", err)
	}
	defer release()
	p, done, err := d.provider()
	if err != nil {
		return err
	}
	defer done()
	have, err := p.GetDBVersion(ctx)
	if err != nil {
		return err
	}
	want := newest(p)
	if have > want {
		return fmt.Errorf("the database is at version %d, this program knows versions up to %d: install the newer program again, or restore a backup made before it", have, want)
	}
	if have == want {
		return nil
	}
	if have > 0 && o.BackupDir != "" && d.path != "" {
		file := filepath.Join(o.BackupDir, fmt.Sprintf("before-%04d-%s.db", have, o.Now().UTC().Format("20060102-150405.000")))
		if err := d.Snapshot(ctx, file); err != nil {
			return fmt.Errorf("snapshot before migrating: %w", err)
		}
		o.Log.Info("snapshot written", "file", file)
	}
	if _, err := p.Up(ctx); err != nil {
		return err
	}
	pool, err := d.migrations()
	if err != nil {
		return err
	}
	defer pool.Close()
	if err := checkMigrated(ctx, pool); err != nil {
		return err
	}
	o.Log.Info("database migrated", "from", have, "to", want)
	return nil
}

// Migrated reports whether the schema is exactly this program's.
func (d *DB) Migrated(ctx context.Context) (bool, error) {
	have, err := Value[int64](ctx, d.reads, "SELECT max(version_id) FROM goose_db_version WHERE is_applied")
	if err != nil {
		return false, err
	}
	names, err := fs.Glob(migrationFS(), "*.sql")
	if err != nil || len(names) == 0 {
		return false, err
	}
	want, err := goose.NumericComponent(names[len(names)-1])
	return have == want, err
}

// MigrateTo moves the schema to a version, up or down: for tests of the way back.
func (d *DB) MigrateTo(ctx context.Context, version int64) error {
	p, done, err := d.provider()
	if err != nil {
		return err
	}
	defer done()
	have, err := p.GetDBVersion(ctx)
	if err != nil {
		return err
	}
	if version < have {
		_, err = p.DownTo(ctx, version)
	} else {
		_, err = p.UpTo(ctx, version)
	}
	return err
}

func (d *DB) provider() (*goose.Provider, func(), error) {
	pool, err := d.migrations()
	if err != nil {
		return nil, nil, err
	}
	p, err := goose.NewProvider(dialect, pool, migrationFS(), goose.WithDisableGlobalRegistry(true), goose.WithLogger(goose.NopLogger()))
	if err != nil {
		pool.Close()
		return nil, nil, err
	}
	return p, func() { pool.Close() }, nil
}

func newest(p *goose.Provider) int64 {
	sources := p.ListSources()
	return sources[len(sources)-1].Version
}

// migrationFS is the embedded folder without the files of the other database.
func migrationFS() fs.FS { return ours{migrations.FS} }

type ours struct{ fs.ReadDirFS }

func (o ours) ReadDir(name string) ([]fs.DirEntry, error) {
	all, err := o.ReadDirFS.ReadDir(name)
	kept := all[:0]
	for _, e := range all {
		if !strings.HasSuffix(e.Name(), otherSuffix) {
			kept = append(kept, e)
		}
	}
	return kept, err
}
