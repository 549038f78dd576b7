package school

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// Hours are the days and the time of day in which the school looks at its bank account.
type Hours struct {
	Days     [7]bool // by time.Weekday
	From, To int     // minutes after midnight, From before To
}

// notice is what somebody who is already looking needs to take up one more claim.
const notice = 15 * time.Minute

var dayNames = [7]string{"sun", "mon", "tue", "wed", "thu", "fri", "sat"}

// ErrHours means that a text names no hours, or a window of less than a quarter of an hour.
var ErrHours = errors.New("no checking hours")

// ParseHours reads `daily 19:00-21:00` or `mon,tue 18:00-20:00`, up to 24:00. ErrHours for anything else.
func ParseHours(text string) (Hours, error) {
	var h Hours
	days, window, ok := strings.Cut(strings.ToLower(strings.TrimSpace(text)), " ")
	from, to, dash := strings.Cut(strings.ReplaceAll(window, " ", ""), "-")
	if !ok || !dash {
		return h, ErrHours
	}
	for _, name := range strings.Split(days, ",") {
		if !h.addDay(name) {
			return Hours{}, ErrHours
		}
	}
	var okFrom, okTo bool
	h.From, okFrom = minutes(from)
	h.To, okTo = minutes(to)
	if !okFrom || !okTo || h.To-h.From < int(notice/time.Minute) {
		return Hours{}, ErrHours
	}
	return h, nil
}

func (h *Hours) addDay(name string) bool {
	found := false
	for i := range dayNames {
		if name == dayNames[i] || name == "daily" {
			h.Days[i], found = true, true
		}
	}
	return found
}

// minutes reads H:MM up to 24:00 as minutes after midnight.
func minutes(clock string) (int, bool) {
	hh, mm, ok := strings.Cut(clock, ":")
	h, errH := strconv.ParseUint(hh, 10, 8)
	m, errM := strconv.ParseUint(mm, 10, 8)
	n := int(h*60 + m)
	return n, ok && errH == nil && errM == nil && len(mm) == 2 && m < 60 && n <= 24*60
}

// String writes the hours as ParseHours reads them, days from Monday on.
func (h Hours) String() string {
	var days []string
	for i := range dayNames {
		if d := (i + 1) % 7; h.Days[d] {
			days = append(days, dayNames[d])
		}
	}
	list := strings.Join(days, ",")
	if len(days) == 7 {
		list = "daily"
	}
	return fmt.Sprintf("%s %02d:%02d-%02d:%02d", list, h.From/60, h.From%60, h.To/60, h.To%60)
}

// Next returns the window in which a claim made now is looked at, in the zone that now carries: to is the time by which
// it has been, open tells that the window has begun. A claim made in a window's last quarter of an hour falls to the
// next. Zero times where no day is set.
func (h Hours) Next(now time.Time) (from, to time.Time, open bool) {
	for ahead := range 15 { // two weeks: clocks that go forward can swallow the one window of a week
		day := time.Date(now.Year(), now.Month(), now.Day()+ahead, 0, 0, 0, 0, time.UTC)
		if !h.Days[day.Weekday()] {
			continue
		}
		from, to = onClock(day, h.From, now.Location()), onClock(day, h.To, now.Location())
		start := from
		if now.After(from) {
			start = now
		}
		if to.Sub(start) >= notice {
			return from, to, !now.Before(from)
		}
	}
	return time.Time{}, time.Time{}, false
}

// onClock is the moment at which clocks in loc show so many minutes after the midnight that begins day, a date in UTC.
// A time that is skipped when clocks go forward becomes as much later as they skip: time.Date might make it earlier,
// and a window would end before it begins.
func onClock(day time.Time, minutes int, loc *time.Location) time.Time {
	wall := day.Add(time.Duration(minutes) * time.Minute)
	t := time.Date(wall.Year(), wall.Month(), wall.Day(), wall.Hour(), wall.Minute(), 0, 0, loc)
	if t.Hour() == wall.Hour() && t.Minute() == wall.Minute() {
		return t
	}
	_, offset := t.Add(-3 * time.Hour).Zone() // before the change: no zone skips more, but for whole days at the date line
	return time.Unix(wall.Unix()-int64(offset), 0).In(loc)
}
