package config

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

func TestConfig_NoPrintShowsASecret(t *testing.T) {
	c := mustLoad(t, "SECRET_KEY=hunter2-0J7d1kQ-2mWq_8sVxYz3bNcR5tLpE6uG", "ADMIN_EMAIL=chitra@example.com",
		"ADMIN_PASSWORD=hunter2 hunter2", "SENDER_EMAIL=school@example.com", "SENDER_PASSWORD=hunter2",
		"SENTRY_DSN=https://hunter2@sentry.example.com/1", "DATABASE_URL=postgres://asha:hunter2@db.example.com/school?password=hunter2")
	var prints bytes.Buffer
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d", "%t"} {
		for _, value := range []any{c, &c, []Config{c}, map[string]any{"c": c}, struct{ C Config }{c}, c.SecretKey, &c.SenderPassword,
			struct{ S Secret }{c.AdminPassword}, []Secret{c.SecretKey}, c.DatabaseURL, struct{ D DatabaseURL }{c.DatabaseURL}} {
			fmt.Fprintf(&prints, verb+"\n", value)
		}
	}
	fmt.Fprintln(&prints, c.SecretKey.String(), c.SecretKey.GoString(), c.DatabaseURL.String(), c.DatabaseURL.GoString(), c.String(), c.GoString())
	for _, h := range []slog.Handler{slog.NewTextHandler(&prints, nil), slog.NewJSONHandler(&prints, nil)} {
		slog.New(h).Info("start", "config", c, "pointer", &c, "list", []any{c, c.SecretKey}, "secret", c.SecretKey, "url", c.DatabaseURL)
	}
	for _, value := range []any{c, c.SecretKey, map[string]any{"x": c.DatabaseURL}} {
		if err := json.NewEncoder(&prints).Encode(value); err != nil {
			t.Fatal(err)
		}
	}
	for _, bad := range []string{"hunter2", "68756e74657232", "68756E74657232", "104 117 110"} {
		if i := strings.Index(prints.String(), bad); i >= 0 {
			t.Fatalf("%q was printed: …%s…", bad, prints.String()[max(0, i-200):i+20])
		}
	}
	for _, want := range []string{"SECRET_KEY=[hidden]", "SENDER_EMAIL=school@example.com", "DATABASE_URL=postgres://db.example.com/school\n", "LOG_LEVEL=INFO", "UPI_NAME=\n"} {
		if !strings.Contains(c.String(), want) {
			t.Errorf("got %s, want %q in it", c, want)
		}
	}
	if got := c.SecretKey.Reveal(); got != "hunter2-0J7d1kQ-2mWq_8sVxYz3bNcR5tLpE6uG" {
		t.Errorf("Reveal: got %q", got)
	}
}

func TestEnsureSecret_MadeOnceAndKept(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "data")
	first, second := Config{DataDir: dir}, Config{DataDir: dir}
	for _, c := range []*Config{&first, &second} {
		if err := EnsureSecret(c); err != nil {
			t.Fatal(err)
		}
	}
	if len(first.SecretKey) < minSecret || first.SecretKey != second.SecretKey {
		t.Errorf("got keys of %d and %d characters, want one of %d or more", len(first.SecretKey), len(second.SecretKey), minSecret)
	}
	path := filepath.Join(dir, "secret.key")
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("got %v, %v, want mode 600", info.Mode(), err)
	}
	if err := os.Chmod(path, 0o644); err != nil {
		t.Fatal(err)
	}
	if err := EnsureSecret(&Config{DataDir: dir}); err != nil {
		t.Fatal(err)
	}
	if info, _ := os.Stat(path); info.Mode().Perm() != 0o600 {
		t.Errorf("got mode %v, want 600 again", info.Mode())
	}
	if files, _ := os.ReadDir(dir); len(files) != 1 {
		t.Errorf("got %v, want secret.key alone", files)
	}
}

func TestEnsureSecret_ManyStartersShareOneKey(t *testing.T) {
	dir := t.TempDir()
	configs := make([]Config, 16)
	var group sync.WaitGroup
	for i := range configs {
		configs[i].DataDir = dir
		group.Go(func() {
			if err := EnsureSecret(&configs[i]); err != nil {
				t.Error(err)
			}
		})
	}
	group.Wait()
	for _, c := range configs {
		if c.SecretKey == "" || c.SecretKey != configs[0].SecretKey {
			t.Fatal("got different keys, want one")
		}
	}
}

func TestEnsureSecret_Refuses(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "secret.key"), []byte("short\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := EnsureSecret(&Config{DataDir: dir}); err == nil || strings.Contains(err.Error(), "short") {
		t.Errorf("a short key: got %v, want an error that doesn't show it", err)
	}
	if err := EnsureSecret(&Config{DataDir: t.TempDir(), Env: "production"}); err == nil {
		t.Error("production without SECRET_KEY: got no error")
	}
	given := Config{DataDir: "/nowhere", SecretKey: "given"}
	if err := EnsureSecret(&given); err != nil || given.SecretKey != "given" {
		t.Errorf("a given key: got %v", err)
	}
}
