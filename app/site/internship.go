package site

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"time"

	"lectern/app/account"
	"lectern/app/fault"
	"lectern/app/internship"
	"lectern/app/payment"
	"lectern/app/text"
	"lectern/app/web"
	"lectern/views"
	siteview "lectern/views/site"
)

// InternshipList is GET /internships.
func (p *Pages) InternshipList(w http.ResponseWriter, r *http.Request) error {
	all, err := p.Internships.Listed(r.Context())
	if err != nil {
		return err
	}
	var m siteview.InternshipsPage
	for _, post := range all {
		m.Posts = append(m.Posts, postCard(post))
	}
	if m.Ask, err = p.ask(r.Context(), ""); err != nil {
		return err
	}
	return web.Render(w, r, http.StatusOK, siteview.Internships(m), nil)
}

func postCard(p internship.Post) siteview.InternshipCard {
	c := siteview.InternshipCard{Slug: p.Slug, Title: p.Title, Summary: p.Summary, Duration: p.Duration, Place: p.Place, Stipend: p.Stipend, Fee: p.Fee, Seats: p.Seats}
	if day, err := time.Parse(time.DateOnly, p.LastDay); err == nil {
		c.LastDay = day
	}
	return c
}

// Internship is GET /internships/{slug}, and with sent= the word of thanks for an application.
func (p *Pages) Internship(w http.ResponseWriter, r *http.Request) error {
	post, err := p.Internships.BySlug(r.Context(), r.PathValue("slug"))
	if err != nil {
		return err
	}
	m, err := p.internshipPage(r, post)
	if err != nil {
		return err
	}
	if r.URL.Query().Get("sent") != "" {
		return web.Render(w, r, http.StatusOK, siteview.Applied(m), nil)
	}
	return web.Render(w, r, http.StatusOK, siteview.Internship(m), nil)
}

func (p *Pages) internshipPage(r *http.Request, post internship.Post) (siteview.InternshipPage, error) {
	ctx := r.Context()
	m := siteview.InternshipPage{InternshipCard: postCard(post), Paragraphs: text.Paragraphs(post.Description)}
	var err error
	if m.Takes, err = p.Internships.Takes(ctx, post); err != nil {
		return m, err
	}
	if m.Ask, err = p.ask(ctx, views.T(ctx, "course.ask", "course", post.Title)); err != nil {
		return m, err
	}
	if m.Who, err = p.visitor(r); err != nil {
		return m, err
	}
	return m, p.mine(ctx, &m, post, web.UserID(r))
}

// mine adds how the application of who is signed in stands.
func (p *Pages) mine(ctx context.Context, m *siteview.InternshipPage, post internship.Post, userID string) error {
	if userID == "" {
		return nil
	}
	a, err := p.Internships.Of(ctx, userID, post.ID)
	if fault.Is(err, fault.NotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	m.AppliedAt = a.CreatedAt
	if post.Free() {
		return nil
	}
	if m.Paid, err = p.Payments.PaidFor(ctx, userID, payment.Internship, post.ID); err != nil || m.Paid {
		return err
	}
	o, err := p.Payments.OpenOrder(ctx, userID, payment.Internship, post.ID)
	if fault.Is(err, fault.NotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	m.Order = o.Code
	claims, err := p.Payments.Claims(ctx, o.ID)
	m.Checking = slices.ContainsFunc(claims, func(c payment.Claim) bool { return c.Status == payment.Waiting })
	return err
}

// Apply is POST /internships/{slug}/apply. Who is signed in goes on to the order of the fee, if there is one.
func (p *Pages) Apply(w http.ResponseWriter, r *http.Request) error {
	ctx, slug := r.Context(), r.PathValue("slug")
	if err := p.Accounts.Allow(ctx, account.Applications, p.Kit.ClientIP(r)); err != nil {
		return err
	}
	post, err := p.Internships.BySlug(ctx, slug)
	if err != nil {
		return err
	}
	if err = web.ParseForm(r); err == nil {
		_, err = p.Internships.Apply(ctx, slug, internship.ApplyForm{Name: web.Line(r, "name"), Email: web.Line(r, "email"), Phone: web.Line(r, "phone"),
			CoverLetter: r.PostForm.Get("cover_letter"), Trap: web.Line(r, trap), UserID: web.UserID(r)})
	}
	if err == nil {
		p.Wake()
		return p.afterApplying(w, r, post)
	}
	if fault.Is(err, fault.Conflict) {
		return p.internshipFailed(w, r, http.StatusConflict, post, &views.Form{})
	}
	form, err := web.Failed(r, err)
	if err != nil {
		return err
	}
	return p.internshipFailed(w, r, http.StatusUnprocessableEntity, post, form)
}

func (p *Pages) internshipFailed(w http.ResponseWriter, r *http.Request, status int, post internship.Post, form *views.Form) error {
	m, err := p.internshipPage(r, post)
	if err != nil {
		return err
	}
	m.Form = form
	return web.Render(w, r, status, siteview.Internship(m), siteview.ApplyForm(m))
}

// afterApplying leads to the order of the fee, or to the word of thanks.
func (p *Pages) afterApplying(w http.ResponseWriter, r *http.Request, post internship.Post) error {
	thanks := internshipPath(post.Slug) + "?sent=1"
	if web.UserID(r) == "" || post.Free() {
		return web.Redirect(w, r, thanks)
	}
	made, err := p.Payments.Place(r.Context(), web.UserID(r), post.Slug)
	switch {
	case fault.Is(err, fault.NotFound), fault.Is(err, fault.Conflict): // applied for somebody else, or decided already
		return web.Redirect(w, r, thanks)
	case err != nil:
		return err
	case made.Order == nil:
		return web.Redirect(w, r, thanks)
	}
	return p.Kit.Done(w, r, "/orders/"+made.Order.Code, "internship.applied.pay", "title", post.Title)
}

// PayPlace is POST /internships/{slug}/pay. Visitors log in first and come back to the internship.
func (p *Pages) PayPlace(w http.ResponseWriter, r *http.Request) error {
	ctx, slug := r.Context(), r.PathValue("slug")
	post, err := p.Internships.BySlug(ctx, slug)
	if err != nil {
		return err
	}
	if web.UserID(r) == "" {
		return web.Redirect(w, r, "/login?next="+url.QueryEscape(internshipPath(post.Slug)))
	}
	made, err := p.Payments.Place(ctx, web.UserID(r), slug)
	switch {
	case fault.Is(err, fault.NotFound): // signed in with another address than the application's
		return p.Kit.Done(w, r, internshipPath(post.Slug), "internship.pay.apply")
	case err != nil:
		return err
	case made.Order == nil:
		return p.Kit.Done(w, r, internshipPath(post.Slug), "internship.pay.nothing")
	}
	return web.Redirect(w, r, "/orders/"+made.Order.Code)
}

func internshipPath(slug string) string { return "/internships/" + url.PathEscape(slug) }
