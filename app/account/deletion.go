package account

import (
	"cmp"
	"context"
	"database/sql"
	"time"

	"lectern/app/fault"
	"lectern/app/mail"
)

// deletionGrace is how long an account can be kept after its owner asked to have it deleted.
const deletionGrace = 7 * 24 * time.Hour

// Deletion returns when a user's account will be deleted; zero where nobody asked for it.
func (s *Service) Deletion(ctx context.Context, userID string) (time.Time, error) {
	return deletionOf(ctx, s.DB.Read(), userID)
}

// AskDeletion has a student's own account deleted in a week, and tells him by mail. Asking again changes nothing. Forbidden
// for people with powers: their deeds need a name until somebody takes the powers away.
func (s *Service) AskDeletion(ctx context.Context, u User) error {
	if u.Staff() {
		return fault.New(fault.Forbidden, "account.erase.staff")
	}
	return s.DB.InTx(ctx, func(tx *sql.Tx) error {
		now := s.Now()
		at := now.Add(deletionGrace)
		asked, err := setDeletion(ctx, tx, u.ID, at)
		if err != nil || !asked {
			return err
		}
		return cmp.Or(mail.Enqueue(ctx, tx, now, mail.To{UserID: u.ID}, mail.DeletionAsked{At: at}),
			s.record(ctx, tx, u.ID, "account.ask_deletion", u.ID))
	})
}

// KeepAccount takes AskDeletion back.
func (s *Service) KeepAccount(ctx context.Context, userID string) error {
	return s.DB.InTx(ctx, func(tx *sql.Tx) error {
		kept, err := dropDeletion(ctx, tx, userID)
		if err != nil || !kept {
			return err
		}
		return s.record(ctx, tx, userID, "account.keep", userID)
	})
}

// DueForDeletion returns students whose week is over, a few.
func (s *Service) DueForDeletion(ctx context.Context) ([]string, error) {
	return dueForDeletion(ctx, s.DB.Read(), s.Now())
}
