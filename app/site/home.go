package site

import (
	"cmp"
	"context"
	"net/http"

	"lectern/app/content"
	"lectern/app/fault"
	"lectern/app/markdown"
	"lectern/app/web"
	"lectern/views"
	siteview "lectern/views/site"
)

// answersShown is how many questions of the page of questions stand on the home page.
const answersShown = 5

// Home is GET /.
func (p *Pages) Home(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	blocks, err := p.Content.Home(ctx)
	if err != nil {
		return err
	}
	stats, err := p.Catalog.Stats(ctx)
	if err != nil {
		return err
	}
	m := siteview.HomePage{}
	fill := map[string]func(context.Context, *siteview.HomeBlock) error{content.Opening: p.opening, content.Numbers: p.numbers,
		content.Featured: p.featured, content.Told: p.stories, content.Answers: p.answers, content.Reach: p.reach}
	for _, b := range blocks {
		if b.Off {
			continue
		}
		v := siteview.HomeBlock{Kind: b.Kind, Title: b.Title, Text: b.Text, Button: b.Button, Href: b.Target, Total: stats.Courses, Steps: howSteps(ctx, b)}
		if b.Kind == content.Text {
			v.HTML, v.Text = views.HTML(markdown.Nameless(markdown.Render(b.Text).HTML)), ""
		}
		if f := fill[b.Kind]; f != nil {
			if err := f(ctx, &v); err != nil {
				return err
			}
		}
		if !v.Empty() {
			m.Blocks = append(m.Blocks, v)
		}
	}
	return web.Render(w, r, 200, siteview.Home(m), nil)
}

// opening says what the school is, and leads on.
func (p *Pages) opening(ctx context.Context, v *siteview.HomeBlock) (err error) {
	site := views.From(ctx).Site
	settings, err := p.School.Get(ctx)
	if err != nil {
		return err
	}
	v.Said = v.Text != "" || settings.HomeLead != ""
	v.Title = cmp.Or(v.Title, site.Tagline, views.T(ctx, "home.title", "site", site.Name))
	v.Text = cmp.Or(v.Text, settings.HomeLead, views.T(ctx, "home.lead"))
	switch {
	case v.Href != "":
		if v.Href, err = p.Content.Target(ctx, v.Href); err != nil {
			return err
		}
	case v.Total > 0:
		v.Href = "/courses"
	}
	v.Button = cmp.Or(v.Button, views.T(ctx, "home.see", "n", v.Total))
	v.Ask, err = p.ask(ctx, "")
	return err
}

// numbers are true, as they were just counted.
func (p *Pages) numbers(ctx context.Context, v *siteview.HomeBlock) error {
	stats, err := p.Catalog.Stats(ctx)
	if err != nil {
		return err
	}
	learners, err := p.Learning.Stats(ctx)
	if err != nil {
		return err
	}
	for _, f := range []struct {
		n   int
		key string
	}{{learners.Students, "home.fact.students"}, {stats.Courses, "home.fact.courses"}, {stats.Lessons, "home.fact.lessons"}} {
		if f.n > 0 {
			v.Facts = append(v.Facts, siteview.Fact{Value: views.From(ctx).Lang.Int(int64(f.n)), Label: views.T(ctx, f.key, "n", f.n)})
		}
	}
	return nil
}

func (p *Pages) featured(ctx context.Context, v *siteview.HomeBlock) error {
	list, err := p.Catalog.Featured(ctx)
	for _, c := range list {
		v.Courses = append(v.Courses, card(c))
	}
	v.Title = cmp.Or(v.Title, views.T(ctx, "home.courses"))
	return err
}

// howSteps are those of how it works.
func howSteps(ctx context.Context, b content.Block) []siteview.HomeStep {
	if b.Kind != content.How {
		return nil
	}
	var list []siteview.HomeStep
	for i, name := range []string{"choose", "pay", "learn"} {
		var own content.Step
		if i < len(b.Steps) {
			own = b.Steps[i]
		}
		list = append(list, siteview.HomeStep{Title: cmp.Or(own.Title, views.T(ctx, "home.how."+name)),
			Text: cmp.Or(own.Text, views.T(ctx, "home.how."+name+".text"))})
	}
	return list
}

func (p *Pages) stories(ctx context.Context, v *siteview.HomeBlock) error {
	list, err := p.Content.ShownStories(ctx)
	for _, s := range list {
		v.Stories = append(v.Stories, siteview.Story{Name: s.Name, Paragraphs: paragraphs(s.Text), Course: s.Course, Slug: s.Slug, Picture: s.Picture})
	}
	v.Title = cmp.Or(v.Title, views.T(ctx, "home.stories"))
	return err
}

// answers are the first of the page of questions, none where that isn't published.
func (p *Pages) answers(ctx context.Context, v *siteview.HomeBlock) error {
	page, _, err := p.Content.Public(ctx, "faq")
	if fault.Is(err, fault.NotFound) {
		return nil
	}
	parts := markdown.Render(page.Body).Parts()
	v.More = len(parts) > answersShown
	for _, q := range parts[:min(len(parts), answersShown)] {
		v.Questions = append(v.Questions, siteview.Question{Title: q.Text, HTML: views.HTML(markdown.Nameless(q.HTML))})
	}
	v.Title = cmp.Or(v.Title, page.Title)
	return err
}

func (p *Pages) reach(ctx context.Context, v *siteview.HomeBlock) (err error) {
	v.Title = cmp.Or(v.Title, views.T(ctx, "home.reach"))
	v.Ask, err = p.ask(ctx, "")
	return err
}
