package web

import (
	"net/http"

	"lectern/app/fault"
)

var errMethod = fault.New(fault.Method, "fault.method")

// Routes serves a mux whose own plain "404 page not found" and "Method Not Allowed" are replaced by our pages.
func (k *Kit) Routes(mux *http.ServeMux) http.Handler {
	missing, wrongMethod := k.Public(NotFound), k.Public(func(http.ResponseWriter, *http.Request) error { return errMethod })
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h, pattern := mux.Handler(r)
		if pattern != "" {
			mux.ServeHTTP(w, r)
			return
		}
		probe := &bufferWriter{header: http.Header{}}
		h.ServeHTTP(probe, r)
		switch {
		case probe.status == http.StatusMethodNotAllowed:
			w.Header().Set("Allow", probe.header.Get("Allow"))
			wrongMethod.ServeHTTP(w, r)
		case probe.status >= 300 && probe.status < 400:
			http.Redirect(w, r, probe.header.Get("Location"), probe.status)
		default:
			missing.ServeHTTP(w, r)
		}
	})
}
