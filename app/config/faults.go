package config

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/caarlos0/env/v11"
)

// Fault is one setting that can't be used. It never holds the value, which may be a secret typed into the wrong line.
type Fault struct {
	Name   string // the variable, or the file
	Remedy string // sentences: what is wrong, and what to write instead
}

// Faults are all that Load found, in the order of Config's fields, each variable once.
type Faults []Fault

// Error gives one line a fault.
func (f Faults) Error() string {
	lines := make([]string, len(f))
	for i, fault := range f {
		lines[i] = fault.Name + ": " + fault.Remedy
	}
	return strings.Join(lines, "\n")
}

// add notes a fault; the first one about a variable stays, for later checks often fail because of it.
func (f *Faults) add(name, remedy string, args ...any) {
	if !f.about(name) {
		*f = append(*f, Fault{name, fmt.Sprintf(remedy, args...)})
	}
}

func (f Faults) about(name string) bool {
	for _, fault := range f {
		if fault.Name == name {
			return true
		}
	}
	return false
}

// sort puts f into the order of Config's fields.
func (f Faults) sort() {
	place := map[string]int{}
	for i, field := range reflect.VisibleFields(reflect.TypeFor[Config]()) {
		place[field.Tag.Get("env")] = i
	}
	slices.SortStableFunc(f, func(a, b Fault) int { return place[a.Name] - place[b.Name] })
}

// unparsable holds the remedies for values that their Go type refuses; the parsers' own words would print the value.
var unparsable = map[string]string{
	"PORT":            "It must be a number from 1 to 65535.",
	"SMTP_PORT":       "It must be a number from 1 to 65535, usually 587 (starttls) or 465 (tls).",
	"MAIL_PER_DAY":    "It must be a whole number, 1 or more.",
	"LOG_LEVEL":       "Write debug, info, warn or error.",
	"TIME_ZONE":       "There is no such time zone. Write a name of the tz database, such as Asia/Kolkata.",
	"TRUSTED_PROXIES": "Write addresses or networks with commas between, such as 10.0.0.5,192.168.0.0/16; also unix, or none.",
}

// parsed turns the env package's errors into faults.
func (f *Faults) parsed(err error) {
	if err == nil {
		return
	}
	var all env.AggregateError
	if !errors.As(err, &all) {
		all.Errors = []error{err}
	}
	for _, err := range all.Errors {
		var parse env.ParseError
		if !errors.As(err, &parse) {
			panic(err) // a fault in Config's tags, not in a value
		}
		field, _ := reflect.TypeFor[Config]().FieldByName(parse.Name)
		name := field.Tag.Get("env")
		f.add(name, "%s", unparsable[name])
	}
}

var parsers = map[reflect.Type]env.ParserFunc{
	reflect.TypeFor[time.Location](): func(name string) (any, error) {
		loc, err := time.LoadLocation(name)
		if err != nil {
			return nil, err
		}
		if loc == time.Local { // days and hours must not depend on the machine
			return nil, errors.New("not a name of the tz database")
		}
		return *loc, nil
	},
}
