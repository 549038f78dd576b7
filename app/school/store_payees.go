package school

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"lectern/app/db"
)

const payeeColumns = `p.id, p.label, p.vpa, p.merchant, p.active, p.version`

func scanPayee(r db.Scanner) (p Payee, err error) {
	err = r.Scan(&p.ID, &p.Label, &p.VPA, &p.Merchant, &p.Active, &p.Version)
	return p, err
}

func readPayees(ctx context.Context, q db.Querier) ([]Payee, error) {
	return db.All(ctx, q, scanPayee, `SELECT `+payeeColumns+` FROM payees p WHERE p.active ORDER BY p.position, p.id`)
}

func readAllPayees(ctx context.Context, q db.Querier) ([]Payee, error) {
	return db.All(ctx, q, scanPayee, `SELECT `+payeeColumns+` FROM payees p ORDER BY p.position, p.id`)
}

func readPayee(ctx context.Context, q db.Querier, id string) (Payee, error) {
	p, err := scanPayee(q.QueryRowContext(ctx, `SELECT `+payeeColumns+` FROM payees p WHERE p.id = $1`, id))
	return p, found(err)
}

func hasPayees(ctx context.Context, tx *sql.Tx) (bool, error) {
	return db.Value[bool](ctx, tx, `SELECT EXISTS (SELECT 1 FROM payees)`)
}

func countPayees(ctx context.Context, tx *sql.Tx) (n, last int64, err error) {
	err = tx.QueryRowContext(ctx, `SELECT count(*), COALESCE(max(position), 0) FROM payees`).Scan(&n, &last)
	return n, last, err
}

func addPayee(ctx context.Context, tx *sql.Tx, f PayeeForm, position int, at time.Time) (id string, added bool, err error) {
	id = db.NewID()
	added, err = db.Changed(ctx, tx, `INSERT INTO payees (id, label, vpa, merchant, position, created_at) VALUES ($1, $2, $3, $4, $5, $6)
		ON CONFLICT (vpa) DO NOTHING`, id, f.Label, f.VPA, f.Merchant, position, db.Millis(at))
	return id, added, err
}

func vpaTaken(ctx context.Context, tx *sql.Tx, vpa, but string) (bool, error) {
	return db.Value[bool](ctx, tx, `SELECT EXISTS (SELECT 1 FROM payees WHERE vpa = $1 AND id <> $2)`, vpa, but)
}

func changePayee(ctx context.Context, tx *sql.Tx, id string, version int64, f PayeeForm) (bool, error) {
	return db.Changed(ctx, tx, `UPDATE payees SET label = $1, vpa = $2, merchant = $3, version = version + 1 WHERE id = $4 AND version = $5`,
		f.Label, f.VPA, f.Merchant, id, version)
}

func switchPayee(ctx context.Context, tx *sql.Tx, id string, on bool) (bool, error) {
	return db.Changed(ctx, tx, `UPDATE payees SET active = $1, version = version + 1 WHERE id = $2 AND active <> $1`, on, id)
}

// movePayee gives a payee the place of the next one above or below, and that one its own. False where there is none, or
// the payee was changed.
func movePayee(ctx context.Context, tx *sql.Tx, id string, version int64, up bool) (bool, error) {
	neighbour := `SELECT n.id, n.position, p.position FROM payees p JOIN payees n ON (n.position, n.id) > (p.position, p.id)
		WHERE p.id = $1 AND p.version = $2 ORDER BY n.position, n.id LIMIT 1`
	if up {
		neighbour = `SELECT n.id, n.position, p.position FROM payees p JOIN payees n ON (n.position, n.id) < (p.position, p.id)
			WHERE p.id = $1 AND p.version = $2 ORDER BY n.position DESC, n.id DESC LIMIT 1`
	}
	var other string
	var there, here int64
	err := tx.QueryRowContext(ctx, neighbour, id, version).Scan(&other, &there, &here)
	if errors.Is(err, sql.ErrNoRows) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	ok, err := db.Changed(ctx, tx, `UPDATE payees SET position = $1, version = version + 1 WHERE id = $2 AND version = $3`, there, id, version)
	if err != nil || !ok {
		return false, err
	}
	return db.Changed(ctx, tx, `UPDATE payees SET position = $1 WHERE id = $2 AND position = $3`, here, other, there)
}
