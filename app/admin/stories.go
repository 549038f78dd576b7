package admin

import (
	"context"
	"net/http"
	"strconv"

	"github.com/a-h/templ"

	"lectern/app/content"
	"lectern/app/fault"
	"lectern/app/lang"
	"lectern/app/web"
	"lectern/views"
	adminview "lectern/views/admin"
)

const storiesPath = "/admin/stories"

// Stories is GET /admin/stories.
func (p *Pages) Stories(w http.ResponseWriter, r *http.Request) error {
	page, list, err := p.storyList(r, lang.Msg{})
	if err != nil {
		return err
	}
	return web.Render(w, r, http.StatusOK, page, list)
}

func (p *Pages) storyList(r *http.Request, trouble lang.Msg) (page, list templ.Component, err error) {
	m := adminview.StoriesPage{Trouble: trouble}
	all, err := p.Content.Stories(r.Context())
	if err != nil {
		return nil, nil, err
	}
	deleted, err := p.Content.DeletedStories(r.Context())
	for i, s := range all {
		row := storyRow(s)
		row.At, row.Of = i, len(all)
		m.Rows = append(m.Rows, adminview.StoryLine{StoryRow: row, Changed: s.UpdatedAt})
	}
	for _, s := range deleted {
		m.Deleted = append(m.Deleted, adminview.StoryLine{StoryRow: storyRow(s), Changed: s.DeletedAt})
	}
	return adminview.Stories(m), adminview.StoryList(m), err
}

func storyRow(s content.Story) adminview.StoryRow {
	return adminview.StoryRow{Place: adminview.Place{ID: s.ID, Base: storiesPath, Name: s.Name, Off: !s.Shown}, Text: short(s.Text, 160), Course: s.Course, Picture: s.Picture}
}

func (p *Pages) onStories(w http.ResponseWriter, r *http.Request, key string, do func(ctx context.Context, by string) error) error {
	return p.step(w, r, arranged{storiesPath, p.storyList}, key, do)
}

// MoveStory is POST /admin/stories/{id}/move.
func (p *Pages) MoveStory(w http.ResponseWriter, r *http.Request) error {
	return p.onStories(w, r, "arrange.moved", func(ctx context.Context, by string) error {
		n, err := to(r)
		if err != nil {
			return err
		}
		return p.Content.MoveStory(ctx, by, r.PathValue("id"), n)
	})
}

// ShowStory is POST /admin/stories/{id}/show.
func (p *Pages) ShowStory(w http.ResponseWriter, r *http.Request) error {
	on, key := shown(r)
	return p.onStories(w, r, key, func(ctx context.Context, by string) error {
		return p.Content.ShowStory(ctx, by, r.PathValue("id"), on)
	})
}

// DeleteStory is POST /admin/stories/{id}/delete. It can be brought back below the list.
func (p *Pages) DeleteStory(w http.ResponseWriter, r *http.Request) error {
	return p.onStories(w, r, "stories.gone", func(ctx context.Context, by string) error {
		return p.Content.DeleteStory(ctx, by, r.PathValue("id"))
	})
}

// RestoreStory is POST /admin/stories/{id}/restore.
func (p *Pages) RestoreStory(w http.ResponseWriter, r *http.Request) error {
	return p.onStories(w, r, "stories.restored", func(ctx context.Context, by string) error {
		return p.Content.RestoreStory(ctx, by, r.PathValue("id"))
	})
}

// NewStory is GET /admin/stories/new.
func (p *Pages) NewStory(w http.ResponseWriter, r *http.Request) error {
	m, err := p.storyEditor(r, content.Story{})
	if err != nil {
		return err
	}
	return web.Render(w, r, http.StatusOK, adminview.StoryPage(m), nil)
}

// Story is GET /admin/stories/{id}.
func (p *Pages) Story(w http.ResponseWriter, r *http.Request) error {
	s, err := p.Content.Story(r.Context(), r.PathValue("id"))
	if err != nil {
		return err
	}
	m, err := p.storyEditor(r, s)
	if err != nil {
		return err
	}
	return web.Render(w, r, http.StatusOK, adminview.StoryPage(m), nil)
}

func (p *Pages) storyEditor(r *http.Request, s content.Story) (adminview.StoryEditor, error) {
	ctx := r.Context()
	m := adminview.StoryEditor{ID: s.ID, Name: s.Name, Text: s.Text, Course: s.CourseID, Picture: s.Picture, Version: s.Version,
		MaxName: content.MaxName, MaxText: content.MaxStory, Courses: []views.Option{{Label: views.T(ctx, "stories.course.none")}}}
	courses, err := p.Report.Courses(ctx)
	for _, c := range courses {
		m.Courses = append(m.Courses, views.Option{Value: c.ID, Label: c.Title})
	}
	return m, err
}

// CreateStory is POST /admin/stories.
func (p *Pages) CreateStory(w http.ResponseWriter, r *http.Request) error {
	f, err := p.storyForm(r, "")
	if err == nil {
		_, err = p.Content.CreateStory(r.Context(), web.UserID(r), f)
	}
	if err == nil {
		return p.Kit.Done(w, r, storiesPath, "stories.created")
	}
	return p.storyFailed(w, r, content.Story{}, err)
}

// SaveStory is POST /admin/stories/{id}.
func (p *Pages) SaveStory(w http.ResponseWriter, r *http.Request) error {
	s, err := p.Content.Story(r.Context(), r.PathValue("id"))
	if err != nil {
		return err
	}
	f, err := p.storyForm(r, s.Picture)
	base, _ := strconv.ParseInt(r.PostForm.Get("version"), 10, 64)
	if err == nil {
		err = p.Content.SaveStory(r.Context(), web.UserID(r), s.ID, base, f)
	}
	if err == nil {
		return p.Kit.Done(w, r, storiesPath, "pages.saved")
	}
	return p.storyFailed(w, r, s, err)
}

func (p *Pages) storyForm(r *http.Request, picture string) (f content.StoryForm, err error) {
	if err = web.ParseForm(r); err != nil {
		return f, err
	}
	f = content.StoryForm{Name: r.PostForm.Get("name"), Text: r.PostForm.Get("text"), CourseID: r.PostForm.Get("course")}
	f.Picture, err = web.PictureField(r, p.Files, "picture", picture)
	return f, err
}

// storyFailed shows the form again with what is wrong with it, or with what somebody else has saved meanwhile.
func (p *Pages) storyFailed(w http.ResponseWriter, r *http.Request, s content.Story, err error) error {
	m, failed := p.storyEditor(r, s)
	if failed != nil {
		return failed
	}
	status := http.StatusUnprocessableEntity
	if fault.Is(err, fault.Conflict) {
		theirs := storyRow(s)
		status, m.Form, m.Theirs = http.StatusConflict, &views.Form{Values: r.PostForm}, &theirs
	} else if m.Form, err = web.Failed(r, err); err != nil {
		return err
	} else {
		m.Version, _ = strconv.ParseInt(r.PostForm.Get("version"), 10, 64)
	}
	return web.Render(w, r, status, adminview.StoryPage(m), nil)
}
