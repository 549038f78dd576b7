package inbox

import (
	"context"
	"database/sql"

	"lectern/app/account"
)

// Forget deletes what a student wrote, signed in or by the account's address, as part of tx: for who is deleted for good.
func Forget(ctx context.Context, tx *sql.Tx, was account.User) error {
	return forget(ctx, tx, was.ID, was.EmailNorm)
}
