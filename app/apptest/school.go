// Package apptest runs the whole school for a test: real routes, sessions, CSRF, database and mail server. Only the
// clock is ours. The cast is the same everywhere: Asha (a student), Bala (another), Chitra (the admin).
package apptest

import (
	"context"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"lectern/app"
	"lectern/app/config"
	"lectern/app/dbtest"
	"lectern/app/mail/mailtest"
)

// Password is everybody's in the cast.
const Password = "chalk-and-slate-27"

// School is a running school with the demo's courses, its internships, and one payee.
type School struct {
	*app.App
	T      testing.TB
	URL    string
	Config config.Config
	Clock  *Clock
	SMTP   *mailtest.SMTP

	transport http.RoundTripper // of browsers that trust the school's certificate; nil over plain http
}

// New starts a school with the demo's courses that ends with the test. change may alter its settings before it starts.
func New(t testing.TB, change ...func(*config.Config)) *School {
	t.Helper()
	s := Empty(t, change...)
	if _, err := s.Catalog.Demo(context.Background(), s.Internships.Demo); err != nil {
		t.Fatal(err)
	}
	return s
}

// Empty starts a school that has nothing yet; over https where change gives it such a BaseURL.
func Empty(t testing.TB, change ...func(*config.Config)) *School {
	t.Helper()
	s := &School{T: t, Clock: NewClock(), SMTP: mailtest.Server(t, mailtest.Options{})}
	srv := httptest.NewUnstartedServer(nil)
	s.URL = "http://" + srv.Listener.Addr().String()
	s.Config = settings(t, s.URL, s.SMTP, dbtest.MigratedURL(t))
	for _, f := range change {
		f(&s.Config)
	}
	var err error
	s.App, err = app.New(context.Background(), app.Options{Config: s.Config, Log: slog.New(slog.DiscardHandler), Now: s.Clock.Now})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.App.Close() })
	srv.Config.Handler = s.App.Handler()
	if strings.HasPrefix(s.Config.BaseURL, "https:") {
		srv.StartTLS()
		s.URL, s.transport = s.Config.BaseURL, srv.Client().Transport
	} else {
		srv.Start()
	}
	t.Cleanup(srv.Close)
	return s
}

func settings(t testing.TB, url string, smtp *mailtest.SMTP, database string) config.Config {
	t.Helper()
	zone, err := time.LoadLocation("Asia/Kolkata")
	if err != nil {
		t.Fatal(err)
	}
	c := config.Config{
		Env: "testing", BaseURL: url, DataDir: t.TempDir(), DatabaseURL: config.DatabaseURL(database),
		SecretKey: config.Secret(strings.Repeat("a test's own secret ", 2)), AdminEmail: "chitra@example.com", AdminPassword: Password,
		SMTPServer: smtp.Host, SMTPPort: smtp.Port, SMTPTLS: "none", SenderEmail: "school@example.com", MailPerDay: 450,
		TimeZone: zone, Country: "IN", Currency: "INR",
		SiteName: "Chinar Academy", SiteTagline: "Learn to build things that people use", ContactEmail: "office@example.com",
		ContactPhone: "+91 98765 43210", ContactLocation: "Srinagar", WhatsAppGroupLink: "https://chat.whatsapp.com/example",
		UPIID1: "school@examplebank", UPIID2: "second@examplebank", UPIName: "CHINAR & SONS EDUCATION",
	}
	if err := c.TrustedProxies.UnmarshalText([]byte("127.0.0.0/8,::1,unix")); err != nil {
		t.Fatal(err)
	}
	return c
}

// SendMail sends what is due now and returns all that the mail server ever took.
func (s *School) SendMail() []mailtest.Message {
	s.T.Helper()
	if _, err := s.Mail.SendDue(context.Background()); err != nil {
		s.T.Fatal(err)
	}
	return s.SMTP.Messages()
}

// MailTo returns what the mail server took for an address, after sending what is due.
func (s *School) MailTo(address string) []mailtest.Message {
	s.T.Helper()
	var mine []mailtest.Message
	for _, m := range s.SendMail() {
		for _, to := range m.To {
			if to == address {
				mine = append(mine, m)
			}
		}
	}
	return mine
}

// Count returns the number that a query counts.
func (s *School) Count(query string, args ...any) int {
	s.T.Helper()
	var n int
	if err := s.DB.Read().QueryRowContext(context.Background(), query, args...).Scan(&n); err != nil {
		s.T.Fatal(err)
	}
	return n
}

// One returns the text that a query finds.
func (s *School) One(query string, args ...any) string {
	s.T.Helper()
	var v string
	if err := s.DB.Read().QueryRowContext(context.Background(), query, args...).Scan(&v); err != nil {
		s.T.Fatal(err)
	}
	return v
}

// Clock is the school's, moved by hand. It starts on 23 Nov 2026, 14:05 in India.
type Clock struct {
	mu  sync.Mutex
	now time.Time
}

// NewClock returns a clock that stands at its start.
func NewClock() *Clock { return &Clock{now: time.Date(2026, 11, 23, 8, 35, 0, 0, time.UTC)} }

// Now reads the clock.
func (c *Clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

// Move moves the clock, backwards too.
func (c *Clock) Move(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}
