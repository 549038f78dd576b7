package content

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"lectern/app/db"
	"lectern/app/search"
)

// PageQuery chooses pages: those that the school added itself, and deleted ones of all kinds.
type PageQuery struct {
	Q      string
	Status string // Draft, Published, "deleted", or empty for all that aren't deleted
	After  string // id of the last page of the list before
	Limit  int    // one more is returned where there is a next list
}

// Pages lists pages, the newest first.
func (s *Service) Pages(ctx context.Context, q PageQuery) ([]Page, error) {
	found, err := search.Match(ctx, s.DB.Read(), "page", q.Q)
	if err != nil {
		return nil, err
	}
	cond, args := found.Cond("p.id", nil)
	add := func(c string, v any) {
		args = append(args, v)
		cond += fmt.Sprintf(" AND "+c, len(args))
	}
	switch q.Status {
	case "deleted":
		cond += " AND p.deleted_at IS NOT NULL"
	case Draft, Published:
		add("p.stands_for = '' AND p.deleted_at IS NULL AND p.status = $%d", q.Status)
	default:
		cond += " AND p.stands_for = '' AND p.deleted_at IS NULL"
	}
	if q.After != "" {
		add("p.id < $%d", q.After)
	}
	args = append(args, q.Limit+1)
	return db.All(ctx, s.DB.Read(), scanPage, `SELECT `+pageColumns+fromPages+`WHERE `+cond+
		fmt.Sprintf(` ORDER BY p.id DESC LIMIT $%d`, len(args)), args...)
}

// StandardPages lists the pages that every school has, in their order, as far as they match.
func (s *Service) StandardPages(ctx context.Context, q PageQuery) ([]Page, error) {
	written, err := db.All(ctx, s.DB.Read(), scanPage, `SELECT `+pageColumns+fromPages+`WHERE p.stands_for <> '' AND p.deleted_at IS NULL`)
	if err != nil {
		return nil, err
	}
	var all []Page
	for _, name := range Standards {
		i := slices.IndexFunc(written, func(p Page) bool { return p.Standard == name })
		var p Page
		if i >= 0 {
			p = written[i]
		} else if p, err = s.standard(ctx, name); err != nil {
			return nil, err
		}
		if (q.Status == "" || q.Status == p.Status) && matches(q.Q, p.Title+" "+p.Slug+" "+p.Description) {
			all = append(all, p)
		}
	}
	return all, nil
}

// matches reports whether each word of query begins a word of text, as package search finds rows.
func matches(query, text string) bool {
	words := search.Words(text)
	asked := search.Words(query)
	for _, w := range asked {
		if !slices.ContainsFunc(words, func(have string) bool { return strings.HasPrefix(have, w) }) {
			return false
		}
	}
	return len(asked) > 0 || strings.TrimSpace(query) == ""
}
