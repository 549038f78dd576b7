package learning_test

import (
	"errors"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"lectern/app/db"
	"lectern/app/fault"
	"lectern/app/learning"
)

// letters are the kinds and payloads of the letters to a user.
func (f *fixture) letters(user string) []string {
	f.Helper()
	list, err := db.All(ctx, f.db.Read(), func(r db.Scanner) (string, error) {
		var kind, payload string
		err := r.Scan(&kind, &payload)
		return kind + " " + payload, err
	}, `SELECT kind, payload FROM outbox WHERE user_id = $1 ORDER BY id`, user)
	if err != nil {
		f.Fatal(err)
	}
	return list
}

func TestEnrollFree_OnceWithOneLetter(t *testing.T) {
	f := open(t)
	var made atomic.Int32
	atOnce(t, func(int) error {
		created, err := f.learning.EnrollFree(ctx, "asha", f.free)
		if created {
			made.Add(1)
		}
		return err
	})
	letters := f.letters("asha")
	if made.Load() != 1 || len(letters) != 1 || !strings.Contains(letters[0], `"By":"free"`) || !strings.Contains(letters[0], `"Slug":"free"`) {
		t.Errorf("%d told that they enrolled, letters %q, want one each", made.Load(), letters)
	}
	f.wantOpen("asha", f.free, true)
	if got := f.actions(); !slices.Equal(got, []string{"grant.create asha"}) {
		t.Errorf("audit: got %q", got)
	}
}

func TestEnrollFree_WhatTheServerSaysCounts(t *testing.T) {
	f := open(t)
	lie := f.python
	lie.Price.Amount = 0
	for _, c := range []struct {
		name string
		err  error
	}{
		{"a price", second(f.learning.EnrollFree(ctx, "asha", lie))},
		{"a draft", second(f.learning.EnrollFree(ctx, "asha", f.draft))},
		{"an archived one", second(f.learning.EnrollFree(ctx, "asha", f.archived))},
	} {
		if !fault.Is(c.err, fault.Conflict) {
			t.Errorf("%s: got %v, want Conflict", c.name, c.err)
		}
	}
	if n := f.count(`SELECT count(*) FROM grants`); n != 0 || len(f.letters("asha")) != 0 {
		t.Errorf("got %d grants, letters %q, want none", n, f.letters("asha"))
	}
}

func second(_ bool, err error) error { return err }

func TestEnrollByHand(t *testing.T) {
	f := open(t)
	if err := f.learning.EnrollByHand(ctx, "chitra", "asha", f.python.ID, "  Paid in cash last year. "); err != nil {
		t.Fatal(err)
	}
	f.wantOpen("asha", f.python, true)
	rows, err := f.learning.Grants(ctx, "asha")
	if err != nil || len(rows) != 1 {
		t.Fatalf("got %+v, %v", rows, err)
	}
	if g := rows[0]; g.Source != learning.ByHand || g.Reason != "Paid in cash last year." || g.By != "chitra" || !g.At.Equal(now) || !g.Until.IsZero() || g.Order != "" {
		t.Errorf("got %+v", g)
	}
	letters := f.letters("asha")
	if len(letters) != 1 || !strings.Contains(letters[0], `"By":"hand"`) || !strings.Contains(letters[0], "Paid in cash last year.") || !strings.Contains(letters[0], `"Slug":"python"`) {
		t.Errorf("letters: got %q", letters)
	}
	if err := f.learning.EnrollByHand(ctx, "chitra", "asha", f.archived.ID, "began before"); err != nil {
		t.Errorf("archived: %v", err)
	}
	f.wantOpen("asha", f.archived, true)
	if err := f.learning.EndGrant(ctx, rows[0].ID, "chitra"); err != nil {
		t.Fatal(err)
	}
	if n := len(f.letters("asha")); n != 2 {
		t.Errorf("ending a grant wrote a letter: %q", f.letters("asha"))
	}
	if err := f.learning.EnrollByHand(ctx, "chitra", "asha", f.python.ID, "again"); err != nil {
		t.Errorf("after it ended: %v", err)
	}
}

func TestEnrollByHand_OnlyOnce(t *testing.T) {
	f := open(t)
	var made, late atomic.Int32
	atOnce(t, func(int) error {
		err := f.learning.EnrollByHand(ctx, "chitra", "asha", f.python.ID, "scholarship")
		switch {
		case err == nil:
			made.Add(1)
		case fault.Is(err, fault.Conflict):
			late.Add(1)
		default:
			return err
		}
		return nil
	})
	if made.Load() != 1 || late.Load() != 23 || len(f.letters("asha")) != 1 {
		t.Errorf("%d made it, %d were late, letters %q, want one, 23 and one", made.Load(), late.Load(), f.letters("asha"))
	}
}

func TestEnrollByHand_Refused(t *testing.T) {
	f := open(t)
	for _, tt := range []struct{ name, user, course, reason, field string }{
		{"no reason", "asha", f.python.ID, " ", "reason"},
		{"a novel", "asha", f.python.ID, strings.Repeat("a", 501), "reason"},
		{"unknown course", "asha", "none", "x", "course"},
		{"no course", "asha", "", "x", "course"},
		{"draft", "asha", f.draft.ID, "x", "course"},
		{"unknown student", "none", f.python.ID, "x", ""},
	} {
		err := f.learning.EnrollByHand(ctx, "chitra", tt.user, tt.course, tt.reason)
		var fa *fault.Fault
		if !errors.As(err, &fa) {
			t.Errorf("%s: got %v, want a fault", tt.name, err)
			continue
		}
		if tt.field == "" && fa.Kind != fault.NotFound || tt.field != "" && (fa.Kind != fault.Invalid || fa.Fields[tt.field].Key == "") {
			t.Errorf("%s: got %v of kind %v in %v", tt.name, fa, fa.Kind, fa.Fields)
		}
	}
	if n := f.count(`SELECT count(*) FROM grants`); n != 0 || len(f.letters("asha")) != 0 {
		t.Errorf("got %d grants, letters %q, want none", n, f.letters("asha"))
	}
}
