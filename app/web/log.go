package web

import (
	"context"
	"crypto/rand"
	"encoding/base32"
	"errors"
	"log/slog"
	"net/http"
	"regexp"
	"runtime/debug"
	"time"

	"lectern/app/audit"
)

// recorder notes what was answered.
type recorder struct {
	http.ResponseWriter
	status int
	bytes  int
}

func (w *recorder) WriteHeader(status int) {
	if w.status == 0 {
		w.status = status
	}
	w.ResponseWriter.WriteHeader(status)
}

func (w *recorder) Write(b []byte) (int, error) {
	if w.status == 0 {
		w.status = http.StatusOK
	}
	n, err := w.ResponseWriter.Write(b)
	w.bytes += n
	return n, err
}

func (w *recorder) Unwrap() http.ResponseWriter { return w.ResponseWriter }

// logged writes one line a request, without query or body, and turns a panic into a 500.
func (k *Kit) logged(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		q := &request{id: reference()}
		r = withRequest(r, q)
		r = r.WithContext(audit.From(r.Context(), k.ClientIP(r), q.id))
		rec := &recorder{ResponseWriter: w}
		start := time.Now()
		defer func() {
			if p := recover(); p != nil {
				if p == http.ErrAbortHandler {
					panic(p)
				}
				k.log(r).Error("panic", "panic", p, "stack", string(debug.Stack()))
				if rec.status == 0 {
					k.fail(rec, r, errPanic)
				}
			}
			k.log(r).LogAttrs(context.WithoutCancel(r.Context()), level(rec.status), "request",
				slog.String("method", r.Method), slog.String("path", secretPath(r.URL.Path)), slog.Int("status", rec.status),
				slog.Duration("took", time.Since(start).Round(time.Microsecond)), slog.Int("bytes", rec.bytes), slog.String("user", UserID(r)))
		}()
		next.ServeHTTP(rec, r)
	})
}

func level(status int) slog.Level {
	if status >= 500 {
		return slog.LevelError
	}
	return slog.LevelInfo
}

var errPanic = errors.New("panic")

// tokens in addresses open an order, an account or the whole school, so they don't go into a log.
// Addresses that only lead to them, with a slash too many or in capitals, have the token as well.
var tokenPath = regexp.MustCompile(`(?i)(/(?:pay|setup|reset|verify)/+)[^/]+`)

func secretPath(path string) string { return tokenPath.ReplaceAllString(path, "${1}…") }

// reference is short enough to be read out on the phone.
func reference() string {
	var b [5]byte
	rand.Read(b[:])
	return base32.StdEncoding.EncodeToString(b[:])
}
