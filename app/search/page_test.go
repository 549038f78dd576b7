package search_test

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"
	"testing"

	"lectern/app/db"
	"lectern/app/dbtest"
	"lectern/app/search"
)

// crowd is a town of students. All have an address at example.com, every second is a Rao, every fourth an Asha, every
// fiftieth an Iyer; only the oldest have a word of their own, and three have a name that nobody else has.
const crowd = 24_000

func wordsOf(i int) []string {
	words := []string{"example"}
	for word, is := range map[string]bool{"rao": i%2 == 0, "asha": i%4 == 1, "iyer": i%50 == 0, "kaul": i%9 == 1, "wani": i%10 == 1, "zubin": i%8000 == 7999, "older": i < 3000} {
		if is {
			words = append(words, word)
		}
	}
	return words
}

// newCrowd also gives every third student two sessions, for a list of something that students own.
func newCrowd(t *testing.T) *db.DB {
	t.Helper()
	ctx, d := context.Background(), dbtest.New(t)
	for from := 0; from < crowd; from += 1000 { // one transaction for all would be over its time under the race detector
		settle(ctx, t, d, from, min(from+1000, crowd))
	}
	if db.Kind == "PostgreSQL" { // as it does by itself after a while
		if err := d.InTx(ctx, func(tx *sql.Tx) error { return db.Exec(ctx, tx, `ANALYZE`) }); err != nil {
			t.Fatal(err)
		}
	}
	return d
}

func settle(ctx context.Context, t *testing.T, d *db.DB, from, to int) {
	t.Helper()
	err := d.InTx(ctx, func(tx *sql.Tx) error {
		for first := from; first < to; first += 20 {
			var users, sessions, terms [][]any
			for i := first; i < first+20; i++ {
				id := fmt.Sprintf("u%05d", i)
				users = append(users, []any{id, id, id, "", "", 1})
				for _, w := range wordsOf(i) {
					terms = append(terms, []any{"student", w, id})
				}
				for n := 0; i%3 == 0 && n < 2; n++ {
					key := fmt.Sprintf("s%05d-%d", (i*7)%crowd, n)
					sessions = append(sessions, []any{key, key, id, 1, 1, 1, 1, false})
				}
			}
			for table, rows := range map[string][][]any{
				`users (id, email, email_norm, name, password_hash, created_at)`: users,
				`terms (kind, term, id)`: terms,
			} {
				insert(t, tx, table, rows)
			}
			insert(t, tx, `sessions (id, token_hash, user_id, created_at, auth_at, last_seen_at, expires_at, remember)`, sessions)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func insert(t *testing.T, tx *sql.Tx, table string, rows [][]any) {
	t.Helper()
	var values []string
	var args []any
	for _, row := range rows {
		var list string
		list, args = db.List(args, row)
		values = append(values, "("+list+")")
	}
	if err := db.Exec(context.Background(), tx, `INSERT INTO `+table+` VALUES `+strings.Join(values, ", "), args...); err != nil {
		t.Fatal(err)
	}
}

var crowded = []string{"", "rao", "example", "older", "iyer", "asha iyer", "rao iyer", "zubin", "zubin example", "example older", "older rao", "asha rao",
	"kaul wani example", "nobody", "rao nobody", "ol", "a", "example rao", "%"}

func TestPage_HoldsEachMatchOnceInOrder(t *testing.T) {
	ctx, d := context.Background(), newCrowd(t)
	owners := map[string]string{}
	for i := range crowd {
		owners[fmt.Sprintf("u%05d", i)] = strings.Join(wordsOf(i), " ")
	}
	sessions, err := db.All(ctx, d.Read(), func(r db.Scanner) (s [2]string, err error) { return s, r.Scan(&s[0], &s[1]) }, `SELECT id, user_id FROM sessions`)
	if err != nil {
		t.Fatal(err)
	}
	for _, query := range crowded {
		want := map[string][]string{}
		for id, words := range owners {
			if has(words, query) {
				want["users"] = append(want["users"], id)
			}
		}
		for _, s := range sessions {
			if has(owners[s[1]], query) {
				want["sessions"] = append(want["sessions"], s[0])
			}
		}
		for _, l := range []search.List{
			{Table: "users", Where: "role = 'student'", Owner: "id"}, {Table: "users", Owner: "id", Oldest: true},
			{Table: "sessions", Owner: "user_id"}, {Table: "sessions", Where: "remember = FALSE", Owner: "user_id", Oldest: true},
		} {
			found, err := search.Match(ctx, d.Read(), "student", query)
			if err != nil {
				t.Fatal(err)
			}
			l.Limit = 700
			var got []string
			for {
				ids, err := found.Page(ctx, d.Read(), l)
				if err != nil {
					t.Fatalf("%q: %v", query, err)
				}
				got = append(got, ids...)
				if len(ids) < l.Limit {
					break
				}
				l.After = ids[len(ids)-1]
			}
			slices.Sort(want[l.Table])
			if !l.Oldest {
				slices.Reverse(want[l.Table])
			}
			if !slices.Equal(got, want[l.Table]) {
				t.Errorf("%q in %+v: %d rows, want %d", query, l, len(got), len(want[l.Table]))
			}
		}
	}
}

// has reports whether each word of query begins one of words.
func has(words, query string) bool {
	for _, w := range strings.Fields(query) {
		if !strings.Contains(" "+words, " "+w) {
			return false
		}
	}
	return true
}

func TestMatch_ListsFewRows(t *testing.T) {
	d := newCrowd(t)
	for query, want := range map[string]int{"iyer": 480, "asha iyer": 0, "rao iyer": 480, "zubin example": 3, "kaul wani example": -1, "nobody": 0, "rao": -1, "example": -1, "older": -1, "rao older": -1, "example older": -1} {
		m, err := search.Match(t.Context(), d.Read(), "student", query)
		if err != nil || m.Many != (want < 0) || !m.Many && len(m.IDs) != want {
			t.Errorf("%q: many %v, %d rows, %v, want %d", query, m.Many, len(m.IDs), err, want)
		}
	}
}
