package apptest

import (
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/PuerkitoBio/goquery"
)

// Page is an answer.
type Page struct {
	Browser *Browser
	Path    string
	Status  int
	Header  http.Header
	Cookies []*http.Cookie
	Body    string
	Doc     *goquery.Document
}

func newPage(b *Browser, path string, res *http.Response) *Page {
	b.T.Helper()
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		b.T.Fatal(err)
	}
	if u, err := url.Parse(path); err == nil {
		path = u.RequestURI()
	}
	doc, err := goquery.NewDocumentFromReader(strings.NewReader(string(body)))
	if err != nil {
		b.T.Fatal(err)
	}
	return &Page{Browser: b, Path: path, Status: res.StatusCode, Header: res.Header, Cookies: res.Cookies(), Body: string(body), Doc: doc}
}

// Want ends the test unless the page has that status, and, when given, that Location.
func (p *Page) Want(status int, location ...string) *Page {
	p.Browser.T.Helper()
	if p.Status != status || len(location) > 0 && p.Location() != location[0] {
		p.Browser.T.Fatalf("%s: got %d %q, want %d %q\n%s", p.Path, p.Status, p.Location(), status, strings.Join(location, ""), p.Text("main"))
	}
	return p
}

// Location is where the answer leads: Location, or HX-Redirect to htmx.
func (p *Page) Location() string {
	if to := p.Header.Get("HX-Redirect"); to != "" {
		return to
	}
	return p.Header.Get("Location")
}

// WantPath is Want for a redirect whose query doesn't matter.
func (p *Page) WantPath(status int, path string) *Page {
	p.Browser.T.Helper()
	p.Want(status)
	if got, _, _ := strings.Cut(p.Location(), "?"); got != path {
		p.Browser.T.Errorf("%s: leads to %s, want %s", p.Path, got, path)
	}
	return p
}

// Follow opens the page that a redirect leads to.
func (p *Page) Follow() *Page {
	p.Browser.T.Helper()
	if p.Location() == "" {
		p.Browser.T.Fatalf("%s: %d leads nowhere\n%s", p.Path, p.Status, p.Text("main"))
	}
	return (&Browser{School: p.Browser.School, T: p.Browser.T, client: p.Browser.client}).Get(p.Location())
}

// Text returns the text of what selector finds, white space folded.
func (p *Page) Text(selector string) string {
	return strings.Join(strings.Fields(p.Doc.Find(selector).Text()), " ")
}

// Has returns how many elements selector finds.
func (p *Page) Has(selector string) int { return p.Doc.Find(selector).Length() }

// Value returns the value of the field that selector finds.
func (p *Page) Value(selector string) string {
	v, _ := p.Doc.Find(selector).First().Attr("value")
	return v
}

// WantText fails the test unless what selector finds contains all the texts.
func (p *Page) WantText(selector string, texts ...string) *Page {
	p.Browser.T.Helper()
	got := p.Text(selector)
	for _, want := range texts {
		if !strings.Contains(got, want) {
			p.Browser.T.Errorf("%s: %q says %q, want %q in it", p.Path, selector, got, want)
		}
	}
	return p
}

// WantNoText fails the test if what selector finds contains one of the texts.
func (p *Page) WantNoText(selector string, texts ...string) *Page {
	p.Browser.T.Helper()
	got := p.Text(selector)
	if i := slices.IndexFunc(texts, func(t string) bool { return strings.Contains(got, t) }); i >= 0 {
		p.Browser.T.Errorf("%s: %q says %q", p.Path, selector, texts[i])
	}
	return p
}
