package web

import (
	"net/http"
	"net/url"
	"time"
)

// freshFor is how long ago the password may have been given for what must not be done by whoever finds a browser open.
const freshFor = 10 * time.Minute

// FreshFactor is Fresh for accounts with a second factor. Others are asked for the password by the form itself.
func (k *Kit) FreshFactor(back string, h Handler) Handler {
	fresh := k.Fresh(back, h)
	return func(w http.ResponseWriter, r *http.Request) error {
		if Who(r).Factor {
			return fresh(w, r)
		}
		return h(w, r)
	}
}

// Fresh serves who gave the password in the last ten minutes; it stands within a guard of who is signed in. Others prove
// that it's them first, at /confirm, and come back to the form: to its field next, else to back, where what they typed is
// found by kept=, as after a login.
func (k *Kit) Fresh(back string, h Handler) Handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		if age := k.Now().Sub(Who(r).AuthAt); age >= 0 && age < freshFor {
			return h(w, r)
		}
		next := back
		if r.Method != http.MethodGet && r.Method != http.MethodHead {
			if f := asFault(ParseForm(r)); f != nil && len(f.Fields) == 0 { // fields that are no text are gone, the others stay
				return f
			}
			next = k.keepForm(w, r, SafeNext(r.PostForm.Get("next"), back))
		}
		return Redirect(w, r, "/confirm?next="+url.QueryEscape(next))
	}
}
