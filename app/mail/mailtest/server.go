// Package mailtest runs a real SMTP server on loopback for tests, which can be told to fail in the ways that servers do.
package mailtest

import (
	"crypto/tls"
	"crypto/x509"
	"io"
	"log"
	"net"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"
)

// Options say what kind of server it is.
type Options struct {
	TLS            string // none (as is the zero value), starttls or tls, with a certificate of the server's own CA
	User, Password string // a login is required where they aren't empty
}

// Mode says how the server behaves from now on. The zero Mode accepts everything.
type Mode struct {
	HangAtConnect bool                    // takes connections and never says a word
	HangAtData    bool                    // takes the message, and never says that it did
	CutAtData     bool                    // takes the message and closes the connection instead of an answer
	Slow          time.Duration           // before it answers to a message
	Login         *Answer                 // to AUTH
	From          *Answer                 // to MAIL FROM
	Rcpt          func(to string) *Answer // to RCPT TO; nil, or a nil Answer, accepts
	Data          *Answer                 // to the message
}

// Answer is a refusal: 4xx for now, 5xx for good.
type Answer struct {
	Code     int
	Enhanced [3]int
	Text     string
}

// Refusals as servers word them.
var (
	NoSuchUser  = &Answer{550, [3]int{5, 1, 1}, "The email account that you tried to reach does not exist"}
	MailboxFull = &Answer{452, [3]int{4, 2, 2}, "The email account that you tried to reach is over quota"}
	Greylisted  = &Answer{451, [3]int{4, 7, 1}, "Greylisting in action, please come back later"}
	DailyQuota  = &Answer{550, [3]int{5, 4, 5}, "Daily user sending quota exceeded"}
	TryLater    = &Answer{421, [3]int{4, 7, 0}, "Try again later, closing connection"}
	BadLogin    = &Answer{535, [3]int{5, 7, 8}, "Username and Password not accepted"}
)

func (a *Answer) err() error {
	if a == nil {
		return nil
	}
	return &smtp.SMTPError{Code: a.Code, EnhancedCode: a.Enhanced, Message: a.Text}
}

// SMTP is a running server.
type SMTP struct {
	Host string
	Port int
	CA   *x509.CertPool // what trusts its certificate; nil without TLS

	t    testing.TB
	o    Options
	cert tls.Certificate

	mu          sync.Mutex
	mode        Mode
	changed     chan struct{} // closed when the mode changes or the server stops: ends what hangs
	server      *smtp.Server
	listener    net.Listener
	held        []net.Conn
	messages    []Message
	connections int
}

// Server starts a server that accepts everything. It stops when the test ends.
func Server(t testing.TB, o Options) *SMTP {
	t.Helper()
	s := &SMTP{Host: "127.0.0.1", t: t, o: o, changed: make(chan struct{})}
	if o.TLS == "starttls" || o.TLS == "tls" {
		s.cert, s.CA = certificate(t)
	}
	s.Start()
	t.Cleanup(s.Stop)
	return s
}

// Be changes how the server behaves, and lets go of what hangs.
func (s *SMTP) Be(m Mode) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.mode = m
	s.letGo()
}

// Stop closes the server and all its connections. The port stays known, for Start.
func (s *SMTP) Stop() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.letGo()
	if s.server != nil {
		s.listener.Close() // the server knows it only from when it serves
		s.server.Close()
		s.server = nil
	}
}

func (s *SMTP) letGo() {
	close(s.changed)
	s.changed = make(chan struct{})
	for _, c := range s.held {
		c.Close()
	}
	s.held = nil
}

// Start opens the server again, on the same port.
func (s *SMTP) Start() {
	s.t.Helper()
	l, err := net.ListenTCP("tcp", &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: s.Port})
	if err != nil {
		s.t.Fatal(err)
	}
	s.Port = l.Addr().(*net.TCPAddr).Port
	server := smtp.NewServer(smtp.BackendFunc(func(c *smtp.Conn) (smtp.Session, error) {
		sn := &session{s: s, conn: c}
		if s.o.User != "" {
			return &authSession{session: sn}, nil
		}
		return sn, nil
	}))
	server.Domain = "mail.example.com"
	server.EnableSMTPUTF8 = true
	server.ErrorLog = log.New(io.Discard, "", 0)
	if s.o.TLS == "starttls" {
		server.TLSConfig = &tls.Config{Certificates: []tls.Certificate{s.cert}}
	}
	s.mu.Lock()
	s.server, s.listener = server, l
	s.mu.Unlock()
	var listener net.Listener = &holding{l, s}
	if s.o.TLS == "tls" {
		listener = tls.NewListener(listener, &tls.Config{Certificates: []tls.Certificate{s.cert}})
	}
	go server.Serve(listener)
}

// Messages returns what has arrived so far, also what arrived and wasn't answered.
func (s *SMTP) Messages() []Message {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.messages)
}

// Wait returns the messages once there are n of them, and fails the test if that takes longer than 10 seconds.
func (s *SMTP) Wait(n int) []Message {
	s.t.Helper()
	for end := time.Now().Add(10 * time.Second); time.Now().Before(end); time.Sleep(2 * time.Millisecond) {
		if all := s.Messages(); len(all) >= n {
			return all
		}
	}
	s.t.Fatalf("%d messages after 10 s, want %d", len(s.Messages()), n)
	return nil
}

// Connections counts the connections so far.
func (s *SMTP) Connections() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.connections
}

func (s *SMTP) now() (Mode, <-chan struct{}) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.mode, s.changed
}

// holding keeps connections from the server while it is to hang.
type holding struct {
	net.Listener
	s *SMTP
}

func (h *holding) Accept() (net.Conn, error) {
	for {
		c, err := h.Listener.Accept()
		if err != nil {
			return nil, err
		}
		h.s.mu.Lock()
		h.s.connections++
		hang := h.s.mode.HangAtConnect
		if hang {
			h.s.held = append(h.s.held, c)
		}
		h.s.mu.Unlock()
		if !hang {
			return c, nil
		}
	}
}

type session struct {
	s    *SMTP
	conn *smtp.Conn
	from string
	to   []string
}

func (n *session) Reset()        { n.from, n.to = "", nil }
func (n *session) Logout() error { return nil }

func (n *session) Mail(from string, _ *smtp.MailOptions) error {
	m, _ := n.s.now()
	n.from = from
	return m.From.err()
}

func (n *session) Rcpt(to string, _ *smtp.RcptOptions) error {
	m, _ := n.s.now()
	n.to = append(n.to, to)
	if m.Rcpt == nil {
		return nil
	}
	return m.Rcpt(to).err()
}

func (n *session) Data(r io.Reader) error {
	raw, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	m, changed := n.s.now()
	if m.Data != nil {
		return m.Data.err()
	}
	msg, err := parse(raw, n.from, n.to)
	if err != nil {
		n.s.t.Errorf("a message that can't be parsed: %v\n%s", err, raw)
		return err
	}
	n.s.mu.Lock()
	n.s.messages = append(n.s.messages, msg)
	n.s.mu.Unlock()
	if m.HangAtData {
		<-changed
	}
	select {
	case <-time.After(m.Slow):
	case <-changed:
	}
	if m.HangAtData || m.CutAtData {
		n.conn.Conn().Close()
	}
	return nil
}

// authSession is a session that demands a login.
type authSession struct {
	*session
	in bool
}

func (a *authSession) AuthMechanisms() []string { return []string{sasl.Plain} }

func (a *authSession) Auth(string) (sasl.Server, error) {
	m, _ := a.s.now()
	if m.Login != nil {
		return nil, m.Login.err()
	}
	return sasl.NewPlainServer(func(_, user, password string) error {
		if user != a.s.o.User || password != a.s.o.Password {
			return BadLogin.err()
		}
		a.in = true
		return nil
	}), nil
}

func (a *authSession) Mail(from string, o *smtp.MailOptions) error {
	if !a.in {
		return smtp.ErrAuthRequired
	}
	return a.session.Mail(from, o)
}
