// Package site serves the pages of visitors and students: parse, call the domains, fill the view model, render.
package site

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"time"

	"lectern/app/account"
	"lectern/app/catalog"
	"lectern/app/learning"
	"lectern/app/payment"
	"lectern/app/school"
	"lectern/app/web"
)

// Options are the rooms that the pages are made of.
type Options struct {
	Kit      *web.Kit
	Accounts *account.Service
	School   *school.Service
	Catalog  *catalog.Service
	Learning *learning.Service
	Payments *payment.Service
	Wake     func() // tells the outbox that a letter may be waiting
	Now      func() time.Time
	Zone     *time.Location
}

// Pages holds the handlers.
type Pages struct{ Options }

// New returns the handlers.
func New(o Options) *Pages { return &Pages{o} }

// client says where a request comes from.
func (p *Pages) client(r *http.Request) account.Client {
	return account.Client{IP: p.Kit.ClientIP(r), Agent: r.UserAgent()}
}

// now is the clock in the school's zone.
func (p *Pages) now() time.Time { return p.Now().In(p.Zone) }

// ask is the address of a WhatsApp chat with the school, empty without a phone.
func (p *Pages) ask(ctx context.Context, text string) (string, error) {
	s, err := p.School.Get(ctx)
	if err != nil || s.ContactPhone == "" {
		return "", err
	}
	return WhatsApp(s.ContactPhone, text), nil
}

// WhatsApp is the address that opens a chat with phone, a number in any notation, with text ready to send; without a
// phone WhatsApp asks to whom.
func WhatsApp(phone, text string) string {
	number := strings.Map(func(c rune) rune {
		if c < '0' || c > '9' {
			return -1
		}
		return c
	}, phone)
	address := "https://wa.me/" + number
	if text != "" {
		address += "?text=" + url.QueryEscape(text)
	}
	return strings.ReplaceAll(address, "+", "%20")
}
