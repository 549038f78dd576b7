// Package search finds rows by the beginnings of words, in every script and with the same answers on both databases: a
// table of folded words, looked up by range. It owns the table terms; a kind is a family of rows, such as "student".
package search

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"lectern/app/db"
)

const (
	maxWords = 6  // of a query that are looked at
	maxTerm  = 40 // runes of a word that are kept
)

// Words folds text and splits it into words: compatibility-decomposed, without accents, lower case; digits too. Marks
// that belong to a script's letters (Devanagari vowel signs, Urdu joins) stay, Latin accents go.
func Words(text string) []string {
	var b strings.Builder
	latin := false
	for _, r := range norm.NFKD.String(text) {
		switch {
		case unicode.Is(unicode.Mn, r) && latin:
			continue
		case unicode.IsLetter(r), unicode.IsDigit(r), unicode.IsMark(r):
			b.WriteRune(unicode.ToLower(r))
			latin = unicode.Is(unicode.Latin, r)
		case r == '\u200c', r == '\u200d', r == '\'', r == '’':
			// joiners and apostrophes don't split words
		default:
			b.WriteByte(' ')
			latin = false
		}
	}
	seen := map[string]bool{}
	var words []string
	for _, w := range strings.Fields(b.String()) {
		if r := []rune(w); len(r) > maxTerm {
			w = string(r[:maxTerm])
		}
		if !seen[w] {
			seen[w] = true
			words = append(words, w)
		}
	}
	return words
}

// Put makes the words of texts the ones by which the row (kind, id) is found, in place of those it had.
func Put(ctx context.Context, tx *sql.Tx, kind, id string, texts ...string) error {
	if err := db.Exec(ctx, tx, `DELETE FROM terms WHERE kind = $1 AND id = $2`, kind, id); err != nil {
		return err
	}
	for _, w := range Words(strings.Join(texts, " ")) {
		if err := db.Exec(ctx, tx, `INSERT INTO terms (kind, term, id) VALUES ($1, $2, $3)`, kind, w, id); err != nil {
			return err
		}
	}
	return nil
}

const (
	// many is the number of matches from which walking the list in its order finds a page sooner than collecting them all.
	many = 2000
	// most is the number of rows with one word that are looked through for the others.
	most = 10 * many
)

// Match adds to args and returns a condition on column that holds for rows of kind in which every word of query begins
// a word. An empty query matches everything ("1 = 1"), one without letters or digits nothing. Few matches are found from
// the rarest word; with many, the caller's own order drives, row by row.
func Match(ctx context.Context, q db.Querier, kind, column, query string, args []any) (string, []any, error) {
	words := Words(query)
	if len(words) == 0 {
		if strings.TrimSpace(query) == "" {
			return "1 = 1", args, nil
		}
		return "1 = 0", args, nil
	}
	if len(words) > maxWords {
		words = words[:maxWords]
	}
	n, err := rarestFirst(ctx, q, kind, words)
	if err != nil {
		return "", nil, err
	}
	if n < many {
		ids, args := idsOf(kind, words, args)
		return column + listed + ids + ") SELECT id FROM m)", args, nil
	}
	conds := make([]string, len(words))
	for i, w := range words {
		conds[i], args = within("t", kind, w, args)
		conds[i] = fmt.Sprintf("EXISTS (SELECT 1 FROM terms t WHERE t.id = %s AND %s)", column, conds[i])
	}
	return "(" + strings.Join(conds, " AND ") + ")", args, nil
}

// rarestFirst moves the rarest word to the front and returns how many rows may have them all, counted to many.
func rarestFirst(ctx context.Context, q db.Querier, kind string, words []string) (int, error) {
	limit := many
	if len(words) > 1 {
		limit = most
	}
	rarest, fewest := 0, limit
	for i, w := range words {
		cond, args := within("t", kind, w, nil)
		n, err := count(ctx, q, "SELECT 1 FROM terms t WHERE "+cond, fewest, args)
		if err != nil {
			return 0, err
		}
		if n < fewest {
			rarest, fewest = i, n
		}
	}
	words[0], words[rarest] = words[rarest], words[0]
	if fewest < many || fewest == limit {
		return fewest, nil
	}
	ids, args := idsOf(kind, words, nil)
	return count(ctx, q, ids, many, args)
}

// idsOf selects the rows with every word, starting from the first.
func idsOf(kind string, words []string, args []any) (string, []any) {
	cond, args := within("a", kind, words[0], args)
	for _, w := range words[1:] {
		var also string
		also, args = within("t", kind, w, args)
		cond += fmt.Sprintf(" AND EXISTS (SELECT 1 FROM terms t WHERE t.id = a.id AND %s)", also)
	}
	return "SELECT a.id FROM terms a WHERE " + cond, args
}

// within is the condition that a row of terms holds a word which begins with w.
func within(alias, kind, w string, args []any) (string, []any) {
	args = append(args, kind, w, next(w))
	n := len(args)
	return fmt.Sprintf("%[1]s.kind = $%[2]d AND %[1]s.term >= $%[3]d AND %[1]s.term < $%[4]d", alias, n-2, n-1, n), args
}

// count counts the rows of a query, to a limit.
func count(ctx context.Context, q db.Querier, query string, limit int, args []any) (int, error) {
	return db.Value[int](ctx, q, fmt.Sprintf("SELECT count(*) FROM (%s LIMIT %d) m", query, limit), args...)
}

// listed begins the part of a condition that names rows. MATERIALIZED keeps PostgreSQL from guessing how many they are
// together with the caller's rows, which it does badly.
const listed = " IN (WITH m AS MATERIALIZED ("

// Few reports whether a condition made by Match names the matching rows outright, because they are few, so that a query
// does well to start from them.
func Few(cond string) bool { return strings.Contains(cond, listed) }

// next is the end of the range of words that begin with w. No word has this rune: it is neither letter, digit nor mark.
func next(w string) string { return w + "\U0010FFFF" }
