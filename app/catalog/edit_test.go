package catalog_test

import (
	"database/sql"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"lectern/app/audit"
	"lectern/app/catalog"
	"lectern/app/db"
	"lectern/app/dbtest"
	"lectern/app/fault"
	"lectern/app/lang"
)

func TestEdit_NothingIsOverwrittenInSilence(t *testing.T) {
	t.Parallel()
	s, d := open(t)
	c := create(t, s, d, catalog.Course{Title: "Python", Price: lang.Money{Amount: 49900}})
	mine := c
	mine.Title, mine.Outcomes, mine.Price.Amount, mine.Status = "Python 3", []string{"Write"}, 1, catalog.Draft
	var saved catalog.Course
	for range 2 { // sent twice
		var err error
		if saved, err = s.Edit(ctx, "chitra", c.ID, mine); err != nil {
			t.Fatal(err)
		}
	}
	if saved.Title != "Python 3" || saved.Version != 2 || saved.Price != c.Price || saved.Status != c.Status {
		t.Errorf("got %+v", saved)
	}
	theirs := c
	theirs.Title = "Snakes"
	if _, err := s.Edit(ctx, "bala", c.ID, theirs); !fault.Is(err, fault.Conflict) {
		t.Errorf("over another's save: %v", err)
	}
	if got, err := s.ByID(ctx, c.ID); err != nil || got.Title != "Python 3" {
		t.Errorf("got %+v, %v", got, err)
	}
	theirs.Version = 2 // knowingly
	if _, err := s.Edit(ctx, "bala", c.ID, theirs); err != nil {
		t.Error(err)
	}
	if entries, err := audit.List(ctx, d.Read(), audit.Query{Action: "course.edit", Limit: 9}); err != nil || len(entries) != 2 {
		t.Errorf("%d edits are written down, %v", len(entries), err)
	}
	for q, n := range map[string]int{"snakes": 1, "python": 0} {
		if l, err := s.List(ctx, catalog.ListQuery{Q: q}); err != nil || l.Total != n {
			t.Errorf("%q finds %d, %v", q, l.Total, err)
		}
	}
}

func TestEdit_OneWins(t *testing.T) {
	t.Parallel()
	s, d := open(t)
	c := create(t, s, d, catalog.Course{Title: "Python"})
	var won atomic.Int32
	var wg sync.WaitGroup
	for i := range 12 {
		wg.Go(func() {
			mine := c
			mine.Title = fmt.Sprint("Python ", i)
			if _, err := s.Edit(ctx, "chitra", c.ID, mine); err == nil {
				won.Add(1)
			} else if !fault.Is(err, fault.Conflict) {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if won.Load() != 1 {
		t.Errorf("%d saves went through", won.Load())
	}
}

func TestEdit_OldAddressesLeadOn(t *testing.T) {
	t.Parallel()
	s, d := open(t)
	c := create(t, s, d, catalog.Course{Title: "Python"})
	other := create(t, s, d, catalog.Course{Title: "Java"})
	draft := create(t, s, d, catalog.Course{Title: "Hidden", Status: catalog.Draft})
	move := func(c catalog.Course, slug string) (catalog.Course, error) {
		c.Slug = slug
		return s.Edit(ctx, "chitra", c.ID, c)
	}
	c, err := move(c, "snakes")
	if err != nil {
		t.Fatal(err)
	}
	if got, err := s.BySlug(ctx, "python"); err != nil || got.Slug != "snakes" {
		t.Errorf("the old address leads to %q, %v", got.Slug, err)
	}
	for _, slug := range []string{"python", "snakes", ""} {
		if _, err := move(other, slug); !fault.Is(err, fault.Invalid) {
			t.Errorf("%q is taken: %v", slug, err)
		}
	}
	if made, err := tryCreate(s, d, catalog.Course{Title: "Python", Level: "Advanced"}); err != nil || made.Slug != "python-2" {
		t.Errorf("a new course takes %q, %v", made.Slug, err)
	}
	if _, err := tryCreate(s, d, catalog.Course{Title: "P", Slug: "python", Level: "Advanced"}); !fault.Is(err, fault.Invalid) {
		t.Errorf("an old address given to a new course: %v", err)
	}
	if c, err = move(c, "python"); err != nil || c.Slug != "python" {
		t.Errorf("back again: %v", err)
	}
	if got, err := s.BySlug(ctx, "snakes"); err != nil || got.Slug != "python" {
		t.Errorf("the other way: %q, %v", got.Slug, err)
	}
	if _, err = move(draft, "shown"); err != nil {
		t.Fatal(err)
	}
	if _, err := s.AnyBySlug(ctx, "hidden"); !fault.Is(err, fault.NotFound) {
		t.Errorf("an address that was never public: %v", err)
	}
}

func TestEdit_TwoTakeOneAddress(t *testing.T) {
	t.Parallel()
	s, d := open(t)
	var all []catalog.Course
	for i := range 6 {
		all = append(all, create(t, s, d, catalog.Course{Title: fmt.Sprint("Course ", i)}))
	}
	var won atomic.Int32
	var wg sync.WaitGroup
	for _, c := range all {
		wg.Go(func() {
			c.Slug = "wanted"
			_, err := s.Edit(ctx, "chitra", c.ID, c)
			switch {
			case err == nil:
				won.Add(1)
			case !fault.Is(err, fault.Invalid):
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if won.Load() != 1 {
		t.Errorf("%d courses have it", won.Load())
	}
}

func exec(t *testing.T, d *db.DB, query string, args ...any) {
	t.Helper()
	if err := d.InTx(ctx, func(tx *sql.Tx) error { return db.Exec(ctx, tx, query, args...) }); err != nil {
		t.Fatal(err)
	}
}

// student adds a student, and an order of that status for the course where one is given.
func student(t *testing.T, d *db.DB, courseID, order string) string {
	t.Helper()
	id := db.NewID()
	exec(t, d, `INSERT INTO users (id, email, email_norm, name, password_hash, created_at) VALUES ($1, $1, $1, 'Asha', '', 0)`, id)
	if order != "" {
		exec(t, d, `INSERT INTO orders (id, code, pay_token, user_id, item_kind, item_id, title, price, currency, status, created_at, expires_at)
			VALUES ($1, $1, $1, $1, 'course', $2, 'x', 100, 'INR', $3, 0, 0)`, id, courseID, order)
	}
	return id
}

func TestStatus_TheWaysThereAre(t *testing.T) {
	t.Parallel()
	s, d := open(t)
	free := create(t, s, d, catalog.Course{Title: "Free"})
	wanted := create(t, s, d, catalog.Course{Title: "Wanted"})
	full := create(t, s, d, catalog.Course{Title: "Full"})
	draft := create(t, s, d, catalog.Course{Title: "Draft", Status: catalog.Draft})
	student(t, d, wanted.ID, "open")
	exec(t, d, `INSERT INTO enrollments (id, user_id, course_id, created_at) VALUES ('e', $1, $2, 0)`, student(t, d, "", ""), full.ID)
	for _, tt := range []struct {
		id   string
		do   func() error
		kind fault.Kind
		then string
	}{
		{wanted.ID, func() error { return s.Unpublish(ctx, "chitra", wanted.ID) }, fault.Conflict, "published"},
		{full.ID, func() error { return s.Unpublish(ctx, "chitra", full.ID) }, fault.Conflict, "published"},
		{full.ID, func() error { return s.Archive(ctx, "chitra", full.ID) }, 0, "archived"},
		{full.ID, func() error { return s.Archive(ctx, "chitra", full.ID) }, 0, "archived"},
		{full.ID, func() error { return s.Unpublish(ctx, "chitra", full.ID) }, fault.Conflict, "archived"},
		{full.ID, func() error { return s.Publish(ctx, "chitra", full.ID) }, 0, "published"},
		{draft.ID, func() error { return s.Archive(ctx, "chitra", draft.ID) }, fault.Conflict, "draft"},
		{free.ID, func() error { return s.Delete(ctx, "chitra", free.ID) }, fault.Conflict, "published"},
		{free.ID, func() error { return s.Unpublish(ctx, "chitra", free.ID) }, 0, "draft"},
		{free.ID, func() error { return s.Delete(ctx, "chitra", free.ID) }, 0, ""},
		{free.ID, func() error { return s.Delete(ctx, "chitra", free.ID) }, fault.NotFound, ""},
	} {
		if err := tt.do(); tt.kind == 0 && err != nil || tt.kind != 0 && !fault.Is(err, tt.kind) {
			t.Errorf("to %q: %v", tt.then, err)
		}
		if got, err := s.ByID(ctx, tt.id); got.Status != tt.then {
			t.Errorf("status %q, %v, want %q", got.Status, err, tt.then)
		}
	}
	student(t, d, draft.ID, "cancelled")
	if err := s.Delete(ctx, "chitra", draft.ID); !fault.Is(err, fault.Conflict) {
		t.Errorf("a draft that was ordered once: %v", err)
	}
}

func TestMove_AndFeature(t *testing.T) {
	t.Parallel()
	s, d := open(t)
	var all []catalog.Course
	for _, title := range []string{"A", "B", "C"} {
		all = append(all, create(t, s, d, catalog.Course{Title: title}))
	}
	order := func(want string) {
		t.Helper()
		l, err := s.List(ctx, catalog.ListQuery{})
		if got := fmt.Sprint(titles(l.Courses)); err != nil || got != want {
			t.Errorf("got %s, %v, want %s", got, err, want)
		}
	}
	for range 2 {
		if err := s.Move(ctx, "chitra", all[2].ID, catalog.Place{Before: all[0].ID}); err != nil {
			t.Fatal(err)
		}
		order("[C A B]")
	}
	if err := s.Move(ctx, "chitra", all[2].ID, catalog.Place{After: all[0].ID}); err != nil {
		t.Fatal(err)
	}
	order("[A C B]")
	if err := s.Move(ctx, "chitra", "none", catalog.Place{After: all[0].ID}); !fault.Is(err, fault.NotFound) {
		t.Error(err)
	}
	if err := s.Move(ctx, "chitra", all[0].ID, catalog.Place{After: "none"}); !fault.Is(err, fault.Conflict) {
		t.Error(err)
	}
	var wg sync.WaitGroup
	for i := range 9 {
		wg.Go(func() {
			if err := s.Move(ctx, "chitra", all[i%3].ID, catalog.Place{After: all[(i+1)%3].ID}); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if n, err := db.Value[int](ctx, d.Read(), `SELECT count(DISTINCT position) FROM courses WHERE position BETWEEN 1 AND 3`); err != nil || n != 3 {
		t.Errorf("%d places, %v", n, err)
	}
	if err := s.Feature(ctx, "chitra", all[1].ID, true); err != nil {
		t.Fatal(err)
	}
	if list, err := s.Featured(ctx); err != nil || len(list) != 1 || list[0].Title != "B" {
		t.Errorf("featured %q, %v", titles(list), err)
	}
}

func TestDuplicateAndMake_OnceEach(t *testing.T) {
	t.Parallel()
	s, d := open(t)
	c := create(t, s, d, catalog.Course{Title: "Python", Featured: true, Price: lang.Money{Amount: 49900}}, catalog.Section{Title: "A", Lessons: []string{"a1"}})
	once := db.NewID()
	ids := map[string]bool{}
	var mu sync.Mutex
	var wg sync.WaitGroup
	for range 6 {
		wg.Go(func() {
			made, err := s.Duplicate(ctx, "chitra", c.ID, once, "Python (copy)")
			if err != nil {
				t.Error(err)
			}
			mu.Lock()
			defer mu.Unlock()
			ids[made.ID] = true
		})
	}
	wg.Wait()
	if len(ids) != 1 || !ids[once] {
		t.Errorf("copies: %v", ids)
	}
	made, err := s.ByID(ctx, once)
	if err != nil || made.Status != catalog.Draft || made.Featured || made.Price != c.Price || made.Slug != "python-copy" {
		t.Errorf("got %+v, %v", made, err)
	}
	if o, err := s.Outline(ctx, once); err != nil || len(o) != 1 || len(o[0].Lessons) != 1 {
		t.Errorf("outline %v, %v", o, err)
	}
	if other, err := s.Make(ctx, "chitra", catalog.Course{ID: "../x", Title: "Mine", Level: "Advanced"}); err != nil || len(other.ID) != 20 {
		t.Errorf("an id that can't be: %q, %v", other.ID, err)
	}
}

func TestPrice_NowAndLater(t *testing.T) {
	t.Parallel()
	now := start
	d := dbtest.New(t)
	s := catalog.New(catalog.Options{DB: d, Now: func() time.Time { return now }})
	c := create(t, s, d, catalog.Course{Title: "Python", Price: lang.Money{Amount: 49900}})
	costs := func(want int64) {
		t.Helper()
		got, err := s.BySlug(ctx, "python")
		l, err2 := s.List(ctx, catalog.ListQuery{})
		if err != nil || err2 != nil || got.Price.Amount != want || l.Courses[0].Price.Amount != want {
			t.Errorf("costs %d, in the list %d, %v, %v, want %d", got.Price.Amount, l.Courses[0].Price.Amount, err, err2, want)
		}
	}
	for range 2 {
		if err := s.SetPrice(ctx, "chitra", c.ID, 49900, 59900, time.Time{}); err != nil {
			t.Fatal(err)
		}
	}
	costs(59900)
	if err := s.SetPrice(ctx, "bala", c.ID, 49900, 39900, time.Time{}); !fault.Is(err, fault.Conflict) {
		t.Errorf("over another's price: %v", err)
	}
	later := now.Add(48 * time.Hour)
	if err := s.SetPrice(ctx, "chitra", c.ID, 59900, 0, later); err != nil {
		t.Fatal(err)
	}
	costs(59900)
	now = later.Add(-time.Millisecond)
	costs(59900)
	now = later // read-time: no loop has run
	costs(0)
	before := epoch(t, d)
	for range 2 {
		if err := s.ApplyPrices(ctx); err != nil {
			t.Fatal(err)
		}
	}
	if n := epoch(t, d); n != before+1 {
		t.Errorf("the epoch went from %d to %d", before, n)
	}
	costs(0)
	now = later.Add(-time.Hour) // the clock jumps back: what was carried out stays
	costs(0)
	now = later.Add(time.Hour)
	if err := s.SetPrice(ctx, "chitra", c.ID, 0, 69900, now.Add(time.Hour)); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if err := s.CancelPlan(ctx, "chitra", c.ID, now.Add(time.Hour)); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.CancelPlan(ctx, "chitra", c.ID, now); !fault.Is(err, fault.Conflict) {
		t.Errorf("taken back too late: %v", err)
	}
	now = now.Add(2 * time.Hour)
	costs(0)
	prices, err := s.Prices(ctx, c.ID)
	if err != nil || len(prices) != 3 || prices[0].Price.Amount != 0 || !prices[0].Since.Equal(later) || prices[2].Price.Amount != 49900 {
		t.Errorf("history %+v, %v", prices, err)
	}
	for _, amount := range []int64{-1, 1_000_000_000_001} {
		var f *fault.Fault
		if err := s.SetPrice(ctx, "chitra", c.ID, 0, amount, time.Time{}); !errors.As(err, &f) || f.Fields["price"].Key == "" {
			t.Errorf("%d: %v", amount, err)
		}
	}
}

func TestAdminList(t *testing.T) {
	t.Parallel()
	s, d := open(t)
	for i := range 5 {
		create(t, s, d, catalog.Course{Title: fmt.Sprint("Course ", i), Status: catalog.Statuses[i%3]}, catalog.Section{Title: "Basics", Lessons: []string{"x", "y"}})
	}
	var got []string
	after := ""
	for {
		rows, err := s.AdminList(ctx, catalog.AdminQuery{After: after, Limit: 2})
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range rows[:min(2, len(rows))] {
			got = append(got, r.Title)
			after = r.ID
			if r.Sections != 1 || r.Lessons != 2 || r.Enrolled != 0 {
				t.Errorf("counts %+v", r.Counts)
			}
		}
		if len(rows) <= 2 {
			break
		}
	}
	if fmt.Sprint(got) != "[Course 0 Course 1 Course 2 Course 3 Course 4]" {
		t.Errorf("got %q", got)
	}
	for q, n := range map[catalog.AdminQuery]int{{Status: "draft", Limit: 9}: 2, {Q: "bas", Limit: 9}: 5, {Q: "course 3", Limit: 9}: 1, {After: "none", Limit: 9}: 5, {Q: "zzz", Limit: 9}: 0} {
		if rows, err := s.AdminList(ctx, q); err != nil || len(rows) != n {
			t.Errorf("%+v finds %d, %v, want %d", q, len(rows), err, n)
		}
	}
}
