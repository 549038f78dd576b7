package main

import (
	"context"
	"database/sql"
	"fmt"
	"strings"

	"lectern/app/db"
)

// tables are filled in this order, in which none points at a later one.
var tables = []struct{ name, columns string }{
	{"users", "id, email, email_norm, verified_at, name, phone, password_hash, created_at, deactivated_at"},
	{"terms", "kind, term, id"},
	{"sessions", "id, token_hash, user_id, created_at, auth_at, last_seen_at, expires_at, remember"},
	{"orders", "id, code, pay_token, user_id, item_kind, item_id, title, price, currency, paid, status, reason, created_at, expires_at, paid_at, closed_at"},
	{"receipts", "id, method, reference, amount, used, currency, payee, recorded_at, recorded_by, voided_at, void_reason"},
	{"claims", "id, order_id, user_id, price, reference, tail, payee, payer, status, reason, created_at, looked_at, told_at, decided_at, decided_by, receipt_id"},
	{"allocations", "id, receipt_id, order_id, amount, created_at, created_by, ended_at"},
	{"refunds", "id, order_id, receipt_id, amount, reference, reason, created_at, created_by"},
	{"grants", "id, user_id, course_id, source, order_id, created_at, created_by, ended_at, ended_by"},
	{"enrollments", "id, user_id, course_id, created_at, learner, open_until"},
	{"outbox", "id, kind, priority, user_id, payload, status, attempts, created_at, run_at, sent_at, last_error"},
	{"audit", "id, at, actor, action, kind, subject, detail"},
}

// rows are what is to be inserted, by table.
type rows map[string][][]any

func (r rows) add(table string, values ...any) { r[table] = append(r[table], values) }

// perStatement rows go in at once: enough that PostgreSQL's answers don't take longer than its work, and few enough that
// SQLite, which looks names of parameters up one by one, doesn't spend its time on that.
const perStatement = 20

func (r rows) insert(ctx context.Context, d *db.DB) error {
	return d.InTx(ctx, func(tx *sql.Tx) error {
		for _, t := range tables {
			for all := r[t.name]; len(all) > 0; {
				n := min(len(all), perStatement)
				if err := insertSome(ctx, tx, t.name, t.columns, all[:n]); err != nil {
					return fmt.Errorf("%s: %w", t.name, err)
				}
				all = all[n:]
			}
		}
		return nil
	})
}

func insertSome(ctx context.Context, tx *sql.Tx, table, columns string, some [][]any) error {
	var values []string
	var args []any
	for _, row := range some {
		var list string
		list, args = db.List(args, row)
		values = append(values, "("+list+")")
	}
	return db.Exec(ctx, tx, "INSERT INTO "+table+" ("+columns+") VALUES "+strings.Join(values, ", "), args...)
}
