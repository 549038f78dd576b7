package crashtest

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"lectern/app/db"
	"lectern/app/dbtest"
	"lectern/app/mail/mailtest"
)

// binary is the program, built as it is shipped, for the database of this test.
var binary string

func TestMain(m *testing.M) { os.Exit(withBinary(m)) }

func withBinary(m *testing.M) int {
	dir, err := os.MkdirTemp("", "lectern-crashtest-")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer os.RemoveAll(dir)
	binary = filepath.Join(dir, "lectern")
	tags := ""
	if db.Kind == "PostgreSQL" {
		tags = "postgres"
	}
	build := exec.Command("go", "build", "-trimpath", "-ldflags=-s -w", "-tags", tags, "-o", binary, "lectern")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		fmt.Fprintf(os.Stderr, "%v\n%s", err, out)
		return 1
	}
	return m.Run()
}

// school is a data directory, a database and an address, and the process that serves them while there is one.
type school struct {
	t         testing.TB
	addr, url string // the same at every start
	program   string // where it is installed; empty: binary
	env       map[string]string
	smtp      *mailtest.SMTP
	socket    *os.File // handed over as systemd does; nil: the process listens by itself

	cmd      *exec.Cmd
	exited   chan struct{} // closed once cmd has ended
	out, log transcript    // of all processes so far
}

// newSchool returns a school that hasn't been started yet. It has courses once it is, one payee, an admin and a mail server.
func newSchool(t testing.TB) *school {
	t.Helper()
	s := &school{t: t, addr: freeAddress(t), smtp: mailtest.Server(t, mailtest.Options{})}
	s.url = "http://" + s.addr
	s.env = map[string]string{
		"APP_ENV": "testing", "ADDR": s.addr, "BASE_URL": s.url, "DATA_DIR": t.TempDir(), "DATABASE_URL": dbtest.URL(t), "LOG_LEVEL": "warn",
		"ADMIN_EMAIL": "chitra@example.com", "ADMIN_PASSWORD": password,
		"SMTP_SERVER": s.smtp.Host, "SMTP_PORT": strconv.Itoa(s.smtp.Port), "SMTP_TLS": "none", "SENDER_EMAIL": "school@example.com",
		"MAIL_PER_DAY": "1000000", "CONTACT_EMAIL": "office@example.com", "SITE_NAME": "Chinar Academy",
		"UPI_ID_1": "school@examplebank", "UPI_NAME": "CHINAR EDUCATION",
	}
	t.Cleanup(func() {
		s.kill()
		if t.Failed() {
			t.Logf("standard error:\n%s", s.log.tail(40))
		}
	})
	return s
}

// freeAddress stays out of the ports that the system hands to clients, so that it is still free at the next start.
func freeAddress(t testing.TB) string {
	t.Helper()
	for range 50 {
		l, err := net.Listen("tcp", fmt.Sprintf("127.0.0.1:%d", 12000+rand.N(18000)))
		if err == nil {
			defer l.Close()
			return l.Addr().String()
		}
	}
	t.Fatal("no free port")
	return ""
}

// command is the program with the school's settings and nothing else of ours.
func (s *school) command(args ...string) *exec.Cmd {
	program := cmp.Or(s.program, binary)
	cmd := exec.Command(program, args...)
	if s.socket != nil {
		cmd = exec.Command("sh", append([]string{"-c", `export LISTEN_FDS=1 LISTEN_PID=$$; exec "$0" "$@"`, program}, args...)...)
		cmd.ExtraFiles = []*os.File{s.socket}
	}
	cmd.Dir = s.env["DATA_DIR"]
	cmd.Env = []string{}
	for _, name := range slices.Sorted(maps.Keys(s.env)) {
		cmd.Env = append(cmd.Env, name+"="+s.env[name])
	}
	return cmd
}

// run runs a command to its end.
func (s *school) run(stdin string, args ...string) (code int, stdout, stderr string) {
	s.t.Helper()
	cmd := s.command(args...)
	var out, log bytes.Buffer
	cmd.Stdin, cmd.Stdout, cmd.Stderr = strings.NewReader(stdin), &out, &log
	if err := cmd.Run(); err != nil && !errors.As(err, new(*exec.ExitError)) {
		s.t.Fatal(err)
	}
	return cmd.ProcessState.ExitCode(), out.String(), log.String()
}

// start starts the process and waits until it can serve.
func (s *school) start() (took time.Duration) {
	s.t.Helper()
	begin := time.Now()
	s.spawn()
	s.ready()
	return time.Since(begin)
}

func (s *school) spawn() {
	s.t.Helper()
	s.cmd, s.exited = s.command("serve", "--demo"), make(chan struct{})
	s.cmd.Stdout, s.cmd.Stderr = &s.out, &s.log
	if err := s.cmd.Start(); err != nil {
		s.t.Fatal(err)
	}
	go func(cmd *exec.Cmd, exited chan struct{}) { cmd.Wait(); close(exited) }(s.cmd, s.exited)
}

func (s *school) ready() {
	s.t.Helper()
	for end := time.Now().Add(20 * time.Second); time.Now().Before(end); {
		if res, err := http.Get(s.url + "/readyz"); err == nil {
			res.Body.Close()
			if res.StatusCode == http.StatusOK {
				return
			}
		}
		select {
		case <-s.exited:
			s.t.Fatalf("the process ended at its start: %v", s.cmd.ProcessState)
		case <-time.After(time.Millisecond):
		}
	}
	s.t.Fatal("not ready after 20 s")
}

// kill ends the process as a power cut would.
func (s *school) kill() {
	if s.cmd != nil {
		s.cmd.Process.Kill()
		<-s.exited
	}
}

// stop asks the process to end, and fails the test unless it does so in order and within 15 seconds.
func (s *school) stop() {
	s.t.Helper()
	begin := time.Now()
	s.cmd.Process.Signal(syscall.SIGTERM)
	select {
	case <-s.exited:
	case <-time.After(20 * time.Second):
		s.kill()
	}
	if took := time.Since(begin); took > 15*time.Second {
		s.t.Errorf("the process ended %v after SIGTERM, want within 15 s", took)
	}
	if code := s.cmd.ProcessState.ExitCode(); code != 0 {
		s.t.Errorf("SIGTERM: exit code %d, want 0", code)
	}
}

// database opens the school's database beside the process.
func (s *school) database() *db.DB { return dbtest.Open(s.t, s.env["DATABASE_URL"]) }

// transcript keeps what a process writes.
type transcript struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (w *transcript) Write(b []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.text.Write(b)
}

func (w *transcript) String() string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.text.String()
}

func (w *transcript) tail(lines int) string {
	all := strings.Split(strings.TrimSpace(w.String()), "\n")
	return strings.Join(all[max(0, len(all)-lines):], "\n")
}
