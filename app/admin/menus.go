package admin

import (
	"context"
	"net/http"
	"strconv"
	"strings"

	"github.com/a-h/templ"

	"lectern/app/content"
	"lectern/app/fault"
	"lectern/app/lang"
	"lectern/app/web"
	"lectern/views"
	adminview "lectern/views/admin"
)

// otherTarget is the choice of an address that is typed.
const otherTarget = "other"

// Menus is GET /admin/menu?menu=.
func (p *Pages) Menus(w http.ResponseWriter, r *http.Request) error {
	m, err := p.menuPage(r.Context(), oneOf(content.Menus, r.URL.Query().Get("menu")))
	if err != nil {
		return err
	}
	return web.Render(w, r, http.StatusOK, adminview.Menus(m), adminview.MenuList(m))
}

func (p *Pages) menuPage(ctx context.Context, menu string) (adminview.MenuPage, error) {
	m := adminview.MenuPage{Menu: menu}
	items, err := p.Content.Menu(ctx, menu)
	if err != nil {
		return m, err
	}
	if m.Targets, err = p.targets(ctx, views.Option{Label: views.T(ctx, "menus.choose")}); err != nil {
		return m, err
	}
	m.Targets = append(m.Targets, views.Option{Value: otherTarget, Label: views.T(ctx, "menus.target.other")})
	for i, it := range items {
		row := adminview.MenuRow{Place: adminview.Place{ID: it.ID, Base: "/admin/menu/" + menu, Name: it.Link.Label, At: i, Of: len(items), Off: it.Off, Gone: it.Gone},
			Href: it.Href, Target: it.Target, Label: it.Item.Label, Rev: it.Rev}
		if row.Name == "" {
			row.Name = views.T(ctx, "menus.nameless")
		}
		if !offered(m.Targets, it.Target) {
			row.Target, row.Address = otherTarget, it.Target
			if it.Gone { // a page that isn't published now, or an address of a part that isn't there
				row.Target, row.Address = "", ""
			}
		}
		m.Rows = append(m.Rows, row)
	}
	history, err := p.Content.MenuHistory(ctx, menu)
	m.Past = pastStates(history)
	return m, err
}

func offered(options []views.Option, target string) bool {
	for _, o := range options {
		if o.Value == target {
			return true
		}
	}
	return false
}

// menu is the list of the address, for the steps.
func (p *Pages) menu(r *http.Request) arranged {
	path := "/admin/menu"
	if name := r.PathValue("menu"); name != content.Menus[0] {
		path += "?menu=" + name
	}
	return arranged{path, func(r *http.Request, trouble lang.Msg) (templ.Component, templ.Component, error) {
		m, err := p.menuPage(r.Context(), r.PathValue("menu"))
		m.Trouble = trouble
		return adminview.Menus(m), adminview.MenuList(m), err
	}}
}

// menuItem is the line that a form describes.
func menuItem(r *http.Request) content.Item {
	it := content.Item{ID: r.PathValue("id"), Target: r.PostForm.Get("target"), Label: r.PostForm.Get("label")}
	address := strings.TrimSpace(r.PostForm.Get("address"))
	switch {
	case it.Target == otherTarget && address == "":
		it.Target = " " // an address that is wrong, rather than none chosen
	case it.Target == otherTarget, it.Target == "":
		it.Target = address
	}
	it.Rev, _ = strconv.ParseInt(r.PostForm.Get("rev"), 10, 64)
	return it
}

// AddMenuItem is POST /admin/menu/{menu}/items.
func (p *Pages) AddMenuItem(w http.ResponseWriter, r *http.Request) error {
	err := web.ParseForm(r)
	if err == nil {
		_, err = p.Content.AddItem(r.Context(), web.UserID(r), r.PathValue("menu"), menuItem(r))
	}
	return p.menuSaved(w, r, "menus.added", err, func(m *adminview.MenuPage, f *views.Form) { m.Add = f })
}

// SaveMenuItem is POST /admin/menu/{menu}/{id}.
func (p *Pages) SaveMenuItem(w http.ResponseWriter, r *http.Request) error {
	err := web.ParseForm(r)
	if err == nil {
		err = p.Content.EditItem(r.Context(), web.UserID(r), r.PathValue("menu"), menuItem(r))
	}
	return p.menuSaved(w, r, "pages.saved", err, func(m *adminview.MenuPage, f *views.Form) {
		for i := range m.Rows {
			if m.Rows[i].ID == r.PathValue("id") {
				m.Rows[i].Form = f
			}
		}
	})
}

// menuSaved answers for a form on a line: what is wrong stands beside it again.
func (p *Pages) menuSaved(w http.ResponseWriter, r *http.Request, key string, err error, put func(m *adminview.MenuPage, f *views.Form)) error {
	if !fault.Is(err, fault.Invalid) {
		return p.step(w, r, p.menu(r), key, func(context.Context, string) error { return err })
	}
	form, err := web.Failed(r, err)
	if err != nil {
		return err
	}
	m, err := p.menuPage(r.Context(), r.PathValue("menu"))
	if err != nil {
		return err
	}
	put(&m, form)
	return web.Render(w, r, http.StatusUnprocessableEntity, adminview.Menus(m), adminview.MenuList(m))
}

// MoveMenuItem is POST /admin/menu/{menu}/{id}/move.
func (p *Pages) MoveMenuItem(w http.ResponseWriter, r *http.Request) error {
	return p.step(w, r, p.menu(r), "arrange.moved", func(ctx context.Context, by string) error {
		n, err := to(r)
		if err != nil {
			return err
		}
		return p.Content.MoveItem(ctx, by, r.PathValue("menu"), r.PathValue("id"), n)
	})
}

// ShowMenuItem is POST /admin/menu/{menu}/{id}/show.
func (p *Pages) ShowMenuItem(w http.ResponseWriter, r *http.Request) error {
	on, key := shown(r)
	return p.step(w, r, p.menu(r), key, func(ctx context.Context, by string) error {
		return p.Content.ShowItem(ctx, by, r.PathValue("menu"), r.PathValue("id"), on)
	})
}

// RemoveMenuItem is POST /admin/menu/{menu}/{id}/remove.
func (p *Pages) RemoveMenuItem(w http.ResponseWriter, r *http.Request) error {
	return p.step(w, r, p.menu(r), "arrange.removed", func(ctx context.Context, by string) error {
		return p.Content.RemoveItem(ctx, by, r.PathValue("menu"), r.PathValue("id"))
	})
}

// PutMenuBack is POST /admin/menu/{menu}/put-back.
func (p *Pages) PutMenuBack(w http.ResponseWriter, r *http.Request) error {
	return p.step(w, r, p.menu(r), "arrange.put_back", func(ctx context.Context, by string) error {
		n, err := past(r)
		if err != nil {
			return err
		}
		return p.Content.PutMenuBack(ctx, by, r.PathValue("menu"), n)
	})
}
