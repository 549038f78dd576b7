package report_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strconv"
	"testing"
	"time"

	"lectern/app/db"
	"lectern/app/dbtest"
	"lectern/app/report"
)

var ctx = context.Background()

// fixture is a school with rows put in by hand; what they say of other columns doesn't matter here.
type fixture struct {
	*testing.T
	db  *db.DB
	now time.Time
}

func open(t *testing.T, now time.Time) *fixture {
	f := &fixture{T: t, db: dbtest.New(t), now: now}
	f.user("chitra", "admin", now.AddDate(0, -6, 0))
	f.exec(`INSERT INTO courses (id, slug, title, level, price, currency, status, position, created_at) VALUES
		('python', 'python', 'Python', 'Foundational', 49900, 'INR', 'published', 2, 1),
		('web', 'web', 'Web', 'Foundational', 49900, 'INR', 'published', 1, 1),
		('old', 'old-one', 'Old', 'Foundational', 49900, 'INR', 'archived', 3, 1),
		('draft', 'draft', 'Draft', 'Foundational', 49900, 'INR', 'draft', 4, 1)`)
	return f
}

func (f *fixture) exec(query string, args ...any) {
	f.Helper()
	if err := f.db.InTx(ctx, func(tx *sql.Tx) error { return db.Exec(ctx, tx, query, args...) }); err != nil {
		f.Fatal(err)
	}
}

func (f *fixture) user(id, role string, at time.Time) {
	f.Helper()
	f.exec(`INSERT INTO users (id, email, email_norm, name, password_hash, role, created_at) VALUES ($1, $2, $2, $1, '', $3, $4)`,
		id, id+"@example.com", role, db.Millis(at))
}

func (f *fixture) enrolled(user, course string, at time.Time) {
	f.Helper()
	f.exec(`INSERT INTO enrollments (id, user_id, course_id, created_at) VALUES ($1, $2, $3, $4)`, user+course, user, course, db.Millis(at))
}

func (f *fixture) received(id string, amount int64, currency string, at time.Time) {
	f.Helper()
	f.exec(`INSERT INTO receipts (id, method, reference, amount, currency, recorded_at, recorded_by) VALUES ($1, 'upi', $1, $2, $3, $4, 'chitra')`,
		id, amount, currency, db.Millis(at))
}

func (f *fixture) order(id, code, user string) {
	f.Helper()
	f.exec(`INSERT INTO orders (id, code, pay_token, user_id, item_kind, item_id, title, price, currency, created_at, expires_at)
		VALUES ($1, $2, $1, $3, 'course', $1, 'Python', 49900, 'INR', 1, 2)`, id, code, user)
}

func (f *fixture) service(zone string) *report.Service {
	f.Helper()
	z, err := time.LoadLocation(zone)
	if err != nil {
		f.Fatal(err)
	}
	return report.New(report.Options{DB: f.db, Currency: "INR", Zone: func(context.Context) *time.Location { return z }, Now: func() time.Time { return f.now }})
}

func TestDays_BeginAtMidnightInTheSchoolsZone(t *testing.T) {
	f := open(t, time.Date(2026, 11, 23, 14, 5, 0, 0, time.UTC))
	midnight := time.Date(2026, 11, 22, 18, 30, 0, 0, time.UTC) // of 23 Nov in Kolkata
	f.user("asha", "student", midnight.Add(-time.Millisecond))
	f.user("bala", "student", midnight)
	f.user("devi", "admin", midnight)
	f.user("late", "student", midnight.AddDate(0, 0, 1)) // tomorrow already
	f.user("early", "student", midnight.AddDate(0, 0, -2).Add(-time.Millisecond))
	f.enrolled("asha", "python", midnight)
	f.enrolled("bala", "python", midnight.Add(time.Hour))
	f.enrolled("bala", "web", midnight.Add(-time.Hour))

	days, err := f.service("Asia/Kolkata").Days(ctx, 3)
	if err != nil {
		t.Fatal(err)
	}
	want := []report.Day{{}, {SignUps: 1, Enrollments: 1}, {SignUps: 1, Enrollments: 2}}
	if len(days) != len(want) {
		t.Fatalf("got %d days, want %d", len(days), len(want))
	}
	for i, d := range days {
		if start := d.Start.Format("2 Jan 15:04"); start != []string{"21 Nov 00:00", "22 Nov 00:00", "23 Nov 00:00"}[i] {
			t.Errorf("day %d starts at %s", i, start)
		}
		if d.Start = (time.Time{}); d != want[i] {
			t.Errorf("day %d: got %+v, want %+v", i, d, want[i])
		}
	}
}

func TestDays_OfTwentyFiveHoursHaveThemAll(t *testing.T) {
	f := open(t, time.Date(2026, 10, 26, 12, 0, 0, 0, time.UTC))
	f.user("asha", "student", time.Date(2026, 10, 24, 22, 0, 0, 0, time.UTC))                        // 25 Oct 00:00 summer time
	f.user("bala", "student", time.Date(2026, 10, 25, 23, 0, 0, 0, time.UTC).Add(-time.Millisecond)) // 25 Oct 23:59:59 winter time
	days, err := f.service("Europe/Berlin").Days(ctx, 2)
	if err != nil {
		t.Fatal(err)
	}
	if days[0].SignUps != 2 || days[1].SignUps != 0 {
		t.Errorf("got %+v", days)
	}
}

func TestDays_RevenueIsWhatStandsLessWhatWasGivenBack(t *testing.T) {
	f := open(t, time.Date(2026, 11, 23, 14, 5, 0, 0, time.UTC))
	yesterday, today := f.now.AddDate(0, 0, -1), f.now.Add(-time.Hour)
	f.user("asha", "student", yesterday)
	f.order("o1", "LN-0000-0001", "asha")
	f.received("r1", 49900, "INR", yesterday)
	f.received("r2", 10000, "INR", yesterday)
	f.exec(`UPDATE receipts SET voided_at = 1 WHERE id = 'r2'`)
	f.received("r3", 70000, "USD", yesterday)
	f.exec(`INSERT INTO refunds (id, order_id, receipt_id, amount, created_at, created_by, undone_at) VALUES
		('f1', 'o1', 'r1', 9900, $1, 'chitra', NULL), ('f2', 'o1', 'r1', 1000, $1, 'chitra', 5), ('f3', 'o1', 'r3', 1000, $1, 'chitra', NULL)`, db.Millis(today))
	days, err := f.service("Asia/Kolkata").Days(ctx, 2)
	if err != nil {
		t.Fatal(err)
	}
	if days[0].Revenue != 49900 || days[1].Revenue != -9900 {
		t.Errorf("got %d and %d, want 49900 and -9900", days[0].Revenue, days[1].Revenue)
	}
}

func TestTotals(t *testing.T) {
	f := open(t, time.Date(2026, 1, 15, 12, 0, 0, 0, time.UTC))
	newYear := time.Date(2025, 12, 31, 18, 30, 0, 0, time.UTC) // in Kolkata
	f.user("asha", "student", f.now)
	f.user("bala", "student", f.now)
	f.enrolled("asha", "python", f.now)
	f.received("r1", 100, "INR", newYear.Add(-time.Millisecond))
	f.received("r2", 20, "INR", newYear)
	f.received("r3", 3, "INR", time.Date(2025, 11, 30, 18, 29, 59, 0, time.UTC))
	got, err := f.service("Asia/Kolkata").Totals(ctx)
	if err != nil {
		t.Fatal(err)
	}
	if !got.MonthStart.Equal(newYear) {
		t.Errorf("the month starts at %v, want %v", got.MonthStart, newYear)
	}
	got.MonthStart = time.Time{}
	if want := (report.Totals{Students: 2, Enrollments: 1, Month: 20, LastMonth: 100}); got != want {
		t.Errorf("got %+v, want %+v", got, want)
	}
}

// What is remembered of past days must never differ from what a fresh look finds.
func TestTotals_AfterWhatComesLater(t *testing.T) {
	f := open(t, time.Date(2026, 1, 15, 12, 0, 0, 0, time.UTC))
	yesterday := f.now.AddDate(0, 0, -1)
	f.user("asha", "student", yesterday)
	f.order("o1", "LN-0000-0001", "asha")
	f.received("r1", 100, "INR", yesterday)
	f.received("r2", 20, "INR", yesterday)
	refund := `INSERT INTO refunds (id, order_id, receipt_id, amount, created_at, created_by) VALUES ($1, 'o1', 'r1', $2, $3, 'chitra')`
	f.exec(refund, "f1", 9, db.Millis(yesterday))
	f.exec(refund, "f2", 5, db.Millis(yesterday))
	s := f.service("Asia/Kolkata")
	same := func() {
		t.Helper()
		fresh := f.service("Asia/Kolkata")
		for range 2 {
			got, err := s.Totals(ctx)
			want, err2 := fresh.Totals(ctx)
			days, err3 := s.Days(ctx, 3)
			wantDays, err4 := fresh.Days(ctx, 3)
			if err := errors.Join(err, err2, err3, err4); err != nil {
				t.Fatal(err)
			}
			if got, want := fmt.Sprint(got, days), fmt.Sprint(want, wantDays); got != want {
				t.Errorf("got %s, want %s", got, want)
			}
		}
	}
	same()
	f.exec(`UPDATE receipts SET voided_at = 1 WHERE id = 'r2'`)
	f.exec(`UPDATE refunds SET undone_at = 1 WHERE id = 'f2'`)
	f.exec(refund, "f3", 2, db.Millis(f.now))
	f.exec(`UPDATE users SET role = 'cashier' WHERE id = 'asha'`)
	same()
	for i, pass := range []time.Duration{30 * time.Second, time.Hour, 26 * time.Hour, -2 * time.Hour} {
		f.now = f.now.Add(pass)
		id := "u" + strconv.Itoa(i)
		f.user(id, "student", f.now)
		f.enrolled(id, "python", f.now)
		f.received("later"+id, 1000, "INR", f.now)
		same()
	}
	if got, err := s.Totals(ctx); err != nil || got.Students != 4 || got.Enrollments != 4 || got.Month != 4089 {
		t.Errorf("got %+v, %v", got, err)
	}
}

func TestCourses_PublishedInTheirOrderThenArchived(t *testing.T) {
	got, err := open(t, time.Now()).service("UTC").Courses(ctx)
	if err != nil {
		t.Fatal(err)
	}
	want := []report.Course{{"web", "Web", false}, {"python", "Python", false}, {"old", "Old", true}}
	if len(got) != 3 || got[0] != want[0] || got[1] != want[1] || got[2] != want[2] {
		t.Errorf("got %+v, want %+v", got, want)
	}
}

// money is two orders of asha's, paid by one receipt, and one of bala's.
func money(t *testing.T) *fixture {
	f := open(t, time.Date(2026, 11, 23, 14, 5, 0, 0, time.UTC))
	f.user("asha", "student", f.now)
	f.user("bala", "student", f.now)
	f.order("o1", "LN-0000-0001", "asha")
	f.order("o2", "LN-0000-0002", "asha")
	f.order("o3", "LN-0000-0003", "bala")
	f.received("r1", 99800, "INR", f.now)
	f.received("r2", 49900, "INR", f.now)
	f.received("r3", 49900, "INR", f.now)
	f.exec(`INSERT INTO allocations (id, receipt_id, order_id, amount, created_at, created_by, ended_at) VALUES
		('a1', 'r1', 'o1', 49900, 1, 'chitra', NULL), ('a2', 'r1', 'o2', 49900, 1, 'chitra', 5), ('a3', 'r3', 'o3', 49900, 1, 'chitra', NULL)`)
	f.exec(`INSERT INTO claims (id, order_id, user_id, price, reference, tail, status, created_at, receipt_id) VALUES
		('c1', 'o1', 'asha', 49900, 'R1', 'R1', 'accepted', 1, 'r1'), ('c2', 'o1', 'asha', 49900, 'R2', 'R2', 'accepted', 1, 'r2')`) // c2: paid twice
	f.exec(`INSERT INTO refunds (id, order_id, receipt_id, amount, created_at, created_by, undone_at) VALUES
		('f1', 'o1', 'r2', 49900, 1, 'chitra', NULL), ('f2', 'o1', 'r1', 5, 1, 'chitra', 2)`)
	f.exec(`INSERT INTO grants (id, user_id, course_id, source, created_at) VALUES ('g1', 'asha', 'python', 'hand', 1)`)
	return f
}

func TestReceipts_OfTheStudentsOrdersOnly(t *testing.T) {
	f := money(t)
	got, err := f.service("UTC").Receipts(ctx, "asha")
	if err != nil {
		t.Fatal(err)
	}
	want := []report.Receipt{
		{ID: "r2", Amount: 49900, OrderCode: "LN-0000-0001", GivenBack: 49900},
		{ID: "r1", Amount: 99800, OrderCode: "LN-0000-0002"},
		{ID: "r1", Amount: 99800, OrderCode: "LN-0000-0001", Used: 49900},
	}
	if len(got) != len(want) {
		t.Fatalf("got %+v", got)
	}
	for i, w := range want {
		w.Method, w.Reference, w.Currency, w.At = "upi", w.ID, "INR", f.now
		if got[i] != w {
			t.Errorf("row %d: got %+v, want %+v", i, got[i], w)
		}
	}
}

func TestThings(t *testing.T) {
	s := money(t).service("UTC")
	got, err := s.Things(ctx, []string{"asha", "o1", "python", "g1", "c1", "r1", "o1", "nothing", ""})
	if err != nil {
		t.Fatal(err)
	}
	for id, want := range map[string]report.Thing{
		"asha":   {Kind: "user", Text: "asha", User: "asha", Name: "asha"},
		"o1":     {Kind: "order", Text: "LN-0000-0001", User: "asha", Name: "asha", Code: "LN-0000-0001"},
		"python": {Kind: "course", Text: "Python"},
		"g1":     {Kind: "grant", Text: "Python", User: "asha", Name: "asha"},
		"c1":     {Kind: "claim", Text: "R1", Code: "LN-0000-0001"},
		"r1":     {Kind: "receipt", Text: "r1"},
	} {
		if got[id] != want {
			t.Errorf("%s: got %+v, want %+v", id, got[id], want)
		}
	}
	if len(got) != 6 {
		t.Errorf("got %d things, want 6: %v", len(got), got)
	}
	if none, err := s.Things(ctx, nil); err != nil || len(none) != 0 {
		t.Errorf("of no ids: got %v, %v", none, err)
	}
}

func TestFind(t *testing.T) {
	s := money(t).service("UTC")
	for _, tt := range []struct{ word, kind, id string }{
		{"asha", "user", "asha"},
		{"asha@example.com", "user", "asha"},
		{"o1", "order", "o1"},
		{"LN-0000-0002", "order", "o2"},
		{"c2", "order", "o1"},
		{"old-one", "course", "old"},
		{"g1", "grant", "g1"},
		{"payment.verify", "", ""},
	} {
		if kind, id, err := s.Find(ctx, tt.word, "nothing"); err != nil || kind != tt.kind || id != tt.id {
			t.Errorf("%s: got %s %s, %v, want %s %s", tt.word, kind, id, err, tt.kind, tt.id)
		}
	}
}
