package school

import (
	"strconv"
	"time"

	"lectern/app/fault"
	"lectern/app/lang"
)

// Settings are what an admin may say about the school. All texts but SiteName may be empty.
type Settings struct {
	SiteName, Tagline                           string
	HomeLead                                    string // under the headline of the home page
	ContactEmail, ContactPhone, ContactLocation string
	Instagram, YouTube, Facebook, LinkedIn      string        // https addresses
	WhatsAppGroup                               string        // https address by which enrolled students join
	UPIName                                     string        // of the account's holder, as paying apps show it
	Accent                                      string        // #rrggbb, or empty for the built-in one
	Theme                                       Theme         // what follows from it
	Logo, Icon                                  string        // pictures: the sign in the head; squares of all sizes for tabs and phones
	OrderExpiry                                 time.Duration // whole hours
	OrderNote, PaidNote                         string        // above the way to pay; after the payment; lines
	Checking                                    Hours
	Zone                                        *time.Location // whose days and hours these are; never nil
	FirstSteps                                  bool           // the overview lists what a new school has to do
	SecondFactor                                bool           // asked of who has powers
	SessionIdle, SessionLife                    time.Duration  // a session ends when unused for so long, and at the latest after so long
	KeptIdle, KeptLife                          time.Duration  // the same for who asked to be kept logged in, whole days
	StaffLife                                   time.Duration  // and has powers
	KeepMessages, KeepApplications              int            // months
	KeepLetters                                 int            // days
}

// Kind says what a setting's text is, and so which field a form shows.
type Kind string

// The kinds.
const (
	Line   Kind = "line"
	Text   Kind = "text" // of several lines
	Email  Kind = "email"
	Phone  Kind = "phone"
	Link   Kind = "link"
	Color  Kind = "color"
	Count  Kind = "count"
	Week   Kind = "hours"
	Zone   Kind = "zone"
	Switch Kind = "switch" // on or off
	Image  Kind = "image"  // see Picture
)

// The values of a Switch.
const (
	On  = "on"
	Off = "off"
)

// Descriptor is one setting. One that has a default can't be empty.
type Descriptor struct {
	Name    string // the environment variable's, in lower case
	Section string // of the settings page
	Kind    Kind
	Default string
	set     func(s *Settings, text string)
}

// Sections of the settings page, in its order. Payees has a list of its own beside its setting.
const (
	Identity = "identity"
	Look     = "look"
	Contact  = "contact"
	Social   = "social"
	Students = "students"
	Payments = "payees"
	Checks   = "hours"
	Orders   = "orders"
	Logins   = "logins"
	Keeping  = "keeping"
	Panel    = "panel"
)

// Sections lists them.
var Sections = []string{Identity, Look, Contact, Social, Payments, Checks, Orders, Students, Logins, Keeping, Panel}

// Descriptors lists every setting, in the order of the settings page.
var Descriptors = []Descriptor{
	{"site_name", Identity, Line, "Lectern", func(s *Settings, v string) { s.SiteName = v }},
	{"site_tagline", Identity, Line, "", func(s *Settings, v string) { s.Tagline = v }},
	{"home_lead", Identity, Text, "", func(s *Settings, v string) { s.HomeLead = v }},
	{"accent", Look, Color, "", func(s *Settings, v string) { s.Accent, s.Theme = v, ThemeOf(v) }},
	{"logo", Look, Image, "", func(s *Settings, v string) {
		p := ParsePicture(v)
		s.Logo, s.Icon = p.Name, p.Icons
	}},
	{"favicon", Look, Image, "", func(s *Settings, v string) {
		if p := ParsePicture(v); p.Icons != "" {
			s.Icon = p.Icons
		}
	}},
	{"contact_email", Contact, Email, "", func(s *Settings, v string) { s.ContactEmail = v }},
	{"contact_phone", Contact, Phone, "", func(s *Settings, v string) { s.ContactPhone = v }},
	{"contact_location", Contact, Line, "", func(s *Settings, v string) { s.ContactLocation = v }},
	{"instagram_url", Social, Link, "", func(s *Settings, v string) { s.Instagram = v }},
	{"youtube_url", Social, Link, "", func(s *Settings, v string) { s.YouTube = v }},
	{"facebook_url", Social, Link, "", func(s *Settings, v string) { s.Facebook = v }},
	{"linkedin_url", Social, Link, "", func(s *Settings, v string) { s.LinkedIn = v }},
	{"upi_name", Payments, Line, "", func(s *Settings, v string) { s.UPIName = v }},
	{"checking_hours", Checks, Week, "daily 19:00-21:00", func(s *Settings, v string) { s.Checking, _ = ParseHours(v) }},
	{"time_zone", Checks, Zone, "Asia/Kolkata", func(s *Settings, v string) { s.Zone, _ = time.LoadLocation(v) }},
	{"order_expiry_hours", Orders, Count, "48", func(s *Settings, v string) { s.OrderExpiry = hours(v) }},
	{"order_note", Orders, Text, "", func(s *Settings, v string) { s.OrderNote = v }},
	{"paid_note", Orders, Text, "", func(s *Settings, v string) { s.PaidNote = v }},
	{"whatsapp_group_link", Students, Link, "", func(s *Settings, v string) { s.WhatsAppGroup = v }},
	{"second_factor", Logins, Switch, Off, func(s *Settings, v string) { s.SecondFactor = v == On }},
	{"session_idle_hours", Logins, Count, "12", func(s *Settings, v string) { s.SessionIdle = hours(v) }},
	{"session_hours", Logins, Count, "24", func(s *Settings, v string) { s.SessionLife = hours(v) }},
	{"kept_idle_days", Logins, Count, "30", func(s *Settings, v string) { s.KeptIdle = 24 * hours(v) }},
	{"kept_days", Logins, Count, "90", func(s *Settings, v string) { s.KeptLife = 24 * hours(v) }},
	{"staff_kept_days", Logins, Count, "7", func(s *Settings, v string) { s.StaffLife = 24 * hours(v) }},
	{"keep_messages_months", Keeping, Count, "24", func(s *Settings, v string) { s.KeepMessages, _ = strconv.Atoi(v) }},
	{"keep_applications_months", Keeping, Count, "12", func(s *Settings, v string) { s.KeepApplications, _ = strconv.Atoi(v) }},
	{"keep_letters_days", Keeping, Count, "30", func(s *Settings, v string) { s.KeepLetters, _ = strconv.Atoi(v) }},
	{"first_steps", Panel, Switch, On, func(s *Settings, v string) { s.FirstSteps = v == On }},
}

func hours(text string) time.Duration {
	n, _ := strconv.Atoi(text)
	return time.Duration(n) * time.Hour
}

// In returns the settings of a section.
func In(section string) []Descriptor {
	var list []Descriptor
	for _, d := range Descriptors {
		if d.Section == section {
			list = append(list, d)
		}
	}
	return list
}

// withDefaults adds what isn't set.
func withDefaults(values map[string]string) map[string]string {
	for _, d := range Descriptors {
		if _, ok := values[d.Name]; !ok {
			values[d.Name] = d.Default
		}
	}
	return values
}

// typed turns stored texts into Settings. A text that is wrong, written by an older version perhaps, counts as not set:
// no page may fail for it.
func typed(values map[string]string) Settings {
	var s Settings
	for _, d := range Descriptors {
		text, ok := values[d.Name]
		if _, wrong := d.check(text); !ok || wrong != nil {
			text = d.Default
		}
		d.set(&s, text)
	}
	return s
}

// checked cleans the known settings among values, and collects what is wrong with them.
func checked(values map[string]string) (map[string]string, error) {
	clean, faults := map[string]string{}, fault.Fields{}
	for _, d := range Descriptors {
		text, ok := values[d.Name]
		if !ok {
			continue
		}
		text, wrong := d.check(text)
		if wrong != nil {
			faults.Add(d.Name, wrong.Key, wrong.Args...)
		}
		clean[d.Name] = text
	}
	return clean, faults.Err()
}

// values are those to seed, by name. Those that are the default anyway are left out, so that a line added to the
// environment later is still the first to say something.
func (f First) values() map[string]string {
	all := map[string]string{
		"site_name": f.SiteName, "site_tagline": f.Tagline,
		"contact_email": f.ContactEmail, "contact_phone": f.ContactPhone, "contact_location": f.ContactLocation,
		"instagram_url": f.Instagram, "youtube_url": f.YouTube, "facebook_url": f.Facebook, "linkedin_url": f.LinkedIn,
		"whatsapp_group_link": f.WhatsAppGroup, "upi_name": f.UPIName, "time_zone": f.TimeZone,
	}
	if f.SecondFactor {
		all["second_factor"] = On
	}
	for _, d := range Descriptors {
		if all[d.Name] == "" || all[d.Name] == d.Default {
			delete(all, d.Name)
		}
	}
	return all
}

func wrong(key string, args ...any) *lang.Msg { m := lang.M(key, args...); return &m }
