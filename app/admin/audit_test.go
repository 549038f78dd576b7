package admin_test

import (
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"lectern/app/apptest"
	"lectern/app/audit"
	"lectern/app/lang"
)

func TestAudit_TellsInWordsWhoDidWhat(t *testing.T) {
	t.Parallel()
	s := apptest.New(t)
	chitra, asha := s.SignIn("chitra"), s.SignIn("asha")
	order := ordered(asha, "612345678901")
	code := strings.TrimPrefix(order, "/orders/")
	chitra.Submit("/admin/payments", "form[action$='/verify']:not(#bulk)", nil).Want(303)
	p := chitra.Get("/admin/audit?kind=order").Want(200)
	first := strings.Join(strings.Fields(p.Doc.Find("tbody tr").First().Text()), " ")
	for _, want := range []string{"Verified a payment", "₹499", "6123 4567 8901", "chitra", "Order", code, "23 Nov 2026, 14:05"} {
		if !strings.Contains(first, want) {
			t.Errorf("the first row says %q, want %q in it", first, want)
		}
	}
	for _, href := range []string{"/admin" + order, "/admin/students/" + userID(s, "chitra")} {
		if p.Doc.Find("tbody tr").First().Find("a[href='"+href+"']").Length() == 0 {
			t.Errorf("nothing leads to %s", href)
		}
	}
	chitra.Get("/admin/audit?kind=grant").Want(200).WantText("tbody", "Gave access", "Programming Foundations with Python, Asha")
	if part := chitra.AsHTMX().Get("/admin/audit").Want(200); part.Has("header") != 0 || part.Has("section#list") != 1 {
		t.Error("htmx got more or less than the list")
	}
}

// deed finds the code of an action where it is recorded.
var deed = regexp.MustCompile(`(?:record\(ctx, tx|begin\(ctx, tx|Action:).*?"([a-z]+\.[a-z_]+)"`)

func TestAudit_EveryActionHasWords(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("../*/*.go")
	if err != nil {
		t.Fatal(err)
	}
	english, found := lang.For("en"), 0
	for _, name := range files {
		source, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range deed.FindAllStringSubmatch(string(source), -1) {
			found++
			if key := "audit.action." + m[1]; !strings.HasSuffix(name, "_test.go") && english.T(key) == key {
				t.Errorf("%s: %s has no words", name, m[1])
			}
		}
	}
	if found < 30 {
		t.Errorf("only %d actions found: has the way of recording them changed?", found)
	}
}

func TestAudit_FoundByWhatItIsAbout(t *testing.T) {
	t.Parallel()
	s := apptest.New(t)
	chitra, asha := s.SignIn("chitra"), s.SignIn("asha")
	code := strings.TrimPrefix(ordered(asha, "612345678901"), "/orders/")
	ordered(s.SignIn("bala"), "")
	id := userID(s, "asha")
	chitra.Submit("/admin/students/"+id, "#login-link", nil).Want(200)
	for _, tt := range []struct {
		query url.Values
		rows  int
		says  string
	}{
		{url.Values{"q": {"account.login_link"}}, 1, "Made a login link"},
		{url.Values{"q": {strings.ToLower(code)}}, 2, "Said that it was paid"},
		{url.Values{"q": {id}}, 4, "Made a login link"}, // made an account, ordered, claimed; and what Chitra did
		{url.Values{"q": {"Asha@example.com"}}, 4, "Ordered"},
		{url.Values{"q": {id}, "kind": {"order"}}, 2, "Ordered"},
		{url.Values{"q": {id}, "kind": {"user"}}, 2, "Made an account"},
		{url.Values{"q": {code}, "kind": {"user"}}, 0, ""},
		{url.Values{"q": {"site_name"}}, 1, "First value of a setting"},
		{url.Values{"q": {"nothing"}}, 0, ""},
	} {
		p := chitra.Get("/admin/audit?"+tt.query.Encode()).Want(200).WantText("#list", tt.says)
		if got := p.Has("tbody tr"); got != tt.rows {
			t.Errorf("%v: %d rows, want %d: %s", tt.query, got, tt.rows, p.Text("tbody"))
		}
	}
}

func TestAudit_PagesByKey(t *testing.T) {
	t.Parallel()
	s := apptest.New(t)
	chitra := s.SignIn("chitra")
	crowd(s, 60)
	seen, path := 0, "/admin/audit?q=account.register"
	for range 2 {
		p := chitra.Get(path).Want(200)
		seen += p.Has("tbody tr")
		path, _ = p.Doc.Find(".pager a[rel=next]").Attr("href")
	}
	if seen != 60 || path != "" {
		t.Errorf("two pages show %d deeds, and lead to %q", seen, path)
	}
}

// The log is chosen from by day, comes as a table that no spreadsheet runs, and says what it is sealed with.
func TestAudit_DaysAndTable(t *testing.T) {
	t.Parallel()
	s := apptest.New(t)
	s.SignIn("asha")
	s.Clock.Move(48 * time.Hour)
	bala := s.SignIn("bala")
	chitra := s.SignIn("chitra")
	first, later := chitra.Get("/admin/audit?q=account.register&to=2026-11-23"), chitra.Get("/admin/audit?q=account.register&from=2026-11-25&to=2026-11-25")
	if first.Has("tbody tr") != 1 || !strings.Contains(first.Text("tbody"), "Asha") || later.Has("tbody tr") != 1 || !strings.Contains(later.Text("tbody"), "Bala") {
		t.Errorf("%q, then %q", first.Text("tbody"), later.Text("tbody"))
	}
	if p := chitra.Get("/admin/audit?from=nonsense&to=2026-99-99").Want(200); p.Has("tbody tr") == 0 {
		t.Error("a day that is none hides everything")
	}
	href, _ := later.Doc.Find("a[download]").Attr("href")
	table := chitra.Get(href).Want(200)
	if lines := strings.Split(strings.TrimSpace(table.Body), "\r\n"); len(lines) != 2 || !strings.Contains(lines[1], "account.register") || !strings.Contains(lines[1], "127.0.0.0/24") {
		t.Errorf("%q", table.Body)
	}
	bala.Get(href).Want(403)

	if chitra.Get("/admin/audit").Has("#sealed") != 0 {
		t.Error("a seal before there is one")
	}
	sealer := audit.Sealer{DB: s.DB, Now: time.Now}
	if err := sealer.Run(t.Context()); err != nil {
		t.Fatal(err)
	}
	head, _, err := audit.Sealed(t.Context(), s.DB.Read())
	if err != nil || !strings.Contains(chitra.Get("/admin/audit").Text("#sealed"), head.Hash) {
		t.Errorf("%+v, %v", head, err)
	}
}
