package account

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"testing"

	"lectern/app/db"
	"lectern/app/fault"
)

// enrol inserts students without hashing passwords for them.
func (s *school) enrol(names ...string) (ids []string) {
	s.t.Helper()
	ctx := context.Background()
	for i, name := range names {
		u := User{ID: db.NewID(), Email: fmt.Sprintf("s%d@example.com", i), EmailNorm: fmt.Sprintf("s%d@example.com", i), Name: name,
			Phone: fmt.Sprintf("+9198765432%02d", i), Role: RoleStudent, Lang: "en", CreatedAt: s.Now()}
		wantOK(s.t, s.DB.InTx(ctx, func(tx *sql.Tx) error { _, err := insertUser(ctx, tx, u, "none"); return err }))
		ids = append(ids, u.ID)
	}
	return ids
}

func rowNames(rows []StudentRow) (names []string) {
	for _, r := range rows {
		names = append(names, r.Name)
	}
	return names
}

func TestStudents_Search(t *testing.T) {
	s, ctx := newSchool(t), context.Background()
	s.enrol("Asha Rao", "आशा शर्मा", "Bala Krishnan", "Zoë Fernandes", "عائشہ خان")
	s.admin("asha.admin")
	for q, want := range map[string][]string{
		"asha":            {"Asha Rao"},
		"आशा":             {"आशा शर्मा"},
		"शर्":             {"आशा शर्मा"},
		"zoe":             {"Zoë Fernandes"},
		"عائ":             {"عائشہ خان"},
		"kri ba":          {"Bala Krishnan"},
		"s2@example.com":  {"Bala Krishnan"},
		"98765 43203":     {"Zoë Fernandes"},
		"+91 98765-43203": {"Zoë Fernandes"},
		"09876543203":     {"Zoë Fernandes"},
		"919876543203":    {"Zoë Fernandes"},
		"98765":           {"عائشہ خان", "Zoë Fernandes", "Bala Krishnan", "आशा शर्मा", "Asha Rao"},
		"98 765":          {"عائشہ خان", "Zoë Fernandes", "Bala Krishnan", "आशा शर्मा", "Asha Rao"},
		"nobody":          nil,
		"%":               nil,
	} {
		rows, err := s.Students(ctx, StudentQuery{Q: q, Limit: 10})
		if got := rowNames(rows); err != nil || !slices.Equal(got, want) {
			t.Errorf("%q: got %q, %v, want %q", q, got, err, want)
		}
	}
}

func TestStudents_Pages(t *testing.T) {
	s, ctx := newSchool(t), context.Background()
	var names []string
	for i := range 7 {
		names = append(names, fmt.Sprintf("Student %c", 'A'+i))
	}
	s.enrol(names...)
	slices.Reverse(names)
	for _, q := range []string{"", "student"} {
		var got []string
		for after, pages := "", 0; ; pages++ {
			rows, err := s.Students(ctx, StudentQuery{Q: q, After: after, Limit: 3})
			wantOK(t, err)
			more := len(rows) > 3
			rows = rows[:min(3, len(rows))]
			got = append(got, rowNames(rows)...)
			if !more {
				if pages != 2 {
					t.Errorf("%d pages, want 3", pages+1)
				}
				break
			}
			after = rows[2].ID
		}
		if !slices.Equal(got, names) {
			t.Errorf("%q: got %q, want %q", q, got, names)
		}
	}
}

func TestStudents_StatusAndFacts(t *testing.T) {
	s, ctx := newSchool(t), context.Background()
	chitra := s.admin("chitra")
	asha, _ := s.register("asha")
	bala, _ := s.register("bala")
	wantOK(t, s.Deactivate(ctx, chitra.ID, bala.ID))
	for status, want := range map[string][]string{"": {"bala", "asha"}, "all": {"bala", "asha"}, "active": {"asha"}, "inactive": {"bala"}, "'": {"bala", "asha"}} {
		rows, err := s.Students(ctx, StudentQuery{Status: status, Limit: 10})
		if got := rowNames(rows); err != nil || !slices.Equal(got, want) {
			t.Errorf("status %q: got %q, %v, want %q", status, got, err, want)
		}
	}
	rows, err := s.Students(ctx, StudentQuery{Status: "active", Limit: 10})
	if err != nil || len(rows) != 1 || rows[0].User != asha || rows[0].Courses != 0 || !rows[0].LastSeen.Equal(s.Now()) {
		t.Errorf("%+v, %v", rows, err)
	}
}

func TestStudent(t *testing.T) {
	s, ctx := newSchool(t), context.Background()
	asha, _ := s.register("asha")
	if u, err := s.Student(ctx, asha.ID); err != nil || u != asha {
		t.Errorf("%+v, %v", u, err)
	}
	_, err := s.Student(ctx, "nobody")
	wantFault(t, err, fault.NotFound)
}
