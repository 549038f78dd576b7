package students_test

import (
	"database/sql"
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"lectern/app/account"
	"lectern/app/db"
	"lectern/app/fault"
	"lectern/app/jobs"
	"lectern/app/mail"
	"lectern/app/students"
)

// draft selects all students for an action.
func (w *world) draft(action string) string {
	w.Helper()
	id, err := w.Select(w.Context(), "chitra", action, students.Selection{All: &account.StudentQuery{}})
	w.ok(err)
	return id
}

func TestSelect(t *testing.T) {
	w := newWorld(t)
	asha, bala := w.student("Asha"), w.student("Bala")
	_, err := w.Select(t.Context(), "chitra", students.Tag, students.Selection{})
	w.wantFault(err, fault.Invalid)
	_, err = w.Select(t.Context(), "chitra", "sing", students.Selection{IDs: []string{asha.ID}})
	w.wantFault(err, fault.Invalid)
	_, err = w.Select(t.Context(), "chitra", students.Tag, students.Selection{IDs: []string{"nobody", "chitra"}})
	w.wantFault(err, fault.Invalid)
	for name, sel := range map[string]students.Selection{"ids": {IDs: []string{bala.ID, "chitra", bala.ID, "nobody"}}, "found": {All: &account.StudentQuery{Q: "bal"}}} {
		id, err := w.Select(t.Context(), "chitra", students.Tag, sel)
		w.ok(err)
		items, err := jobs.Items(t.Context(), w.db.Read(), id, jobs.Query{Limit: 9})
		if err != nil || len(items) != 1 || items[0].Subject != bala.ID || !slices.Equal(items[0].Cells, []string{"Bala", "bala@example.com"}) {
			t.Errorf("%s: %+v, %v", name, items, err)
		}
	}
}

func TestBulk_EnrollTagDeactivate(t *testing.T) {
	w := newWorld(t)
	asha := w.student("Asha")
	gone := w.student("Gone")
	w.ok(w.Accounts.Deactivate(t.Context(), "chitra", gone.ID))
	w.ok(w.Accounts.AddTags(t.Context(), "chitra", asha.ID, "Evening"))
	id := w.draft(students.Enroll)
	w.wantFault(w.Decide(t.Context(), "chitra", id, students.BulkOptions{Course: "none"}), fault.Invalid)
	w.ok(w.Decide(t.Context(), "chitra", id, students.BulkOptions{Course: w.python.ID, Reason: "scholarship", Letters: true}))
	if got, want := w.results(id), []string{"1 wrong account.inactive", "2 done bulk.did.enroll"}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	if n := w.count(`SELECT count(*) FROM outbox WHERE kind = 'enrolled' AND user_id = $1`, asha.ID); n != 1 {
		t.Errorf("%d letters", n)
	}
	for _, tt := range []struct {
		kind string
		o    students.BulkOptions
		want []string
	}{
		{students.Enroll, students.BulkOptions{Course: w.python.ID, Reason: "again"}, []string{"1 wrong account.inactive", "2 kept bulk.kept.enroll"}},
		{students.Tag, students.BulkOptions{Tags: "evening"}, []string{"1 done bulk.did.tag", "2 kept bulk.kept.tag"}},
		{students.Untag, students.BulkOptions{Tags: "EVENING, none"}, []string{"1 done bulk.did.untag", "2 done bulk.did.untag"}},
		{students.Deactivate, students.BulkOptions{}, []string{"1 kept bulk.kept.deactivate", "2 done bulk.did.deactivate"}},
	} {
		id := w.draft(tt.kind)
		w.ok(w.Decide(t.Context(), "chitra", id, tt.o))
		if got := w.results(id); !slices.Equal(got, tt.want) {
			t.Errorf("%s: got %q, want %q", tt.kind, got, tt.want)
		}
	}
}

func TestBulk_MessageIsSentOnceHoweverOftenTheButtonIsPressed(t *testing.T) {
	w := newWorld(t)
	for i := range 7 {
		w.student(fmt.Sprintf("S%d", i))
	}
	id := w.draft(students.Message)
	w.wantFault(w.Decide(t.Context(), "chitra", id, students.BulkOptions{Subject: "x"}), fault.Invalid)
	w.wantFault(w.Sketch(t.Context(), id, students.BulkOptions{Text: strings.Repeat("x", 20_001)}), fault.Invalid)
	var won atomic.Int32
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			err := w.Decide(t.Context(), "chitra", id, students.BulkOptions{Subject: "Hello", Text: "Dear {name}"})
			if err == nil {
				won.Add(1)
			} else if !fault.Is(err, fault.Conflict) {
				t.Error(err)
			}
		})
	}
	all.Wait()
	w.results(id)
	w.results(id)
	if n := w.count(`SELECT count(*) FROM outbox WHERE kind = 'circular' AND priority = 5`); won.Load() != 1 || n != 7 {
		t.Errorf("%d sent it, %d letters", won.Load(), n)
	}
	w.wantFault(w.Sketch(t.Context(), id, students.BulkOptions{}), fault.Conflict)
}

func TestWrite_OnceForEachKey(t *testing.T) {
	w := newWorld(t)
	asha := w.student("Asha")
	key := db.NewID()
	var all sync.WaitGroup
	for range 6 {
		all.Go(func() {
			if err := w.Write(t.Context(), "chitra", asha.ID, key, "Fees", "Dear {name}"); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	notices, err := w.Notices(t.Context(), asha.ID)
	if err != nil || len(notices) != 1 || notices[0].Subject != "Fees" || notices[0].By != "Chitra" || notices[0].Sent != "queued" {
		t.Errorf("%+v, %v", notices, err)
	}
	w.wantFault(w.Write(t.Context(), "chitra", "nobody", "", "x", "y"), fault.NotFound)
	w.wantFault(w.Write(t.Context(), "chitra", asha.ID, "", "", " "), fault.Invalid)
	w.ok(w.Accounts.Deactivate(t.Context(), "chitra", asha.ID))
	w.wantFault(w.Write(t.Context(), "chitra", asha.ID, "", "x", "y"), fault.Conflict)
}

// secrets are what nothing may hold any more after somebody was deleted.
func TestErase_LeavesNoTrace(t *testing.T) {
	w := newWorld(t)
	j := w.read("name,email,phone,tags,note,course\nZulaikha Qadri,zulaikha@example.com,98765 43210,quarrelsome,owes money,"+w.python.Slug, func(o *students.ImportOptions) { o.Letters = true })
	w.run(j.ID)
	id := ""
	w.tx(func(tx *sql.Tx) (err error) {
		id, err = db.Value[string](t.Context(), tx, `SELECT id FROM users WHERE role = 'student'`)
		return err
	})
	w.ok(w.Write(t.Context(), "chitra", id, "", "Your debt", "Dear {name}, pay."))
	w.tx(func(tx *sql.Tx) error {
		return mail.Enqueue(t.Context(), tx, w.Now(), mail.To{UserID: id, Address: "zulaikha@example.com"}, mail.AddressChanged{Old: "zulaikha@example.com", New: "x"})
	})
	w.tx(func(tx *sql.Tx) error {
		return db.Exec(t.Context(), tx, `UPDATE outbox SET status = 'sent', sent_at = 1 WHERE kind = 'address_changed'`)
	})
	w.tx(func(tx *sql.Tx) error {
		for _, row := range []string{
			`INSERT INTO factors (id, user_id, kind, name, secret, created_at) VALUES ('f', $1, 'totp', 'Zulaikha''s phone', 's', 1)`,
			`INSERT INTO recovery_codes (user_id, n, hash) VALUES ($1, 0, 'h')`,
			`INSERT INTO devices (hash, user_id, created_at, seen_at) VALUES ('h', $1, 1, 1)`,
			`INSERT INTO steps (hash, kind, user_id, remember, how, expires_at) VALUES ('h', 'login', $1, TRUE, '', 1)`,
		} {
			if err := db.Exec(t.Context(), tx, row, id); err != nil {
				return err
			}
		}
		return nil
	})
	w.wantFault(w.Erase(t.Context(), "chitra", id, false), fault.Invalid)
	w.wantFault(w.Erase(t.Context(), "chitra", "chitra", true), fault.Forbidden)
	w.wantFault(w.Erase(t.Context(), id, id, true), fault.Forbidden)
	w.wantFault(w.Erase(t.Context(), "chitra", "nobody", true), fault.NotFound)
	w.ok(w.Erase(t.Context(), "chitra", id, true))
	w.wantFault(w.Erase(t.Context(), "chitra", id, true), fault.Conflict)

	for _, table := range []string{"users", "user_notes", "user_tags", "terms", "outbox", "jobs", "job_items", "notices", "notice_readers", "sessions", "tokens", "grants", "audit"} {
		for _, row := range w.rows(table) {
			for _, secret := range []string{"zulaikha", "qadri", "98765", "owes", "debt", "quarrelsome"} {
				if strings.Contains(strings.ToLower(row), secret) {
					t.Errorf("%s still says %q: %s", table, secret, row)
				}
			}
		}
	}
	for _, table := range []string{"factors", "recovery_codes", "devices", "steps"} {
		if n := w.count(`SELECT count(*) FROM ` + table); n != 0 {
			t.Errorf("%d rows of %s are left", n, table)
		}
	}
	u, err := w.Accounts.Student(t.Context(), id)
	if err != nil || u.Name != "Deleted student" || u.Email != id+"@deleted.invalid" || u.DeactivatedAt.IsZero() || u.ErasedAt.IsZero() || u.Phone != "" {
		t.Errorf("%+v, %v", u, err)
	}
	if n := w.count(`SELECT count(*) FROM grants WHERE user_id = $1`, id); n != 1 {
		t.Error("access is gone too")
	}
	w.wantFault(w.Accounts.Activate(t.Context(), "chitra", id), fault.Conflict)
	w.wantFault(w.Accounts.AddTags(t.Context(), "chitra", id, "x"), fault.Conflict)
	w.wantFault(w.Accounts.AddNote(t.Context(), "chitra", id, "x"), fault.Conflict)
	for _, status := range []string{"", "inactive"} {
		if rows, err := w.Accounts.Students(t.Context(), account.StudentQuery{Status: status, Limit: 9}); err != nil || len(rows) != 0 {
			t.Errorf("listed: %+v, %v", rows, err)
		}
	}
	w.now.Add(time.Hour.Milliseconds())
	again := w.read("zulaikha@example.com", nil)
	if got := w.run(again.ID); got[0] != "1 done import.did.new" {
		t.Errorf("the address can't be used again: %q", got)
	}
}

// rows are all rows of a table as text.
func (w *world) rows(table string) (all []string) {
	w.Helper()
	rows, err := w.db.Read().QueryContext(w.Context(), `SELECT * FROM `+table)
	w.ok(err)
	defer rows.Close()
	columns, err := rows.Columns()
	w.ok(err)
	for rows.Next() {
		cells := make([]any, len(columns))
		for i := range cells {
			cells[i] = new(any)
		}
		w.ok(rows.Scan(cells...))
		text := ""
		for _, c := range cells {
			switch v := (*c.(*any)).(type) {
			case []byte:
				text += string(v) + " "
			default:
				text += fmt.Sprint(v) + " "
			}
		}
		all = append(all, text)
	}
	w.ok(rows.Err())
	return all
}
