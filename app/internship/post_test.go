package internship_test

import (
	"database/sql"
	"fmt"
	"testing"
	"time"

	"lectern/app/fault"
	"lectern/app/internship"
)

func TestPosts_FromDraftToArchive(t *testing.T) {
	w := newWorld(t)
	p, err := w.in.Create(ctx, w.chitra, internship.Post{Title: "Writing  intern", Description: "One.\r\n\r\nTwo.", Fee: w.money(99900)})
	w.must(err)
	if p.Slug != "writing-intern" || p.Title != "Writing intern" || p.Description != "One.\n\nTwo." || p.Status != internship.Draft {
		t.Errorf("%+v", p)
	}
	if again, err := w.in.Create(ctx, w.chitra, internship.Post{Title: "Writing intern"}); err != nil || again.Slug != "writing-intern-2" {
		t.Errorf("%q, %v", again.Slug, err)
	}
	hidden := func() {
		t.Helper()
		if _, err := w.in.BySlug(ctx, p.Slug); !fault.Is(err, fault.NotFound) {
			t.Errorf("it is seen: %v", err)
		}
	}
	hidden()
	w.must(w.in.Move(ctx, w.chitra, p.ID, internship.Draft, internship.Published))
	if list, err := w.in.Listed(ctx); err != nil || len(list) != 1 {
		t.Errorf("%d listed, %v", len(list), err)
	}
	if err := w.in.Move(ctx, w.chitra, p.ID, internship.Draft, internship.Published); !fault.Is(err, fault.Conflict) {
		t.Errorf("twice: %v", err)
	}
	w.must(w.in.Move(ctx, w.chitra, p.ID, internship.Published, internship.Closed))
	if _, err := w.in.Apply(ctx, p.Slug, form("Asha")); !fault.Is(err, fault.Conflict) {
		t.Errorf("it is closed: %v", err)
	}
	if any, err := w.in.Any(ctx); err != nil || any {
		t.Errorf("%v, %v", any, err)
	}
	w.must(w.in.Move(ctx, w.chitra, p.ID, internship.Closed, internship.Archived))
	hidden()
	if err := w.in.Move(ctx, w.chitra, "nothing", internship.Draft, internship.Published); !fault.Is(err, fault.NotFound) {
		t.Error(err)
	}
}

func TestPosts_TheLastDayIsTheSchools(t *testing.T) {
	w := newWorld(t)
	p := w.post("Writing", func(p *internship.Post) { p.LastDay = "2026-11-24" })
	w.ms.Store(time.Date(2026, 11, 24, 18, 29, 0, 0, time.UTC).UnixMilli()) // 23:59 in India
	w.apply(p, "Asha")
	w.later(time.Minute)
	if _, err := w.in.Apply(ctx, p.Slug, form("Bala")); !fault.Is(err, fault.Conflict) {
		t.Errorf("the day after: %v", err)
	}
	if list, err := w.in.Listed(ctx); err != nil || len(list) != 0 {
		t.Errorf("%d listed, %v", len(list), err)
	}
}

func TestSave_TwoAdmins(t *testing.T) {
	w := newWorld(t)
	p := w.post("Writing", nil)
	won, lost := 0, 0
	for _, err := range together(8, func(i int) error {
		mine := p
		mine.Title = fmt.Sprint("Title ", i)
		_, err := w.in.Save(ctx, w.chitra, mine)
		return err
	}) {
		switch {
		case err == nil:
			won++
		case fault.Is(err, fault.Conflict):
			lost++
		default:
			t.Error(err)
		}
	}
	if won != 1 || lost != 7 {
		t.Errorf("%d won, %d lost", won, lost)
	}
	now, err := w.in.ByID(ctx, p.ID)
	w.must(err)
	now.Slug = "another"
	if saved, err := w.in.Save(ctx, w.chitra, now); err != nil || saved.Slug != p.Slug {
		t.Errorf("a published address became %q, %v", saved.Slug, err)
	}
	for name, bad := range map[string]func(*internship.Post){"title": func(p *internship.Post) { p.Title = " " }, "fee": func(p *internship.Post) { p.Fee.Amount = -1 },
		"seats": func(p *internship.Post) { p.Seats = -1 }, "last_day": func(p *internship.Post) { p.LastDay = "31.12.2026" }, "slug": func(p *internship.Post) { p.Slug = "Not this" }} {
		wrong := now
		bad(&wrong)
		_, err := w.in.Save(ctx, w.chitra, wrong)
		if f, ok := err.(*fault.Fault); !ok || f.Fields[name].Key == "" {
			t.Errorf("%s: %v", name, err)
		}
	}
	draft, err := w.in.Duplicate(ctx, w.chitra, p.ID, "Copy")
	w.must(err)
	draft.Slug = p.Slug
	if _, err := w.in.Save(ctx, w.chitra, draft); !fault.Is(err, fault.Invalid) {
		t.Errorf("an address that is taken: %v", err)
	}
}

func TestShift_MovesByOne(t *testing.T) {
	w := newWorld(t)
	a, b, c := w.post("A", nil), w.post("B", nil), w.post("C", nil)
	titles := func() (s string) {
		list, err := w.in.Listed(ctx)
		w.must(err)
		for _, p := range list {
			s += p.Title
		}
		return s
	}
	w.must(w.in.Shift(ctx, w.chitra, c.ID, false))
	w.must(w.in.Shift(ctx, w.chitra, a.ID, true))
	if got := titles(); got != "CAB" {
		t.Errorf("%s", got)
	}
	w.must(w.in.Shift(ctx, w.chitra, b.ID, true))
	for _, err := range together(6, func(i int) error { return w.in.Shift(ctx, w.chitra, []string{a.ID, b.ID, c.ID}[i%3], i%2 == 0) }) {
		w.must(err)
	}
	if n := w.count(`SELECT count(DISTINCT position) FROM internships`); n != 3 {
		t.Errorf("%d places for three", n)
	}
}

func TestDemo_ThreeThatCanBeAppliedFor(t *testing.T) {
	w := newWorld(t)
	w.must(w.d.InTx(ctx, func(tx *sql.Tx) error { return w.in.Demo(ctx, tx) }))
	list, err := w.in.Listed(ctx)
	w.must(err)
	if len(list) != 3 || list[0].Slug != "web-development-intern" || list[2].Title != "Data Science and AI Intern" {
		t.Fatalf("%+v", list)
	}
	for _, p := range list {
		if p.Fee != w.money(99900) || p.Duration != "3 months" || p.Place != "Remote" || p.Description == "" {
			t.Errorf("%+v", p)
		}
	}
}
