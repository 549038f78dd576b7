package main

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"time"

	"github.com/rs/xid"

	"lectern/app/db"
	"lectern/views/admin"
)

// finder reads what addresses are about from a filled copy, and keeps the first error.
type finder struct {
	ctx context.Context
	q   db.Querier
	err error
}

func (f *finder) text(query string, args ...any) string {
	s, err := db.Value[string](f.ctx, f.q, query, args...)
	if errors.Is(err, sql.ErrNoRows) { // a small copy lacks some things
		return ""
	}
	if err != nil && f.err == nil {
		f.err = fmt.Errorf("%s: %w", query, err)
	}
	return s
}

// last is the key after which only the last page of a list is left. direction is that of the list.
func (f *finder) last(table, where, direction string) string {
	back, cut := "ASC", "DESC"
	if direction == "ASC" {
		back, cut = cut, back
	}
	return f.text("SELECT id FROM (SELECT id FROM " + table + " WHERE " + where + " ORDER BY id " + back + " LIMIT 51) m ORDER BY id " + cut + " LIMIT 1")
}

// early is a key of the first days, after which a search has little left to look through.
func (f *finder) early() string {
	var first, last int64
	if err := f.q.QueryRowContext(f.ctx, `SELECT min(created_at), max(created_at) FROM orders`).Scan(&first, &last); err != nil && f.err == nil {
		f.err = err
	}
	return xid.NewWithTime(time.UnixMilli(first + (last-first)/200)).String()
}

func at(path string, pairs ...string) string {
	v := url.Values{}
	for i := 0; i < len(pairs); i += 2 {
		if pairs[i+1] != "" {
			v.Set(pairs[i], pairs[i+1])
		}
	}
	if len(v) == 0 {
		return path
	}
	return path + "?" + v.Encode()
}

// words are what people look for: names that many have and that nobody has, together and alone, in three scripts, part of
// a name, part of an address. The older school's domain is only in the oldest tenth.
func (f *finder) words() []string {
	student := f.text(`SELECT min(user_id) FROM orders`)
	return []string{"asha", "a", "as", "zubin", "asha kumar", "zubin example", "kumar example", "kaul noor tara", "आशा", "आ", "آشا", "example", "net", "org",
		"asha org", "nobody", "k", f.text(`SELECT email FROM users WHERE id = $1`, student), f.text(`SELECT phone FROM users WHERE phone <> '' ORDER BY id LIMIT 1`), "98"}
}

// adminAddresses are all lists of the admin's pages, first and last pages, and their searches.
func adminAddresses(ctx context.Context, q db.Querier) ([]string, error) {
	f := &finder{ctx: ctx, q: q}
	words, early := f.words(), f.early()
	code := f.text(`SELECT code FROM orders WHERE status = 'paid' ORDER BY id LIMIT 1`)
	waiting := f.text(`SELECT reference FROM claims WHERE status = 'waiting' ORDER BY id LIMIT 1`)
	decided := f.text(`SELECT reference FROM claims WHERE status = 'accepted' ORDER BY id LIMIT 1`)
	money := append([]string{code, waiting, decided, waiting[max(0, len(waiting)-4):], decided[max(0, len(decided)-4):], "499", "1499", "799", "₹100", "12345"}, words...)

	all := []string{"/admin", "/admin?days=30", "/admin?days=90", "/admin/orders/" + code, "/admin/orders/" + f.text(`SELECT code FROM orders WHERE status = 'reversed' ORDER BY id LIMIT 1`)}
	for _, s := range adminview.PaymentStatuses {
		where, direction := "status = '"+s+"'", "DESC"
		switch s {
		case "":
			where, direction = "status IN ('waiting', 'not_seen')", "ASC"
		case "not_seen":
			direction = "ASC"
		case "all":
			where = "1 = 1"
		}
		all = append(all, at("/admin/payments", "status", s), at("/admin/payments", "status", s, "after", f.last("claims", where, direction)))
		for _, q := range money {
			all = append(all, at("/admin/payments", "status", s, "q", q), at("/admin/payments", "status", s, "q", q, "after", early))
		}
	}
	for _, s := range adminview.OrderStatuses {
		where := "1 = 1"
		if s != "" {
			where = "status = '" + s + "'"
		}
		all = append(all, at("/admin/orders", "status", s), at("/admin/orders", "status", s, "after", f.last("orders", where, "DESC")))
		for _, q := range money {
			all = append(all, at("/admin/orders", "status", s, "q", q), at("/admin/orders", "status", s, "q", q, "after", early))
		}
	}
	for _, s := range []string{"", "active", "inactive"} {
		where := "role = 'student'"
		switch s {
		case "active":
			where += " AND deactivated_at IS NULL"
		case "inactive":
			where += " AND deactivated_at IS NOT NULL"
		}
		all = append(all, at("/admin/students", "status", s), at("/admin/students", "status", s, "after", f.last("users", where, "DESC")))
		for _, q := range words {
			all = append(all, at("/admin/students", "status", s, "q", q), at("/admin/students", "status", s, "q", q, "after", early))
		}
	}
	for _, s := range []string{"", "open", "ended"} {
		for _, course := range []string{"", f.text(`SELECT min(course_id) FROM enrollments`)} {
			all = append(all, at("/admin/enrollments", "status", s, "course", course), at("/admin/enrollments", "status", s, "course", course, "after", f.last("enrollments", "1 = 1", "DESC")))
			for _, q := range words {
				all = append(all, at("/admin/enrollments", "status", s, "course", course, "q", q))
			}
		}
	}
	all = append(all, "/admin/students/"+f.text(`SELECT user_id FROM (SELECT user_id, count(*) AS n FROM orders GROUP BY user_id) m ORDER BY n DESC, user_id LIMIT 1`))
	for _, s := range []string{"queued", "sent", "failed", "all"} {
		where := "status = '" + s + "'"
		if s == "all" {
			where = "1 = 1"
		}
		all = append(all, at("/admin/mail", "status", s), at("/admin/mail", "status", s, "after", f.last("outbox", where, "DESC")))
		for _, q := range []string{f.text(`SELECT email FROM users ORDER BY id DESC LIMIT 1`), f.text(`SELECT min(id) FROM outbox`), "nobody@example.com", "nothing"} {
			all = append(all, at("/admin/mail", "status", s, "q", q))
		}
	}
	return append(all, f.audit(code)...), f.err
}

func (f *finder) audit(code string) []string {
	all := []string{"/admin/audit", at("/admin/audit", "after", f.last("audit", "1 = 1", "DESC"))}
	for _, kind := range []string{"order", "user", "grant"} {
		all = append(all, at("/admin/audit", "kind", kind), at("/admin/audit", "kind", kind, "after", f.last("audit", "kind = '"+kind+"'", "DESC")))
	}
	for _, kind := range []string{"course", "setting", "letter"} { // few, or none
		all = append(all, at("/admin/audit", "kind", kind))
	}
	for _, q := range []string{code, f.text(`SELECT email FROM users WHERE role = 'student' ORDER BY id LIMIT 1`), f.text(`SELECT email FROM users WHERE role = 'admin' ORDER BY id LIMIT 1`),
		"payment.verify", "payment.refund", "mail.retry", "nothing", "site_name"} {
		for _, kind := range []string{"", "order", "user", "grant"} {
			all = append(all, at("/admin/audit", "q", q, "kind", kind))
		}
	}
	return all
}
