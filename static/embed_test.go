package static

import (
	"bytes"
	"compress/gzip"
	"crypto/sha512"
	"encoding/base64"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path"
	"regexp"
	"strings"
	"testing"
)

func get(t *testing.T, method, url string, header ...string) *http.Response {
	t.Helper()
	r := httptest.NewRequest(method, url, nil)
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	Handler().ServeHTTP(w, r)
	return w.Result()
}

func body(t *testing.T, res *http.Response) []byte {
	t.Helper()
	b, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestURL(t *testing.T) {
	want := regexp.MustCompile(`^/static/htmx\.min\.[0-9a-f]{8}\.js$`)
	if got := URL("htmx.min.js"); !want.MatchString(got) {
		t.Errorf("URL = %q, want it like %s", got, want)
	}
	defer func() {
		if recover() == nil {
			t.Error("URL of an unknown file doesn't panic")
		}
	}()
	URL("nothing.css")
}

func TestHandler_Addresses(t *testing.T) {
	const revalidate = "no-cache"
	for name, c := range map[string]struct {
		url    string
		status int
		cache  string
		mime   string
	}{
		"CurrentHash":   {URL("app.css"), 200, forever, "text/css; charset=utf-8"},
		"Script":        {URL("app.js"), 200, forever, "text/javascript; charset=utf-8"},
		"Picture":       {URL("favicon.svg"), 200, forever, "image/svg+xml"},
		"OutdatedHash":  {"/static/app.00000000.css", 200, revalidate, "text/css; charset=utf-8"},
		"NoHash":        {"/static/app.css", 200, revalidate, "text/css; charset=utf-8"},
		"Unknown":       {"/static/nothing.00000000.css", 404, revalidate, "text/plain; charset=utf-8"},
		"Folder":        {"/static/", 404, revalidate, "text/plain; charset=utf-8"},
		"Climbing":      {"/static/../embed.go", 404, revalidate, "text/plain; charset=utf-8"},
		"Source":        {"/static/embed.go", 404, revalidate, "text/plain; charset=utf-8"},
		"CompressedOne": {"/static/app.css.br", 404, revalidate, "text/plain; charset=utf-8"},
	} {
		t.Run(name, func(t *testing.T) {
			res := get(t, "GET", c.url)
			if res.StatusCode != c.status {
				t.Errorf("status %d, want %d", res.StatusCode, c.status)
			}
			for header, want := range map[string]string{"Cache-Control": c.cache, "Content-Type": c.mime, "X-Content-Type-Options": "nosniff"} {
				if got := res.Header.Get(header); got != want {
					t.Errorf("%s = %q, want %q", header, got, want)
				}
			}
			if b := body(t, res); bytes.Contains(b, []byte("<html")) {
				t.Errorf("answered with HTML: %.80s", b)
			}
		})
	}
}

func TestHandler_Encodings(t *testing.T) {
	plain := mustRead("app.css")
	for accept, want := range map[string]string{
		"":                         "",
		"gzip, deflate, br, zstd":  "br",
		"gzip":                     "gzip",
		"GZIP;q=0.5":               "gzip",
		"br;q=0, gzip":             "gzip",
		"br;q=0, gzip;q=0.0":       "",
		"br;q=nonsense, gzip":      "gzip",
		"*":                        "br",
		"*;q=0":                    "",
		"br;q=0, *;q=0.1":          "gzip",
		"identity":                 "",
		"deflate, compress, x-foo": "",
	} {
		t.Run(accept, func(t *testing.T) {
			res := get(t, "GET", URL("app.css"), "Accept-Encoding", accept)
			if got := res.Header.Get("Content-Encoding"); got != want {
				t.Errorf("Content-Encoding %q, want %q", got, want)
			}
			if got := res.Header.Get("Vary"); got != "Accept-Encoding" {
				t.Errorf("Vary = %q", got)
			}
			b := body(t, res)
			if want == "" && !bytes.Equal(b, plain) || want != "" && len(b) >= len(plain)/2 {
				t.Errorf("%d bytes of %d", len(b), len(plain))
			}
		})
	}
}

func TestHandler_Methods(t *testing.T) {
	url := URL("app.css")
	full, head := get(t, "GET", url), get(t, "HEAD", url)
	if b := body(t, head); len(b) > 0 || head.StatusCode != 200 || head.Header.Get("Content-Length") != full.Header.Get("Content-Length") {
		t.Errorf("HEAD: status %d, length %s, %d bytes", head.StatusCode, head.Header.Get("Content-Length"), len(b))
	}
	if res := get(t, "POST", url); res.StatusCode != 405 || res.Header.Get("Allow") != "GET, HEAD" {
		t.Errorf("POST: status %d, Allow %q", res.StatusCode, res.Header.Get("Allow"))
	}
}

func TestHandler_Revalidates(t *testing.T) {
	url := "/static/app.css"
	etag := get(t, "GET", url, "Accept-Encoding", "br").Header.Get("ETag")
	if plain := get(t, "GET", url).Header.Get("ETag"); plain == etag || plain == "" {
		t.Errorf("plain and compressed share the ETag %s", etag)
	}
	res := get(t, "GET", url, "Accept-Encoding", "br", "If-None-Match", `"old", `+etag)
	if b := body(t, res); res.StatusCode != 304 || len(b) > 0 || res.Header.Get("ETag") != etag {
		t.Errorf("status %d with %d bytes, want 304 with none", res.StatusCode, len(b))
	}
	if res := get(t, "GET", url, "If-None-Match", etag); res.StatusCode != 200 {
		t.Errorf("status %d for the ETag of another encoding, want 200", res.StatusCode)
	}
}

func TestFavicon(t *testing.T) {
	w := httptest.NewRecorder()
	Favicon().ServeHTTP(w, httptest.NewRequest("GET", "/favicon.ico", nil))
	if w.Code != 200 || w.Header().Get("Content-Type") != "image/svg+xml" || w.Header().Get("Cache-Control") != "no-cache" {
		t.Errorf("status %d, %v", w.Code, w.Header())
	}
}

// The tool's own -check compares the brotli copies too; this needs nothing but the standard library.
func TestCompressedCopiesAreFresh(t *testing.T) {
	for name := range assets {
		z, err := gzip.NewReader(bytes.NewReader(mustRead(name + ".gz")))
		if err != nil {
			t.Fatal(err)
		}
		got, err := io.ReadAll(z)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(got, mustRead(name)) {
			t.Errorf("%s.gz is stale: run `go run -C .ci/tools ./assets`", name)
		}
	}
}

func TestVendoredFilesAreUnchanged(t *testing.T) {
	list, err := os.ReadFile("VENDORED.md")
	if err != nil {
		t.Fatal(err)
	}
	rows := regexp.MustCompile(`(?m)^\| (\S+\.js) \|.*\| 0BSD \| (\S+) \|$`).FindAllStringSubmatch(string(list), -1)
	if len(rows) != 1 {
		t.Fatalf("%d rows, want 1", len(rows))
	}
	for _, row := range rows {
		sum := sha512.Sum384(mustRead(row[1]))
		if got := base64.StdEncoding.EncodeToString(sum[:]); got != row[2] {
			t.Errorf("%s has SHA-384 %s, the list says %s", row[1], got, row[2])
		}
	}
}

// What every page loads stays small enough for a first visit on a slow phone.
func TestWeight(t *testing.T) {
	const most = 24_000 // bytes, as brotli
	total := 0
	for _, name := range []string{"app.css", "app.js", "htmx.min.js", "favicon.svg"} {
		total += len(mustRead(name + ".br"))
	}
	if total > most {
		t.Errorf("%d bytes for styles and scripts, want at most %d", total, most)
	}
}

// Nothing may ask another host for anything, or need what the content security policy forbids.
func TestOwnFilesKeepThePolicy(t *testing.T) {
	forbidden := regexp.MustCompile(`https?://|@import|\beval\b|new Function|\.innerHTML|url\(`)
	sided := regexp.MustCompile(`(margin|padding|border|inset)-(left|right|top|bottom)\b|[\s;{](left|right|width|height):|text-align: (left|right)`)
	for name := range assets {
		if name == "htmx.min.js" || path.Ext(name) == ".svg" {
			continue
		}
		text := string(mustRead(name))
		if found := forbidden.FindString(text); found != "" {
			t.Errorf("%s has %q", name, found)
		}
		if found := sided.FindString(text); path.Ext(name) == ".css" && found != "" {
			t.Errorf("%s has %q, which doesn't turn round with the writing", name, strings.TrimSpace(found))
		}
	}
}
