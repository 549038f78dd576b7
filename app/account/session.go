package account

import (
	"context"
	"database/sql"
	"net/netip"
	"time"

	"lectern/app/audit"
	"lectern/app/db"
	"lectern/app/fault"
)

// How long a session lasts: without a request (idle), and at all. Remembered is what the student ticked at the login.
const (
	idle               = 12 * time.Hour
	idleRemembered     = 30 * 24 * time.Hour
	lifetime           = 24 * time.Hour
	lifetimeRemembered = 90 * 24 * time.Hour
)

// touchEvery is how old LastSeen may get before a request renews it.
const touchEvery = 5 * time.Minute

// Session is one login of a user, in one browser.
type Session struct {
	ID, UserID string
	CreatedAt  time.Time
	AuthAt     time.Time // when the password, or a login link, was last given
	LastSeen   time.Time // to within touchEvery
	Expires    time.Time // however busy it is
	Remember   bool
	IP, Agent  string // of the login
}

// over reports whether s ended by itself.
func (s Session) over(now time.Time) bool {
	rest := idle
	if s.Remember {
		rest = idleRemembered
	}
	return !now.Before(s.Expires) || now.Sub(s.LastSeen) >= rest
}

// Session returns the session of a cookie's token and its user, as they are at this moment. NotFound where it was ended,
// expired or idle for too long, or its user was deactivated.
func (s *Service) Session(ctx context.Context, token string) (Session, User, error) {
	one, u, err := sessionByToken(ctx, s.DB.Read(), hashed(token))
	if err != nil {
		return Session{}, User{}, err
	}
	now := s.Now()
	if one.over(now) {
		return Session{}, User{}, fault.New(fault.NotFound, "fault.not_found")
	}
	if now.Sub(one.LastSeen) >= touchEvery {
		s.touch(ctx, one.ID, now)
	}
	return one, u, nil
}

// touch notes that a session is in use, behind the request. Where too many wait for the writer already, the next request
// will do.
func (s *Service) touch(ctx context.Context, id string, now time.Time) {
	select {
	case s.touching <- struct{}{}:
	default:
		return
	}
	ctx = context.WithoutCancel(ctx)
	s.touches.Go(func() {
		defer func() { <-s.touching }()
		if err := s.DB.InTx(ctx, func(tx *sql.Tx) error { return touchSession(ctx, tx, id, now) }); err != nil {
			s.Log.Warn("session not touched", "err", err)
		}
	})
}

// begin inserts a session for a user whose row tx holds, and returns the token for the cookie.
func (s *Service) begin(ctx context.Context, tx *sql.Tx, userID string, remember bool, via Client, how string) (token string, err error) {
	now, token := s.Now(), newToken()
	life := lifetime
	if remember {
		life = lifetimeRemembered
	}
	session := Session{ID: db.NewID(), UserID: userID, CreatedAt: now, AuthAt: now, LastSeen: now, Expires: now.Add(life), Remember: remember, Agent: via.agent()}
	if ip, err := netip.ParseAddr(via.IP); err == nil {
		session.IP = ip.String()
	}
	if err := insertSession(ctx, tx, session, hashed(token)); err != nil {
		return "", err
	}
	return token, s.record(ctx, tx, userID, how, userID)
}

// record writes down what by did to a user.
func (s *Service) record(ctx context.Context, tx *sql.Tx, by, action, userID string) error {
	return audit.Record(ctx, tx, audit.Entry{At: s.Now(), Actor: by, Action: action, Kind: "user", Subject: userID})
}

// LogOut ends a session. One that was ended already stays so.
func (s *Service) LogOut(ctx context.Context, sessionID string) error {
	return s.DB.InTx(ctx, func(tx *sql.Tx) error {
		userID, err := endSession(ctx, tx, sessionID, s.Now())
		if fault.Is(err, fault.NotFound) {
			return nil
		}
		if err != nil {
			return err
		}
		return s.record(ctx, tx, userID, "account.logout", userID)
	})
}

// Sessions returns where a user is logged in, the newest login first.
func (s *Service) Sessions(ctx context.Context, userID string) ([]Session, error) {
	now := s.Now()
	all, err := liveSessions(ctx, s.DB.Read(), userID, now)
	live := all[:0]
	for _, one := range all {
		if !one.over(now) {
			live = append(live, one)
		}
	}
	return live, err
}

// EndSession ends a session of the user's. NotFound where it isn't his; ending it twice is no fault.
func (s *Service) EndSession(ctx context.Context, userID, id string) error {
	return s.DB.InTx(ctx, func(tx *sql.Tx) error {
		if err := sessionIs(ctx, tx, userID, id); err != nil {
			return err
		}
		_, err := endSession(ctx, tx, id, s.Now())
		if fault.Is(err, fault.NotFound) {
			return nil
		}
		if err != nil {
			return err
		}
		return s.record(ctx, tx, userID, "account.end_session", userID)
	})
}

// EndOthers ends all of a user's sessions but the one with the id keep.
func (s *Service) EndOthers(ctx context.Context, userID, keep string) error {
	return s.DB.InTx(ctx, func(tx *sql.Tx) error {
		if err := endSessions(ctx, tx, userID, keep, s.Now()); err != nil {
			return err
		}
		return s.record(ctx, tx, userID, "account.end_sessions", userID)
	})
}
