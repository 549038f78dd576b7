package admin

import (
	"net/http"

	"lectern/app/fault"
	"lectern/app/jobs"
	"lectern/app/mail"
	"lectern/app/students"
	"lectern/app/web"
	"lectern/views"
	adminview "lectern/views/admin"
)

// SelectStudents is POST /admin/students/selected: makes a draft of an action on those who are ticked, or on all of the
// list that the form stood on.
func (p *Pages) SelectStudents(w http.ResponseWriter, r *http.Request) error {
	err := web.ParseForm(r)
	id := ""
	if err == nil {
		sel := students.Selection{IDs: r.PostForm["id"]}
		if r.PostFormValue("all") != "" {
			f := queryOf(r.PostForm)
			sel.All = &f
		}
		id, err = p.Roster.Select(r.Context(), web.UserID(r), r.PostFormValue("action"), sel)
	}
	if err == nil {
		return web.Redirect(w, r, jobsPath+"/"+id)
	}
	form, err := web.Failed(r, err)
	if err != nil {
		return err
	}
	return p.showStudents(w, r, http.StatusUnprocessableEntity, queryOf(r.PostForm), form)
}

func (p *Pages) showBulk(w http.ResponseWriter, r *http.Request, status int, j jobs.Job, form *views.Form) error {
	ctx := r.Context()
	var o students.BulkOptions
	if err := j.Read(&o); err != nil {
		return err
	}
	first, err := jobs.Items(ctx, p.DB.Read(), j.ID, jobs.Query{Limit: 10})
	if err != nil {
		return err
	}
	m := adminview.BulkPage{ID: j.ID, Kind: j.Kind, Total: j.Total, Course: o.Course, Reason: o.Reason, Letters: o.Letters, Tags: o.Tags, Subject: o.Subject, Text: o.Text, Form: form}
	for _, it := range first {
		m.First = append(m.First, adminview.Person{ID: it.Subject, Name: it.Cell(0), Email: it.Cell(1)})
	}
	if m.Known, err = p.tagNames(ctx); err != nil {
		return err
	}
	courses, err := p.Roster.Courses(ctx)
	if err != nil {
		return err
	}
	for _, c := range courses {
		m.Courses = append(m.Courses, courseOption(ctx, c))
	}
	if m.Quota, err = p.quota(ctx, j.Total); err != nil {
		return err
	}
	if o.Text != "" && len(m.First) > 0 {
		m.Preview = mail.Paragraphs(mail.FillName(o.Text, m.First[0].Name))
		m.PreviewSubject = mail.FillName(o.Subject, m.First[0].Name)
	}
	return web.Render(w, r, status, adminview.Bulk(m), nil)
}

// startBulk is StartJob for those who were selected.
func (p *Pages) startBulk(w http.ResponseWriter, r *http.Request, j jobs.Job, err error) error {
	o := students.BulkOptions{Course: r.PostFormValue("course"), Reason: r.PostFormValue("reason"), Letters: r.PostFormValue("letters") != "",
		Tags: web.Line(r, "tags"), Subject: web.Line(r, "subject"), Text: r.PostFormValue("text")}
	start := r.PostFormValue("do") == "go"
	if err == nil && start {
		err = p.Roster.Decide(r.Context(), web.UserID(r), j.ID, o)
	} else if err == nil {
		err = p.Roster.Sketch(r.Context(), j.ID, o)
	}
	if fault.Is(err, fault.Conflict) {
		return p.jobConflict(w, r, j.ID, err)
	}
	if err != nil {
		form, err := web.Failed(r, err)
		if err != nil {
			return err
		}
		return p.showBulk(w, r, http.StatusUnprocessableEntity, j, form)
	}
	if start {
		p.Jobs.Wake()
		p.Wake()
	}
	return web.Redirect(w, r, jobsPath+"/"+j.ID)
}
