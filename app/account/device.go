package account

import (
	"cmp"
	"context"
	"database/sql"
	"time"

	"lectern/app/mail"
)

// DeviceLife is for how long a browser in which nobody logs in stays known.
const DeviceLife = 365 * 24 * time.Hour

// Meet remembers the browser in which u has just logged in, by the token in its cookie; where it has none, it is given the
// one that is returned. u is told by mail of a browser that is new to the account, under the name that device has, but not
// while the account itself is new.
func (s *Service) Meet(ctx context.Context, u User, token, device string) (string, error) {
	if len(token) != len(newToken()) {
		token = newToken()
	}
	now := s.Now()
	return token, s.DB.InTx(ctx, func(tx *sql.Tx) error {
		met, err := putDevice(ctx, tx, hashed(token), u.ID, now)
		if err != nil || met || now.Sub(u.CreatedAt) < time.Hour {
			return err
		}
		if over, err := s.count(ctx, tx, accountLetters, u.ID); err != nil || over != nil {
			return err
		}
		return cmp.Or(mail.Enqueue(ctx, tx, now, mail.To{UserID: u.ID}, mail.NewDevice{Device: device}),
			s.record(ctx, tx, u.ID, "account.new_device", u.ID))
	})
}
