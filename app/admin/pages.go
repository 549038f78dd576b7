package admin

import (
	"net/http"

	"lectern/app/content"
	"lectern/app/web"
	adminview "lectern/views/admin"
)

const pagesPath = "/admin/pages"

var pageStatuses = []string{"", content.Published, content.Draft, "deleted"}

// SitePages is GET /admin/pages.
func (p *Pages) SitePages(w http.ResponseWriter, r *http.Request) error {
	q := r.URL.Query()
	m := adminview.PagesPage{Q: typed(q.Get("q")), Status: oneOf(pageStatuses, q.Get("status")), After: q.Get("after")}
	f := content.PageQuery{Q: m.Q, Status: m.Status, After: m.After, Limit: pageRows}
	rows, err := p.Content.Pages(r.Context(), f)
	if err != nil {
		return err
	}
	rows, m.Next = page(rows, f.Limit, func(row content.Page) string { return row.ID })
	for _, row := range rows {
		m.Rows = append(m.Rows, sitePageRow(row))
	}
	if m.After == "" {
		standard, err := p.Content.StandardPages(r.Context(), f)
		if err != nil {
			return err
		}
		for _, row := range standard {
			m.Standard = append(m.Standard, sitePageRow(row))
		}
	}
	return web.Render(w, r, http.StatusOK, adminview.Pages(m), adminview.PageList(m))
}

func sitePageRow(p content.Page) adminview.PageRow {
	row := adminview.PageRow{Key: p.Key(), Title: p.Title, Slug: p.Slug, State: p.Status, At: p.UpdatedAt, By: p.UpdatedBy}
	switch {
	case p.Default():
		row.State = "default"
	case !p.DeletedAt.IsZero():
		row.State, row.At = "deleted", p.DeletedAt
	}
	return row
}
