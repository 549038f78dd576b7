package views

import (
	"encoding/json"
	"maps"
	"net/url"
	"slices"
	"strings"

	"github.com/a-h/templ"

	"lectern/app/lang"
)

// Form is what a form shows again after it failed: what was typed and what is wrong, by field name. The error under the
// name "" is about the form as a whole. A nil *Form is a fresh form.
type Form struct {
	Values url.Values
	Errors map[string]lang.Msg
	Prefix string // before the ids of its fields, where one page has several forms
}

// Value returns what was typed into the field, or fallback in a fresh form.
func (f *Form) Value(name, fallback string) string {
	if f == nil || !f.Values.Has(name) {
		return fallback
	}
	return f.Values.Get(name)
}

// Err returns what is wrong with the field.
func (f *Form) Err(name string) (lang.Msg, bool) {
	if f == nil {
		return lang.Msg{}, false
	}
	m, ok := f.Errors[name]
	return m, ok
}

// failed returns the names of the fields that are wrong, in a stable order.
func (f *Form) failed() []string {
	if f == nil {
		return nil
	}
	return slices.Sorted(maps.Keys(f.Errors))
}

func (f *Form) id(name string) string {
	if f == nil {
		return name
	}
	return f.Prefix + name
}

// FormAttrs describes a form that changes something.
type FormAttrs struct {
	Action, ID, Class string
	HX                bool             // also sent by htmx, to the same address
	Target, Swap      string           // of htmx; the form itself, replaced, when empty
	Multipart         bool             // for uploads
	Attrs             templ.Attributes // made by code, never from input: names and addresses are printed unchecked
}

func (a FormAttrs) target() string { return or(a.Target, "this") }
func (a FormAttrs) swap() string   { return or(a.Swap, "outerHTML") }

// Input describes one field. Its value is what was typed, else Value; a password is never shown again.
type Input struct {
	Name, ID           string // ID is Name with the form's prefix when empty
	Label, Hint, Value string
	Type               string // "text" when empty
	Autocomplete       string
	InputMode, Pattern string
	Placeholder        string // an example at most, never the label
	Required, Optional bool   // Optional says so beside the label
	MaxLength          int
	List               []string         // suggestions
	Attrs              templ.Attributes // made by code only
}

// Option is one choice of a Select or of Radios.
type Option struct{ Value, Label string }

func (in Input) id(f *Form) string {
	if in.ID != "" {
		return in.ID
	}
	return f.id(in.Name)
}

func (in Input) kind() string { return or(in.Type, "text") }

func (in Input) value(f *Form) string {
	if in.Type == "password" {
		return ""
	}
	return f.Value(in.Name, in.Value)
}

// describedBy lists the ids of the texts beside the field: its hint, and its error when there is one.
func (in Input) describedBy(f *Form) string {
	var ids []string
	if in.Hint != "" {
		ids = append(ids, in.id(f)+"-hint")
	}
	if _, wrong := f.Err(in.Name); wrong {
		ids = append(ids, in.id(f)+"-error")
	}
	return strings.Join(ids, " ")
}

// ticked tells whether a tick box with this value stands ticked: as sent, or in a fresh form as its Attrs say.
func (in Input) ticked(f *Form) bool {
	if f != nil && f.Values != nil {
		return slices.Contains(f.Values[in.Name], or(in.Value, "on"))
	}
	on, _ := in.Attrs["checked"].(bool)
	return on
}

// attrs are the attributes that control, beyond those of its type, every kind of field has.
func (in Input) attrs(f *Form) templ.Attributes {
	a := templ.Attributes{"id": in.id(f), "name": in.Name}
	maps.Copy(a, in.Attrs)
	delete(a, "checked")
	if _, wrong := f.Err(in.Name); wrong {
		a["aria-invalid"] = "true"
	}
	for name, v := range map[string]string{"aria-describedby": in.describedBy(f), "autocomplete": in.Autocomplete} {
		if v != "" {
			a[name] = v
		}
	}
	if in.Required {
		a["required"] = true
	}
	return a
}

func or(s, fallback string) string {
	if s == "" {
		return fallback
	}
	return s
}

// labelled is what an error summary says of one field.
func labelled(label, text string) string {
	if label == "" {
		return text
	}
	return label + ": " + text
}

// csrfHeader is the value of hx-headers that gives htmx the token.
func csrfHeader(token string) string {
	b, _ := json.Marshal(map[string]string{"X-CSRF-Token": token})
	return string(b)
}
