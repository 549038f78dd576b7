package catalog

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"lectern/app/search"
)

// PageSize is the number of courses on a page of the list.
const PageSize = 12

// Sorts are the orders of the list beside its own, which is the empty one.
var Sorts = []string{"title", "newest", "price"}

// ListQuery chooses courses. What makes no sense falls back: an unknown level to all, an unknown sort to the school's
// own order, a page before the first to the first, and one beyond the end to the last.
type ListQuery struct {
	Q     string // words, each of which begins one of the title, summary, section titles or level
	Level string
	Sort  string
	Page  int // from 1
}

// Listing is one page of the list, with the query as it was understood.
type Listing struct {
	ListQuery
	Courses []Course
	Total   int // courses on all pages
	Pages   int // at least 1
}

// entry is what the list needs to know of every course that matches.
type entry struct{ id, title string }

// List returns a page of the published courses that match. A school has tens of courses, hundreds at most, so it finds
// all matches first: sorting titles as people do is beyond what the two databases have in common.
func (s *Service) List(ctx context.Context, q ListQuery) (Listing, error) {
	q = understood(q)
	found, err := search.Match(ctx, s.db.Read(), "course", q.Q)
	if err != nil {
		return Listing{}, err
	}
	cond, args := found.Cond("c.id", nil)
	all, err := listed(ctx, s.db.Read(), cond, args, q)
	if err != nil {
		return Listing{}, err
	}
	if q.Sort == "title" {
		slices.SortStableFunc(all, func(a, b entry) int { return cmp.Compare(titleKey(a.title), titleKey(b.title)) })
	}
	l := Listing{ListQuery: q, Total: len(all), Pages: max(1, (len(all)+PageSize-1)/PageSize)}
	l.Page = min(l.Page, l.Pages)
	var ids []string
	for _, e := range all[(l.Page-1)*PageSize : min(l.Page*PageSize, len(all))] {
		ids = append(ids, e.id)
	}
	l.Courses, err = ByIDs(ctx, s.db.Read(), ids)
	l.Courses = s.inForce(l.Courses)
	return l, err
}

func understood(q ListQuery) ListQuery {
	q.Q = strings.TrimSpace(q.Q)
	level := ""
	for _, l := range Levels {
		if strings.EqualFold(l, strings.TrimSpace(q.Level)) {
			level = l
		}
	}
	q.Level = level
	if !slices.Contains(Sorts, q.Sort) {
		q.Sort = ""
	}
	q.Page = max(1, q.Page)
	return q
}

// titleKey is the title folded, so that accents and capitals don't matter for its place.
func titleKey(title string) string { return strings.Join(search.Words(title), " ") }
