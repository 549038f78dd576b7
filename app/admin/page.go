package admin

import (
	"context"
	"net/http"
	"strconv"

	"lectern/app/content"
	"lectern/app/fault"
	"lectern/app/lang"
	"lectern/app/markdown"
	"lectern/app/web"
	"lectern/views"
	adminview "lectern/views/admin"
)

// NewSitePage is GET /admin/pages/new?kept=.
func (p *Pages) NewSitePage(w http.ResponseWriter, r *http.Request) error {
	m := pageEditor(content.Page{})
	m.Key = ""
	p.keptPage(r, &m, pagesPath)
	return web.Render(w, r, http.StatusOK, adminview.Page(m), nil)
}

// SitePage is GET /admin/pages/{id}?kept=: what was typed when the session had run out is there again.
func (p *Pages) SitePage(w http.ResponseWriter, r *http.Request) error {
	page, err := p.Content.Page(r.Context(), r.PathValue("id"))
	if err != nil {
		return err
	}
	m := pageEditor(page)
	p.keptPage(r, &m, pagesPath+"/"+m.Key)
	return web.Render(w, r, http.StatusOK, adminview.Page(m), nil)
}

func (p *Pages) keptPage(r *http.Request, m *adminview.PageEditor, action string) {
	token := r.URL.Query().Get("kept")
	if token == "" {
		return
	}
	if values, ok := p.Accounts.KeptForm(r.Context(), token, action); ok {
		m.Form = &views.Form{Values: values}
		m.Version, _ = strconv.ParseInt(values.Get("version"), 10, 64)
		m.Preview = preview(values.Get("body"))
	}
}

func pageEditor(p content.Page) adminview.PageEditor {
	return adminview.PageEditor{PageRow: sitePageRow(p), Standard: p.Standard, Description: p.Description, Body: p.Body, Version: p.Version,
		Preview: preview(p.Body), MaxTitle: content.MaxTitle, MaxDescription: content.MaxDescription, MaxBody: content.MaxBody}
}

// preview is a text as its page shows it. Its headings have no ids, which might be those of the panel's page.
func preview(body string) views.HTML {
	return views.HTML(markdown.Nameless(markdown.Render(body).HTML))
}

// PreviewSitePage is POST /admin/pages/preview: what the text looks like, without keeping it.
func (p *Pages) PreviewSitePage(w http.ResponseWriter, r *http.Request) error {
	if err := web.ParseForm(r); err != nil {
		return err
	}
	if !web.Partial(r) {
		return p.previewed(w, r, pageEditor(content.Page{}))
	}
	return web.Render(w, r, http.StatusOK, nil, adminview.PagePreview(preview(r.PostForm.Get("body"))))
}

// CreateSitePage is POST /admin/pages; with do=preview only a look at it.
func (p *Pages) CreateSitePage(w http.ResponseWriter, r *http.Request) error {
	m := pageEditor(content.Page{})
	m.Key = ""
	err := web.ParseForm(r)
	if err == nil && r.PostForm.Get("do") == "preview" {
		return p.previewed(w, r, m)
	}
	var made content.Page
	if err == nil {
		made, err = p.Content.CreatePage(r.Context(), web.UserID(r), pageForm(r))
	}
	if err == nil {
		return p.Kit.Done(w, r, pagesPath+"/"+made.Key(), "pages.created")
	}
	return p.pageFailed(w, r, m, err)
}

// SaveSitePage is POST /admin/pages/{id}; with do=preview only a look at it.
func (p *Pages) SaveSitePage(w http.ResponseWriter, r *http.Request) error {
	page, err := p.Content.Page(r.Context(), r.PathValue("id"))
	if err != nil {
		return err
	}
	m := pageEditor(page)
	if err = web.ParseForm(r); err == nil && r.PostForm.Get("do") == "preview" {
		return p.previewed(w, r, m)
	}
	base, _ := strconv.ParseInt(r.PostFormValue("version"), 10, 64)
	if err == nil {
		_, err = p.Content.SavePage(r.Context(), web.UserID(r), r.PathValue("id"), base, pageForm(r))
	}
	if err == nil {
		return p.Kit.Done(w, r, pagesPath+"/"+m.Key, "pages.saved")
	}
	if fault.Is(err, fault.Conflict) {
		return p.pageClash(w, r)
	}
	m.Version = base
	return p.pageFailed(w, r, m, err)
}

func pageForm(r *http.Request) content.PageForm {
	return content.PageForm{Title: r.PostForm.Get("title"), Slug: r.PostForm.Get("slug"), Description: r.PostForm.Get("description"), Body: r.PostForm.Get("body")}
}

// previewed shows the editor with what was typed, and what it looks like.
func (p *Pages) previewed(w http.ResponseWriter, r *http.Request, m adminview.PageEditor) error {
	m.Form, m.Preview, m.Previewed = &views.Form{Values: r.PostForm}, preview(r.PostForm.Get("body")), true
	m.Version, _ = strconv.ParseInt(r.PostForm.Get("version"), 10, 64)
	return web.Render(w, r, http.StatusOK, adminview.Page(m), adminview.PageForm(m))
}

// pageFailed shows the editor with what was typed and what is wrong with it.
func (p *Pages) pageFailed(w http.ResponseWriter, r *http.Request, m adminview.PageEditor, err error) error {
	if m.Form, err = web.Failed(r, err); err != nil {
		return err
	}
	m.Preview = preview(r.PostForm.Get("body"))
	return web.Render(w, r, http.StatusUnprocessableEntity, adminview.Page(m), adminview.PageForm(m))
}

// pageClash shows the editor with what was typed beside what somebody else has saved meanwhile. Saved once more, it is
// meant to go over that.
func (p *Pages) pageClash(w http.ResponseWriter, r *http.Request) error {
	now, err := p.Content.Page(r.Context(), r.PathValue("id"))
	if err != nil {
		return err
	}
	m := pageEditor(now)
	m.Form, m.Preview = &views.Form{Values: r.PostForm}, preview(r.PostForm.Get("body"))
	m.Theirs = &adminview.PageTheirs{Title: now.Title, Description: now.Description, By: now.UpdatedBy, At: now.UpdatedAt,
		Changes: compared(now.Body, pageForm(r).Clean().Body)}
	onPage(w, r, http.StatusConflict, "page")
	return web.Render(w, r, http.StatusConflict, adminview.Page(m), adminview.PageForm(m))
}

func compared(old, new string) []adminview.PageChange {
	var list []adminview.PageChange
	for _, c := range content.Diff(old, new) {
		list = append(list, adminview.PageChange(c))
	}
	return list
}

// onSitePage runs a step on the page of the address and says under key what was done. What can't be done is said on the
// page.
func (p *Pages) onSitePage(w http.ResponseWriter, r *http.Request, key string, do func(ctx context.Context, by, id string) (content.Page, error)) error {
	if err := web.ParseForm(r); err != nil {
		return err
	}
	page, err := do(r.Context(), web.UserID(r), r.PathValue("id"))
	switch {
	case err == nil:
		return p.Kit.Done(w, r, pagesPath+"/"+page.Key(), key, "title", page.Title, "slug", page.Slug)
	case fault.Is(err, fault.Conflict):
		return p.pageTrouble(w, r, message(err))
	}
	return err
}

func (p *Pages) pageTrouble(w http.ResponseWriter, r *http.Request, trouble lang.Msg) error {
	page, err := p.Content.Page(r.Context(), r.PathValue("id"))
	if err != nil {
		return err
	}
	m := pageEditor(page)
	m.Trouble = trouble
	return web.Render(w, r, http.StatusConflict, adminview.Page(m), nil)
}

// PublishSitePage is POST /admin/pages/{id}/publish.
func (p *Pages) PublishSitePage(w http.ResponseWriter, r *http.Request) error {
	return p.onSitePage(w, r, "pages.published", func(ctx context.Context, by, id string) (content.Page, error) {
		return p.Content.SetPublished(ctx, by, id, true)
	})
}

// UnpublishSitePage is POST /admin/pages/{id}/unpublish.
func (p *Pages) UnpublishSitePage(w http.ResponseWriter, r *http.Request) error {
	return p.onSitePage(w, r, "pages.unpublished", func(ctx context.Context, by, id string) (content.Page, error) {
		return p.Content.SetPublished(ctx, by, id, false)
	})
}

// DeleteSitePage is POST /admin/pages/{id}/delete. It leads to the deleted page, where it can be brought back.
func (p *Pages) DeleteSitePage(w http.ResponseWriter, r *http.Request) error {
	key := "pages.deleted"
	if page, err := p.Content.Page(r.Context(), r.PathValue("id")); err == nil && page.Standard != "" {
		key = "pages.default.again"
	}
	return p.onSitePage(w, r, key, p.Content.DeletePage)
}

// RestoreSitePage is POST /admin/pages/{id}/restore.
func (p *Pages) RestoreSitePage(w http.ResponseWriter, r *http.Request) error {
	return p.onSitePage(w, r, "pages.restored", p.Content.RestorePage)
}
