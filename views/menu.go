package views

import (
	"context"
	"slices"
	"strings"
)

// Meta is what the head of a page says.
type Meta struct {
	Title       string // without the site's name, which is added
	Description string
	Canonical   string // a path; the site's address is put before it
	NoIndex     bool
	Refresh     int   // seconds after which a browser without scripts loads the page anew; 0: never
	Keys        []Key // of the panel's page, beside those that all have
	Narrow      bool  // a measure to read and to fill in by, rather than the full width
}

func (m Meta) full(p *Page) string {
	if m.Title == "" || m.Title == p.Site.Name {
		return p.Site.Name
	}
	if p.Site.Name == "" {
		return m.Title
	}
	return m.Title + " · " + p.Site.Name
}

// link is one line of a menu.
type link struct {
	href, key string
	label     string // in place of a text of the catalogue
	count     int    // shown when above 0
}

func (l link) name(ctx context.Context) string {
	if l.label != "" {
		return l.label
	}
	return T(ctx, l.key)
}

// group is a part of the panel's menu.
type group struct {
	key   string
	links []link
}

var panelGroups = []group{
	{"nav.group.day", []link{
		{href: "/admin", key: "nav.overview"},
		{href: "/admin/payments", key: "nav.payments"},
		{href: "/admin/orders", key: "nav.admin_orders"},
		{href: "/admin/messages", key: "nav.messages"},
		{href: "/admin/applications", key: "nav.applications"},
	}},
	{"nav.group.people", []link{
		{href: "/admin/students", key: "nav.students"},
		{href: "/admin/enrollments", key: "nav.enrollments"},
		{href: "/admin/staff", key: "nav.staff"},
	}},
	{"nav.group.school", []link{
		{href: "/admin/courses", key: "nav.admin_courses"},
		{href: "/admin/internships", key: "nav.internships"},
		{href: "/admin/home", key: "nav.home"},
		{href: "/admin/pages", key: "nav.pages"},
		{href: "/admin/stories", key: "nav.stories"},
		{href: "/admin/menu", key: "nav.menus"},
	}},
	{"nav.group.house", []link{
		{href: "/admin/settings", key: "nav.settings"},
		{href: "/admin/mail", key: "nav.mail"},
		{href: "/admin/audit", key: "nav.audit"},
		{href: "/", key: "nav.site"},
	}},
}

// cashierLinks are those of the panel's links that cashiers have too.
var cashierLinks = []string{"/admin", "/admin/payments", "/admin/orders", "/"}

// teacherLinks are those that instructors have.
var teacherLinks = []string{"/admin/courses", "/"}

// inPanel tells whether the page is one of the admin panel, for somebody who may see it.
func (p *Page) inPanel() bool { return p.Viewer != nil && p.Viewer.Staff() && p.inAdmin() }

// panelMenu is the menu of the admin panel: what the viewer may open, with what waits.
func (p *Page) panelMenu() []group {
	var groups []group
	for _, g := range panelGroups {
		mine := group{key: g.key}
		for _, l := range g.links {
			switch l.href {
			case "/admin/payments":
				l.count = p.Viewer.Waiting.Payments
			case "/admin/messages":
				l.count = p.Viewer.Waiting.Messages
			case "/admin/applications":
				l.count = p.Viewer.Waiting.Applications
			}
			if p.Viewer.Admin || p.Viewer.Cashier && slices.Contains(cashierLinks, l.href) || p.Viewer.Instructor && slices.Contains(teacherLinks, l.href) {
				mine.links = append(mine.links, l)
			}
		}
		if len(mine.links) > 0 {
			groups = append(groups, mine)
		}
	}
	return groups
}

// inAdmin tells whether the page is one of the admin panel.
func (p *Page) inAdmin() bool { return p.Path == "/admin" || strings.HasPrefix(p.Path, "/admin/") }

// menu is what the school has arranged, and what is one's own.
func (p *Page) menu() []link {
	var list []link
	for _, l := range p.Site.Menu {
		list = append(list, link{href: l.Href, label: l.Label})
	}
	if p.Viewer == nil {
		return list
	}
	list = append(append([]link{{href: "/dashboard", key: "nav.dashboard"}}, list...), link{href: "/orders", key: "nav.orders"})
	if p.Viewer.Staff() {
		return append([]link{{href: "/admin", key: "nav.admin"}}, list...)
	}
	return list
}

// crowded tells whether the menu needs the width of a big screen.
func (p *Page) crowded() bool { return len(p.menu()) > 4 || p.Viewer != nil && p.Viewer.Staff() }

// current tells whether href is where the page stands: the page itself, or the list that it is of.
func (p *Page) current(href string) bool {
	if href == "/" || href == "/admin" {
		return p.Path == href
	}
	return p.Path == href || strings.HasPrefix(p.Path, href+"/")
}

// elsewhere lists the school's pages on other sites; the names are names, not texts.
func (s Site) elsewhere() []link {
	var links []link
	for _, l := range []link{{href: s.Instagram, key: "Instagram"}, {href: s.YouTube, key: "YouTube"}, {href: s.Facebook, key: "Facebook"}, {href: s.LinkedIn, key: "LinkedIn"}} {
		if l.href != "" {
			links = append(links, l)
		}
	}
	return links
}

// Telephone leaves of a phone number what a tel: address takes.
func Telephone(s string) string {
	return strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' || r == '+' {
			return r
		}
		return -1
	}, s)
}
