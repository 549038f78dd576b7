package mail

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strings"
	"testing"
	"time"

	"lectern/app/mail/mailtest"
)

func message(to string) Message {
	return Message{Kind: "test", ID: "abc@example.com", Date: time.Date(2026, 11, 23, 14, 5, 0, 0, time.UTC), FromName: "The Coding Science",
		From: "sender@example.com", ReplyTo: "school@example.com", To: to, Subject: "Hello", Text: "Hello\n", HTML: "<p>Hello</p>"}
}

func sender(t *testing.T, srv *mailtest.SMTP, mode, password string) *SMTP {
	s := NewSMTP(SMTPOptions{Host: srv.Host, Port: srv.Port, TLS: mode, Sender: "sender@example.com", Password: password,
		BaseURL: "https://school.example.com", RootCAs: srv.CA})
	t.Cleanup(s.Close)
	return s
}

func codeOf(t *testing.T, err error) string {
	t.Helper()
	if err == nil {
		return ""
	}
	var p *Problem
	if !errors.As(err, &p) {
		t.Fatalf("not a Problem: %v", err)
	}
	if strings.Contains(p.Answer, "asha@") || strings.ContainsAny(p.Answer, "\r\n") {
		t.Errorf("the answer shows an address or has more than one line: %q", p.Answer)
	}
	return p.Code
}

func TestSMTP_NamesWhatWentWrong(t *testing.T) {
	refuse := func(a *mailtest.Answer) func(string) *mailtest.Answer {
		return func(string) *mailtest.Answer { return a }
	}
	tests := []struct {
		name string
		mode mailtest.Mode
		want string
	}{
		{"accepted", mailtest.Mode{}, ""},
		{"silent after connecting", mailtest.Mode{HangAtConnect: true}, codeUnreachable},
		{"silent after the message", mailtest.Mode{HangAtData: true}, codeBroken},
		{"cut after the message", mailtest.Mode{CutAtData: true}, codeBroken},
		{"no such user", mailtest.Mode{Rcpt: refuse(mailtest.NoSuchUser)}, codeRefused},
		{"spam, after the message", mailtest.Mode{Data: &mailtest.Answer{Code: 554, Enhanced: [3]int{5, 7, 1}, Text: "Message rejected as spam"}}, codeRefused},
		{"greylisted", mailtest.Mode{Rcpt: refuse(mailtest.Greylisted)}, codeLater},
		{"the recipient's mailbox is full", mailtest.Mode{Rcpt: refuse(mailtest.MailboxFull)}, codeLater},
		{"the recipient's mailbox is full for good", mailtest.Mode{Rcpt: refuse(&mailtest.Answer{Code: 552, Enhanced: [3]int{5, 2, 2}, Text: "The account is over its daily message quota"})}, codeRefused},
		{"daily quota at the sender", mailtest.Mode{From: mailtest.DailyQuota}, codeQuota},
		{"daily quota after the message", mailtest.Mode{Data: mailtest.DailyQuota}, codeQuota},
		{"daily quota of a relay", mailtest.Mode{Rcpt: refuse(&mailtest.Answer{Code: 550, Enhanced: [3]int{5, 7, 1}, Text: "Daily SMTP relay limit exceeded for user"})}, codeQuota},
		{"daily quota, Amazon", mailtest.Mode{Data: &mailtest.Answer{Code: 454, Enhanced: [3]int{4, 0, 0}, Text: "Throttling failure: Daily message quota exceeded"}}, codeQuota},
		{"try again later", mailtest.Mode{From: mailtest.TryLater}, codeBusy},
		{"try again later, at the recipient", mailtest.Mode{Rcpt: refuse(mailtest.TryLater)}, codeBusy},
		{"no room on the server", mailtest.Mode{Rcpt: refuse(&mailtest.Answer{Code: 452, Enhanced: [3]int{4, 3, 1}, Text: "Insufficient system storage"})}, codeBusy},
		{"too many logins", mailtest.Mode{Data: &mailtest.Answer{Code: 454, Enhanced: [3]int{4, 7, 0}, Text: "Too many login attempts"}}, codeBusy},
		{"sender not ours", mailtest.Mode{From: &mailtest.Answer{Code: 553, Enhanced: [3]int{5, 7, 1}, Text: "Sender address rejected: not owned by user"}}, codeSender},
		{"relaying denied", mailtest.Mode{Rcpt: refuse(&mailtest.Answer{Code: 554, Enhanced: [3]int{5, 7, 1}, Text: "Relay access denied"})}, codeSender},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			srv := mailtest.Server(t, mailtest.Options{})
			s := sender(t, srv, "none", "")
			if tt.mode.HangAtConnect || tt.mode.HangAtData {
				s.timeout = 300 * time.Millisecond
			}
			srv.Be(tt.mode)
			start := time.Now()
			if got := codeOf(t, s.Send(t.Context(), message("asha@example.com"))); got != tt.want {
				t.Errorf("problem %q, want %q", got, tt.want)
			}
			if took := time.Since(start); took > 5*time.Second {
				t.Errorf("took %v", took)
			}
			srv.Be(mailtest.Mode{})
			if err := s.Send(t.Context(), message("bala@example.com")); err != nil {
				t.Errorf("the next message, once the server is well: %v", err)
			}
		})
	}
}

func TestSMTP_EncryptsAndLogsIn(t *testing.T) {
	tests := []struct {
		name           string
		server, client string
		password       string
		distrust       bool
		mode           mailtest.Mode
		want           string
	}{
		{name: "STARTTLS", server: "starttls", client: "starttls", password: "right"},
		{name: "TLS", server: "tls", client: "tls", password: "right"},
		{name: "wrong password", server: "starttls", client: "starttls", password: "wrong", want: codeLogin},
		{name: "wrong password over TLS", server: "tls", client: "tls", password: "wrong", want: codeLogin},
		{name: "too many logins", server: "tls", client: "tls", password: "right", mode: mailtest.Mode{Login: &mailtest.Answer{Code: 454, Enhanced: [3]int{4, 7, 0}, Text: "Too many login attempts"}}, want: codeBusy},
		{name: "unknown CA", server: "starttls", client: "starttls", password: "right", distrust: true, want: codeInsecure},
		{name: "unknown CA over TLS", server: "tls", client: "tls", password: "right", distrust: true, want: codeInsecure},
		{name: "STARTTLS not offered", server: "none", client: "starttls", password: "right", want: codeInsecure},
		{name: "TLS to a plain port", server: "none", client: "tls", password: "right", want: codeInsecure},
		{name: "not logged in", server: "starttls", client: "none", password: "right", want: codeSender},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			srv := mailtest.Server(t, mailtest.Options{TLS: tt.server, User: "sender@example.com", Password: "right"})
			srv.Be(tt.mode)
			s := sender(t, srv, tt.client, tt.password)
			if tt.distrust {
				s.o.RootCAs = nil
			}
			if got := codeOf(t, s.Send(t.Context(), message("asha@example.com"))); got != tt.want {
				t.Errorf("problem %q, want %q", got, tt.want)
			}
			if arrived := len(srv.Messages()); arrived == 1 != (tt.want == "") {
				t.Errorf("%d messages arrived", arrived)
			}
		})
	}
}

func TestSMTP_Unreachable(t *testing.T) {
	srv := mailtest.Server(t, mailtest.Options{})
	s := sender(t, srv, "none", "")
	srv.Stop()
	if got := codeOf(t, s.Send(t.Context(), message("asha@example.com"))); got != codeUnreachable {
		t.Errorf("problem %q", got)
	}
	s.o.Host = "mail.invalid"
	if got := codeOf(t, s.Send(t.Context(), message("asha@example.com"))); got != codeUnreachable {
		t.Errorf("a name that doesn't exist: problem %q", got)
	}
	srv.Start()
	s.o.Host = srv.Host
	if err := s.Send(t.Context(), message("asha@example.com")); err != nil {
		t.Errorf("up again: %v", err)
	}
}

func TestSMTP_ReusesItsConnection(t *testing.T) {
	srv := mailtest.Server(t, mailtest.Options{})
	s := sender(t, srv, "none", "")
	for i := range 45 {
		if err := s.Send(t.Context(), message(fmt.Sprintf("student%d@example.com", i))); err != nil {
			t.Fatal(err)
		}
	}
	if got := srv.Connections(); got != 3 {
		t.Errorf("45 messages over %d connections, want 3", got)
	}
	srv.Stop()
	srv.Start() // the kept connection is dead now
	if err := s.Send(t.Context(), message("asha@example.com")); err != nil {
		t.Errorf("after a restart of the server: %v", err)
	}
}

func TestSMTP_EndsWithItsContext(t *testing.T) {
	for name, mode := range map[string]mailtest.Mode{"before the greeting": {HangAtConnect: true}, "within a message": {HangAtData: true}} {
		t.Run(name, func(t *testing.T) {
			srv := mailtest.Server(t, mailtest.Options{})
			srv.Be(mode)
			s := sender(t, srv, "none", "")
			s.timeout = time.Minute
			ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
			defer cancel()
			start := time.Now()
			if err := s.Send(ctx, message("asha@example.com")); err == nil {
				t.Error("sent")
			}
			if took := time.Since(start); took > 5*time.Second {
				t.Errorf("took %v", took)
			}
		})
	}
}

func TestSMTP_Message(t *testing.T) {
	srv := mailtest.Server(t, mailtest.Options{})
	s := sender(t, srv, "none", "")
	m := message("Ásha@bücher.example")
	m.FromName, m.Subject = `Rao's "School", <Srinagar>`+"\r\nBcc: x@example.com", "प्रोग्रामिंग: "+strings.Repeat("long ", 40)+"\r\nBcc: x@example.com"
	m.ReplyTo = "not an address"
	m.Text = "नमस्ते\n.\nA line that begins with a dot\n"
	if err := s.Send(t.Context(), m); err != nil {
		t.Fatal(err)
	}
	got := srv.Messages()[0]
	if len(got.To) != 1 || got.To[0] != "Ásha@xn--bcher-kva.example" {
		t.Errorf("to %q", got.To)
	}
	if got.EnvelopeFrom != "sender@example.com" || got.ID != "<abc@example.com>" || got.Text != m.Text || got.HTML != m.HTML {
		t.Errorf("envelope %q, id %q, text %q, html %q", got.EnvelopeFrom, got.ID, got.Text, got.HTML)
	}
	for name, want := range map[string]string{"Auto-Submitted": "auto-generated", "Bcc": "", "User-Agent": "", "X-Mailer": "", "Reply-To": "",
		"Date": "Mon, 23 Nov 2026 14:05:00 +0000", "Mime-Version": "1.0"} {
		if v := got.Header.Get(name); v != want {
			t.Errorf("%s: %q, want %q", name, v, want)
		}
	}
	if host, _, _ := net.SplitHostPort("localhost:0"); strings.Contains(got.Raw, host) {
		t.Error("the message names the machine")
	}
	for _, line := range strings.Split(got.Raw, "\r\n") {
		if len(line) > 998 {
			t.Errorf("a line of %d octets, over the limit of RFC 5322", len(line))
		}
	}
}

func TestHelloName(t *testing.T) {
	for base, want := range map[string]string{"https://school.example.com": "school.example.com", "http://localhost:8080": "localhost",
		"http://192.0.2.1": "[192.0.2.1]", "http://[2001:db8::1]:8080": "[IPv6:2001:db8::1]", "": "localhost"} {
		if got := helloName(base); got != want {
			t.Errorf("%q: %q, want %q", base, got, want)
		}
	}
}

func TestMask(t *testing.T) {
	for in, want := range map[string]string{
		"asha@example.com": "a…@example.com",
		"550 5.1.1 <asha.rao+x@mail.example.com>: no such user": "550 5.1.1 <a…@mail.example.com>: no such user",
		"a…@example.com":        "a…@example.com",
		"to asha@a.b, b@c.d":    "to a…@a.b, b…@c.d",
		"no address":            "no address",
		"उषा@example.com, fine": "उ…@example.com, fine",
	} {
		if got := Mask(in); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
}

func TestProblem_WithoutTheSecretOfALink(t *testing.T) {
	p := problem(codeRefused, "554 5.7.1 blocked URL https://school.example.com/password/reset/"+strings.Repeat("aB3_-", 8)+"xyz in a message to asha@example.com")
	if want := "554 5.7.1 blocked URL https://school.example.com/password/reset/… in a message to a…@example.com"; p.Answer != want {
		t.Errorf("got %q", p.Answer)
	}
}
