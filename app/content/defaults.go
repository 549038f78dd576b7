package content

import (
	"bytes"
	"context"
	"embed"
	"fmt"
	"strings"
	"text/template"
)

// The default texts are templates: a title, a description, an empty line, and Markdown.
//
//go:embed en/*.md
var defaultFiles embed.FS

var defaults = template.Must(template.New("").Option("missingkey=error").ParseFS(defaultFiles, "en/*.md"))

// facts are what a default text may say about the school.
type facts struct {
	Name, Tagline, Place, Email, Phone string
	Social                             bool // has pages on other sites
	Online                             bool // can be paid by UPI
	ExpiryHours                        int
	India                              bool
	Contact                            bool // has a contact page
}

// Reach says in a sentence's middle how the school is reached.
func (f facts) Reach() string {
	var ways []string
	if f.Email != "" {
		ways = append(ways, fmt.Sprintf("by mail at [%s](mailto:%s)", f.Email, f.Email))
	}
	if f.Phone != "" {
		ways = append(ways, "by phone at "+f.Phone)
	}
	if len(ways) == 0 && f.Contact {
		return "by the [contact page](/contact)"
	}
	return strings.Join(ways, " or ")
}

// standard makes the default of a page out of the settings.
func (s *Service) standard(ctx context.Context, name string) (Page, error) {
	f, err := s.facts(ctx)
	if err != nil {
		return Page{}, err
	}
	var b bytes.Buffer
	if err := defaults.ExecuteTemplate(&b, name+".md", f); err != nil {
		return Page{}, err
	}
	p := Page{Slug: name, Standard: name, Status: Published}
	p.Title, p.Body, _ = strings.Cut(b.String(), "\n")
	p.Description, p.Body, _ = strings.Cut(p.Body, "\n")
	p.Body = strings.TrimSpace(p.Body)
	return p, nil
}

func (s *Service) facts(ctx context.Context) (facts, error) {
	set, err := s.School.Get(ctx)
	if err != nil {
		return facts{}, err
	}
	payees, err := s.School.Payees(ctx)
	f := facts{Name: set.SiteName, Tagline: set.Tagline, Place: set.ContactLocation, Email: set.ContactEmail, Phone: set.ContactPhone,
		Social: set.Instagram+set.YouTube+set.Facebook+set.LinkedIn != "", Online: len(payees) > 0,
		ExpiryHours: int(set.OrderExpiry.Hours()), India: s.Country == "IN"}
	for _, p := range s.Places {
		f.Contact = f.Contact || p.Path == "/contact"
	}
	return f, err
}
