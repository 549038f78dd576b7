package mail

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	netmail "net/mail"
	"net/netip"
	"net/url"
	"strings"
	"sync"
	"time"

	gomail "github.com/wneessen/go-mail"
	"github.com/wneessen/go-mail/smtp"
	"golang.org/x/net/idna"
)

const (
	perConnection = 20               // messages
	timeout       = 10 * time.Second // for everything up to the login, and again for each message
	quickTimeout  = 2 * time.Second  // for an answer that is only a courtesy
)

// SMTPOptions are a mail server and how to speak to it.
type SMTPOptions struct {
	Host             string
	Port             int
	TLS              string // starttls, tls, or none, which logs in nowhere
	Sender, Password string
	BaseURL          string         // its host is the name that we give to the server
	RootCAs          *x509.CertPool // nil: those of the machine
}

// SMTP is the Sender that speaks to a mail server. It keeps its connection for up to 20 messages, until Close.
type SMTP struct {
	o       SMTPOptions
	timeout time.Duration

	mu     sync.Mutex
	mailer *gomail.Client
	client *smtp.Client // nil: not connected
	conn   net.Conn
	sent   int // on this connection
}

// NewSMTP returns a Sender. It connects when there is something to send.
func NewSMTP(o SMTPOptions) *SMTP { return &SMTP{o: o, timeout: timeout} }

// Send hands one message to the server. When ctx ends, the connection is closed under it, since the library looks at
// ctx only while it dials. The error is a *Problem.
func (s *SMTP) Send(ctx context.Context, m Message) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	msg, p := build(m)
	if p != nil {
		return p
	}
	if s.client != nil && (s.sent >= perConnection || !s.alive()) {
		s.quit()
	}
	if s.client == nil {
		if err := s.connect(ctx); err != nil {
			return connectProblem(err)
		}
	}
	ctx, done := context.WithTimeout(ctx, s.timeout)
	defer done()
	defer s.cutAfter(ctx)()
	s.client.SkipSMTPUTF8(ascii(m.To)) // asked for without need, some servers return the mail
	if err := s.mailer.SendWithSMTPClient(s.client, msg); err != nil {
		p := sendProblem(late(ctx, err))
		if p.Code != codeRefused && p.Code != codeLater {
			s.drop()
		}
		return p
	}
	s.sent++
	return nil
}

// Close ends the connection, if there is one.
func (s *SMTP) Close() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.quit()
}

// connect dials, encrypts and logs in, all within the timeout.
func (s *SMTP) connect(ctx context.Context) error {
	ctx, done := context.WithTimeout(ctx, s.timeout)
	defer done()
	stop := func() bool { return true }
	defer func() { stop() }()
	dial := func(_ context.Context, network, addr string) (net.Conn, error) {
		conn, err := new(net.Dialer).DialContext(ctx, network, addr)
		if err != nil {
			return nil, err
		}
		s.conn = conn
		stop = s.cutAfter(ctx)
		if s.o.TLS == "tls" { // with a dialler of our own, that is ours to do
			secure := tls.Client(conn, s.tlsConfig())
			return secure, secure.HandshakeContext(ctx)
		}
		return conn, nil
	}
	mailer, err := gomail.NewClient(s.o.Host, append(s.login(), gomail.WithPort(s.o.Port), gomail.WithTimeout(s.timeout),
		gomail.WithHELO(helloName(s.o.BaseURL)), gomail.WithTLSConfig(s.tlsConfig()), gomail.WithDialContextFunc(dial),
		gomail.WithoutRset(), gomail.WithoutNoop())...)
	if err != nil {
		return err
	}
	client, err := mailer.DialToSMTPClientWithContext(ctx)
	if err != nil {
		s.drop()
		return late(ctx, err)
	}
	s.mailer, s.client, s.sent = mailer, client, 0
	return nil
}

// login chooses encryption and the way to log in. PLAIN and LOGIN are refused by the library where nothing is encrypted.
func (s *SMTP) login() []gomail.Option {
	var options []gomail.Option
	switch s.o.TLS {
	case "none":
		return []gomail.Option{gomail.WithTLSPolicy(gomail.NoTLS)}
	case "tls":
		options = append(options, gomail.WithSSL())
	default:
		options = append(options, gomail.WithTLSPolicy(gomail.TLSMandatory))
	}
	if s.o.Password == "" {
		return options
	}
	return append(options, gomail.WithUsername(s.o.Sender), gomail.WithPassword(s.o.Password),
		gomail.WithOpportunisticSMTPAuth(gomail.SMTPAuthSCRAMSHA256, gomail.SMTPAuthPlain, gomail.SMTPAuthLogin))
}

func (s *SMTP) tlsConfig() *tls.Config {
	return &tls.Config{ServerName: s.o.Host, RootCAs: s.o.RootCAs, MinVersion: tls.VersionTLS12}
}

// cutAfter closes the present connection when ctx ends, unless it is stopped before.
func (s *SMTP) cutAfter(ctx context.Context) (stop func() bool) {
	conn := s.conn
	return context.AfterFunc(ctx, func() { conn.Close() })
}

// late names the true reason of an error that closing the connection brought about.
func late(ctx context.Context, err error) error {
	if errors.Is(ctx.Err(), context.DeadlineExceeded) {
		return errors.New("the server didn't answer in time")
	}
	return err
}

// alive finds out whether a connection that was kept is still good.
func (s *SMTP) alive() bool {
	s.conn.SetDeadline(time.Now().Add(quickTimeout))
	return s.client.Noop() == nil
}

// quit says goodbye, without waiting long for the answer.
func (s *SMTP) quit() {
	if s.client != nil {
		s.conn.SetDeadline(time.Now().Add(quickTimeout))
		s.client.Quit()
		s.drop()
	}
}

func (s *SMTP) drop() {
	if s.conn != nil {
		s.conn.Close()
	}
	s.client, s.conn = nil, nil
}

// build makes the MIME message: text and HTML, to one address.
func build(m Message) (*gomail.Msg, *Problem) {
	msg := gomail.NewMsg(gomail.WithNoDefaultUserAgent())
	from, err := netmail.ParseAddress(wire(m.From))
	if err != nil {
		return nil, problem(codeSender, err.Error())
	}
	to, err := netmail.ParseAddress(wire(m.To))
	if err != nil {
		return nil, problem(codeRefused, fmt.Sprintf("%s: %v", m.To, err))
	}
	msg.FromMailAddress(&netmail.Address{Name: m.FromName, Address: from.Address})
	msg.ToMailAddress(&netmail.Address{Address: to.Address})
	if a, err := netmail.ParseAddress(m.ReplyTo); err == nil {
		msg.ReplyToMailAddress(&netmail.Address{Address: a.Address})
	}
	msg.Subject(m.Subject)
	msg.SetMessageIDWithValue(m.ID)
	msg.SetDateWithValue(m.Date)
	if !m.Personal {
		msg.SetGenHeader("Auto-Submitted", "auto-generated") // RFC 3834: answer with no holiday note
	}
	if n := len(m.Thread); n > 0 {
		msg.SetGenHeader(gomail.HeaderInReplyTo, "<"+m.Thread[n-1]+">")
		msg.SetGenHeader(gomail.HeaderReferences, "<"+strings.Join(m.Thread, "> <")+">")
	}
	msg.SetBodyString(gomail.TypeTextPlain, m.Text)
	msg.AddAlternativeString(gomail.TypeTextHTML, m.HTML)
	return msg, nil
}

// wire writes the domain of an address as the network does.
func wire(address string) string {
	at := strings.LastIndexByte(address, '@')
	if host, err := idna.Lookup.ToASCII(address[at+1:]); at > 0 && err == nil {
		return address[:at+1] + host
	}
	return address
}

func ascii(s string) bool {
	return strings.IndexFunc(s[:max(strings.LastIndexByte(s, '@'), 0)], func(r rune) bool { return r > 127 }) < 0
}

// helloName is the host of our public address, an IP address in the brackets of RFC 5321 §4.1.3.
func helloName(baseURL string) string {
	u, err := url.Parse(baseURL)
	if err != nil || u.Hostname() == "" {
		return "localhost"
	}
	ip, err := netip.ParseAddr(u.Hostname())
	switch {
	case err != nil:
		return u.Hostname()
	case ip.Is4():
		return "[" + ip.String() + "]"
	}
	return "[IPv6:" + ip.String() + "]"
}
