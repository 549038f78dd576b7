package content

import (
	"context"
	"net/url"
	"slices"
	"strings"
	"unicode/utf8"

	"lectern/app/db"
	"lectern/app/fault"
)

// Menus are the lists of links that the school arranges, by name.
var Menus = []string{headerMenu, footerMenu}

const (
	maxItems = 20 // of a menu
	maxLabel = 40 // characters
)

// pageTarget begins the target that is a page, by its key, so that the link follows when its address changes.
const pageTarget = "page:"

// Item is a line of a menu. Its target is a page ("page:KEY"), a path of ours or an https address.
type Item struct {
	ID     string
	Target string
	Label  string `json:",omitempty"` // empty: what the target is called
	Off    bool   `json:",omitempty"`
	Rev    int64  `json:",omitempty"` // grows with each edit
}

// Link is where a target leads now.
type Link struct{ Href, Label string }

// MenuItem is a line of a menu as its editor shows it.
type MenuItem struct {
	Item
	Link
	Gone bool // leads nowhere now, so that the menu leaves it out
}

// builtInMenu is a menu that was never changed: what there is, in an order that most schools would choose.
func (s *Service) builtInMenu(name string) func() []Item {
	targets := []string{"/courses", "/internships", pageTarget + "about", "/contact"}
	if name == footerMenu {
		targets = []string{"/courses", "/internships", pageTarget + "about", "/contact", pageTarget + "faq", pageTarget + "refunds", pageTarget + "terms", pageTarget + "privacy"}
	}
	return func() []Item {
		var list []Item
		for _, t := range targets {
			if strings.HasPrefix(t, "/") && !slices.ContainsFunc(s.Places, func(p Place) bool { return p.Path == t }) {
				continue // a part that the program doesn't have
			}
			list = append(list, Item{ID: strings.TrimPrefix(strings.TrimPrefix(t, pageTarget), "/"), Target: t})
		}
		return list
	}
}

// Menu returns the lines of a menu in their order, those that are off or lead nowhere too. NotFound for a name that is
// no menu's.
func (s *Service) Menu(ctx context.Context, name string) ([]MenuItem, error) {
	if !slices.Contains(Menus, name) {
		return nil, errNoPage()
	}
	list, _, err := arranged(ctx, s.DB.Read(), name, s.builtInMenu(name))
	if err != nil {
		return nil, err
	}
	var items []MenuItem
	for _, it := range list {
		link, ok, err := s.resolve(ctx, it.Target)
		if err != nil {
			return nil, err
		}
		if it.Label != "" {
			link.Label = it.Label
		}
		items = append(items, MenuItem{it, link, !ok})
	}
	return items, nil
}

// Choice is a target that a menu can lead to.
type Choice struct{ Target, Label string }

// Choices lists the targets that there are: the program's own places, then the published pages.
func (s *Service) Choices(ctx context.Context) ([]Choice, error) {
	now, err := s.now(ctx)
	if err != nil {
		return nil, err
	}
	var list []Choice
	for _, p := range s.Places {
		if now.open[p.Path] {
			list = append(list, Choice{p.Path, texts.T(p.Key)})
		}
	}
	for _, p := range now.pages {
		list = append(list, Choice{pageTarget + p.key, p.title})
	}
	return list, nil
}

// AddItem adds a line to the end of a menu. Invalid by fields.
func (s *Service) AddItem(ctx context.Context, by, menu string, it Item) (id string, err error) {
	if it, err = s.checkedItem(ctx, it); err != nil {
		return "", err
	}
	it.ID = db.NewID()
	return it.ID, s.arrangeMenu(ctx, by, menu, "add", func(list []Item) ([]Item, error) {
		if len(list) >= maxItems {
			return nil, fault.New(fault.Conflict, "menu.full", "max", maxItems)
		}
		return append(list, it), nil
	})
}

// EditItem gives a line its target and label. it.Rev is what they were written from, as in EditBlock.
func (s *Service) EditItem(ctx context.Context, by, menu string, it Item) (err error) {
	if it, err = s.checkedItem(ctx, it); err != nil {
		return err
	}
	return s.onItem(ctx, by, menu, it.ID, "edit", func(list []Item, i int) ([]Item, error) {
		switch was := list[i]; {
		case was.Rev != it.Rev:
			return nil, errChanged()
		case was.Target == it.Target && was.Label == it.Label:
			return nil, errSame
		}
		list[i].Target, list[i].Label, list[i].Rev = it.Target, it.Label, it.Rev+1
		return list, nil
	})
}

// MoveItem brings a line to a place, counted from 0. Doing it twice is no fault.
func (s *Service) MoveItem(ctx context.Context, by, menu, id string, to int) error {
	return s.onItem(ctx, by, menu, id, "move", func(list []Item, i int) ([]Item, error) { return move(list, i, to) })
}

// ShowItem switches a line on or off. Doing it twice is no fault.
func (s *Service) ShowItem(ctx context.Context, by, menu, id string, on bool) error {
	deed := "hide"
	if on {
		deed = "show"
	}
	return s.onItem(ctx, by, menu, id, deed, func(list []Item, i int) ([]Item, error) {
		if list[i].Off != on {
			return nil, errSame
		}
		list[i].Off = !on
		return list, nil
	})
}

// RemoveItem takes a line out of a menu.
func (s *Service) RemoveItem(ctx context.Context, by, menu, id string) error {
	return s.onItem(ctx, by, menu, id, "remove", func(list []Item, i int) ([]Item, error) { return slices.Delete(list, i, i+1), nil })
}

// MenuHistory lists the states that a menu had, the present one first.
func (s *Service) MenuHistory(ctx context.Context, menu string) ([]Arrangement, error) {
	return s.arrangements(ctx, menu)
}

// PutMenuBack makes an earlier state of a menu, or with 0 the built-in one, its present one.
func (s *Service) PutMenuBack(ctx context.Context, by, menu string, version int64) error {
	if !slices.Contains(Menus, menu) {
		return errNoPage()
	}
	return s.putBack(ctx, by, menu, version)
}

// checkedItem cleans a line and says by fields what can't be.
func (s *Service) checkedItem(ctx context.Context, it Item) (Item, error) {
	it.Label = strings.Join(strings.Fields(it.Label), " ")
	var wrong fault.Fields
	if utf8.RuneCountInString(it.Label) > maxLabel {
		wrong.Add("label", "school.long", "max", maxLabel)
	}
	local := strings.HasPrefix(it.Target, "/") && !strings.HasPrefix(it.Target, "//") && !strings.ContainsAny(it.Target, "\\ ")
	u, err := url.Parse(it.Target)
	switch {
	case it.Target == "":
		wrong.Add("target", "menu.target.missing")
	case strings.HasPrefix(it.Target, pageTarget):
	case len(it.Target) > 300, err != nil, !local && (u.Scheme != "https" || u.Host == "" || u.User != nil):
		wrong.Add("address", "menu.address.wrong")
	}
	if err := wrong.Err(); err != nil {
		return it, err
	}
	link, ok, err := s.resolve(ctx, it.Target)
	switch {
	case err != nil:
		return it, err
	case !ok:
		return it, fault.Field("target", "menu.target.gone")
	case it.Label == "" && link.Label == "":
		return it, fault.Field("label", "menu.label.missing")
	case it.Label == link.Label:
		it.Label = "" // so that it follows
	}
	return it, nil
}

func (s *Service) arrangeMenu(ctx context.Context, by, menu, deed string, change func([]Item) ([]Item, error)) error {
	if !slices.Contains(Menus, menu) {
		return errNoPage()
	}
	return arrange(ctx, s, by, menu, deed, s.builtInMenu(menu), change)
}

func (s *Service) onItem(ctx context.Context, by, menu, id, deed string, change func(list []Item, i int) ([]Item, error)) error {
	return s.arrangeMenu(ctx, by, menu, deed, func(list []Item) ([]Item, error) {
		i := slices.IndexFunc(list, func(it Item) bool { return it.ID == id })
		if i < 0 {
			return nil, errNoPage()
		}
		return change(list, i)
	})
}
