package account

import "time"

// Rules are what the school decides about accounts.
type Rules struct {
	SecondFactor     bool          // asked of who has powers
	Idle             time.Duration // after which a session ends that nobody uses
	Life             time.Duration // after which it ends however busy it is
	IdleKept         time.Duration // the same for who ticked "keep me logged in"
	LifeKept         time.Duration
	LifeKeptByPowers time.Duration // and has powers
}

// DefaultRules are those of a school that decided nothing.
var DefaultRules = Rules{
	Idle: 12 * time.Hour, Life: 24 * time.Hour,
	IdleKept: 30 * 24 * time.Hour, LifeKept: 90 * 24 * time.Hour, LifeKeptByPowers: 7 * 24 * time.Hour,
}

// asks reports whether u has to have a second factor.
func (r Rules) asks(u User) bool { return r.SecondFactor && u.Staff() }

// session returns how long a session lasts: without a request, and at all.
func (r Rules) session(kept, staff bool) (idle, life time.Duration) {
	switch {
	case !kept:
		return r.Idle, r.Life
	case staff:
		return r.IdleKept, min(r.LifeKept, r.LifeKeptByPowers)
	}
	return r.IdleKept, r.LifeKept
}
