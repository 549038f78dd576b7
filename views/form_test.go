package views

import (
	"net/url"
	"testing"

	"github.com/a-h/templ"

	"lectern/app/lang"
)

func TestForm_FreshOneIsNil(t *testing.T) {
	var f *Form
	if got := f.Value("name", "Asha"); got != "Asha" {
		t.Errorf("Value = %q, want the fallback", got)
	}
	if _, wrong := f.Err("name"); wrong {
		t.Error("a fresh form has an error")
	}
	if html := render(t, page(nil), ErrorSummary(f, nil)); html != "" {
		t.Errorf("a fresh form has a summary: %s", html)
	}
}

func TestForm_KeepsWhatWasTyped(t *testing.T) {
	f := &Form{Values: url.Values{"name": {""}}}
	if got := f.Value("name", "Asha"); got != "" {
		t.Errorf("Value = %q, want the empty text that was sent", got)
	}
	if got := f.Value("city", "Srinagar"); got != "Srinagar" {
		t.Errorf("Value = %q, want the fallback for a field that wasn't sent", got)
	}
}

func TestFormTag(t *testing.T) {
	ctx := templ.WithChildren(page(func(p *Page) { p.CSRF = "token" }), templ.Raw("<i>child</i>"))
	html := render(t, ctx, FormTag(FormAttrs{Action: "/orders/LN-1/claims", HX: true, Attrs: templ.Attributes{"data-x": "1"}}))
	has(t, html, `method="post"`, `action="/orders/LN-1/claims"`, "novalidate", `hx-post="/orders/LN-1/claims"`, `hx-target="this"`, `hx-swap="outerHTML"`,
		`<input type="hidden" name="csrf_token" value="token">`, "<i>child</i>", `data-x="1"`)
	html = render(t, page(nil), FormTag(FormAttrs{Action: "/courses/x/enroll"}))
	lacks(t, html, "csrf_token", "hx-", "enctype", "class")
}

func TestErrorSummary(t *testing.T) {
	f := &Form{Prefix: "r1-", Errors: map[string]lang.Msg{"": lang.M("fault.conflict"), "name": lang.M("fault.form")}}
	html := render(t, page(nil), ErrorSummary(f, map[string]string{"name": "Your name"}))
	has(t, html, `role="alert"`, `tabindex="-1"`, "autofocus", "2 things need", `href="#r1-name"`, "Your name: Something needs", "Somebody has already handled this")
}

func TestField(t *testing.T) {
	f := &Form{Values: url.Values{"email": {`a"b`}}, Errors: map[string]lang.Msg{"email": lang.M("fault.form")}}
	html := render(t, page(nil), Field(f, Input{Name: "email", Label: "Mail", Hint: "We write there", Type: "email", Autocomplete: "email", InputMode: "email", MaxLength: 254, Required: true, List: []string{"x"}}))
	has(t, html, `<label for="email">`, `id="email-hint"`, `id="email-error"`, `aria-describedby="email-hint email-error"`, `aria-invalid="true"`,
		`value="a&#34;b"`, `autocomplete="email"`, `maxlength="254"`, " required", `list="email-list"`, `<datalist id="email-list">`)
	lacks(t, render(t, page(nil), Field(nil, Input{Name: "email", Label: "Mail"})), "aria-invalid", "aria-describedby", "required", "optional")
	has(t, render(t, page(nil), Field(nil, Input{Name: "n", Label: "N", Optional: true, Attrs: templ.Attributes{"data-x": "1"}})), "optional", `data-x="1"`)
}

func TestField_NeverShowsAPasswordAgain(t *testing.T) {
	f := &Form{Values: url.Values{"password": {"correct horse"}}}
	html := render(t, page(nil), Field(f, Input{Name: "password", Label: "Password", Type: "password", Value: "x"}))
	lacks(t, html, "correct horse", `value="x"`)
	has(t, html, `data-reveal="password"`, `type="button"`)
}

func TestChoices(t *testing.T) {
	options := []Option{{"a", "First"}, {"b", "Second"}}
	f := &Form{Values: url.Values{"pick": {"b"}}, Errors: map[string]lang.Msg{"pick": lang.M("fault.form")}}
	in := Input{Name: "pick", Label: "Pick", Value: "a", Hint: "One"}
	has(t, render(t, page(nil), Select(nil, in, options)), `<option value="a" selected>`)
	has(t, render(t, page(nil), Select(f, in, options)), `<option value="b" selected>`, `aria-invalid="true"`)
	html := render(t, page(nil), Radios(f, in, options))
	has(t, html, `value="b" checked`, `<fieldset`, `<legend>`, `id="pick"`, `aria-describedby="pick-hint pick-error"`)
	lacks(t, html, `value="a" checked`)
}

func TestCheck(t *testing.T) {
	ticked := Input{Name: "ok", Label: "OK", Attrs: templ.Attributes{"checked": true}}
	for name, c := range map[string]struct {
		form *Form
		in   Input
		want bool
	}{
		"Fresh":                {nil, Input{Name: "ok"}, false},
		"FreshAndTicked":       {nil, ticked, true},
		"SentTicked":           {&Form{Values: url.Values{"ok": {"on"}}}, Input{Name: "ok"}, true},
		"SentUnticked":         {&Form{Values: url.Values{"name": {"x"}}}, ticked, false},
		"OneOfSeveral":         {&Form{Values: url.Values{"ok": {"a", "b"}}}, Input{Name: "ok", Value: "b"}, true},
		"AnotherOfSeveral":     {&Form{Values: url.Values{"ok": {"a", "b"}}}, Input{Name: "ok", Value: "c"}, false},
		"FailedWithoutValues":  {&Form{Errors: map[string]lang.Msg{"ok": lang.M("fault.form")}}, ticked, true},
		"PrefixedFormIsFresh":  {&Form{Prefix: "a-"}, ticked, true},
		"ValueOfAnotherColumn": {&Form{Values: url.Values{"other": {"on"}}}, Input{Name: "ok"}, false},
	} {
		t.Run(name, func(t *testing.T) {
			html := render(t, page(nil), Check(c.form, c.in))
			if c.want {
				has(t, html, " checked")
			} else {
				lacks(t, html, " checked")
			}
		})
	}
}
