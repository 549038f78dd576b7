// Package school holds what the school says about itself: its settings, the addresses that it is paid to, the hours in
// which it checks its bank, and the epoch, the number that grows with every public change.
package school

import (
	"context"
	"database/sql"
	"sync/atomic"
	"time"

	"lectern/app/audit"
	"lectern/app/db"
)

// EpochAge is how long production trusts an epoch that it has read: the delay, at most, until one copy of the program
// sees what another one changed.
const EpochAge = time.Second

// Options wire a Service.
type Options struct {
	DB       *db.DB
	Now      func() time.Time // nil: time.Now
	First    First            // what Seed writes where nothing is set yet
	EpochAge time.Duration    // 0: the epoch is read anew each time, as tests want it
}

// First are the values that the environment gives a new school, already checked by package config. Empty ones are left
// out. Once written, the settings page owns them.
type First struct {
	SiteName, Tagline                           string
	ContactEmail, ContactPhone, ContactLocation string
	Instagram, YouTube, Facebook, LinkedIn      string
	WhatsAppGroup                               string
	TimeZone                                    string // IANA name
	SecondFactor                                bool   // asked of who has powers
	UPIName                                     string
	UPIIDs                                      []string
}

// Service reads and changes the school's own data. Safe for concurrent use.
type Service struct {
	db       *db.DB
	now      func() time.Time
	first    First
	epochAge time.Duration
	epoch    atomic.Pointer[epochRead]
	settings atomic.Pointer[settingsRead]
	payees   atomic.Pointer[payeesRead]
}

// New returns a Service.
func New(o Options) *Service {
	if o.Now == nil {
		o.Now = time.Now
	}
	return &Service{db: o.DB, now: o.Now, first: o.First, epochAge: o.EpochAge}
}

// What was read, with the epoch that was in force before the reading: newer than its number at worst, never older.
type (
	epochRead struct {
		n  int64
		at time.Time
	}
	settingsRead struct {
		epoch int64
		s     Settings
	}
	payeesRead struct {
		epoch int64
		list  []Payee
	}
)

// Epoch returns the number that grows with every public change, at most EpochAge old.
func (s *Service) Epoch(ctx context.Context) (int64, error) {
	now := s.now()
	if r := s.epoch.Load(); r != nil {
		if age := now.Sub(r.at); age >= 0 && age < s.epochAge {
			return r.n, nil
		}
	}
	n, err := readEpoch(ctx, s.db.Read())
	if err != nil {
		return 0, err
	}
	s.epoch.Store(&epochRead{n, now})
	return n, nil
}

// Bump lets the epoch grow. Call it in the transaction of a public change, as late as can be: on PostgreSQL it makes
// every other such transaction wait for the end of this one.
func Bump(ctx context.Context, tx *sql.Tx) error { return bumpEpoch(ctx, tx) }

// Get returns the settings, defaults where nothing is set.
func (s *Service) Get(ctx context.Context) (Settings, error) {
	epoch, err := s.Epoch(ctx)
	if err != nil {
		return Settings{}, err
	}
	if r := s.settings.Load(); r != nil && r.epoch == epoch {
		return r.s, nil
	}
	values, err := readSettings(ctx, s.db.Read())
	if err != nil {
		return Settings{}, err
	}
	r := &settingsRead{epoch, typed(values)}
	s.settings.Store(r)
	return r.s, nil
}

// Values returns every setting as text, by name, defaults where nothing is set: what a settings form shows.
func (s *Service) Values(ctx context.Context) (map[string]string, error) {
	values, err := readSettings(ctx, s.db.Read())
	if err != nil {
		return nil, err
	}
	return withDefaults(values), nil
}

func (s *Service) record(ctx context.Context, tx *sql.Tx, by, action, kind, subject string) error {
	return audit.Record(ctx, tx, audit.Entry{At: s.now(), Actor: by, Action: action, Kind: kind, Subject: subject})
}
