package admin

import (
	"cmp"
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

const homePath = "/admin/home"

// Home is GET /admin/home.
func (p *Pages) Home(w http.ResponseWriter, r *http.Request) error {
	page, list, err := p.homeParts(r, lang.Msg{})
	if err != nil {
		return err
	}
	return web.Render(w, r, http.StatusOK, page, list)
}

func (p *Pages) homeParts(r *http.Request, trouble lang.Msg) (page, list templ.Component, err error) {
	ctx := r.Context()
	blocks, err := p.Content.Home(ctx)
	if err != nil {
		return nil, nil, err
	}
	m := adminview.HomeParts{Trouble: trouble}
	for i, b := range blocks {
		row := adminview.HomePart{Place: adminview.Place{ID: b.ID, Base: homePath, Name: partName(ctx, b), At: i, Of: len(blocks), Off: b.Off},
			Kind: b.Kind, Removes: b.Kind == content.Text}
		if row.Remark = strings.Join(strings.Fields(b.Text), " "); b.Kind != content.Text {
			row.Remark = cmp.Or(b.Title, views.T(ctx, "parts.about."+b.Kind))
		}
		row.Remark = short(row.Remark, 120)
		m.Rows = append(m.Rows, row)
	}
	history, err := p.Content.HomeHistory(ctx)
	m.Past = pastStates(history)
	return adminview.Home(m), adminview.HomeList(m), err
}

// partName is what a part is called in the panel; a block of text is called by its title.
func partName(ctx context.Context, b content.Block) string {
	if b.Kind == content.Text && b.Title != "" {
		return b.Title
	}
	return views.T(ctx, "parts.kind."+b.Kind)
}

func short(text string, most int) string {
	if r := []rune(text); len(r) > most {
		return strings.TrimSpace(string(r[:most])) + "…"
	}
	return text
}

// onHome runs a step on the parts of the home page.
func (p *Pages) onHome(w http.ResponseWriter, r *http.Request, key string, do func(ctx context.Context, by string) error) error {
	return p.step(w, r, arranged{homePath, p.homeParts}, key, do)
}

// AddHomeText is POST /admin/home. It leads to the new text.
func (p *Pages) AddHomeText(w http.ResponseWriter, r *http.Request) error {
	if err := web.ParseForm(r); err != nil {
		return err
	}
	id, err := p.Content.AddText(r.Context(), web.UserID(r))
	if err != nil {
		return p.onHome(w, r, "", func(context.Context, string) error { return err })
	}
	return web.Redirect(w, r, homePath+"/"+id)
}

// MoveHomePart is POST /admin/home/{id}/move.
func (p *Pages) MoveHomePart(w http.ResponseWriter, r *http.Request) error {
	return p.onHome(w, r, "arrange.moved", func(ctx context.Context, by string) error {
		n, err := to(r)
		if err != nil {
			return err
		}
		return p.Content.MoveBlock(ctx, by, r.PathValue("id"), n)
	})
}

// ShowHomePart is POST /admin/home/{id}/show.
func (p *Pages) ShowHomePart(w http.ResponseWriter, r *http.Request) error {
	on, key := shown(r)
	return p.onHome(w, r, key, func(ctx context.Context, by string) error {
		return p.Content.ShowBlock(ctx, by, r.PathValue("id"), on)
	})
}

// RemoveHomePart is POST /admin/home/{id}/remove.
func (p *Pages) RemoveHomePart(w http.ResponseWriter, r *http.Request) error {
	return p.onHome(w, r, "arrange.removed", func(ctx context.Context, by string) error {
		return p.Content.RemoveBlock(ctx, by, r.PathValue("id"))
	})
}

// PutHomeBack is POST /admin/home/put-back.
func (p *Pages) PutHomeBack(w http.ResponseWriter, r *http.Request) error {
	return p.onHome(w, r, "arrange.put_back", func(ctx context.Context, by string) error {
		n, err := past(r)
		if err != nil {
			return err
		}
		return p.Content.PutHomeBack(ctx, by, n)
	})
}

// HomePart is GET /admin/home/{id}.
func (p *Pages) HomePart(w http.ResponseWriter, r *http.Request) error {
	m, err := p.homeEditor(r)
	if err != nil {
		return err
	}
	return web.Render(w, r, http.StatusOK, adminview.HomePage(m), nil)
}

// PreviewHomeText is POST /admin/home/preview.
func (p *Pages) PreviewHomeText(w http.ResponseWriter, r *http.Request) error {
	if err := web.ParseForm(r); err != nil {
		return err
	}
	if !web.Partial(r) {
		return web.Redirect(w, r, homePath)
	}
	return web.Render(w, r, http.StatusOK, nil, adminview.PagePreview(preview(r.PostForm.Get("text"))))
}

// homeEditor shows the texts that are in force, built-in ones too, so that one begins from what one sees.
func (p *Pages) homeEditor(r *http.Request) (adminview.HomeEditor, error) {
	ctx := r.Context()
	b, err := p.Content.Block(ctx, r.PathValue("id"))
	if err != nil {
		return adminview.HomeEditor{}, err
	}
	title, text, steps, err := p.builtIn(ctx, b.Kind)
	if err != nil {
		return adminview.HomeEditor{}, err
	}
	m := adminview.HomeEditor{ID: b.ID, Kind: b.Kind, Name: partName(ctx, b), Title: cmp.Or(b.Title, title), Text: cmp.Or(b.Text, text), Button: b.Button,
		Target: b.Target, Rev: b.Rev, Steps: steps, Preview: preview(b.Text)}
	for i, s := range b.Steps {
		m.Steps[i] = [2]string{cmp.Or(s.Title, steps[i][0]), cmp.Or(s.Text, steps[i][1])}
	}
	m.Targets, err = p.targets(ctx, views.Option{Value: "", Label: views.T(ctx, "parts.target.courses")})
	return m, err
}

// builtIn are the texts of a part that has none of its own, as package site shows them.
func (p *Pages) builtIn(ctx context.Context, kind string) (title, text string, steps [][2]string, err error) {
	t, site := func(key string, args ...any) string { return views.T(ctx, key, args...) }, views.From(ctx).Site
	switch kind {
	case content.Opening:
		s, err := p.School.Get(ctx)
		return cmp.Or(site.Tagline, t("home.title", "site", site.Name)), cmp.Or(s.HomeLead, t("home.lead")), nil, err
	case content.Featured:
		title = t("home.courses")
	case content.Told:
		title = t("home.stories")
	case content.Reach:
		title = t("home.reach")
	case content.Answers:
		page, err := p.Content.Page(ctx, "faq")
		return page.Title, "", nil, err
	case content.How:
		title = t("home.how")
		for _, name := range []string{"choose", "pay", "learn"} {
			steps = append(steps, [2]string{t("home.how." + name), t("home.how." + name + ".text")})
		}
	}
	return title, "", steps, nil
}

// SaveHomePart is POST /admin/home/{id}. What is as built in isn't kept, so that it goes on following the settings.
func (p *Pages) SaveHomePart(w http.ResponseWriter, r *http.Request) error {
	m, err := p.homeEditor(r)
	if err != nil {
		return err
	}
	title, text, steps, err := p.builtIn(r.Context(), m.Kind)
	if err != nil {
		return err
	}
	err = web.ParseForm(r)
	rev, _ := strconv.ParseInt(r.PostForm.Get("rev"), 10, 64)
	b := content.Block{ID: m.ID, Rev: rev, Title: unless(r, "title", title), Text: unless(r, "text", text), Button: web.Line(r, "button"), Target: r.PostForm.Get("target")}
	for i, s := range steps {
		name := "step" + strconv.Itoa(i+1)
		b.Steps = append(b.Steps, content.Step{Title: unless(r, name, s[0]), Text: unless(r, name+"_text", s[1])})
	}
	if err == nil {
		err = p.Content.EditBlock(r.Context(), web.UserID(r), b)
	}
	if err == nil {
		return p.Kit.Done(w, r, homePath, "pages.saved")
	}
	status := http.StatusUnprocessableEntity
	if fault.Is(err, fault.Conflict) {
		status, m.Form, m.Theirs = http.StatusConflict, &views.Form{Values: r.PostForm}, &adminview.HomeTheirs{Title: m.Title, Text: m.Text}
		onPage(w, r, status, "part")
	} else if m.Form, err = web.Failed(r, err); err != nil {
		return err
	} else {
		m.Rev = rev
	}
	m.Preview = preview(r.PostForm.Get("text"))
	return web.Render(w, r, status, adminview.HomePage(m), adminview.HomeForm(m))
}

// unless returns a field, empty where it says what is built in.
func unless(r *http.Request, name, builtIn string) string {
	v := strings.TrimSpace(r.PostForm.Get(name))
	if v == builtIn {
		return ""
	}
	return v
}
