package main

import (
	"os"
	"strings"
	"testing"
	"time"

	"lectern/app/apptest"
)

// TestFill fills a small copy, adds its books up, and opens every address that the bench times there.
func TestFill(t *testing.T) {
	students := 1000
	if os.Getenv("LECTERN_TEST_LONG") != "" {
		students = 100_000
	}
	s := apptest.New(t)
	if err := fill(t.Context(), s.App, students, s.Clock.Now()); err != nil {
		t.Fatal(err)
	}
	for query, want := range map[string]int{
		`SELECT count(*) FROM users WHERE role = 'student'`: students,
		`SELECT count(*) FROM orders`:                       3 * students,
		`SELECT count(*) FROM orders o WHERE paid <> (SELECT COALESCE(sum(amount), 0) FROM allocations WHERE order_id = o.id AND ended_at IS NULL)`: 0,
		`SELECT count(*) FROM receipts r WHERE used <> (SELECT COALESCE(sum(amount), 0) FROM allocations WHERE receipt_id = r.id AND ended_at IS NULL)
			+ (SELECT COALESCE(sum(amount), 0) FROM refunds WHERE receipt_id = r.id AND undone_at IS NULL)`: 0,
		`SELECT count(*) FROM orders o WHERE (status = 'paid') <> EXISTS (SELECT 1 FROM grants WHERE order_id = o.id AND ended_at IS NULL)`: 0,
		`SELECT count(*) FROM grants g WHERE NOT EXISTS (SELECT 1 FROM enrollments WHERE user_id = g.user_id AND course_id = g.course_id)`:  0,
		`SELECT count(*) FROM enrollments e WHERE (open_until > 0) <> EXISTS (SELECT 1 FROM grants g
			WHERE g.user_id = e.user_id AND g.course_id = e.course_id AND g.ended_at IS NULL)`: 0,
	} {
		if got := s.Count(query); got != want {
			t.Errorf("%d, want %d: %s", got, want, query)
		}
	}
	addresses, err := adminAddresses(t.Context(), s.DB.Read())
	if err != nil || len(addresses) < 100 {
		t.Fatalf("%d addresses, %v", len(addresses), err)
	}
	c, err := signIn(t.Context(), s.URL, "chitra@example.com", apptest.Password)
	if err != nil {
		t.Fatal(err)
	}
	for i, path := range addresses {
		if i%20 != 0 && students < 10_000 { // a twentieth is enough to see that the list is right
			continue
		}
		took, err := c.timeOne(t.Context(), path, 1)
		if err != nil {
			t.Error(err)
		}
		if took.median > 2*time.Second {
			t.Errorf("%s took %s", path, took.median)
		}
	}
}

func TestAdmin_PagesHoldEachOrderOnce(t *testing.T) {
	s := apptest.New(t)
	if err := fill(t.Context(), s.App, 100, s.Clock.Now()); err != nil {
		t.Fatal(err)
	}
	chitra := s.SignIn("chitra")
	for list, total := range map[string]int{"/admin/orders": 300, "/admin/students": 100} {
		seen := map[string]bool{}
		pages := 0
		for path := list; path != ""; pages++ {
			p := chitra.Get(path).Want(200)
			for _, row := range p.Doc.Find("#list a[href^='" + list + "/']").EachIter() {
				href, _ := row.Attr("href")
				seen[strings.TrimPrefix(href, list+"/")] = true
			}
			path, _ = p.Doc.Find("a[rel=next]").Attr("href")
		}
		if len(seen) != total || pages < 2 {
			t.Errorf("%s: %d rows on %d pages, want %d", list, len(seen), pages, total)
		}
	}
}
