package admin

import (
	"net/http"
	"strconv"

	"lectern/app/content"
	"lectern/app/fault"
	"lectern/app/lang"
	"lectern/app/web"
	adminview "lectern/views/admin"
)

// SitePageVersions is GET /admin/pages/{id}/versions?after=.
func (p *Pages) SitePageVersions(w http.ResponseWriter, r *http.Request) error {
	page, err := p.Content.Page(r.Context(), r.PathValue("id"))
	if err != nil {
		return err
	}
	m := adminview.PageVersions{PageRow: sitePageRow(page), After: r.URL.Query().Get("after")}
	before, _ := strconv.ParseInt(m.After, 10, 64)
	rows, err := p.Content.Versions(r.Context(), page, before, pageRows)
	if err != nil {
		return err
	}
	if len(rows) > pageRows {
		rows = rows[:pageRows]
		m.Next = strconv.FormatInt(rows[len(rows)-1].N, 10)
	}
	for _, v := range rows {
		m.Rows = append(m.Rows, adminview.PageVersion{N: v.N, Title: v.Title, By: v.By, At: v.At, Now: v.N == page.Version})
	}
	return web.Render(w, r, http.StatusOK, adminview.Versions(m), nil)
}

// SitePageVersion is GET /admin/pages/{id}/versions/{n}.
func (p *Pages) SitePageVersion(w http.ResponseWriter, r *http.Request) error {
	return p.compared(w, r, http.StatusOK, lang.Msg{})
}

func (p *Pages) compared(w http.ResponseWriter, r *http.Request, status int, trouble lang.Msg) error {
	page, v, err := p.versionOf(r)
	if err != nil {
		return err
	}
	m := adminview.PageCompared{PageRow: sitePageRow(page), PageVersion: adminview.PageVersion{N: v.N, Title: v.Title, By: v.By, At: v.At}, Base: page.Version,
		OldTitle: v.Title, NewTitle: page.Title, OldAbout: v.Description, NewAbout: page.Description, Changes: compared(v.Body, page.Body), Trouble: trouble}
	return web.Render(w, r, status, adminview.Compared(m), nil)
}

func (p *Pages) versionOf(r *http.Request) (page content.Page, v content.Version, err error) {
	if page, err = p.Content.Page(r.Context(), r.PathValue("id")); err != nil {
		return page, v, err
	}
	n, err := strconv.ParseInt(r.PathValue("n"), 10, 64)
	if err != nil {
		return page, v, fault.New(fault.NotFound, "fault.not_found")
	}
	v, err = p.Content.Version(r.Context(), page, n)
	return page, v, err
}

// PutBackSitePage is POST /admin/pages/{id}/versions/{n}/restore.
func (p *Pages) PutBackSitePage(w http.ResponseWriter, r *http.Request) error {
	if err := web.ParseForm(r); err != nil {
		return err
	}
	page, v, err := p.versionOf(r)
	if err != nil {
		return err
	}
	base, _ := strconv.ParseInt(r.PostForm.Get("version"), 10, 64)
	_, err = p.Content.PutBack(r.Context(), web.UserID(r), page.Key(), v.N, base)
	if fault.Is(err, fault.Conflict) {
		return p.compared(w, r, http.StatusConflict, message(err))
	}
	if err != nil {
		return err
	}
	return p.Kit.Done(w, r, pagesPath+"/"+page.Key(), "pages.put_back.done")
}
