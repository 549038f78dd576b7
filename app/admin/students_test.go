package admin_test

import (
	"context"
	"database/sql"
	"encoding/csv"
	"fmt"
	"net/url"
	"strings"
	"testing"

	"lectern/app/account"
	"lectern/app/apptest"
	"lectern/app/audit"
	"lectern/app/db"
)

// register makes a student and returns the id.
func register(s *apptest.School, name, email, phone string) string {
	s.T.Helper()
	u, _, err := s.Accounts.Register(context.Background(), account.RegisterForm{Name: name, Email: email, Phone: phone, Password: apptest.Password, SlipConfirmed: true}, account.Client{})
	if err != nil {
		s.T.Fatal(err)
	}
	return u.ID
}

func TestStudents_FoundByNameMailAndPhone(t *testing.T) {
	t.Parallel()
	s := apptest.New(t)
	chitra := s.SignIn("chitra")
	chitra.Get("/admin/students").Want(200).WantText(".empty", "No students yet")
	register(s, "Farah Wani", "farah@example.com", "98765 43210")
	register(s, "फ़राह लोन", "lone@example.com", "")
	for q, want := range map[string]string{"wan": "Farah Wani", "farah@example.com": "Farah Wani", "98765-43210": "Farah Wani", "+91 98765": "Farah Wani", "फ़राह": "फ़राह लोन"} {
		p := chitra.Get("/admin/students?q=" + url.QueryEscape(q)).Want(200)
		if p.Has("tbody tr") != 1 {
			t.Errorf("%q finds %d students", q, p.Has("tbody tr"))
		}
		p.WantText("tbody", want)
	}
	chitra.Get("/admin/students?q=nobody").Want(200).WantText(".empty", "Nobody found")
	chitra.Get("/admin/students?q=%27&after=none&status=none").Want(200)
	part := chitra.AsHTMX().Get("/admin/students?q=wan").Want(200)
	if part.Has("header") != 0 || part.Has("section#list tbody tr") != 1 {
		t.Error("htmx got more or less than the list")
	}
}

// crowd puts students into the database who never log in, for whom hashing a password would be a waste of time. It
// returns the id of the last.
func crowd(s *apptest.School, n int) (last string) {
	s.T.Helper()
	err := s.DB.InTx(context.Background(), func(tx *sql.Tx) error {
		for i := range n {
			last = db.NewID()
			if err := db.Exec(context.Background(), tx, `INSERT INTO users (id, email, email_norm, name, password_hash, created_at) VALUES ($1, $2, $2, 'Student', '', $3)`,
				last, fmt.Sprintf("student%d@example.com", i), db.Millis(s.Clock.Now())); err != nil {
				return err
			}
			if err := audit.Record(context.Background(), tx, audit.Entry{At: s.Clock.Now(), Actor: last, Action: "account.register", Kind: "user", Subject: last}); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		s.T.Fatal(err)
	}
	return last
}

func TestStudents_PagesAndTabs(t *testing.T) {
	t.Parallel()
	s := apptest.New(t)
	chitra := s.SignIn("chitra")
	last := crowd(s, 51)
	p := chitra.Get("/admin/students").Want(200)
	next, _ := p.Doc.Find(".pager a[rel=next]").Attr("href")
	if p.Has("tbody tr") != 50 || next == "" {
		t.Fatalf("the first page has %d rows and leads to %q", p.Has("tbody tr"), next)
	}
	p = chitra.Get(next).Want(200).WantText("tbody", "student0@example.com")
	if p.Has("tbody tr") != 1 || p.Has(".pager a[rel=next]") != 0 || p.Has(".pager a[href='/admin/students']") != 1 {
		t.Errorf("the last page: %s", p.Text("#list"))
	}
	chitra.Submit("/admin/students/"+last, "#deactivate", nil).Want(303)
	if p := chitra.Get("/admin/students?status=inactive").Want(200).WantText("tbody", "student50@example.com", "Deactivated"); p.Has("tbody tr") != 1 {
		t.Errorf("%d are deactivated", p.Has("tbody tr"))
	}
	chitra.Get("/admin/students?status=active").Want(200).WantNoText("tbody", "student50@example.com")
}

// table reads a CSV file as Excel would, byte order mark first.
func table(p *apptest.Page) [][]string {
	p.Browser.T.Helper()
	body, marked := strings.CutPrefix(p.Body, "\ufeff")
	rows, err := csv.NewReader(strings.NewReader(body)).ReadAll()
	if err != nil || !marked {
		p.Browser.T.Fatalf("%v, marked: %t", err, marked)
	}
	return rows
}

func TestStudentsCSV_IsWholeAndInert(t *testing.T) {
	t.Parallel()
	s := apptest.New(t)
	chitra := s.SignIn("chitra")
	register(s, "=HYPERLINK(A)", "evil@example.com", "98765 43210")
	register(s, "फ़राह, \"वानी\"", "farah@example.com", "")
	p := chitra.Get("/admin/students.csv").Want(200)
	if got := p.Header.Get("Content-Disposition"); got != `attachment; filename="students-2026-11-23.csv"` {
		t.Errorf("it is called %s", got)
	}
	if got := p.Header.Get("Content-Type"); got != "text/csv; charset=utf-8" {
		t.Errorf("its type is %s", got)
	}
	rows := table(p)
	if len(rows) != 3 {
		t.Fatalf("%d rows: %q", len(rows), rows)
	}
	want := [][]string{
		{"फ़राह, \"वानी\"", "farah@example.com", "no", "", "2026-11-23 14:05", "2026-11-23 14:05", "0", "yes", ""},
		{"'=HYPERLINK(A)", "evil@example.com", "no", "'+919876543210", "2026-11-23 14:05", "2026-11-23 14:05", "0", "yes", ""},
	}
	for i, w := range want {
		if got := rows[i+1]; strings.Join(got, "|") != strings.Join(w, "|") {
			t.Errorf("got %q, want %q", got, w)
		}
	}
	if rows := table(chitra.Get("/admin/students.csv?q=farah").Want(200)); len(rows) != 2 || rows[1][1] != "farah@example.com" {
		t.Errorf("filtered: %q", rows)
	}
}
