package school

import (
	"context"
	"database/sql"
	"time"

	"lectern/app/db"
)

func readEpoch(ctx context.Context, q db.Querier) (int64, error) {
	return db.Value[int64](ctx, q, `SELECT n FROM epoch WHERE id = 1`)
}

func bumpEpoch(ctx context.Context, tx *sql.Tx) error {
	return db.Exec(ctx, tx, `UPDATE epoch SET n = n + 1 WHERE id = 1`)
}

func readSettings(ctx context.Context, q db.Querier) (map[string]string, error) {
	rows, err := db.All(ctx, q, func(r db.Scanner) (row [2]string, err error) {
		err = r.Scan(&row[0], &row[1])
		return row, err
	}, `SELECT name, value FROM settings`)
	values := make(map[string]string, len(rows))
	for _, row := range rows {
		values[row[0]] = row[1]
	}
	return values, err
}

func writeSetting(ctx context.Context, tx *sql.Tx, name, value string, at time.Time) error {
	return db.Exec(ctx, tx, `INSERT INTO settings (name, value, updated_at) VALUES ($1, $2, $3)
		ON CONFLICT (name) DO UPDATE SET value = excluded.value, updated_at = excluded.updated_at`, name, value, db.Millis(at))
}

func addSetting(ctx context.Context, tx *sql.Tx, name, value string, at time.Time) (bool, error) {
	return db.Changed(ctx, tx, `INSERT INTO settings (name, value, updated_at) VALUES ($1, $2, $3)
		ON CONFLICT (name) DO NOTHING`, name, value, db.Millis(at))
}

func hasPayees(ctx context.Context, tx *sql.Tx) (bool, error) {
	return db.Value[bool](ctx, tx, `SELECT EXISTS (SELECT 1 FROM payees)`)
}

func addPayee(ctx context.Context, tx *sql.Tx, vpa string, position int, at time.Time) (id string, added bool, err error) {
	id = db.NewID()
	added, err = db.Changed(ctx, tx, `INSERT INTO payees (id, vpa, position, created_at) VALUES ($1, $2, $3, $4)
		ON CONFLICT (vpa) DO NOTHING`, id, vpa, position, db.Millis(at))
	return id, added, err
}

func readPayees(ctx context.Context, q db.Querier) ([]Payee, error) {
	return db.All(ctx, q, func(r db.Scanner) (p Payee, err error) {
		err = r.Scan(&p.ID, &p.Label, &p.VPA, &p.Merchant)
		return p, err
	}, `SELECT id, label, vpa, merchant FROM payees WHERE active ORDER BY position, id`)
}
