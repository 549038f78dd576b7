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

// linkLogin is a login of who proved nothing that only he knows: what asks for a fresh proof asks at once.
const linkLogin = "account.login_by_link"

// touchEvery is how old LastSeen may get before a request renews it.
const touchEvery = 5 * time.Minute

// Session is one login of a user, in one browser.
type Session struct {
	ID, UserID string
	CreatedAt  time.Time
	AuthAt     time.Time // when the password, or what stands for it, was last given
	LastSeen   time.Time // to within touchEvery
	Expires    time.Time // however busy it is
	Remember   bool
	Factor     bool      // the user has a second factor
	FactorDue  time.Time // until when he may go on without one that the school asks for; zero when it doesn't
	IP, Agent  string    // of the login
}

// over reports whether s ended by itself. What the school decides counts for sessions that began before, too.
func (s Session) over(now time.Time, r Rules, staff bool) bool {
	idle, life := r.session(s.Remember, staff)
	return !now.Before(s.Expires) || now.Sub(s.LastSeen) >= idle || now.Sub(s.CreatedAt) >= life
}

// Session returns the session of a cookie's token and its user, as they are at this moment. NotFound where it was ended,
// expired or idle for too long, or its user was deactivated.
func (s *Service) Session(ctx context.Context, token string) (Session, User, error) {
	one, u, err := sessionByToken(ctx, s.DB.Read(), hashed(token))
	if err != nil {
		return Session{}, User{}, err
	}
	now, rules := s.Now(), s.Rules(ctx)
	if one.over(now, rules, u.Staff()) {
		return Session{}, User{}, fault.New(fault.NotFound, "fault.not_found")
	}
	asked := rules.asks(u) && !one.Factor
	if now.Sub(one.LastSeen) >= touchEvery {
		s.touch(ctx, one, asked, now)
	}
	switch {
	case !asked:
		one.FactorDue = time.Time{}
	case one.FactorDue.IsZero():
		one.FactorDue = now.Add(factorGrace)
	}
	return one, u, nil
}

// touch notes that a session is in use, and that its user was asked for a second factor, behind the request. Where too many
// wait for the writer already, the next request will do.
func (s *Service) touch(ctx context.Context, one Session, asked bool, now time.Time) {
	select {
	case s.touching <- struct{}{}:
	default:
		return
	}
	ctx = context.WithoutCancel(ctx)
	s.touches.Go(func() {
		defer func() { <-s.touching }()
		err := s.DB.InTx(ctx, func(tx *sql.Tx) error {
			if asked {
				if err := beginGrace(ctx, tx, one.UserID, now.Add(factorGrace)); err != nil {
					return err
				}
			}
			return touchSession(ctx, tx, one.ID, now)
		})
		if err != nil {
			s.Log.Warn("session not touched", "err", err)
		}
	})
}

// begin inserts a session for a user whose row tx holds, and returns the token for the cookie. factor is the kind of the
// second one that he proved, or empty.
func (s *Service) begin(ctx context.Context, tx *sql.Tx, userID string, remember bool, via Client, how, factor string) (token string, err error) {
	now, token := s.Now(), newToken()
	_, life := s.Rules(ctx).session(remember, false) // who has powers, or gets them, is held to less by over
	auth := now
	if how == linkLogin {
		auth = time.UnixMilli(0)
	}
	session := Session{ID: db.NewID(), UserID: userID, CreatedAt: now, AuthAt: auth, LastSeen: now, Expires: now.Add(life), Remember: remember, Agent: via.agent()}
	if ip, err := netip.ParseAddr(via.IP); err == nil {
		session.IP = ip.String()
	}
	if err := insertSession(ctx, tx, session, hashed(token)); err != nil {
		return "", err
	}
	e := audit.Entry{At: now, Actor: userID, Action: how, Kind: "user", Subject: userID}
	if factor != "" {
		e.Detail = map[string]any{"factor": factor}
	}
	return token, audit.Record(ctx, tx, e)
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
	now, rules := s.Now(), s.Rules(ctx)
	u, err := userByID(ctx, s.DB.Read(), userID)
	if err != nil {
		return nil, err
	}
	all, err := liveSessions(ctx, s.DB.Read(), userID, now)
	live := all[:0]
	for _, one := range all {
		if !one.over(now, rules, u.Staff()) {
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
