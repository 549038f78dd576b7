package admin

import (
	"context"
	"errors"
	"net/http"
	"strconv"
	"strings"

	"lectern/app/fault"
	"lectern/app/internship"
	"lectern/app/lang"
	"lectern/app/web"
	"lectern/views"
	adminview "lectern/views/admin"
)

const postsPath = "/admin/internships"

// InternshipList is GET /admin/internships.
func (p *Pages) InternshipList(w http.ResponseWriter, r *http.Request) error {
	q := r.URL.Query()
	m := adminview.PostsPage{Q: typed(q.Get("q")), Status: oneOf(adminview.PostStatuses, q.Get("status"))}
	rows, err := p.Internships.Posts(r.Context(), internship.PostQuery{Q: m.Q, Status: m.Status})
	if err != nil {
		return err
	}
	now := p.now(r.Context())
	for _, row := range rows {
		m.Rows = append(m.Rows, adminview.PostLine{ID: row.ID, Title: row.Title, Status: row.Status, Over: row.Status == internship.Published && !row.Takes(now),
			Fee: row.Fee, Seats: row.Seats, Applied: row.Applied, Unseen: row.Unseen, Accepted: row.Accepted})
	}
	return web.Render(w, r, http.StatusOK, adminview.Posts(m), adminview.PostList(m))
}

// NewInternship is GET /admin/internships/new.
func (p *Pages) NewInternship(w http.ResponseWriter, r *http.Request) error {
	m := adminview.PostPage{Currency: p.money(0).Currency}
	p.giveBackPost(r, &m, postsPath)
	return web.Render(w, r, http.StatusOK, adminview.Post(m), nil)
}

// Internship is GET /admin/internships/{id}?kept=.
func (p *Pages) Internship(w http.ResponseWriter, r *http.Request) error {
	post, err := p.Internships.ByID(r.Context(), r.PathValue("id"))
	if err != nil {
		return err
	}
	m := p.postPage(r.Context(), post)
	p.giveBackPost(r, &m, postsPath+"/"+post.ID)
	return web.Render(w, r, http.StatusOK, adminview.Post(m), nil)
}

// giveBackPost fills in what was typed when the session ran out.
func (p *Pages) giveBackPost(r *http.Request, m *adminview.PostPage, action string) {
	if kept, ok := p.Accounts.KeptForm(r.Context(), r.URL.Query().Get("kept"), action); ok {
		m.Form, m.Kept = &views.Form{Values: kept}, true
	}
}

func (p *Pages) postPage(ctx context.Context, post internship.Post) adminview.PostPage {
	return adminview.PostPage{ID: post.ID, Status: post.Status, Over: post.Status == internship.Published && !post.Takes(p.now(ctx)), Ever: !post.PublishedAt.IsZero(),
		Version: post.Version, Currency: post.Fee.Currency, Values: postValues(post)}
}

// postValues are the fields of an internship's form, as text.
func postValues(post internship.Post) map[string]string {
	v := map[string]string{"title": post.Title, "slug": post.Slug, "summary": post.Summary, "description": post.Description, "duration": post.Duration,
		"place": post.Place, "stipend": post.Stipend, "last_day": post.LastDay}
	if post.Fee.Amount > 0 {
		v["fee"] = strings.TrimSuffix(post.Fee.Plain(), ".00")
	}
	if post.Seats > 0 {
		v["seats"] = strconv.FormatInt(post.Seats, 10)
	}
	return v
}

// typedPost reads an internship's form. A number that is none is left for the domain to refuse.
func typedPost(r *http.Request, currency string) internship.Post {
	post := internship.Post{ID: r.PathValue("id"), Slug: strings.ToLower(web.Line(r, "slug")), Title: web.Line(r, "title"), Summary: web.Line(r, "summary"), Description: r.PostFormValue("description"),
		Duration: web.Line(r, "duration"), Place: web.Line(r, "place"), Stipend: web.Line(r, "stipend"), LastDay: web.Line(r, "last_day")}
	post.Fee.Currency = currency
	number := func(name string, read func(string) (int64, error)) int64 {
		text := web.Line(r, name)
		if text == "" {
			return 0
		}
		n, err := read(text)
		if err != nil {
			return -1
		}
		return n
	}
	post.Fee.Amount = number("fee", func(s string) (int64, error) { return lang.ParseMoney(s, currency) })
	post.Seats = number("seats", func(s string) (int64, error) { return strconv.ParseInt(s, 10, 64) })
	post.Version = number("version", func(s string) (int64, error) { return strconv.ParseInt(s, 10, 64) })
	return post
}

// CreateInternship is POST /admin/internships.
func (p *Pages) CreateInternship(w http.ResponseWriter, r *http.Request) error {
	currency := p.money(0).Currency
	err := web.ParseForm(r)
	var post internship.Post
	if err == nil {
		post, err = p.Internships.Create(r.Context(), web.UserID(r), typedPost(r, currency))
	}
	if err == nil {
		return p.Kit.Done(w, r, postsPath+"/"+post.ID, "post.created")
	}
	form, err := web.Failed(r, err)
	if err != nil {
		return err
	}
	return web.Render(w, r, http.StatusUnprocessableEntity, adminview.Post(adminview.PostPage{Currency: currency, Form: form}), nil)
}

// SaveInternship is POST /admin/internships/{id}. What somebody else has changed since the form was opened is shown beside
// what was typed; saving again puts that in its place.
func (p *Pages) SaveInternship(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	was, err := p.Internships.ByID(ctx, r.PathValue("id"))
	if err != nil {
		return err
	}
	if err = web.ParseForm(r); err == nil {
		_, err = p.Internships.Save(ctx, web.UserID(r), typedPost(r, was.Fee.Currency))
	}
	if err == nil {
		return p.Kit.Done(w, r, postsPath+"/"+was.ID, "post.saved")
	}
	m := p.postPage(ctx, was)
	if fault.Is(err, fault.Conflict) {
		m.Trouble, m.Form = message(err), &views.Form{Values: r.PostForm}
		r.PostForm.Del("version")
		for _, name := range adminview.PostFields {
			if theirs := m.Values[name]; theirs != strings.TrimSpace(r.PostForm.Get(name)) {
				m.Theirs = append(m.Theirs, adminview.FieldValue{Name: name, Value: theirs})
			}
		}
		return web.Render(w, r, http.StatusConflict, adminview.Post(m), nil)
	}
	if m.Form, err = web.Failed(r, err); err != nil {
		return err
	}
	return web.Render(w, r, http.StatusUnprocessableEntity, adminview.Post(m), nil)
}

// MoveInternship is POST /admin/internships/{id}/status.
func (p *Pages) MoveInternship(w http.ResponseWriter, r *http.Request) error {
	ctx, id := r.Context(), r.PathValue("id")
	err := web.ParseForm(r)
	to := web.Line(r, "status")
	if err == nil {
		err = p.Internships.Move(ctx, web.UserID(r), id, web.Line(r, "from"), to)
	}
	if err == nil {
		return p.Kit.Done(w, r, postsPath+"/"+id, "post.did."+to)
	}
	var f *fault.Fault
	if !errors.As(err, &f) || f.Kind != fault.Conflict && f.Kind != fault.Invalid {
		return err
	}
	post, err := p.Internships.ByID(ctx, id)
	if err != nil {
		return err
	}
	m, status := p.postPage(ctx, post), http.StatusConflict
	if m.Trouble = f.Msg; f.Kind == fault.Invalid {
		status = http.StatusUnprocessableEntity
	}
	return web.Render(w, r, status, adminview.Post(m), nil)
}

// ShiftInternship is POST /admin/internships/{id}/up and …/down.
func (p *Pages) ShiftInternship(down bool) web.Handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		err := web.ParseForm(r)
		if err == nil {
			err = p.Internships.Shift(r.Context(), web.UserID(r), r.PathValue("id"), down)
		}
		if err != nil {
			return err
		}
		to := postsPath
		if status := web.Line(r, "list"); oneOf(adminview.PostStatuses, status) == status && status != "" {
			to += "?status=" + status
		}
		return p.Kit.Done(w, r, to, "post.moved")
	}
}

// CopyInternship is POST /admin/internships/{id}/duplicate.
func (p *Pages) CopyInternship(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	post, err := p.Internships.ByID(ctx, r.PathValue("id"))
	if err != nil {
		return err
	}
	made, err := p.Internships.Duplicate(ctx, web.UserID(r), post.ID, views.T(ctx, "post.copy.title", "title", post.Title))
	if err != nil {
		return err
	}
	return p.Kit.Done(w, r, postsPath+"/"+made.ID, "post.copied")
}
