package content_test

import (
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"lectern/app/content"
	"lectern/app/fault"
	"lectern/app/markdown"
)

func TestStandards_SayWhatTheSettingsSay(t *testing.T) {
	t.Parallel()
	s, _ := fresh(t)
	for _, name := range content.Standards {
		p := must(s.Page(ctx, name))(t)
		if !p.Default() || p.Title == "" || p.Description == "" || p.Status != content.Published || public(t, s, name) != p.Title {
			t.Errorf("%s: %+v", name, p)
		}
		if !strings.Contains(p.Body+p.Description, "Chinar Academy") || strings.Contains(p.Body, "<no value>") || strings.Contains(p.Body, "{{") {
			t.Errorf("%s: %s", name, p.Body)
		}
		if doc := markdown.Render(p.Body); len(doc.Headings) == 0 || len(doc.Headings) != strings.Count(p.Body, "\n## ")+strings.Count("\n"+p.Body[:3], "\n## ") {
			t.Errorf("%s has the headings %v", name, doc.Headings)
		}
	}
	if p := must(s.Page(ctx, "privacy"))(t); !strings.Contains(p.Body, "Digital Personal Data Protection Act") || !strings.Contains(p.Body, "office@example.com") {
		t.Error("privacy doesn't name the law or the school's address")
	}
	if parts := markdown.Render(must(s.Page(ctx, "faq"))(t).Body).Parts(); len(parts) < 8 {
		t.Errorf("%d questions", len(parts))
	}
}

func TestPage_FromDraftToGoneAndBack(t *testing.T) {
	t.Parallel()
	s, d := fresh(t)
	p := must(s.CreatePage(ctx, chitra, content.PageForm{Title: " Our  teachers ", Body: "Asha and Bala.\r\n"}))(t)
	if p.Slug != "our-teachers" || p.Title != "Our teachers" || p.Body != "Asha and Bala." || public(t, s, "our-teachers") != "" {
		t.Fatalf("%+v", p)
	}
	if draft, _, err := s.Draft(ctx, "our-teachers"); err != nil || draft.ID != p.ID {
		t.Errorf("staff don't see the draft: %v", err)
	}
	must(s.SetPublished(ctx, chitra, p.ID, true))(t)
	must(s.SetPublished(ctx, chitra, p.ID, true))(t)
	if public(t, s, "our-teachers") != "Our teachers" {
		t.Error("not published")
	}
	must(s.DeletePage(ctx, chitra, p.ID))(t)
	must(s.DeletePage(ctx, chitra, p.ID))(t)
	if public(t, s, "our-teachers") != "" {
		t.Error("still there")
	}
	if _, err := s.SavePage(ctx, chitra, p.ID, 1, content.PageForm{Title: "x"}); !fault.Is(err, fault.NotFound) {
		t.Errorf("a deleted page was saved: %v", err)
	}
	other := must(s.CreatePage(ctx, chitra, content.PageForm{Title: "Our teachers"}))(t)
	back := must(s.RestorePage(ctx, chitra, p.ID))(t)
	if other.Slug != "our-teachers" || back.Slug != "our-teachers-2" || public(t, s, "our-teachers-2") != "Our teachers" {
		t.Errorf("the new one is at %s, the old one back at %s", other.Slug, back.Slug)
	}
	must(s.SetPublished(ctx, chitra, p.ID, false))(t)
	if got := deeds(t, d); !slices.Equal(got, []string{"page.create", "page.publish", "page.delete", "page.create", "page.restore", "page.unpublish"}) {
		t.Errorf("written down: %v", got)
	}
}

func TestSavePage_KeepsEachText(t *testing.T) {
	t.Parallel()
	s, _ := fresh(t)
	p := must(s.CreatePage(ctx, chitra, content.PageForm{Title: "Way", Body: "one\ntwo"}))(t)
	p = must(s.SavePage(ctx, chitra, p.ID, 1, content.PageForm{Title: "Way to us", Body: "one\nthree"}))(t)
	if p.Version != 2 || p.Slug != "way" {
		t.Errorf("%+v", p)
	}
	if same := must(s.SavePage(ctx, chitra, p.ID, 2, content.PageForm{Title: "Way to us", Body: "one\nthree"}))(t); same.Version != 2 {
		t.Error("saving the same made a version")
	}
	if _, err := s.SavePage(ctx, chitra, p.ID, 1, content.PageForm{Title: "Mine"}); !fault.Is(err, fault.Conflict) {
		t.Errorf("an old base: %v", err)
	}
	must(s.PutBack(ctx, chitra, p.ID, 1, 2))(t)
	now := must(s.Page(ctx, p.ID))(t)
	all := must(s.Versions(ctx, now, 0, 10))(t)
	if now.Body != "one\ntwo" || now.Title != "Way" || now.Version != 3 || len(all) != 3 || all[1].Body != "one\nthree" {
		t.Errorf("%+v, versions %+v", now, all)
	}
	if page := must(s.Versions(ctx, now, 3, 1))(t); len(page) != 2 || page[0].N != 2 {
		t.Errorf("a page of them: %+v", page)
	}
	if _, err := s.PutBack(ctx, chitra, p.ID, 9, 3); !fault.Is(err, fault.NotFound) {
		t.Errorf("no such version: %v", err)
	}
}

func TestSavePage_OfTwoOneWins(t *testing.T) {
	t.Parallel()
	s, _ := fresh(t)
	own := must(s.CreatePage(ctx, chitra, content.PageForm{Title: "Way"}))(t)
	for key, base := range map[string]int64{own.ID: 1, "terms": 0} {
		var won, told atomic.Int64
		var wg sync.WaitGroup
		for i := range 8 {
			wg.Go(func() {
				_, err := s.SavePage(ctx, chitra, key, base, content.PageForm{Title: "Way " + string(rune('a'+i)), Body: "b"})
				switch {
				case err == nil:
					won.Add(1)
				case fault.Is(err, fault.Conflict):
					told.Add(1)
				default:
					t.Error(err)
				}
			})
		}
		wg.Wait()
		if won.Load() != 1 || told.Load() != 7 {
			t.Errorf("%s: %d won, %d were told", key, won.Load(), told.Load())
		}
	}
}

func TestPage_AddressesMoveAndAreKept(t *testing.T) {
	t.Parallel()
	s, _ := fresh(t)
	p := must(s.CreatePage(ctx, chitra, content.PageForm{Title: "A", Slug: "/one"}))(t)
	must(s.SetPublished(ctx, chitra, p.ID, true))(t)
	must(s.SavePage(ctx, chitra, p.ID, 1, content.PageForm{Title: "A", Slug: "two"}))(t)
	must(s.SavePage(ctx, chitra, p.ID, 2, content.PageForm{Title: "A", Slug: "three"}))(t)
	for _, old := range []string{"one", "two"} {
		if got := public(t, s, old); got != "moved to three" {
			t.Errorf("%s: %q", old, got)
		}
	}
	q := must(s.CreatePage(ctx, chitra, content.PageForm{Title: "B", Slug: "one"}))(t)
	must(s.SetPublished(ctx, chitra, q.ID, true))(t)
	if public(t, s, "one") != "B" {
		t.Error("a page isn't found at an address that another one had")
	}
	must(s.SavePage(ctx, chitra, p.ID, 3, content.PageForm{Title: "A", Slug: "two"}))(t)
	if public(t, s, "two") != "A" || public(t, s, "three") != "moved to two" {
		t.Error("going back to an old address")
	}
	must(s.SetPublished(ctx, chitra, p.ID, false))(t)
	if public(t, s, "three") != "" {
		t.Error("an old address tells of a draft")
	}
}

func TestPage_WhatCantBe(t *testing.T) {
	t.Parallel()
	s, _ := fresh(t)
	must(s.CreatePage(ctx, chitra, content.PageForm{Title: "Taken"}))(t)
	for name, f := range map[string]struct {
		form  content.PageForm
		field string
	}{
		"no title":         {content.PageForm{Title: " "}, "title"},
		"long title":       {content.PageForm{Title: strings.Repeat("अ", 121)}, "title"},
		"long description": {content.PageForm{Title: "x", Description: strings.Repeat("अ", 301)}, "description"},
		"long text":        {content.PageForm{Title: "x", Body: strings.Repeat("अ", 40001)}, "body"},
		"capital":          {content.PageForm{Title: "x", Slug: "Teachers"}, "slug"},
		"two parts":        {content.PageForm{Title: "x", Slug: "a/b"}, "slug"},
		"the program's":    {content.PageForm{Title: "x", Slug: "admin"}, "slug"},
		"a standard one":   {content.PageForm{Title: "x", Slug: "terms"}, "slug"},
		"taken":            {content.PageForm{Title: "x", Slug: "taken"}, "slug"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := s.CreatePage(ctx, chitra, f.form)
			want(t, err, fault.Invalid, f.field)
		})
	}
	for _, title := range []string{"Admin", "Login", "₹", "Terms"} { // made from the title, an address gives way
		if p := must(s.CreatePage(ctx, chitra, content.PageForm{Title: title}))(t); slices.Contains(content.Reserved, p.Slug) || p.Slug == "" {
			t.Errorf("%s is at %q", title, p.Slug)
		}
	}
	if p := must(s.CreatePage(ctx, chitra, content.PageForm{Title: "हमारे शिक्षक"}))(t); p.Slug != "हमारे-शिक्षक" {
		t.Errorf("in Devanagari at %q", p.Slug)
	}
	if public(t, s, "a\x00b") != "" || public(t, s, "\xff") != "" {
		t.Error("no text, but a page")
	}
}

func TestStandard_IsWrittenAndPutBack(t *testing.T) {
	t.Parallel()
	s, _ := fresh(t)
	was := must(s.Page(ctx, "terms"))(t)
	p := must(s.SavePage(ctx, chitra, "terms", 0, content.PageForm{Title: "Our terms", Slug: "elsewhere", Body: "Be kind."}))(t)
	if p.Slug != "terms" || public(t, s, "terms") != "Our terms" || p.Key() != "terms" {
		t.Errorf("%+v", p)
	}
	gone := must(s.DeletePage(ctx, chitra, "terms"))(t)
	if public(t, s, "terms") != was.Title {
		t.Error("the default isn't back")
	}
	must(s.SavePage(ctx, chitra, "terms", 0, content.PageForm{Title: "Others", Body: "x"}))(t)
	if _, err := s.RestorePage(ctx, chitra, gone.ID); !fault.Is(err, fault.Conflict) {
		t.Errorf("two texts for one page: %v", err)
	}
	must(s.DeletePage(ctx, chitra, "terms"))(t)
	must(s.RestorePage(ctx, chitra, gone.ID))(t)
	if public(t, s, "terms") != "Our terms" {
		t.Error("the first text isn't back")
	}
	must(s.SetPublished(ctx, chitra, "privacy", false))(t)
	if public(t, s, "privacy") != "" {
		t.Error("a default that was taken back is there")
	}
	if shown := must(s.Shown(ctx))(t); shown.Privacy != "" || shown.Terms != "/terms" || slices.Contains(labels(shown.Footer), "Privacy") {
		t.Errorf("%+v", shown)
	}
}

func TestPages_AreFound(t *testing.T) {
	t.Parallel()
	s, _ := fresh(t)
	a := must(s.CreatePage(ctx, chitra, content.PageForm{Title: "Timetable", Description: "When we meet"}))(t)
	b := must(s.CreatePage(ctx, chitra, content.PageForm{Title: "Teachers"}))(t)
	must(s.SetPublished(ctx, chitra, b.ID, true))(t)
	must(s.SavePage(ctx, chitra, "terms", 0, content.PageForm{Title: "Terms of time", Body: "x"}))(t)
	titles := func(q content.PageQuery) (list []string) {
		q.Limit = 10
		for _, p := range must(s.Pages(ctx, q))(t) {
			list = append(list, p.Title)
		}
		for _, p := range must(s.StandardPages(ctx, q))(t) {
			list = append(list, p.Title)
		}
		return list
	}
	for name, tt := range map[string]struct {
		q    content.PageQuery
		want []string
	}{
		"by word":     {content.PageQuery{Q: "tim"}, []string{"Timetable", "Terms of time"}},
		"drafts":      {content.PageQuery{Status: content.Draft}, []string{"Timetable"}},
		"published":   {content.PageQuery{Status: content.Published, Q: "te"}, []string{"Teachers", "Terms of time"}},
		"deleted":     {content.PageQuery{Status: "deleted"}, nil},
		"after":       {content.PageQuery{After: b.ID, Q: "ti"}, []string{"Timetable", "Terms of time"}},
		"no such one": {content.PageQuery{Q: "zzz"}, nil},
		"signs only":  {content.PageQuery{Q: "!!"}, nil},
	} {
		if got := titles(tt.q); !slices.Equal(got, tt.want) {
			t.Errorf("%s: %q, want %q", name, got, tt.want)
		}
	}
	must(s.DeletePage(ctx, chitra, a.ID))(t)
	if got := titles(content.PageQuery{Status: "deleted"}); !slices.Equal(got, []string{"Timetable"}) {
		t.Errorf("deleted: %q", got)
	}
}

func TestDiff(t *testing.T) {
	t.Parallel()
	got := content.Diff("a\nb\nc\nd", "a\nc\nx\nd")
	want := []content.Change{{"", "a"}, {"-", "b"}, {"", "c"}, {"+", "x"}, {"", "d"}}
	if !slices.Equal(got, want) {
		t.Errorf("got %q", got)
	}
	if got := content.Diff("same\ntext", "same\ntext"); !slices.Equal(got, []content.Change{{"", "same\ntext"}}) {
		t.Errorf("same: %q", got)
	}
	long := strings.Repeat("x\n", 5000)
	if got := content.Diff("a\n"+long+"b", "c\n"+strings.Repeat("y\n", 5000)+"d"); len(got) != 2 {
		t.Errorf("long ones: %d", len(got))
	}
}
