package admin

import (
	"context"
	"net/http"
	"slices"

	"lectern/app/catalog"
	"lectern/app/fault"
	"lectern/app/lang"
	"lectern/app/web"
	"lectern/views"
	adminview "lectern/views/admin"
)

// manyLessons is how many lessons are shown at once; of a longer course, those of the sections that are asked for.
const manyLessons = 80

// CourseOutline is GET /admin/courses/{id}/outline?section=&lesson=&undo=&kept=: section unfolds one, lesson offers to move one to
// another section, undo names what was just deleted.
func (p *Pages) CourseOutline(w http.ResponseWriter, r *http.Request) error {
	q := r.URL.Query()
	o := outlineForms{open: q.Get("section"), moving: q.Get("lesson"), undo: q.Get("undo")}
	m, err := p.outlinePage(r.Context(), r.PathValue("id"), &o)
	if err != nil {
		return err
	}
	m.Form = p.keptForm(r, coursesPath+"/"+m.ID+"/sections")
	if web.Partial(r) {
		return showPart(w, r, m, o)
	}
	return web.Render(w, r, http.StatusOK, adminview.CourseOutline(m), nil)
}

// showPart is the answer to who asks for a section or for a lesson's row.
func showPart(w http.ResponseWriter, r *http.Request, m adminview.OutlinePage, o outlineForms) error {
	for _, s := range m.Parts {
		if s.ID == o.open {
			return web.Render(w, r, http.StatusOK, adminview.OutlineSection(m, s), nil)
		}
		for _, l := range s.Lessons {
			if l.ID == o.moving {
				return web.Render(w, r, http.StatusOK, adminview.OutlineLesson(m, s, l), nil)
			}
		}
	}
	return web.Render(w, r, http.StatusOK, adminview.Outline(m), nil)
}

// outlineForms says which forms of an outline stand open, and which came back refused.
type outlineForms struct {
	open, moving, undo string
	id                 string // of the line whose form was refused, or of the section that was to get lessons
	form               *views.Form
	added              string // the section that lessons were just added to
}

func (p *Pages) outlinePage(ctx context.Context, id string, o *outlineForms) (m adminview.OutlinePage, err error) {
	c, err := p.Catalog.ByID(ctx, id)
	if err != nil {
		return m, err
	}
	if m.CourseHead, err = p.courseHead(ctx, c); err != nil {
		return m, err
	}
	parts, err := p.Catalog.Parts(ctx, id)
	if err != nil {
		return m, err
	}
	gone, err := p.Catalog.Deleted(ctx, id)
	if err != nil {
		return m, err
	}
	for _, d := range gone {
		line := adminview.DeletedLine{ID: d.ID, Kind: string(d.Kind()), Title: d.Title, Section: d.Section, Lessons: d.Lessons}
		m.Deleted = append(m.Deleted, line)
		if d.ID == o.undo {
			m.Undo = &line
		}
	}
	fillOutline(&m, parts, o)
	return m, nil
}

func fillOutline(m *adminview.OutlinePage, parts []catalog.Part, o *outlineForms) {
	var choice []views.Option
	for _, s := range parts {
		choice = append(choice, views.Option{Value: s.ID, Label: s.Title})
	}
	for i, s := range parts {
		part := adminview.OutlinePart{ID: s.ID, Title: s.Title, AllSections: choice, Adding: o.added == s.ID}
		if i > 0 {
			part.Prev = parts[i-1].ID
		}
		if i < len(parts)-1 {
			part.Next = parts[i+1].ID
		}
		shown := o.open == s.ID || o.id == s.ID || part.Adding
		if o.id == s.ID {
			part.TitleForm = o.form
		}
		for _, l := range s.Lessons {
			line := adminview.OutlineLine{ID: l.ID, Title: l.Title, Moving: l.ID == o.moving}
			if l.ID == o.id {
				line.Form = o.form
			}
			shown = shown || line.Moving || l.ID == o.id
			part.Lessons = append(part.Lessons, line)
		}
		part.Arrange()
		part.Folded = !shown && m.Lessons > manyLessons && len(part.Lessons) > 0
		m.Parts = append(m.Parts, part)
	}
}

// AddSections is POST /admin/courses/{id}/sections.
func (p *Pages) AddSections(w http.ResponseWriter, r *http.Request) error {
	return p.addLines(w, r, "")
}

// AddLessons is POST /admin/courses/{id}/sections/{section}/lessons.
func (p *Pages) AddLessons(w http.ResponseWriter, r *http.Request) error {
	return p.addLines(w, r, r.PathValue("section"))
}

func (p *Pages) addLines(w http.ResponseWriter, r *http.Request, section string) error {
	ctx, n, err := r.Context(), 0, web.ParseForm(r)
	if err == nil {
		n, err = p.Catalog.Add(ctx, web.UserID(r), r.PathValue("id"), section, r.PostForm.Get("titles"))
	}
	key := "admin.outline.added.lessons"
	if section == "" {
		key = "admin.outline.added.sections"
	}
	if err == nil {
		return p.outlineDone(w, r, outlineForms{added: section}, section == "", []string{section}, key, "n", n)
	}
	form, err := web.Failed(r, err)
	if err != nil {
		return p.outlineTrouble(w, r, err)
	}
	m, err := p.outlinePage(ctx, r.PathValue("id"), &outlineForms{open: section})
	if err != nil {
		return err
	}
	if section == "" {
		m.Form = form
		return web.Render(w, r, http.StatusUnprocessableEntity, adminview.CourseOutline(m), adminview.AddSections(m))
	}
	i := slices.IndexFunc(m.Parts, func(s adminview.OutlinePart) bool { return s.ID == section })
	if i < 0 {
		return fault.New(fault.NotFound, "fault.not_found")
	}
	m.Parts[i].Form, m.Parts[i].Adding = form, true
	return web.Render(w, r, http.StatusUnprocessableEntity, adminview.CourseOutline(m), adminview.OutlineSection(m, m.Parts[i]))
}

// ChangeSection is POST /admin/courses/{id}/sections/{section}.
func (p *Pages) ChangeSection(w http.ResponseWriter, r *http.Request) error {
	return p.changeLine(w, r, catalog.ASection, r.PathValue("section"))
}

// ChangeLesson is POST /admin/courses/{id}/lessons/{lesson}.
func (p *Pages) ChangeLesson(w http.ResponseWriter, r *http.Request) error {
	return p.changeLine(w, r, catalog.ALesson, r.PathValue("lesson"))
}

func (p *Pages) changeLine(w http.ResponseWriter, r *http.Request, k catalog.Kind, id string) error {
	ctx, course, err := r.Context(), r.PathValue("id"), web.ParseForm(r)
	f := r.PostForm
	c := catalog.Change{Title: web.Line(r, "title"), Was: f.Get("was"), In: f.Get("in"), Delete: f.Get("delete") != "",
		To: catalog.Place{Before: f.Get("before"), After: f.Get("after"), Into: f.Get("into"), First: f.Get("first")}}
	if !f.Has("title") {
		c.Title = c.Was
	}
	if err == nil {
		err = p.Catalog.Change(ctx, web.UserID(r), course, k, id, c)
	}
	if err != nil {
		return p.lineRefused(w, r, k, id, err)
	}
	o, key := outlineForms{open: f.Get("in")}, "admin.outline.saved"
	switch {
	case c.Delete:
		o.undo, key = id, "admin.outline.deleted."+string(k)
	case c.To != (catalog.Place{}):
		key = "admin.outline.moved"
	}
	anew := k == catalog.ASection && (c.Delete || c.To != (catalog.Place{}))
	return p.outlineDone(w, r, o, anew, []string{f.Get("in"), id}, key, "title", c.Title)
}

// lineRefused shows a line again whose change can't be: what was typed stays, beside what is wrong with it. A change that
// came too late is told above the outline as it stands now.
func (p *Pages) lineRefused(w http.ResponseWriter, r *http.Request, k catalog.Kind, id string, err error) error {
	renamed := fault.Is(err, fault.Conflict) && message(err).Key == "catalog.outline.renamed"
	form, status := &views.Form{Values: r.PostForm}, http.StatusUnprocessableEntity
	if renamed {
		form.Errors, status = map[string]lang.Msg{"title": message(err)}, http.StatusConflict
	} else if form, err = web.Failed(r, err); err != nil {
		return p.outlineTrouble(w, r, err)
	}
	m, err := p.outlinePage(r.Context(), r.PathValue("id"), &outlineForms{open: r.PostForm.Get("in"), id: id, form: form})
	if err != nil {
		return err
	}
	for _, s := range m.Parts {
		if k == catalog.ASection && s.ID == id {
			return p.renderAt(w, r, status, "#s-"+id, adminview.CourseOutline(m), adminview.OutlineSection(m, s))
		}
		for _, l := range s.Lessons {
			if l.ID == id {
				return p.renderAt(w, r, status, "#l-"+id, adminview.CourseOutline(m), adminview.OutlineLesson(m, s, l))
			}
		}
	}
	return fault.New(fault.NotFound, "fault.not_found")
}

// RestoreSection is POST /admin/courses/{id}/sections/{section}/restore.
func (p *Pages) RestoreSection(w http.ResponseWriter, r *http.Request) error {
	return p.restoreLine(w, r, catalog.ASection, r.PathValue("section"))
}

// RestoreLesson is POST /admin/courses/{id}/lessons/{lesson}/restore.
func (p *Pages) RestoreLesson(w http.ResponseWriter, r *http.Request) error {
	return p.restoreLine(w, r, catalog.ALesson, r.PathValue("lesson"))
}

func (p *Pages) restoreLine(w http.ResponseWriter, r *http.Request, k catalog.Kind, id string) error {
	if err := p.Catalog.Restore(r.Context(), web.UserID(r), r.PathValue("id"), k, id); err != nil {
		return p.outlineTrouble(w, r, err)
	}
	return p.outlineDone(w, r, outlineForms{open: id, id: id}, true, nil, "admin.outline.restored")
}

// outlineDone answers a change: htmx gets the sections of touched, or the outline anew, a browser the page.
func (p *Pages) outlineDone(w http.ResponseWriter, r *http.Request, o outlineForms, anew bool, touched []string, key string, args ...any) error {
	ctx, id := r.Context(), r.PathValue("id")
	if !web.Partial(r) {
		return p.Kit.Done(w, r, outlineAt(id, o, touched), key, args...)
	}
	m, err := p.outlinePage(ctx, id, &o)
	if err != nil {
		return err
	}
	word := views.T(ctx, key, args...)
	if anew {
		return p.renderAt(w, r, http.StatusOK, "#outline", adminview.OutlineAnew(m, "good", word), nil)
	}
	var parts []adminview.OutlinePart
	for _, s := range m.Parts {
		if slices.Contains(touched, s.ID) || slices.ContainsFunc(s.Lessons, func(l adminview.OutlineLine) bool { return slices.Contains(touched, l.ID) }) {
			parts = append(parts, s)
		}
	}
	return web.Render(w, r, http.StatusOK, adminview.OutlineChanged(m, parts, word), nil)
}

// outlineAt is the address of the outline at the line that was changed.
func outlineAt(id string, o outlineForms, touched []string) string {
	path := coursesPath + "/" + id + "/outline"
	switch {
	case o.undo != "":
		return path + "?undo=" + o.undo // said at its head
	case o.added != "":
		return path + "?section=" + o.added + "#s-" + o.added
	case o.open != "" && len(touched) > 1:
		return path + "?section=" + o.open + "#l-" + touched[1]
	}
	return path
}

// outlineTrouble says above the outline, as it stands now, why a change couldn't be made.
func (p *Pages) outlineTrouble(w http.ResponseWriter, r *http.Request, err error) error {
	if !fault.Is(err, fault.Conflict) {
		return err
	}
	trouble := message(err)
	m, err := p.outlinePage(r.Context(), r.PathValue("id"), &outlineForms{open: r.PostForm.Get("in")})
	if err != nil {
		return err
	}
	m.Trouble = trouble
	return p.renderAt(w, r, http.StatusConflict, "#outline", adminview.CourseOutline(m), adminview.OutlineAnew(m, "bad", views.Text(r.Context(), trouble)))
}
