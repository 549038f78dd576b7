package admin

import (
	"net/http"

	"lectern/app/web"
	adminview "lectern/views/admin"
)

// SetCoursePicture is POST /admin/courses/{id}/picture: a file, or the removal of the one that is there.
func (p *Pages) SetCoursePicture(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	c, err := p.Catalog.ByID(ctx, r.PathValue("id"))
	if err != nil {
		return err
	}
	name := ""
	if err = web.ParseForm(r); err == nil {
		name, err = web.PictureField(r, p.Files, "picture", c.Picture)
	}
	if err == nil {
		err = p.Catalog.SetPicture(ctx, web.UserID(r), c.ID, name)
	}
	if err == nil {
		return p.Kit.Done(w, r, coursesPath+"/"+c.ID, "admin.course.picture.done")
	}
	form, err := web.Failed(r, err)
	if err != nil {
		return err
	}
	m, err := p.coursePage(ctx, c)
	if err != nil {
		return err
	}
	m.PictureForm = form
	return web.Render(w, r, http.StatusUnprocessableEntity, adminview.Course(m), adminview.CoursePictureForm(m))
}

// PutCoursePictureBack is POST /admin/courses/{id}/picture/back: the one of before the last change.
func (p *Pages) PutCoursePictureBack(w http.ResponseWriter, r *http.Request) error {
	return p.onCourse(w, r, "admin.course.picture.done", p.Catalog.PictureBack)
}
