package site

import (
	"net/http"
	"path"
	"strings"

	"lectern/app/fault"
	"lectern/app/files/picture"
	"lectern/app/school"
	"lectern/app/web"
	"lectern/static"
)

// Theme is GET /theme/{hash}.css and .svg: the school's own colour, and the sign for tabs in it. Under another hash, as of
// a page from before the colour was changed, it is the colour of now and not kept.
func (p *Pages) Theme(w http.ResponseWriter, r *http.Request) error {
	s, err := p.School.Get(r.Context())
	if err != nil {
		return err
	}
	hash, ext := s.Theme.Hash(), path.Ext(r.PathValue("file"))
	current := r.PathValue("file") == hash+ext
	switch {
	case hash == "":
	case ext == ".css":
		web.Asset(w, r, "text/css; charset=utf-8", hash, current, []byte(s.Theme.CSS()))
		return nil
	case ext == ".svg":
		web.Asset(w, r, "image/svg+xml", hash+"-icon", current, []byte(themed(s.Theme)))
		return nil
	}
	return fault.New(fault.NotFound, "fault.not_found")
}

// themed is the built-in sign in the colours of a theme.
func themed(t school.Theme) string {
	return strings.NewReplacer("#0c5a55", t.Light, "#6cc9bd", t.Dark, "#06231f", "#15140f").Replace(static.Text("favicon.svg"))
}

// Favicon is GET /favicon.ico, for browsers that ask without looking at the page.
func (p *Pages) Favicon(w http.ResponseWriter, r *http.Request) error {
	s, err := p.School.Get(r.Context())
	if err != nil {
		return err
	}
	w.Header().Set("Cache-Control", "no-cache")
	switch {
	case s.Icon != "":
		http.Redirect(w, r, picture.URL(s.Icon, 32), http.StatusFound)
	case s.Theme.Hash() != "":
		http.Redirect(w, r, "/theme/"+s.Theme.Hash()+".svg", http.StatusFound)
	default:
		static.Favicon().ServeHTTP(w, r)
	}
	return nil
}
