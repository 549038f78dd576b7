// Package search finds rows by the beginnings of words, in every script and with the same answers on both databases: a
// table of folded words, looked up by range. It owns the table terms; a kind is a family of rows, such as "student".
package search

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
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
	words := Words(strings.Join(texts, " "))
	for words := range slices.Chunk(words, 500) { // few statements, which an import of thousands of rows feels
		args, rows := []any{kind, id}, make([]string, len(words))
		for i, w := range words {
			args = append(args, w)
			rows[i] = fmt.Sprintf("($1, $%d, $2)", len(args))
		}
		if err := db.Exec(ctx, tx, `INSERT INTO terms (kind, term, id) VALUES `+strings.Join(rows, ", "), args...); err != nil {
			return err
		}
	}
	return nil
}

// Drop takes a row out of search.
func Drop(ctx context.Context, tx *sql.Tx, kind, id string) error {
	return db.Exec(ctx, tx, `DELETE FROM terms WHERE kind = $1 AND id = $2`, kind, id)
}

const (
	// few is how many matches are listed by their ids.
	few = 2000
	// common is the number of rows with a word from which they aren't counted, let alone collected.
	common = 10 * few
	// lookup is how many rows with a word are collected in the time in which it is looked up whether one row has it.
	lookup = 10
)

// Matches are the rows of a kind that a query finds.
type Matches struct {
	All  bool     // the query is empty: every row
	Many bool     // there may be too many to list them here
	IDs  []string // else the rows

	kind  string
	words []word // the rarest first
}

type word struct {
	text string
	rows int // that begin with it, counted to common
}

// Match finds the rows of kind in which every word of query begins a word. An empty query finds everything, one without
// letters or digits nothing.
func Match(ctx context.Context, q db.Querier, kind, query string) (Matches, error) {
	m := Matches{kind: kind, All: strings.TrimSpace(query) == ""}
	words := Words(query)
	for _, text := range words[:min(len(words), maxWords)] {
		cond, args := m.within(text, nil)
		n, err := db.Value[int](ctx, q, fmt.Sprintf("SELECT count(*) FROM (SELECT 1 FROM terms t WHERE %s LIMIT %d) m", cond, common), args...)
		if err != nil || n == 0 {
			return Matches{}, err
		}
		m.words = append(m.words, word{text, n})
	}
	if len(m.words) == 0 {
		return m, nil
	}
	slices.SortStableFunc(m.words, func(a, b word) int { return a.rows - b.rows })
	// Of one word there are as many rows as it has, more or less; several are worth a try, unless the rarest isn't rare and
	// would have to be looked up in the next row by row.
	if rarest := m.words[0].rows; rarest > few && (len(m.words) == 1 || m.words[1].rows == common) {
		m.Many = true
		return m, nil
	}
	ids, err := m.list(ctx, q)
	if m.Many = len(ids) > few; !m.Many {
		m.IDs = ids
	}
	return m, err
}

// list names the rows with all words, or more than few of those that may be.
func (m Matches) list(ctx context.Context, q db.Querier) ([]string, error) {
	ids, err := m.holding(ctx, q, m.words[0])
	for _, w := range m.words[1:] {
		if err != nil || len(ids) == 0 || w.rows == common && len(ids) > few {
			return ids, err
		}
		if len(ids)*lookup < w.rows {
			ids, err = m.among(ctx, q, w, ids)
			continue
		}
		var also []string
		also, err = m.holding(ctx, q, w)
		ids = both(ids, also)
	}
	return ids, err
}

// holding names the rows that have a word, in one long text: as rows of an answer they would take three times as long.
func (m Matches) holding(ctx context.Context, q db.Querier, w word) ([]string, error) {
	cond, args := m.within(w.text, nil)
	text, err := db.Value[sql.NullString](ctx, q, `SELECT string_agg(t.id, ' ') FROM terms t WHERE `+cond, args...)
	ids := strings.Fields(text.String)
	slices.Sort(ids)
	return slices.Compact(ids), err
}

// among names those of ids that have a word.
func (m Matches) among(ctx context.Context, q db.Querier, w word, ids []string) ([]string, error) {
	of, args := db.In("t.id", ids, nil)
	cond, args := m.within(w.text, args)
	return IDs(ctx, q, `SELECT DISTINCT t.id FROM terms t WHERE `+of+` AND `+cond+` ORDER BY t.id`, args...)
}

// both returns what is in a and in b, which are sorted.
func both(a, b []string) []string {
	var out []string
	for _, id := range a {
		if _, found := slices.BinarySearch(b, id); found {
			out = append(out, id)
		}
	}
	return out
}

// Cond writes the condition that column is one of the rows found, with args for it.
func (m Matches) Cond(column string, args []any) (string, []any) { return m.cond(column, 0, args) }

// cond is Cond where about as many rows as among are there to try, or, with 0, so many that the matches are what to start from.
func (m Matches) cond(column string, among int, args []any) (string, []any) {
	switch {
	case m.All:
		return "1 = 1", args
	case !m.Many:
		return db.In(column, m.IDs, args)
	}
	conds := make([]string, len(m.words))
	for i, w := range m.words {
		if i == 0 && among == 0 {
			conds[0], args = m.collected(column, w, args)
			among = w.rows
			continue
		}
		conds[i], args = m.has(column, w, among, args)
	}
	return strings.Join(conds, " AND "), args
}

// has is the condition that column's row has a word that begins with w, for about as many rows as among.
func (m Matches) has(column string, w word, among int, args []any) (string, []any) {
	if w.rows < common && among*lookup >= w.rows {
		return m.collected(column, w, args)
	}
	cond, args := m.within(w.text, args)
	// A count, because of EXISTS both databases may make a join that starts from all rows with the word.
	return fmt.Sprintf("(SELECT count(*) FROM terms t WHERE t.id = %s AND %s) > 0", column, cond), args
}

func (m Matches) collected(column string, w word, args []any) (string, []any) {
	cond, args := m.within(w.text, args)
	return fmt.Sprintf("%s IN (SELECT t.id FROM terms t WHERE %s)", column, cond), args
}

// within is the condition that t, a row of terms, holds a word that begins with text.
func (m Matches) within(text string, args []any) (string, []any) {
	args = append(args, m.kind, text, next(text))
	n := len(args)
	return fmt.Sprintf("t.kind = $%d AND t.term >= $%d AND t.term < $%d", n-2, n-1, n), args
}

// next is the end of the range of words that begin with w. No word has this rune: it is neither letter, digit nor mark.
func next(w string) string { return w + "\U0010FFFF" }
