// Package fault holds the few kinds of failure that a person can be told about. Everything else is a bug or an outage
// and becomes a 500 with a reference. Package web turns a kind into a status, nobody else does.
package fault

import (
	"errors"
	"time"

	"lectern/app/lang"
)

// Kind says what a failure means to the one who asked.
type Kind int

// The kinds, with the HTTP status that package web gives each.
const (
	Invalid   Kind = iota + 1 // 422: the input can't be taken as it is
	Forbidden                 // 403: signed in, but not allowed
	NotFound                  // 404: not there, or not theirs
	Conflict                  // 409: somebody else was quicker
	TooMany                   // 429: wait, see After
	TooBig                    // 413: the body is over the limit
	Method                    // 405: the address exists, but not for this method
)

// Fault is a failure with a message for the person who caused or met it.
type Fault struct {
	Kind   Kind
	Msg    lang.Msg
	Fields map[string]lang.Msg // Invalid only: form field → what is wrong with it
	After  time.Duration       // TooMany only: when to try again
}

// Error gives the message's key, for logs.
func (f *Fault) Error() string { return f.Msg.Key }

// New returns a fault of kind k; args alternate names and values as in lang.M.
func New(k Kind, key string, args ...any) *Fault {
	return &Fault{Kind: k, Msg: lang.M(key, args...)}
}

// Field returns an Invalid fault about one form field.
func Field(field, key string, args ...any) *Fault {
	m := lang.M(key, args...)
	return &Fault{Kind: Invalid, Msg: m, Fields: map[string]lang.Msg{field: m}}
}

// Fields collects what is wrong with a form, field by field. The zero value is ready for use.
type Fields map[string]lang.Msg

// Add notes what is wrong with a field; the first note on a field stays.
func (f *Fields) Add(field, key string, args ...any) {
	if *f == nil {
		*f = Fields{}
	}
	if _, ok := (*f)[field]; !ok {
		(*f)[field] = lang.M(key, args...)
	}
}

// Err returns an Invalid fault with all that was noted, or nil.
func (f Fields) Err() error {
	if len(f) == 0 {
		return nil
	}
	return &Fault{Kind: Invalid, Msg: lang.M("fault.form"), Fields: f}
}

// Is reports whether err is a fault of kind k.
func Is(err error, k Kind) bool {
	var f *Fault
	return errors.As(err, &f) && f.Kind == k
}
