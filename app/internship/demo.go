package internship

import (
	"context"
	"database/sql"
	_ "embed"
	"fmt"
	"strconv"
	"strings"
)

// demoText is one `key value` a line; `internship` begins one.
//
//go:embed demo.txt
var demoText string

// Demo adds three published internships, as part of what fills an empty database; see catalog.Service.Demo.
func (s *Service) Demo(ctx context.Context, tx *sql.Tx) error {
	posts, err := parseDemo(demoText)
	if err != nil {
		return err
	}
	for _, p := range posts {
		if _, err := s.create(ctx, tx, "", p); err != nil {
			return fmt.Errorf("demo internship %s: %w", p.Slug, err)
		}
	}
	return nil
}

func parseDemo(text string) ([]Post, error) {
	var all []Post
	for i, line := range strings.Split(text, "\n") {
		if line = strings.TrimSpace(line); line == "" {
			continue
		}
		key, value, _ := strings.Cut(line, " ")
		if key == "internship" {
			all = append(all, Post{Status: Published})
		}
		if len(all) == 0 {
			return nil, fmt.Errorf("demo.txt:%d: %s before the first internship", i+1, key)
		}
		if err := all[len(all)-1].set(key, value); err != nil {
			return nil, fmt.Errorf("demo.txt:%d: %w", i+1, err)
		}
	}
	return all, nil
}

func (p *Post) set(key, value string) (err error) {
	switch key {
	case "internship":
		p.Slug = value
	case "title":
		p.Title = value
	case "summary":
		p.Summary = value
	case "duration":
		p.Duration = value
	case "place":
		p.Place = value
	case "fee": // minor units
		p.Fee.Amount, err = strconv.ParseInt(value, 10, 64)
	case "description":
		p.Description = strings.TrimPrefix(p.Description+"\n\n"+value, "\n\n")
	default:
		return fmt.Errorf("unknown word %s", key)
	}
	return err
}
