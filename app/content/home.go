package content

import (
	"context"
	"slices"
	"strings"
	"unicode/utf8"

	"lectern/app/db"
	"lectern/app/fault"
)

// The kinds of parts that the home page is made of.
const (
	Opening  = "opening"
	Numbers  = "numbers"
	Featured = "courses"
	How      = "how"
	Told     = "stories"
	Answers  = "faq"
	Text     = "text"
	Reach    = "contact"
)

// maxBlocks bounds the home page.
const maxBlocks = 30

// Block is a part of the home page. Empty texts are the built-in ones.
type Block struct {
	ID     string // the kind, of those that the page has once
	Kind   string
	Off    bool   `json:",omitempty"`
	Rev    int64  `json:",omitempty"` // grows with each edit
	Title  string `json:",omitempty"`
	Text   string `json:",omitempty"` // Markdown in a block of text, else plain
	Button string `json:",omitempty"` // its label
	Target string `json:",omitempty"` // of the button, as a menu item's; empty: the courses
	Steps  []Step `json:",omitempty"` // of how it works
}

// Step is one step of how it works.
type Step struct{ Title, Text string }

func builtInHome() []Block {
	return []Block{{ID: Opening, Kind: Opening}, {ID: Numbers, Kind: Numbers}, {ID: Featured, Kind: Featured}, {ID: How, Kind: How},
		{ID: Told, Kind: Told}, {ID: Answers, Kind: Answers, Off: true}, {ID: Reach, Kind: Reach, Off: true}}
}

// Home returns the parts of the home page in their order, those that are off too.
func (s *Service) Home(ctx context.Context) ([]Block, error) {
	list, _, err := arranged(ctx, s.DB.Read(), homeList, builtInHome)
	return list, err
}

// Block returns one part of the home page.
func (s *Service) Block(ctx context.Context, id string) (Block, error) {
	list, err := s.Home(ctx)
	if err != nil {
		return Block{}, err
	}
	if i := blockAt(list, id); i >= 0 {
		return list[i], nil
	}
	return Block{}, errNoPage()
}

// AddText adds a block of text to the end of the home page, switched off until it has been written.
func (s *Service) AddText(ctx context.Context, by string) (id string, err error) {
	id = db.NewID()
	return id, s.arrangeHome(ctx, by, "add", func(list []Block) ([]Block, error) {
		if len(list) >= maxBlocks {
			return nil, fault.New(fault.Conflict, "home.full", "max", maxBlocks)
		}
		return append(list, Block{ID: id, Kind: Text, Off: true}), nil
	})
}

// MoveBlock brings a part to a place, counted from 0. Doing it twice is no fault.
func (s *Service) MoveBlock(ctx context.Context, by, id string, to int) error {
	return s.onBlock(ctx, by, id, "move", func(list []Block, i int) ([]Block, error) { return move(list, i, to) })
}

// ShowBlock switches a part on or off. Doing it twice is no fault.
func (s *Service) ShowBlock(ctx context.Context, by, id string, on bool) error {
	deed := "hide"
	if on {
		deed = "show"
	}
	return s.onBlock(ctx, by, id, deed, func(list []Block, i int) ([]Block, error) {
		if list[i].Off != on {
			return nil, errSame
		}
		list[i].Off = !on
		return list, nil
	})
}

// RemoveBlock takes a block of text away. Other parts can only be switched off.
func (s *Service) RemoveBlock(ctx context.Context, by, id string) error {
	return s.onBlock(ctx, by, id, "remove", func(list []Block, i int) ([]Block, error) {
		if list[i].Kind != Text {
			return nil, errNoPage()
		}
		return slices.Delete(list, i, i+1), nil
	})
}

// EditBlock gives a part its texts. b.Rev is what they were written from: Conflict when somebody has edited the part
// since. Invalid by fields.
func (s *Service) EditBlock(ctx context.Context, by string, b Block) error {
	b, err := s.checkedBlock(ctx, b)
	if err != nil {
		return err
	}
	return s.onBlock(ctx, by, b.ID, "edit", func(list []Block, i int) ([]Block, error) {
		if list[i].Rev != b.Rev {
			return nil, errChanged()
		}
		b.Kind, b.Off, b.Rev = list[i].Kind, list[i].Off, b.Rev+1
		if b.Kind == Text && list[i].Title+list[i].Text == "" {
			b.Off = false // it was waiting for its first text
		}
		list[i] = b
		return list, nil
	})
}

func (s *Service) checkedBlock(ctx context.Context, b Block) (Block, error) {
	was, err := s.Block(ctx, b.ID)
	if err != nil {
		return b, err
	}
	var wrong fault.Fields
	limit := func(name, text string, most int) string {
		if n := utf8.RuneCountInString(text); n > most {
			wrong.Add(name, "page.long", "max", most, "n", n)
		}
		return strings.TrimSpace(strings.ReplaceAll(text, "\r\n", "\n"))
	}
	b.Title = limit("title", b.Title, MaxTitle)
	b.Button = limit("button", b.Button, 60)
	most := 600
	if was.Kind == Text {
		most = MaxBody
		if b.Title == "" && strings.TrimSpace(b.Text) == "" {
			wrong.Add("text", "home.text.missing")
		}
	}
	b.Text = limit("text", b.Text, most)
	for i, step := range b.Steps {
		n := string(rune('1' + i))
		b.Steps[i] = Step{limit("step"+n, step.Title, MaxTitle), limit("step"+n+"_text", step.Text, 300)}
	}
	if b.Target != "" {
		if _, ok, err := s.resolve(ctx, b.Target); err != nil {
			return b, err
		} else if !ok {
			wrong.Add("target", "menu.target.gone")
		}
	}
	return b, wrong.Err()
}

// HomeHistory lists the states that the home page had, the present one first.
func (s *Service) HomeHistory(ctx context.Context) ([]Arrangement, error) {
	return s.arrangements(ctx, homeList)
}

// PutHomeBack makes an earlier state of the home page, or with 0 the built-in one, its present one.
func (s *Service) PutHomeBack(ctx context.Context, by string, version int64) error {
	return s.putBack(ctx, by, homeList, version)
}

func (s *Service) arrangeHome(ctx context.Context, by, deed string, change func([]Block) ([]Block, error)) error {
	return arrange(ctx, s, by, homeList, deed, builtInHome, change)
}

func (s *Service) onBlock(ctx context.Context, by, id, deed string, change func(list []Block, i int) ([]Block, error)) error {
	return s.arrangeHome(ctx, by, deed, func(list []Block) ([]Block, error) {
		i := blockAt(list, id)
		if i < 0 {
			return nil, errNoPage()
		}
		return change(list, i)
	})
}

func blockAt(list []Block, id string) int {
	return slices.IndexFunc(list, func(b Block) bool { return b.ID == id })
}
