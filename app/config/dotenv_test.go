package config

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// folder makes a folder with a .env file in it.
func folder(t *testing.T, dotenv string, mode os.FileMode) string {
	t.Helper()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, ".env"), []byte(dotenv), mode); err != nil {
		t.Fatal(err)
	}
	return dir
}

func TestDotenv_WhichValueWins(t *testing.T) {
	work, bin := folder(t, "SITE_NAME=From work\n", 0o600), folder(t, "SITE_NAME=From bin\nCOUNTRY=GB\n", 0o600)
	for _, x := range []struct {
		name, dir, bin, environ, want string
	}{
		{"working directory before binary, not mixed", work, bin, "", "From work IN"},
		{"beside the binary", t.TempDir(), bin, "", "From bin GB"},
		{"real variable", work, bin, "SITE_NAME=Real", "Real IN"},
		{"empty real variable counts as unset", work, bin, "SITE_NAME=", "From work IN"},
		{"no file", t.TempDir(), t.TempDir(), "", "Lectern IN"},
	} {
		t.Run(x.name, func(t *testing.T) {
			c, err := Load(Options{Dir: x.dir, BinDir: x.bin, Environ: []string{x.environ}})
			if err != nil {
				t.Fatal(err)
			}
			if got := c.SiteName + " " + c.Country; got != x.want {
				t.Errorf("got %q, want %q", got, x.want)
			}
		})
	}
}

func TestDotenv_Spellings(t *testing.T) {
	for _, x := range []struct{ name, file, want string }{
		{"plain", "SITE_NAME=Asha's School # a comment", "Asha's School"},
		{"quoted", "SITE_NAME='C# for $5'\n", "C# for $5"},
		{"exported", "export SITE_NAME=\"Two words\"\n", "Two words"},
		{"from Windows", "\ufeffSITE_NAME=School\r\nCOUNTRY=IN\r\n", "School"},
		{"empty", "SITE_NAME=\n", "Lectern"},
		{"comments only", "# SITE_NAME=x\n\n   # y", "Lectern"},
		{"nothing", "", "Lectern"},
	} {
		t.Run(x.name, func(t *testing.T) {
			dir := folder(t, x.file, 0o600)
			c, err := Load(Options{Dir: dir, BinDir: dir, Environ: []string{}})
			if err != nil {
				t.Fatal(err)
			}
			if c.SiteName != x.want {
				t.Errorf("got %q, want %q", c.SiteName, x.want)
			}
		})
	}
}

func TestDotenv_MalformedIsReportedWithItsLine(t *testing.T) {
	for _, x := range []struct {
		name, file string
		line       int
	}{
		{"first line", "SITE NAME=hunter2\nCOUNTRY=IN\n", 1},
		{"no sign of equality", "COUNTRY=IN\n\n# hm\nSITE_NAME hunter2\nCURRENCY=INR\n", 4},
		{"no sign of equality at the end", "COUNTRY=IN\nhunter2", 2},
		{"quote left open", "COUNTRY=IN\nSECRET_KEY='hunter2\nCURRENCY=INR\n", 2},
		{"behind a value of two lines", "SITE_NAME='two\nlines'\n!!\nSECRET_KEY=hunter2\n", 3},
	} {
		t.Run(x.name, func(t *testing.T) {
			dir := folder(t, x.file, 0o600)
			_, err := Load(Options{Dir: dir, BinDir: dir, Environ: []string{"MAIL_PER_DAY=none"}})
			if got := names(t, err); len(got) != 1 || got[0] != filepath.Join(dir, ".env") {
				t.Fatalf("got %q, want the file alone", got)
			}
			if want := fmt.Sprintf("Line %d ", x.line); !strings.Contains(err.Error(), want) {
				t.Errorf("got %q, want %q in it", err, want)
			}
			if strings.Contains(err.Error(), "hunter2") {
				t.Errorf("the file's text stands in %q", err)
			}
		})
	}
}

func TestDotenv_UnreadableIsAFault(t *testing.T) {
	dir := t.TempDir()
	if err := os.Mkdir(filepath.Join(dir, ".env"), 0o700); err != nil {
		t.Fatal(err)
	}
	_, err := Load(Options{Dir: dir, BinDir: dir, Environ: []string{}})
	if got := names(t, err); len(got) != 1 {
		t.Errorf("got %q, want the file", got)
	}
}

func TestDotenv_WorldReadableIsAWarningInProduction(t *testing.T) {
	for _, x := range []struct {
		mode os.FileMode
		env  []string
		want int
	}{{0o644, production, 1}, {0o600, production, 0}, {0o640, production, 0}, {0o644, []string{}, 0}} {
		dir := folder(t, "COUNTRY=IN\n", x.mode)
		c, err := Load(Options{Dir: dir, BinDir: dir, Environ: x.env})
		if err != nil {
			t.Fatal(err)
		}
		if len(c.Warnings) != x.want || x.want == 1 && !strings.Contains(c.Warnings[0], "chmod 600") {
			t.Errorf("mode %o: got %q, want %d", x.mode, c.Warnings, x.want)
		}
	}
}

func TestLoad_WarnsOfMisspeltNames(t *testing.T) {
	for _, x := range []struct{ name, meant string }{
		{"SENDER_EMIAL", "SENDER_EMAIL"},
		{"BASEURL", "BASE_URL"},
		{"base_url", "BASE_URL"},
		{"SECRETKEY", "SECRET_KEY"},
		{"UPI_ID_4", "UPI_ID_1"},
		{"TRUSTED_PROXY", ""}, // three away
		{"PATH", ""},
		{"HOME", ""},
		{"FLASK_ENV", ""},
		{"ADDRS", ""}, // ADDR is too short to be sure
		{"SENDER_EMAIL_ADDRESS", ""},
	} {
		got := mustLoad(t, x.name+"=x").Warnings
		if x.meant == "" && len(got) == 0 {
			continue
		}
		if len(got) != 1 || x.meant == "" || !strings.HasPrefix(got[0], x.name+" ") || !strings.Contains(got[0], "Is "+x.meant+" meant?") {
			t.Errorf("%s: got %q, want %q", x.name, got, x.meant)
		}
	}
}

func TestDistance(t *testing.T) {
	for _, x := range []struct {
		a, b string
		want int
	}{{"", "", 0}, {"", "abc", 3}, {"abc", "", 3}, {"abc", "abc", 0}, {"abc", "acb", 1}, {"abc", "abd", 1}, {"abc", "ab", 1},
		{"abcdef", "badcfe", 3}, {"ca", "abc", 3}, {"kitten", "sitting", 3}} {
		if got := distance(x.a, x.b); got != x.want {
			t.Errorf("distance(%q, %q): got %d, want %d", x.a, x.b, got, x.want)
		}
	}
}
