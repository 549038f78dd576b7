package payment_test

import (
	"fmt"
	"testing"

	"lectern/app/db"
	"lectern/app/payment"
)

var firstNames = []string{"Asha", "Bala", "Chitra", "Dev", "Esha", "Farah", "Gopal", "Hema", "Imran", "Jaya", "Kiran", "Lata", "Manoj", "Nisha", "Omkar", "Priya", "Qasim", "Ravi", "Sita", "Tara"}
var lastNames = []string{"Rao", "Kaul", "Sharma", "Iyer", "Khan", "Das", "Wani", "Nair", "Patel", "Singh"}

// city makes a school with many students and three orders each: of a hundred orders 90 are paid by an accepted claim, 5 are
// open, 4 rejected, and every tenth of the rest waits. One student has a name of their own.
func city(t testing.TB, students int) *world {
	w := newWorld(t)
	chunk := min(15_000, 3*students) // rows a statement, or PostgreSQL's timeout ends it
	number := func(to int) string {
		return fmt.Sprintf(`WITH RECURSIVE n(i) AS (SELECT CAST(%d * $1 AS BIGINT) UNION ALL SELECT i + 1 FROM n WHERE i + 1 < %[1]d * ($1 + 1)) `, to*chunk/(3*students))
	}
	id := func(kind, i string) string { return `'` + kind + `' || substr(CAST(100000000 + ` + i + ` AS TEXT), 2)` }
	names := func(column string, list []string, i string) string {
		s := `CASE ` + i
		for k, name := range list {
			s += fmt.Sprintf(` WHEN %d THEN '%s'`, k, name)
		}
		return s + ` END`
	}
	first, last := names("first", firstNames, fmt.Sprintf(`i %% %d`, len(firstNames))), names("last", lastNames, fmt.Sprintf(`i / 7 %% %d`, len(lastNames)))
	reference := `CAST(600000000000 + i * 1237 AS TEXT)`
	price := `CASE WHEN i / 100 % 50 = 0 THEN 149900 WHEN i % 20000 = 7 THEN 79900 ELSE 49900 END`
	owner := id("u", fmt.Sprintf("((i * 31 + i / 100 * 7) %% %d)", students))
	status := `CASE WHEN i % 100 < 90 THEN 'accepted' WHEN i % 100 < 94 THEN 'rejected' WHEN i % 1000 = 994 THEN 'waiting' END`
	for _, query := range []string{
		`INSERT INTO users (id, email, email_norm, name, phone, password_hash, created_at) ` + number(students) +
			`SELECT ` + id("u", "i") + `, 's' || i || '@example.com', 's' || i || '@example.com', ` + first + ` || ' ' || ` + last + `, '+91' || (9000000000 + i), '', 1 FROM n`,
		`INSERT INTO terms (kind, term, id) ` + number(students) + `SELECT 'student', lower(` + first + `), ` + id("u", "i") + ` FROM n`,
		`INSERT INTO terms (kind, term, id) ` + number(students) + `SELECT 'student', lower(` + last + `), ` + id("u", "i") + ` FROM n`,
		`INSERT INTO terms (kind, term, id) ` + number(students) + `SELECT 'student', 's' || i, ` + id("u", "i") + ` FROM n`,
		`INSERT INTO terms (kind, term, id) ` + number(students) + `SELECT 'student', 'example', ` + id("u", "i") + ` FROM n`,
		`INSERT INTO terms (kind, term, id) ` + number(students) + `SELECT 'student', CAST(919000000000 + i AS TEXT), ` + id("u", "i") + ` FROM n`,
		`INSERT INTO orders (id, code, pay_token, user_id, item_kind, item_id, title, price, currency, paid, status, created_at, expires_at, paid_at) ` + number(3*students) +
			`SELECT ` + id("o", "i") + `, 'LN-' || substr(CAST(100000000 + i AS TEXT), 2, 4) || '-' || substr(CAST(100000000 + i AS TEXT), 6), 't' || i, ` +
			owner + `, 'course', CASE i % 2 WHEN 0 THEN '` + w.python.ID + `' ELSE '` + w.web.ID + `' END || i, 'Course', ` + price + `, 'INR',
			CASE WHEN i % 100 < 90 THEN ` + price + ` ELSE 0 END, CASE WHEN i % 100 < 90 THEN 'paid' ELSE 'open' END, i, i, CASE WHEN i % 100 < 90 THEN i END FROM n`,
		`INSERT INTO receipts (id, method, reference, amount, used, currency, recorded_at, recorded_by) ` + number(3*students) +
			`SELECT ` + id("r", "i") + `, 'upi', ` + reference + `, ` + price + `, ` + price + `, 'INR', i, '` + w.chitra + `' FROM n WHERE i % 100 < 90`,
		`INSERT INTO allocations (id, receipt_id, order_id, amount, created_at, created_by) ` + number(3*students) +
			`SELECT ` + id("a", "i") + `, ` + id("r", "i") + `, ` + id("o", "i") + `, ` + price + `, i, '` + w.chitra + `' FROM n WHERE i % 100 < 90`,
		`INSERT INTO claims (id, order_id, user_id, price, reference, tail, payee, status, created_at, receipt_id) ` + number(3*students) +
			`SELECT ` + id("c", "i") + `, ` + id("o", "i") + `, ` + owner + `, ` + price + `, ` + reference + `, substr(` + reference + `, 9), '` + payee + `', ` + status + `, i,
			CASE WHEN i % 100 < 90 THEN ` + id("r", "i") + ` END FROM n WHERE ` + status + ` IS NOT NULL`,
	} {
		for n := range 3 * students / chunk {
			w.exec(query, n)
		}
	}
	w.exec(`UPDATE users SET name = 'Zubin Ochre' WHERE id = ` + id("u", "77"))
	w.exec(`INSERT INTO terms (kind, term, id) VALUES ('student', 'zubin', ` + id("u", "77") + `), ('student', 'ochre', ` + id("u", "77") + `)`)
	if db.Kind == "PostgreSQL" {
		w.exec(`ANALYZE`) // as it does by itself after a while
	}
	return w
}

// Run with -benchtime 20x: the database of 300,000 orders takes a minute to fill.
func BenchmarkLists(b *testing.B) {
	w := city(b, 100_000)
	b.Logf("%d orders, %d claims, %d wait", w.count(`SELECT count(*) FROM orders`), w.count(`SELECT count(*) FROM claims`), w.count(`SELECT count(*) FROM claims WHERE status = 'waiting'`))
	searches := map[string]string{"all": "", "code": "LN-0012-3455", "reference": "600000001237", "tail": "4242", "amountCommon": "499", "amountSome": "1499", "amountRare": "799",
		"amountNone": "12345", "rareName": "zubin ochre", "commonName": "asha", "twoCommon": "asha rao", "commonAndRare": "example zubin", "everybody": "example", "mail": "s4711@example.com", "phone": "919000004711", "nobody": "nobody", "impossible": "asha kaul wani"}
	for name, q := range searches {
		for _, status := range []string{"waiting", "accepted", "rejected", "all"} {
			b.Run("Queue/"+status+"/"+name, func(b *testing.B) {
				for b.Loop() {
					if _, err := w.pay.Queue(ctx, payment.QueueQuery{Q: q, Status: status}); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
		for _, status := range []string{"paid", "open", "cancelled", ""} {
			b.Run("Orders/"+status+"/"+name, func(b *testing.B) {
				for b.Loop() {
					if _, err := w.pay.AdminOrders(ctx, payment.OrderQuery{Q: q, Status: status}); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
	}
	for name, fn := range map[string]func() error{
		"LastPage": func() error {
			_, err := w.pay.Queue(ctx, payment.QueueQuery{Status: "all", After: "c00000060"})
			return err
		},
		"LastPageName": func() error {
			_, err := w.pay.Queue(ctx, payment.QueueQuery{Q: "asha", Status: "all", After: "c00000900"})
			return err
		},
		"OrdersLast":    func() error { _, err := w.pay.AdminOrders(ctx, payment.OrderQuery{After: "o00000060"}); return err },
		"Summary":       func() error { _, err := w.pay.Summary(ctx); return err },
		"Overview":      func() error { _, err := w.pay.Overview(ctx, w.now()); return err },
		"WaitingCount":  func() error { _, err := w.pay.WaitingCount(ctx); return err },
		"AdminOrder":    func() error { _, err := w.pay.AdminOrder(ctx, "LN-0012-3455"); return err },
		"StudentOrders": func() error { _, err := w.pay.Orders(ctx, "u00000077"); return err },
		"Match": func() error {
			_, err := w.pay.Match(ctx, "Rs 499.00 credited UPI Ref 600001230000\nINR 499.00 received from ASHA RAO")
			return err
		},
	} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				if err := fn(); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
