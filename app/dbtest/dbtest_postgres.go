//go:build postgres

package dbtest

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"sync"
	"testing"

	_ "github.com/jackc/pgx/v5/stdlib" // the driver that makes databases

	"lectern/app/db"
	"lectern/migrations"
)

// URL returns the address of an empty database of the test's own on the server at TEST_DATABASE_URL, dropped when the
// test ends.
func URL(t testing.TB) string {
	t.Helper()
	return create(t, "template0")
}

// MigratedURL returns the address of a migrated database of the test's own, dropped when the test ends.
func MigratedURL(t testing.TB) string {
	t.Helper()
	server(t)
	template, err := model()
	if err != nil {
		t.Fatal(err)
	}
	return create(t, template)
}

// server is TEST_DATABASE_URL. Its user must be allowed to create databases.
func server(t testing.TB) string {
	t.Helper()
	server := os.Getenv("TEST_DATABASE_URL")
	if server == "" {
		if os.Getenv("CI") != "" {
			t.Fatal("TEST_DATABASE_URL is not set: these tests need a PostgreSQL server")
		}
		t.Skip("TEST_DATABASE_URL is not set: these tests need a PostgreSQL server")
	}
	return server
}

func create(t testing.TB, template string) string {
	t.Helper()
	ctx, name := context.Background(), "t_"+db.NewID()
	admin, err := sql.Open("pgx", server(t))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { admin.Close() })
	if _, err := admin.ExecContext(ctx, "CREATE DATABASE "+name+" TEMPLATE "+template); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if _, err := admin.ExecContext(ctx, "DROP DATABASE "+name+" WITH (FORCE)"); err != nil {
			t.Error(err)
		}
	})
	at, err := named(name)
	if err != nil {
		t.Fatal(err)
	}
	return at
}

// named is the address of another database on the same server.
func named(database string) (string, error) {
	u, err := url.Parse(os.Getenv("TEST_DATABASE_URL"))
	if err != nil {
		return "", err
	}
	u.Path = "/" + database
	return u.String(), nil
}

// model is the name of a migrated database, which stays on the server for the next run with the same migrations.
var model = sync.OnceValues(func() (string, error) {
	ctx := context.Background()
	name, err := modelName()
	if err != nil {
		return "", err
	}
	admin, err := sql.Open("pgx", os.Getenv("TEST_DATABASE_URL"))
	if err != nil {
		return "", err
	}
	defer admin.Close()
	admin.SetMaxOpenConns(1) // the lock is the connection's
	if _, err := admin.ExecContext(ctx, "SELECT pg_advisory_lock(hashtext($1))", name); err != nil {
		return "", err // other packages' tests wait here for the first
	}
	var there bool
	if err := admin.QueryRowContext(ctx, "SELECT EXISTS (SELECT 1 FROM pg_database WHERE datname = $1)", name).Scan(&there); err != nil || there {
		return name, err
	}
	unfinished := name + "_new"
	for _, query := range []string{"DROP DATABASE IF EXISTS " + unfinished, "CREATE DATABASE " + unfinished + " TEMPLATE template0"} {
		if _, err := admin.ExecContext(ctx, query); err != nil {
			return "", err
		}
	}
	at, err := named(unfinished)
	if err != nil {
		return "", err
	}
	if err := migrate(at); err != nil {
		return "", fmt.Errorf("the model of the tests' databases: %w", err)
	}
	_, err = admin.ExecContext(ctx, "ALTER DATABASE "+unfinished+" RENAME TO "+name)
	return name, err
})

// modelName changes with the migrations.
func modelName() (string, error) {
	files, err := fs.Glob(migrations.FS, "*")
	if err != nil {
		return "", err
	}
	sum := sha256.New()
	for _, file := range files {
		text, err := fs.ReadFile(migrations.FS, file)
		if err != nil {
			return "", err
		}
		fmt.Fprintf(sum, "%s %d %s", file, len(text), text)
	}
	return fmt.Sprintf("lectern_model_%x", sum.Sum(nil)[:8]), nil
}
