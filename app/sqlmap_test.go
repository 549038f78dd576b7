package app_test

import (
	"bufio"
	"bytes"
	"cmp"
	"database/sql"
	"fmt"
	"maps"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"

	"lectern/app/apptest"
	"lectern/app/db"
)

// TestSQLMap has sqlmap, a scanner for SQL that input gets into, try every field of the forms of a running copy: those that
// strangers reach and the searches of the panel; with LECTERN_TEST_LONG=1 all, and the parameters in addresses.
func TestSQLMap(t *testing.T) {
	if _, err := exec.LookPath("sqlmap"); err != nil {
		if os.Getenv("CI") != "" {
			t.Fatal("sqlmap isn't installed")
		}
		t.Skip("sqlmap isn't installed")
	}
	long := os.Getenv("LECTERN_TEST_LONG") != ""
	if testing.Short() {
		t.Skip("takes a minute")
	}
	w := newWorld(t)
	go w.forgive(t)
	scan := scanner{t: t, dir: t.TempDir(), url: w.URL}
	t.Run("finds what is there", func(t *testing.T) {
		open := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
			title, err := db.Value[string](r.Context(), w.DB.Read(), `SELECT title FROM courses WHERE slug = '`+r.URL.Query().Get("q")+`'`)
			fmt.Fprint(rw, title, err)
		}))
		defer open.Close()
		scan := scan
		scan.t, scan.url = t, open.URL
		if found, out := scan.run(target{method: "GET", path: "/", fields: url.Values{"q": {w.params["/courses/{slug}"]}}}); found != injectable {
			t.Errorf("sqlmap overlooks an open door:\n%s", out)
		}
	})
	targets := w.targets(t, long)
	t.Logf("%d forms and addresses", len(targets))
	if len(targets) < 10 || long && len(targets) < 100 {
		t.Errorf("only %d forms were found", len(targets))
	}
	slots := make(chan struct{}, 2)
	var wg sync.WaitGroup
	var mu sync.Mutex
	verdicts := map[verdict]int{}
	for _, target := range targets {
		wg.Go(func() {
			slots <- struct{}{}
			defer func() { <-slots }()
			begin := time.Now()
			found, out := scan.run(target)
			mu.Lock()
			verdicts[found]++
			mu.Unlock()
			if found == injectable || found == unknown {
				t.Errorf("%s %s %v: %s\n%s", target.method, target.path, target.fields, found, out)
			}
			t.Logf("%5.1f s  %s  %s %s", time.Since(begin).Seconds(), found, target.method, target.path)
		})
	}
	wg.Wait()
	t.Logf("verdicts: %v", verdicts)
}

// forgive lets the scanner try as often as it likes: a refusal for too many tries would be all it gets to see.
func (w *world) forgive(t *testing.T) {
	for t.Context().Err() == nil {
		w.DB.InTx(t.Context(), func(tx *sql.Tx) error { return db.Exec(t.Context(), tx, `DELETE FROM throttle`) })
		time.Sleep(10 * time.Millisecond)
	}
}

// target is a form, or an address with something variable in it, as somebody who may use it.
type target struct {
	method, path string // path with a * after what is to be tried in it
	cookies      string
	fields       url.Values
	multipart    bool
}

// targets are the forms on all pages, each once, however many pages it stands on.
func (w *world) targets(t *testing.T, all bool) []target {
	t.Helper()
	seen := map[string]bool{}
	var found []target
	add := func(key string, x target) {
		if !seen[key] {
			seen[key] = true
			found = append(found, x)
		}
	}
	for _, r := range routeTable(t) {
		if r.method != "GET" {
			continue
		}
		who := map[string]*apptest.Browser{"public": w.visitor, "anyone": w.visitor, "student": w.asha, "cashier": w.bala, "panel": w.chitra, "teacher": w.devi, "staff": w.chitra}[r.guard]
		if r.path == "/login/code" {
			who = w.halfway
		}
		path := w.fill(r.path)
		p := who.Get(path)
		if p.Status != 200 || p.Doc == nil || !all && !slices.Contains(quick, r.path) {
			continue
		}
		if all && strings.Contains(r.path, "{") && !strings.Contains(r.path, "{$}") {
			add(r.path, target{method: "GET", path: path + "*", cookies: who.Cookies()})
		}
		p.Doc.Find("form[action]").Each(func(_ int, form *goquery.Selection) {
			x := target{method: strings.ToUpper(form.AttrOr("method", "get")), path: form.AttrOr("action", ""), cookies: who.Cookies(),
				fields: p.Fields(form), multipart: form.AttrOr("enctype", "") == "multipart/form-data"}
			form.Find("input[type=file]").Each(func(_ int, in *goquery.Selection) { x.fields.Del(in.AttrOr("name", "")) })
			if ends := regexp.MustCompile(`^/(logout|account/delete|account/sessions)|/staff/`); ends.MatchString(x.path) || len(x.fields) == 0 {
				return
			}
			for name, values := range x.fields {
				switch values[0] {
				case "":
					x.fields.Set(name, cmp.Or(map[string]string{"email": "asha@example.com", "password": apptest.Password}[name], "1"))
				case "-1", "999": // which sqlmap takes for the remains of an attack, and refuses
					x.fields.Set(name, "1")
				}
			}
			names := slices.Sorted(maps.Keys(x.fields))
			add(x.method+" "+varying.ReplaceAllString(x.path, "/…")+fmt.Sprint(names), x)
		})
	}
	return found
}

// quick are the pages whose forms are tried every time.
var quick = []string{"/login", "/register", "/password/forgot", "/contact", "/courses", "/courses/{slug}", "/internships/{slug}", "/orders/{code}", "/admin/payments", "/admin/orders",
	"/admin/students", "/admin/enrollments", "/admin/audit"}

// varying are the parts of addresses that differ from row to row.
var varying = regexp.MustCompile(`/([0-9a-v]{20}|[A-Z0-9]{2}-?[A-Z0-9-]{4,}|[0-9]+)`)

type verdict string

const (
	injectable verdict = "INJECTABLE"
	sound      verdict = "sound"
	nothing    verdict = "nothing to try"
	unknown    verdict = "UNKNOWN"
)

type scanner struct {
	t        *testing.T
	dir, url string
}

// run has sqlmap try a target, and reads its verdict. What is turned away at the door isn't worth a try.
func (s scanner) run(x target) (verdict, string) {
	if answer := s.answer(x); answer != "" {
		return unknown, answer
	}
	file := filepath.Join(s.dir, fmt.Sprintf("%x.txt", time.Now().UnixNano()))
	if err := os.WriteFile(file, s.request(x), 0o600); err != nil {
		s.t.Error(err)
	}
	out, err := exec.CommandContext(s.t.Context(), "sqlmap", "-r", file, "--ignore-stdin", "--batch", "--flush-session", "--output-dir", file+".out", "--dbms", db.Kind, "--disable-coloring",
		"--skip", "csrf_token", "--drop-set-cookie", "--ignore-redirects", "--ignore-code", "*", "--skip-waf", "--technique", "BEUS", "--timeout", "20").CombinedOutput()
	text := string(out)
	switch {
	case strings.Contains(text, "identified the following injection point"):
		return injectable, text
	case strings.Contains(text, "all tested parameters do not appear to be injectable"):
		return sound, text
	case strings.Contains(text, "no parameter(s) found for testing"):
		return nothing, text
	}
	return unknown, fmt.Sprint(text, err)
}

// answer tells of an answer that shows nothing of what is behind an address; empty: of others.
func (s scanner) answer(x target) string {
	x.path = strings.TrimSuffix(x.path, "*")
	req, err := http.ReadRequest(bufio.NewReader(bytes.NewReader(s.request(x))))
	if err != nil {
		return err.Error()
	}
	req.RequestURI, req.URL.Scheme, req.URL.Host = "", "http", req.Host
	res, err := http.DefaultTransport.RoundTrip(req)
	if err != nil {
		return err.Error()
	}
	defer res.Body.Close()
	if to := res.Header.Get("Location"); res.StatusCode >= 500 || slices.Contains([]int{400, 401, 403, 404, 405, 429}, res.StatusCode) || strings.HasPrefix(to, "/login?") || strings.HasPrefix(to, "/confirm") {
		return res.Status + " " + to
	}
	return ""
}

// request writes what a browser would send.
func (s scanner) request(x target) []byte {
	var out bytes.Buffer
	path, body, kind := x.path, "", ""
	switch {
	case x.method == "GET" && len(x.fields) > 0:
		path += "?" + x.fields.Encode()
	case x.multipart:
		var b bytes.Buffer
		w := multipart.NewWriter(&b)
		for name, values := range x.fields {
			w.WriteField(name, values[0])
		}
		w.Close()
		body, kind = b.String(), w.FormDataContentType()
	case x.method == "POST":
		body, kind = x.fields.Encode(), "application/x-www-form-urlencoded"
	}
	fmt.Fprintf(&out, "%s %s HTTP/1.1\r\nHost: %s\r\nSec-Fetch-Site: same-origin\r\n", x.method, path, strings.TrimPrefix(s.url, "http://"))
	if x.cookies != "" {
		fmt.Fprintf(&out, "Cookie: %s\r\n", x.cookies)
	}
	if body != "" {
		fmt.Fprintf(&out, "Origin: %s\r\nContent-Type: %s\r\nContent-Length: %d\r\n", s.url, kind, len(body))
	}
	out.WriteString("\r\n" + body)
	return out.Bytes()
}
