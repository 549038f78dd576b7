package school

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"lectern/app/db"
	"lectern/app/fault"
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

// replaceSetting changes a setting that is still what it was.
func replaceSetting(ctx context.Context, tx *sql.Tx, c Change) (bool, error) {
	return db.Changed(ctx, tx, `UPDATE settings SET value = $1, updated_at = $2 WHERE name = $3 AND value = $4`, c.Became, db.Millis(c.At), c.Name, c.Was)
}

func addSetting(ctx context.Context, tx *sql.Tx, name, value string, at time.Time) (bool, error) {
	return db.Changed(ctx, tx, `INSERT INTO settings (name, value, updated_at) VALUES ($1, $2, $3)
		ON CONFLICT (name) DO NOTHING`, name, value, db.Millis(at))
}

func addChange(ctx context.Context, tx *sql.Tx, c Change) error {
	return db.Exec(ctx, tx, `INSERT INTO setting_changes (id, name, was, became, actor, at) VALUES ($1, $2, $3, $4, $5, $6)`,
		db.NewID(), c.Name, c.Was, c.Became, c.By, db.Millis(c.At))
}

func scanChange(r db.Scanner) (c Change, err error) {
	var at int64
	err = r.Scan(&c.ID, &c.Name, &c.Was, &c.Became, &c.By, &c.Admin, &at)
	c.At = db.Time(at)
	return c, err
}

const changeColumns = `c.id, c.name, c.was, c.became, c.actor, COALESCE(u.name, ''), c.at`

// readChanges returns the last few changes of each setting, the latest first.
func readChanges(ctx context.Context, q db.Querier, most int) ([]Change, error) {
	return db.All(ctx, q, scanChange, `SELECT `+changeColumns+` FROM
		(SELECT *, row_number() OVER (PARTITION BY name ORDER BY id DESC) AS nth FROM setting_changes) c
		LEFT JOIN users u ON u.id = c.actor WHERE c.nth <= $1 ORDER BY c.id DESC`, most)
}

func readChange(ctx context.Context, q db.Querier, id string) (Change, error) {
	c, err := scanChange(q.QueryRowContext(ctx, `SELECT `+changeColumns+` FROM setting_changes c LEFT JOIN users u ON u.id = c.actor WHERE c.id = $1`, id))
	return c, found(err)
}

// found turns "no row" into NotFound.
func found(err error) error {
	if errors.Is(err, sql.ErrNoRows) {
		return fault.New(fault.NotFound, "fault.not_found")
	}
	return err
}
