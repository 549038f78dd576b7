package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"time"
)

// serve answers on l until stop is called.
func serve(l net.Listener, h http.Handler) (stop func()) {
	srv := &http.Server{Handler: h, ReadHeaderTimeout: 5 * time.Second}
	go srv.Serve(l)
	return func() { srv.Close() }
}

// client is a browser with a session.
type client struct {
	http.Client
	base string
}

var tokenField = regexp.MustCompile(`name="csrf_token" value="([^"]*)"`)

// signIn logs in by the form, as anybody does.
func signIn(ctx context.Context, base, email, password string) (*client, error) {
	jar, err := cookiejar.New(nil)
	if err != nil {
		return nil, err
	}
	c := &client{base: base, Client: http.Client{Jar: jar, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}}
	status, page, err := c.send(ctx, http.MethodGet, "/login", nil)
	if err != nil {
		return nil, err
	}
	field := tokenField.FindStringSubmatch(page)
	if status != http.StatusOK || field == nil {
		return nil, fmt.Errorf("/login: status %d, no form", status)
	}
	status, _, err = c.send(ctx, http.MethodPost, "/login", url.Values{"csrf_token": {field[1]}, "email": {email}, "password": {password}})
	if err == nil && status != http.StatusSeeOther {
		err = fmt.Errorf("login as %s: status %d; was this copy filled?", email, status)
	}
	return c, err
}

func (c *client) send(ctx context.Context, method, path string, form url.Values) (status int, page string, err error) {
	req, err := http.NewRequestWithContext(ctx, method, c.base+path, strings.NewReader(form.Encode()))
	if err != nil {
		return 0, "", err
	}
	req.Header.Set("Sec-Fetch-Site", "same-origin")
	if form != nil {
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		req.Header.Set("Origin", c.base)
	}
	res, err := c.Do(req)
	if err != nil {
		return 0, "", err
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	return res.StatusCode, string(body), err
}

// timing is how long requests of an address took, each until its last byte was read, and what CPU time one took on the
// average, this client's part of it too: the steadier figure on a machine that has other work.
type timing struct {
	path             string
	rows             int
	median, p99, cpu time.Duration
}

var errSlow = errors.New("slower than promised")

// time asks for each address that many times, prints how long that took, and fails with errSlow where one is over limit.
func (c *client) time(ctx context.Context, addresses []string, requests int, only string, out io.Writer) error {
	fmt.Fprintf(out, "%10s %10s %10s %6s       address\n", "median", "p99", "cpu", "rows")
	slow, asked := 0, 0
	for _, path := range addresses {
		if !strings.Contains(readable(path), only) {
			continue
		}
		t, err := c.timeOne(ctx, path, requests)
		if err != nil {
			return err
		}
		asked++
		mark := ""
		if t.p99 > limit {
			slow++
			mark = "SLOW"
		}
		fmt.Fprintf(out, "%10s %10s %10s %6d  %4s %s\n", millis(t.median), millis(t.p99), millis(t.cpu), t.rows, mark, readable(path))
	}
	fmt.Fprintf(out, "%d addresses, %d requests of each.\n", asked, requests)
	if slow > 0 {
		return fmt.Errorf("%d of %d addresses take more than %s at p99: %w", slow, asked, limit, errSlow)
	}
	return nil
}

// timeOne leaves the first request out: it is a cold one, as the first of an evening is.
func (c *client) timeOne(ctx context.Context, path string, requests int) (timing, error) {
	t := timing{path: path}
	var all []time.Duration
	var used time.Duration
	for i := range requests + 1 {
		begin := time.Now()
		status, page, err := c.send(ctx, http.MethodGet, path, nil)
		if err != nil {
			return t, err
		}
		if status != http.StatusOK {
			return t, fmt.Errorf("%s: status %d", path, status)
		}
		if i == 0 {
			t.rows = strings.Count(page, `id="c-`) + max(strings.Count(page, "<tr")-1, 0)
			used = cpu()
			continue
		}
		all = append(all, time.Since(begin))
	}
	t.cpu = (cpu() - used) / time.Duration(requests)
	slices.Sort(all)
	t.median, t.p99 = all[len(all)/2], all[(len(all)*99+99)/100-1]
	return t, nil
}

// cpu is the CPU time that this process has used.
func cpu() time.Duration {
	var u syscall.Rusage
	if syscall.Getrusage(syscall.RUSAGE_SELF, &u) != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

func millis(d time.Duration) string { return fmt.Sprintf("%.1f ms", float64(d.Microseconds())/1000) }

func readable(path string) string {
	if s, err := url.QueryUnescape(path); err == nil {
		return s
	}
	return path
}
