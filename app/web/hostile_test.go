package web_test

import (
	"bytes"
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"lectern/app/web"
)

func TestAnonymousPost_KeepsWhatIsText(t *testing.T) {
	var kept url.Values
	k := newKit(func(o *web.Options) {
		o.Keep = func(_ context.Context, _ string, form url.Values) (string, error) {
			kept = form
			return "kept-token", nil
		}
	})
	h := k.Wrap(k.Student(ok))
	if res := send(h, "/account/profile", strings.NewReader("name=Asha&phone=%00&city=%ff")); res.StatusCode != 303 || kept.Encode() != "name=Asha" {
		t.Errorf("got %d, kept %v", res.StatusCode, kept)
	}
	if res := send(h, "/account/profile", strings.NewReader("name=%zz")); res.StatusCode != 422 {
		t.Errorf("a body that is no form: got %d, want 422", res.StatusCode)
	}
}

// send posts a form from the page itself, of a length that isn't told beforehand unless body is a strings.Reader.
func send(h http.Handler, target string, body io.Reader) *http.Response {
	r := httptest.NewRequest("POST", "http://school.test"+target, body)
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w.Result()
}

func TestKept_OnlyForTheBrowserThatSentIt(t *testing.T) {
	tokens := []string{"one", "two", "three", "four", "five"}
	k := newKit(func(o *web.Options) {
		o.Keep = func(context.Context, string, url.Values) (token string, err error) {
			token, tokens = tokens[0], tokens[1:]
			return token, nil
		}
	})
	shown := func(w http.ResponseWriter, r *http.Request) error {
		return web.Render(w, r, 200, text(r.URL.RawQuery), nil)
	}
	h := k.Wrap(k.Student(shown))
	cookie := ""
	for range 5 {
		res := do(h, "POST", "/account/profile", map[string]string{"Cookie": cookie})
		for _, c := range res.Cookies() {
			if c.Name == "kept" && c.HttpOnly && c.MaxAge > 0 {
				cookie = c.Name + "=" + c.Value
			}
		}
	}
	for _, c := range []struct{ cookie, target, query string }{
		{cookie, "/account?kept=five", "kept=five"},
		{cookie, "/account?kept=two&x=1", "kept=two&x=1"},
		{cookie, "/account?kept=one", ""}, // long ago
		{cookie, "/account?kept=strange&x=1", "x=1"},
		{cookie, "/account?kept=strange&kept=five", ""},
		{cookie, "/account?%6bept=strange", ""},
		{"", "/account?kept=five", ""},
		{"kept=", "/account?kept=", "kept="},
	} {
		res := do(h, "GET", c.target, map[string]string{"Cookie": "session=asha; " + c.cookie})
		if got := body(res); res.StatusCode != 200 || got != c.query {
			t.Errorf("%s with %q: %d %q, want %q", c.target, c.cookie, res.StatusCode, got, c.query)
		}
	}
}

func TestBodyLimit_LengthNotTold(t *testing.T) {
	k := newKit(nil)
	h := k.Wrap(k.Anyone(ok))
	if res := send(h, "/", io.MultiReader(strings.NewReader("x="+strings.Repeat("y", 600<<10)))); res.StatusCode != 413 {
		t.Errorf("too long: got %d, want 413", res.StatusCode)
	}
	if res := send(h, "/", io.MultiReader(strings.NewReader("x=y"), broken{})); res.StatusCode != 408 {
		t.Errorf("broken off: got %d, want 408", res.StatusCode)
	}
	if res := send(h, "/", io.MultiReader(strings.NewReader("x=y"))); res.StatusCode != 403 {
		t.Errorf("without a token: got %d, want 403", res.StatusCode)
	}
}

type broken struct{}

func (broken) Read([]byte) (int, error) { return 0, io.ErrUnexpectedEOF }

func TestFaults_PageAfterTheDeadline(t *testing.T) {
	k := newKit(nil)
	slow := func(_ http.ResponseWriter, r *http.Request) error { return r.Context().Err() }
	for name, end := range map[string]error{"too slow": context.DeadlineExceeded, "browser left": context.Canceled} {
		ctx, cancel := context.WithCancel(context.Background())
		if end == context.DeadlineExceeded {
			ctx, cancel = context.WithDeadline(context.Background(), time.Now().Add(-time.Second))
		}
		cancel()
		r := httptest.NewRequest("GET", "http://school.test/", nil).WithContext(ctx)
		w := httptest.NewRecorder()
		k.Wrap(k.Public(slow)).ServeHTTP(w, r)
		switch page := strings.Contains(w.Body.String(), "</html>"); {
		case end == context.DeadlineExceeded && (w.Code != 500 || !page):
			t.Errorf("%s: %d, page %v", name, w.Code, page)
		case end == context.Canceled && w.Code != 499:
			t.Errorf("%s: %d", name, w.Code)
		}
	}
}

func TestCanonical_TargetWithoutSlash(t *testing.T) {
	k := newKit(func(o *web.Options) { o.Production, o.BaseURL = true, "https://school.test" })
	r := httptest.NewRequest("GET", "http://school.test/", nil)
	r.URL = &url.URL{Scheme: "x", Opaque: ".evil.example"} // GET x:.evil.example HTTP/1.1
	w := httptest.NewRecorder()
	k.Wrap(k.Public(ok)).ServeHTTP(w, r)
	if w.Code != 421 {
		t.Errorf("got %d %s, want 421", w.Code, w.Header().Get("Location"))
	}
}

func TestLog_NoTokenOfAnAddress(t *testing.T) {
	var log bytes.Buffer
	k := newKit(func(o *web.Options) { o.Log = slog.New(slog.NewTextHandler(&log, nil)) })
	h := k.Wrap(k.Routes(http.NewServeMux()))
	for _, target := range []string{"/pay/s3cret", "//pay/s3cret", "/pay//s3cret", "/PAY/s3cret", "/pay/s3cret/claims", "/setup/s3cret", "/password/reset/s3cret",
		"/x/../email/verify/s3cret", "/login?link=s3cret", "/account?kept=s3cret"} {
		do(h, "GET", target, nil)
		if strings.Contains(log.String(), "s3cret") {
			t.Errorf("%s: %s", target, log.String())
		}
		log.Reset()
	}
}
