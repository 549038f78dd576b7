package web_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"unicode/utf8"

	"lectern/app/web"
)

func TestSafeNext(t *testing.T) {
	for next, want := range map[string]string{
		"/courses/x?a=b#c": "/courses/x?a=b#c", "/": "/", "": "/f", "//evil.example": "/f", "/\\evil.example": "/f", "https://evil.example": "/f",
		"javascript:alert(1)": "/f", "/a\nb": "/f", "courses": "/f", "/%2f/evil.example": "/f", "/\t/evil.example": "/f", "///evil": "/f", "/@evil.example": "/@evil.example",
	} {
		if got := web.SafeNext(next, "/f"); got != want {
			t.Errorf("%q: got %q, want %q", next, got, want)
		}
	}
}

func FuzzSafeNext(f *testing.F) {
	for _, s := range []string{"/", "//evil.example", "/\\evil", "/a?b=c", "\x00", "/%5cevil", "/..//evil", "/;//evil"} {
		f.Add(s)
	}
	base, _ := url.Parse("https://school.test/login")
	f.Fuzz(func(t *testing.T, s string) {
		next := web.SafeNext(s, "/f")
		u, err := base.Parse(next)
		if err != nil || u.Host != "school.test" || u.Scheme != "https" || strings.HasPrefix(next, "//") || strings.Contains(next, "\\") {
			t.Fatalf("%q leads to %q (%v)", s, next, u)
		}
	})
}

func FuzzParseForm(f *testing.F) {
	for _, s := range []string{"a=b", "name=%E0%A4%86", "a=%00", "a=%ff", "a=%zz", "a=1&a=2;b", "%00=x", "a=%0d%0a"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		r := httptest.NewRequest(http.MethodPost, "/", strings.NewReader(s))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		if web.ParseForm(r) != nil {
			return
		}
		for name := range r.PostForm {
			if line := web.Line(r, name); !utf8.ValidString(line) || strings.ContainsAny(line, "\x00\n\r") {
				t.Fatalf("%q gives %q", s, line)
			}
		}
	})
}
