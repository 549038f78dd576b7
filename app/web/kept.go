package web

import (
	"net/http"
	"slices"
	"strings"
	"time"
)

// What was typed into a form whose session had run out (Options.Keep) is given back only to the browser that sent it. A
// link alone would let a stranger fill somebody else's form, or tick an admin's boxes. The cookie names the last few forms
// that a browser sent, as there may be several tabs.
const (
	keptFor  = time.Hour // as the forms themselves are
	keptMost = 4
)

func (k *Kit) rememberKept(w http.ResponseWriter, r *http.Request, token string) {
	tokens := append([]string{token}, strings.Split(k.cookie(r, "kept"), ".")...)
	k.setCookie(w, "kept", strings.Join(tokens[:min(len(tokens), keptMost)], "."), keptFor)
}

// dropForeignKept takes a form that another browser sent out of the address.
func (k *Kit) dropForeignKept(r *http.Request) {
	q := r.URL.Query()
	if token := q.Get("kept"); token == "" || slices.Contains(strings.Split(k.cookie(r, "kept"), "."), token) {
		return
	}
	q.Del("kept")
	u := *r.URL
	u.RawQuery = q.Encode()
	r.URL = &u
}
