package admin

import (
	"context"
	"io"
	"net/http"
	"strconv"

	"lectern/app/fault"
	"lectern/app/jobs"
	"lectern/app/mail"
	"lectern/app/students"
	"lectern/app/web"
	"lectern/views"
	adminview "lectern/views/admin"
)

const importPath = "/admin/students/import"

// previewRows is how many rows of a file are shown before it is imported.
const previewRows = 20

// ImportPage is GET /admin/students/import.
func (p *Pages) ImportPage(w http.ResponseWriter, r *http.Request) error {
	return p.showUpload(w, r, http.StatusOK, p.keptForm(r, importPath))
}

func (p *Pages) showUpload(w http.ResponseWriter, r *http.Request, status int, form *views.Form) error {
	m := adminview.ImportPage{Form: form}
	recent, err := jobs.Recent(r.Context(), p.DB.Read(), students.Import, "", 5)
	if err != nil {
		return err
	}
	if m.Recent, err = p.jobLines(r.Context(), recent); err != nil {
		return err
	}
	return web.Render(w, r, status, adminview.Import(m), nil)
}

// Upload is POST /admin/students/import: reads a file, or what was pasted, into a draft.
func (p *Pages) Upload(w http.ResponseWriter, r *http.Request) error {
	err := web.ParseForm(r)
	id := ""
	if err == nil {
		id, err = p.upload(r)
	}
	if err == nil {
		return web.Redirect(w, r, jobsPath+"/"+id)
	}
	form, err := web.Failed(r, err)
	if err != nil {
		return err
	}
	return p.showUpload(w, r, http.StatusUnprocessableEntity, form)
}

// upload takes the file that was chosen, or else what was pasted.
func (p *Pages) upload(r *http.Request) (string, error) {
	file, size, ok, err := web.File(r, "file")
	switch {
	case err != nil:
		return "", err
	case !ok && r.PostFormValue("text") == "":
		return "", fault.Field("file", "import.file.needed")
	case !ok:
		return p.Roster.Upload(r.Context(), web.UserID(r), "", []byte(r.PostFormValue("text")))
	}
	defer file.Close()
	if size > web.MaxTable {
		return "", fault.Field("file", "import.file.big")
	}
	data, err := io.ReadAll(io.LimitReader(file, web.MaxTable))
	if err != nil {
		return "", err
	}
	return p.Roster.Upload(r.Context(), web.UserID(r), r.MultipartForm.File["file"][0].Filename, data)
}

func (p *Pages) showImport(w http.ResponseWriter, r *http.Request, status int, j jobs.Job, form *views.Form) error {
	ctx := r.Context()
	look, err := p.Roster.Look(ctx, p.DB.Read(), j, previewRows)
	if err != nil {
		return err
	}
	m := adminview.ImportPreview{ID: j.ID, Total: j.Total, New: look.New, Known: look.Known, Twins: look.Twins, Bad: look.Bad, Slips: look.Slips,
		File: look.Options.File, Course: look.Options.Course, Reason: look.Options.Reason, Tags: look.Options.Tags, Letters: look.Options.Letters, AllowSlips: look.Options.Slips,
		Mapped: look.Options.Columns, Form: form}
	if m.Title, err = jobTitle(ctx, j); err != nil {
		return err
	}
	for i, c := range j.Columns {
		if c == "" {
			c = views.T(ctx, "import.column", "n", i+1)
		}
		m.Columns = append(m.Columns, views.Option{Value: strconv.Itoa(i), Label: c})
	}
	for _, c := range look.Courses {
		m.Courses = append(m.Courses, courseOption(ctx, c))
	}
	for _, v := range look.Rows {
		m.Rows = append(m.Rows, adminview.ImportRow{Number: v.Position, What: v.What, Name: v.Name, Email: v.Email, Phone: v.Phone, Courses: v.Courses, Tags: v.Tags, Why: v.Why, UserID: v.UserID})
	}
	if m.KnownTags, err = p.tagNames(ctx); err != nil {
		return err
	}
	letters := look.New
	if look.Options.Course != "" || hasColumn(look.Options, "course") {
		letters += look.Known
	}
	if m.Quota, err = p.quota(ctx, letters); err != nil {
		return err
	}
	return web.Render(w, r, status, adminview.ImportDraft(m), nil)
}

func hasColumn(o students.ImportOptions, field string) bool {
	_, has := o.Columns[field]
	return has
}

func courseOption(ctx context.Context, c students.Course) views.Option {
	label := c.Title
	if c.Archived {
		label = views.T(ctx, "student.enroll.archived", "course", c.Title)
	}
	return views.Option{Value: c.ID, Label: label}
}

// quota tells what it takes of the day's mail to write to n people.
func (p *Pages) quota(ctx context.Context, n int) (adminview.Quota, error) {
	s, err := p.Mail.Status(ctx)
	if err != nil {
		return adminview.Quota{}, err
	}
	return quotaOf(s, p, ctx, n), nil
}

func quotaOf(s mail.Status, p *Pages, ctx context.Context, n int) adminview.Quota {
	days, at := s.DoneBy(p.now(ctx), n)
	return adminview.Quota{Letters: n, PerDay: s.PerDay, Days: days, By: at, Off: !s.Ready}
}

func (p *Pages) tagNames(ctx context.Context) ([]string, error) {
	tags, err := p.Accounts.Tags(ctx)
	names := make([]string, len(tags))
	for i, t := range tags {
		names[i] = t.Name
	}
	return names, err
}

// startImport is StartJob for a file.
func (p *Pages) startImport(w http.ResponseWriter, r *http.Request, j jobs.Job, err error) error {
	var was students.ImportOptions
	if bad := j.Read(&was); bad != nil {
		return bad
	}
	if err == nil {
		err = p.Roster.Prepare(r.Context(), j.ID, importOptions(r, was))
	}
	start := err == nil && r.PostFormValue("do") == "go"
	if start {
		err = p.Roster.StartImport(r.Context(), web.UserID(r), j.ID)
	}
	if fault.Is(err, fault.Conflict) {
		return p.jobConflict(w, r, j.ID, err)
	}
	if err != nil {
		form, err := web.Failed(r, err)
		if err != nil {
			return err
		}
		return p.showImport(w, r, http.StatusUnprocessableEntity, j, form)
	}
	if start {
		p.Jobs.Wake()
	}
	return web.Redirect(w, r, jobsPath+"/"+j.ID)
}

func importOptions(r *http.Request, was students.ImportOptions) students.ImportOptions {
	o := students.ImportOptions{File: was.File, Columns: map[string]int{}, Course: r.PostFormValue("course"), Reason: web.Line(r, "reason"),
		Tags: web.Line(r, "tags"), Letters: r.PostFormValue("letters") != "", Slips: r.PostFormValue("slips") != ""}
	for _, field := range students.Fields {
		if n, err := strconv.Atoi(r.PostFormValue("column-" + field)); err == nil && n >= 0 && n < 1000 {
			o.Columns[field] = n
		}
	}
	return o
}
