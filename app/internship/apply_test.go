package internship_test

import (
	"database/sql"
	"fmt"
	"testing"

	"lectern/app/account"
	"lectern/app/db"
	"lectern/app/fault"
	"lectern/app/internship"
)

func TestApply_OnceForEachAddress(t *testing.T) {
	w := newWorld(t)
	p := w.post("Writing", nil)
	for _, err := range together(12, func(i int) error {
		f := form("Asha")
		f.CoverLetter = fmt.Sprint("Letter ", i)
		_, err := w.in.Apply(ctx, p.Slug, f)
		return err
	}) {
		w.must(err)
	}
	if w.count(`SELECT count(*) FROM applications`) != 1 || w.count(`SELECT count(*) FROM outbox`) != 2 || w.count(`SELECT count(*) FROM audit WHERE action = 'application.send'`) != 1 {
		t.Errorf("%d applications, %d letters", w.count(`SELECT count(*) FROM applications`), w.count(`SELECT count(*) FROM outbox`))
	}
	if w.count(`SELECT count(*) FROM outbox WHERE kind = 'application_received' AND recipient = 'asha@example.com'`) != 1 || w.count(`SELECT count(*) FROM outbox WHERE kind = 'new_application' AND recipient = ''`) != 1 {
		t.Error("both sides are to be told")
	}
	if w.count(`SELECT count(*) FROM audit WHERE detail LIKE '%@%'`)+w.count(`SELECT count(*) FROM outbox WHERE payload LIKE '%@%' OR payload LIKE '%Letter%'`) != 0 {
		t.Error("personal data where only ids belong")
	}
	w.apply(p, "Bala")
	_, err := w.in.Apply(ctx, p.Slug, internship.ApplyForm{Name: " ", Email: "x", Phone: "1", CoverLetter: " "})
	f, ok := err.(*fault.Fault)
	if !ok {
		t.Fatal(err)
	}
	for _, field := range []string{"name", "email", "phone", "cover_letter"} {
		if f.Fields[field].Key == "" {
			t.Errorf("nothing is said about %s", field)
		}
	}
	if _, err := w.in.Apply(ctx, "nothing", form("Asha")); !fault.Is(err, fault.NotFound) {
		t.Error(err)
	}
}

func TestApply_ForSomebodyElse(t *testing.T) {
	w := newWorld(t)
	p, asha := w.post("Writing", nil), db.NewID()
	w.user(asha, "Asha", "student")
	for _, name := range []string{"Asha", "Bala"} {
		f := form(name)
		f.UserID = asha
		_, err := w.in.Apply(ctx, p.Slug, f)
		w.must(err)
	}
	if w.count(`SELECT count(*) FROM applications`) != 2 || w.count(`SELECT count(*) FROM applications WHERE user_id = $1`, asha) != 1 {
		t.Error("a brother's application is lost, or takes the place of one's own")
	}
	if a, err := w.in.Of(ctx, asha, p.ID); err != nil || a.Name != "Asha" {
		t.Errorf("%+v, %v", a, err)
	}
	bala := db.NewID()
	w.user(bala, "Bala", "student")
	if a, err := w.in.Of(ctx, bala, p.ID); err != nil || a.Name != "Bala" {
		t.Errorf("by his address: %+v, %v", a, err)
	}
}

func TestApply_AFloodDoesNotUseUpTheMail(t *testing.T) {
	w := newWorld(t)
	p := w.post("Writing", nil)
	for i := range 25 {
		w.apply(p, fmt.Sprintf("Student%c", 'a'+i))
	}
	if n, d := w.count(`SELECT count(*) FROM outbox WHERE kind = 'new_application'`), w.count(`SELECT count(*) FROM outbox WHERE kind = 'applications_digest'`); n != 20 || d != 1 {
		t.Errorf("%d letters and %d digests, want 20 and 1", n, d)
	}
	f := form("Bot")
	f.Trap = "https://example.com"
	if _, err := w.in.Apply(ctx, p.Slug, f); err != nil {
		t.Error(err)
	}
	if w.count(`SELECT count(*) FROM outbox WHERE recipient = 'bot@example.com'`) != 0 || w.count(`SELECT count(*) FROM applications WHERE suspect`) != 1 {
		t.Error("a program's application is told, or lost")
	}
}

func TestForget_LeavesNothingOfWhoApplied(t *testing.T) {
	w := newWorld(t)
	p, asha := w.post("Writing", nil), db.NewID()
	w.user(asha, "Asha", "student")
	id := w.apply(p, "Asha")
	w.must(w.in.AddNote(ctx, w.chitra, id, "Called her.", ""))
	w.apply(p, "Bala")
	w.must(w.d.InTx(ctx, func(tx *sql.Tx) error {
		return internship.Forget(ctx, tx, account.User{ID: asha, EmailNorm: "asha@example.com"})
	}))
	if w.count(`SELECT count(*) FROM applications`) != 1 || w.count(`SELECT count(*) FROM application_notes`) != 0 || w.count(`SELECT count(*) FROM terms WHERE id = $1`, id) != 0 {
		t.Error("something of it is left, or of another gone")
	}
}
