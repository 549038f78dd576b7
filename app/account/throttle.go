package account

import (
	"cmp"
	"context"
	"database/sql"
	"math"
	"net/netip"
	"time"

	"lectern/app/db"
	"lectern/app/fault"
	"lectern/app/lang"
)

// Limit is how often an action may be tried in a window, which begins with the first try. Each limit counts by itself.
type Limit struct {
	Name string
	Max  int64
	Per  time.Duration
	Most time.Duration // each window in which all tries were used makes the next such one twice as long, up to this; 0: none grows
}

func (l Limit) longest() time.Duration { return max(l.Per, l.Most) }

// locks counts the windows of l in which all tries were used, for a day.
func (l Limit) locks() Limit {
	return Limit{Name: l.Name + "-locks", Max: math.MaxInt64, Per: 24 * time.Hour}
}

// Limits by client address, for Allow.
var (
	Registrations = Limit{Name: "register", Max: 60, Per: time.Minute}
	Claims        = Limit{Name: "claim", Max: 30, Per: time.Minute}
	Contacts      = Limit{Name: "contact", Max: 20, Per: time.Minute}
	Strengths     = Limit{Name: "strength", Max: 120, Per: time.Minute}
	Exports       = Limit{Name: "export", Max: 10, Per: time.Hour} // by account
	Applications  = Limit{Name: "apply", Max: 20, Per: time.Minute}
)

var (
	accountFailures = Limit{"login", 10, 15 * time.Minute, 4 * time.Hour} // by account, known or not, of browsers that aren't
	deviceFailures  = Limit{"login-device", 10, 15 * time.Minute, 4 * time.Hour}
	addressFailures = Limit{"login-address", 100, 15 * time.Minute, 2 * time.Hour}
	allFailures     = Limit{Name: "login-all", Max: 1200, Per: time.Minute} // of all browsers that aren't known
	codeFailures    = Limit{"code", 5, 15 * time.Minute, 4 * time.Hour}     // by account, of who knows its password
	accountResets   = Limit{Name: "reset", Max: 5, Per: 15 * time.Minute}
	addressResets   = Limit{Name: "reset-address", Max: 20, Per: 15 * time.Minute}
	accountLetters  = Limit{Name: "letters", Max: 5, Per: 15 * time.Minute} // by account, to its own address, which may be a stranger's
	passkeyAsks     = Limit{Name: "passkey", Max: 30, Per: time.Minute}     // by address: they are written for people who aren't known yet
	keptForms       = Limit{Name: "kept-form", Max: 600, Per: time.Hour}    // of all visitors: they are written for people who aren't signed in
)

// Allow counts a try of who, a client address or whatever else a limit is about. TooMany over the limit; refused tries
// don't make the wait longer.
func (s *Service) Allow(ctx context.Context, l Limit, who string) error {
	if err := s.spent(ctx, s.DB.Read(), l, who); err != nil {
		return err // without a write, or refusing would cost more than serving
	}
	var over error
	err := s.DB.InTx(ctx, func(tx *sql.Tx) (err error) {
		over, err = s.count(ctx, tx, l, who)
		return err
	})
	return cmp.Or(err, over)
}

// spent returns TooMany where no try is left. It counts nothing, so that an action of which only failures count asks it
// first and calls count after a failure.
func (s *Service) spent(ctx context.Context, q db.Querier, l Limit, who string) error {
	now := s.Now()
	n, until, err := hits(ctx, q, s.bucket(l, who), now, now.Add(l.longest()))
	if err != nil || n < l.Max {
		return err
	}
	return tooMany(now, until, l)
}

// count adds a try; over is TooMany if it is one more than the limit.
func (s *Service) count(ctx context.Context, tx *sql.Tx, l Limit, who string) (over, err error) {
	now := s.Now()
	n, until, err := hit(ctx, tx, s.bucket(l, who), now, now.Add(l.Per), now.Add(l.longest()))
	if err == nil && n == l.Max && l.Most > 0 {
		err = s.lengthen(ctx, tx, l, who, now)
	}
	if err != nil || n <= l.Max {
		return nil, err
	}
	return tooMany(now, until, l), nil
}

// lengthen makes a window whose tries are used up twice as long as the one before it that was.
func (s *Service) lengthen(ctx context.Context, tx *sql.Tx, l Limit, who string, now time.Time) error {
	locks := l.locks()
	n, _, err := hit(ctx, tx, s.bucket(locks, who), now, now.Add(locks.Per), now.Add(locks.Per))
	if err != nil || n < 2 {
		return err
	}
	per := l.Per
	for ; n > 1 && per < l.Most; n-- {
		per *= 2
	}
	return endBucketAt(ctx, tx, s.bucket(l, who), now.Add(min(per, l.Most)))
}

func tooMany(now, until time.Time, l Limit) error {
	after := min(max(until.Sub(now), time.Second), l.longest())
	f := fault.New(fault.TooMany, "fault.too_many", "wait", wait(after))
	f.After = after
	return f
}

func wait(d time.Duration) lang.Msg {
	if d > time.Minute {
		return lang.M("account.wait.minutes", "n", int((d+time.Minute-1)/time.Minute))
	}
	return lang.M("account.wait.seconds", "n", int((d+time.Second-1)/time.Second))
}

// bucket names a row of the table throttle without telling an address or a person.
func (s *Service) bucket(l Limit, who string) string {
	if ip, err := netip.ParseAddr(who); err == nil {
		who = network(ip)
	}
	return l.Name + ":" + s.keyed("throttle", l.Name, who)
}

// network returns what stands for one client: an IPv4 address, or the /64 that an IPv6 one can change in at will.
func network(ip netip.Addr) string {
	ip = ip.Unmap().WithZone("")
	if ip.Is4() {
		return ip.String()
	}
	p, err := ip.Prefix(64)
	if err != nil {
		return ip.String()
	}
	return p.String()
}

// forget empties a bucket, and what made its windows longer.
func (s *Service) forget(ctx context.Context, tx *sql.Tx, l Limit, who string) error {
	return cmp.Or(emptyBucket(ctx, tx, s.bucket(l, who)), emptyBucket(ctx, tx, s.bucket(l.locks(), who)))
}
