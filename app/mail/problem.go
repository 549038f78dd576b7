package mail

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net/textproto"
	"regexp"
	"strconv"
	"strings"
	"time"

	gomail "github.com/wneessen/go-mail"

	"lectern/app/jobs"
	"lectern/app/lang"
)

// Problem is why a message didn't go out.
type Problem struct {
	Code   string // names the text mail.problem.CODE
	Answer string // the words of the server or the network, addresses masked
}

// What can go wrong, and what is done about it; see remedies.
const (
	codeSetup       = "setup"       // nobody to send as
	codeUnreachable = "unreachable" // no connection
	codeInsecure    = "insecure"    // no encryption that can be trusted
	codeLogin       = "login"       // name or password refused
	codeSender      = "sender"      // the server won't send for this address
	codeQuota       = "quota"       // the day's limit of the server is reached
	codeBusy        = "busy"        // the server asks to wait
	codeBroken      = "broken"      // the connection broke while sending: delivered or not, nobody knows
	codeLater       = "later"       // this message may be taken later
	codeRefused     = "refused"     // this message won't be taken
)

// Error gives the code and the server's words, for logs.
func (p *Problem) Error() string { return p.Code + ": " + p.Answer }

// Msg says in the reader's words what is wrong and what to do.
func (p *Problem) Msg() lang.Msg { return lang.M("mail.problem." + p.Code) }

// remedy is what the worker does about a problem. What the server holds against us, and not against one letter, stops
// the queue and costs no letter an attempt.
type remedy struct {
	pause  time.Duration // the queue waits, longer each time, up to this
	whole  bool          // the first wait is as long already
	counts bool          // the letter has one failure more
	final  bool          // the letter gives up
	shown  bool          // the server may have seen the letter: if it is this one that it can't bear, others come first
}

var remedies = map[string]remedy{
	codeUnreachable: {pause: 5 * time.Minute},
	codeBroken:      {pause: 5 * time.Minute, counts: true},
	codeInsecure:    {pause: time.Hour},
	codeLogin:       {pause: time.Hour},
	codeSender:      {pause: time.Hour, shown: true},
	codeBusy:        {pause: time.Hour, shown: true},
	codeQuota:       {pause: time.Hour, shown: true, whole: true},
	codeLater:       {counts: true},
	codeRefused:     {final: true},
}

func (r remedy) wait(failures int) time.Duration {
	if r.whole {
		return r.pause
	}
	return min(jobs.Backoff(failures), r.pause)
}

// connectProblem sorts what went wrong before a message could be handed over.
func connectProblem(err error) *Problem {
	code := codeUnreachable
	var answer *textproto.Error
	var unverified *tls.CertificateVerificationError
	var unknownCA x509.UnknownAuthorityError
	var notTLS tls.RecordHeaderError
	text := err.Error()
	switch {
	case errors.As(err, &answer) && (answer.Code/100 == 4):
		code = codeBusy
	case errors.As(err, &answer) && daily.MatchString(text):
		code = codeQuota
	case strings.Contains(text, "AUTH"), errors.Is(err, gomail.ErrNoSupportedAuthDiscovered): // the library has no kind for it
		code = codeLogin
	case strings.Contains(text, "STARTTLS"), errors.As(err, &unverified), errors.As(err, &unknownCA), errors.As(err, &notTLS):
		code = codeInsecure
	}
	return problem(code, text)
}

// daily finds the answers that mean a limit on all that we send, as Google, Zoho, Microsoft and Amazon word them; a
// recipient's full mailbox is another thing.
var (
	daily    = regexp.MustCompile(`(?i)\b5\.4\.5\b|\b(daily|hourly|sending|submission|relay|message)\b.{0,30}\b(quota|limit|rate)|quotaexceeded|credits exceeded`)
	enhanced = regexp.MustCompile(`^[45]\d\d[ -]+([45]\.\d{1,3}\.\d{1,3})\b`)
	relaying = regexp.MustCompile(`(?i)\brelay`)
)

// sendProblem sorts what a server answered to a message, by the codes of RFC 5321 and RFC 3463.
func sendProblem(err error) *Problem {
	var e *gomail.SendError
	if !errors.As(err, &e) {
		return problem(codeBroken, err.Error())
	}
	answer := strings.TrimPrefix(e.Error(), e.Reason.String()+": ")
	answer, _, _ = strings.Cut(answer, ", affected ")
	answer = unquoted(answer)
	status := ""
	if m := enhanced.FindStringSubmatch(answer); m != nil {
		status = m[1]
	}
	ofMailbox := len(status) > 2 && status[2:4] == "2." // x.2.y: about the recipient's mailbox
	code := codeRefused
	switch c := e.ErrorCode(); {
	case e.Reason == gomail.ErrGetSender:
		code = codeSender
	case e.Reason == gomail.ErrGetRcpts:
		code = codeRefused
	case c == 0:
		code = codeBroken
	case !ofMailbox && daily.MatchString(answer):
		code = codeQuota
	case c == 530, c == 534, c == 535:
		code = codeLogin
	case c == 421, c == 454, c == 452 && !ofMailbox, c/100 == 4 && e.Reason == gomail.ErrSMTPMailFrom:
		code = codeBusy
	case c/100 == 4:
		code = codeLater
	case e.Reason == gomail.ErrSMTPMailFrom, relaying.MatchString(answer):
		code = codeSender
	}
	return problem(code, answer)
}

func problem(code, answer string) *Problem { return &Problem{code, readable(answer)} }

// secrets are as long as what opens an account in a mailed link; filters quote the links that they refuse.
var secrets = regexp.MustCompile(`[A-Za-z0-9_-]{43,}`)

// readable makes an error fit to be kept and shown: one line, not long, addresses masked, without the secrets of links.
func readable(text string) string {
	text = secrets.ReplaceAllString(Mask(clean(unquoted(text))), "…")
	if runes := []rune(text); len(runes) > 300 {
		text = string(runes[:300]) + "…"
	}
	return text
}

var quoted = regexp.MustCompile(`\b(\d{3}) ("(?:[^"\\]|\\.)*")`)

// unquoted undoes how net/textproto prints an answer: 550 "5.1.1 no such user".
func unquoted(text string) string {
	return quoted.ReplaceAllStringFunc(text, func(answer string) string {
		if words, err := strconv.Unquote(answer[4:]); err == nil {
			return answer[:4] + words
		}
		return answer
	})
}

// asProblem makes a Problem of whatever a Sender returned.
func asProblem(err error) *Problem {
	var p *Problem
	if errors.As(err, &p) {
		return p
	}
	if errors.Is(err, context.DeadlineExceeded) {
		return problem(codeBroken, "no answer in time")
	}
	return problem(codeBroken, err.Error())
}
