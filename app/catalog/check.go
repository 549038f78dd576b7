package catalog

import (
	"slices"
	"strings"
	"unicode/utf8"

	"lectern/app/fault"
)

const (
	maxTitle    = 200               // characters
	maxOutcomes = 50                // lines
	maxPrice    = 1_000_000_000_000 // minor units, as lang.ParseMoney
)

// longest is how many characters the other texts may have.
var longest = map[string]int{"summary": 400, "description": 20_000, "audience": 2000, "teacher": 200, "duration": 100}

// prepared fills in what c leaves open and says, by fields, what can't be.
func (s *Service) prepared(c Course) (Course, error) {
	for _, text := range []*string{&c.Title, &c.Slug, &c.Summary, &c.Description, &c.Audience, &c.Teacher, &c.Duration} {
		*text = strings.TrimSpace(strings.ReplaceAll(*text, "\r\n", "\n"))
	}
	if c.Status == "" {
		c.Status = Draft
	}
	if c.Price.Currency == "" {
		c.Price.Currency = s.currency
	}
	if c.CreatedAt.IsZero() {
		c.CreatedAt = s.now()
	}
	if c.Version == 0 {
		c.Version = 1
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
	for field, text := range map[string]string{"summary": c.Summary, "description": c.Description, "audience": c.Audience, "teacher": c.Teacher, "duration": c.Duration} {
		if max := longest[field]; utf8.RuneCountInString(text) > max {
			wrong.Add(field, "catalog.title.long", "max", max)
		}
	}
	if len(c.Outcomes) > maxOutcomes || slices.ContainsFunc(c.Outcomes, func(o string) bool { return utf8.RuneCountInString(o) > maxTitle }) {
		wrong.Add("outcomes", "catalog.outcomes.long", "max", maxTitle, "lines", maxOutcomes)
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
