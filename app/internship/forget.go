package internship

import (
	"context"
	"database/sql"

	"lectern/app/account"
)

// Forget deletes the applications of a student, sent while signed in or from the account's address, as part of tx: for who
// is deleted for good. Orders of fees stay, as money does.
func Forget(ctx context.Context, tx *sql.Tx, was account.User) error {
	return forget(ctx, tx, was.ID, was.EmailNorm)
}
