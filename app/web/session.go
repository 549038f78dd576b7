package web

import (
	"encoding/base64"
	"net/http"
	"strings"
	"time"

	"lectern/app/fault"
	"lectern/app/lang"
	"lectern/views"
)

// cookieName has the prefix that ties a cookie to this host and to https, exactly when there is https.
func (k *Kit) cookieName(name string) string {
	if k.secure {
		return "__Host-" + name
	}
	return name
}

func (k *Kit) setCookie(w http.ResponseWriter, name, value string, maxAge time.Duration) {
	c := &http.Cookie{Name: k.cookieName(name), Value: value, Path: "/", Secure: k.secure, HttpOnly: true, SameSite: http.SameSiteLaxMode} // #nosec G124 -- Secure exactly where the school is served by https
	switch {
	case maxAge < 0:
		c.MaxAge = -1
	case maxAge > 0:
		c.MaxAge = int(maxAge / time.Second)
	}
	http.SetCookie(w, c)
}

func (k *Kit) cookie(r *http.Request, name string) string {
	if c, err := r.Cookie(k.cookieName(name)); err == nil {
		return c.Value
	}
	return ""
}

// SignIn gives the browser a session's token, kept for as long as the browser runs or, when remembered, for lifetime.
// The CSRF token of before the login is replaced.
func (k *Kit) SignIn(w http.ResponseWriter, r *http.Request, token string, lifetime time.Duration) {
	k.setCookie(w, "session", token, lifetime)
	k.renewCSRF(w, r)
}

// SignOut takes the session's cookie back and has the browser forget what it kept of our pages.
func (k *Kit) SignOut(w http.ResponseWriter, r *http.Request) {
	k.setCookie(w, "session", "", -1)
	if k.cookie(r, "kept") != "" {
		k.setCookie(w, "kept", "", -1)
	}
	k.renewCSRF(w, r)
	w.Header().Set("Clear-Site-Data", `"cache", "storage"`)
}

// SessionToken returns the token of the session cookie, for ending it.
func (k *Kit) SessionToken(r *http.Request) string { return k.cookie(r, "session") }

// stepFor is how long a browser keeps the token of a step, as the step itself waits for its answer.
const stepFor = 10 * time.Minute

// SetStep gives the browser the token of a login that waits for its second factor, or of a question to a passkey.
func (k *Kit) SetStep(w http.ResponseWriter, token string) { k.setCookie(w, "step", token, stepFor) }

// Step returns the token that SetStep gave, and EndStep takes it back.
func (k *Kit) Step(r *http.Request) string { return k.cookie(r, "step") }

// EndStep takes the token of a step back.
func (k *Kit) EndStep(w http.ResponseWriter) { k.setCookie(w, "step", "", -1) }

// deviceFor is how long a browser says by a cookie that somebody logged in there.
const deviceFor = 365 * 24 * time.Hour

// SetDevice gives the browser the token by which it is known again, or keeps it there for longer.
func (k *Kit) SetDevice(w http.ResponseWriter, token string) {
	k.setCookie(w, "device", token, deviceFor)
}

// Device returns the token that SetDevice gave.
func (k *Kit) Device(r *http.Request) string { return k.cookie(r, "device") }

// identify loads who a request comes from. A cookie of a session that is over is taken back.
func (k *Kit) identify(w http.ResponseWriter, r *http.Request) (*http.Request, error) {
	token := k.cookie(r, "session")
	if token == "" {
		return r, nil
	}
	who, err := k.Session(r.Context(), token)
	if fault.Is(err, fault.NotFound) {
		k.setCookie(w, "session", "", -1)
		return r, nil
	}
	if err != nil {
		return r, err
	}
	if who.Viewer.Pays() {
		if who.Viewer.Waiting, err = k.Waiting(r.Context()); err != nil {
			return r, err
		}
	}
	of(r).who = &who
	return r, nil
}

// withPage puts what every page needs into the request, once; the flash is taken out of its cookie by being shown.
func (k *Kit) withPage(w http.ResponseWriter, r *http.Request) *http.Request {
	p := views.From(r.Context())
	if p.Path != "" {
		return r
	}
	site, err := k.Site(r.Context())
	if err != nil && !left(r) {
		k.log(r).Error("site settings", "err", err)
	}
	if site.Zone == nil {
		site.Zone = time.UTC
	}
	p = &views.Page{Site: site, Viewer: Viewer(r), Lang: lang.For("en"), CSRF: csrfToken(r), Path: r.URL.Path, Now: k.Now().In(site.Zone), Zone: site.Zone}
	if r.Method == http.MethodGet {
		p.Flash = k.takeFlash(w, r)
	}
	return r.WithContext(views.With(r.Context(), p))
}

// The flash is a line for the next page. It rides in a cookie of a minute, as text in the reader's language.
func (k *Kit) setFlash(w http.ResponseWriter, kind, text string) {
	k.setCookie(w, "flash", kind+"."+base64.RawURLEncoding.EncodeToString([]byte(text)), time.Minute)
}

func (k *Kit) takeFlash(w http.ResponseWriter, r *http.Request) *views.Flash {
	kind, coded, ok := strings.Cut(k.cookie(r, "flash"), ".")
	if !ok {
		return nil
	}
	k.setCookie(w, "flash", "", -1)
	text, err := base64.RawURLEncoding.DecodeString(coded)
	if err != nil || len(text) > 500 || kind != "good" && kind != "bad" {
		return nil
	}
	return &views.Flash{Kind: kind, Text: string(text)}
}
