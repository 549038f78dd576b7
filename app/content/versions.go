package content

import (
	"context"
	"math"
	"time"
)

// Version is a text that a page has or had.
type Version struct {
	N                        int64
	Title, Description, Body string
	At                       time.Time
	By                       string // a name
}

// Versions lists the texts of a page, the newest first, those below before (0: all); one more than limit where there is
// a next page. None for a default that was never changed.
func (s *Service) Versions(ctx context.Context, p Page, before int64, limit int) ([]Version, error) {
	if p.ID == "" {
		return nil, nil
	}
	if before <= 0 {
		before = math.MaxInt64
	}
	return versions(ctx, s.DB.Read(), p.ID, before, limit+1)
}

// Version returns one text of a page. NotFound where there is none of that number.
func (s *Service) Version(ctx context.Context, p Page, n int64) (Version, error) {
	return version(ctx, s.DB.Read(), p.ID, n)
}

// PutBack makes an earlier text of a page its newest one. base is as in SavePage.
func (s *Service) PutBack(ctx context.Context, by, key string, n, base int64) (Page, error) {
	p, err := s.Page(ctx, key)
	if err != nil {
		return p, err
	}
	v, err := s.Version(ctx, p, n)
	if err != nil {
		return p, err
	}
	return s.SavePage(ctx, by, key, base, PageForm{Title: v.Title, Slug: p.Slug, Description: v.Description, Body: v.Body})
}
