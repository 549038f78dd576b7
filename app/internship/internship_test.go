package internship_test

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"lectern/app/account"
	"lectern/app/db"
	"lectern/app/dbtest"
	"lectern/app/fault"
	"lectern/app/internship"
	"lectern/app/lang"
	"lectern/app/school"
)

var ctx = context.Background()

// world is a school with an admin, its internships and who applies.
type world struct {
	*testing.T
	d      *db.DB
	in     *internship.Service
	ms     atomic.Int64
	chitra string
}

func newWorld(t *testing.T) *world {
	t.Helper()
	t.Parallel()
	w := &world{T: t, d: dbtest.New(t), chitra: db.NewID()}
	w.ms.Store(time.Date(2026, 11, 23, 14, 5, 0, 0, time.UTC).UnixMilli())
	now := func() time.Time { return db.Time(w.ms.Load()) }
	s := school.New(school.Options{DB: w.d, Now: now, First: school.First{TimeZone: "Asia/Kolkata"}})
	w.must(s.Seed(ctx))
	w.in = internship.New(internship.Options{DB: w.d, School: s, Country: "IN", Now: now})
	w.user(w.chitra, "Chitra", "admin")
	return w
}

func (w *world) user(id, name, role string) {
	w.Helper()
	w.must(w.d.InTx(ctx, func(tx *sql.Tx) error {
		return db.Exec(ctx, tx, `INSERT INTO users (id, email, email_norm, name, password_hash, role, created_at) VALUES ($1, $2, $2, $3, '', $4, 1)`,
			id, strings.ToLower(name)+"@example.com", name, role)
	}))
}

func (w *world) must(err error) {
	w.Helper()
	if err != nil {
		w.Fatal(err)
	}
}

func (w *world) count(query string, args ...any) int {
	w.Helper()
	n, err := db.Value[int](ctx, w.d.Read(), query, args...)
	w.must(err)
	return n
}

func (w *world) later(d time.Duration) { w.ms.Add(d.Milliseconds()) }

// post adds a published internship.
func (w *world) post(title string, change func(*internship.Post)) internship.Post {
	w.Helper()
	p := internship.Post{Title: title}
	if change != nil {
		change(&p)
	}
	p, err := w.in.Create(ctx, w.chitra, p)
	w.must(err)
	w.must(w.in.Move(ctx, w.chitra, p.ID, internship.Draft, internship.Published))
	return p
}

func form(name string) internship.ApplyForm {
	return internship.ApplyForm{Name: name, Email: strings.ToLower(name) + "@example.com", Phone: "98765 43210", CoverLetter: "I can write."}
}

// apply sends somebody's application and returns its id.
func (w *world) apply(p internship.Post, name string) string {
	w.Helper()
	_, err := w.in.Apply(ctx, p.Slug, form(name))
	w.must(err)
	id, err := db.Value[string](ctx, w.d.Read(), `SELECT id FROM applications WHERE internship_id = $1 AND email_norm = $2`, p.ID, strings.ToLower(name)+"@example.com")
	w.must(err)
	return id
}

func (w *world) money(amount int64) lang.Money { return lang.Money{Amount: amount, Currency: "INR"} }

func together(n int, do func(i int) error) []error {
	var wg sync.WaitGroup
	errs := make([]error, n)
	for i := range n {
		wg.Go(func() { errs[i] = do(i) })
	}
	wg.Wait()
	return errs
}

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
