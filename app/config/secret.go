package config

import (
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"net/url"
	"os"
	"path/filepath"
	"reflect"
	"strings"
)

const hidden = "[hidden]"

// Secret is a text that no print, log or encoder shows. Only Reveal does.
type Secret string

// Reveal returns the secret itself.
func (s Secret) Reveal() string { return string(s) }

// String hides the secret.
func (s Secret) String() string { return hidden }

// GoString hides the secret.
func (s Secret) GoString() string { return hidden }

// Format hides the secret from every verb.
func (s Secret) Format(w fmt.State, _ rune) { io.WriteString(w, hidden) }

// LogValue hides the secret from slog.
func (s Secret) LogValue() slog.Value { return slog.StringValue(hidden) }

// MarshalText hides the secret from encoders.
func (s Secret) MarshalText() ([]byte, error) { return []byte(hidden), nil }

// DatabaseURL is the address of the database. It may hold a password, so that prints and logs show it without user and
// options; Reveal returns the whole of it.
type DatabaseURL string

// Reveal returns the address with its password.
func (u DatabaseURL) Reveal() string { return string(u) }

// String shows which database it is: sqlite:/srv/lectern.db, or postgres://db.example.com/lectern.
func (u DatabaseURL) String() string {
	if strings.HasPrefix(string(u), "sqlite:") || u == "" {
		return string(u)
	}
	p, err := url.Parse(string(u))
	if err != nil {
		return hidden
	}
	return p.Scheme + "://" + p.Host + p.Path
}

// GoString is String.
func (u DatabaseURL) GoString() string { return u.String() }

// Format writes String for every verb.
func (u DatabaseURL) Format(w fmt.State, _ rune) { io.WriteString(w, u.String()) }

// LogValue is String, for slog.
func (u DatabaseURL) LogValue() slog.Value { return slog.StringValue(u.String()) }

// MarshalText is String, for encoders.
func (u DatabaseURL) MarshalText() ([]byte, error) { return []byte(u.String()), nil }

// String lists the settings as a .env file would, secrets hidden.
func (c Config) String() string {
	var b strings.Builder
	c.each(func(name, value string) { fmt.Fprintf(&b, "%s=%s\n", name, value) })
	return b.String()
}

// GoString is String.
func (c Config) GoString() string { return c.String() }

// LogValue gives slog the settings as a group, secrets hidden.
func (c Config) LogValue() slog.Value {
	var attrs []slog.Attr
	c.each(func(name, value string) { attrs = append(attrs, slog.String(name, value)) })
	return slog.GroupValue(attrs...)
}

// each calls f with every variable as it can be shown; an unset secret is empty rather than hidden.
func (c Config) each(f func(name, value string)) {
	v := reflect.ValueOf(c)
	for i, field := range reflect.VisibleFields(v.Type()) {
		if name := field.Tag.Get("env"); name != "-" {
			value := ""
			if !v.Field(i).IsZero() || field.Name == "LogLevel" {
				value = fmt.Sprint(v.Field(i).Interface())
			}
			f(name, value)
		}
	}
}

// minSecret is the least length of SECRET_KEY, in characters.
const minSecret = 32

// EnsureSecret fills SecretKey where it is empty from DATA_DIR/secret.key, which it makes (mode 0600) if need be.
// Processes that start together end up with the same key.
func EnsureSecret(c *Config) error {
	if c.SecretKey != "" {
		return nil
	}
	if c.Production() {
		return Faults{{"SECRET_KEY", needSecret}}
	}
	path := filepath.Join(c.DataDir, "secret.key")
	err := readSecret(c, path)
	if !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if err := makeSecret(path); err != nil {
		return fmt.Errorf("make %s: %w", path, err)
	}
	return readSecret(c, path)
}

func readSecret(c *Config, path string) error {
	b, err := os.ReadFile(path) // #nosec G304 -- within the data directory
	if err != nil {
		return err
	}
	if info, err := os.Stat(path); err != nil {
		return err
	} else if info.Mode().Perm()&0o077 != 0 {
		if err := os.Chmod(path, 0o600); err != nil {
			return fmt.Errorf("others can read the key: %w", err)
		}
	}
	key := strings.TrimSpace(string(b))
	if len(key) < minSecret {
		return fmt.Errorf("%s holds no key of %d characters: restore it from a backup, or remove it and everybody logs in again", path, minSecret)
	}
	c.SecretKey = Secret(key)
	return nil
}

// makeSecret writes the whole file under another name and then links it, so that no reader meets half a key and, of
// several makers, one wins.
func makeSecret(path string) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	f, err := os.CreateTemp(filepath.Dir(path), "secret-*.tmp") // mode 0600
	if err != nil {
		return err
	}
	defer os.Remove(f.Name())
	key := make([]byte, 32)
	rand.Read(key)
	_, err = fmt.Fprintln(f, base64.RawURLEncoding.EncodeToString(key))
	if err := errors.Join(err, f.Sync(), f.Close()); err != nil {
		return err
	}
	if err := os.Link(f.Name(), path); err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	return syncDir(filepath.Dir(path))
}

func syncDir(dir string) error {
	d, err := os.Open(dir) // #nosec G304 -- the data directory
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}
