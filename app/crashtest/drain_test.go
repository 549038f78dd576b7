package crashtest

import (
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/httptrace"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"lectern/app/mail/mailtest"
)

// TestDrain replaces the process again and again while clients keep sending. With a socket that systemd holds nobody may
// notice; without, a client may meet a closed door, and no more than that.
func TestDrain(t *testing.T) {
	for name, held := range map[string]bool{"OwnListener": false, "SocketOfSystemd": true} {
		t.Run(name, func(t *testing.T) {
			s := newSchool(t)
			if held {
				s.holdSocket()
			}
			s.smtp.Be(mailtest.Mode{Slow: 200 * time.Millisecond}) // there is always a letter on its way
			s.start()
			b := newBusy(s, 24)
			restarts := 3
			if testing.Short() {
				restarts = 1
			} else if os.Getenv("LECTERN_TEST_LONG") != "" {
				restarts = 30
			}
			for range restarts {
				time.Sleep(500 * time.Millisecond)
				s.stop()
				s.start()
			}
			b.end()
			b.check(t, held)
			s.smtp.Be(mailtest.Mode{})
			d := s.database()
			waitFor(t, 40*time.Second, "all mail to be sent", func() bool { return unsent(t, d) == 0 })
			for id, to := range arrived(s) {
				if len(to) > 2 {
					t.Errorf("%s arrived %d times", id, len(to))
				}
			}
		})
	}
}

// TestDrain_ThoughOthersHang: neither a client who never finishes his request nor a mail server that never answers keeps
// the process from ending in order.
func TestDrain_ThoughOthersHang(t *testing.T) {
	s := newSchool(t)
	s.smtp.Be(mailtest.Mode{HangAtData: true})
	s.start()
	if g, err := s.visitor().register("asha@example.com"); err != nil || g.status != 303 {
		t.Fatal(g, err)
	}
	s.smtp.Wait(1)
	stalled, err := net.Dial("tcp", s.addr)
	if err != nil {
		t.Fatal(err)
	}
	defer stalled.Close()
	fmt.Fprintf(stalled, "POST /login HTTP/1.1\r\nHost: %s\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 100\r\n\r\nemail=", s.addr)
	time.Sleep(100 * time.Millisecond)
	s.stop()
	s.smtp.Be(mailtest.Mode{})
	s.start()
	waitFor(t, 40*time.Second, "the letter to arrive", func() bool { return len(s.smtp.Messages()) > 1 })
	if m := s.smtp.Messages(); m[0].ID != m[1].ID {
		t.Errorf("the letter came as %s and as %s", m[0].ID, m[1].ID)
	}
}

// holdSocket opens the socket that each process of the school is handed.
func (s *school) holdSocket() {
	l, err := net.Listen("tcp", s.addr)
	if err != nil {
		s.t.Fatal(err)
	}
	if s.socket, err = l.(*net.TCPListener).File(); err != nil {
		s.t.Fatal(err)
	}
	l.Close()
	s.t.Cleanup(func() { s.socket.Close() })
}

// busy is clients who send forms all the time over connections that they keep: three of four claims, each with a reference
// of its own, the others logins.
type busy struct {
	school  *school
	stopped atomic.Bool
	wait    sync.WaitGroup
	count   atomic.Int64

	mu       sync.Mutex
	answered map[string]bool // references of claims that were answered with success
	broken   []broken
	refused  int // attempts that met a closed door
}

// broken is a request that got no answer.
type broken struct {
	reference string // empty: a login
	reused    bool   // the connection had served before
	err       error
}

func newBusy(s *school, clients int) *busy {
	b := &busy{school: s, answered: map[string]bool{}}
	for i := range clients {
		b.wait.Go(func() {
			for !b.stopped.Load() {
				b.study(i%4 == 0)
			}
		})
	}
	return b
}

func (b *busy) end() {
	b.stopped.Store(true)
	b.wait.Wait()
}

// study is a new student, who logs in again and again or claims as often as the school lets him.
func (b *busy) study(forgetful bool) {
	p, email := b.school.visitor(), fmt.Sprintf("asha%d@example.com", b.count.Add(1))
	defer p.http.CloseIdleConnections()
	b.insist(p, "/dashboard", func() (page, error) { return p.register(email) })
	if forgetful {
		for i := 0; i < 20 && !b.stopped.Load(); i++ {
			again := b.school.visitor()
			b.note(again, "", "/dashboard", func() (page, error) { return again.logIn(email) })
			again.http.CloseIdleConnections()
		}
		return
	}
	order := b.insist(p, "/orders/", func() (page, error) { return p.enroll(courses[0]) }).location
	form := b.insist(p, "", func() (page, error) { return p.get(order) })
	for i := 0; i < 20 && !b.stopped.Load(); i++ {
		reference := fmt.Sprint(400000000000 + b.count.Add(1))
		b.note(p, reference, order, func() (page, error) {
			return p.send(form, order+"/claims", map[string]string{"reference": reference})
		})
	}
}

// insist takes a step until it is answered.
func (b *busy) insist(p *person, to string, do func() (page, error)) (g page) {
	for answered := false; !answered && !b.stopped.Load(); {
		g, answered = b.note(p, "", to, do)
	}
	return g
}

// note takes a step and writes down how that went. It should lead to the address to, or show a page where that is empty.
func (b *busy) note(p *person, reference, to string, do func() (page, error)) (g page, answered bool) {
	reused := false
	p.ctx = httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{GotConn: func(c httptrace.GotConnInfo) { reused = c.Reused }})
	g, err := do()
	b.mu.Lock()
	defer b.mu.Unlock()
	switch {
	case errors.Is(err, syscall.ECONNREFUSED):
		b.refused++
		time.Sleep(time.Millisecond)
	case err != nil:
		b.broken = append(b.broken, broken{reference, reused, err})
	case to == "" && g.status == http.StatusOK:
		return g, true
	default:
		if _, err := leads("a form", to, g, nil); err != nil {
			b.school.t.Error(err)
		} else if reference != "" {
			b.answered[reference] = true
		}
		return g, true
	}
	return g, false
}

// check wants everything done that was answered, and everything answered that the process had taken on.
func (b *busy) check(t *testing.T, held bool) {
	t.Helper()
	d := b.school.database()
	for reference := range b.answered {
		if count(t, d, `SELECT count(*) FROM claims WHERE reference = $1`, reference) != 1 {
			t.Errorf("claim %s was answered, and isn't there", reference)
		}
	}
	for _, r := range b.broken {
		done := r.reference != "" && count(t, d, `SELECT count(*) FROM claims WHERE reference = $1`, r.reference) > 0
		if held || r.reused || done {
			t.Errorf("no answer: reused connection %v, done %v, %v", r.reused, done, r.err)
		}
	}
	if held && b.refused > 0 {
		t.Errorf("%d attempts met a closed door, though the socket was there", b.refused)
	}
	t.Logf("%d claims answered, %d attempts met a closed door, %d got no answer", len(b.answered), b.refused, len(b.broken))
	if strings.Contains(b.school.log.String(), "level=ERROR") {
		t.Errorf("errors in the log:\n%s", b.school.log.tail(10))
	}
}
