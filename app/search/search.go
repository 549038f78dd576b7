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
	// common is the number of rows with a word from which they aren't listed one by one, be it to be compared with others.
	common = 10 * few
)

// Matches are the rows of a kind that a query finds.
type Matches struct {
	All  bool     // the query is empty: every row
	Many bool     // each of its words has more than few rows
	IDs  []string // else the rows

	kind  string
	words []word // the rarest first
}

type word struct {
	text string
	rows int // that begin with it; common: more than few
}

// Match finds the rows of kind in which every word of query begins a word. An empty query finds everything, one without
// letters or digits nothing.
func Match(ctx context.Context, q db.Querier, kind, query string) (Matches, error) {
	m := Matches{kind: kind, All: strings.TrimSpace(query) == ""}
	words := Words(query)
	for _, text := range words[:min(len(words), maxWords)] {
		n, err := m.count(ctx, q, text)
		if err != nil || n == 0 {
			return Matches{}, err
		}
		m.words = append(m.words, word{text, n})
	}
	slices.SortStableFunc(m.words, func(a, b word) int { return a.rows - b.rows })
	if len(m.words) == 0 {
		return m, nil
	}
	if m.Many = m.words[0].rows > few; m.Many {
		return m, nil
	}
	ids, _, err := m.holding(ctx, q, m.words[0])
	if err != nil {
		return m, err
	}
	m.IDs, err = m.having(ctx, q, ids, m.words[1:])
	return m, err
}

// count counts the rows with a word that begins with text. More than few are common.
func (m Matches) count(ctx context.Context, q db.Querier, text string) (int, error) {
	cond, args := m.within(text, nil)
	n, err := db.Value[int](ctx, q, fmt.Sprintf("SELECT count(*) FROM (SELECT 1 FROM terms t WHERE %s LIMIT %d) m", cond, few+1), args...)
	if n > few {
		n = common
	}
	return n, err
}

// narrow lists the rows after all, where several words together have few. Others stay Many.
func (m Matches) narrow(ctx context.Context, q db.Querier) (Matches, error) {
	var listed [][]string
	var rest []word
	for _, w := range m.words {
		ids, whole, err := m.holding(ctx, q, w)
		if err != nil {
			return m, err
		}
		if whole {
			listed = append(listed, ids)
		} else {
			rest = append(rest, w)
		}
	}
	if len(listed) == 0 {
		return m, nil
	}
	ids := listed[0]
	for _, also := range listed[1:] {
		ids = both(ids, also)
	}
	if len(rest) > 0 && len(ids) > few { // which would have to be looked up row by row
		return m, nil
	}
	ids, err := m.having(ctx, q, ids, rest)
	if len(ids) <= few {
		m.Many, m.IDs = false, ids
	}
	return m, err
}

// holding names the rows that have a word, in one long text: as rows of an answer they would take three times as long.
// whole is false where there are too many, and these aren't all.
func (m Matches) holding(ctx context.Context, q db.Querier, w word) (ids []string, whole bool, err error) {
	cond, args := m.within(w.text, nil)
	text, err := db.Value[sql.NullString](ctx, q, fmt.Sprintf("SELECT string_agg(m.id, ' ') FROM (SELECT t.id FROM terms t WHERE %s LIMIT %d) m", cond, common), args...)
	ids = strings.Fields(text.String)
	whole = len(ids) < common
	slices.Sort(ids)
	return slices.Compact(ids), whole, err
}

// having leaves those of ids that have all of words.
func (m Matches) having(ctx context.Context, q db.Querier, ids []string, words []word) (left []string, err error) {
	for _, w := range words {
		if len(ids) == 0 {
			break
		}
		if ids, err = m.among(ctx, q, w, ids); err != nil {
			return nil, err
		}
	}
	return ids, nil
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
		for len(b) > 0 && b[0] < id {
			b = b[1:]
		}
		if len(b) > 0 && b[0] == id {
			out = append(out, id)
		}
	}
	return out
}

// Cond writes the condition that column is one of the rows found, with args for it. It is for starting from the matches.
func (m Matches) Cond(column string, args []any) (string, []any) {
	switch {
	case m.All:
		return "1 = 1", args
	case !m.Many:
		return db.In(column, m.IDs, args)
	}
	cond, args := m.within(m.words[0].text, args)
	conds := []string{fmt.Sprintf("%s IN (SELECT t.id FROM terms t WHERE %s)", column, cond)}
	for _, w := range m.words[1:] {
		cond, args = m.has(column, w, args)
		conds = append(conds, cond)
	}
	return strings.Join(conds, " AND "), args
}

// each is the same condition for rows that are tried one by one.
func (m Matches) each(column string, args []any) (string, []any) {
	if !m.Many {
		return db.In(column+" || ''", m.IDs, args) // what isn't a column has no index that could be started from
	}
	conds := make([]string, len(m.words))
	for i, w := range m.words {
		conds[i], args = m.has(column, w, args)
	}
	return strings.Join(conds, " AND "), args
}

// has is the condition that column's row has a word that begins with w: a count, because of EXISTS both databases may make
// a join that starts from all rows with the word.
func (m Matches) has(column string, w word, args []any) (string, []any) {
	cond, args := m.within(w.text, args)
	return fmt.Sprintf("(SELECT count(*) FROM terms t WHERE t.id = %s AND %s) > 0", column, cond), args
}

// within is the condition that t, a row of terms, holds a word that begins with text.
func (m Matches) within(text string, args []any) (string, []any) {
	args = append(args, m.kind, text, next(text))
	n := len(args)
	return fmt.Sprintf("t.kind = $%d AND t.term >= $%d AND t.term < $%d", n-2, n-1, n), args
}

// next is the end of the range of words that begin with w. No word has this rune: it is neither letter, digit nor mark.
func next(w string) string { return w + "\U0010FFFF" }
