package web

import (
	"io"
	"net/http"
	"net/url"

	"github.com/justinas/nosurf"

	"lectern/app/fault"
	"lectern/views"
)

// protect adds nosurf's token to forms and refuses those that come without. Cross-origin requests were refused before
// (Wrap), so a token that doesn't fit means a page that was open for too long: what was typed is offered again.
func (k *Kit) protect(next http.Handler) http.Handler {
	h := nosurf.New(next)
	h.SetBaseCookie(http.Cookie{Name: k.cookieName("csrf"), Path: "/", Secure: k.secure, HttpOnly: true, SameSite: http.SameSiteLaxMode, MaxAge: 365 * 24 * 3600}) // #nosec G124 -- Secure exactly where the school is served by https
	h.SetIsTLSFunc(func(*http.Request) bool { return k.secure })
	h.SetIsAllowedOriginFunc(func(u *url.URL) bool { return u.Host == k.host })
	h.SetFailureHandler(http.HandlerFunc(k.tokenRanOut))
	return h
}

func csrfToken(r *http.Request) string { return nosurf.Token(r) }

func (k *Kit) renewCSRF(w http.ResponseWriter, r *http.Request) {
	if h, ok := r.Context().Value(csrfKey{}).(*nosurf.CSRFHandler); ok {
		h.RegenerateToken(w, r)
	}
}

type csrfKey struct{}

// tokenRanOut answers 403 with a page from which the same form can be sent again. Passwords have to be typed anew.
func (k *Kit) tokenRanOut(w http.ResponseWriter, r *http.Request) {
	if _, err := r.Body.Read(make([]byte, 1)); err != nil && err != io.EOF { // the token may have been in what didn't arrive
		if f := asFault(err); f != nil {
			k.fail(w, r, f)
		} else {
			w.WriteHeader(http.StatusRequestTimeout)
		}
		return
	}
	k.log(r).Info("csrf token refused", "reason", nosurf.Reason(r))
	r = k.withPage(w, r)
	if Partial(r) || r.ParseForm() != nil {
		k.fail(w, r, fault.New(fault.Forbidden, "fault.csrf"))
		return
	}
	kept := url.Values{}
	for name, values := range r.PostForm {
		if !secretField(name) {
			kept[name] = values
		} else if name != "csrf_token" {
			kept = nil
			break
		}
	}
	page := views.SendAgain(r.URL.Path, kept, localReferer(r, "/"), hasFiles(r))
	if err := Render(w, r, http.StatusForbidden, page, nil); err != nil {
		k.fail(w, r, err)
	}
}

// localReferer returns the path of the page that a form stood on.
func localReferer(r *http.Request, fallback string) string {
	u, err := url.Parse(r.Referer())
	if err != nil || u.Path == "" || u.Host != r.Host {
		return fallback
	}
	u.Scheme, u.Host = "", ""
	return SafeNext(u.String(), fallback)
}
