package web_test

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/a-h/templ"

	"lectern/app/fault"
	"lectern/app/web"
	"lectern/views"
)

// newKit knows two sessions: "asha" (a student) and "chitra" (an admin).
func newKit(change func(*web.Options)) *web.Kit {
	o := web.Options{
		BaseURL: "http://school.test", Log: slog.New(slog.DiscardHandler), Now: time.Now,
		Trusts: func(peer string) bool { return strings.HasPrefix(peer, "127.") || peer == "@" },
		Session: func(_ context.Context, token string) (web.Identity, error) {
			if token != "asha" && token != "chitra" {
				return web.Identity{}, fault.New(fault.NotFound, "fault.not_found")
			}
			return web.Identity{SessionID: token, Viewer: views.Viewer{ID: token, Name: token, Admin: token == "chitra"}}, nil
		},
		Site:    func(context.Context) (views.Site, error) { return views.Site{Name: "School"}, nil },
		Epoch:   func(context.Context) (int64, error) { return 1, nil },
		Waiting: func(context.Context) (views.Waiting, error) { return views.Waiting{Payments: 0}, nil },
		Keep:    func(context.Context, string, url.Values) (string, error) { return "kept-token", nil },
	}
	if change != nil {
		change(&o)
	}
	return web.New(o)
}

func text(s string) templ.Component {
	return templ.ComponentFunc(func(_ context.Context, w io.Writer) error { _, err := io.WriteString(w, s); return err })
}

func ok(w http.ResponseWriter, r *http.Request) error {
	return web.Render(w, r, 200, text("page csrf="+web.Page(r).CSRF), text("part"))
}

func do(h http.Handler, method, target string, header map[string]string) *http.Response {
	r := httptest.NewRequest(method, "http://school.test"+target, nil)
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	for name, value := range header {
		r.Header.Set(name, value)
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w.Result()
}

func body(res *http.Response) string { b, _ := io.ReadAll(res.Body); return string(b) }

func TestGuards(t *testing.T) {
	k := newKit(nil)
	mux := http.NewServeMux()
	mux.Handle("GET /public", k.Public(ok))
	mux.Handle("GET /anyone", k.Anyone(ok))
	mux.Handle("GET /student", k.Student(ok))
	mux.Handle("GET /admin", k.Admin(ok))
	h := k.Headers(k.Wrap(k.Routes(mux)))
	for _, c := range []struct {
		path, cookie string
		status       int
		location     string
	}{
		{"/public", "", 200, ""}, {"/public", "asha", 200, ""}, {"/public", "ended", 200, ""},
		{"/anyone", "", 200, ""}, {"/anyone", "asha", 200, ""},
		{"/student", "", 303, "/login?next=%2Fstudent"}, {"/student", "ended", 303, "/login?next=%2Fstudent"}, {"/student", "asha", 200, ""}, {"/student", "chitra", 200, ""},
		{"/admin", "", 303, "/login?next=%2Fadmin"}, {"/admin", "asha", 403, ""}, {"/admin", "chitra", 200, ""},
		{"/nothing", "", 404, ""}, {"/nothing", "asha", 404, ""},
	} {
		res := do(h, "GET", c.path, map[string]string{"Cookie": "session=" + c.cookie})
		if res.StatusCode != c.status || res.Header.Get("Location") != c.location {
			t.Errorf("%s as %q: got %d %q, want %d %q", c.path, c.cookie, res.StatusCode, res.Header.Get("Location"), c.status, c.location)
		}
		for _, name := range []string{"Content-Security-Policy", "X-Content-Type-Options", "Referrer-Policy", "Cross-Origin-Opener-Policy"} {
			if res.Header.Get(name) == "" {
				t.Errorf("%s as %q: no %s", c.path, c.cookie, name)
			}
		}
	}
	if res := do(h, "POST", "/public", map[string]string{}); res.StatusCode != 405 || res.Header.Get("Allow") != "GET, HEAD" {
		t.Errorf("wrong method: %d, Allow %q", res.StatusCode, res.Header.Get("Allow"))
	}
}

func TestPublic_NoCookieForReaders(t *testing.T) {
	k := newKit(nil)
	h := k.Wrap(k.Public(ok))
	res := do(h, "GET", "/", nil)
	if c := res.Header.Values("Set-Cookie"); len(c) != 0 {
		t.Errorf("cookies: %q", c)
	}
	if b := body(res); b != "page csrf=" {
		t.Errorf("body %q has a token", b)
	}
	again := do(h, "GET", "/", map[string]string{"If-None-Match": res.Header.Get("ETag")})
	if again.StatusCode != http.StatusNotModified {
		t.Errorf("with its ETag: %d, want 304", again.StatusCode)
	}
	if part := body(do(h, "GET", "/", map[string]string{"HX-Request": "true", "HX-Request-Type": "partial"})); part != "part" {
		t.Errorf("htmx got %q from the cache", part)
	}
	if whole := body(do(h, "GET", "/", map[string]string{"HX-Request": "true", "HX-Request-Type": "partial", "HX-History-Restore-Request": "true"})); whole != "page csrf=" {
		t.Errorf("going back gives %q, want the whole page", whole)
	}
}

func TestPublic_CacheFollowsEpochAndClock(t *testing.T) {
	epoch, now, rendered := int64(1), time.Unix(1e9, 0), 0
	k := newKit(func(o *web.Options) {
		o.Epoch = func(context.Context) (int64, error) { return epoch, nil }
		o.Now = func() time.Time { return now }
	})
	h := k.Public(func(w http.ResponseWriter, r *http.Request) error { rendered++; return ok(w, r) })
	for _, step := range []struct {
		do   func()
		want int
	}{{func() {}, 1}, {func() {}, 1}, {func() { epoch++ }, 2}, {func() { now = now.Add(59 * time.Second) }, 2}, {func() { now = now.Add(time.Second) }, 3}, {func() { now = now.Add(-time.Hour) }, 4}} {
		step.do()
		do(h, "GET", "/", nil)
		if rendered != step.want {
			t.Errorf("rendered %d times, want %d", rendered, step.want)
		}
	}
}

func TestCSRF(t *testing.T) {
	k := newKit(nil)
	done := 0
	mux := http.NewServeMux()
	mux.Handle("GET /form", k.Student(ok))
	mux.Handle("POST /form", k.Student(func(w http.ResponseWriter, r *http.Request) error { done++; return web.Redirect(w, r, "/form") }))
	h := k.Wrap(mux)
	get := do(h, "GET", "/form", map[string]string{"Cookie": "session=asha"})
	_, token, _ := strings.Cut(body(get), "csrf=")
	cookies := "session=asha; csrf=" + cookieValue(get, "csrf")
	post := func(token, cookies string, header map[string]string) int {
		r := httptest.NewRequest("POST", "http://school.test/form", strings.NewReader(url.Values{"csrf_token": {token}, "x": {"typed <b>"}}.Encode()))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.Header.Set("Cookie", cookies)
		r.Header.Set("Sec-Fetch-Site", "same-origin")
		for name, value := range header {
			r.Header.Set(name, value)
		}
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		if w.Code == 403 && header == nil && !strings.Contains(w.Body.String(), `value="typed &lt;b&gt;"`) {
			t.Errorf("what was typed is not offered again: %s", w.Body)
		}
		return w.Code
	}
	if got := post(token, cookies, nil); got != 303 || done != 1 {
		t.Errorf("with its token: %d, done %d", got, done)
	}
	for name, got := range map[string]int{
		"no token":       post("", cookies, nil),
		"wrong token":    post(token[:len(token)-4]+"AAA=", cookies, nil),
		"other's cookie": post(token, "session=asha; csrf=c29tZXRoaW5nIGVsc2UgZW50aXJlbHkgaGVyZQ==", nil),
		"cross-site":     post(token, cookies, map[string]string{"Sec-Fetch-Site": "cross-site"}),
		"other origin":   post(token, cookies, map[string]string{"Sec-Fetch-Site": "", "Origin": "http://evil.example"}),
		"null origin":    post(token, cookies, map[string]string{"Sec-Fetch-Site": "", "Origin": "null"}),
	} {
		if got != 403 {
			t.Errorf("%s: %d, want 403", name, got)
		}
	}
	if done != 1 {
		t.Errorf("done %d times, want 1", done)
	}
}

func cookieValue(res *http.Response, name string) string {
	for _, c := range res.Cookies() {
		if c.Name == name {
			return c.Value
		}
	}
	return ""
}

func TestCookies_HostPrefixExactlyWithHTTPS(t *testing.T) {
	for base, want := range map[string]string{"http://school.test": "session", "https://school.test": "__Host-session"} {
		k := newKit(func(o *web.Options) { o.BaseURL = base })
		w := httptest.NewRecorder()
		k.Anyone(func(w http.ResponseWriter, r *http.Request) error { k.SignIn(w, r, "asha", time.Hour); return nil }).
			ServeHTTP(w, httptest.NewRequest("GET", base+"/", nil))
		seen := false
		for _, c := range w.Result().Cookies() {
			secure := strings.HasPrefix(base, "https:")
			if c.Secure != secure || !c.HttpOnly || c.SameSite != http.SameSiteLaxMode || c.Path != "/" || c.Domain != "" {
				t.Errorf("%s: cookie %s", base, c)
			}
			seen = seen || c.Name == want
		}
		if !seen {
			t.Errorf("%s: no cookie %s", base, want)
		}
	}
}

func TestCanonical_ProductionSendsToHTTPSAndName(t *testing.T) {
	k := newKit(func(o *web.Options) { o.Production, o.BaseURL = true, "https://school.test" })
	h := k.Wrap(k.Public(ok))
	if res := do(h, "GET", "/courses?q=x", nil); res.StatusCode != 301 || res.Header.Get("Location") != "https://school.test/courses?q=x" {
		t.Errorf("plain http: %d %s", res.StatusCode, res.Header.Get("Location"))
	}
	r := httptest.NewRequest("GET", "http://school.test/", nil)
	r.RemoteAddr = "127.0.0.1:999"
	r.Header.Set("X-Forwarded-Proto", "https")
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	if w.Code != 200 {
		t.Errorf("behind the proxy: %d", w.Code)
	}
	r.RemoteAddr = "203.0.113.9:999"
	w = httptest.NewRecorder()
	h.ServeHTTP(w, r)
	if w.Code != 301 {
		t.Errorf("a stranger's X-Forwarded-Proto was believed: %d", w.Code)
	}
}

func TestClientIP(t *testing.T) {
	k := newKit(nil)
	for _, c := range []struct{ peer, forwarded, want string }{
		{"203.0.113.9:1", "", "203.0.113.9"}, {"203.0.113.9:1", "198.51.100.1", "203.0.113.9"},
		{"127.0.0.1:1", "198.51.100.1", "198.51.100.1"}, {"127.0.0.1:1", "6.6.6.6, 198.51.100.1", "198.51.100.1"},
		{"127.0.0.1:1", "junk", "127.0.0.1"}, {"@", "198.51.100.1", "198.51.100.1"}, {"[::ffff:203.0.113.9]:1", "", "203.0.113.9"},
	} {
		r := httptest.NewRequest("GET", "/", nil)
		r.RemoteAddr = c.peer
		if c.forwarded != "" {
			r.Header.Set("X-Forwarded-For", c.forwarded)
		}
		if got := k.ClientIP(r); got != c.want {
			t.Errorf("peer %s, forwarded %q: got %q, want %q", c.peer, c.forwarded, got, c.want)
		}
	}
}

func TestFaults(t *testing.T) {
	k := newKit(nil)
	for _, c := range []struct {
		err    error
		status int
	}{
		{fault.New(fault.NotFound, "fault.not_found"), 404}, {fault.New(fault.Conflict, "fault.conflict"), 409}, {fault.Field("x", "fault.text"), 422},
		{&fault.Fault{Kind: fault.TooMany, After: 90 * time.Second}, 429}, {errors.New("secret detail"), 500},
	} {
		h := k.Wrap(k.Public(func(http.ResponseWriter, *http.Request) error { return c.err }))
		res := do(h, "GET", "/", nil)
		b := body(res)
		if res.StatusCode != c.status || strings.Contains(b, "secret detail") || !strings.Contains(b, "<h1") || res.Header.Get("Cache-Control") != "no-store" {
			t.Errorf("%v: status %d, %s", c.err, res.StatusCode, b)
		}
		toast := do(h, "GET", "/", map[string]string{"HX-Request": "true", "HX-Request-Type": "partial"})
		if toast.StatusCode != c.status || toast.Header.Get("HX-Retarget") != "#toast" || strings.Contains(body(toast), "<html") {
			t.Errorf("%v to htmx: %d", c.err, toast.StatusCode)
		}
		if c.status == 429 && res.Header.Get("Retry-After") != "90" {
			t.Errorf("Retry-After %q", res.Header.Get("Retry-After"))
		}
	}
	panics := k.Wrap(k.Public(func(http.ResponseWriter, *http.Request) error { panic("secret detail") }))
	if res := do(panics, "GET", "/", nil); res.StatusCode != 500 || strings.Contains(body(res), "secret") {
		t.Errorf("panic: %d", res.StatusCode)
	}
}

func TestAddress_TextThatNoDatabaseTakes(t *testing.T) {
	k := newKit(nil)
	h := k.Wrap(k.Public(ok))
	for _, target := range []string{"/a%00b", "/a%ffb", "/?q=%00", "/?q=%ff", "/?q=%zz", "/?%00=x"} {
		if res := do(h, "GET", target, nil); res.StatusCode != 404 {
			t.Errorf("%s: %d, want 404", target, res.StatusCode)
		}
	}
	if res := do(h, "GET", "/?q=%E0%A4%86%20x+y", nil); res.StatusCode != 200 {
		t.Errorf("Devanagari: %d", res.StatusCode)
	}
}

func TestBodyLimit(t *testing.T) {
	k := newKit(nil)
	h := k.Wrap(k.Anyone(ok))
	r := httptest.NewRequest("POST", "http://school.test/", strings.NewReader("x="+strings.Repeat("y", 600<<10)))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	if w.Code != 413 {
		t.Errorf("got %d, want 413", w.Code)
	}
}

func TestAnonymousPost_GoesToLoginWithWhatWasTyped(t *testing.T) {
	k := newKit(nil)
	h := k.Wrap(k.Student(ok))
	res := do(h, "POST", "/orders/LN-1/claims", map[string]string{"Referer": "http://school.test/orders/LN-1"})
	if want := "/login?next=" + url.QueryEscape("/orders/LN-1?kept=kept-token"); res.StatusCode != 303 || res.Header.Get("Location") != want {
		t.Errorf("got %d %s, want 303 %s", res.StatusCode, res.Header.Get("Location"), want)
	}
}

func TestRedirect_FragmentOfThePageItself(t *testing.T) {
	h := newKit(nil).Wrap(newKit(nil).Anyone(func(w http.ResponseWriter, r *http.Request) error { return web.Redirect(w, r, "/settings?a=1#logo") }))
	for _, c := range []struct{ hx, here, to string }{
		{"true", "http://school.test/settings?a=1", "/settings?a=1"},
		{"true", "http://school.test/settings?a=1#names", "/settings?a=1"},
		{"true", "http://school.test/settings", "/settings?a=1#logo"},
		{"true", "", "/settings?a=1#logo"},
		{"", "http://school.test/settings?a=1", "/settings?a=1#logo"},
	} {
		res := do(h, "GET", "/x", map[string]string{"HX-Request": c.hx, "HX-Current-URL": c.here})
		if to := res.Header.Get("HX-Redirect") + res.Header.Get("Location"); to != c.to {
			t.Errorf("%+v: goes to %s", c, to)
		}
	}
}
