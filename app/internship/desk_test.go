package internship_test

import (
	"fmt"
	"testing"
	"time"

	"lectern/app/fault"
	"lectern/app/internship"
)

func TestDecide_OneWinnerAndTheWayBack(t *testing.T) {
	w := newWorld(t)
	p := w.post("Writing", nil)
	id := w.apply(p, "Asha")
	won := 0
	for i, err := range together(8, func(i int) error {
		to := []string{internship.Accepted, internship.Rejected}[i%2]
		return w.in.Decide(ctx, w.chitra, id, internship.Decision{From: internship.Applied, To: to, Tell: true, Line: "Welcome."})
	}) {
		if err == nil {
			won++
		} else if !fault.Is(err, fault.Conflict) {
			t.Error(i, err)
		}
	}
	letters := func() int { return w.count(`SELECT count(*) FROM outbox WHERE kind = 'application_decided'`) }
	if won != 1 || letters() != 1 {
		t.Errorf("%d won, %d letters", won, letters())
	}
	f, err := w.in.File(ctx, id)
	w.must(err)
	if f.Letter != "queued" || f.Decider != "Chitra" || f.Line != "Welcome." || f.Told != f.Application.Status || f.SeenAt.IsZero() {
		t.Errorf("%+v", f)
	}
	w.must(w.in.Decide(ctx, w.chitra, id, internship.Decision{From: f.Application.Status, To: internship.Shortlisted, Tell: true}))
	if letters() != 2 || w.count(`SELECT count(*) FROM outbox WHERE payload LIKE '%"Before":"`+f.Application.Status+`"%'`) != 1 {
		t.Error("a correction corrects what was told before")
	}
	w.must(w.in.Decide(ctx, w.chitra, id, internship.Decision{From: internship.Shortlisted, To: internship.Accepted}))
	if letters() != 2 {
		t.Error("nobody asked for a letter")
	}
	if err := w.in.Decide(ctx, w.chitra, id, internship.Decision{From: internship.Accepted, To: "gone"}); !fault.Is(err, fault.Invalid) {
		t.Error(err)
	}
	if err := w.in.Decide(ctx, w.chitra, "nothing", internship.Decision{From: internship.Applied, To: internship.Accepted}); !fault.Is(err, fault.NotFound) {
		t.Error(err)
	}
	quiet := w.apply(p, "Bala")
	w.must(w.in.Decide(ctx, w.chitra, quiet, internship.Decision{From: internship.Applied, To: internship.Shortlisted, Tell: true}))
	if letters() != 2 {
		t.Error("a shortlist is the school's own")
	}
}

func TestDecideMany_OneBadRowSpoilsNoOther(t *testing.T) {
	w := newWorld(t)
	p := w.post("Writing", nil)
	a, b := w.apply(p, "Asha"), w.apply(p, "Bala")
	w.must(w.in.Decide(ctx, w.chitra, b, internship.Decision{From: internship.Applied, To: internship.Rejected}))
	batch, err := w.in.DecideMany(ctx, w.chitra, []string{a, a, b, "nothing", "<b>"}, internship.Rejected, true)
	w.must(err)
	to, rows, err := w.in.Batch(ctx, batch)
	w.must(err)
	got := map[string]string{}
	for _, r := range rows {
		got[r.ID] = r.Outcome
	}
	want := map[string]string{a: internship.Done, b: "internship.batch.same", "nothing": "internship.application.none", "<b>": "internship.application.none"}
	if fmt.Sprint(got) != fmt.Sprint(want) || to != internship.Rejected {
		t.Errorf("%v, want %v", got, want)
	}
	if w.count(`SELECT count(*) FROM outbox WHERE kind = 'application_decided'`) != 1 {
		t.Error("Asha isn't told, or others are")
	}
	if _, err := w.in.DecideMany(ctx, w.chitra, nil, "gone", true); !fault.Is(err, fault.Invalid) {
		t.Error(err)
	}
	w.later(40 * 24 * time.Hour)
	w.must(w.in.Clean(ctx))
	if _, _, err := w.in.Batch(ctx, batch); !fault.Is(err, fault.NotFound) {
		t.Errorf("it is remembered: %v", err)
	}
}

func TestList_FiltersAndPages(t *testing.T) {
	w := newWorld(t)
	p, other := w.post("Writing", nil), w.post("Drawing", nil)
	var ids []string
	for i := range 5 {
		ids = append(ids, w.apply(p, fmt.Sprintf("Student%c", 'a'+i)))
	}
	w.apply(other, "Studenta")
	var got []string
	for after := ""; ; {
		rows, err := w.in.List(ctx, internship.Query{Post: p.ID, After: after, Limit: 2})
		w.must(err)
		for _, r := range rows[:min(2, len(rows))] {
			got = append(got, r.Application.ID)
		}
		if len(rows) <= 2 {
			break
		}
		after = rows[1].Application.ID
	}
	if fmt.Sprint(got) != fmt.Sprint([]string{ids[4], ids[3], ids[2], ids[1], ids[0]}) {
		t.Errorf("%v of %v", got, ids)
	}
	for q, n := range map[internship.Query]int{{}: 6, {Q: "studenta"}: 2, {Q: "studenta", Post: other.ID}: 1, {Q: "write"}: 6, {Status: internship.Accepted}: 0,
		{Post: "<b>"}: 0, {Q: "98765", Post: p.ID}: 0, {Q: "9198765", Post: p.ID}: 5} {
		if rows, err := w.in.List(ctx, q); err != nil || len(rows) != n {
			t.Errorf("%+v finds %d, %v; want %d", q, len(rows), err, n)
		}
	}
	if posts, err := w.in.Posts(ctx, internship.PostQuery{Q: "writ"}); err != nil || len(posts) != 1 || posts[0].Applied != 5 || posts[0].Unseen != 5 {
		t.Errorf("%+v, %v", posts, err)
	}
	w.must(w.in.See(ctx, w.chitra, ids[0]))
	if n, err := w.in.Unseen(ctx); err != nil || n != 5 {
		t.Errorf("%d unseen, %v", n, err)
	}
	if err := w.in.Move(ctx, w.chitra, p.ID, internship.Published, internship.Draft); !fault.Is(err, fault.Conflict) {
		t.Errorf("a draft that people applied for: %v", err)
	}
}

func TestNotes_AreRemovedAndPutBack(t *testing.T) {
	w := newWorld(t)
	p := w.post("Writing", nil)
	id, other := w.apply(p, "Asha"), w.apply(p, "Bala")
	for range 2 {
		w.must(w.in.AddNote(ctx, w.chitra, id, "Called her.", "once1"))
	}
	f, err := w.in.File(ctx, id)
	w.must(err)
	if len(f.Notes) != 1 {
		t.Fatalf("%d notes", len(f.Notes))
	}
	note := f.Notes[0].ID
	w.must(w.in.RemoveNote(ctx, w.chitra, id, note, false))
	if err := w.in.RemoveNote(ctx, w.chitra, id, note, false); !fault.Is(err, fault.Conflict) {
		t.Error(err)
	}
	if err := w.in.RemoveNote(ctx, w.chitra, other, note, true); !fault.Is(err, fault.NotFound) {
		t.Error(err)
	}
	w.must(w.in.RemoveNote(ctx, w.chitra, id, note, true))
	if err := w.in.AddNote(ctx, w.chitra, id, " ", ""); !fault.Is(err, fault.Invalid) {
		t.Error(err)
	}
	if err := w.in.AddNote(ctx, w.chitra, "nothing", "x", ""); !fault.Is(err, fault.NotFound) {
		t.Error(err)
	}
}
