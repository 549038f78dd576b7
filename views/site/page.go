package siteview

import (
	"time"

	"lectern/views"
)

// PagePage is a page that the school writes.
type PagePage struct {
	Title, Description, Path string
	HTML                     views.HTML
	Contents                 []PagePart // of a long page
	Draft, Default           bool
	Changed                  time.Time // when it was written; zero for a default
	Edit                     string    // where the staff change it; empty for others
}

// PagePart is a line of a page's contents.
type PagePart struct{ ID, Title string }

// HomePage is the first page.
type HomePage struct{ Blocks []HomeBlock }

// HomeBlock is a part of the first page. Which fields are filled depends on its kind.
type HomeBlock struct {
	Kind         string // opening, numbers, courses, how, stories, faq, text, contact
	Title, Text  string
	Said         bool       // the text is the school's own
	HTML         views.HTML // of a block of text
	Button, Href string
	Ask          string // address of a chat with the school, or empty
	Facts        []Fact
	Courses      []CourseCard // those that the school puts forward
	Total        int          // published courses
	Steps        []HomeStep
	Stories      []Story
	Questions    []Question
	More         bool // there are more questions than these
}

// Fact is a number about the school that is true, because it was just counted.
type Fact struct {
	Value string
	Label string
}

// HomeStep is one step of how it works.
type HomeStep struct{ Title, Text string }

// Story is what a student achieved.
type Story struct {
	Name         string
	Paragraphs   []string
	Course, Slug string // what it was learned in; both may be empty
	Picture      string
}

// Question is one with its answer.
type Question struct {
	Title string
	HTML  views.HTML
}

// Empty reports whether there is nothing to see of the block.
func (b HomeBlock) Empty() bool {
	switch b.Kind {
	case "numbers":
		return len(b.Facts) == 0
	case "stories":
		return len(b.Stories) == 0
	case "faq":
		return len(b.Questions) == 0
	case "text":
		return b.HTML == "" && b.Title == ""
	}
	return false
}

// sections are the blocks, with the numbers beside the opening where they follow it.
func (m HomePage) sections() (list []homeSection) {
	for i := 0; i < len(m.Blocks); i++ {
		s := homeSection{HomeBlock: m.Blocks[i], id: "home-" + m.Blocks[i].Kind}
		if s.Kind == "text" {
			s.id += "-" + string(rune('a'+i%26)) + string(rune('a'+i/26))
		}
		if s.Kind == "opening" && i+1 < len(m.Blocks) && m.Blocks[i+1].Kind == "numbers" {
			i++
			s.Facts = m.Blocks[i].Facts
		}
		list = append(list, s)
	}
	return list
}

type homeSection struct {
	HomeBlock
	id string // of its heading
}

// headed reports whether a block of the page has the h1.
func (m HomePage) headed() bool {
	for _, b := range m.Blocks {
		if b.Kind == "opening" {
			return true
		}
	}
	return false
}
