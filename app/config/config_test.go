package config

import (
	"errors"
	"log/slog"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
	_ "time/tzdata"
)

// load runs Load in an empty folder with the given lines as environment.
func load(t *testing.T, environ ...string) (Config, error) {
	t.Helper()
	return Load(Options{Dir: t.TempDir(), BinDir: t.TempDir(), Environ: append([]string{}, environ...)})
}

func mustLoad(t *testing.T, environ ...string) Config {
	t.Helper()
	c, err := load(t, environ...)
	if err != nil {
		t.Fatalf("Load: %v", err)
	}
	return c
}

// names gives the variables that err blames.
func names(t *testing.T, err error) []string {
	t.Helper()
	var faults Faults
	if !errors.As(err, &faults) {
		t.Fatalf("got error %v, want Faults", err)
	}
	var all []string
	for _, f := range faults {
		all = append(all, f.Name)
		if len(f.Remedy) < 15 || strings.Contains(f.Remedy, "%!") {
			t.Errorf("%s has no remedy: %q", f.Name, f.Remedy)
		}
	}
	return all
}

var production = []string{"APP_ENV=production", "BASE_URL=https://learn.school.test", "SECRET_KEY=JvLJ4nV0n1rMZ5yqk0sT9aBcDeFgHiJkLmNoPqRs"}

func TestLoad_DefaultsWithoutAnything(t *testing.T) {
	dir := t.TempDir()
	c, err := Load(Options{Dir: dir, BinDir: t.TempDir(), Environ: []string{}})
	if err != nil {
		t.Fatal(err)
	}
	for _, x := range []struct{ what, got, want string }{
		{"Env", c.Env, "development"},
		{"Addr", c.Addr, "127.0.0.1:8080"},
		{"BaseURL", c.BaseURL, "http://localhost:8080"},
		{"DataDir", c.DataDir, filepath.Join(dir, "data")},
		{"DatabaseURL", c.DatabaseURL.Reveal(), "sqlite:" + filepath.Join(dir, "data", "lectern.db")},
		{"SMTPServer", c.SMTPServer, "smtp.gmail.com"},
		{"SMTPTLS", c.SMTPTLS, "starttls"},
		{"TrustedProxies", c.TrustedProxies.String(), "127.0.0.0/8,::1/128,unix"},
		{"TimeZone", c.TimeZone.String(), "Asia/Kolkata"},
		{"Country", c.Country, "IN"},
		{"Currency", c.Currency, "INR"},
		{"LogLevel", c.LogLevel.String(), "INFO"},
		{"SiteName", c.SiteName, "Lectern"},
	} {
		if x.got != x.want {
			t.Errorf("%s: got %q, want %q", x.what, x.got, x.want)
		}
	}
	if c.SMTPPort != 587 || c.MailPerDay != 450 || len(c.Warnings) != 0 || c.Production() || c.HTTPS() {
		t.Errorf("got %+v with warnings %q", c, c.Warnings)
	}
	if left, _ := os.ReadDir(dir); len(left) != 0 {
		t.Errorf("Load left %v behind", left)
	}
}

func TestLoad_SameInDifferentSpelling(t *testing.T) {
	for _, x := range []struct {
		name, environ string
		got           func(Config) string
		want          string
	}{
		{"port alone", "PORT=5000", func(c Config) string { return c.Addr + " " + c.BaseURL }, "0.0.0.0:5000 http://localhost:5000"},
		{"address wins over port", "PORT=5000|ADDR=127.0.0.1:7000", func(c Config) string { return c.Addr + " " + c.BaseURL }, "127.0.0.1:7000 http://localhost:7000"},
		{"empty means unset", "ADDR=|PORT= |COUNTRY=", func(c Config) string { return c.Addr + c.Country }, "127.0.0.1:8080IN"},
		{"IPv6", "ADDR=[::1]:81", func(c Config) string { return c.Addr + " " + c.BaseURL }, "[::1]:81 http://localhost:81"},
		{"port 80", "ADDR=:80", func(c Config) string { return c.BaseURL }, "http://localhost"},
		{"socket", "ADDR=unix:/run/lectern.sock", func(c Config) string { return c.Addr + " " + c.BaseURL }, "unix:/run/lectern.sock http://localhost"},
		{"slash and case", "BASE_URL=HTTPS://Learn.School.test/", func(c Config) string { return c.BaseURL }, "https://learn.school.test"},
		{"usual port", "BASE_URL=https://school.test:443", func(c Config) string { return c.BaseURL }, "https://school.test"},
		{"other port", "BASE_URL=http://10.0.0.7:8080/", func(c Config) string { return c.BaseURL }, "http://10.0.0.7:8080"},
		{"data folder", "DATA_DIR=/srv/x/../lectern/", func(c Config) string { return c.DataDir + " " + c.DatabaseURL.Reveal() }, "/srv/lectern sqlite:/srv/lectern/lectern.db"},
		{"sqlite", "DATABASE_URL=sqlite:/srv/a b.db", func(c Config) string { return c.DatabaseURL.Reveal() }, "sqlite:/srv/a b.db"},
		{"SQLAlchemy, absolute", "DATABASE_URL=sqlite:////srv/a.db", func(c Config) string { return c.DatabaseURL.Reveal() }, "sqlite:/srv/a.db"},
		{"postgres", "DATABASE_URL=postgresql://u:p%40@db/school?sslmode=verify-full", func(c Config) string { return c.DatabaseURL.Reveal() }, "postgresql://u:p%40@db/school?sslmode=verify-full"},
		{"postgres by socket", "DATABASE_URL=postgres:///school?host=/run/postgresql", func(c Config) string { return c.DatabaseURL.Reveal() }, "postgres:///school?host=/run/postgresql"},
		{"app password with gaps", "SENDER_EMAIL=school@example.com|SENDER_PASSWORD=wxyz abcd\u00a0efgh ijkl", func(c Config) string { return c.SenderPassword.Reveal() }, "wxyzabcdefghijkl"},
		{"other password keeps gaps", "SENDER_EMAIL=school@example.com|SENDER_PASSWORD= two words ", func(c Config) string { return c.SenderPassword.Reveal() }, " two words "},
		{"secret from a file", "SECRET_KEY=0J7d1kQ-2mWq_8sVxYz3bNcR5tLpE6uG\r\n", func(c Config) string { return c.SecretKey.Reveal() }, "0J7d1kQ-2mWq_8sVxYz3bNcR5tLpE6uG"},
		{"letters", "COUNTRY=gb|CURRENCY=eur|LOG_LEVEL=WARN|LOG_FORMAT=JSON|SMTP_TLS=TLS|SMTP_PORT=465|APP_ENV=Testing",
			func(c Config) string {
				return c.Country + c.Currency + c.LogLevel.String() + c.LogFormat + c.SMTPTLS + c.Env
			}, "GBEURWARNjsontlstesting"},
		{"loopback mail", "SMTP_TLS=none|SMTP_SERVER=127.0.0.1|SENDER_EMAIL=school@example.com", func(c Config) string { return c.SMTPServer }, "127.0.0.1"},
		{"payees once", "UPI_ID_1=school@examplebank|UPI_ID_2=SCHOOL@examplebank|UPI_ID_3=bala@examplebank", func(c Config) string { return strings.Join(c.UPIIDs(), " ") }, "school@examplebank bala@examplebank"},
	} {
		t.Run(x.name, func(t *testing.T) {
			if got := x.got(mustLoad(t, strings.Split(x.environ, "|")...)); got != x.want {
				t.Errorf("got %q, want %q", got, x.want)
			}
		})
	}
}

func TestLoad_RelativePathsStartFromTheWorkingDirectory(t *testing.T) {
	dir := t.TempDir()
	c, err := Load(Options{Dir: dir, BinDir: t.TempDir(), Environ: []string{
		"DATABASE_URL=sqlite:///instance/app.db", "LOG_FILE=logs/deep/app.log", "ADDR=unix:lectern.sock"}})
	if err != nil {
		t.Fatal(err)
	}
	if want := "sqlite:" + filepath.Join(dir, "instance/app.db"); c.DatabaseURL.Reveal() != want {
		t.Errorf("got %q, want %q", c.DatabaseURL.Reveal(), want)
	}
	if want := "unix:" + filepath.Join(dir, "lectern.sock"); c.Addr != want {
		t.Errorf("got %q, want %q", c.Addr, want)
	}
	if info, err := os.Stat(filepath.Dir(c.LogFile)); err != nil || !info.IsDir() || filepath.Dir(c.LogFile) != filepath.Join(dir, "logs/deep") {
		t.Errorf("no folder for %s: %v", c.LogFile, err)
	}
}

func TestLoad_ZeroOptionsMeanTheProcess(t *testing.T) {
	dir := t.TempDir()
	t.Chdir(dir)
	t.Setenv("SITE_TAGLINE", "from the process")
	c, err := Load(Options{})
	if err != nil {
		t.Fatal(err)
	}
	if c.SiteTagline != "from the process" || filepath.Dir(c.DataDir) != dir {
		t.Errorf("got %q and %s, want the process's variable and a folder in %s", c.SiteTagline, c.DataDir, dir)
	}
}

func TestLoad_NineFaultsAtOnce(t *testing.T) {
	_, err := load(t, "APP_ENV=production", "ADDR=8080", "BASE_URL=http://learn.school.test", "SECRET_KEY=hunter2hunter2",
		"SMTP_PORT=hunter2", "SMTP_TLS=none", "MAIL_PER_DAY=many", "TRUSTED_PROXIES=everybody", "TIME_ZONE=Asia/Hyderabad", "COUNTRY=India")
	want := []string{"ADDR", "BASE_URL", "SECRET_KEY", "SMTP_PORT", "SMTP_TLS", "MAIL_PER_DAY", "TRUSTED_PROXIES", "TIME_ZONE", "COUNTRY"}
	if got := names(t, err); !slices.Equal(got, want) {
		t.Errorf("got %q,\nwant %q", got, want)
	}
	if strings.Contains(err.Error(), "hunter2") {
		t.Errorf("a value stands in %q", err)
	}
	if lines := strings.Count(err.Error(), "\n") + 1; lines != len(want) {
		t.Errorf("got %d lines, want %d", lines, len(want))
	}
}

// TestExample_SaysWhatTheStructSays compares .env.example with Config.
func TestExample_SaysWhatTheStructSays(t *testing.T) {
	src, err := os.ReadFile("../../.env.example")
	if err != nil {
		t.Fatal(err)
	}
	line := regexp.MustCompile(`^#([A-Z0-9_]+)=(.+)$`)
	lines := strings.Split(string(src), "\n")
	listed := map[string]string{}
	for i, text := range lines {
		m := line.FindStringSubmatch(text)
		if m == nil {
			if text != "" && !strings.HasPrefix(text, "# ") {
				t.Errorf("line %d is neither comment nor setting: %s", i+1, text)
			}
			continue
		}
		if _, twice := listed[m[1]]; twice {
			t.Errorf("%s stands twice", m[1])
		}
		listed[m[1]] = m[2]
		if len(lines[i-1]) < len("# Default. ")+5 || !strings.HasPrefix(lines[i-1], "# ") {
			t.Errorf("%s has no comment", m[1])
		}
	}
	for _, field := range reflect.VisibleFields(reflect.TypeFor[Config]()) {
		name := field.Tag.Get("env")
		if name == "-" {
			continue
		}
		value, ok := listed[name]
		if want, has := field.Tag.Lookup("envDefault"); !ok || has && value != want {
			t.Errorf("%s: got %q, want default %q", name, value, want)
		}
		delete(listed, name)
	}
	if len(listed) > 0 {
		t.Errorf("not in Config: %q", slices.Sorted(maps.Keys(listed)))
	}
}

// TestExample_WorksButForItsSecrets takes every # away that stands before a setting.
func TestExample_WorksButForItsSecrets(t *testing.T) {
	src, err := os.ReadFile("../../.env.example")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	file := regexp.MustCompile(`(?m)^#([A-Z])`).ReplaceAll(src, []byte("$1"))
	if err := os.WriteFile(filepath.Join(dir, ".env"), file, 0o600); err != nil {
		t.Fatal(err)
	}
	_, err = Load(Options{Dir: dir, BinDir: dir, Environ: []string{}})
	if got, want := names(t, err), []string{"SECRET_KEY"}; !slices.Equal(got, want) {
		t.Errorf("development: got %q, want %q", got, want)
	}
	_, err = Load(Options{Dir: dir, BinDir: dir, Environ: []string{"APP_ENV=production"}})
	want := []string{"SECRET_KEY", "ADMIN_PASSWORD", "SENDER_PASSWORD", "UPI_ID_1", "UPI_ID_2", "UPI_ID_3"}
	if got := names(t, err); !slices.Equal(got, want) {
		t.Errorf("production: got %q, want %q", got, want)
	}
}

func TestLoad_ProductionThatIsSafe(t *testing.T) {
	c := mustLoad(t, append(slices.Clone(production), "ADDR=0.0.0.0:8080", "SMTP_SERVER=localhost", "SMTP_TLS=none",
		"ADMIN_EMAIL=chitra@example.com", "ADMIN_PASSWORD=purple kettle sings")...)
	if !c.Production() || !c.HTTPS() || len(c.Warnings) > 0 || c.LogLevel != slog.LevelInfo {
		t.Errorf("got %v with warnings %q", c, c.Warnings)
	}
}
