package web_test

import (
	"bytes"
	"context"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"strings"
	"testing"

	"lectern/app/web"
)

// upload serves one route with files, as the admin, and counts what it got.
func upload(t *testing.T, change func(*web.Options)) (h http.Handler, got *int64) {
	k, got := newKit(change), new(int64)
	mux := http.NewServeMux()
	mux.Handle("POST /pictures/{id}", k.Student(func(w http.ResponseWriter, r *http.Request) error {
		if err := web.ParseForm(r); err != nil {
			return err
		}
		file, size, ok, err := web.File(r, "picture")
		if err != nil || !ok {
			return web.Render(w, r, 200, text("no file, title "+r.PostFormValue("title")), nil)
		}
		defer file.Close()
		*got, err = io.Copy(io.Discard, file)
		if *got != size {
			t.Errorf("size %d, read %d", size, *got)
		}
		return err
	}))
	mux.Handle("POST /other", k.Student(ok))
	k.Allow("POST /pictures/{id}", web.Pictures)
	return k.Wrap(k.Routes(mux)), got
}

// form is a multipart form with a title, a file of that size, and the csrf token in its header.
func form(size int, fields ...string) (body *bytes.Buffer, contentType string) {
	body = new(bytes.Buffer)
	w := multipart.NewWriter(body)
	for i := 0; i < len(fields); i += 2 {
		_ = w.WriteField(fields[i], fields[i+1])
	}
	if size >= 0 {
		f, _ := w.CreateFormFile("picture", "चित्र ../../x.png")
		_, _ = f.Write(make([]byte, size))
	}
	_ = w.Close()
	return body, w.FormDataContentType()
}

func sendForm(h http.Handler, target, cookies, token string, body io.Reader, contentType string) *http.Response {
	r := httptest.NewRequest("POST", "http://school.test"+target, body)
	r.Header.Set("Content-Type", contentType)
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	r.Header.Set("Cookie", cookies)
	if token != "" {
		r.Header.Set("X-CSRF-Token", token)
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w.Result()
}

// tokens are a csrf cookie and a token that fits it.
func tokens(t *testing.T) (cookie, token string) {
	res := do(newKit(nil).Wrap(newKit(nil).Student(ok)), "GET", "/", map[string]string{"Cookie": "session=asha"})
	for _, c := range res.Cookies() {
		if c.Name == "csrf" {
			cookie = "csrf=" + c.Value
		}
	}
	_, token, _ = strings.Cut(body(res), "csrf=")
	if cookie == "" || token == "" {
		t.Fatal("no token")
	}
	return "session=asha; " + cookie, token
}

func TestUpload_Limits(t *testing.T) {
	tmp := t.TempDir()
	t.Setenv("TMPDIR", tmp)
	h, got := upload(t, nil)
	cookies, token := tokens(t)
	for _, c := range []struct {
		name, target string
		size         int
		told         bool // the length, beforehand
		status       int
		arrived      int64
	}{
		{"a picture", "/pictures/7", 9 << 20, true, 200, 9 << 20},
		{"length not told", "/pictures/7", 9 << 20, false, 200, 9 << 20},
		{"too big", "/pictures/7", 14 << 20, true, 413, 0},
		{"too big, length not told", "/pictures/7", 14 << 20, false, 413, 0},
		{"another route", "/other", 1 << 20, true, 413, 0},
		{"another method's route", "/pictures/7/x", 1 << 20, true, 413, 0},
		{"empty", "/pictures/7", 0, true, 200, 0},
	} {
		*got = 0
		b, kind := form(c.size, "title", "T")
		var r io.Reader = b
		if !c.told {
			r = io.MultiReader(b)
		}
		res := sendForm(h, c.target, cookies, token, r, kind)
		if res.StatusCode != c.status || *got != c.arrived {
			t.Errorf("%s: %d with %d bytes, want %d with %d", c.name, res.StatusCode, *got, c.status, c.arrived)
		}
		if left, _ := os.ReadDir(tmp); len(left) != 0 {
			t.Errorf("%s: left on the disk: %v", c.name, left)
		}
	}
	long := strings.Repeat("x", 600<<10)
	b, kind := form(-1, "title", long)
	if res := sendForm(h, "/pictures/7", cookies, token, b, kind); res.StatusCode != 413 {
		t.Errorf("half a megabyte of text: %d", res.StatusCode)
	}
	if res := sendForm(h, "/pictures/7", cookies, token, strings.NewReader("title="+long), "application/x-www-form-urlencoded"); res.StatusCode != 413 {
		t.Errorf("half a megabyte of text, without files: %d", res.StatusCode)
	}
	b, kind = form(1000, "title", "T")
	if res := sendForm(h, "/pictures/7", cookies, token, io.MultiReader(io.LimitReader(b, 700)), kind); res.StatusCode != 408 {
		t.Errorf("cut off: %d", res.StatusCode)
	}
	if res := sendForm(h, "/pictures/7", cookies, token, strings.NewReader("nonsense"), "multipart/form-data"); res.StatusCode != 422 {
		t.Errorf("no boundary: %d", res.StatusCode)
	}
}

func TestUpload_TokenInTheForm(t *testing.T) {
	h, got := upload(t, nil)
	cookies, token := tokens(t)
	b, kind := form(2000, "csrf_token", token)
	if res := sendForm(h, "/pictures/7", cookies, "", b, kind); res.StatusCode != 200 || *got != 2000 {
		t.Errorf("got %d with %d bytes", res.StatusCode, *got)
	}
	b, kind = form(2000, "csrf_token", "stale", "title", "Kept & whole")
	res := sendForm(h, "/pictures/7", cookies, "", b, kind)
	if page := body(res); res.StatusCode != 403 || !strings.Contains(page, `value="Kept &amp; whole"`) || !strings.Contains(page, "chosen again") {
		t.Errorf("a token that ran out: %d %s", res.StatusCode, page)
	}
	b, kind = form(-1, "csrf_token", token, "title", "T", "picture", "")
	if res := sendForm(h, "/pictures/7", cookies, "", b, kind); body(res) != "no file, title T" {
		t.Errorf("without a file: %d", res.StatusCode)
	}
}

// What was typed is kept for after the login; what a stranger sends as a file isn't laid down anywhere.
func TestUpload_SessionRanOut(t *testing.T) {
	var kept url.Values
	dir := t.TempDir()
	t.Setenv("TMPDIR", dir)
	h, _ := upload(t, func(o *web.Options) {
		o.Keep = func(_ context.Context, _ string, form url.Values) (string, error) {
			if files, err := os.ReadDir(dir); err != nil || len(files) > 0 {
				t.Errorf("on the disk: %v, %v", files, err)
			}
			kept = form
			return "kept-token", nil
		}
	})
	b, kind := form(3<<20, "title", "T")
	if res := sendForm(h, "/pictures/7", "", "", b, kind); res.StatusCode != 303 || kept.Encode() != "title=T" {
		t.Errorf("got %d, kept %v", res.StatusCode, kept)
	}
	b, kind = form(10, "title", strings.Repeat("T", 600<<10))
	if res := sendForm(h, "/pictures/7", "", "", b, kind); res.StatusCode != 413 {
		t.Errorf("too much text: %d", res.StatusCode)
	}
}
