package search_test

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"testing"

	"lectern/app/db"
	"lectern/app/dbtest"
	"lectern/app/search"
)

// In a town of 4,600 every second person is called Rao, every second Asha, and only three are both; all have a mail
// address at example.com.
func TestMatch_CommonWords(t *testing.T) {
	ctx, d := context.Background(), dbtest.New(t)
	err := d.InTx(ctx, func(tx *sql.Tx) error {
		for i := range 4600 {
			words := []string{"example", []string{"rao", "asha"}[i%2]}
			if i >= 4597 {
				words = []string{"example", "rao", "asha"}
			}
			for _, w := range words {
				if err := db.Exec(ctx, tx, `INSERT INTO terms (kind, term, id) VALUES ('student', $1, $2)`, w, fmt.Sprintf("%04d", i)); err != nil {
					return err
				}
			}
		}
		return db.Exec(ctx, tx, `ANALYZE terms`) // as PostgreSQL does by itself after a while
	})
	if err != nil {
		t.Fatal(err)
	}
	for query, want := range map[string]struct {
		found int
		few   bool
	}{
		"rao": {2302, false}, "example": {4600, false}, "asha rao": {3, true}, "example asha rao": {3, true}, "rao example": {2302, false},
		"asha nobody": {0, true}, "as ra": {3, true},
	} {
		cond, args, err := search.Match(ctx, d.Read(), "student", "s.id", query, []any{"student"})
		if err != nil {
			t.Fatal(err)
		}
		got, err := db.All(ctx, d.Read(), func(r db.Scanner) (id string, err error) {
			err = r.Scan(&id)
			return id, err
		}, "SELECT DISTINCT s.id FROM terms s WHERE s.kind = $1 AND "+cond+" ORDER BY s.id", args...)
		if err != nil || len(got) != want.found || search.Few(cond) != want.few {
			t.Errorf("%q: %d rows, few %v, %v, want %d, %v", query, len(got), search.Few(cond), err, want.found, want.few)
		}
		if want.found == 3 && !slices.Equal(got, []string{"4597", "4598", "4599"}) {
			t.Errorf("%q: got %q", query, got)
		}
	}
}
