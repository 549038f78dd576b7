package browsertest

import (
	"strings"

	"lectern/app/content"
)

// longPage is a text of all that a page can hold, with what is hard to set.
const longPage = "# " + longWord + "\n\nText with *stress*, **weight** and a [link](/courses).\n\n## " + longDevanagari + "\n\n" + longUrdu +
	"\n\n| Day | Hour | Teacher |\n|---|--:|:-:|\n| Monday | 18:00 | " + longWord + " |\n\n## One more\n\n- a list\n  - in a list\n\n1. numbers\n\n> " + longReason +
	"\n\n```\na line of code that is far too long to stand on a telephone's screen without scrolling to its end and back\n```\n\n## And more\n\nhttps://example.com/" + longWord + "\n\n## The last"

// tell writes pages, stories and a home page of all parts.
func (c *crowd) tell() {
	c.T.Helper()
	for _, title := range []string{longDevanagari, longWord} {
		p, err := c.Content.CreatePage(c.ctx, c.chitra, content.PageForm{Title: title, Body: longPage})
		c.must(err)
		_, err = c.Content.SetPublished(c.ctx, c.chitra, p.ID, true)
		c.must(err)
		_, err = c.Content.SavePage(c.ctx, c.chitra, p.ID, 1, content.PageForm{Title: title + "!", Body: strings.Replace(longPage, "stress", "changed", 1)})
		c.must(err)
		c.pages = append(c.pages, p)
	}
	draft, err := c.Content.CreatePage(c.ctx, c.chitra, content.PageForm{Title: longLatin})
	c.must(err)
	gone, err := c.Content.CreatePage(c.ctx, c.chitra, content.PageForm{Title: longUrdu, Body: longReason})
	c.must(err)
	_, err = c.Content.DeletePage(c.ctx, c.chitra, gone.ID)
	c.must(err)
	c.pages = append(c.pages, draft, gone)
	for _, name := range []string{longLatin, longDevanagari, longWord} {
		s, err := c.Content.CreateStory(c.ctx, c.chitra, content.StoryForm{Name: begin(name, 60), Text: longReason + "\n\n" + longWord})
		c.must(err)
		c.story = s.ID
	}
	c.must(c.Content.ShowBlock(c.ctx, c.chitra, "faq", true))
	c.must(c.Content.ShowBlock(c.ctx, c.chitra, "contact", true))
	id, err := c.Content.AddText(c.ctx, c.chitra)
	c.must(err)
	c.must(c.Content.EditBlock(c.ctx, c.chitra, content.Block{ID: id, Title: longWord, Text: longPage}))
	_, err = c.Content.AddItem(c.ctx, c.chitra, "footer", content.Item{Target: "https://example.com/" + longWord, Label: "Llanfairpwllgwyngyllgogerychwyrndrobwll"})
	c.must(err)
}

// siteViews are what the school's own texts look like, and siteAdminViews where they are written.
func (c *crowd) siteViews() []view {
	return []view{
		{"page, default", "/privacy", nil},
		{"page, Devanagari", "/" + c.pages[0].Slug, nil},
		{"page, long word", "/" + c.pages[1].Slug, nil},
	}
}

func (c *crowd) siteAdminViews() []view {
	at := "/admin/pages/" + c.pages[0].ID
	return []view{
		{"pages", "/admin/pages", nil},
		{"pages, deleted", "/admin/pages?status=deleted", nil},
		{"pages, none found", "/admin/pages?q=zzzz", nil},
		{"page", at, nil},
		{"page, default", "/admin/pages/terms", nil},
		{"page, deleted", "/admin/pages/" + c.pages[3].ID, nil},
		{"page, draft seen by staff", "/" + c.pages[2].Slug, nil},
		{"page, new and wrong", "/admin/pages/new", func(p *person) {
			p.press("#page button.main")
			p.sees(".errors", "title")
		}},
		{"page, earlier texts", at + "/versions", nil},
		{"page, compared", at + "/versions/1", nil},
		{"home page", "/admin/home", nil},
		{"home page, opening", "/admin/home/opening", nil},
		{"home page, steps", "/admin/home/how", nil},
		{"stories", "/admin/stories", nil},
		{"story", "/admin/stories/" + c.story, nil},
		{"story, wrong", "/admin/stories/new", send("#story", map[string]string{"[name=name]": " "})},
		{"menu", "/admin/menu", nil},
		{"menu, foot", "/admin/menu?menu=footer", nil},
		{"menu, wrong", "/admin/menu", send("#add", map[string]string{"[name=address]": "nope"})},
	}
}
