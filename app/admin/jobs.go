package admin

import (
	"context"
	"fmt"
	"net/http"
	"strconv"
	"time"

	"lectern/app/fault"
	"lectern/app/jobs"
	"lectern/app/students"
	"lectern/app/web"
	"lectern/views"
	adminview "lectern/views/admin"
)

const jobsPath = "/admin/jobs"

// JobList is GET /admin/jobs.
func (p *Pages) JobList(w http.ResponseWriter, r *http.Request) error {
	after := r.URL.Query().Get("after")
	m := adminview.JobsPage{After: after}
	all, err := jobs.Recent(r.Context(), p.DB.Read(), "", after, pageRows+1)
	if err != nil {
		return err
	}
	all, m.Next = page(all, pageRows, func(j jobs.Job) string { return j.ID })
	if m.Rows, err = p.jobLines(r.Context(), all); err != nil {
		return err
	}
	return web.Render(w, r, http.StatusOK, adminview.Jobs(m), nil)
}

func (p *Pages) jobLines(ctx context.Context, all []jobs.Job) ([]adminview.JobLine, error) {
	lines := make([]adminview.JobLine, len(all))
	for i, j := range all {
		title, err := jobTitle(ctx, j)
		if err != nil {
			return nil, err
		}
		lines[i] = adminview.JobLine{ID: j.ID, Title: title, Status: j.Status, Total: j.Total, At: j.StartedAt}
	}
	return lines, nil
}

// jobTitle names a job for people.
func jobTitle(ctx context.Context, j jobs.Job) (string, error) {
	if j.Kind != students.Import {
		return views.T(ctx, "job.kind."+j.Kind), nil
	}
	var o students.ImportOptions
	if err := j.Read(&o); err != nil {
		return "", err
	}
	if o.File == "" {
		return views.T(ctx, "job.import.pasted"), nil
	}
	return views.T(ctx, "job.import.file", "file", o.File), nil
}

// jobStates are the tabs of a job's results, those to mend first.
var jobStates = []string{jobs.Wrong, jobs.Unchanged, jobs.Did, jobs.Waiting}

// Job is GET /admin/jobs/{id}: a draft to be looked at, or how the work goes. While it is under way the page asks for itself.
func (p *Pages) Job(w http.ResponseWriter, r *http.Request) error {
	j, err := jobs.Get(r.Context(), p.DB.Read(), r.PathValue("id"))
	if err != nil {
		return err
	}
	switch {
	case j.Status != jobs.Draft:
		return p.progress(w, r, j)
	case j.Kind == students.Import:
		return p.showImport(w, r, http.StatusOK, j, p.keptForm(r, jobsPath+"/"+j.ID))
	}
	return p.showBulk(w, r, http.StatusOK, j, p.keptForm(r, jobsPath+"/"+j.ID))
}

// keptForm is what was typed into the form with that action when the session ran out.
func (p *Pages) keptForm(r *http.Request, action string) *views.Form {
	if token := r.URL.Query().Get("kept"); token != "" {
		if values, ok := p.Accounts.KeptForm(r.Context(), token, action); ok {
			return &views.Form{Values: values}
		}
	}
	return nil
}

func (p *Pages) progress(w http.ResponseWriter, r *http.Request, j jobs.Job) error {
	ctx, q := r.Context(), r.URL.Query()
	c, err := jobs.Count(ctx, p.DB.Read(), j.ID)
	if err != nil {
		return err
	}
	m := adminview.JobPage{ID: j.ID, Kind: j.Kind, Status: j.Status, Total: j.Total, Handled: c.Handled(), Started: j.StartedAt, Finished: j.FinishedAt,
		Counts: map[string]int{jobs.Wrong: c.Wrong, jobs.Unchanged: c.Unchanged, jobs.Did: c.Done, jobs.Waiting: c.Waiting}}
	if m.Title, err = jobTitle(ctx, j); err != nil {
		return err
	}
	if m.By, err = p.name(ctx, j.By); err != nil {
		return err
	}
	if !m.Running() {
		if err := p.results(ctx, &m, q.Get("status"), q.Get("after")); err != nil {
			return err
		}
	}
	return web.Render(w, r, http.StatusOK, adminview.Job(m), adminview.JobFragment(m))
}

// results adds a page of what became of the items: those that went wrong, unless others are asked for.
func (p *Pages) results(ctx context.Context, m *adminview.JobPage, state, after string) error {
	for _, s := range jobStates {
		if m.Counts[s] > 0 && (m.State == "" || s == state) {
			m.State = s
		}
	}
	m.After = after
	from, _ := strconv.Atoi(after)
	items, err := jobs.Items(ctx, p.DB.Read(), m.ID, jobs.Query{State: m.State, After: from, Limit: pageRows + 1})
	if err != nil {
		return err
	}
	items, m.Next = page(items, pageRows, func(it jobs.Item) string { return strconv.Itoa(it.Position) })
	for _, it := range items {
		row := adminview.JobRow{Number: it.Position, Subject: it.Subject, Result: it.Outcome, State: it.State}
		for _, c := range it.Cells {
			if c != "" && len(row.Cells) < 4 {
				row.Cells = append(row.Cells, c)
			}
		}
		m.Rows = append(m.Rows, row)
	}
	return nil
}

// JobWrongCSV is GET /admin/jobs/{id}/wrong.csv: what went wrong, as it came, with the reason beside it: to be mended and
// imported again.
func (p *Pages) JobWrongCSV(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	j, err := jobs.Get(ctx, p.DB.Read(), r.PathValue("id"))
	if err != nil {
		return err
	}
	columns := make([]string, len(j.Columns))
	for i, c := range j.Columns {
		if columns[i] = c; c == "" {
			columns[i] = views.T(ctx, "import.column", "n", i+1)
		}
	}
	h := w.Header()
	h.Set("Content-Type", "text/csv; charset=utf-8")
	h.Set("Cache-Control", "no-store")
	h.Set("Content-Disposition", fmt.Sprintf(`attachment; filename="to-mend-%s.csv"`, p.now(ctx).Format(time.DateOnly)))
	out := newTable(w, append(columns, views.T(ctx, "job.csv.problem")))
	for after := 0; ; {
		items, err := jobs.Items(ctx, p.DB.Read(), j.ID, jobs.Query{State: jobs.Wrong, After: after, Limit: csvRows})
		if err != nil {
			p.Kit.Log.Error("wrong.csv", "err", err)
			panic(http.ErrAbortHandler) // broken off rather than ended as if it were whole
		}
		for _, it := range items {
			cells := make([]string, len(columns), len(columns)+1)
			copy(cells, it.Cells)
			out.row(append(cells, views.Text(ctx, it.Outcome))...)
			after = it.Position
		}
		if err := out.flush(); err != nil {
			panic(http.ErrAbortHandler)
		}
		if len(items) < csvRows {
			return nil
		}
	}
}

// CancelJob is POST /admin/jobs/{id}/cancel.
func (p *Pages) CancelJob(w http.ResponseWriter, r *http.Request) error {
	id := r.PathValue("id")
	if err := jobs.Cancel(r.Context(), p.DB, id, web.UserID(r), p.Now()); err != nil {
		return p.jobConflict(w, r, id, err)
	}
	return p.Kit.Done(w, r, jobsPath+"/"+id, "job.cancelled.done")
}

// ResumeJob is POST /admin/jobs/{id}/resume.
func (p *Pages) ResumeJob(w http.ResponseWriter, r *http.Request) error {
	id := r.PathValue("id")
	if err := jobs.Resume(r.Context(), p.DB, id, web.UserID(r), p.Now()); err != nil {
		return p.jobConflict(w, r, id, err)
	}
	p.Jobs.Wake()
	return p.Kit.Done(w, r, jobsPath+"/"+id, "job.resumed.done")
}

// DiscardJob is POST /admin/jobs/{id}/discard: of a draft, which leaves nothing behind.
func (p *Pages) DiscardJob(w http.ResponseWriter, r *http.Request) error {
	id := r.PathValue("id")
	if err := p.Roster.Discard(r.Context(), id); err != nil {
		return p.jobConflict(w, r, id, err)
	}
	return p.Kit.Done(w, r, "/admin/students", "job.discarded.done")
}

// jobConflict shows how a job stands to who was too late.
func (p *Pages) jobConflict(w http.ResponseWriter, r *http.Request, id string, err error) error {
	if !fault.Is(err, fault.Conflict) || web.Partial(r) {
		return err
	}
	j, missing := jobs.Get(r.Context(), p.DB.Read(), id)
	if missing != nil || j.Status == jobs.Draft {
		return err
	}
	title, _ := jobTitle(r.Context(), j)
	return web.Render(w, r, http.StatusConflict, adminview.JobElsewhere(j.ID, title, message(err)), nil)
}

// StartJob is POST /admin/jobs/{id}: looks at a draft as it is filled in now, or says go.
func (p *Pages) StartJob(w http.ResponseWriter, r *http.Request) error {
	j, err := jobs.Get(r.Context(), p.DB.Read(), r.PathValue("id"))
	if err != nil {
		return err
	}
	parsed := web.ParseForm(r)
	if j.Status != jobs.Draft {
		return p.jobConflict(w, r, j.ID, fault.New(fault.Conflict, "fault.conflict"))
	}
	if j.Kind == students.Import {
		return p.startImport(w, r, j, parsed)
	}
	return p.startBulk(w, r, j, parsed)
}
