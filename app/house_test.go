package app_test

import (
	"encoding/json"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"lectern/app/lang"
)

// mayImport says which rooms each room may use; what stands nowhere is a leaf. Arrows never turn back.
var mayImport = map[string]string{
	"lectern":                 "app app/audit app/config",
	"app":                     "*",
	"app/fault":               "app/lang",
	"app/db":                  "migrations",
	"app/audit":               "app/db",
	"app/jobs":                "app/db app/fault app/lang app/audit",
	"app/search":              "app/db",
	"app/files":               "app/db app/fault app/lang app/files/picture",
	"app/files/picture":       "",
	"app/config":              "app/lang app/payment/upi",
	"views":                   "static app/lang app/files/picture",
	"views/site":              "views static app/lang app/files/picture",
	"views/admin":             "views static app/lang app/files/picture",
	"views/mail":              "views app/lang",
	"app/mail":                "app/jobs app/db app/fault app/lang app/audit views views/mail",
	"app/school":              "app/files app/files/picture app/db app/audit app/lang app/fault app/mail",
	"app/account/common":      "",
	"app/account/common/fill": "app/account/common",
	"app/account":             "app/account/common app/db app/fault app/lang app/school app/mail app/audit app/search",
	"app/catalog":             "app/files app/db app/fault app/lang app/audit app/school app/search",
	"app/markdown":            "",
	"app/content":             "app/db app/fault app/lang app/audit app/school app/search app/catalog app/files",
	"app/learning":            "app/db app/fault app/lang app/account app/catalog app/mail app/audit app/school app/search",
	"app/payment":             "app/db app/fault app/lang app/learning app/catalog app/account app/school app/mail app/audit app/jobs app/search app/internship app/payment/upi",
	"app/text":                "",
	"app/internship":          "app/db app/fault app/lang app/text app/account app/catalog app/school app/mail app/audit app/search",
	"app/inbox":               "app/db app/fault app/text app/account app/mail app/audit app/search",
	"app/students":            "app/db app/fault app/lang app/account app/jobs app/learning app/mail app/payment",
	"app/report":              "app/db app/lang",
	"app/ops":                 "app/db app/fault app/lang app/account app/school app/catalog app/learning app/payment app/mail",
	"app/privacy":             "app/db",
	"app/web":                 "app/audit app/db app/fault app/lang views",
	"app/site":                "app/privacy app/content app/markdown app/files app/files/picture app/web app/fault app/lang app/db app/account app/catalog app/learning app/mail app/payment app/payment/upi app/school views app/inbox app/text views/site app/internship static",
	"app/admin":               "app/content app/markdown app/files app/files/picture app/web app/fault app/lang app/db app/account app/audit app/catalog app/learning app/mail app/payment app/payment/upi app/report app/school views views/admin app/inbox app/text static app/students app/internship app/jobs",
	"app/dbtest":              "app/db",
	"app/mail/mailtest":       "",
	"app/apptest":             "*",
	"app/bench":               "*",
	"app/crashtest":           "*",
	"app/browsertest":         "*",
	"app/payment/upi":         "",
	"app/lang":                "",
	"static":                  "",
	"migrations":              "",
}

func TestHouse_ImportsFollowTheRules(t *testing.T) {
	out, err := exec.Command("go", "list", "-json=ImportPath,Imports", "lectern/...").Output()
	if err != nil {
		t.Fatal(err)
	}
	for dec := json.NewDecoder(strings.NewReader(string(out))); ; {
		var pkg struct {
			ImportPath string
			Imports    []string
		}
		if err := dec.Decode(&pkg); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatal(err)
		}
		name := strings.TrimPrefix(pkg.ImportPath, "lectern/")
		rule, known := mayImport[name]
		if !known {
			t.Errorf("room %s has no rule: add one", name)
		}
		for _, to := range pkg.Imports {
			to, ours := strings.CutPrefix(to, "lectern/")
			if !ours || rule == "*" || slices.Contains(strings.Fields(rule), to) {
				continue
			}
			t.Errorf("%s imports %s", name, to)
		}
	}
}

// sources returns our own files of the given endings, by path, tests and generated ones left out.
func sources(t *testing.T, endings ...string) map[string]string {
	t.Helper()
	all := map[string]string{}
	for _, root := range []string{"../main.go", ".", "../views"} {
		err := filepath.WalkDir(root, func(path string, d os.DirEntry, err error) error {
			if err != nil || d.IsDir() || strings.HasSuffix(path, "_test.go") || strings.HasSuffix(path, "_templ.go") || !slices.Contains(endings, filepath.Ext(path)) {
				return err
			}
			b, err := os.ReadFile(path)
			all[path] = string(b)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return all
}

var (
	keyInCode = regexp.MustCompile(`"([a-z0-9_]+(?:\.[a-zA-Z0-9_]+)+)"`)
	// prefixes of keys that code completes: a status, a kind, a month.
	built = regexp.MustCompile(`"([a-z0-9_]+(?:\.[a-zA-Z0-9_]+)*\.)"`)
)

func TestHouse_EveryTextIsInTheCatalogueAndUsed(t *testing.T) {
	texts := map[string]bool{}
	for _, key := range lang.For("en").Keys() {
		base, _, _ := strings.Cut(key, "[")
		texts[base] = true
	}
	families := map[string]bool{}
	for key := range texts {
		family, _, _ := strings.Cut(key, ".")
		families[family] = true
	}
	used, prefixes := map[string]bool{}, map[string]bool{}
	for path, text := range sources(t, ".go", ".templ") {
		for _, m := range keyInCode.FindAllStringSubmatch(text, -1) {
			family, _, _ := strings.Cut(m[1], ".")
			used[m[1]] = true
			if families[family] && !texts[m[1]] && looksLikeKey(path, text, m[1]) {
				t.Errorf("%s: text %q isn't in the catalogue", path, m[1])
			}
		}
		for _, m := range built.FindAllStringSubmatch(text, -1) {
			prefixes[m[1]] = true
		}
	}
	for key := range texts {
		if used[key] {
			continue
		}
		completed := false
		for p := range prefixes {
			completed = completed || strings.HasPrefix(key, p)
		}
		if !completed && !usedWithSuffix(used, key) {
			t.Errorf("text %q is used nowhere", key)
		}
	}
}

// looksLikeKey tells a key from the name of a file or of an audited action.
func looksLikeKey(path, text, key string) bool {
	for _, call := range []string{"T(ctx, ", "M(", "New(", "Field(", "Add(", "Rich(", ".T("} {
		if regexp.MustCompile(regexp.QuoteMeta(call) + `[^)"]*"` + regexp.QuoteMeta(key) + `"`).MatchString(text) {
			return true
		}
	}
	return false
}

// usedWithSuffix: a key that code names and then completes, as in key+".by".
func usedWithSuffix(used map[string]bool, key string) bool {
	return used[key[:strings.LastIndex(key, ".")]]
}

func TestHouse_TablesAreWrittenByTheirOwnerOnly(t *testing.T) {
	owner := map[string]string{
		"users": "account", "sessions": "account", "tokens": "account", "invites": "account", "throttle": "account", "kept_forms": "account",
		"internships": "internship", "applications": "internship", "application_notes": "internship", "application_batches": "internship", "application_batch_items": "internship",
		"messages": "inbox", "message_entries": "inbox",
		"settings": "school", "setting_changes": "school", "payees": "school", "epoch": "school", "audit": "audit", "terms": "search",
		"courses": "catalog", "sections": "catalog", "lessons": "catalog", "grants": "learning", "enrollments": "learning",
		"course_slugs": "catalog", "course_prices": "catalog",
		"orders": "payment", "claims": "payment", "receipts": "payment", "allocations": "payment", "refunds": "payment",
		"sent_once": "payment", "batches": "payment", "batch_items": "payment", "pages": "content", "page_versions": "content", "page_moves": "content", "stories": "content", "arrangements": "content", "files": "files", "file_uses": "files", "outbox": "mail", "mail_state": "mail",
		"tags": "account", "user_tags": "account", "user_notes": "account", "jobs": "jobs", "job_items": "jobs", "notices": "students", "notice_readers": "students",
	}
	writes := regexp.MustCompile(`(?i)\b(?:INSERT INTO|UPDATE|DELETE FROM)\s+([a-z_]+)`)
	for path, text := range sources(t, ".go") {
		room, _, _ := strings.Cut(path, "/")
		if room == "bench" {
			continue
		}
		for _, m := range writes.FindAllStringSubmatch(text, -1) {
			if o := owner[strings.ToLower(m[1])]; o != "" && o != room {
				t.Errorf("%s writes %s, which is %s's", path, m[1], o)
			}
		}
	}
}

func TestHouse_NoSQLIsBuiltFromInput(t *testing.T) {
	raw := regexp.MustCompile("(?:SELECT|INSERT|UPDATE|DELETE)[^`\"]*%[sv]")
	for path, text := range sources(t, ".go") {
		for _, m := range raw.FindAllString(text, -1) {
			// Conditions and column lists are joined from constants in these rooms; values are always parameters.
			if !slices.Contains([]string{"audit", "search", "payment", "account", "catalog", "learning", "report", "mail", "db", "school", "content", "jobs", "students"}, strings.Split(path, "/")[0]) {
				t.Errorf("%s: %s", path, m)
			}
		}
	}
}

func TestHouse_TemplatesHaveNoInlineCodeAndNoThirdParty(t *testing.T) {
	for path, text := range sources(t, ".templ") {
		for _, bad := range []string{` on[a-z]+=`, `style="`, `<style`, `hx-on`, `javascript:`, `(?:src|action)="https?://`} {
			if m := regexp.MustCompile(bad).FindString(text); m != "" {
				t.Errorf("%s: %q", path, m)
			}
		}
		if strings.Contains(text, "templ.Raw") && !strings.HasSuffix(path, "views/drawn.templ") {
			t.Errorf("%s: templ.Raw", path)
		}
		if strings.Contains(text, "templ.SafeURL") && !strings.HasSuffix(path, "site/order.templ") {
			t.Errorf("%s: templ.SafeURL", path)
		}
	}
}
