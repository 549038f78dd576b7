package app_test

import (
	"bytes"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"lectern/app/apptest"
	"lectern/app/config"
)

// observed grades an answer as Mozilla's HTTP Observatory does, for what can be told from one answer of a server that has
// no certificate of its own: 100 points, less for what is missing, more for what is better than it has to be.
// https://developer.mozilla.org/en-US/observatory/docs/tests_and_scoring
func observed(h http.Header, cookies []*http.Cookie) (points int, why []string) {
	points = 100
	give := func(n int, what string) {
		points += n
		if n < 0 {
			why = append(why, what)
		}
	}
	csp := policyOf(h.Get("Content-Security-Policy"))
	switch {
	case csp == nil:
		give(-25, "no policy")
	case strings.Contains(strings.Join(csp["script-src"], " ")+strings.Join(csp["style-src"], " "), "unsafe"):
		give(-20, "an unsafe policy")
	case strings.Join(csp["default-src"], " ") == "'none'":
		give(10, "")
	default:
		give(5, "")
	}
	give(either(strings.Join(csp["frame-ancestors"], " ") == "'none'", 5, -20), "may be framed")
	give(either(h.Get("X-Content-Type-Options") == "nosniff", 0, -5), "may be sniffed")
	give(either(h.Get("Referrer-Policy") == "same-origin", 5, -5), "tells others where one comes from")
	give(either(strings.HasPrefix(h.Get("Strict-Transport-Security"), "max-age=63072000"), 0, -20), "may be asked for without encryption")
	give(either(h.Get("Cross-Origin-Resource-Policy") == "same-origin", 10, -5), "may be loaded by others")
	give(either(h.Get("Cross-Origin-Opener-Policy") == "same-origin", 10, 0), "")
	give(either(h.Get("Cross-Origin-Embedder-Policy") == "require-corp", 10, 0), "")
	safe := 0
	for _, c := range cookies {
		if !c.Secure || !c.HttpOnly || c.SameSite == http.SameSiteDefaultMode || !strings.HasPrefix(c.Name, "__Host-") {
			give(-40, "an unsafe cookie "+c.Name)
		} else {
			safe = 5
		}
	}
	give(safe, "")
	return points, why
}

func either(ok bool, yes, no int) int {
	if ok {
		return yes
	}
	return no
}

// policyOf reads a Content-Security-Policy.
func policyOf(text string) map[string][]string {
	var all map[string][]string
	for part := range strings.SplitSeq(text, ";") {
		if words := strings.Fields(part); len(words) > 0 {
			if all == nil {
				all = map[string][]string{}
			}
			all[words[0]] = words[1:]
		}
	}
	return all
}

// judge fails where an answer has fewer than 150 points, or something that no answer of ours may have.
func judge(t *testing.T, what string, p *apptest.Page) {
	t.Helper()
	points, why := observed(p.Header, p.Cookies)
	if points < 150 {
		t.Errorf("%s (%d): %d points: %v", what, p.Status, points, why)
	}
	if p.Header.Get("Server")+p.Header.Get("X-Powered-By") != "" {
		t.Errorf("%s tells what serves it", what)
	}
	if kind := p.Header.Get("Content-Type"); strings.HasPrefix(kind, "text/") && !strings.Contains(kind, "charset=utf-8") {
		t.Errorf("%s has no charset: %q", what, kind)
	}
	if inline := regexp.MustCompile(`<script>|<style|\s(style|on\w+)="`); strings.HasPrefix(p.Header.Get("Content-Type"), "text/html") && inline.MatchString(p.Body) {
		t.Errorf("%s has something inline, which the policy refuses", what)
	}
}

// Every answer has 150 points or more at the Observatory, over https, whoever asks; what isn't for everybody is kept by no
// cache and found by no search engine.
func TestObservatory(t *testing.T) {
	w := newWorld(t, func(c *config.Config) { c.BaseURL = strings.Replace(c.BaseURL, "http:", "https:", 1) })
	var guards = map[string]*apptest.Browser{"public": w.visitor, "anyone": w.visitor, "student": w.asha, "cashier": w.bala, "panel": w.bala, "teacher": w.devi, "staff": w.chitra}
	for _, r := range routeTable(t) {
		if r.method != "GET" {
			continue
		}
		path := w.fill(r.path)
		for who, b := range map[string]*apptest.Browser{"a visitor": w.visitor, "who may": guards[r.guard], "a student": w.asha} {
			p := b.Get(path)
			judge(t, path+" for "+who, p)
			if r.guard == "public" && b == w.visitor || strings.HasSuffix(path, ".txt") || p.Status >= 300 && p.Status < 400 && r.path == "/learn/{slug}" {
				continue
			}
			if !strings.Contains(p.Header.Get("Cache-Control"), "no-store") && path != "/admin/settings/preview" {
				t.Errorf("%s for %s may be kept: %q", path, who, p.Header.Get("Cache-Control"))
			}
			if html := strings.HasPrefix(p.Header.Get("Content-Type"), "text/html"); html && p.Status == 200 && r.guard != "public" && p.Has("meta[name=robots][content=noindex]") == 0 {
				t.Errorf("%s for %s may be found by search engines", path, who)
			}
		}
	}
	css, _ := w.visitor.Get("/").Doc.Find("link[rel=stylesheet]").Attr("href")
	for _, path := range []string{css, "/favicon.ico", "/static/nothing.css", "/nothing", "/account/x.css", "/admin/nothing", "/healthz", "/readyz"} {
		judge(t, path, w.visitor.Get(path))
	}
}

// Answers to what went wrong are held to the same.
func TestObservatory_Errors(t *testing.T) {
	w := newWorld(t, func(c *config.Config) { c.BaseURL = strings.Replace(c.BaseURL, "http:", "https:", 1) })
	want := func(status int, p *apptest.Page) {
		t.Helper()
		if p.Status != status {
			t.Errorf("%s: got %d, want %d", p.Path, p.Status, status)
		}
		judge(t, p.Path, p)
		if !strings.Contains(p.Header.Get("Cache-Control"), "no-store") {
			t.Errorf("%s (%d) may be kept: %q", p.Path, status, p.Header.Get("Cache-Control"))
		}
	}
	want(404, w.visitor.Get("/nothing"))
	want(404, w.asha.Get("/account/x.css")) // a page of somebody's, dressed up as a file that caches keep
	want(404, w.asha.Get("/dashboard/static/app.css"))
	want(403, w.asha.Get("/admin"))
	want(403, w.asha.Raw(http.MethodPost, "/account/profile", nil, strings.NewReader("name=Asha")))
	want(405, w.visitor.Raw(http.MethodDelete, "/courses", nil, nil))
	want(413, w.visitor.Raw(http.MethodPost, "/login", http.Header{"Content-Type": {"application/x-www-form-urlencoded"}}, bytes.NewReader(make([]byte, 1<<20))))
	want(422, w.visitor.Post("/login", url.Values{"email": {"asha@example.com"}, "password": {"wrong"}}))
	last := 0
	for range 12 {
		p := w.visitor.Post("/login", url.Values{"email": {"nobody@example.com"}, "password": {"wrong"}})
		if last = p.Status; last == 429 {
			want(429, p)
			if p.Header.Get("Retry-After") == "" {
				t.Error("429 without Retry-After")
			}
			break
		}
	}
	if last != 429 {
		t.Errorf("after many tries: %d", last)
	}
	w.App.DB.Close()
	want(500, w.asha.Get("/dashboard"))
}
