package school

import (
	"context"
	"database/sql"
	"maps"
	"strings"
	"time"

	"lectern/app/fault"
)

// Clash means that settings were changed by another since they were shown. It is a Conflict.
type Clash struct {
	Values map[string]string // what they are now, by name
}

// Error gives the key of what is said about it, for logs.
func (c *Clash) Error() string { return "settings.clash" }

// Unwrap makes it a Conflict for who doesn't look closer.
func (c *Clash) Unwrap() error { return fault.New(fault.Conflict, "settings.clash") }

// Save changes the settings named in values, done by the admin with that id. Invalid, with one field for each wrong
// value, and then nothing is changed. Unknown names are ignored.
func (s *Service) Save(ctx context.Context, by string, values map[string]string) error {
	return s.SaveOver(ctx, by, values, nil)
}

// SaveOver is Save for values that were typed over those in shown. One that stayed as it was shown is left alone, whatever
// it is now; a Clash, and nothing changed, where one that was typed over is another by now.
func (s *Service) SaveOver(ctx context.Context, by string, values, shown map[string]string) error {
	values, err := checked(values)
	if err != nil {
		return err
	}
	defer s.epoch.Store(nil) // so that who saved sees it at once
	return s.db.InTx(ctx, func(tx *sql.Tx) error {
		stored, err := readSettings(ctx, tx)
		if err != nil {
			return err
		}
		now := withDefaults(maps.Clone(stored))
		changes, clash := due(values, shown, now)
		if len(clash) > 0 {
			return &Clash{clash}
		}
		for _, c := range changes {
			_, set := stored[c.Name]
			if err := s.change(ctx, tx, by, c, set); err != nil {
				return err
			}
		}
		if len(changes) == 0 {
			return nil
		}
		return bumpEpoch(ctx, tx)
	})
}

// due compares what was typed with what was shown and with what is.
func due(values, shown, now map[string]string) (changes []Change, clash map[string]string) {
	clash = map[string]string{}
	for _, d := range Descriptors {
		value, given := values[d.Name]
		was, seen := shown[d.Name]
		was = strings.ReplaceAll(was, "\r\n", "\n")
		switch {
		case !given, value == now[d.Name], seen && value == was:
		case seen && was != now[d.Name]:
			clash[d.Name] = now[d.Name]
		default:
			changes = append(changes, Change{Name: d.Name, Was: now[d.Name], Became: value})
		}
	}
	return changes, clash
}

// change writes one setting, with its history. Of two that change it at once one is told of the clash.
func (s *Service) change(ctx context.Context, tx *sql.Tx, by string, c Change, set bool) error {
	c.By, c.At = by, s.now()
	write := replaceSetting
	if !set {
		write = func(ctx context.Context, tx *sql.Tx, c Change) (bool, error) {
			return addSetting(ctx, tx, c.Name, c.Became, c.At)
		}
	}
	ok, err := write(ctx, tx, c)
	if err != nil {
		return err
	}
	if !ok {
		return fault.New(fault.Conflict, "settings.clash")
	}
	if d, _ := Described(c.Name); d.Kind == Image {
		if err := s.hold(ctx, tx, c); err != nil {
			return err
		}
	}
	if err := addChange(ctx, tx, c); err != nil {
		return err
	}
	return s.record(ctx, tx, by, "setting.change", "setting", c.Name)
}

// Change is what an admin did to a setting.
type Change struct {
	ID, Name    string
	Was, Became string
	By          string // users.id
	Admin       string // his name
	At          time.Time
}

// changesShown is the number of changes that are remembered of a setting.
const changesShown = 5

// Changes returns the last changes of each setting, by its name, the latest first.
func (s *Service) Changes(ctx context.Context) (map[string][]Change, error) {
	list, err := readChanges(ctx, s.db.Read(), changesShown)
	all := map[string][]Change{}
	for _, c := range list {
		all[c.Name] = append(all[c.Name], c)
	}
	return all, err
}

// PutBack gives a setting the value again that it had before a change; shown is the one that it had when the admin chose
// to. NotFound where there is no such change, a Clash where the setting was changed meanwhile, Invalid where the old value
// isn't taken any more.
func (s *Service) PutBack(ctx context.Context, by, change, shown string) (name string, err error) {
	c, err := readChange(ctx, s.db.Read(), change)
	if err != nil {
		return "", err
	}
	return c.Name, s.SaveOver(ctx, by, map[string]string{c.Name: c.Was}, map[string]string{c.Name: shown})
}

// Described returns the setting of that name.
func Described(name string) (Descriptor, bool) {
	for _, d := range Descriptors {
		if d.Name == name {
			return d, true
		}
	}
	return Descriptor{}, false
}
