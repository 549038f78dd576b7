package crashtest

import (
	"bufio"
	"fmt"
	"net"
	"net/http"
	"os"
	"slices"
	"sync"
	"testing"
	"time"
)

// Strangers announce large files and send them byte by byte: they cost neither memory nor disk, and nobody else waits.
func TestSlowUploads(t *testing.T) {
	const strangers = 80
	s := newSchool(t)
	dir := t.TempDir()
	s.env["TMPDIR"] = dir
	s.start()
	asha := s.visitor()
	pages := func() (slowest time.Duration) {
		var took []time.Duration
		for range 60 {
			g, err := asha.get("/courses")
			if err != nil || g.status != http.StatusOK {
				t.Fatalf("status %d, %v", g.status, err)
			}
			took = append(took, g.took)
		}
		slices.Sort(took)
		return took[len(took)*95/100]
	}
	calm, memory := pages(), resident(t, s)
	var open []net.Conn
	defer func() {
		for _, c := range open {
			c.Close()
		}
	}()
	for range strangers {
		c, err := net.Dial("tcp", s.addr)
		if err != nil {
			t.Fatal(err)
		}
		open = append(open, c)
		fmt.Fprintf(c, "POST /admin/courses/x/picture HTTP/1.1\r\nHost: %s\r\nSec-Fetch-Site: same-origin\r\nContent-Type: multipart/form-data; boundary=x\r\nContent-Length: %d\r\n\r\n", s.addr, 12<<20)
		fmt.Fprintf(c, "--x\r\nContent-Disposition: form-data; name=\"picture\"; filename=\"a.png\"\r\n\r\n%s", make([]byte, 2<<20))
	}
	var drip sync.WaitGroup
	stop := make(chan struct{})
	for _, c := range open {
		drip.Go(func() {
			for {
				select {
				case <-stop:
					return
				case <-time.After(50 * time.Millisecond):
					c.Write([]byte{0})
				}
			}
		})
	}
	time.Sleep(time.Second)
	busy, more := pages(), resident(t, s)
	files, err := os.ReadDir(dir)
	t.Logf("%d strangers: pages within %s, %s before; memory %d MB, %d before; files %d", strangers, busy, calm, more, memory, len(files))
	if err != nil || len(files) > 0 {
		t.Errorf("strangers' files lie on the disk: %v, %v", files, err)
	}
	if more > memory+64 {
		t.Errorf("memory grew from %d to %d MB", memory, more)
	}
	if busy > calm*4+200*time.Millisecond {
		t.Errorf("pages took %s, %s before", busy, calm)
	}
	close(stop)
	drip.Wait()
	// One who sends all is only told to log in.
	c := open[0]
	c.SetDeadline(time.Now().Add(20 * time.Second))
	go c.Write(make([]byte, 12<<20))
	res, err := http.ReadResponse(bufio.NewReader(c), nil)
	if err != nil || res.StatusCode == http.StatusOK || res.StatusCode >= 500 {
		t.Errorf("afterwards: %v, %v", res, err)
	}
}
