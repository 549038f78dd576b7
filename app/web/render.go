package web

import (
	"bytes"
	"net/http"
	"net/url"
	"strings"
	"sync"

	"github.com/a-h/templ"

	"lectern/app/fault"
	"lectern/app/lang"
	"lectern/views"
)

var buffers = sync.Pool{New: func() any { return new(bytes.Buffer) }}

// Partial reports whether htmx asks for a piece of the page. Going back in history, or without scripts, the whole page
// is wanted.
func Partial(r *http.Request) bool {
	h := r.Header
	return h.Get("HX-Request") == "true" && h.Get("HX-Request-Type") != "full" && h.Get("HX-History-Restore-Request") == ""
}

// Render writes page, or to htmx the fragment of it (the page again when nil). It renders first and writes then, so that
// a page that fails is a clean 500.
func Render(w http.ResponseWriter, r *http.Request, status int, page, fragment templ.Component) error {
	if fragment != nil && Partial(r) {
		page = fragment
	}
	b := buffers.Get().(*bytes.Buffer)
	defer buffers.Put(b)
	b.Reset()
	if err := page.Render(r.Context(), b); err != nil {
		return err
	}
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Add("Vary", "HX-Request, HX-Request-Type")
	if h.Get("Cache-Control") == "" {
		h.Set("Cache-Control", "no-store")
	}
	w.WriteHeader(status)
	_, err := w.Write(b.Bytes())
	return err
}

// Redirect goes to a local path: 303 to a browser, HX-Redirect to htmx. To the page that htmx is on, it goes without a
// fragment, since a browser that only jumps there wouldn't load it anew.
func Redirect(w http.ResponseWriter, r *http.Request, path string) error {
	w.Header().Add("Vary", "HX-Request")
	w.Header().Set("Cache-Control", "no-store")
	if r.Header.Get("HX-Request") == "true" {
		page, _, _ := strings.Cut(path, "#")
		if here, err := url.Parse(r.Header.Get("HX-Current-URL")); err == nil && here.RequestURI() == page {
			path = page
		}
		w.Header().Set("HX-Redirect", path)
		w.WriteHeader(http.StatusNoContent)
		return nil
	}
	w.Header().Set("Location", path)
	w.WriteHeader(http.StatusSeeOther)
	return nil
}

// Done goes to path and says there what was done.
func (k *Kit) Done(w http.ResponseWriter, r *http.Request, path, key string, args ...any) error {
	k.setFlash(w, "good", views.T(r.Context(), key, args...))
	return Redirect(w, r, path)
}

// Refused goes to path and says there why nothing was done.
func (k *Kit) Refused(w http.ResponseWriter, r *http.Request, path, key string, args ...any) error {
	k.setFlash(w, "bad", views.T(r.Context(), key, args...))
	return Redirect(w, r, path)
}

// Failed makes the form to show again out of what was sent and what is wrong with it. Errors of another kind than
// fault.Invalid come back as they are.
func Failed(r *http.Request, err error) (*views.Form, error) {
	f := asFault(err)
	if f == nil || f.Kind != fault.Invalid {
		return nil, err
	}
	form := &views.Form{Values: url.Values{}, Errors: f.Fields}
	for name, values := range r.PostForm {
		if !secretField(name) {
			form.Values[name] = values
		}
	}
	if len(form.Errors) == 0 {
		form.Errors = map[string]lang.Msg{"": f.Msg}
	}
	return form, nil
}

func secretField(name string) bool { return name == "csrf_token" || strings.Contains(name, "password") }

// SafeNext returns next when it is a path of ours to go to after logging in, else fallback.
func SafeNext(next, fallback string) string {
	if len(next) > 512 || !strings.HasPrefix(next, "/") || strings.HasPrefix(next, "//") || strings.ContainsAny(next, "\\\r\n\t\x00") {
		return fallback
	}
	for _, c := range next {
		if c < ' ' || c == 0x7f {
			return fallback
		}
	}
	u, err := url.Parse(next)
	if err != nil || u.Scheme != "" || u.Host != "" || u.User != nil || strings.HasPrefix(u.Path, "//") {
		return fallback
	}
	return next
}
