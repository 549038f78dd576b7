package admin

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"lectern/app/lang"
	"lectern/app/school"
	"lectern/app/web"
	"lectern/views"
	adminview "lectern/views/admin"
)

const settingsPath = "/admin/settings"

// Settings is GET /admin/settings?test=&kept=: all that the school says about itself, a form a section. test is a payee
// whose code is shown; what was typed when the session had run out, or the password was asked for, is there again.
func (p *Pages) Settings(w http.ResponseWriter, r *http.Request) error {
	m, err := p.settingsPage(r)
	if err != nil {
		return err
	}
	if token := r.URL.Query().Get("kept"); token != "" {
		if values, ok := p.Accounts.KeptForm(r.Context(), token, settingsPath); ok {
			m.Put(sectionOf(values), &views.Form{Values: values})
		}
		p.keptPayee(r.Context(), token, &m)
	}
	return web.Render(w, r, http.StatusOK, adminview.Settings(m), nil)
}

// SaveSettings is POST /admin/settings, with the fields of one section or some of them. Of each was_… tells what it was
// when it was shown.
func (p *Pages) SaveSettings(w http.ResponseWriter, r *http.Request) error {
	err := web.ParseForm(r)
	section := sectionOf(r.PostForm)
	if err != nil {
		return p.settingsFailed(w, r, section, err)
	}
	if guarded(r.PostForm) {
		return p.Kit.Fresh(settingsPath+"#"+section, p.putSettings)(w, r)
	}
	return p.putSettings(w, r)
}

func (p *Pages) putSettings(w http.ResponseWriter, r *http.Request) error {
	section := sectionOf(r.PostForm)
	if err := p.saveSettings(r); err != nil {
		return p.settingsFailed(w, r, section, err)
	}
	return p.settingsSaved(w, r, section, "settings.saved")
}

// guarded tells of settings that decide who gets in, and where the school is told of it: they ask for a fresh proof of who
// changes them.
func guarded(form url.Values) bool {
	for _, d := range school.Descriptors {
		if (d.Section == school.Logins || d.Name == "contact_email") && form.Has(d.Name) && form.Get(d.Name) != form.Get("was_"+d.Name) {
			return true
		}
	}
	return false
}

func (p *Pages) saveSettings(r *http.Request) error {
	values, shown := typedSettings(r.PostForm)
	for _, d := range school.Descriptors {
		if _, asked := shown[d.Name]; d.Kind != school.Image || !asked {
			continue
		}
		var err error
		if values[d.Name], err = p.settingPicture(r, d.Name, shown[d.Name]); err != nil {
			return err
		}
	}
	return p.School.SaveOver(r.Context(), web.UserID(r), values, shown)
}

// settingPicture reads the field of a setting that is a picture, and makes the icons of a new one.
func (p *Pages) settingPicture(r *http.Request, field, shown string) (string, error) {
	now := school.ParsePicture(shown)
	name, err := web.PictureField(r, p.Files, field, now.Name)
	if err != nil || name == now.Name {
		return shown, err
	}
	if name == "" {
		return "", nil
	}
	icons, err := p.Files.Icons(r.Context(), web.UserID(r), name)
	return school.Picture{Name: name, Icons: icons}.String(), err
}

// PutBackSetting is POST /admin/settings/changes/{id}/put-back.
func (p *Pages) PutBackSetting(w http.ResponseWriter, r *http.Request) error {
	if d, ok := school.Described(r.PostFormValue("name")); ok && (d.Section == school.Logins || d.Name == "contact_email") {
		return p.Kit.Fresh(settingsPath+"#"+d.Section, p.putBack)(w, r)
	}
	return p.putBack(w, r)
}

func (p *Pages) putBack(w http.ResponseWriter, r *http.Request) error {
	name, err := "", web.ParseForm(r)
	if err == nil {
		name, err = p.School.PutBack(r.Context(), web.UserID(r), r.PathValue("id"), r.PostForm.Get("was_"+r.PostForm.Get("name")))
	}
	d, known := school.Described(name)
	switch {
	case err == nil:
		return p.settingsSaved(w, r, d.Section, "settings.put_back")
	case known:
		return p.settingsFailed(w, r, d.Section, err)
	}
	return err
}

// settingsSaved shows the section as it is now: to htmx the section, which has not left its place, with a toast.
func (p *Pages) settingsSaved(w http.ResponseWriter, r *http.Request, section, key string) error {
	if next := r.PostFormValue("next"); next != "" || !web.Partial(r) || adminview.Reloads(section) {
		return p.Kit.Done(w, r, web.SafeNext(next, settingsPath+"#"+section), key)
	}
	m, err := p.settingsPage(r)
	if err != nil {
		return err
	}
	return web.Render(w, r, http.StatusOK, nil, adminview.SectionSaved(m, section, views.T(r.Context(), key)))
}

// settingsFailed shows a section again with what is wrong with it, or with what somebody else made of it meanwhile.
func (p *Pages) settingsFailed(w http.ResponseWriter, r *http.Request, section string, err error) error {
	status, form, err := failed(r, err)
	if err != nil {
		return err
	}
	m, err := p.settingsPage(r)
	if err != nil {
		return err
	}
	m.Put(section, form)
	onPage(w, r, status, section)
	return web.Render(w, r, status, adminview.Settings(m), adminview.Section(m, section))
}

// failed is the form to show again, and with which status, after settings couldn't be saved.
func failed(r *http.Request, err error) (status int, form *views.Form, other error) {
	var clash *school.Clash
	if errors.As(err, &clash) {
		return http.StatusConflict, clashForm(r.PostForm, clash), nil
	}
	form, err = web.Failed(r, err)
	return http.StatusUnprocessableEntity, form, err
}

// onPage tells htmx that the answer is the part with that id, and no toast, although it is no 422.
func onPage(w http.ResponseWriter, r *http.Request, status int, id string) {
	if status == http.StatusConflict && web.Partial(r) {
		w.Header().Set("HX-Retarget", "#"+id)
		w.Header().Set("HX-Reswap", "outerHTML")
	}
}

// clashForm is what was typed, with what is stored beside it.
func clashForm(sent url.Values, c *school.Clash) *views.Form {
	form := &views.Form{Values: url.Values{}, Errors: map[string]lang.Msg{}}
	for name, values := range sent {
		if name != "csrf_token" {
			form.Values[name] = values
		}
	}
	for name, now := range c.Values {
		key := "settings.clash.now"
		if d, _ := school.Described(name); now == "" {
			key = "settings.clash.empty"
		} else if d.Kind == school.Image {
			key = "settings.clash.picture"
		}
		form.Errors[name] = lang.M(key, "value", now)
	}
	return form
}

// sectionOf is the section that the fields of a form are of.
func sectionOf(form url.Values) string {
	if s := form.Get("section"); slices.Contains(school.Sections, s) {
		return s
	}
	for _, d := range school.Descriptors {
		if form.Has(d.Name) || d.Kind == school.Week && form.Has("checking_from") {
			return d.Section
		}
	}
	return school.Sections[0]
}

// typedSettings reads the settings out of a form, and what they were when it was shown. Hours may come as days and times,
// a colour as one of those that are offered.
func typedSettings(form url.Values) (values, shown map[string]string) {
	values, shown = map[string]string{}, map[string]string{}
	for _, d := range school.Descriptors {
		if form.Has(d.Name) && d.Kind != school.Image {
			values[d.Name] = form.Get(d.Name)
		}
		if form.Has("was_" + d.Name) {
			shown[d.Name] = form.Get("was_" + d.Name)
		}
	}
	if form.Has("checking_from") {
		to := form.Get("checking_to")
		if to == "00:00" { // a clock has no 24:00
			to = "24:00"
		}
		values["checking_hours"] = strings.Join(form["checking_days"], ",") + " " + form.Get("checking_from") + "-" + to
	}
	if choice := form.Get("accent_choice"); form.Has("accent_choice") && choice != adminview.OwnAccent {
		typed := choice == adminview.AccentChoice(shown["accent"]) && values["accent"] != shown["accent"] // the code alone
		if !typed {
			values["accent"] = choice
		}
	}
	return values, shown
}

// settingsPage is everything as it is now.
func (p *Pages) settingsPage(r *http.Request) (adminview.SettingsPage, error) {
	ctx := r.Context()
	values, err := p.School.Values(ctx)
	if err != nil {
		return adminview.SettingsPage{}, err
	}
	changes, err := p.School.Changes(ctx)
	if err != nil {
		return adminview.SettingsPage{}, err
	}
	m := adminview.SettingsPage{Zones: school.Zones, Preview: p.preview(ctx, values)}
	for _, name := range school.Sections {
		s := adminview.SettingsSection{Name: name}
		for _, d := range school.In(name) {
			s.Fields = append(s.Fields, settingField(d, values[d.Name]))
			for _, c := range changes[d.Name] {
				s.Changes = append(s.Changes, adminview.SettingChange{ID: c.ID, Name: c.Name, Kind: string(d.Kind), Was: c.Was, Became: c.Became,
					Now: values[d.Name], By: adminview.Person{ID: c.By, Name: c.Admin}, At: c.At})
			}
		}
		slices.SortFunc(s.Changes, func(a, b adminview.SettingChange) int { return strings.Compare(b.ID, a.ID) })
		m.Sections = append(m.Sections, s)
	}
	m.Payees, err = p.payees(ctx, r.URL.Query().Get("test"))
	return m, err
}

func settingField(d school.Descriptor, value string) adminview.SettingField {
	f := adminview.SettingField{Name: d.Name, Kind: string(d.Kind), Value: value, Picture: school.ParsePicture(value).Name, Required: d.Default != "", Max: d.Max()}
	if h, err := school.ParseHours(value); err == nil && d.Kind == school.Week {
		days, window, _ := strings.Cut(h.String(), " ")
		f.From, f.To, _ = strings.Cut(window, "-")
		f.Days = strings.Split(days, ",")
		if f.To == "24:00" {
			f.To = "00:00"
		}
	}
	return f
}

// PreviewSettings is GET /admin/settings/preview: what a name and a colour would look like.
func (p *Pages) PreviewSettings(w http.ResponseWriter, r *http.Request) error {
	values, err := p.School.Values(r.Context())
	if err != nil {
		return err
	}
	typed, _ := typedSettings(r.URL.Query())
	for name, v := range typed {
		values[name] = v
	}
	m := p.preview(r.Context(), values)
	return web.Render(w, r, http.StatusOK, adminview.PreviewPage(m), adminview.Preview(m))
}

func (p *Pages) preview(_ context.Context, values map[string]string) adminview.PreviewBox {
	m := adminview.PreviewBox{Name: values["site_name"], Tagline: values["site_tagline"]}
	t := school.ThemeOf(strings.ToLower(values["accent"]))
	if m.Wrong = values["accent"] != "" && !school.Readable(values["accent"]); !m.Wrong {
		m.Light, m.Dark = t.Light, t.Dark
	}
	return m
}
