package site_test

import (
	"bytes"
	"net/http"
	"strings"
	"testing"

	"lectern/app/apptest"
	"lectern/app/files/picture"
)

func TestFile_ServedForEverToAnybody(t *testing.T) {
	t.Parallel()
	s := apptest.New(t)
	name, err := s.Files.Picture(t.Context(), "", bytes.NewReader(apptest.PNG(700, 400, 10)))
	if err != nil {
		t.Fatal(err)
	}
	p, _ := picture.Parse(name)
	for _, file := range p.Files() {
		res := s.Visitor().Get(picture.Prefix + file).Want(200)
		for header, want := range map[string]string{
			"Content-Type": "image/jpeg", "Cache-Control": "public, max-age=31536000, immutable",
			"Content-Security-Policy": "default-src 'none'; sandbox", "Content-Disposition": `inline; filename="` + file + `"`, "X-Content-Type-Options": "nosniff",
			"Cross-Origin-Resource-Policy": "same-origin", "Etag": `"` + file + `"`,
		} {
			if got := res.Header.Get(header); got != want {
				t.Errorf("%s: %s %q, want %q", file, header, got, want)
			}
		}
		if len(res.Cookies) != 0 {
			t.Errorf("%s: cookies %v", file, res.Cookies)
		}
	}
	for header, want := range map[string]int{"Range: bytes=0-9": 206, "Range: bytes=999999-": 416, `If-None-Match: "` + name + `"`: 304, "Cookie: session=stale": 200} {
		field, value, _ := strings.Cut(header, ": ")
		r, _ := http.NewRequest("GET", s.URL+picture.Prefix+name, nil)
		r.Header.Set(field, value)
		res, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		res.Body.Close()
		if res.StatusCode != want || len(res.Cookies()) != 0 {
			t.Errorf("%s: %d, want %d", header, res.StatusCode, want)
		}
	}
	stem, _, _ := strings.Cut(name, ".")
	for _, file := range []string{"", "x.jpg", stem, stem + ".png", stem + "-321.jpg", stem + "-960.jpg", stem + "-0320.jpg", "..%2flectern.db", "%2e%2e%2fsecret", "aside", ".new-" + name, strings.ToUpper(stem) + ".jpg", name + "%00", name + "/x"} {
		s.Visitor().Get(picture.Prefix + file).Want(404)
	}
}
