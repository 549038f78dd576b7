package admin

import (
	"context"
	"fmt"
	"hash/fnv"
	"net/http"
	"strconv"
	"strings"

	"lectern/app/audit"
	"lectern/app/catalog"
	"lectern/app/db"
	"lectern/app/fault"
	"lectern/app/lang"
	"lectern/app/web"
	"lectern/views"
	adminview "lectern/views/admin"
)

const coursesPath = "/admin/courses"

// courseFields are the texts of a course, by the names of their fields.
var courseFields = []string{"title", "slug", "summary", "description", "audience", "outcomes", "teacher", "level", "duration"}

func courseTexts(c catalog.Course) map[string]string {
	return map[string]string{"title": c.Title, "slug": c.Slug, "summary": c.Summary, "description": c.Description, "audience": c.Audience,
		"outcomes": strings.Join(c.Outcomes, "\n"), "teacher": c.Teacher, "level": c.Level, "duration": c.Duration}
}

// typedCourse is the course that a form describes. An address is taken as it is meant.
func typedCourse(r *http.Request) (catalog.Course, error) {
	text := func(name string) string {
		return strings.TrimSpace(strings.ReplaceAll(r.PostForm.Get(name), "\r\n", "\n"))
	}
	c := catalog.Course{Title: web.Line(r, "title"), Slug: catalog.Slug(r.PostForm.Get("slug")), Summary: web.Line(r, "summary"),
		Description: text("description"), Audience: text("audience"), Teacher: web.Line(r, "teacher"), Level: web.Line(r, "level"), Duration: web.Line(r, "duration")}
	for _, line := range strings.Split(text("outcomes"), "\n") {
		if line = strings.Join(strings.Fields(line), " "); line != "" {
			c.Outcomes = append(c.Outcomes, line)
		}
	}
	c.Version, _ = strconv.ParseInt(r.PostForm.Get("version"), 10, 64)
	if c.Slug == "" && text("slug") != "" {
		return c, fault.Field("slug", "catalog.slug.wrong")
	}
	return c, nil
}

// NewCourse is GET /admin/courses/new?kept=.
func (p *Pages) NewCourse(w http.ResponseWriter, r *http.Request) error {
	m := p.newCoursePage()
	m.Form = p.keptForm(r, coursesPath)
	return web.Render(w, r, http.StatusOK, adminview.Course(m), nil)
}

func (p *Pages) newCoursePage() adminview.CoursePage {
	return adminview.CoursePage{Fields: map[string]string{"level": catalog.Levels[0]}, Levels: catalog.Levels, Once: db.NewID()}
}

// CreateCourse is POST /admin/courses.
func (p *Pages) CreateCourse(w http.ResponseWriter, r *http.Request) error {
	c, err := catalog.Course{}, web.ParseForm(r)
	if err == nil {
		c, err = typedCourse(r)
	}
	if price := web.Line(r, "price"); err == nil && price != "" {
		if c.Price.Amount, err = lang.ParseMoney(price, p.Report.Currency); err != nil {
			c.Price.Amount, err = -1, nil // which is refused beside all else
		}
	}
	if err == nil {
		c.ID = r.PostForm.Get("once")
		c, err = p.Catalog.Make(r.Context(), web.UserID(r), c)
	}
	if err == nil {
		return p.Kit.Done(w, r, coursesPath+"/"+c.ID+"/outline", "admin.course.made")
	}
	m := p.newCoursePage()
	if m.Form, err = web.Failed(r, err); err != nil {
		return err
	}
	return web.Render(w, r, http.StatusUnprocessableEntity, adminview.Course(m), adminview.CourseForm(m))
}

// Course is GET /admin/courses/{id}?kept=.
func (p *Pages) Course(w http.ResponseWriter, r *http.Request) error {
	c, err := p.Catalog.ByID(r.Context(), r.PathValue("id"))
	if err != nil {
		return err
	}
	m, err := p.coursePage(r.Context(), c)
	if err != nil {
		return err
	}
	m.Form = p.keptForm(r, coursesPath+"/"+c.ID)
	return web.Render(w, r, http.StatusOK, adminview.Course(m), nil)
}

// SaveCourse is POST /admin/courses/{id}. Where another saved meanwhile, both are shown, and nothing is lost.
func (p *Pages) SaveCourse(w http.ResponseWriter, r *http.Request) error {
	ctx, id := r.Context(), r.PathValue("id")
	typed, err := catalog.Course{}, web.ParseForm(r)
	if err == nil {
		if typed, err = typedCourse(r); typed.Slug == "" {
			typed.Slug = catalog.Slug(typed.Title)
		}
	}
	if err == nil {
		_, err = p.Catalog.Edit(ctx, web.UserID(r), id, typed)
	}
	if err == nil {
		return p.Kit.Done(w, r, coursesPath+"/"+id, "admin.course.saved")
	}
	stale := fault.Is(err, fault.Conflict)
	form := &views.Form{Values: r.PostForm}
	if !stale {
		if form, err = web.Failed(r, err); err != nil {
			return err
		}
	}
	c, err := p.Catalog.ByID(ctx, id)
	if err != nil {
		return err
	}
	m, err := p.coursePage(ctx, c)
	if err != nil {
		return err
	}
	m.Form = form
	if !stale {
		m.Version, m.Seen = r.PostForm.Get("version"), r.PostForm.Get("seen") // what it was based on is still to be compared
		return web.Render(w, r, http.StatusUnprocessableEntity, adminview.Course(m), adminview.CourseForm(m))
	}
	if m.Stale, err = p.stale(ctx, m, courseTexts(typed), r.PostForm.Get("seen")); err != nil {
		return err
	}
	return p.renderAt(w, r, http.StatusConflict, "#course", adminview.Course(m), adminview.CourseForm(m))
}

// stale compares what was typed with what another has saved. A field that the form left as it was takes the other's text.
func (p *Pages) stale(ctx context.Context, m adminview.CoursePage, mine map[string]string, seen string) (*adminview.Stale, error) {
	s := &adminview.Stale{Theirs: map[string]string{}}
	marks := strings.Split(seen, ".")
	for i, name := range courseFields {
		was, theirs := "", m.Fields[name]
		if i < len(marks) {
			was = marks[i]
		}
		switch {
		case theirs == mine[name] || was == mark(theirs): // one of both changed it, or both alike
		case was == mark(mine[name]):
			m.Form.Values.Set(name, theirs)
		default:
			s.Theirs[name] = theirs
		}
	}
	last, err := audit.List(ctx, p.DB.Read(), audit.Query{Kind: "course", Subject: m.ID, Action: "course.edit", Limit: 1})
	if err != nil || len(last) == 0 {
		return s, err
	}
	things, err := p.Report.Things(ctx, []string{last[0].Actor})
	s.By, s.At = things[last[0].Actor].Text, last[0].At
	return s, err
}

// mark is short for a text, to tell whether it is another by now.
func mark(text string) string {
	h := fnv.New32a()
	h.Write([]byte(text))
	return fmt.Sprintf("%08x", h.Sum32())
}

// courseHead is what every page of a course's editor says.
func (p *Pages) courseHead(ctx context.Context, c catalog.Course) (adminview.CourseHead, error) {
	n, err := p.Catalog.Counts(ctx, c.ID)
	return adminview.CourseHead{CourseRow: courseRow(catalog.AdminRow{Course: c, Counts: n})}, err
}

func (p *Pages) coursePage(ctx context.Context, c catalog.Course) (m adminview.CoursePage, err error) {
	if m.CourseHead, err = p.courseHead(ctx, c); err != nil {
		return m, err
	}
	m.Fields, m.Levels, m.Version, m.Once = courseTexts(c), catalog.Levels, strconv.FormatInt(c.Version, 10), db.NewID()
	var marks []string
	for _, name := range courseFields {
		marks = append(marks, mark(m.Fields[name]))
	}
	m.Seen = strings.Join(marks, ".")
	used, err := p.Catalog.Used(ctx, c.ID)
	if err != nil {
		return m, err
	}
	if m.FormerPicture, err = p.Catalog.FormerPicture(ctx, c.ID); err != nil {
		return m, err
	}
	m.Deletable = c.Status == catalog.Draft && !used
	entries, err := audit.List(ctx, p.DB.Read(), audit.Query{Kind: "course", Subject: c.ID, Limit: historyShown})
	if err != nil {
		return m, err
	}
	m.History, err = p.auditRows(ctx, entries)
	return m, err
}
