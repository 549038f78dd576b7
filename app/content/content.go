// Package content holds what the school writes about itself: its pages, the parts of its home page, success stories and
// the menus. What was never written has a default, made from the settings, and everything that was changed can be put
// back.
//
// It owns the tables pages, page_versions, page_moves, stories and arrangements.
package content

import (
	"context"
	"database/sql"
	"sync/atomic"
	"time"

	"lectern/app/audit"
	"lectern/app/db"
	"lectern/app/lang"
	"lectern/app/school"
)

// Place is an address of the program's own that a menu may lead to.
type Place struct {
	Path string
	Key  string                                  // of the catalogue: what it is called
	Open func(ctx context.Context) (bool, error) // whether there is something to see; nil: always
}

// Options wire a Service.
type Options struct {
	DB      *db.DB
	School  *school.Service
	Now     func() time.Time // nil: time.Now
	Places  []Place          // in the order in which menus offer them
	Country string           // ISO 3166-1 alpha-2, whose law the default texts name
}

// Service reads and changes what the school writes. Safe for concurrent use.
type Service struct {
	Options
	shown atomic.Pointer[shown]
}

// New returns a Service.
func New(o Options) *Service {
	if o.Now == nil {
		o.Now = time.Now
	}
	return &Service{Options: o}
}

func (s *Service) record(ctx context.Context, tx *sql.Tx, by, action, kind, subject string) error {
	return audit.Record(ctx, tx, audit.Entry{At: s.Now(), Actor: by, Action: action, Kind: kind, Subject: subject})
}

// texts is the language that defaults are written in.
var texts = lang.For("en")
