// Package audit writes down who did what to whom, in the transaction of the deed. Rows hold ids, never names or
// addresses, and are never changed: triggers in the database refuse it.
package audit

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"time"

	"lectern/app/db"
)

// Entry is one deed.
type Entry struct {
	ID      string
	At      time.Time
	Actor   string         // users.id; empty for visitors and for the program itself
	Action  string         // noun.verb, such as payment.verify
	Kind    string         // of the subject: order, claim, user, course, …
	Subject string         // its id
	Detail  map[string]any // ids, amounts, statuses
}

// Record writes e as part of tx, so that the deed and its record stand or fall together. ID is made here.
func Record(ctx context.Context, tx *sql.Tx, e Entry) error {
	detail := []byte("{}")
	if len(e.Detail) > 0 {
		var err error
		if detail, err = json.Marshal(e.Detail); err != nil {
			return err
		}
	}
	return db.Exec(ctx, tx, `INSERT INTO audit (id, at, actor, action, kind, subject, detail) VALUES ($1, $2, $3, $4, $5, $6, $7)`,
		db.NewID(), db.Millis(e.At), e.Actor, e.Action, e.Kind, e.Subject, string(detail))
}

// Query chooses entries, newest first; empty fields choose all.
type Query struct {
	Action  string
	Kind    string
	Subject string
	Actor   string
	After   string // id of the last entry of the page before
	Limit   int
}

// List returns the entries of a page.
func List(ctx context.Context, q db.Querier, f Query) ([]Entry, error) {
	where, args := "1 = 1", []any{}
	add := func(cond string, v string) {
		if v != "" {
			args = append(args, v)
			where += fmt.Sprintf(" AND "+cond, len(args))
		}
	}
	add("action = $%d", f.Action)
	add("kind = $%d", f.Kind)
	add("subject = $%d", f.Subject)
	add("actor = $%d", f.Actor)
	add("id < $%d", f.After)
	args = append(args, f.Limit)
	return db.All(ctx, q, scan, fmt.Sprintf(`SELECT id, at, actor, action, kind, subject, detail FROM audit WHERE %s ORDER BY id DESC LIMIT $%d`, where, len(args)), args...)
}

func scan(row db.Scanner) (Entry, error) {
	var e Entry
	var at int64
	var detail string
	if err := row.Scan(&e.ID, &at, &e.Actor, &e.Action, &e.Kind, &e.Subject, &detail); err != nil {
		return e, err
	}
	e.At = db.Time(at)
	return e, json.Unmarshal([]byte(detail), &e.Detail)
}
