// Package site serves the pages of visitors and students: parse, call the domains, fill the view model, render.
package site

import (
	"context"
	"net/http"
	"time"

	"lectern/app/account"
	"lectern/app/catalog"
	"lectern/app/content"
	"lectern/app/db"
	"lectern/app/files"
	"lectern/app/inbox"
	"lectern/app/internship"
	"lectern/app/learning"
	"lectern/app/payment"
	"lectern/app/school"
	"lectern/app/web"
	"lectern/views"
)

// Options are the rooms that the pages are made of.
type Options struct {
	Kit      *web.Kit
	DB       *db.DB
	Accounts *account.Service
	School   *school.Service
	Catalog  *catalog.Service
	Content  *content.Service
	Learning *learning.Service
	Payments *payment.Service
	Files    *files.Service
	Inbox    *inbox.Service
	Wake     func() // tells the outbox that a letter may be waiting
	Now      func() time.Time

	Internships *internship.Service
}

// Pages holds the handlers.
type Pages struct{ Options }

// New returns the handlers.
func New(o Options) *Pages { return &Pages{o} }

// client says where a request comes from.
func (p *Pages) client(r *http.Request) account.Client {
	return account.Client{IP: p.Kit.ClientIP(r), Agent: r.UserAgent(), Device: p.Kit.Device(r)}
}

// now is the clock in the school's zone.
func (p *Pages) now(ctx context.Context) time.Time { return p.Now().In(views.From(ctx).Zone) }

// ask is the address of a WhatsApp chat with the school, empty without a phone.
func (p *Pages) ask(ctx context.Context, text string) (string, error) {
	s, err := p.School.Get(ctx)
	if err != nil || s.ContactPhone == "" {
		return "", err
	}
	return views.WhatsApp(s.ContactPhone, text), nil
}
