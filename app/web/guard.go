package web

import (
	"context"
	"net/http"
	"net/url"

	"github.com/justinas/nosurf"

	"lectern/app/fault"
	"lectern/views"
)

// Public serves pages that anybody may read. To a visitor without a session they come from a small cache, without
// cookies and without a token; what a visitor may send to a public address leads to the login page.
func (k *Kit) Public(h Handler) http.Handler {
	known := k.Anyone(h)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if k.cookie(r, "session") != "" || k.cookie(r, "flash") != "" {
			known.ServeHTTP(w, r)
			return
		}
		w.Header().Add("Vary", "Cookie")
		if r.Method != http.MethodGet && r.Method != http.MethodHead {
			k.serve(w, k.withPage(w, r), h)
			return
		}
		k.cached(w, r, h)
	})
}

// Open serves files that are the same for everybody and need no page around them: no session is looked for.
func (k *Kit) Open(h Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { k.serve(w, r, h) })
}

// Anyone serves pages with forms that need no account: login, registration, the page of a pay link.
func (k *Kit) Anyone(h Handler) http.Handler {
	return k.identified(func(w http.ResponseWriter, r *http.Request) error { return h(w, r) }, nil)
}

// Student serves who is signed in; others go to the login and come back, with what they typed.
func (k *Kit) Student(h Handler) http.Handler {
	return k.identified(h, func(*views.Viewer) bool { return true })
}

// Admin serves the school's admins; others are told that it isn't for them.
func (k *Kit) Admin(h Handler) http.Handler {
	return k.only(func(v *views.Viewer) bool { return v.Admin }, h)
}

// Cashier serves whoever checks payments: cashiers, and admins.
func (k *Kit) Cashier(h Handler) http.Handler { return k.only((*views.Viewer).Pays, h) }

// Teacher serves whoever writes courses: instructors, and admins.
func (k *Kit) Teacher(h Handler) http.Handler { return k.only((*views.Viewer).Teaches, h) }

// Panel serves everybody with powers.
func (k *Kit) Panel(h Handler) http.Handler { return k.only((*views.Viewer).Staff, h) }

func (k *Kit) only(may func(*views.Viewer) bool, h Handler) http.Handler {
	return k.identified(func(w http.ResponseWriter, r *http.Request) error {
		switch v := Viewer(r); {
		case may(v) && v.FactorOverdue(k.Now()):
			return k.Refused(w, r, "/account#factors", "factors.wanted")
		case may(v):
			return h(w, r)
		case v.Staff():
			return fault.New(fault.Forbidden, "fault.forbidden.admin")
		}
		return fault.New(fault.Forbidden, "fault.forbidden")
	}, may)
}

// identified serves who is signed in, or anybody where may is nil. Files are only kept of whom may lets.
func (k *Kit) identified(h Handler, may func(*views.Viewer) bool) http.Handler {
	var protected http.Handler
	inner := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		r = r.WithContext(context.WithValue(r.Context(), csrfKey{}, protected.(*nosurf.CSRFHandler)))
		k.serve(w, k.withPage(w, r), h)
	})
	protected = k.protect(inner)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		r, err := k.identify(w, r)
		if err == nil {
			var remove func()
			v := Viewer(r)
			remove, err = readMultipart(r, v != nil && may != nil && may(v))
			defer remove()
		}
		switch {
		case err != nil:
			k.fail(w, r, err)
		case may != nil && Viewer(r) == nil:
			k.toLogin(w, r)
		default:
			k.dropForeignKept(r)
			protected.ServeHTTP(w, r)
		}
	})
}

// toLogin sends a visitor to log in and come back to the page he was on, with what he typed there.
func (k *Kit) toLogin(w http.ResponseWriter, r *http.Request) {
	next := r.URL.RequestURI()
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		next = localReferer(r, "/dashboard")
		if f := asFault(ParseForm(r)); f != nil && len(f.Fields) == 0 { // fields that are no text are gone, the others stay
			k.fail(w, r, f)
			return
		}
		next = k.keepForm(w, r, next)
	}
	w.Header().Set("Cache-Control", "no-store")
	if err := Redirect(w, r, "/login?next="+url.QueryEscape(SafeNext(next, "/dashboard"))); err != nil {
		k.fail(w, r, err)
	}
}

// keepForm keeps what was sent for the browser that sent it, and returns the path on which it is to be found again.
func (k *Kit) keepForm(w http.ResponseWriter, r *http.Request, next string) string {
	token, err := k.Keep(r.Context(), r.URL.Path, r.PostForm)
	if err != nil && !left(r) {
		k.log(r).Error("keeping a form", "err", err)
	}
	if token == "" {
		return next
	}
	k.rememberKept(w, r, token)
	return withQuery(next, "kept", token)
}

func withQuery(path, name, value string) string {
	u, err := url.Parse(path)
	if err != nil {
		return path
	}
	q := u.Query()
	q.Set(name, value)
	u.RawQuery = q.Encode()
	return u.String()
}

// Page returns the page of a request.
func Page(r *http.Request) *views.Page { return views.From(r.Context()) }
