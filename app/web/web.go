// Package web is the kit that every page is served with: handlers that return an error, sessions, CSRF, guards, headers,
// rendering, the request log. It knows no domain; what it needs of one comes in as a function.
package web

import (
	"context"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"time"

	"lectern/views"
)

// Handler answers a request or says why it can't; Kit turns the error into a page with its status.
type Handler func(w http.ResponseWriter, r *http.Request) error

// Identity is who a session belongs to.
type Identity struct {
	SessionID string
	Viewer    views.Viewer
	AuthAt    time.Time // when the password was last given
	Factor    bool      // the account has a second factor
}

// Options is what the kit needs of the rest of the house.
type Options struct {
	BaseURL    string
	Production bool                         // redirects to BaseURL what comes over plain http or under another host
	Trusts     func(remoteAddr string) bool // whether a peer is a proxy of ours, whose X-Forwarded headers are believed
	Log        *slog.Logger
	Now        func() time.Time
	Session    func(ctx context.Context, token string) (Identity, error)                           // fault.NotFound when it's over
	Site       func(ctx context.Context) (views.Site, error)                                       // what pages say about the school
	Epoch      func(ctx context.Context) (int64, error)                                            // grows with every public change
	Waiting    func(ctx context.Context) (views.Waiting, error)                                    // for the menu of the school's people
	Keep       func(ctx context.Context, action string, form url.Values) (token string, err error) // what was typed when the session ran out
}

// Kit wraps handlers. One per program.
type Kit struct {
	Options
	secure  bool
	host    string
	pages   *pageCache
	allowed *http.ServeMux // what routes may take more than maxBody
}

// New returns a Kit.
func New(o Options) *Kit {
	u, _ := url.Parse(o.BaseURL)
	return &Kit{Options: o, secure: strings.HasPrefix(o.BaseURL, "https:"), host: u.Host, pages: newPageCache(), allowed: http.NewServeMux()}
}

// requestLimit bounds the work on one request, and so every query in it.
const requestLimit = 15 * time.Second

// maxBody is the most that a form without files may carry. It is under the proxy's own limit, so that the page that says
// so is ours.
const maxBody = 512 << 10

// Wrap puts everything around the routes that they need, in this order: deadline, log and recovery, host and scheme, size of the body, sanity of the address, cross-origin protection.
func (k *Kit) Wrap(routes http.Handler) http.Handler {
	cop := http.NewCrossOriginProtection()
	if k.BaseURL != "" {
		if u, err := url.Parse(k.BaseURL); err == nil {
			cop.AddTrustedOrigin(u.Scheme + "://" + u.Host)
		}
	}
	cop.SetDenyHandler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { k.fail(w, r, errCrossSite) }))
	h := cop.Handler(routes)
	h = k.limitAddress(h)
	h = k.limitBody(h)
	h = k.canonical(h)
	h = k.logged(h)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		ctx, cancel := context.WithTimeout(r.Context(), k.timeLimit(r))
		defer cancel()
		h.ServeHTTP(w, r.WithContext(ctx))
	})
}

// limitAddress answers 404 to addresses with text in them that no database would take, before anybody looks it up.
func (k *Kit) limitAddress(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		query, err := url.QueryUnescape(r.URL.RawQuery)
		if err != nil || !clean(query) || !clean(r.URL.Path) {
			k.fail(w, r, errNoPage)
			return
		}
		next.ServeHTTP(w, r)
	})
}

func (k *Kit) limitBody(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		limit := k.bodyLimit(r)
		if r.ContentLength > limit {
			k.fail(w, r, errTooBig)
			return
		}
		r.Body = http.MaxBytesReader(w, r.Body, limit)
		if limit > maxBody { // more time than the server gives to forms; where it can't be had, there is no limit
			c, now := http.NewResponseController(w), time.Now()
			_ = c.SetReadDeadline(now.Add(uploadLimit))
			_ = c.SetWriteDeadline(now.Add(uploadLimit + requestLimit))
		}
		next.ServeHTTP(w, r)
	})
}

// canonical sends who came by plain http or under another name to BaseURL, in production. What changes something is not
// redirected but refused: its body went over the wrong line already.
func (k *Kit) canonical(next http.Handler) http.Handler {
	if !k.Production {
		return next
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Host == k.host && (k.isHTTPS(r) || !k.secure) {
			next.ServeHTTP(w, r)
			return
		}
		target := r.URL.RequestURI() // without a slash it would go on with the host's name
		if r.Method != http.MethodGet && r.Method != http.MethodHead || !strings.HasPrefix(target, "/") {
			http.Error(w, http.StatusText(http.StatusMisdirectedRequest), http.StatusMisdirectedRequest)
			return
		}
		http.Redirect(w, r, k.BaseURL+target, http.StatusMovedPermanently) // #nosec G710 -- a path under the school's own address
	})
}

func (k *Kit) isHTTPS(r *http.Request) bool {
	return r.TLS != nil || k.trusted(r) && r.Header.Get("X-Forwarded-Proto") == "https"
}
