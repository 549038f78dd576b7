package admin

import (
	"context"
	"net/http"
	"net/url"

	"github.com/a-h/templ"

	"lectern/app/catalog"
	"lectern/app/fault"
	"lectern/app/web"
	"lectern/views"
	adminview "lectern/views/admin"
)

// Courses is GET /admin/courses.
func (p *Pages) Courses(w http.ResponseWriter, r *http.Request) error {
	m, err := p.coursesPage(r.Context(), r.URL.Query())
	if err != nil {
		return err
	}
	return web.Render(w, r, http.StatusOK, adminview.Courses(m), adminview.CourseList(m))
}

func (p *Pages) coursesPage(ctx context.Context, q url.Values) (adminview.CoursesPage, error) {
	m := adminview.CoursesPage{Q: typed(q.Get("q")), Status: oneOf(adminview.CourseStatuses, q.Get("status")), After: q.Get("after")}
	rows, err := p.Catalog.AdminList(ctx, catalog.AdminQuery{Q: m.Q, Status: m.Status, After: m.After, Limit: pageRows})
	if err != nil {
		return m, err
	}
	rows, m.Next = page(rows, pageRows, func(c catalog.AdminRow) string { return c.ID })
	for i, c := range rows {
		row := courseRow(c)
		if i > 0 {
			row.Up = rows[i-1].ID
		}
		if i < len(rows)-1 {
			row.Down = rows[i+1].ID
		}
		m.Rows = append(m.Rows, row)
	}
	return m, nil
}

func courseRow(c catalog.AdminRow) adminview.CourseRow {
	return adminview.CourseRow{ID: c.ID, Slug: c.Slug, Title: c.Title, Level: c.Level, Duration: c.Duration, Status: c.Status, Picture: c.Picture,
		Price: c.Price, NextPrice: c.Next.Price, NextFrom: c.Next.From, Featured: c.Featured,
		Sections: c.Sections, Lessons: c.Lessons, Enrolled: c.Enrolled, OpenOrders: c.OpenOrders}
}

// onCourse runs a step on the course of the address, and says under key what was done: on the list, where it was sent
// from there, else on the course's page. What can't be done is said on the course's page.
func (p *Pages) onCourse(w http.ResponseWriter, r *http.Request, key string, do func(ctx context.Context, by, id string) error) error {
	ctx, id := r.Context(), r.PathValue("id")
	c, err := p.Catalog.ByID(ctx, id)
	if err != nil {
		return err
	}
	if err = web.ParseForm(r); err == nil {
		err = do(ctx, web.UserID(r), id)
	}
	switch {
	case err == nil && r.PostForm.Has("list"):
		return p.listAgain(w, r, key, c.Title)
	case err == nil:
		return p.Kit.Done(w, r, coursesPath+"/"+id, key, "course", c.Title)
	case !fault.Is(err, fault.Conflict) || web.Partial(r):
		return err
	}
	trouble := message(err)
	if c, err = p.Catalog.ByID(ctx, id); err != nil {
		return err
	}
	m, err := p.coursePage(ctx, c)
	if err != nil {
		return err
	}
	m.Trouble = trouble
	return web.Render(w, r, http.StatusConflict, adminview.Course(m), nil)
}

// listAgain shows the list that a step was sent from, which its field list tells.
func (p *Pages) listAgain(w http.ResponseWriter, r *http.Request, key, title string) error {
	query, err := url.ParseQuery(r.PostForm.Get("list"))
	if err != nil {
		return fault.New(fault.Invalid, "fault.form")
	}
	m, err := p.coursesPage(r.Context(), query)
	if err != nil {
		return err
	}
	if web.Partial(r) {
		list := templ.Join(adminview.CourseList(m), views.ToastAside("good", views.T(r.Context(), key, "course", title)))
		return web.Render(w, r, http.StatusOK, list, nil)
	}
	return p.Kit.Done(w, r, coursesPath+m.Here(), key, "course", title)
}

// PublishCourse is POST /admin/courses/{id}/publish.
func (p *Pages) PublishCourse(w http.ResponseWriter, r *http.Request) error {
	return p.onCourse(w, r, "admin.course.publish.done", p.Catalog.Publish)
}

// UnarchiveCourse is POST /admin/courses/{id}/unarchive.
func (p *Pages) UnarchiveCourse(w http.ResponseWriter, r *http.Request) error {
	return p.onCourse(w, r, "admin.course.unarchive.done", p.Catalog.Publish)
}

// UnpublishCourse is POST /admin/courses/{id}/unpublish.
func (p *Pages) UnpublishCourse(w http.ResponseWriter, r *http.Request) error {
	return p.onCourse(w, r, "admin.course.unpublish.done", p.Catalog.Unpublish)
}

// ArchiveCourse is POST /admin/courses/{id}/archive.
func (p *Pages) ArchiveCourse(w http.ResponseWriter, r *http.Request) error {
	return p.onCourse(w, r, "admin.course.archive.done", p.Catalog.Archive)
}

// FeatureCourse is POST /admin/courses/{id}/feature.
func (p *Pages) FeatureCourse(w http.ResponseWriter, r *http.Request) error {
	return p.onCourse(w, r, "admin.course.feature.done", func(ctx context.Context, by, id string) error { return p.Catalog.Feature(ctx, by, id, true) })
}

// UnfeatureCourse is POST /admin/courses/{id}/unfeature.
func (p *Pages) UnfeatureCourse(w http.ResponseWriter, r *http.Request) error {
	return p.onCourse(w, r, "admin.course.unfeature.done", func(ctx context.Context, by, id string) error { return p.Catalog.Feature(ctx, by, id, false) })
}

// MoveCourse is POST /admin/courses/{id}/move.
func (p *Pages) MoveCourse(w http.ResponseWriter, r *http.Request) error {
	return p.onCourse(w, r, "admin.course.move.done", func(ctx context.Context, by, id string) error {
		return p.Catalog.Move(ctx, by, id, catalog.Place{Before: r.PostForm.Get("before"), After: r.PostForm.Get("after")})
	})
}

// DuplicateCourse is POST /admin/courses/{id}/duplicate. Its form says which id the copy gets, so that sending it twice makes one.
func (p *Pages) DuplicateCourse(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	if err := web.ParseForm(r); err != nil {
		return err
	}
	old, err := p.Catalog.ByID(ctx, r.PathValue("id"))
	if err != nil {
		return err
	}
	c, err := p.Catalog.Duplicate(ctx, web.UserID(r), old.ID, r.PostForm.Get("once"), views.T(ctx, "admin.course.copy", "course", old.Title))
	if err != nil {
		return err
	}
	return p.Kit.Done(w, r, coursesPath+"/"+c.ID, "admin.course.duplicate.done", "course", old.Title)
}

// DeleteCourse is POST /admin/courses/{id}/delete.
func (p *Pages) DeleteCourse(w http.ResponseWriter, r *http.Request) error {
	err := web.ParseForm(r)
	if err == nil {
		err = p.Catalog.Delete(r.Context(), web.UserID(r), r.PathValue("id"))
	}
	if err != nil {
		return err
	}
	return p.Kit.Done(w, r, coursesPath, "admin.course.delete.done")
}

// renderAt is web.Render for an answer that htmx puts elsewhere than its form asked for.
func (p *Pages) renderAt(w http.ResponseWriter, r *http.Request, status int, target string, page, fragment templ.Component) error {
	if web.Partial(r) {
		w.Header().Set("HX-Retarget", target)
		w.Header().Set("HX-Reswap", "outerHTML")
	}
	return web.Render(w, r, status, page, fragment)
}
