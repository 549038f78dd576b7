package crashtest

import (
	"bufio"
	"bytes"
	"fmt"
	"math/rand/v2"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// Requests as no browser makes them, at every address, as a visitor, a student and the admin: each is answered, none by a
// fault of ours, and none costs anything that stays. 4,000 of them; 100,000 with LECTERN_TEST_LONG=1.
func TestMalformed(t *testing.T) {
	requests := 4_000
	if testing.Short() {
		requests = 1_000
	} else if os.Getenv("LECTERN_TEST_LONG") != "" {
		requests = 100_000
	}
	s := newSchool(t)
	s.start()
	m := newMangler(s)
	statuses := m.send(requests / 10)
	memory, files := resident(t, s), opened(t, s)
	for status, n := range m.send(requests - requests/10) {
		statuses[status] += n
	}
	time.Sleep(4 * time.Second) // after which memory of password checks goes back to the system
	t.Logf("%d requests, by status: %v; resident %d MB after the first tenth, %d MB at the end; open files %d, then %d",
		requests, statuses, memory, resident(t, s), files, opened(t, s))
	if now := resident(t, s); now > memory+memory/4+16 {
		t.Errorf("memory grew from %d to %d MB", memory, now)
	}
	if now := opened(t, s); now > files+20 {
		t.Errorf("open files grew from %d to %d", files, now)
	}
	if log := s.log.String(); strings.Contains(log, "panic") || strings.Contains(log, "level=ERROR") {
		t.Errorf("the log tells of faults:\n%s", firstLines(log, "panic", "level=ERROR"))
	}
	if statuses[200] == 0 || statuses[422] == 0 || statuses[403] == 0 || statuses[400] == 0 {
		t.Errorf("answers are too much alike to have reached anything: %v", statuses)
	}
	asha := s.visitor()
	g, err := asha.register("asha.after@example.com")
	if _, err := leads("register", "/dashboard", g, err); err != nil {
		t.Errorf("afterwards: %v", err)
	}
}

func opened(t *testing.T, s *school) int {
	t.Helper()
	all, err := os.ReadDir(fmt.Sprintf("/proc/%d/fd", s.cmd.Process.Pid))
	if err != nil {
		t.Fatal(err)
	}
	return len(all)
}

func firstLines(log string, words ...string) string {
	var found []string
	for line := range strings.Lines(log) {
		for _, w := range words {
			if strings.Contains(line, w) && len(found) < 8 {
				found = append(found, line)
			}
		}
	}
	return strings.Join(found, "")
}

// mangler makes requests that are wrong in some way or other.
type mangler struct {
	s      *school
	routes []string // "POST /courses/{slug}/enroll"
	params map[string][]string
	people []caller
}

// caller is who sends a request, with the cookies and the token of his browser.
type caller struct{ cookies, token string }

func newMangler(s *school) *mangler {
	s.t.Helper()
	src, err := os.ReadFile(filepath.Join("..", "routes.go"))
	if err != nil {
		s.t.Fatal(err)
	}
	m := &mangler{s: s, params: map[string][]string{}}
	for _, r := range regexp.MustCompile(`(?:public|anyone|student|cashier|teacher|panel|staff)\("((?:GET|POST) [^"]+)"`).FindAllStringSubmatch(string(src), -1) {
		if !strings.Contains(r[1], "/logout") && !strings.Contains(r[1], "/sessions/") && !strings.Contains(r[1], "/admin/staff/") {
			m.routes = append(m.routes, strings.ReplaceAll(r[1], "{$}", ""))
		}
	}
	m.routes = append(m.routes, "GET /static/app.css", "GET /files/x", "GET /favicon.ico", "GET /healthz", "POST /webhooks/x", "GET /theme/x")
	if len(m.routes) < 100 {
		s.t.Fatalf("only %d routes were found", len(m.routes))
	}
	asha, chitra := s.visitor(), s.visitor()
	for _, step := range []func() (page, error){
		func() (page, error) { return asha.register("asha@example.com") },
		func() (page, error) { return chitra.logIn("chitra@example.com") },
	} {
		g, err := step()
		if _, err := leads("log in", "/", g, err); err != nil {
			s.t.Fatal(err)
		}
	}
	m.people = []caller{{}, m.known(asha), m.known(chitra)}
	d := s.database()
	for name, query := range map[string]string{
		"{slug}": "SELECT slug FROM courses", "{id}": "SELECT id FROM courses UNION SELECT id FROM users UNION SELECT id FROM internships", "{page}": "SELECT slug FROM pages",
		"{section}": "SELECT id FROM sections", "{lesson}": "SELECT id FROM lessons",
	} {
		rows, err := d.Read().QueryContext(s.t.Context(), query)
		if err != nil {
			s.t.Fatal(err)
		}
		for rows.Next() {
			var v string
			if err := rows.Scan(&v); err != nil {
				s.t.Fatal(err)
			}
			m.params[name] = append(m.params[name], v)
		}
		rows.Close()
	}
	return m
}

// known is a person's browser as a caller.
func (m *mangler) known(p *person) caller {
	m.s.t.Helper()
	g, err := p.get("/account")
	if err != nil {
		m.s.t.Fatal(err)
	}
	doc, err := g.parse()
	if err != nil {
		m.s.t.Fatal(err)
	}
	token, _ := doc.Find("input[name=csrf_token]").First().Attr("value")
	u, _ := url.Parse(m.s.url)
	var cookies []string
	for _, c := range p.http.Jar.Cookies(u) {
		cookies = append(cookies, c.Name+"="+c.Value)
	}
	return caller{strings.Join(cookies, "; "), token}
}

// send sends n requests, a few at a time, and counts what they were answered.
func (m *mangler) send(n int) map[int]int {
	m.s.t.Helper()
	var mu sync.Mutex
	statuses := map[int]int{}
	var next atomic.Int64
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			for i := next.Add(1); i <= int64(n); i = next.Add(1) {
				raw := m.request()
				status, err := m.answer(raw)
				if err != nil || status >= 500 && status != 501 && status != 505 {
					m.s.t.Errorf("status %d, %v, to %.300q", status, err, raw)
				}
				mu.Lock()
				statuses[status]++
				mu.Unlock()
			}
		})
	}
	wg.Wait()
	return statuses
}

// answer sends bytes and reads the status of the first answer; 0 where the server hangs up without one.
func (m *mangler) answer(raw []byte) (int, error) {
	c, err := net.Dial("tcp", m.s.addr)
	if err != nil {
		return 0, err
	}
	defer c.Close()
	c.SetDeadline(time.Now().Add(20 * time.Second))
	c.Write(raw) // it may have answered and hung up before all of it was read
	// Where more was announced than sent, the server waits until we stop; before, it would take us for gone.
	stop := time.AfterFunc(150*time.Millisecond, func() { c.(*net.TCPConn).CloseWrite() })
	defer stop.Stop()
	res, err := http.ReadResponse(bufio.NewReader(c), nil)
	if err != nil {
		if ne, ok := err.(net.Error); ok && ne.Timeout() {
			return 0, err
		}
		return 0, nil
	}
	defer res.Body.Close()
	return res.StatusCode, nil
}

func one[T any](all []T) T { return all[rand.IntN(len(all))] }

// nasty are texts that something or other has choked on before.
var nasty = []string{
	"", " ", "\x00", "a\x00b", "\xff\xfe", "\xc0\xaf", "\xed\xa0\x80", "\u202e", "💸", "आशा", "'", `"`, "' OR '1'='1", "1; DROP TABLE users", "${7*7}", "{{7*7}}", "<script>alert(1)</script>",
	"../../etc/passwd", `..\..\x`, "%00", "%zz", "%", "%u0041", "-1", "0", "99999999999999999999", "1e309", "NaN", "true", "null", "[]", "{}", "\r\nX: y", "\n", "\t", "//evil.example", "http://evil.example",
	"javascript:alert(1)", "a@b", "@", "+91", "2026-13-45", "0000-00-00", "١٢٣", strings.Repeat("a", 300), strings.Repeat("a", 70_000), strings.Repeat("💸", 3000), strings.Repeat("../", 200),
}

// names are fields of our forms, and some of nobody's.
var names = []string{
	"name", "email", "phone", "password", "current_password", "code", "passkey", "sealed", "next", "link", "remember", "reference", "payee", "payer", "amount", "reason", "method", "q", "status", "after", "page",
	"level", "sort", "id", "role", "was", "title", "slug", "body", "price", "position", "section", "site_name", "accent", "checking_from", "time_zone", "message", "subject", "cover_letter", "text", "file",
	"picture", "do", "kind", "from", "to", "tag", "note", "batch", "csrf_token", "_method", "__proto__", "", "a[b]", "kept", "least", "selected", "all",
}

func (m *mangler) request() []byte {
	method, path, _ := strings.Cut(one(m.routes), " ")
	who := one(m.people)
	path = regexp.MustCompile(`\{[a-z]+\}`).ReplaceAllStringFunc(path, func(name string) string {
		if known := m.params[name]; len(known) > 0 && rand.IntN(3) > 0 {
			return one(known)
		}
		return url.PathEscape(short(one(nasty)))
	})
	switch rand.IntN(12) {
	case 0:
		path += one([]string{"/", "//", "/.", "/..", "/../", "%2e%2e/", ";x", ".css", "%00", "%", "%zz", "/" + strings.Repeat("a", 5000), "%2f%2f", "\\", "%ff"})
	case 1:
		path = one([]string{"/", "//", "/./", "/%2e%2e", "http://evil.example"}) + path
	case 2:
		method = one([]string{"PUT", "DELETE", "TRACE", "OPTIONS", "HEAD", "PATCH", "FOO", "get", "CONNECT", "PRI", strings.Repeat("A", 200)})
	}
	if rand.IntN(2) == 0 {
		path += "?" + m.fields(rand.IntN(4), rand.IntN(4) == 0)
	}
	var h bytes.Buffer
	version, host := "HTTP/1.1", m.s.addr
	switch rand.IntN(40) { // most are to come further than to the server's own checks
	case 0:
		version = one([]string{"HTTP/1.0", "HTTP/2.0", "HTTP/9", "x"})
	case 1:
		host = one([]string{"evil.example", "", "a b", "[::1", "x:99999"})
	}
	fmt.Fprintf(&h, "%s %s %s\r\nHost: %s\r\n", method, path, version, host)
	fmt.Fprintf(&h, "X-Forwarded-For: 198.51.%d.%d\r\nConnection: close\r\n", rand.IntN(256), rand.IntN(256))
	if who.cookies != "" {
		fmt.Fprintf(&h, "Cookie: %s\r\n", who.cookies)
	}
	if rand.IntN(4) > 0 {
		fmt.Fprintf(&h, "Sec-Fetch-Site: same-origin\r\nOrigin: %s\r\n", m.s.url)
	}
	for range max(0, rand.IntN(5)-2) {
		h.WriteString(one([]string{
			"HX-Request: true\r\n", "HX-Request: true\r\nHX-Current-URL: \x01%\r\n", "Cookie: session=\xff; csrf=%00\r\n", "Cookie: " + strings.Repeat("a=b; ", 500) + "\r\n", "Range: bytes=9-1,-\r\n",
			"If-None-Match: " + strings.Repeat("\"x\",", 50) + "\r\n", "Accept-Encoding: br;q=x, \x7f\r\n", "X-Forwarded-For: ,,\x00\r\n", "X-Forwarded-Proto: https\r\n", "Accept-Language: " + strings.Repeat("a-", 300) + "\r\n",
			"X: " + strings.Repeat("y", 70_000) + "\r\n", "Expect: 100-continue\r\n", "Upgrade: websocket\r\nConnection: Upgrade\r\n", "Referer: http://[::1\r\n", "Host: other.example\r\n", " folded: x\r\n", "No-Colon\r\n", "Sec-Fetch-Site: cross-site\r\n",
			"User-Agent: \xff\xfe" + strings.Repeat("z", 900) + "\r\n", "Content-Encoding: gzip\r\n", "Trailer: X\r\n",
		}))
	}
	if method != "POST" && rand.IntN(6) > 0 {
		h.WriteString("\r\n")
		return h.Bytes()
	}
	m.body(&h, who)
	return h.Bytes()
}

func short(s string) string { return s[:min(len(s), 400)] }

// fields are n fields, or very many.
func (m *mangler) fields(n int, raw bool) string {
	if rand.IntN(60) == 0 {
		n = 3000
	}
	var all []string
	for range n {
		name, value := one(names), one(nasty)
		if n > 100 {
			value = short(value)[:min(len(value), 20)]
		}
		if !raw {
			name, value = url.QueryEscape(name), url.QueryEscape(value)
		} else {
			value = strings.NewReplacer("\r", "", "\n", "", " ", "+").Replace(value)
		}
		all = append(all, name+"="+value)
	}
	return strings.Join(all, "&")
}

// body ends the head of a request and writes what follows it.
func (m *mangler) body(h *bytes.Buffer, who caller) {
	token := ""
	if rand.IntN(8) > 0 {
		token = "csrf_token=" + url.QueryEscape(who.token) + "&"
	}
	form := token + m.fields(rand.IntN(8), rand.IntN(5) == 0)
	switch rand.IntN(14) {
	case 0: // multipart, whole or cut off
		const border = "border"
		var b strings.Builder
		fmt.Fprintf(&b, "--%s\r\nContent-Disposition: form-data; name=\"csrf_token\"\r\n\r\n%s\r\n", border, who.token)
		parts := 1 + rand.IntN(4)
		if rand.IntN(20) == 0 {
			parts = 3000
		}
		for range parts {
			fmt.Fprintf(&b, "--%s\r\nContent-Disposition: form-data; name=%q; filename=%q\r\nContent-Type: %s\r\n\r\n%s\r\n", border, one(names), short(one(nasty)), one([]string{"image/png", "text/csv", "x", "image/svg+xml"}), short(one(nasty)))
		}
		text := b.String() + one([]string{"--border--\r\n", "", "--border", "--border-\r\n\r\n"})
		text = text[:len(text)-rand.IntN(min(len(text), 40))]
		fmt.Fprintf(h, "Content-Type: multipart/form-data; boundary=%s\r\nContent-Length: %d\r\n\r\n%s", one([]string{border, border, border, "", "other", strings.Repeat("b", 80)}), len(text), text)
	case 1: // a length that isn't the body's
		fmt.Fprintf(h, "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: %s\r\n\r\n%s", one([]string{"-1", "abc", strconv.Itoa(len(form) + 50), strconv.Itoa(len(form) / 2), "99999999999999999999", "0", " 5"}), form)
	case 2: // two lengths, or a length and chunks, by which requests are smuggled
		h.WriteString(one([]string{
			fmt.Sprintf("Content-Length: %d\r\nContent-Length: 5\r\n\r\n%s", len(form), form),
			fmt.Sprintf("Transfer-Encoding: chunked\r\nContent-Length: %d\r\n\r\n0\r\n\r\nGET /admin HTTP/1.1\r\nHost: x\r\n\r\n", len(form)),
			"Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n", "Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n", "Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n",
		}))
	case 3: // chunks that don't hold together
		fmt.Fprintf(h, "Content-Type: application/x-www-form-urlencoded\r\nTransfer-Encoding: chunked\r\n\r\n%s", one([]string{"zz\r\nabc\r\n", "5\r\nabc", "ffffffffffffffff\r\n", "3\r\nabc\r\n0\r\nX: y\r\n\r\n", fmt.Sprintf("%x\r\n%s\r\n0\r\n\r\n", len(form), form)}))
	case 4: // another kind of body
		fmt.Fprintf(h, "Content-Type: %s\r\nContent-Length: 7\r\n\r\n{\"a\":1}", one([]string{"application/json", "text/xml", "", "multipart/form-data", "application/x-www-form-urlencoded; charset=utf-7", "\xff"}))
	case 5: // far too big
		big := "a=" + strings.Repeat("b", 600<<10)
		fmt.Fprintf(h, "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: %d\r\n\r\n%s", len(big), big)
	default:
		fmt.Fprintf(h, "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: %d\r\n\r\n%s", len(form), form)
	}
}
