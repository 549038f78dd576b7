package learning_test

import (
	"database/sql"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"lectern/app/db"
	"lectern/app/learning"
	"lectern/app/search"
)

// crowd lets n students into a course, by hand; the access of the first few has ended.
func (f *fixture) crowd(n, old int, course string) {
	f.Helper()
	f.tx(func(tx *sql.Tx) error {
		for _, query := range []string{
			`INSERT INTO users (id, email, email_norm, name, password_hash, created_at) SELECT 'u' || i, 'u' || i, 'u' || i, 'Student', '', 1 FROM n`,
			`INSERT INTO enrollments (id, user_id, course_id, created_at, open_until) SELECT 'e' || i, 'u' || i, '` + course + `', 1, CASE WHEN k <= ` +
				fmt.Sprint(10000+old) + ` THEN 0 ELSE 9007199254740991 END FROM n`,
			`INSERT INTO grants (id, user_id, course_id, source, created_at, ended_at) SELECT 'g' || i, 'u' || i, '` + course + `', 'hand', 1, CASE WHEN k <= ` +
				fmt.Sprint(10000+old) + ` THEN 2 END FROM n`,
			`INSERT INTO terms (kind, term, id) SELECT 'student', CASE WHEN k <= ` + fmt.Sprint(10000+old) + ` THEN 'old' ELSE 'new' END, 'u' || i FROM n`,
		} {
			if err := db.Exec(ctx, tx, fmt.Sprintf(`WITH RECURSIVE c (i) AS (SELECT 10001 UNION ALL SELECT i + 1 FROM c WHERE i < %d), n (i, k) AS (SELECT CAST(i AS TEXT), i FROM c) `, 10000+n)+query); err != nil {
				return err
			}
		}
		return nil
	})
}

func (f *fixture) listed(q learning.EnrollmentQuery) (ids []string) {
	f.Helper()
	if q.Limit == 0 {
		q.Limit = 50
	}
	rows, err := f.learning.Enrollments(ctx, q)
	if err != nil {
		f.Fatal(err)
	}
	for _, r := range rows {
		ids = append(ids, r.UserID+" "+r.Course)
	}
	return ids
}

func TestEnrollments_WhoIsIn(t *testing.T) {
	f := open(t)
	for _, user := range []string{"asha", "bala"} {
		f.tx(func(tx *sql.Tx) error { return search.Put(ctx, tx, "student", user, user+" rao") })
	}
	f.grant(learning.GrantInput{UserID: "asha", CourseID: f.python.ID, Source: learning.ByHand, Reason: "Scholarship", At: now})
	f.grant(learning.GrantInput{UserID: "bala", CourseID: f.python.ID, Source: learning.Gift, Until: now.Add(-time.Minute), At: now})
	f.grant(learning.GrantInput{UserID: "asha", CourseID: f.free.ID, Source: learning.Free, At: now})
	asha1, bala, asha2 := "asha "+f.python.Title, "bala "+f.python.Title, "asha "+f.free.Title
	for _, c := range []struct {
		q    learning.EnrollmentQuery
		want []string
	}{
		{learning.EnrollmentQuery{}, []string{asha2, bala, asha1}},
		{learning.EnrollmentQuery{Status: learning.Open}, []string{asha2, asha1}},
		{learning.EnrollmentQuery{Status: learning.Ended}, []string{bala}},
		{learning.EnrollmentQuery{Course: f.python.ID}, []string{bala, asha1}},
		{learning.EnrollmentQuery{Course: f.python.ID, Status: learning.Open}, []string{asha1}},
		{learning.EnrollmentQuery{Q: "ra"}, []string{asha2, bala, asha1}},
		{learning.EnrollmentQuery{Q: "as rao"}, []string{asha2, asha1}},
		{learning.EnrollmentQuery{Q: "asha", Course: f.free.ID}, []string{asha2}},
		{learning.EnrollmentQuery{Q: f.python.Title}, []string{bala, asha1}},
		{learning.EnrollmentQuery{Q: f.python.Title, Status: learning.Ended}, []string{bala}},
		{learning.EnrollmentQuery{Q: f.python.Title, Course: f.free.ID}, nil},
		{learning.EnrollmentQuery{Q: "nobody"}, nil},
		{learning.EnrollmentQuery{Q: "'"}, nil},
	} {
		if got := f.listed(c.q); !slices.Equal(got, c.want) {
			t.Errorf("%+v: got %q, want %q", c.q, got, c.want)
		}
	}
	rows, err := f.learning.Enrollments(ctx, learning.EnrollmentQuery{Q: "asha", Course: f.python.ID, Limit: 5})
	if err != nil || len(rows) != 1 || !rows[0].Open || len(rows[0].Grants) != 1 || rows[0].Grants[0].Reason != "Scholarship" {
		t.Errorf("%+v, %v", rows, err)
	}
}

// In a list longer than the window, those that are rare are found as well, page by page.
func TestEnrollments_RareOnesAreFound(t *testing.T) {
	f := open(t)
	const n, old = 3100, 70
	f.crowd(n, old, f.python.ID)
	for _, q := range []learning.EnrollmentQuery{{Status: learning.Ended}, {Q: "old"}, {Q: "old", Status: learning.Ended}, {Q: "ol", Course: f.python.ID, Status: learning.Ended}} {
		q.Limit = 50
		first, err := f.learning.Enrollments(ctx, q)
		if err != nil || len(first) != 51 || first[0].UserID != fmt.Sprint("u", 10000+old) || first[0].Open {
			t.Fatalf("%+v: %d rows, %v", q, len(first), err)
		}
		q.After = first[49].ID
		if rest := f.listed(q); len(rest) != old-50 || rest[len(rest)-1] != "u10001 "+f.python.Title {
			t.Errorf("%+v: %d rows more, %q", q, len(rest), rest)
		}
	}
	for _, q := range []learning.EnrollmentQuery{{Q: "new", Status: learning.Ended}, {Q: "old", Status: learning.Open}} {
		if got := f.listed(q); got != nil {
			t.Errorf("%+v: got %q", q, got)
		}
	}
	if got := f.listed(learning.EnrollmentQuery{Status: learning.Open, After: "e10072", Limit: 5}); !slices.Equal(got, []string{"u10071 " + f.python.Title}) {
		t.Errorf("the last open one: %q", got)
	}
}

// Grants of one enrollment that end at the same time leave it ended: on PostgreSQL neither sees what the other does.
func TestEnrollments_EndedByTwoAtOnce(t *testing.T) {
	f := open(t)
	for range 20 {
		for _, source := range []string{learning.ByHand, learning.Free} {
			f.grant(learning.GrantInput{UserID: "asha", CourseID: f.python.ID, Source: source, At: now})
		}
		if got := f.listed(learning.EnrollmentQuery{Status: learning.Open}); len(got) != 1 {
			t.Fatalf("open: %q", got)
		}
		given, err := f.learning.Grants(ctx, "asha")
		if err != nil {
			t.Fatal(err)
		}
		var ends sync.WaitGroup
		for _, g := range given {
			if g.EndedAt.IsZero() {
				ends.Go(func() {
					if err := f.learning.EndGrant(ctx, g.ID, "chitra"); err != nil {
						t.Error(err)
					}
				})
			}
		}
		ends.Wait()
		if got := f.listed(learning.EnrollmentQuery{Status: learning.Ended}); len(got) != 1 {
			t.Fatalf("ended: %q", got)
		}
	}
}
