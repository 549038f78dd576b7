package content_test

import (
	"context"
	"slices"
	"testing"
	"time"

	"lectern/app/audit"
	"lectern/app/content"
	"lectern/app/db"
	"lectern/app/dbtest"
	"lectern/app/fault"
	"lectern/app/school"
)

var ctx = context.Background()

const chitra = "chitra" // an admin's id

// fresh is a school that has written nothing.
func fresh(t *testing.T) (*content.Service, *db.DB) {
	t.Helper()
	d := dbtest.New(t)
	now := time.Date(2026, 11, 23, 20, 0, 0, 0, time.UTC)
	s := school.New(school.Options{DB: d, First: school.First{SiteName: "Chinar Academy", ContactEmail: "office@example.com", UPIIDs: []string{"school@examplebank"}}})
	if err := s.Seed(ctx); err != nil {
		t.Fatal(err)
	}
	return content.New(content.Options{DB: d, School: s, Now: func() time.Time { return now }, Country: "IN",
		Places: []content.Place{{Path: "/courses", Key: "nav.courses"}, {Path: "/contact", Key: "nav.contact"}}}), d
}

func must[T any](v T, err error) func(t *testing.T) T {
	return func(t *testing.T) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

func want(t *testing.T, err error, kind fault.Kind, field string) {
	t.Helper()
	if !fault.Is(err, kind) {
		t.Fatalf("got %v, want kind %d", err, kind)
	}
	if field != "" {
		if f := err.(*fault.Fault); f.Fields[field].Key == "" {
			t.Fatalf("nothing wrong with %s: %v", field, f.Fields)
		}
	}
}

// public says what a visitor finds at an address: its title, or where it has moved to, or nothing.
func public(t *testing.T, s *content.Service, slug string) string {
	t.Helper()
	p, moved, err := s.Public(ctx, slug)
	switch {
	case fault.Is(err, fault.NotFound):
		return ""
	case err != nil:
		t.Fatal(err)
	case moved != "":
		return "moved to " + moved
	}
	return p.Title
}

func deeds(t *testing.T, d *db.DB) (list []string) {
	t.Helper()
	all := must(audit.List(ctx, d.Read(), audit.Query{Actor: chitra, Limit: 100}))(t)
	for _, e := range slices.Backward(all) {
		list = append(list, e.Action)
	}
	return list
}

func labels(links []content.Link) (list []string) {
	for _, l := range links {
		list = append(list, l.Label)
	}
	return list
}
