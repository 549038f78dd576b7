package students

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"strings"

	"lectern/app/account"
	"lectern/app/db"
	"lectern/app/fault"
	"lectern/app/jobs"
	"lectern/app/lang"
	"lectern/app/learning"
	"lectern/app/mail"
)

// ImportOptions say how a file is read and what is done beside making accounts.
type ImportOptions struct {
	File    string         // its name; empty: pasted
	Columns map[string]int // field → column
	Course  string         // its id; empty: none, but those of the rows
	Reason  string         // of the access; for admins
	Tags    string         // for all, with commas
	Letters bool           // tell each by mail
	Slips   bool           // addresses that look mistyped are meant
}

// fileName is the name of a file as people see it: without folders, and not too long.
func fileName(name string) string {
	name = clean(name[strings.LastIndexAny(name, `/\`)+1:])
	if r := []rune(name); len(r) > 60 {
		return string(r[:59]) + "…"
	}
	return name
}

// Upload reads a file into a draft and returns its id; name is the file's, empty for what was pasted. Invalid about the
// field file.
func (s *Service) Upload(ctx context.Context, by, name string, data []byte) (id string, err error) {
	t, err := ParseTable(data)
	if err != nil {
		return "", err
	}
	columns := guess(t)
	if _, has := columns["email"]; !has {
		return "", fault.Field("file", "import.file.no_email")
	}
	p := jobs.Plan{Kind: Import, Params: ImportOptions{File: fileName(name), Columns: columns}, Columns: t.Columns, By: by}
	for _, l := range t.Rows {
		p.Items = append(p.Items, jobs.Item{Position: l.Number, Cells: l.Cells})
	}
	err = s.DB.InTx(ctx, func(tx *sql.Tx) (err error) {
		id, err = jobs.Create(ctx, tx, s.Now(), p)
		return err
	})
	return id, err
}

// Prepare changes how a draft is read. Invalid, by field; Conflict where it was started.
func (s *Service) Prepare(ctx context.Context, id string, o ImportOptions) error {
	if err := s.checkImport(ctx, s.DB.Read(), o); err != nil {
		return err
	}
	return s.DB.InTx(ctx, func(tx *sql.Tx) error { return jobs.Change(ctx, tx, id, o) })
}

func (s *Service) checkImport(ctx context.Context, q db.Querier, o ImportOptions) error {
	var wrong fault.Fields
	if _, has := o.Columns["email"]; !has {
		wrong.Add("column-email", "import.email.needed")
	}
	seen := map[int]bool{}
	for _, field := range Fields {
		if c, has := o.Columns[field]; has && seen[c] {
			wrong.Add("column-"+field, "import.column.twice")
		} else if has {
			seen[c] = true
		}
	}
	_, err := account.ParseTags(o.Tags)
	if err = noted(&wrong, err); err != nil {
		return err
	}
	if o.Course != "" {
		_, err := learning.Admissible(ctx, q, o.Course)
		if err = noted(&wrong, err); err != nil {
			return err
		}
	}
	if strings.TrimSpace(o.Reason) != "" {
		_, err := learning.CheckReason(o.Reason)
		if err = noted(&wrong, err); err != nil {
			return err
		}
	}
	return wrong.Err()
}

// What will be done with a row.
const (
	IsNew   = "new"
	IsKnown = "known" // has an account: nothing is overwritten
	IsTwin  = "twin"  // stands in the file before
	IsBad   = "bad"
)

// Verdict is what will be done with a row, and why.
type Verdict struct {
	jobs.Item
	What               string
	Name, Email, Phone string
	Courses, Tags      []string // names
	Why                lang.Msg // not IsNew
	Slip               bool     // IsBad only because the address looks mistyped
	UserID             string   // IsKnown
	norm               string
}

// Preview is what an import would do.
type Preview struct {
	Job                    jobs.Job
	Options                ImportOptions
	Rows                   []Verdict // those to look at first: what is bad, then the others in their order
	New, Known, Twins, Bad int
	Slips                  int // of Bad
	Courses                []Course
}

// Look tells what an import of a draft would do, and shows up to show rows of it.
func (s *Service) Look(ctx context.Context, q db.Querier, j jobs.Job, show int) (Preview, error) {
	p := Preview{Job: j}
	if err := j.Read(&p.Options); err != nil {
		return p, err
	}
	verdicts, courses, err := s.judge(ctx, q, j, p.Options)
	if err != nil {
		return p, err
	}
	p.Courses = courses
	var bad, good []Verdict
	for _, v := range verdicts {
		switch v.What {
		case IsNew:
			p.New++
		case IsKnown:
			p.Known++
		case IsTwin:
			p.Twins++
		case IsBad:
			p.Bad++
			if v.Slip {
				p.Slips++
			}
		}
		if v.What == IsBad || v.What == IsTwin {
			bad = append(bad, v)
		} else {
			good = append(good, v)
		}
	}
	bad = bad[:min(len(bad), max(show/2, show-len(good)))]
	p.Rows = append(bad, good[:min(len(good), show-len(bad))]...)
	for i, v := range p.Rows {
		if v.What != IsBad && v.Phone != "" {
			p.Rows[i].Phone = account.ShowPhone(v.Phone)
		}
	}
	return p, nil
}

// judge looks at every row.
func (s *Service) judge(ctx context.Context, q db.Querier, j jobs.Job, o ImportOptions) ([]Verdict, []Course, error) {
	items, err := jobs.Items(ctx, q, j.ID, jobs.Query{Limit: maxRows})
	if err != nil {
		return nil, nil, err
	}
	courses, err := listCourses(ctx, q)
	if err != nil {
		return nil, nil, err
	}
	verdicts := make([]Verdict, len(items))
	first := map[string]int{}
	var norms []string
	for i, it := range items {
		v := s.verdict(it, o, courses)
		if v.What != IsBad {
			if line, twin := first[v.norm]; twin {
				v.What, v.Why = IsTwin, lang.M("import.row.twin", "line", line)
			} else {
				first[v.norm] = it.Position
				norms = append(norms, v.norm)
			}
		}
		verdicts[i] = v
	}
	known, err := s.Accounts.Known(ctx, q, norms)
	if err != nil {
		return nil, nil, err
	}
	for i, v := range verdicts {
		u, has := known[v.norm]
		if !has || v.What != IsNew {
			continue
		}
		verdicts[i].What, verdicts[i].UserID, verdicts[i].Why = IsKnown, u.ID, lang.M("import.row.known", "name", u.Name)
		switch {
		case u.Staff():
			verdicts[i].What, verdicts[i].Why = IsBad, lang.M("account.import.staff")
		case !u.DeactivatedAt.IsZero():
			verdicts[i].What, verdicts[i].Why = IsBad, lang.M("account.import.deactivated")
		}
	}
	return verdicts, courses, nil
}

// verdict judges a row alone.
func (s *Service) verdict(it jobs.Item, o ImportOptions, courses []Course) Verdict {
	v := Verdict{Item: it, What: IsNew}
	row, chosen, err := readRow(it, o, courses)
	v.Name, v.Email, v.Phone = row.Name, row.Email, row.Phone
	for _, t := range row.Tags {
		v.Tags = append(v.Tags, t.Name)
	}
	for _, c := range chosen {
		v.Courses = append(v.Courses, c.Title)
	}
	var u account.User
	if err == nil {
		u, err = s.Accounts.Check(row)
	}
	if err != nil {
		v.What, v.Why = IsBad, reason(err)
		v.Slip = v.Why.Key == "account.import.slip"
		return v
	}
	v.Name, v.Email, v.norm = u.Name, u.Email, u.EmailNorm
	v.Phone = u.Phone
	return v
}

// reason is the first thing that is wrong with a row, in the order of Fields.
func reason(err error) lang.Msg {
	var f *fault.Fault
	if !errors.As(err, &f) {
		return lang.M("job.broke")
	}
	for _, field := range []string{"email", "name", "phone", "course", "tags"} {
		if m, has := f.Fields[field]; has {
			return m
		}
	}
	return f.Msg
}

// readRow takes a row apart. Invalid for a course that there isn't.
func readRow(it jobs.Item, o ImportOptions, courses []Course) (account.Imported, []Course, error) {
	cell := func(field string) string {
		if c, has := o.Columns[field]; has {
			return it.Cell(c)
		}
		return ""
	}
	in := account.Imported{Name: strings.TrimSpace(cell("name") + " " + cell("surname")), Email: cell("email"), Phone: cell("phone"),
		Note: cell("note"), SlipConfirmed: o.Slips}
	var err error
	if in.Tags, err = account.ParseTags(o.Tags + "," + cell("tags")); err != nil {
		return in, nil, err
	}
	var chosen []Course
	for _, c := range courses {
		if c.ID == o.Course {
			chosen = append(chosen, c)
		}
	}
	for _, name := range strings.FieldsFunc(cell("course"), func(r rune) bool { return r == ';' || r == '|' }) {
		if name = strings.TrimSpace(name); name == "" {
			continue
		}
		c, has := named(courses, name)
		if !has {
			return in, chosen, fault.Field("course", "import.row.course", "course", name)
		}
		if c.ID != o.Course {
			chosen = append(chosen, c)
		}
	}
	return in, chosen, nil
}

// StartImport says go to a draft. Lines that stand twice are settled at once, so that each student is told of one. Conflict
// where it was started already.
func (s *Service) StartImport(ctx context.Context, by, id string) error {
	j, err := s.Draft(ctx, id, Import)
	if err != nil {
		return err
	}
	var o ImportOptions
	if err := j.Read(&o); err != nil {
		return err
	}
	verdicts, _, err := s.judge(ctx, s.DB.Read(), j, o) // before the transaction, as it takes a while
	if err != nil {
		return err
	}
	return s.DB.InTx(ctx, func(tx *sql.Tx) error {
		if err := jobs.Start(ctx, tx, id, by, s.Now()); err != nil {
			return err
		}
		if now, err := jobs.Get(ctx, tx, id); err != nil || now.Params != j.Params { // in another tab, just now
			return cmp.Or[error](err, fault.New(fault.Conflict, "fault.conflict"))
		}
		for _, v := range verdicts {
			if v.What == IsTwin {
				if err := jobs.Settle(ctx, tx, id, v.Position, jobs.Result{State: jobs.Unchanged, Outcome: v.Why}); err != nil {
					return err
				}
			}
		}
		return nil
	})
}

// importRow makes one account, and what belongs to it.
func (s *Service) importRow(ctx context.Context, tx *sql.Tx, j jobs.Job, it jobs.Item) (jobs.Result, error) {
	var o ImportOptions
	if err := j.Read(&o); err != nil {
		return jobs.Result{}, err
	}
	courses, err := rowCourses(ctx, tx, o)
	if err != nil {
		return jobs.Result{}, err
	}
	row, chosen, err := readRow(it, o, courses)
	if err != nil {
		return jobs.Result{}, err
	}
	made, err := s.Accounts.Import(ctx, tx, j.By, row)
	if err != nil {
		return jobs.Result{Subject: made.ID}, err
	}
	enrolled := 0
	for _, c := range chosen {
		in := learning.GrantInput{UserID: made.ID, CourseID: c.ID, Source: learning.Import, Reason: cmp.Or(strings.TrimSpace(o.Reason), o.File), By: j.By}
		created, err := s.Learning.Admit(ctx, tx, in, o.Letters && !made.Created)
		if err != nil {
			return jobs.Result{}, err
		}
		if created {
			enrolled++
		}
	}
	r := jobs.Result{State: jobs.Did, Subject: made.ID, Outcome: lang.M("import.did.new")}
	switch {
	case made.Created && enrolled > 0:
		r.Outcome = lang.M("import.did.new_in", "n", enrolled)
	case made.Created:
	case enrolled > 0:
		r.Outcome = lang.M("import.did.in", "n", enrolled)
	case made.Filled:
		r.Outcome = lang.M("import.did.filled")
	default:
		return jobs.Result{State: jobs.Unchanged, Subject: made.ID, Outcome: lang.M("import.did.nothing")}, nil
	}
	if !made.Created || !o.Letters {
		return r, nil
	}
	letter := mail.Invited{}
	if len(chosen) > 0 {
		letter.Course = chosen[0].Title
	}
	return r, mail.Enqueue(ctx, tx, s.Now(), mail.To{UserID: made.ID, Dedupe: "invited:" + made.ID}, letter)
}

// rowCourses reads the courses that the rows of a file may name.
func rowCourses(ctx context.Context, tx *sql.Tx, o ImportOptions) ([]Course, error) {
	if _, has := o.Columns["course"]; !has && o.Course == "" {
		return nil, nil
	}
	return listCourses(ctx, tx)
}
