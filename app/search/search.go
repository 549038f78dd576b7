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

// many is the number of matches from which walking the list in its order finds a page sooner than collecting them all.
const many = 2000

// Match adds to args and returns a condition on column that holds for rows of kind in which every word of query begins
// a word. An empty query matches everything ("1 = 1"), one without letters or digits nothing. The rarest word drives the
// look-up, unless all are common: then the caller's own order does, row by row.
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
	rarest, fewest := -1, many
	for i, w := range words {
		n, err := db.Value[int](ctx, q, fmt.Sprintf(`SELECT count(*) FROM (SELECT 1 FROM terms WHERE kind = $1 AND term >= $2 AND term < $3 LIMIT %d) m`, many), kind, w, next(w))
		if err != nil {
			return "", nil, err
		}
		if n < fewest {
			rarest, fewest = i, n
		}
	}
	conds := make([]string, len(words))
	for i, w := range words {
		args = append(args, kind, w, next(w))
		n := len(args)
		if i == rarest {
			conds[i] = fmt.Sprintf("%s IN (SELECT id FROM terms WHERE kind = $%d AND term >= $%d AND term < $%d)", column, n-2, n-1, n)
		} else {
			conds[i] = fmt.Sprintf("EXISTS (SELECT 1 FROM terms t WHERE t.kind = $%d AND t.id = %s AND t.term >= $%d AND t.term < $%d)", n-2, column, n-1, n)
		}
	}
	return "(" + strings.Join(conds, " AND ") + ")", args, nil
}

// Few reports whether a condition made by Match names the matching rows outright, because they are few, so that a query
// does well to start from them.
func Few(cond string) bool { return strings.Contains(cond, " IN (SELECT id FROM terms ") }

// next is the end of the range of words that begin with w. No word has this rune: it is neither letter, digit nor mark.
func next(w string) string { return w + "\U0010FFFF" }
