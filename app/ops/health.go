// Package ops keeps a running school observable.
package ops

import (
	"context"
	"net/http"
	"sync/atomic"
	"time"

	"lectern/app/db"
)

// Health answers the two addresses that machines ask: whether the process lives, and whether it can serve.
type Health struct {
	DB       *db.DB
	Draining *atomic.Bool // true once the process has been asked to end
}

// Wrap puts /healthz and /readyz before everything else: they answer over plain http, for any Host, without a session.
func (h Health) Wrap(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/healthz":
			answer(w, http.StatusOK, "ok")
		case "/readyz":
			status, text := h.ready(r.Context())
			answer(w, status, text)
		default:
			next.ServeHTTP(parting{w, h.Draining}, r)
		}
	})
}

func (h Health) ready(ctx context.Context) (int, string) {
	if h.Draining.Load() {
		return http.StatusServiceUnavailable, "draining"
	}
	ctx, cancel := context.WithTimeout(ctx, 2*time.Second)
	defer cancel()
	if ok, err := h.DB.Migrated(ctx); err != nil {
		return http.StatusServiceUnavailable, "database does not answer"
	} else if !ok {
		return http.StatusServiceUnavailable, "migrations pending"
	}
	return http.StatusOK, "ok"
}

func answer(w http.ResponseWriter, status int, text string) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("X-Content-Type-Options", "nosniff")
	w.WriteHeader(status)
	w.Write([]byte(text + "\n"))
}

// parting tells the proxy to come back to the process that follows. It decides as late as it can: an answer that took
// long may have been begun before the process was asked to end.
type parting struct {
	http.ResponseWriter
	draining *atomic.Bool
}

func (w parting) WriteHeader(status int) {
	w.tell()
	w.ResponseWriter.WriteHeader(status)
}

func (w parting) Write(b []byte) (int, error) {
	w.tell()
	return w.ResponseWriter.Write(b)
}

func (w parting) tell() {
	if w.draining.Load() {
		w.Header().Set("Connection", "close")
	}
}

func (w parting) Unwrap() http.ResponseWriter { return w.ResponseWriter }
