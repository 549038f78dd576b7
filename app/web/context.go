package web

import (
	"context"
	"log/slog"
	"net/http"
	"net/netip"
	"strings"

	"lectern/views"
)

// request is what the kit knows about a request; handlers read it through the functions below.
type request struct {
	id  string
	who *Identity
}

type requestKey struct{}

func of(r *http.Request) *request {
	if q, ok := r.Context().Value(requestKey{}).(*request); ok {
		return q
	}
	return &request{}
}

func withRequest(r *http.Request, q *request) *http.Request {
	return r.WithContext(context.WithValue(r.Context(), requestKey{}, q))
}

// Viewer returns who is signed in; nil for visitors.
func Viewer(r *http.Request) *views.Viewer {
	if who := of(r).who; who != nil {
		return &who.Viewer
	}
	return nil
}

// UserID returns the id of who is signed in; empty for visitors.
func UserID(r *http.Request) string {
	if v := Viewer(r); v != nil {
		return v.ID
	}
	return ""
}

// Who returns the session of a request; the zero Identity for visitors.
func Who(r *http.Request) Identity {
	if who := of(r).who; who != nil {
		return *who
	}
	return Identity{}
}

func (k *Kit) trusted(r *http.Request) bool { return k.Trusts(r.RemoteAddr) }

// ClientIP returns the address a request came from: the last X-Forwarded-For entry when the peer is a trusted proxy,
// else the peer's own.
func (k *Kit) ClientIP(r *http.Request) string {
	if k.trusted(r) {
		forwarded := r.Header.Values("X-Forwarded-For")
		if len(forwarded) > 0 {
			all := strings.Split(forwarded[len(forwarded)-1], ",")
			if ip, err := netip.ParseAddr(strings.TrimSpace(all[len(all)-1])); err == nil {
				return ip.Unmap().String()
			}
		}
	}
	if peer, err := netip.ParseAddrPort(r.RemoteAddr); err == nil {
		return peer.Addr().Unmap().String()
	}
	return ""
}

// Log returns the log with the request's id, so that lines of one request are found together.
func (k *Kit) log(r *http.Request) *slog.Logger { return k.Options.Log.With("request", of(r).id) }
