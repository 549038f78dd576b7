package views

import "slices"

// Key is a key that a page of the panel listens to, and what it does: a text of the catalogue.
type Key struct{ Key, Text string }

// panelKeys are those that panel.js listens to on every page of the panel.
var panelKeys = []Key{
	{"j", "keys.down"}, {"k", "keys.up"}, {"Enter", "keys.open"}, {"/", "keys.search"}, {"Esc", "keys.leave"}, {"?", "keys.help"},
}

// goKeys are the keys that lead, after a g, to a page of the menu.
var goKeys = map[string]string{
	"/admin": "h", "/admin/payments": "p", "/admin/orders": "o", "/admin/messages": "i", "/admin/students": "s", "/admin/enrollments": "e",
	"/admin/staff": "f", "/admin/courses": "c", "/admin/pages": "w", "/admin/posts": "b", "/admin/internships": "n", "/admin/applications": "l",
	"/admin/files": "d", "/admin/settings": "t", "/admin/mail": "m", "/admin/audit": "a", "/admin/system": "y",
}

// otherKeys are the panel's keys that mean nothing else on this page.
func (m Meta) otherKeys() []Key {
	return slices.DeleteFunc(slices.Clone(panelKeys), func(k Key) bool {
		return slices.ContainsFunc(m.Keys, func(own Key) bool { return own.Key == k.Key })
	})
}

// goLinks are the pages of the menu that a key leads to.
func (p *Page) goLinks() []link {
	var all []link
	for _, g := range p.panelMenu() {
		for _, l := range g.links {
			if l.goKey() != "" {
				all = append(all, l)
			}
		}
	}
	return all
}

func (l link) goKey() string { return goKeys[l.href] }
