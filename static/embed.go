// Package static carries the files that every page needs, each under an address that holds a hash of its content, so
// that browsers may keep it for ever. The compressed copies beside the files are written by .ci/tools/assets.
package static

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"fmt"
	"io/fs"
	"net/http"
	"path"
	"strconv"
	"strings"
)

//go:embed *.css *.js *.svg *.br *.gz
var files embed.FS

// Prefix is the path below which Handler serves.
const Prefix = "/static/"

const forever = "public, max-age=31536000, immutable"

var types = map[string]string{
	".css": "text/css; charset=utf-8",
	".js":  "text/javascript; charset=utf-8",
	".svg": "image/svg+xml",
}

// asset is one file with its compressed copies.
type asset struct {
	url      string // with the hash
	hash     string // eight hex digits of the content's SHA-256
	mime     string
	variants []variant // best first; the plain one is last
}

type variant struct {
	encoding string // as in Content-Encoding; "" for plain
	body     []byte
}

var assets = load()

func load() map[string]*asset {
	names, err := fs.Glob(files, "*")
	if err != nil {
		panic(err)
	}
	all := map[string]*asset{}
	for _, name := range names {
		mime, ok := types[path.Ext(name)]
		if !ok {
			continue
		}
		plain := mustRead(name)
		sum := sha256.Sum256(plain)
		a := &asset{hash: hex.EncodeToString(sum[:4]), mime: mime}
		ext := path.Ext(name)
		a.url = Prefix + strings.TrimSuffix(name, ext) + "." + a.hash + ext
		for _, c := range []struct{ ext, encoding string }{{".br", "br"}, {".gz", "gzip"}} {
			if body, err := files.ReadFile(name + c.ext); err == nil {
				a.variants = append(a.variants, variant{c.encoding, body})
			}
		}
		a.variants = append(a.variants, variant{body: plain})
		all[name] = a
	}
	return all
}

func mustRead(name string) []byte {
	b, err := files.ReadFile(name)
	if err != nil {
		panic(err)
	}
	return b
}

// URL returns the address of a file: "app.css" → "/static/app.1a2b3c4d.css". It panics on an unknown name, which is a
// slip that any test of the page meets.
func URL(name string) string {
	a, ok := assets[name]
	if !ok {
		panic(fmt.Sprintf("static: no file %q", name))
	}
	return a.url
}

// Text returns the content of a file that is text.
func Text(name string) string { return string(mustRead(name)) }

// Handler serves the files below Prefix: for ever under their hashed address, with revalidation under their plain one
// or an outdated hash (a page that was open during an upgrade), 404 in plain text for everything else.
func Handler() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		name, hash := split(strings.TrimPrefix(r.URL.Path, Prefix))
		a, ok := assets[name]
		if !ok {
			w.Header().Set("Cache-Control", "no-cache")
			http.Error(w, "404 not found", http.StatusNotFound)
			return
		}
		a.serve(w, r, hash == a.hash)
	})
}

// Favicon serves favicon.svg, for /favicon.ico and its like.
func Favicon() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { assets["favicon.svg"].serve(w, r, false) })
}

// split takes the hash out of a file's address: "app.1a2b3c4d.css" → "app.css", "1a2b3c4d"; none if there is none.
func split(file string) (name, hash string) {
	ext := path.Ext(file)
	stem := strings.TrimSuffix(file, ext)
	dot := strings.LastIndexByte(stem, '.')
	if dot < 0 || len(stem)-dot != 9 || strings.Trim(stem[dot+1:], "0123456789abcdef") != "" {
		return file, ""
	}
	return stem[:dot] + ext, stem[dot+1:]
}

func (a *asset) serve(w http.ResponseWriter, r *http.Request, current bool) {
	h := w.Header()
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		h.Set("Allow", "GET, HEAD")
		http.Error(w, "405 method not allowed", http.StatusMethodNotAllowed)
		return
	}
	v := a.choose(r.Header.Get("Accept-Encoding"))
	etag := `"` + a.hash + `"`
	if v.encoding != "" {
		etag = `"` + a.hash + "-" + v.encoding + `"`
		h.Set("Content-Encoding", v.encoding)
	}
	h.Set("Content-Type", a.mime)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Vary", "Accept-Encoding")
	h.Set("ETag", etag)
	h.Set("Cache-Control", "no-cache")
	if current {
		h.Set("Cache-Control", forever)
	}
	if strings.Contains(r.Header.Get("If-None-Match"), etag) {
		h.Del("Content-Encoding")
		w.WriteHeader(http.StatusNotModified)
		return
	}
	h.Set("Content-Length", strconv.Itoa(len(v.body)))
	if r.Method == http.MethodGet {
		_, _ = bytes.NewReader(v.body).WriteTo(w)
	}
}

// choose returns the best variant that accept, the Accept-Encoding of the request (RFC 9110, 12.5.3), doesn't refuse.
func (a *asset) choose(accept string) variant {
	ok := map[string]bool{}
	for _, part := range strings.Split(accept, ",") {
		coding, params, _ := strings.Cut(strings.ToLower(part), ";")
		q, weighted := strings.CutPrefix(strings.TrimSpace(params), "q=")
		weight, err := strconv.ParseFloat(q, 64)
		ok[strings.TrimSpace(coding)] = !weighted || err == nil && weight > 0
	}
	compressed, plain := a.variants[:len(a.variants)-1], a.variants[len(a.variants)-1]
	for _, v := range compressed {
		if allowed, named := ok[v.encoding]; allowed || !named && ok["*"] {
			return v
		}
	}
	return plain
}
