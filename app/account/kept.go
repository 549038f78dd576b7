package account

import (
	"cmp"
	"context"
	"database/sql"
	"net/url"
	"strings"
	"time"

	"lectern/app/db"
	"lectern/app/fault"
)

const (
	keptFor = time.Hour
	maxKept = 64 << 10 // bytes of a form, encoded
)

// KeepForm keeps what was typed into a form whose session had run out, for an hour, without passwords (fields whose name
// contains "password") and without the token against forged requests. An empty token means that it wasn't kept: there
// was nothing in it, too much, or there were too many.
func (s *Service) KeepForm(ctx context.Context, action string, form url.Values) (token string, err error) {
	kept := url.Values{}
	for name, values := range form {
		if name != "csrf_token" && !strings.Contains(strings.ToLower(name), "password") {
			kept[name] = values
		}
	}
	text := kept.Encode()
	if text == "" || len(text) > maxKept {
		return "", nil
	}
	if err := s.Allow(ctx, keptForms, "all"); err != nil {
		if fault.Is(err, fault.TooMany) {
			return "", nil
		}
		return "", err
	}
	token = newToken()
	return token, s.DB.InTx(ctx, func(tx *sql.Tx) error {
		return insertKept(ctx, tx, hashed(token), url.PathEscape(action), text, s.Now().Add(keptFor))
	})
}

// KeptForm returns what KeepForm kept for the form with that action, as often as it is asked.
func (s *Service) KeptForm(ctx context.Context, token, action string) (url.Values, bool) {
	text, err := keptForm(ctx, s.DB.Read(), hashed(token), url.PathEscape(action), s.Now())
	if err != nil {
		if !fault.Is(err, fault.NotFound) {
			s.Log.Error("kept form not read", "err", err)
		}
		return nil, false
	}
	form, err := url.ParseQuery(text)
	return form, err == nil
}

// Clean deletes what is over. Dead links stay for a while longer: a letter that is sent again would bring a used one back.
func (s *Service) Clean(ctx context.Context) error {
	const deadLinks = 7 * 24 * time.Hour
	const oldInvites = 30 * 24 * time.Hour // can still be renewed
	now := s.Now()
	return cmp.Or(
		s.purge(ctx, purgeKept, now),
		s.purge(ctx, purgeThrottle, now),
		s.purge(ctx, purgeSessions, now),
		s.purge(ctx, purgeSteps, now),
		s.purge(ctx, purgeDevices, now.Add(-DeviceLife)),
		s.purge(ctx, purgeLinks, now.Add(-deadLinks)),
		s.purge(ctx, purgeNotes, now.Add(-deletedNote)),
		s.purge(ctx, purgeInvites, now.Add(-oldInvites)))
}

func (s *Service) purge(ctx context.Context, query string, before time.Time) error {
	return s.DB.InTx(ctx, func(tx *sql.Tx) error { return db.Exec(ctx, tx, query, db.Millis(before)) })
}
