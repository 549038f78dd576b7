package crashtest

import (
	"context"
	"math/rand/v2"
	"os"
	"strings"
	"testing"
	"time"

	"lectern/app/db"
	"lectern/app/mail/mailtest"
)

var ctx = context.Background()

// TestCrash kills the process at random moments, its very first start among them, while a crowd works. What anybody was
// told was done must be done, once, after nothing but another start.
func TestCrash(t *testing.T) {
	kills := 8
	if testing.Short() {
		kills = 3
	} else if os.Getenv("LECTERN_TEST_LONG") != "" {
		kills = 50
	}
	s := newSchool(t)
	s.smtp.Be(mailtest.Mode{Slow: 2 * time.Millisecond}) // so that a kill meets a letter on its way
	c := newCrowd(s)
	working, end := context.WithCancel(ctx)
	wait := c.run(working, 8)
	s.spawn()
	for i := range kills {
		life := 1500 * time.Millisecond
		switch i {
		case 0:
			life = 60 * time.Millisecond // while the database is being made
		case kills - 1:
			waitFor(t, 30*time.Second, "something to be verified", func() bool { return c.paid() > 10 })
		}
		time.Sleep(rand.N(life))
		s.kill()
		s.spawn()
	}
	s.ready()
	time.Sleep(300 * time.Millisecond)
	end()
	wait()
	t.Logf("%d kills; done: %d accounts, %d orders, %d claims, %d verified", kills, len(c.students), len(c.orders), len(c.claims), len(c.verified))

	d := s.database()
	checkPeople(t, s, c)
	checkDone(t, d, c)
	checkPaid(t, d, c)
	checkMail(t, s, d, kills)
	s.stop()
	checkFile(t, d)
	if strings.Contains(s.log.String(), "level=ERROR") {
		t.Errorf("errors in the log:\n%s", s.log.tail(20))
	}
}

// checkPeople looks whether everybody is still logged in, and can log in.
func checkPeople(t *testing.T, s *school, c *crowd) {
	passwords := 0
	for email, p := range c.students {
		if g, err := p.get("/orders"); err != nil || g.status != 200 {
			t.Errorf("%s isn't logged in any more: %v, %v", email, g, err)
		}
		p.http.CloseIdleConnections()
		if passwords++; passwords <= 60 || os.Getenv("LECTERN_TEST_LONG") != "" { // each takes a while, by design
			g, err := s.visitor().logIn(email)
			if _, err := leads("log in "+email, "/dashboard", g, err); err != nil {
				t.Error(err)
			}
		}
	}
}

// checkDone looks for every order and claim that somebody was told of.
func checkDone(t *testing.T, d *db.DB, c *crowd) {
	for code, email := range c.orders {
		if n := count(t, d, `SELECT count(*) FROM orders o JOIN users u ON u.id = o.user_id WHERE o.code = $1 AND u.email = $2`, code, email); n != 1 {
			t.Errorf("order %s of %s is there %d times", code, email, n)
		}
	}
	for reference, code := range c.claims {
		if n := count(t, d, `SELECT count(*) FROM claims c JOIN orders o ON o.id = c.order_id WHERE c.reference = $1 AND o.code = $2`, reference, code); n != 1 {
			t.Errorf("claim %s on %s is there %d times", reference, code, n)
		}
	}
	if n := count(t, d, `SELECT count(*) FROM (SELECT reference FROM claims GROUP BY reference HAVING count(*) > 1) AS twice`); n != 0 {
		t.Errorf("%d references were claimed twice by trying again", n)
	}
}

// checkPaid looks whether everything that belongs to an accepted claim is there once, and nothing of it without one.
func checkPaid(t *testing.T, d *db.DB, c *crowd) {
	for id := range c.verified {
		if n := count(t, d, `SELECT count(*) FROM claims c JOIN orders o ON o.id = c.order_id WHERE c.id = $1 AND c.status = 'accepted' AND o.status = 'paid'`, id); n != 1 {
			t.Errorf("verified claim %s isn't accepted, or its order not paid", id)
		}
	}
	all := count(t, d, `SELECT count(*) FROM claims WHERE status = 'accepted'`)
	for what, query := range map[string]string{
		"receipts":     `SELECT count(*) FROM receipts r WHERE r.id = c.receipt_id AND r.reference = c.reference AND r.used = r.amount`,
		"allocations":  `SELECT count(*) FROM allocations a WHERE a.order_id = o.id AND a.amount = o.price AND a.ended_at IS NULL`,
		"grants":       `SELECT count(*) FROM grants g WHERE g.order_id = o.id AND g.user_id = o.user_id AND g.ended_at IS NULL`,
		"enrollments":  `SELECT count(*) FROM enrollments e WHERE e.user_id = o.user_id AND e.course_id = o.item_id`,
		"audit rows":   `SELECT count(*) FROM audit a WHERE a.kind = 'order' AND a.subject = o.id AND a.action = 'payment.verify' AND a.detail LIKE '%"' || c.id || '"%'`,
		"outbox rows":  `SELECT count(*) FROM outbox b WHERE b.kind = 'enrolled' AND b.user_id = o.user_id AND b.payload LIKE '%"' || o.code || '"%'`,
		"other claims": `SELECT 1 + count(*) FROM claims x WHERE x.order_id = o.id AND x.status = 'accepted' AND x.id <> c.id`,
	} {
		if n := count(t, d, `SELECT count(*) FROM claims c JOIN orders o ON o.id = c.order_id WHERE c.status = 'accepted' AND (`+query+`) <> 1`); n != 0 {
			t.Errorf("%d of %d accepted claims haven't exactly one of their %s", n, all, what)
		}
	}
	for what, query := range map[string]string{
		"receipts": `SELECT count(*) FROM receipts`, "allocations": `SELECT count(*) FROM allocations`, "grants": `SELECT count(*) FROM grants`,
		"enrollments": `SELECT count(*) FROM enrollments`, "paid orders": `SELECT count(*) FROM orders WHERE status = 'paid'`,
		"audit rows": `SELECT count(*) FROM audit WHERE action = 'payment.verify'`, "letters": `SELECT count(*) FROM outbox WHERE kind = 'enrolled'`,
	} {
		if n := count(t, d, query); n != all {
			t.Errorf("%d %s for %d accepted claims", n, what, all)
		}
	}
}

// checkMail waits until all mail has been sent, and counts what arrived. A letter that was on its way at a kill may have
// come twice, under one Message-ID. What was leased then waits for half a minute, which a short test doesn't.
func checkMail(t *testing.T, s *school, d *db.DB, kills int) {
	waitFor(t, 60*time.Second, "all mail to be sent", func() bool {
		leased := 0
		if testing.Short() {
			leased = count(t, d, `SELECT count(*) FROM outbox WHERE status = 'queued' AND locked_until > 0`)
		}
		return unsent(t, d) <= leased
	})
	arrived := arrived(s)
	rows, err := db.All(ctx, d.Read(), func(row db.Scanner) (r [3]string, err error) { return r, row.Scan(&r[0], &r[1], &r[2]) },
		`SELECT b.id, b.kind, u.email FROM outbox b JOIN users u ON u.id = b.user_id WHERE b.status = 'sent'`)
	if err != nil {
		t.Fatal(err)
	}
	twice := 0
	for _, r := range rows {
		to := arrived["<"+r[0]+"@example.com>"]
		if len(to) == 0 || len(to) > 2 || to[0] != r[2] {
			t.Errorf("letter %s to %s arrived at %v", r[1], r[2], to)
		}
		if len(to) == 2 {
			twice++
		}
	}
	if twice > kills {
		t.Errorf("%d letters arrived twice, after %d kills", twice, kills)
	}
	t.Logf("%d letters, of which %d arrived twice", len(rows), twice)
}

func count(t testing.TB, d *db.DB, query string, args ...any) int {
	t.Helper()
	n, err := db.Value[int](ctx, d.Read(), query, args...)
	if err != nil {
		t.Fatalf("%v: %s", err, query)
	}
	return n
}

func waitFor(t testing.TB, limit time.Duration, what string, done func() bool) {
	t.Helper()
	for end := time.Now().Add(limit); !done(); time.Sleep(50 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("waited %v for %s", limit, what)
		}
	}
}
