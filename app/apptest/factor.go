package apptest

import (
	"strings"

	"github.com/PuerkitoBio/goquery"
	"github.com/pquerna/otp/totp"
)

// SetUpApp gives who is signed in an app that shows codes, and returns its key and the recovery codes that came with it.
// The code that the app shows now is used up.
func (b *Browser) SetUpApp() (secret string, codes []string) {
	b.T.Helper()
	page := b.Get("/account/app").Want(200)
	secret = strings.ReplaceAll(page.Text("#main details .num"), " ", "")
	done := b.Send(page, "#app", Form{"code": b.School.AppCode(secret)}).Want(200)
	done.Doc.Find(".codes b").Each(func(_ int, code *goquery.Selection) { codes = append(codes, code.Text()) })
	return secret, codes
}

// AppCode is what an app with that key shows now.
func (s *School) AppCode(secret string) string {
	s.T.Helper()
	code, err := totp.GenerateCode(secret, s.Clock.Now())
	if err != nil {
		s.T.Fatal(err)
	}
	return code
}

// FirstStep is a browser in which the password of NAME@example.com was given, and a second step is asked for.
func (s *School) FirstStep(name string) *Browser {
	s.T.Helper()
	b := s.Visitor()
	b.Submit("/login", "#login", Form{"email": name + "@example.com", "password": Password}).Want(303, "/login/code")
	return b
}
