package adminview

import (
	"context"
	"slices"
	"strings"
	"time"

	"lectern/app/lang"
	"lectern/views"
)

// SettingsPage is all that the school says about itself, a form a section. Each fails alone.
type SettingsPage struct {
	Sections []SettingsSection
	Payees   Payees
	Preview  PreviewBox
	Zones    []string
}

// SettingsSection is a form and what was changed by it lately.
type SettingsSection struct {
	Name    string
	Fields  []SettingField
	Changes []SettingChange // the latest first
	Form    *views.Form
}

// SettingField is a setting. Days, From and To are those of hours.
type SettingField struct {
	Name, Kind, Value string
	Picture           string // of an image
	Required          bool
	Max               int // characters
	Days              []string
	From, To          string // as a clock shows them
}

// SettingChange is what an admin did to a setting, which is Now something else perhaps.
type SettingChange struct {
	ID, Name, Kind   string
	Was, Became, Now string
	By               Person
	At               time.Time
}

// Put gives a section the state of its form.
func (m *SettingsPage) Put(section string, f *views.Form) {
	for i := range m.Sections {
		if m.Sections[i].Name == section {
			m.Sections[i].Form = f
		}
	}
}

func (m SettingsPage) section(name string) SettingsSection {
	for _, s := range m.Sections {
		if s.Name == name {
			return s
		}
	}
	return SettingsSection{Name: name}
}

// OwnAccent is the choice of a colour that isn't one of those that are offered.
const OwnAccent = "own"

// accents are offered: the built-in colour, under the empty value, and others that are read well.
var accents = []struct{ value, shown, key string }{
	{"", "#0c5a55", "settings.accent.teal"}, {"#1f4e8c", "#1f4e8c", "settings.accent.blue"}, {"#5b3a8e", "#5b3a8e", "settings.accent.violet"},
	{"#8a2452", "#8a2452", "settings.accent.berry"}, {"#9c3a12", "#9c3a12", "settings.accent.rust"}, {"#6d5200", "#6d5200", "settings.accent.ochre"},
	{"#2f6024", "#2f6024", "settings.accent.green"}, {"#3d4450", "#3d4450", "settings.accent.slate"},
}

// AccentChoice is the choice that a colour is of.
func AccentChoice(value string) string {
	if slices.ContainsFunc(accents, func(a struct{ value, shown, key string }) bool { return a.value == value }) {
		return value
	}
	return OwnAccent
}

// weekdays are the days as hours name them.
var weekdays = []string{"mon", "tue", "wed", "thu", "fri", "sat", "sun"}

func (f SettingField) onDay(form *views.Form, day string) bool {
	days := f.Days
	if form != nil && form.Values.Has("checking_from") {
		days = form.Values["checking_days"]
	}
	return slices.Contains(days, day) || slices.Contains(days, "daily")
}

// Reloads tells whether what the section changes is seen around the page, so that the whole of it is shown anew.
func Reloads(section string) bool { return section == "identity" || section == "look" }

// label, hint and value say of a setting what it is, where it shows, and what it is now.
// switchKey is the text of a switch that is on or off.
func (f SettingField) switchKey(value string) string {
	return "settings.switch." + f.Name + "." + value
}

func (f SettingField) label(ctx context.Context) string {
	return views.T(ctx, "settings.field."+f.Name)
}

// hint is left out where the section says all of it.
func (f SettingField) hint(ctx context.Context) string {
	if strings.HasSuffix(f.Name, "_url") {
		return ""
	}
	return views.T(ctx, "settings.hint."+f.Name)
}

func (c SettingChange) label(ctx context.Context) string {
	return views.T(ctx, "settings.field."+c.Name)
}

// said is a value in a line, shortened.
func said(ctx context.Context, value string) string {
	if value == "" {
		return views.T(ctx, "settings.empty")
	}
	if r := []rune(strings.Join(strings.Fields(value), " ")); len(r) > 80 {
		return "“" + string(r[:80]) + "…”"
	}
	return "“" + strings.Join(strings.Fields(value), " ") + "”"
}

// pictured is the picture that an image's value names first.
func pictured(value string) string {
	name, _, _ := strings.Cut(value, " ")
	return name
}

// labels are for the summary of what is wrong in a section.
func (s SettingsSection) labels(ctx context.Context) map[string]string {
	all := map[string]string{}
	for _, f := range s.Fields {
		all[f.Name] = f.label(ctx)
	}
	return all
}

func (s SettingsSection) attrs() views.FormAttrs {
	return views.FormAttrs{Action: "/admin/settings", ID: "form-" + s.Name, Class: "stack", Multipart: s.Name == "look", HX: !Reloads(s.Name), Target: "#" + s.Name}
}

// PreviewBox is what a name and a colour look like.
type PreviewBox struct {
	Name, Tagline string
	Light, Dark   string // colours; empty: the built-in ones
	Wrong         bool   // the colour can't be taken
}

// scheme is one half of the preview, with the colours of app.css.
type scheme struct{ ground, ink, soft, line, accent, onAccent string }

func (m PreviewBox) schemes() []scheme {
	light := scheme{"#fffdf8", "#1e1b15", "#5f5849", "#e2d9c8", m.Light, "#fffdf8"}
	dark := scheme{"#1d1b16", "#efe8da", "#b3aa98", "#38342b", m.Dark, "#15140f"}
	if m.Light == "" {
		light.accent, dark.accent = "#0c5a55", "#6cc9bd"
	}
	return []scheme{light, dark}
}

// short cuts a text to what the preview has room for.
func short(text string, most int) string {
	if r := []rune(text); len(r) > most {
		return string(r[:most-1]) + "…"
	}
	return text
}

// Payees are the addresses that the school is paid to.
type Payees struct {
	List    []Payee
	Trouble lang.Msg // why the last change was not made
	forms   map[string]*views.Form
}

// Payee is one of them.
type Payee struct {
	ID, Label, VPA   string
	Merchant, Active bool
	Version          int64
	First, Last      bool
	Test             bool // its code is shown
	QRPath           string
	QRSize           int
}

// Put gives the form of a payee its state, that which adds one where id is empty.
func (m *Payees) Put(id string, f *views.Form) {
	if m.forms == nil {
		m.forms = map[string]*views.Form{}
	}
	m.forms[id] = f
}

// form is that of a payee, with ids of its own.
func (m Payees) form(id string) *views.Form {
	f := m.forms[id]
	if f == nil {
		f = &views.Form{}
	}
	f.Prefix = "payee-" + id + "-"
	return f
}

func (p Payee) path() string { return "/admin/payees/" + p.ID }

func (p Payee) merchantAttrs() map[string]any { return map[string]any{"checked": p.Merchant} }

func payeeLabels(ctx context.Context) map[string]string {
	return map[string]string{"label": views.T(ctx, "payees.label"), "vpa": views.T(ctx, "payees.vpa")}
}
