package site_test

import (
	"strings"
	"testing"

	"lectern/app/apptest"
)

func TestSecurityTxt(t *testing.T) {
	t.Parallel()
	s := apptest.New(t)
	p := s.Visitor().Get("/.well-known/security.txt").Want(200)
	want := "Contact: mailto:office@example.com\nContact: " + s.URL + "/contact\nExpires: 2027-05-23T00:00:00Z\nPreferred-Languages: en\nCanonical: " + s.URL + "/.well-known/security.txt\n"
	if p.Body != want || p.Header.Get("Content-Type") != "text/plain; charset=utf-8" {
		t.Errorf("%s: %q, want %q", p.Header.Get("Content-Type"), p.Body, want)
	}
	s.SignIn("chitra").Submit("/admin/settings", "#form-contact", apptest.Form{"contact_email": ""}).Want(303)
	if body := s.Visitor().Get("/.well-known/security.txt").Want(200).Body; strings.Contains(body, "mailto:") {
		t.Errorf("the address is gone, but it says %q", body)
	}
}
