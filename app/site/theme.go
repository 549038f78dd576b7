package site

import (
	"net/http"

	"lectern/app/fault"
	"lectern/app/web"
)

// Theme is GET /theme/{hash}.css: the school's own colour. Under another hash, as of a page from before the colour was
// changed, it is the colour of now and not kept.
func (p *Pages) Theme(w http.ResponseWriter, r *http.Request) error {
	s, err := p.School.Get(r.Context())
	if err != nil {
		return err
	}
	if s.Theme.Hash() == "" {
		return fault.New(fault.NotFound, "fault.not_found")
	}
	web.Asset(w, r, "text/css; charset=utf-8", s.Theme.Hash(), r.PathValue("file") == s.Theme.Hash()+".css", []byte(s.Theme.CSS()))
	return nil
}
