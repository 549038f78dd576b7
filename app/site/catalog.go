package site

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"lectern/app/catalog"
	"lectern/app/web"
	"lectern/views"
	siteview "lectern/views/site"
)

// Courses is GET /courses.
func (p *Pages) Courses(w http.ResponseWriter, r *http.Request) error {
	q := r.URL.Query()
	page, _ := strconv.Atoi(q.Get("page"))
	list, err := p.Catalog.List(r.Context(), catalog.ListQuery{Q: cut(q.Get("q"), 200), Level: q.Get("level"), Sort: q.Get("sort"), Page: page})
	if err != nil {
		return err
	}
	m := siteview.CoursesPage{Q: list.Q, Level: list.Level, Sort: list.Sort, Page: list.Page, Pages: list.Pages, Total: list.Total,
		Levels: catalog.Levels, Sorts: catalog.Sorts}
	for _, c := range list.Courses {
		m.Courses = append(m.Courses, card(c))
	}
	return web.Render(w, r, 200, siteview.Courses(m), siteview.CourseList(m))
}

// Course is GET /courses/{slug}. Admins see drafts too.
func (p *Pages) Course(w http.ResponseWriter, r *http.Request) error {
	ctx, find, admin := r.Context(), p.Catalog.BySlug, false
	if v := web.Viewer(r); v != nil && v.Teaches() {
		find, admin = p.Catalog.AnyBySlug, true
	}
	c, err := find(ctx, r.PathValue("slug"))
	if err != nil {
		return err
	}
	if c.Slug != r.PathValue("slug") {
		return moved(w, r, "/courses/"+url.PathEscape(c.Slug))
	}
	outline, err := p.Catalog.Outline(ctx, c.ID)
	if err != nil {
		return err
	}
	settings, err := p.School.Get(ctx)
	if err != nil {
		return err
	}
	m := siteview.CoursePage{CourseCard: card(c), Paragraphs: paragraphs(c.Description), Audience: c.Audience, Outcomes: c.Outcomes,
		Teacher: c.Teacher, Archived: c.Status == catalog.Archived, Draft: c.Status == catalog.Draft, Payable: c.Free() || views.From(ctx).Site.OnlinePayment}
	if admin {
		m.Edit = "/admin/courses/" + c.ID
	}
	m.Sections, m.Lessons = sections(outline)
	_, m.CheckedBy, _ = settings.Checking.Next(p.now(ctx))
	m.CheckedDay = day(ctx, p.now(ctx), m.CheckedBy)
	if id := web.UserID(r); id != "" {
		if m.Enrolled, err = p.Learning.MayOpen(ctx, id, c.ID); err != nil {
			return err
		}
	}
	if m.Ask, err = p.ask(ctx, views.T(ctx, "course.ask", "course", c.Title)); err != nil {
		return err
	}
	return web.Render(w, r, 200, siteview.Course(m), nil)
}

// moved sends who came by an address that a course once had to the one that it has. Browsers may not keep that: the course
// may go back.
func moved(w http.ResponseWriter, r *http.Request, path string) error {
	w.Header().Set("Cache-Control", "no-cache")
	http.Redirect(w, r, path, http.StatusMovedPermanently)
	return nil
}

func card(c catalog.Course) siteview.CourseCard {
	return siteview.CourseCard{Slug: c.Slug, Title: c.Title, Summary: c.Summary, Level: c.Level, Duration: c.Duration, Picture: c.Picture, Price: c.Price}
}

func sections(outline []catalog.Section) (all []siteview.Section, lessons int) {
	for _, s := range outline {
		all = append(all, siteview.Section{Title: s.Title, Lessons: s.Lessons})
		lessons += len(s.Lessons)
	}
	return all, lessons
}

func paragraphs(text string) []string {
	var all []string
	for _, p := range strings.Split(strings.ReplaceAll(text, "\r\n", "\n"), "\n\n") {
		if p = strings.TrimSpace(p); p != "" {
			all = append(all, p)
		}
	}
	return all
}

// cut shortens a query to what anybody means by one.
func cut(s string, max int) string {
	if r := []rune(strings.ToValidUTF8(s, "")); len(r) > max {
		return string(r[:max])
	}
	return strings.ToValidUTF8(s, "")
}
