package main

import (
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

// storm sends wrong logins to a running school, rate a second: half of them at one account, the others at accounts that
// don't exist, all from addresses of their own, as its proxy would tell them. Before and meanwhile it opens pages of the
// catalogue, as visitors do, and says how long those took, what the logins were answered, and what memory the school has.
// pid is the school's process, or 0.
func storm(ctx context.Context, base string, rate int, lasts time.Duration, pid int, out io.Writer) error {
	s := &stormer{base: base, answers: map[int]int{}}
	if err := s.prepare(ctx); err != nil {
		return err
	}
	calm := s.visit(ctx, lasts/3)
	fmt.Fprintf(out, "calm:  %d pages, median %s, p99 %s; memory %s\n", len(calm), millis(calm[len(calm)/2]), millis(at99(calm)), resident(pid))
	ctx, stop := context.WithTimeout(ctx, lasts)
	defer stop()
	var wg sync.WaitGroup
	wg.Go(func() { s.guess(ctx, rate) })
	pages := s.visit(ctx, lasts)
	peak := resident(pid)
	wg.Wait()
	fmt.Fprintf(out, "storm: %d pages, median %s, p99 %s; memory %s\n", len(pages), millis(pages[len(pages)/2]), millis(at99(pages)), peak)
	fmt.Fprintf(out, "logins by status: %v, %d without an answer\n", s.answers, s.lost)
	time.Sleep(5 * time.Second)
	fmt.Fprintf(out, "after: memory %s\n", resident(pid))
	if p := at99(pages); p > 100*time.Millisecond {
		return fmt.Errorf("pages took %s at p99: %w", millis(p), errSlow)
	}
	return nil
}

func at99(sorted []time.Duration) time.Duration { return sorted[(len(sorted)*99+99)/100-1] }

type stormer struct {
	base    string
	http    http.Client
	token   string
	mu      sync.Mutex
	answers map[int]int
	lost    int
}

// prepare gets the cookie and the token that a login is sent with.
func (s *stormer) prepare(ctx context.Context) error {
	jar, err := cookiejar.New(nil)
	if err != nil {
		return err
	}
	s.http = http.Client{Jar: jar, Transport: &http.Transport{MaxIdleConnsPerHost: 400}, Timeout: 30 * time.Second}
	c := &client{base: s.base, Client: s.http}
	status, page, err := c.send(ctx, http.MethodGet, "/login", nil)
	field := tokenField.FindStringSubmatch(page)
	if err != nil || status != http.StatusOK || field == nil {
		return fmt.Errorf("/login: status %d, %v", status, err)
	}
	s.token = field[1]
	return nil
}

// visit opens pages, twenty a second, and returns how long each took, the quickest first.
func (s *stormer) visit(ctx context.Context, lasts time.Duration) []time.Duration {
	paths := []string{"/", "/courses", "/courses?q=python", "/courses?level=Foundational", "/courses/programming-foundations-with-python"}
	visitor := http.Client{Timeout: 30 * time.Second}
	var all []time.Duration
	for end, i := time.Now().Add(lasts), 0; time.Now().Before(end); i++ {
		next := time.Now().Add(50 * time.Millisecond)
		begin := time.Now()
		res, err := visitor.Get(s.base + paths[i%len(paths)] + "#" + strconv.Itoa(i))
		if err == nil {
			_, err = io.Copy(io.Discard, res.Body)
			res.Body.Close()
		}
		took := time.Since(begin)
		if err != nil || res.StatusCode != http.StatusOK {
			took = time.Hour
		}
		all = append(all, took)
		time.Sleep(time.Until(next))
	}
	slices.Sort(all)
	return all
}

func (s *stormer) guess(ctx context.Context, rate int) {
	var wg sync.WaitGroup
	defer wg.Wait()
	for tick := time.NewTicker(time.Second / time.Duration(rate)); ; {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			wg.Go(s.one)
		}
	}
}

func (s *stormer) one() {
	email := "chitra@example.com"
	if rand.IntN(2) == 0 {
		email = fmt.Sprintf("nobody.%d@example.com", rand.IntN(1_000_000))
	}
	form := url.Values{"csrf_token": {s.token}, "email": {email}, "password": {fmt.Sprintf("saffron bridge %d", rand.Int())}}
	req, err := http.NewRequest(http.MethodPost, s.base+"/login", strings.NewReader(form.Encode()))
	if err != nil {
		return
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.Header.Set("Sec-Fetch-Site", "same-origin")
	req.Header.Set("Origin", s.base)
	req.Header.Set("X-Forwarded-For", fmt.Sprintf("198.%d.%d.%d", 18+rand.IntN(2), rand.IntN(256), rand.IntN(256)))
	res, err := s.http.Do(req)
	if err == nil {
		io.Copy(io.Discard, res.Body)
		res.Body.Close()
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if err != nil {
		s.lost++
	} else {
		s.answers[res.StatusCode]++
	}
}

// resident is VmRSS of proc(5).
func resident(pid int) string {
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	m := regexp.MustCompile(`VmRSS:\s+(\d+ kB)`).FindSubmatch(b)
	if err != nil || m == nil {
		return "unknown"
	}
	return string(m[1])
}
