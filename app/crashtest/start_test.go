package crashtest

import (
	"context"
	"database/sql"
	"fmt"
	"net"
	"net/http"
	"os"
	"regexp"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"lectern/app/db"
)

// TestStart measures what a small server feels: how long a start takes, what it costs at rest, and how big all is.
func TestStart(t *testing.T) {
	s := newSchool(t)
	s.start()
	asha := s.visitor()
	if _, err := asha.register("asha@example.com"); err != nil {
		t.Fatal(err)
	}
	s.stop()
	fill(t, s.database(), 1000)
	t.Run("ReadyAtOnce", func(t *testing.T) {
		var took []time.Duration
		for range 5 {
			took = append(took, s.start())
			s.kill()
		}
		slices.Sort(took)
		t.Logf("ready after %v (aim: 100 ms)", took)
		if took[2] > 400*time.Millisecond {
			t.Errorf("the median of %v is above 400 ms", took)
		}
	})
	s.start()
	t.Run("SmallAtRest", func(t *testing.T) {
		for _, path := range []string{"/", "/courses", "/courses/" + courses[0], "/dashboard", "/account", "/orders"} {
			if g, err := asha.get(path); err != nil || g.status != 200 {
				t.Errorf("%s: %v, %v", path, g, err)
			}
		}
		time.Sleep(2 * time.Second)
		if mb := resident(t, s); mb > 64 {
			t.Errorf("%d MB resident, want 64 at most", mb)
		} else {
			t.Logf("%d MB resident", mb)
		}
	})
	t.Run("SmallBinary", func(t *testing.T) {
		info, err := os.Stat(binary)
		if err != nil {
			t.Fatal(err)
		}
		if t.Logf("%d bytes", info.Size()); info.Size() > 40_000_000 {
			t.Errorf("the binary has %d bytes, want 40 MB at most", info.Size())
		}
	})
	t.Run("SmallFirstVisit", func(t *testing.T) { firstVisit(t, s) })
}

// fill adds students, each in a course, by SQL: a thousand passwords would take a minute to hash.
func fill(t *testing.T, d *db.DB, students int) {
	err := d.InTx(ctx, func(tx *sql.Tx) error {
		course, err := db.Value[string](ctx, tx, `SELECT id FROM courses ORDER BY id LIMIT 1`)
		for i := 0; i < students && err == nil; i++ {
			id, now := db.NewID(), db.Millis(time.Now())
			email := fmt.Sprintf("bala%d@example.com", i)
			if err = db.Exec(ctx, tx, `INSERT INTO users (id, email, email_norm, name, password_hash, created_at) VALUES ($1, $2, $2, 'Bala', '', $3)`, id, email, now); err != nil {
				break
			}
			if err = db.Exec(ctx, tx, `INSERT INTO grants (id, user_id, course_id, source, created_at) VALUES ($1, $1, $2, 'hand', $3)`, id, course, now); err != nil {
				break
			}
			err = db.Exec(ctx, tx, `INSERT INTO enrollments (id, user_id, course_id, created_at) VALUES ($1, $1, $2, $3)`, id, course, now)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// resident is VmRSS of proc(5), in MB.
func resident(t *testing.T, s *school) int {
	t.Helper()
	if runtime.GOOS != "linux" {
		t.Skip("no /proc here")
	}
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", s.cmd.Process.Pid))
	if err != nil {
		t.Fatal(err)
	}
	kb, err := strconv.Atoi(regexp.MustCompile(`VmRSS:\s+(\d+) kB`).FindStringSubmatch(string(status))[1])
	if err != nil {
		t.Fatal(err)
	}
	return kb / 1000
}

// firstVisit opens the home page with all its files as a new browser does, and weighs what comes over the wire.
func firstVisit(t *testing.T, s *school) {
	var wire atomic.Int64
	p := s.visitor()
	p.http.Transport = &http.Transport{DisableCompression: true, DialContext: func(ctx context.Context, network, addr string) (net.Conn, error) {
		c, err := new(net.Dialer).DialContext(ctx, network, addr)
		return counted{c, &wire}, err
	}}
	plain := s.visitor()
	home, err := plain.get("/")
	if err != nil {
		t.Fatal(err)
	}
	doc, err := home.parse()
	if err != nil {
		t.Fatal(err)
	}
	files := []string{"/"}
	for _, el := range doc.Find("link[rel~=stylesheet], link[rel~=icon], link[rel=preload], script[src], img[src], source[srcset]").EachIter() {
		for _, name := range []string{"href", "src", "srcset"} {
			if path, ok := el.Attr(name); ok {
				files = append(files, path)
			}
		}
	}
	for i := 0; i < len(files); i++ { // grows by what a stylesheet asks for
		if !strings.HasPrefix(files[i], "/") || strings.HasPrefix(files[i], "//") {
			t.Errorf("the home page needs %s, which isn't ours", files[i])
			continue
		}
		before := wire.Load()
		if g, err := p.request("GET", files[i], http.Header{"Accept-Encoding": {"br, gzip"}}, ""); err != nil || g.status != 200 {
			t.Errorf("%s: %v, %v", files[i], g, err)
		}
		t.Logf("%6d bytes %s", wire.Load()-before, files[i])
		g, err := plain.get(files[i])
		if err != nil {
			t.Error(err)
		}
		for _, m := range regexp.MustCompile(`(?:url\(|@import )["']?([^"')]+)`).FindAllStringSubmatch(string(g.body), -1) {
			if strings.Contains(files[i], ".css") && !strings.HasPrefix(m[1], "data:") {
				files = append(files, m[1])
			}
		}
	}
	if n := wire.Load(); len(files) < 3 || n > 60_000 {
		t.Errorf("%d files with %d bytes, want a page, a stylesheet and a script at least and 60 kB at most", len(files), n)
	}
}

// counted is a connection that counts what comes in.
type counted struct {
	net.Conn
	n *atomic.Int64
}

func (c counted) Read(b []byte) (int, error) {
	n, err := c.Conn.Read(b)
	c.n.Add(int64(n))
	return n, err
}
