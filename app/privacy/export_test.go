package privacy_test

import (
	"archive/zip"
	"bytes"
	"database/sql"
	"encoding/json"
	"io"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"lectern/app/apptest"
	"lectern/app/db"
	"lectern/app/privacy"
)

// exported is the text of every file in a student's export.
func exported(t *testing.T, s *apptest.School, email string) map[string]string {
	t.Helper()
	var b bytes.Buffer
	if err := privacy.Export(t.Context(), s.DB.Read(), s.One(`SELECT id FROM users WHERE email_norm = $1`, email), email, &b); err != nil {
		t.Fatal(err)
	}
	z, err := zip.NewReader(bytes.NewReader(b.Bytes()), int64(b.Len()))
	if err != nil {
		t.Fatal(err)
	}
	files := map[string]string{}
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(r)
		if err != nil || !json.Valid(text) {
			t.Errorf("%s: %v %s", f.Name, err, text)
		}
		files[f.Name] = string(text)
	}
	return files
}

func TestExport_AllOfOneAndNothingOfOthers(t *testing.T) {
	t.Parallel()
	s := apptest.New(t)
	for _, name := range []string{"asha", "bala"} {
		b := s.SignIn(name)
		order := b.Submit("/courses/programming-foundations-with-python", "#enroll", nil).Want(303).Location()
		b.Submit(order, "#claim", apptest.Form{"reference": map[string]string{"asha": "612345678901", "bala": "712345678902"}[name], "payer": "Payer of " + name}).Want(303)
		b.Submit("/contact", "#contact", apptest.Form{"name": name, "email": name + "@example.com", "message": "Question of " + name}).Want(303)
		b.Submit("/internships/web-development-intern", "#apply", apptest.Form{"name": name, "email": name + "@example.com", "cover_letter": "Letter of " + name}).Want(303)
		b.SetUpApp()
	}
	files := exported(t, s, "asha@example.com")
	for file, want := range map[string]string{
		"profile.json": "asha@example.com", "orders.json": "LN-", "claims.json": "612345678901", "messages.json": "Question of asha", "applications.json": "Letter of asha",
		"sessions.json": "Android", "second_steps.json": "totp", "deeds.json": "account.register", "letters.json": "welcome", "devices.json": "2026-",
	} {
		if !strings.Contains(files[file], want) {
			t.Errorf("%s lacks %q: %s", file, want, files[file])
		}
	}
	for file, text := range files {
		for _, others := range []string{"bala", "Bala", "712345678902", "argon2", "$2"} {
			if strings.Contains(text, others) {
				t.Errorf("%s has %q in it: %s", file, others, text)
			}
		}
	}
}

// Every table with people in it is told of, or left out for a reason.
func TestExport_EveryTableIsDecidedUpon(t *testing.T) {
	t.Parallel()
	s := apptest.Empty(t)
	src, err := os.ReadFile("export.go")
	if err != nil {
		t.Fatal(err)
	}
	query := `SELECT m.name AS t, p.name AS c FROM sqlite_master m JOIN pragma_table_info(m.name) p WHERE m.type = 'table' ORDER BY 1, 2`
	if db.Kind == "PostgreSQL" {
		query = `SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = 'public' ORDER BY 1, 2`
	}
	type column struct{ table, name string }
	all, err := db.All(t.Context(), s.DB.Read(), func(row db.Scanner) (c column, err error) { return c, row.Scan(&c.table, &c.name) }, query)
	if err != nil && err != sql.ErrNoRows {
		t.Fatal(err)
	}
	personal := []string{"user_id", "email", "email_norm", "recipient", "ip", "phone", "payer"}
	seen := map[string]bool{}
	for _, c := range all {
		if !slices.Contains(personal, c.name) || seen[c.table] {
			continue
		}
		seen[c.table] = true
		told := regexp.MustCompile(`(FROM|JOIN) ` + c.table + ` `).Match(src)
		if _, left := privacy.Left[c.table]; !told && !left {
			t.Errorf("%s.%s: told by no file of the export, and not left out for a reason", c.table, c.name)
		}
	}
	if len(seen) < 10 {
		t.Errorf("only %d tables with people in them were found", len(seen))
	}
}
