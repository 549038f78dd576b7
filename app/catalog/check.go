package catalog

import (
	"slices"
	"strings"
	"unicode/utf8"

	"lectern/app/fault"
)

const (
	maxTitle = 200               // characters
	maxPrice = 1_000_000_000_000 // minor units, as lang.ParseMoney
)

// prepared fills in what c leaves open and says, by fields, what can't be.
func (s *Service) prepared(c Course) (Course, error) {
	c.Title = strings.TrimSpace(c.Title)
	if c.Status == "" {
		c.Status = Draft
	}
	if c.Price.Currency == "" {
		c.Price.Currency = s.currency
	}
	if c.CreatedAt.IsZero() {
		c.CreatedAt = s.now()
	}
	if c.Status == Published && c.PublishedAt.IsZero() {
		c.PublishedAt = c.CreatedAt
	}
	var wrong fault.Fields
	if c.Title == "" {
		wrong.Add("title", "catalog.title.missing")
	}
	if utf8.RuneCountInString(c.Title) > maxTitle {
		wrong.Add("title", "catalog.title.long", "max", maxTitle)
	}
	if c.Slug != Slug(c.Slug) {
		wrong.Add("slug", "catalog.slug.wrong")
	}
	if !slices.Contains(Levels, c.Level) {
		wrong.Add("level", "catalog.level.wrong")
	}
	if !slices.Contains(Statuses, c.Status) {
		wrong.Add("status", "catalog.status.wrong")
	}
	if c.Price.Amount < 0 || c.Price.Amount > maxPrice {
		wrong.Add("price", "catalog.price.wrong")
	}
	return c, wrong.Err()
}
