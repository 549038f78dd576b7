package site

import (
	"net/http"
	"net/url"
	"strings"

	"lectern/app/content"
	"lectern/app/fault"
	"lectern/app/markdown"
	"lectern/app/web"
	"lectern/views"
	siteview "lectern/views/site"
)

// longPage is the number of parts from which a page has a list of them.
const longPage = 4

// Page is GET /{page}. The staff see drafts too.
func (p *Pages) Page(w http.ResponseWriter, r *http.Request) error {
	find, slug := p.Content.Public, r.PathValue("page")
	staff := web.Viewer(r) != nil && web.Viewer(r).Admin
	if staff {
		find = p.Content.Draft
	}
	page, moved, err := find(r.Context(), slug)
	if fault.Is(err, fault.NotFound) && slug == "logout" {
		return fault.New(fault.Method, "fault.method") // which is there, but not to be opened
	}
	if err != nil {
		return err
	}
	if moved != "" {
		w.Header().Set("Cache-Control", "no-cache") // another page may get the address one day
		http.Redirect(w, r, "/"+url.PathEscape(moved), http.StatusMovedPermanently)
		return nil
	}
	m := pageView(page)
	if staff {
		m.Edit = "/admin/pages/" + page.Key()
	}
	return web.Render(w, r, http.StatusOK, siteview.Page(m), nil)
}

func pageView(page content.Page) siteview.PagePage {
	doc := markdown.Render(page.Body)
	m := siteview.PagePage{Title: page.Title, Description: page.Description, Path: "/" + url.PathEscape(page.Slug), HTML: views.HTML(doc.HTML),
		Draft: page.Status == content.Draft, Default: page.Default(), Changed: page.UpdatedAt}
	if m.Description == "" {
		m.Description = beginning(markdown.Text(doc.HTML), 160)
	}
	for _, h := range doc.Headings {
		if h.Level == 2 {
			m.Contents = append(m.Contents, siteview.PagePart{ID: h.ID, Title: h.Text})
		}
	}
	if len(m.Contents) < longPage {
		m.Contents = nil
	}
	return m
}

// beginning cuts a text after a word.
func beginning(text string, most int) string {
	r := []rune(text)
	if len(r) <= most {
		return text
	}
	text = string(r[:most])
	if end := strings.LastIndexByte(text, ' '); end > 0 {
		text = text[:end]
	}
	return text + "…"
}
