package school_test

import (
	"testing"
	"time"
	_ "time/tzdata"

	"lectern/app/school"
)

func TestParseHours(t *testing.T) {
	for text, want := range map[string]string{
		"daily 19:00-21:00":                       "daily 19:00-21:00",
		"mon,tue 18:00-20:00":                     "mon,tue 18:00-20:00",
		" TUE,mon 9:05 - 20:00 ":                  "mon,tue 09:05-20:00",
		"sun,mon 00:00-24:00":                     "mon,sun 00:00-24:00",
		"sun,mon,tue,wed,thu,fri,sat 19:00-21:00": "daily 19:00-21:00",
		"daily 20:45-21:00":                       "daily 20:45-21:00",
		"":                                        "",
		"daily":                                   "",
		"19:00-21:00":                             "",
		"daily 19:00":                             "",
		"daily 21:00-19:00":                       "",
		"daily 19:00-19:00":                       "",
		"daily 20:46-21:00":                       "",
		"daily 19:00-24:01":                       "",
		"daily 19:60-21:00":                       "",
		"daily 19:0-21:00":                        "",
		"daily -1:00-21:00":                       "",
		"daily 19:00-21:00-22:00":                 "",
		"someday 19:00-21:00":                     "",
		"mon, 19:00-21:00":                        "",
		"mon,tues 19:00-21:00":                    "",
		"daily 19:00-999999999999:00":             "",
		"daily 19:00-300:00":                      "",
	} {
		h, err := school.ParseHours(text)
		if want == "" {
			if err == nil {
				t.Errorf("%q: taken as %s", text, h)
			}
			continue
		}
		if err != nil || h.String() != want {
			t.Errorf("%q: got %q, %v, want %q", text, h, err, want)
		}
	}
}

func TestHours_Next(t *testing.T) {
	tests := []struct {
		name, zone, hours, now, from, to string
		open                             bool
	}{
		{"before today's", "Asia/Kolkata", "daily 19:00-21:00", "2026-11-23 14:05", "2026-11-23 19:00", "2026-11-23 21:00", false},
		{"at its first minute", "Asia/Kolkata", "daily 19:00-21:00", "2026-11-23 19:00", "2026-11-23 19:00", "2026-11-23 21:00", true},
		{"with a quarter left", "Asia/Kolkata", "daily 19:00-21:00", "2026-11-23 20:45", "2026-11-23 19:00", "2026-11-23 21:00", true},
		{"with less than a quarter left", "Asia/Kolkata", "daily 19:00-21:00", "2026-11-23 20:46", "2026-11-24 19:00", "2026-11-24 21:00", false},
		{"after today's", "Asia/Kolkata", "daily 19:00-21:00", "2026-11-23 23:59", "2026-11-24 19:00", "2026-11-24 21:00", false},
		{"over a month's end", "Asia/Kolkata", "daily 19:00-21:00", "2026-11-30 22:00", "2026-12-01 19:00", "2026-12-01 21:00", false},
		{"over a year's end", "Asia/Kolkata", "daily 19:00-21:00", "2026-12-31 22:00", "2027-01-01 19:00", "2027-01-01 21:00", false},
		{"over a leap day", "Asia/Kolkata", "tue 18:00-20:00", "2028-02-28 12:00", "2028-02-29 18:00", "2028-02-29 20:00", false},
		{"on the next of two days", "Asia/Kolkata", "mon,thu 18:00-20:00", "2026-11-23 20:30", "2026-11-26 18:00", "2026-11-26 20:00", false},
		{"a week on, with one day", "Asia/Kolkata", "mon 18:00-20:00", "2026-11-23 19:50", "2026-11-30 18:00", "2026-11-30 20:00", false},
		{"until midnight", "Asia/Kolkata", "daily 22:00-24:00", "2026-11-30 23:00", "2026-11-30 22:00", "2026-12-01 00:00", true},
		{"shortly before midnight", "Asia/Kolkata", "daily 22:00-24:00", "2026-11-30 23:50", "2026-12-01 22:00", "2026-12-02 00:00", false},
		{"in the zone's day, not in UTC's", "Asia/Kolkata", "tue 01:00-03:00", "2026-11-24 00:30", "2026-11-24 01:00", "2026-11-24 03:00", false},
		{"west of Greenwich", "America/Los_Angeles", "mon 20:00-22:00", "2026-11-23 21:00", "2026-11-23 20:00", "2026-11-23 22:00", true},
		{"day before clocks go forward", "Europe/Berlin", "daily 19:00-21:00", "2026-03-28 22:00", "2026-03-29 19:00", "2026-03-29 21:00", false},
		{"day before clocks go back", "Europe/Berlin", "daily 19:00-21:00", "2026-10-24 22:00", "2026-10-25 19:00", "2026-10-25 21:00", false},
		{"both ends skipped", "America/New_York", "daily 02:10-02:40", "2026-03-07 12:00", "2026-03-08 03:10", "2026-03-08 03:40", false},
		{"end skipped", "America/New_York", "daily 01:30-02:15", "2026-03-07 12:00", "2026-03-08 01:30", "2026-03-08 03:15", false},
		{"end skipped, half an hour", "Australia/Lord_Howe", "daily 01:30-02:15", "2026-10-03 12:00", "2026-10-04 01:30", "2026-10-04 02:45", false},
		{"skipped altogether", "America/New_York", "sun 02:00-03:00", "2026-03-07 12:00", "2026-03-15 02:00", "2026-03-15 03:00", false},
		{"midnight skipped", "Africa/Cairo", "daily 00:10-02:00", "2026-04-23 12:00", "2026-04-24 01:10", "2026-04-24 02:00", false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			loc, err := time.LoadLocation(tt.zone)
			if err != nil {
				t.Fatal(err)
			}
			at := func(text string) time.Time {
				v, err := time.ParseInLocation("2006-01-02 15:04", text, loc)
				if err != nil {
					t.Fatal(err)
				}
				return v
			}
			h, err := school.ParseHours(tt.hours)
			if err != nil {
				t.Fatal(err)
			}
			from, to, open := h.Next(at(tt.now))
			if !from.Equal(at(tt.from)) || !to.Equal(at(tt.to)) || open != tt.open {
				t.Errorf("got %s to %s, open %v; want %s to %s, open %v", from, to, open, tt.from, tt.to, tt.open)
			}
			if from.Location() != loc || to.Location() != loc {
				t.Errorf("got times in %s and %s, want %s", from.Location(), to.Location(), loc)
			}
		})
	}
}

// Whatever the zone and the hour: a window ends after it begins, not before a quarter of an hour from now, and within two
// weeks and a day.
func TestHours_NextNeverLies(t *testing.T) {
	for _, zone := range []string{"Asia/Kolkata", "America/New_York", "Australia/Lord_Howe", "Africa/Cairo", "America/Santiago", "UTC"} {
		loc, err := time.LoadLocation(zone)
		if err != nil {
			t.Fatal(err)
		}
		for _, text := range []string{"daily 00:00-00:30", "daily 01:45-02:15", "daily 00:00-24:00", "sun 02:00-03:00", "wed,sat 23:00-24:00"} {
			h, err := school.ParseHours(text)
			if err != nil {
				t.Fatal(err)
			}
			for now := time.Date(2026, 1, 1, 0, 0, 0, 0, loc); now.Year() == 2026; now = now.Add(53 * time.Minute) {
				from, to, open := h.Next(now)
				if !to.After(from) || to.Sub(now) < 15*time.Minute || to.Sub(now) > 15*24*time.Hour || open != !from.After(now) {
					t.Fatalf("%s, %s, %s: got %s to %s, open %v", zone, text, now, from, to, open)
				}
			}
		}
	}
}

func TestHours_NextWithoutDays(t *testing.T) {
	if from, to, open := (school.Hours{}).Next(time.Now()); !from.IsZero() || !to.IsZero() || open {
		t.Errorf("got %s to %s, open %v, want nothing", from, to, open)
	}
}
