package site_test

import (
	"strings"
	"testing"

	"lectern/app/apptest"
)

func TestCatalog_Pages(t *testing.T) {
	t.Parallel()
	s := apptest.New(t)
	v := s.Visitor()
	home := v.Get("/").Want(200)
	home.WantText("h1", "Learn to build things that people use").WantText(".facts", "6courses")
	if n := home.Has(".card"); n != 4 {
		t.Errorf("%d featured courses, want 4", n)
	}
	if len(home.Cookies) != 0 {
		t.Errorf("a reader got cookies: %v", home.Cookies)
	}
	list := v.Get("/courses").Want(200)
	if n := list.Has(".card"); n != 6 {
		t.Errorf("%d courses, want 6", n)
	}
	course := v.Get("/courses/ai-machine-learning-foundations").Want(200)
	course.WantText("h1", "AI & Machine Learning Foundations").WantText(".offer", "₹499", "3 months", "Foundational", "6 sections", "What happens then", "today by 21:00")
	course.WantText(".outline", "Ethics in AI & Future Trends")
	v.Get("/courses/nothing").Want(404).WantText("h1", "Page not found")
	for _, p := range []string{"/", "/courses", course.Path} {
		if c := v.Get(p).Header.Get("Cache-Control"); c != "no-cache" {
			t.Errorf("%s: Cache-Control %q", p, c)
		}
	}
}

func TestCourses_SearchFilterSort(t *testing.T) {
	t.Parallel()
	s := apptest.New(t)
	v := s.Visitor()
	for query, want := range map[string]string{
		"?q=pyth":                "Programming Foundations with Python",
		"?q=machine+lear":        "AI & Machine Learning Foundations",
		"?level=Intermediate":    "Data Science and Analytics",
		"?q=html&level=Advanced": "No course matches",
		"?q=%22%27%3B--":         "No course matches",
		"?page=99":               "6 courses",
		"?page=-1&sort=evil":     "6 courses",
		"?sort=title":            "AI & Machine Learning",
	} {
		v.Get("/courses"+query).Want(200).WantText("#list", want)
		part := v.AsHTMX().Get("/courses" + query).Want(200)
		if part.Has("header.top") != 0 || part.Has("#list") != 1 {
			t.Errorf("%s: htmx got more than the list", query)
		}
	}
	titles := strings.Split(v.Get("/courses?sort=title").Text(".card h2"), "AI & Machine")
	if len(titles) != 2 || strings.TrimSpace(titles[0]) != "" {
		t.Errorf("by title the first isn't AI: %q", titles)
	}
}
