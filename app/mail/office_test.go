package mail

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"log/slog"
	"sync"
	"testing"
	"time"

	"lectern/app/db"
	"lectern/app/dbtest"
	"lectern/app/mail/mailtest"
	"lectern/views"
)

// clock is a time that only tests move.
type clock struct {
	mu sync.Mutex
	t  time.Time
}

func (c *clock) Now() time.Time { c.mu.Lock(); defer c.mu.Unlock(); return c.t }

func (c *clock) Add(d time.Duration) { c.mu.Lock(); defer c.mu.Unlock(); c.t = c.t.Add(d) }

// links stands in for package account: the same seed, the same address.
type links struct{}

func (links) Link(_ context.Context, kind, userID, email, seed string) (string, error) {
	if userID == "" || email == "" {
		return "", errors.New("a link for nobody")
	}
	path := map[string]string{"reset": "/password/reset/", "verify": "/email/verify/", "invite": "/setup/", "welcome": "/password/reset/"}[kind]
	return "https://school.example.com" + path + "token-of-" + seed, nil
}

// office is an outbox with its worker and a mail server.
type office struct {
	*clock
	t    *testing.T
	db   *db.DB
	srv  *mailtest.SMTP
	smtp *SMTP
	site views.Site
	w    *Worker
}

func newOffice(t *testing.T) *office {
	t.Helper()
	o := &office{t: t, clock: &clock{t: time.Date(2026, 11, 23, 14, 5, 0, 0, time.UTC)}, db: dbtest.New(t),
		srv: mailtest.Server(t, mailtest.Options{}),
		site: views.Site{Zone: time.FixedZone("IST", 5*3600+1800), Name: "The Coding Science", Email: "school@example.com", Phone: "+91 98765 43210",
			Location: "Srinagar", WhatsAppGroup: "https://chat.whatsapp.com/AbCdEf"}}
	o.smtp = NewSMTP(SMTPOptions{Host: o.srv.Host, Port: o.srv.Port, TLS: "none", Sender: "sender@example.com", BaseURL: "https://school.example.com"})
	t.Cleanup(o.smtp.Close)
	o.w = o.worker(o.smtp)
	return o
}

func (o *office) worker(s Sender) *Worker {
	w := NewWorker(WorkerOptions{DB: o.db, Send: s, Sender: "sender@example.com", Links: links{}, BaseURL: "https://school.example.com",
		Site: func(context.Context) (views.Site, error) { return o.site, nil }, PerDay: 450, Now: o.Now, Log: slog.New(slog.DiscardHandler)})
	w.grace = 20 * time.Millisecond
	return w
}

// user adds a person and returns the id.
func (o *office) user(name, email string, more ...string) string {
	o.t.Helper()
	id, role := db.NewID(), "student"
	if len(more) > 0 {
		role = more[0]
	}
	o.exec(`INSERT INTO users (id, email, email_norm, name, password_hash, role, created_at) VALUES ($1, $2, $2, $3, '', $4, 1)`, id, email, name, role)
	return id
}

func (o *office) exec(query string, args ...any) {
	o.t.Helper()
	if err := o.db.InTx(o.t.Context(), func(tx *sql.Tx) error { return db.Exec(o.t.Context(), tx, query, args...) }); err != nil {
		o.t.Fatal(err)
	}
}

func (o *office) enqueue(to To, l Letter) {
	o.t.Helper()
	if err := o.db.InTx(o.t.Context(), func(tx *sql.Tx) error { return Enqueue(o.t.Context(), tx, o.Now(), to, l) }); err != nil {
		o.t.Fatal(err)
	}
}

func (o *office) digest() {
	o.t.Helper()
	if err := o.db.InTx(o.t.Context(), func(tx *sql.Tx) error { return EnqueueDigest(o.t.Context(), tx, o.Now()) }); err != nil {
		o.t.Fatal(err)
	}
}

// sendDue runs the worker until nothing is due and returns what has arrived since the test began.
func (o *office) sendDue() []mailtest.Message {
	o.t.Helper()
	if _, err := o.w.SendDue(o.t.Context()); err != nil {
		o.t.Fatal(err)
	}
	return o.srv.Messages()
}

func (o *office) rows(f Filter) []Row {
	o.t.Helper()
	f.Limit = cmp.Or(f.Limit, 10_000)
	rows, err := List(o.t.Context(), o.db.Read(), f)
	if err != nil {
		o.t.Fatal(err)
	}
	return rows
}

func (o *office) only() Row {
	o.t.Helper()
	rows := o.rows(Filter{})
	if len(rows) != 1 {
		o.t.Fatalf("%d letters in the outbox, want 1", len(rows))
	}
	return rows[0]
}

func (o *office) status() Status {
	o.t.Helper()
	s, err := o.w.Status(o.t.Context())
	if err != nil {
		o.t.Fatal(err)
	}
	return s
}

// claims adds n claims that wait.
func (o *office) claims(n int) {
	o.t.Helper()
	user := o.user("Bala", db.NewID()+"@example.com")
	for range n {
		order := db.NewID()
		o.exec(`INSERT INTO orders (id, code, pay_token, user_id, item_kind, item_id, title, price, currency, created_at, expires_at)
			VALUES ($1, $1, $1, $2, 'course', $1, 'Course', 49900, 'INR', 1, 1)`, order, user)
		o.exec(`INSERT INTO claims (id, order_id, user_id, price, reference, tail, created_at) VALUES ($1, $2, $3, 49900, $1, '1234', $4)`, db.NewID(), order, user, db.Millis(o.Now()))
	}
}

// theMessage is the id of what message adds.
const theMessage = "message1"

// message adds what Asha wrote by the contact form.
func (o *office) message() {
	o.t.Helper()
	o.exec(`INSERT INTO messages (id, code, name, email, email_norm, phone, subject, body, once, created_at)
		VALUES ($1, 'M-7F3K9Q', 'Asha Rao', 'asha@example.com', 'asha@example.com', '+919876543210', 'The Python course', $2, 'once', 1)`,
		theMessage, "Does it run\nin the evening?\n\nThank you.")
}

// reply adds an answer to it, and returns the answer's id.
func (o *office) reply(body string) string {
	o.t.Helper()
	chitra, id := o.user("Chitra", db.NewID()+"@example.com", "cashier"), db.NewID()
	o.exec(`INSERT INTO message_entries (id, message_id, kind, body, once, created_at, created_by) VALUES ($1, $2, 'reply', $3, $1, 1, $4)`, id, theMessage, body, chitra)
	return id
}

// theApplication is the id of what application adds.
const theApplication = "application1"

// application adds an internship with a fee, and somebody's application, which the school has accepted.
func (o *office) application(name string) {
	o.t.Helper()
	o.exec(`INSERT INTO internships (id, slug, title, fee, currency, status, position, created_at) VALUES ('post1', 'writing-intern', 'Writing Intern', 99900, 'INR', 'published', 1, 1)`)
	o.exec(`INSERT INTO applications (id, internship_id, name, email, email_norm, cover_letter, status, line, created_at) VALUES ($1, 'post1', $2, 'asha@example.com', 'asha@example.com', $3, 'accepted', $4, 1)`,
		theApplication, name, "I can write.\n\nAnd read.", "Bring paper.\n\nSee you.")
}
