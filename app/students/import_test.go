package students_test

import (
	"context"
	"database/sql"
	"fmt"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"lectern/app/account"
	"lectern/app/db"
	"lectern/app/fault"
	"lectern/app/jobs"
	"lectern/app/students"
)

const list = `Full Name,E-mail,Mobile No.,Batch,Course,Remarks
Asha Rao,asha@example.com,98765 43210,"Evening, 2026",,began late
Bala,BALA@example.com,98765 43211,,programming WITH python,
No Mail,,,,,
Devi,devi@gmial.com,,,,
Asha again,Asha@Example.com,,,,
Eve,eve@example.com,12,,,
Farah,farah@example.com,,,Knitting,
Chitra,chitra@example.com,,,,
`

func TestImport_TellsBeforeWhatItDoes(t *testing.T) {
	w := newWorld(t)
	bala := w.student("Bala")
	j := w.read(list, nil)
	p, err := w.Look(t.Context(), w.db.Read(), j, 20)
	w.ok(err)
	if p.New != 1 || p.Known != 1 || p.Twins != 1 || p.Bad != 5 || p.Slips != 1 {
		t.Errorf("new %d, known %d, twice %d, bad %d, mistyped %d", p.New, p.Known, p.Twins, p.Bad, p.Slips)
	}
	why := map[int]string{}
	for _, v := range p.Rows {
		why[v.Position] = v.What + " " + v.Why.Key
	}
	for line, want := range map[int]string{2: "new ", 3: "known import.row.known", 4: "bad account.import.no_email", 5: "bad account.import.slip",
		6: "twin import.row.twin", 7: "bad account.phone.bad", 8: "bad import.row.course", 9: "bad account.import.staff"} {
		if why[line] != want {
			t.Errorf("row %d: %q, want %q", line, why[line], want)
		}
	}
	if n := w.count(`SELECT count(*) FROM users`); n != 2 {
		t.Errorf("looking made %d users", n)
	}
	got := w.run(j.ID)
	want := []string{"2 done import.did.new", "3 done import.did.in", "4 wrong account.import.no_email", "5 wrong account.import.slip", "6 kept import.row.twin",
		"7 wrong account.phone.bad", "8 wrong import.row.course", "9 wrong account.import.staff"}
	if !slices.Equal(got, want) {
		t.Errorf("got %q\nwant %q", got, want)
	}
	now, err := w.Accounts.Student(t.Context(), bala.ID)
	if err != nil || now.Name != "Bala" || now.Email != "bala@example.com" || now.Phone != "+919876543211" {
		t.Errorf("%+v, %v: nothing but the missing number was to be written", now, err)
	}
	for q, n := range map[string]int{"evening": 1, "2026": 1, "began": 0, "98765 43211": 1} {
		if rows, err := w.Accounts.Students(t.Context(), account.StudentQuery{Q: q, Limit: 9}); err != nil || len(rows) != n {
			t.Errorf("search for %q finds %d, %v", q, len(rows), err)
		}
	}
	if n := w.count(`SELECT count(*) FROM outbox`); n != 0 {
		t.Errorf("%d letters that nobody asked for", n)
	}
}

// The line: the same file again makes no duplicate, wherever the first run was killed.
func TestImport_KilledHalfWayResumedAndImportedAgain(t *testing.T) {
	w := newWorld(t)
	var b strings.Builder
	b.WriteString("name,email,phone,tags,note,course\n")
	rows, dies := 230, 100
	if os.Getenv("LECTERN_TEST_LONG") != "" {
		rows, dies = 10_000, 5_000
	}
	for i := range rows {
		fmt.Fprintf(&b, "Student %d,s%d@example.com,98765%05d,batch %d,note %d,%s\n", i, i, i, i%3, i, w.python.Slug)
	}
	counts := func() string {
		return fmt.Sprint(w.count(`SELECT count(*) FROM users`), w.count(`SELECT count(*) FROM grants`), w.count(`SELECT count(*) FROM enrollments`),
			w.count(`SELECT count(*) FROM user_tags`), w.count(`SELECT count(*) FROM user_notes`), w.count(`SELECT count(*) FROM terms`), w.count(`SELECT count(*) FROM outbox`))
	}
	letters := func(o *students.ImportOptions) { o.Letters = true; o.Tags = "all" }
	first := w.read(b.String(), letters)
	begin := time.Now()
	w.ok(w.StartImport(t.Context(), "chitra", first.ID))
	ctx, kill := context.WithCancel(t.Context())
	dying := jobs.NewRunner(jobs.RunnerOptions{DB: w.db, Kinds: map[string]jobs.Kind{students.Import: {Chunk: 20, Do: killAfter(w.Kinds()[students.Import], dies+10, kill)}}, Now: w.Now})
	_ = dying.RunDue(ctx)
	if n := w.count(`SELECT count(*) FROM users`); n != 1+dies {
		t.Fatalf("%d users, want those of whole chunks", n)
	}
	w.now.Add(time.Minute.Milliseconds())
	w.ok(w.jobs.RunDue(t.Context()))
	took := time.Since(begin)
	t.Logf("%d students imported in %s", rows, took)
	if took > 30*time.Second {
		t.Errorf("%d students took %s", rows, took)
	}
	want := counts()
	if !strings.HasPrefix(want, fmt.Sprintf("%d %d %d %d %d ", rows+1, rows, rows, 2*rows, rows)) || !strings.HasSuffix(want, fmt.Sprint(" ", rows)) {
		t.Errorf("after the first import: %s", want)
	}
	again := w.read(b.String(), letters)
	w.ok(w.StartImport(t.Context(), "chitra", again.ID))
	w.ok(w.jobs.RunDue(t.Context()))
	if got := counts(); got != want {
		t.Errorf("after the second: %s, want %s", got, want)
	}
	if c, err := jobs.Count(t.Context(), w.db.Read(), again.ID); err != nil || c.Unchanged != rows {
		t.Errorf("%+v, %v", c, err)
	}
}

func TestImport_TwoOfTheSameFileAtOnce(t *testing.T) {
	w := newWorld(t)
	table := "name,email,phone,tags,course\n"
	for i := range 60 {
		table += fmt.Sprintf("S %d,s%d@example.com,98765%05d,a,%s\n", i, i, i, w.python.Slug)
	}
	first, second := w.read(table, nil), w.read(table, nil)
	w.ok(w.StartImport(t.Context(), "chitra", first.ID))
	w.ok(w.StartImport(t.Context(), "chitra", second.ID))
	var all sync.WaitGroup
	for range 3 {
		all.Go(func() {
			if err := w.jobs.RunDue(t.Context()); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	w.now.Add(time.Minute.Milliseconds())
	w.ok(w.jobs.RunDue(t.Context()))
	for table, want := range map[string]int{"users": 61, "grants": 60, "enrollments": 60, "user_tags": 60} {
		if n := w.count(`SELECT count(*) FROM ` + table); n != want {
			t.Errorf("%d %s, want %d", n, table, want)
		}
	}
	w.wantFault(w.StartImport(t.Context(), "chitra", first.ID), fault.Conflict)
}

func TestImport_Options(t *testing.T) {
	w := newWorld(t)
	w.student("Bala")
	j := w.read("asha@example.com\nbala@example.com\ndevi@gmial.com\n", func(o *students.ImportOptions) {
		o.Course, o.Reason, o.Tags, o.Letters, o.Slips = w.python.ID, "batch of 2026", "Evening, new", true, true
	})
	if got, want := w.run(j.ID), []string{"1 done import.did.new_in", "2 done import.did.in", "3 done import.did.new_in"}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	kinds, err := db.All(t.Context(), w.db.Read(), func(row db.Scanner) (k string, err error) { return k, row.Scan(&k) }, `SELECT kind FROM outbox ORDER BY kind`)
	if err != nil || !slices.Equal(kinds, []string{"enrolled", "invited", "invited"}) {
		t.Errorf("letters %q, %v", kinds, err)
	}
	rows, err := w.Accounts.Students(t.Context(), account.StudentQuery{Tag: "evening", Course: w.python.ID, Limit: 9})
	if err != nil || len(rows) != 3 || rows[0].Name != "devi" || !slices.Equal(rows[0].Tags, []string{"Evening", "new"}) {
		t.Errorf("%+v, %v", rows, err)
	}
	if n := w.count(`SELECT count(*) FROM grants WHERE source = 'import' AND reason = 'batch of 2026' AND created_by = 'chitra'`); n != 3 {
		t.Errorf("%d grants say why", n)
	}
	bad := w.read("a@example.com,b@example.com", nil)
	for name, o := range map[string]students.ImportOptions{"no address": {}, "twice": {Columns: map[string]int{"email": 0, "name": 0}},
		"no course": {Columns: map[string]int{"email": 0}, Course: "none"}, "tag": {Columns: map[string]int{"email": 0}, Tags: strings.Repeat("x", 50)},
		"reason": {Columns: map[string]int{"email": 0}, Reason: strings.Repeat("x", 501)}} {
		if err := w.Prepare(t.Context(), bad.ID, o); !fault.Is(err, fault.Invalid) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// killAfter is a kind whose process is killed when it is at its nth item.
func killAfter(kind jobs.Kind, n int, kill func()) func(context.Context, *sql.Tx, jobs.Job, jobs.Item) (jobs.Result, error) {
	return func(ctx context.Context, tx *sql.Tx, j jobs.Job, it jobs.Item) (jobs.Result, error) {
		if n--; n == 0 {
			kill()
		}
		return kind.Do(ctx, tx, j, it)
	}
}
