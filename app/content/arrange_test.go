package content_test

import (
	"slices"
	"sync"
	"testing"

	"lectern/app/content"
	"lectern/app/fault"
)

func order(t *testing.T, s *content.Service) (list []string) {
	t.Helper()
	for _, b := range must(s.Home(ctx))(t) {
		name := b.Kind
		if b.Off {
			name = "(" + name + ")"
		}
		list = append(list, name)
	}
	return list
}

func TestHome_IsArrangedAndPutBack(t *testing.T) {
	t.Parallel()
	s, d := fresh(t)
	first := []string{"opening", "numbers", "courses", "how", "stories", "(faq)", "(contact)"}
	if got := order(t, s); !slices.Equal(got, first) {
		t.Fatalf("%q", got)
	}
	for range 2 { // twice is no harm
		if err := s.MoveBlock(ctx, chitra, "how", 1); err != nil {
			t.Fatal(err)
		}
		if err := s.ShowBlock(ctx, chitra, "faq", true); err != nil {
			t.Fatal(err)
		}
	}
	id := must(s.AddText(ctx, chitra))(t)
	if got := order(t, s); !slices.Equal(got, []string{"opening", "how", "numbers", "courses", "stories", "faq", "(contact)", "(text)"}) {
		t.Errorf("%q", got)
	}
	if err := s.EditBlock(ctx, chitra, content.Block{ID: id, Text: "**Hello**"}); err != nil {
		t.Fatal(err)
	}
	if b := must(s.Block(ctx, id))(t); b.Off || b.Rev != 1 {
		t.Errorf("its first text doesn't show it: %+v", b)
	}
	if err := s.EditBlock(ctx, chitra, content.Block{ID: id, Text: "mine"}); !fault.Is(err, fault.Conflict) {
		t.Errorf("an old revision: %v", err)
	}
	want(t, s.EditBlock(ctx, chitra, content.Block{ID: id, Rev: 1}), fault.Invalid, "text")
	want(t, s.EditBlock(ctx, chitra, content.Block{ID: "opening", Target: "page:none"}), fault.Invalid, "target")
	want(t, s.RemoveBlock(ctx, chitra, "opening"), fault.NotFound, "")
	want(t, s.MoveBlock(ctx, chitra, "none", 1), fault.NotFound, "")
	if err := s.RemoveBlock(ctx, chitra, id); err != nil {
		t.Fatal(err)
	}
	past := must(s.HomeHistory(ctx))(t)
	if len(past) != 5 || past[0].Deed != "remove" {
		t.Fatalf("%+v", past)
	}
	if err := s.PutHomeBack(ctx, chitra, past[1].Version); err != nil {
		t.Fatal(err)
	}
	if b := must(s.Block(ctx, id))(t); b.Text != "**Hello**" {
		t.Errorf("the text isn't back: %+v", b)
	}
	if err := s.PutHomeBack(ctx, chitra, 0); err != nil {
		t.Fatal(err)
	}
	if got := order(t, s); !slices.Equal(got, first) {
		t.Errorf("not as in the beginning: %q", got)
	}
	want(t, s.PutHomeBack(ctx, chitra, 99), fault.NotFound, "")
	if got := deeds(t, d); !slices.Equal(got, []string{"home.move", "home.show", "home.add", "home.edit", "home.remove", "home.put_back", "home.default"}) {
		t.Errorf("written down: %v", got)
	}
}

// Whoever moves at the same time: each step counts, and no part is lost.
func TestHome_ManyAtOnce(t *testing.T) {
	t.Parallel()
	s, _ := fresh(t)
	var wg sync.WaitGroup
	for i, id := range []string{"opening", "numbers", "courses", "how", "stories", "faq", "contact"} {
		wg.Go(func() {
			if err := s.MoveBlock(ctx, chitra, id, 6-i); err != nil {
				t.Error(err)
			}
		})
		wg.Go(func() {
			if err := s.ShowBlock(ctx, chitra, id, false); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	got := order(t, s)
	slices.Sort(got)
	if !slices.Equal(got, []string{"(contact)", "(courses)", "(faq)", "(how)", "(numbers)", "(opening)", "(stories)"}) {
		t.Errorf("%q", got)
	}
}

func TestMenu_LeadsToWhatThereIs(t *testing.T) {
	t.Parallel()
	s, _ := fresh(t)
	shown := must(s.Shown(ctx))(t)
	if got := labels(shown.Header); !slices.Equal(got, []string{"Courses", "About us", "Contact"}) {
		t.Errorf("at the top: %q", got)
	}
	if shown.Terms != "/terms" || shown.Privacy != "/privacy" {
		t.Errorf("%+v", shown)
	}
	p := must(s.CreatePage(ctx, chitra, content.PageForm{Title: "Teachers"}))(t)
	_, err := s.AddItem(ctx, chitra, "header", content.Item{Target: "page:" + p.ID})
	want(t, err, fault.Invalid, "target") // a draft
	must(s.SetPublished(ctx, chitra, p.ID, true))(t)
	id := must(s.AddItem(ctx, chitra, "header", content.Item{Target: "page:" + p.ID}))(t)
	top := func() []string { return labels(must(s.Shown(ctx))(t).Header) }
	if got := top(); !slices.Equal(got, []string{"Courses", "About us", "Contact", "Teachers"}) {
		t.Errorf("added: %q", got)
	}
	must(s.SavePage(ctx, chitra, p.ID, 1, content.PageForm{Title: "Our team", Slug: "team"}))(t)
	if links := must(s.Shown(ctx))(t).Header; links[3] != (content.Link{Href: "/team", Label: "Our team"}) {
		t.Errorf("it doesn't follow: %+v", links[3])
	}
	must(s.SetPublished(ctx, chitra, p.ID, false))(t)
	if got := top(); slices.Contains(got, "Our team") {
		t.Errorf("it leads to a draft: %q", got)
	}
	must(s.SetPublished(ctx, chitra, p.ID, true))(t)
	if err := s.MoveItem(ctx, chitra, "header", id, 0); err != nil {
		t.Fatal(err)
	}
	if err := s.ShowItem(ctx, chitra, "header", "about", false); err != nil {
		t.Fatal(err)
	}
	if err := s.EditItem(ctx, chitra, "header", content.Item{ID: "courses", Target: "/courses", Label: "What we teach"}); err != nil {
		t.Fatal(err)
	}
	if got := top(); !slices.Equal(got, []string{"Our team", "What we teach", "Contact"}) {
		t.Errorf("arranged: %q", got)
	}
	if err := s.EditItem(ctx, chitra, "header", content.Item{ID: "courses", Target: "/courses", Label: "Mine"}); !fault.Is(err, fault.Conflict) {
		t.Errorf("an old revision: %v", err)
	}
	if err := s.RemoveItem(ctx, chitra, "header", id); err != nil {
		t.Fatal(err)
	}
	if err := s.PutMenuBack(ctx, chitra, "header", 0); err != nil {
		t.Fatal(err)
	}
	if got := top(); !slices.Equal(got, []string{"Courses", "About us", "Contact"}) {
		t.Errorf("as in the beginning: %q", got)
	}
}

func TestMenu_WhatCantBe(t *testing.T) {
	t.Parallel()
	s, _ := fresh(t)
	for name, tt := range map[string]struct {
		item  content.Item
		field string
	}{
		"nothing chosen":  {content.Item{Label: "x"}, "target"},
		"no such page":    {content.Item{Target: "page:none"}, "target"},
		"no address":      {content.Item{Target: " ", Label: "x"}, "address"},
		"a script":        {content.Item{Target: "javascript:alert(1)", Label: "x"}, "address"},
		"another host":    {content.Item{Target: "//example.com", Label: "x"}, "address"},
		"plain http":      {content.Item{Target: "http://example.com", Label: "x"}, "address"},
		"with a password": {content.Item{Target: "https://a:b@example.com", Label: "x"}, "address"},
		"no name":         {content.Item{Target: "https://example.com"}, "label"},
		"a long name":     {content.Item{Target: "/courses", Label: "a name that is far too long for any menu, really"}, "label"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := s.AddItem(ctx, chitra, "footer", tt.item)
			want(t, err, fault.Invalid, tt.field)
		})
	}
	_, err := s.AddItem(ctx, chitra, "side", content.Item{Target: "/courses"})
	want(t, err, fault.NotFound, "")
	want(t, s.RemoveItem(ctx, chitra, "footer", "none"), fault.NotFound, "")
	for range 12 {
		must(s.AddItem(ctx, chitra, "footer", content.Item{Target: "https://example.com/x", Label: "Elsewhere"}))(t)
	}
	for i := range 2 {
		if _, err := s.AddItem(ctx, chitra, "footer", content.Item{Target: "/courses"}); (err == nil) != (i == 0) {
			t.Errorf("line %d: %v", 20+i, err)
		}
	}
}

func TestStory_Life(t *testing.T) {
	t.Parallel()
	s, d := fresh(t)
	names := func() (list []string) {
		for _, st := range must(s.ShownStories(ctx))(t) {
			list = append(list, st.Name)
		}
		return list
	}
	_, err := s.CreateStory(ctx, chitra, content.StoryForm{Name: " ", Text: "x"})
	want(t, err, fault.Invalid, "name")
	_, err = s.CreateStory(ctx, chitra, content.StoryForm{Name: "Asha", Text: "x", CourseID: "none"})
	want(t, err, fault.Invalid, "course")
	a := must(s.CreateStory(ctx, chitra, content.StoryForm{Name: "Asha", Text: "I learned it."}))(t)
	b := must(s.CreateStory(ctx, chitra, content.StoryForm{Name: "Bala", Text: "So did I."}))(t)
	for range 2 {
		if err := s.MoveStory(ctx, chitra, b.ID, 0); err != nil {
			t.Fatal(err)
		}
	}
	if got := names(); !slices.Equal(got, []string{"Bala", "Asha"}) {
		t.Errorf("%q", got)
	}
	if err := s.SaveStory(ctx, chitra, a.ID, 1, content.StoryForm{Name: "Asha", Text: "I learned a lot."}); err != nil {
		t.Fatal(err)
	}
	if err := s.SaveStory(ctx, chitra, a.ID, 1, content.StoryForm{Name: "Asha", Text: "Mine."}); !fault.Is(err, fault.Conflict) {
		t.Errorf("an old version: %v", err)
	}
	if err := s.ShowStory(ctx, chitra, b.ID, false); err != nil {
		t.Fatal(err)
	}
	if err := s.DeleteStory(ctx, chitra, a.ID); err != nil {
		t.Fatal(err)
	}
	if got := names(); got != nil {
		t.Errorf("%q", got)
	}
	if gone := must(s.DeletedStories(ctx))(t); len(gone) != 1 || gone[0].Text != "I learned a lot." {
		t.Errorf("%+v", gone)
	}
	if err := s.RestoreStory(ctx, chitra, a.ID); err != nil {
		t.Fatal(err)
	}
	want(t, s.DeleteStory(ctx, chitra, "none"), fault.NotFound, "")
	if got := deeds(t, d); !slices.Equal(got, []string{"story.create", "story.create", "story.move", "story.edit", "story.hide", "story.delete", "story.restore"}) {
		t.Errorf("written down: %v", got)
	}
}
