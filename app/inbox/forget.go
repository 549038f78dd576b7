package inbox

import (
	"context"
	"database/sql"
	"time"

	"lectern/app/account"
)

// Forget deletes what a student wrote, signed in or by the account's address, as part of tx: for who is deleted for good.
func Forget(ctx context.Context, tx *sql.Tx, was account.User) error {
	return forget(ctx, tx, was.ID, was.EmailNorm)
}

// Expire deletes messages that came before a time, and were neither answered nor closed since. Those that nobody has read
// stay.
func (s *Service) Expire(ctx context.Context, before time.Time) error {
	for more := true; more; {
		err := s.db.InTx(ctx, func(tx *sql.Tx) (err error) {
			more, err = expire(ctx, tx, before)
			return err
		})
		if err != nil {
			return err
		}
	}
	return nil
}
