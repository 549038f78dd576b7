package web

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"strings"
	"sync"
	"time"
)

// A public page is the same for every visitor, so it is rendered once an epoch and at least once a minute (it may say
// "today by 21:00"), and kept with its compressed form.
const (
	pageAge  = time.Minute
	maxPages = 256
)

type pageCache struct {
	mu    sync.RWMutex
	pages map[string]*keptPage
}

type keptPage struct {
	epoch      int64
	at         time.Time
	body, gzip []byte
	kind, etag string // Content-Type, ETag
}

func newPageCache() *pageCache { return &pageCache{pages: map[string]*keptPage{}} }

func (c *pageCache) get(key string, epoch int64, now time.Time) *keptPage {
	c.mu.RLock()
	defer c.mu.RUnlock()
	p := c.pages[key]
	if p == nil || p.epoch != epoch || now.Sub(p.at) >= pageAge || now.Before(p.at) {
		return nil
	}
	return p
}

func (c *pageCache) put(key string, p *keptPage) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.pages) >= maxPages {
		clear(c.pages)
	}
	c.pages[key] = p
}

// cached serves a public page from the cache, or renders it with h and keeps it. Only pages that succeed are kept.
func (k *Kit) cached(w http.ResponseWriter, r *http.Request, h Handler) {
	epoch, err := k.Epoch(r.Context())
	if err != nil {
		k.fail(w, r, err)
		return
	}
	key := r.URL.RequestURI()
	if Partial(r) {
		key = "part " + key
	}
	if p := k.pages.get(key, epoch, k.Now()); p != nil {
		servePage(w, r, p)
		return
	}
	rec := &bufferWriter{header: w.Header()}
	k.serve(rec, k.withPage(rec, r), h)
	if rec.status != http.StatusOK {
		w.WriteHeader(rec.status)
		w.Write(rec.body.Bytes())
		return
	}
	sum := sha256.Sum256(rec.body.Bytes())
	p := &keptPage{epoch: epoch, at: k.Now(), body: rec.body.Bytes(), gzip: compress(rec.body.Bytes()),
		kind: w.Header().Get("Content-Type"), etag: `W/"` + base64.RawURLEncoding.EncodeToString(sum[:12]) + `"`}
	if len(key) < 200 {
		k.pages.put(key, p)
	}
	servePage(w, r, p)
}

func servePage(w http.ResponseWriter, r *http.Request, p *keptPage) {
	h := w.Header()
	h.Set("Content-Type", p.kind)
	h.Set("Cache-Control", "no-cache")
	h.Set("ETag", p.etag)
	h.Set("Vary", "Cookie, Accept-Encoding, HX-Request, HX-Request-Type")
	if strings.Contains(r.Header.Get("If-None-Match"), p.etag[2:]) {
		w.WriteHeader(http.StatusNotModified)
		return
	}
	body := p.body
	if strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") {
		h.Set("Content-Encoding", "gzip")
		body = p.gzip
	}
	w.Write(body)
}

func compress(body []byte) []byte {
	var b bytes.Buffer
	z, _ := gzip.NewWriterLevel(&b, gzip.BestCompression)
	z.Write(body)
	z.Close()
	return b.Bytes()
}

// bufferWriter collects an answer; its headers go straight to the real one.
type bufferWriter struct {
	header http.Header
	status int
	body   bytes.Buffer
}

func (b *bufferWriter) Header() http.Header { return b.header }

func (b *bufferWriter) WriteHeader(status int) {
	if b.status == 0 {
		b.status = status
	}
}

func (b *bufferWriter) Write(p []byte) (int, error) {
	b.WriteHeader(http.StatusOK)
	return b.body.Write(p)
}
