// Package audit writes down who did what to whom, in the transaction of the deed. Rows hold ids, never names or
// addresses, and are never changed: triggers in the database refuse it, and what somebody with the file changes
// nevertheless breaks a chain of hashes, see Seal and Verify. What stands here was done. What was refused is in the log of
// requests: strangers must not be able to make a table grow from which nothing is deleted.
package audit

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"net/netip"
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
	Origin
}

// Origin is where a deed came from; zero for what the program does by itself.
type Origin struct {
	Network string // of the client, too wide to tell who it was: 203.0.113.0/24 or 2001:db8:7::/48
	Request string // id under which the log has the request
}

type originKey struct{}

// From returns a context in which what is recorded came from there.
func From(ctx context.Context, ip, request string) context.Context {
	return context.WithValue(ctx, originKey{}, Origin{network(ip), request})
}

// network returns what a client's address begins with. The end is what would tell a household, or a person.
func network(ip string) string {
	a, err := netip.ParseAddr(ip)
	if err != nil {
		return ""
	}
	bits := 48
	if a = a.Unmap(); a.Is4() {
		bits = 24
	}
	p, err := a.WithZone("").Prefix(bits)
	if err != nil {
		return ""
	}
	return p.String()
}

// Record writes e as part of tx, so that the deed and its record stand or fall together. ID and Origin are filled in here.
func Record(ctx context.Context, tx *sql.Tx, e Entry) error {
	detail := []byte("{}")
	if len(e.Detail) > 0 {
		var err error
		if detail, err = json.Marshal(e.Detail); err != nil {
			return err
		}
	}
	origin, _ := ctx.Value(originKey{}).(Origin)
	return db.Exec(ctx, tx, `INSERT INTO audit (id, at, actor, action, kind, subject, detail, network, request) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
		db.NewID(), db.Millis(e.At), e.Actor, e.Action, e.Kind, e.Subject, string(detail), origin.Network, origin.Request)
}

// Query chooses entries, newest first; empty fields choose all.
type Query struct {
	Action  string
	Kind    string
	Subject string
	Actor   string
	From    time.Time // at this time or later
	To      time.Time // before
	After   string    // id of the last entry of the page before
	Limit   int
}

// List returns the entries of a page.
func List(ctx context.Context, q db.Querier, f Query) ([]Entry, error) {
	where, args := "1 = 1", []any{}
	put := func(cond string, v any) {
		args = append(args, v)
		where += fmt.Sprintf(" AND "+cond, len(args))
	}
	add := func(cond, v string) {
		if v != "" {
			put(cond, v)
		}
	}
	if !f.From.IsZero() {
		put("at >= $%d", db.Millis(f.From))
	}
	if !f.To.IsZero() {
		put("at < $%d", db.Millis(f.To))
	}
	add("action = $%d", f.Action)
	add("kind = $%d", f.Kind)
	add("subject = $%d", f.Subject)
	add("actor = $%d", f.Actor)
	add("id < $%d", f.After)
	args = append(args, f.Limit)
	return db.All(ctx, q, scan, fmt.Sprintf(`SELECT `+columns+` FROM audit a WHERE %s ORDER BY id DESC LIMIT $%d`, where, len(args)), args...)
}

const columns = `a.id, a.at, a.actor, a.action, a.kind, a.subject, a.detail, a.network, a.request`

func scan(row db.Scanner) (Entry, error) {
	var e Entry
	var at int64
	var detail string
	if err := row.Scan(&e.ID, &at, &e.Actor, &e.Action, &e.Kind, &e.Subject, &detail, &e.Network, &e.Request); err != nil {
		return e, err
	}
	e.At = db.Time(at)
	return e, json.Unmarshal([]byte(detail), &e.Detail)
}
