package internship

import (
	"context"
	"database/sql"
	"time"

	"lectern/app/account"
)

// Forget deletes the applications of a student, sent while signed in or from the account's address, as part of tx: for who
// is deleted for good. Orders of fees stay, as money does.
func Forget(ctx context.Context, tx *sql.Tx, was account.User) error {
	return forget(ctx, tx, was.ID, was.EmailNorm)
}

// Expire deletes applications that were sent before a time, and not decided since. Accepted ones stay.
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
