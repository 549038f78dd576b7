package crashtest

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"strings"
	"time"

	"github.com/PuerkitoBio/goquery"
)

// password is everybody's.
const password = "chalk-and-slate-27"

// person is a browser: a cookie jar and a network address of its own. It runs no scripts and follows no redirects.
type person struct {
	school *school
	ip     string          // as the proxy tells it
	ctx    context.Context // of its requests; nil: nothing special
	http   *http.Client
}

// page is an answer that was read to its end.
type page struct {
	status   int
	location string
	body     []byte
	took     time.Duration // from the request to the end of the answer
}

func (s *school) visitor() *person {
	jar, _ := cookiejar.New(nil)
	return &person{school: s, ip: fmt.Sprintf("198.18.%d.%d", rand.N(256), rand.N(256)), http: &http.Client{
		Jar: jar, Transport: &http.Transport{MaxIdleConnsPerHost: 2}, Timeout: 25 * time.Second,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
}

func (p *person) get(path string) (page, error) { return p.do(http.MethodGet, path, nil) }

// send fills in the form with that action on a page, and sends it with all its fields.
func (p *person) send(from page, action string, typed map[string]string) (page, error) {
	doc, err := from.parse()
	if err != nil {
		return page{}, err
	}
	form := doc.Find("form[action='" + action + "']")
	if form.Length() != 1 {
		return page{}, fmt.Errorf("%d forms %s on a page with status %d: %s", form.Length(), action, from.status, text(doc, "main"))
	}
	fields := form.Find("input[name]")
	if id, ok := form.Attr("id"); ok {
		fields = fields.AddSelection(doc.Find("input[name][form='" + id + "']"))
	}
	values := url.Values{}
	fields.Each(func(_ int, in *goquery.Selection) { values.Set(in.AttrOr("name", ""), in.AttrOr("value", "")) })
	for name, value := range typed {
		values.Set(name, value)
	}
	return p.do(http.MethodPost, action, values)
}

func (p *person) do(method, path string, form url.Values) (page, error) {
	header := http.Header{}
	if form != nil {
		header.Set("Content-Type", "application/x-www-form-urlencoded")
		header.Set("Sec-Fetch-Site", "same-origin")
		header.Set("Origin", p.school.url)
	}
	return p.request(method, path, header, form.Encode())
}

func (p *person) request(method, path string, header http.Header, body string) (page, error) {
	req, err := http.NewRequestWithContext(cmp.Or(p.ctx, ctx), method, p.school.url+path, strings.NewReader(body))
	if err != nil {
		return page{}, err
	}
	req.Header = header
	req.Header.Set("X-Forwarded-For", p.ip)
	begin := time.Now()
	res, err := p.http.Do(req)
	if err != nil {
		return page{}, err
	}
	defer res.Body.Close()
	content, err := io.ReadAll(res.Body)
	return page{res.StatusCode, res.Header.Get("Location"), content, time.Since(begin)}, err
}

func (g page) parse() (*goquery.Document, error) {
	return goquery.NewDocumentFromReader(bytes.NewReader(g.body))
}

// text returns what a selector finds, white space folded.
func text(doc *goquery.Document, selector string) string {
	return strings.Join(strings.Fields(doc.Find(selector).Text()), " ")
}
