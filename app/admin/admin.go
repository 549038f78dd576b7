// Package admin serves the pages of the school's staff: parse, call the domains, fill the view model, render.
package admin

import (
	"context"
	"time"

	"lectern/app/account"
	"lectern/app/catalog"
	"lectern/app/content"
	"lectern/app/db"
	"lectern/app/files"
	"lectern/app/inbox"
	"lectern/app/internship"
	"lectern/app/jobs"
	"lectern/app/learning"
	"lectern/app/mail"
	"lectern/app/payment"
	"lectern/app/report"
	"lectern/app/school"
	"lectern/app/students"
	"lectern/app/web"
	"lectern/views"
)

// Options are the rooms that the pages are made of.
type Options struct {
	Kit      *web.Kit
	DB       *db.DB // for what rooms list by themselves: audit, mail
	Accounts *account.Service
	School   *school.Service
	Catalog  *catalog.Service
	Content  *content.Service
	Learning *learning.Service
	Payments *payment.Service
	Files    *files.Service
	Inbox    *inbox.Service
	Roster   *students.Service
	Jobs     *jobs.Runner
	Mail     *mail.Worker
	Report   *report.Service
	Wake     func() // tells the outbox that a letter may be waiting
	Now      func() time.Time

	Internships *internship.Service
}

// Pages holds the handlers.
type Pages struct{ Options }

// New returns the handlers.
func New(o Options) *Pages { return &Pages{o} }

// now is the clock in the school's zone.
func (p *Pages) now(ctx context.Context) time.Time { return p.Now().In(views.From(ctx).Zone) }
