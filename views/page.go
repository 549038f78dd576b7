// Package views turns view models into HTML. It sees no store, no request and no clock: what a page shows stands in
// the struct above its template, and what every page needs rides in the context as one Page.
package views

import (
	"context"
	"time"

	"lectern/app/lang"
)

// Site is what every page may say about the school.
type Site struct {
	Name, Tagline            string
	Email, Phone, Location   string
	Instagram, YouTube       string
	Facebook, LinkedIn       string
	WhatsAppGroup            string // invitation link, for students only
	Zone                     *time.Location
	Theme                    string // address of the .css and the .svg in the school's own colour; empty without one
	Accent                   string // that colour, #rrggbb
	Logo, Icon               string // pictures: beside the name; squares, for tabs and phones
	BaseURL                  string // without a slash at the end
	MailReady, OnlinePayment bool   // whether mail can be sent; whether there is a payee
	Menu, FooterMenu         []MenuLink
	Terms, Privacy           string // addresses of these pages, empty where there is none
}

// MenuLink is a line of a menu that the school arranges.
type MenuLink struct{ Href, Label string }

// Viewer is the person who is signed in.
type Viewer struct {
	ID, Name, Email string
	Verified        bool      // mail address confirmed
	Admin           bool      // may do everything
	Cashier         bool      // may do what payments need
	Instructor      bool      // may write courses
	Waiting         Waiting   // for the school's people only
	FactorDue       time.Time // until when the school wants a second factor of them; zero when it doesn't
}

// FactorOverdue tells whether v has to set up a second factor before anything else.
func (v *Viewer) FactorOverdue(now time.Time) bool {
	return !v.FactorDue.IsZero() && !now.Before(v.FactorDue)
}

// Staff tells whether v may do something in the admin panel.
func (v *Viewer) Staff() bool { return v.Admin || v.Cashier || v.Instructor }

// Pays tells whether v may look at payments, Teaches whether at courses that aren't published.
func (v *Viewer) Pays() bool { return v.Admin || v.Cashier }

// Teaches: see Pays.
func (v *Viewer) Teaches() bool { return v.Admin || v.Instructor }

// Waiting is what the school has to look at.
type Waiting struct{ Payments, Messages, Applications int }

// Flash is the one line that a page says about what was done just before it.
type Flash struct {
	Kind string // "good" or "bad"
	Text string
}

// Page is what every page needs of its request.
type Page struct {
	Site   Site
	Viewer *Viewer // nil for visitors
	Lang   *lang.Lang
	CSRF   string // empty on public pages for visitors, which have no form that needs it
	Flash  *Flash
	Path   string         // of the request, for marking the current place in menus
	Now    time.Time      // in the school's zone
	Zone   *time.Location // the school's
}

// Admin tells whether the viewer may do everything.
func (p *Page) Admin() bool { return p.Viewer != nil && p.Viewer.Admin }

type pageKey struct{}

// With puts p where From finds it.
func With(ctx context.Context, p *Page) context.Context { return context.WithValue(ctx, pageKey{}, p) }

// From returns the page of ctx; an empty English one where there is none, so that parts can be tried alone.
func From(ctx context.Context) *Page {
	if p, ok := ctx.Value(pageKey{}).(*Page); ok {
		return p
	}
	return &Page{Lang: lang.For("en"), Zone: time.UTC}
}

// T returns a text of the catalogue in the reader's language; see lang.Lang.T.
func T(ctx context.Context, key string, args ...any) string { return From(ctx).Lang.T(key, args...) }

// Text renders a message in the reader's language.
func Text(ctx context.Context, m lang.Msg) string { return From(ctx).Lang.Text(m) }

// Money writes an amount in the reader's language.
func Money(ctx context.Context, m lang.Money) string { return From(ctx).Lang.Money(m) }

// DateTime writes a time in the school's zone.
func DateTime(ctx context.Context, t time.Time) string {
	p := From(ctx)
	return p.Lang.DateTime(t.In(p.Zone))
}

// Date writes the day of t in the school's zone.
func Date(ctx context.Context, t time.Time) string {
	p := From(ctx)
	return p.Lang.Date(t.In(p.Zone))
}

// Ago writes the age of t.
func Ago(ctx context.Context, t time.Time) string {
	p := From(ctx)
	return p.Lang.Ago(p.Now, t)
}
