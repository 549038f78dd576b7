package site

import (
	"fmt"
	"net/http"
	"time"
)

// Robots is GET /robots.txt.
func (p *Pages) Robots(w http.ResponseWriter, r *http.Request) error {
	return plain(w, "User-agent: *\nDisallow: /admin\nDisallow: /account\nDisallow: /dashboard\nDisallow: /orders\nDisallow: /pay/\n")
}

// Security is GET /.well-known/security.txt: whom to tell about a hole. https://www.rfc-editor.org/rfc/rfc9116
func (p *Pages) Security(w http.ResponseWriter, r *http.Request) error {
	s, err := p.School.Get(r.Context())
	if err != nil {
		return err
	}
	text := ""
	if s.ContactEmail != "" {
		text = "Contact: mailto:" + s.ContactEmail + "\n"
	}
	expires := p.Now().UTC().Truncate(24*time.Hour).AddDate(0, 6, 0) // less than a year ahead, as the RFC wants
	return plain(w, text+fmt.Sprintf("Contact: %[1]s/contact\nExpires: %[2]s\nPreferred-Languages: en\nCanonical: %[1]s/.well-known/security.txt\n",
		p.Kit.BaseURL, expires.Format(time.RFC3339)))
}

func plain(w http.ResponseWriter, text string) error {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	_, err := w.Write([]byte(text))
	return err
}
