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
			if h.Draining.Load() {
				w.Header().Set("Connection", "close") // the proxy comes back to the process that follows
			}
			next.ServeHTTP(w, r)
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
