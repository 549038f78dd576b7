package account

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"lectern/app/fault"
)

func TestParseTags(t *testing.T) {
	t.Parallel()
	for typed, want := range map[string]string{
		"": "[]", " , ;": "[]", "Evening  batch, evening BATCH, vip": "[{evening batch Evening batch} {vip vip}]", "शाम، सुबह": "[{शाम शाम} {सुबह सुबह}]", "a\nb": "[{a a} {b b}]",
	} {
		tags, err := ParseTags(typed)
		if got := fmt.Sprint(tags); err != nil || got != want {
			t.Errorf("%q: %s, %v, want %s", typed, got, err, want)
		}
	}
	many := make([]string, 31)
	for i := range many {
		many[i] = fmt.Sprint("t", i)
	}
	for _, typed := range []string{strings.Repeat("x", 41), strings.Join(many, ","), "a\u202eb"} {
		if _, err := ParseTags(typed); !fault.Is(err, fault.Invalid) {
			t.Errorf("%.20q is taken: %v", typed, err)
		}
	}
}

func TestTags_OneSpellingForAll(t *testing.T) {
	s, ctx := newSchool(t), context.Background()
	ids := s.enrol("Asha", "Bala")
	wantOK(t, s.AddTags(ctx, "", ids[0], "Evening Batch, new"))
	wantOK(t, s.AddTags(ctx, "", ids[1], "evening batch"))
	wantOK(t, s.AddTags(ctx, "", ids[1], "EVENING BATCH"))
	tags, err := s.TagsOf(ctx, ids[1])
	if err != nil || len(tags) != 1 || tags[0].Name != "Evening Batch" {
		t.Errorf("%v, %v", tags, err)
	}
	all, err := s.Tags(ctx)
	if err != nil || len(all) != 2 {
		t.Errorf("%v, %v", all, err)
	}
	rows, err := s.Students(ctx, StudentQuery{Q: "batch", Limit: 9})
	if got := rowNames(rows); err != nil || !slices.Equal(got, []string{"Bala", "Asha"}) {
		t.Errorf("found %q, %v", got, err)
	}
	wantOK(t, s.RemoveTag(ctx, "", ids[0], "new"))
	if all, err := s.Tags(ctx); err != nil || len(all) != 1 {
		t.Errorf("a tag that nobody has is offered: %v, %v", all, err)
	}
	wantOK(t, s.UpdateProfile(ctx, ids[0], ProfileForm{Name: "Asha Rao"}))
	if rows, err := s.Students(ctx, StudentQuery{Q: "evening rao", Limit: 9}); err != nil || len(rows) != 1 {
		t.Errorf("after another change the tag isn't found: %v, %v", rowNames(rows), err)
	}
	for page, want := range map[string][]string{"": {"Bala"}, ids[1]: {"Asha Rao"}} {
		rows, err := s.Students(ctx, StudentQuery{Tag: "evening batch", After: page, Limit: 1})
		if err != nil || len(rows) == 0 || !slices.Equal(rowNames(rows[:1]), want) || (page == "") != (len(rows) == 2) {
			t.Errorf("after %q: %q, %v", page, rowNames(rows), err)
		}
	}
	wantFault(t, s.AddTags(ctx, "", "nobody", "x"), fault.NotFound)
	var wg sync.WaitGroup
	for i := range 12 { // at once, and none is lost
		wg.Go(func() {
			if err := s.AddTags(ctx, "", ids[0], fmt.Sprint("t", i)); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if tags, err := s.TagsOf(ctx, ids[0]); err != nil || len(tags) != 13 {
		t.Errorf("%v, %v", tags, err)
	}
	for i := range 12 {
		if rows, err := s.Students(ctx, StudentQuery{Q: fmt.Sprint("t", i, " rao"), Limit: 9}); err != nil || len(rows) != 1 {
			t.Errorf("t%d isn't found: %v", i, err)
		}
	}
}

func TestNotes_StayAMonthAfterTheyWereDeleted(t *testing.T) {
	s, ctx := newSchool(t), context.Background()
	ids := s.enrol("Asha")
	wantOK(t, s.AddNote(ctx, "", ids[0], " Comes back in May. "))
	notes, err := s.Notes(ctx, ids[0])
	if err != nil || len(notes) != 1 || notes[0].Text != "Comes back in May." {
		t.Fatalf("%+v, %v", notes, err)
	}
	wantOK(t, s.DeleteNote(ctx, "", ids[0], notes[0].ID))
	wantFault(t, s.DeleteNote(ctx, "", ids[0], notes[0].ID), fault.Conflict)
	wantFault(t, s.DeleteNote(ctx, "", ids[0], "nothing"), fault.NotFound)
	wantOK(t, s.Clean(ctx))
	wantOK(t, s.RestoreNote(ctx, "", ids[0], notes[0].ID))
	wantOK(t, s.DeleteNote(ctx, "", ids[0], notes[0].ID))
	s.now.Add((31 * 24 * time.Hour).Milliseconds())
	wantOK(t, s.Clean(ctx))
	wantFault(t, s.RestoreNote(ctx, "", ids[0], notes[0].ID), fault.NotFound)
	wantFault(t, s.AddNote(ctx, "", ids[0], strings.Repeat("x", 5001)), fault.Invalid)
}

// The letter to who was imported gives a week to choose a password; a link that was asked for since ends it.
func TestLink_Welcome(t *testing.T) {
	s, ctx := newSchool(t), context.Background()
	var r ImportResult
	wantOK(t, s.DB.InTx(ctx, func(tx *sql.Tx) (err error) {
		r, err = s.Import(ctx, tx, "", Imported{Email: "Asha.Rao@Example.com"})
		return err
	}))
	if r.Name != "Asha.Rao" || !r.Created {
		t.Errorf("%+v", r)
	}
	link, err := s.Link(ctx, WelcomeLink, r.ID, r.Email, "seed")
	wantOK(t, err)
	s.now.Add((6 * 24 * time.Hour).Milliseconds())
	token := link[strings.LastIndex(link, "/")+1:]
	wantOK(t, s.CheckToken(ctx, ResetLink, token))
	wantOK(t, s.ResetPassword(ctx, token, ashaPassword))
	if u, err := s.Student(ctx, r.ID); err != nil || u.VerifiedAt.IsZero() {
		t.Errorf("the address isn't confirmed: %v", err)
	}
	wantFault(t, s.ResetPassword(ctx, token, otherPassword), fault.NotFound)
	_, _, err = s.LogIn(ctx, "asha.rao@example.com", ashaPassword, false, phone)
	wantOK(t, err)
}
