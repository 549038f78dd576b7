package apptest

import (
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"
)

// Browser is one person's: it keeps cookies, runs no scripts and doesn't follow redirects by itself.
type Browser struct {
	School *School
	T      testing.TB
	HTMX   bool // sends requests as htmx does for a part of the page
	client *http.Client
}

// Visitor returns a browser without cookies.
func (s *School) Visitor() *Browser {
	jar, err := cookiejar.New(nil)
	if err != nil {
		s.T.Fatal(err)
	}
	return &Browser{School: s, T: s.T, client: &http.Client{Jar: jar, Transport: s.transport,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}}
}

// SignIn returns the browser of somebody of the cast, signed in by the form: asha and bala register, chitra logs in.
func (s *School) SignIn(name string) *Browser {
	s.T.Helper()
	b := s.Visitor()
	b.T.Helper()
	var p *Page
	if name == "chitra" {
		p = b.Submit("/login", "form[action='/login']", Form{"email": name + "@example.com", "password": Password})
	} else {
		p = b.Submit("/register", "form[action='/register']", Form{"name": strings.ToUpper(name[:1]) + name[1:], "email": name + "@example.com", "password": Password})
	}
	p.Want(303)
	return b
}

// SignInCashier returns the browser of Bala, whom Chitra asked to be a cashier.
func (s *School) SignInCashier() *Browser {
	s.T.Helper()
	return s.SignInStaff("bala", "cashier")
}

// SignInStaff returns the browser of somebody whom Chitra asked to join the staff.
func (s *School) SignInStaff(name, role string) *Browser {
	s.T.Helper()
	email := name + "@example.com"
	s.SignIn("chitra").Submit("/admin/staff", "#invite-form", Form{"name": strings.ToUpper(name[:1]) + name[1:], "email": email, "role": role}).Want(303)
	b := s.Visitor()
	for _, m := range s.MailTo(email) {
		if link := m.Link("/setup/"); link != "" {
			b.Submit(link, "#setup", Form{"password": Password}).Want(303)
		}
	}
	if p := b.Get("/admin"); p.Status != 200 && p.Location() != "/admin/courses" {
		p.Want(200)
	}
	return b
}

// AsHTMX returns the same browser (cookies shared), sending as htmx does.
func (b *Browser) AsHTMX() *Browser {
	c := *b
	c.HTMX = true
	return &c
}

// Form is what is typed into fields, by name.
type Form map[string]string

// Get opens a path or an address of the school.
func (b *Browser) Get(path string) *Page {
	b.T.Helper()
	return b.do(http.MethodGet, path, nil, nil)
}

// Submit opens a page, fills in the one form that selector finds there, and sends it with all its fields.
func (b *Browser) Submit(path, selector string, typed Form, files ...File) *Page {
	b.T.Helper()
	page := (&Browser{School: b.School, T: b.T, client: b.client}).Get(path)
	return b.Send(page, selector, typed, files...)
}

// Send sends a form of a page that is open already, with files if it takes some.
func (b *Browser) Send(page *Page, selector string, typed Form, files ...File) *Page {
	b.T.Helper()
	form := page.Doc.Find(selector)
	if form.Length() != 1 {
		b.T.Fatalf("%s: %d forms match %q, want one:\n%s", page.Path, form.Length(), selector, page.Body)
	}
	values := page.Fields(form)
	for name, value := range typed {
		values.Set(name, value)
	}
	action, _ := form.Attr("action")
	if method, _ := form.Attr("method"); !strings.EqualFold(method, "post") {
		return b.do(http.MethodGet, action+"?"+values.Encode(), nil, page)
	}
	if kind, _ := form.Attr("enctype"); kind != multipartForm {
		return b.do(http.MethodPost, action, values, page)
	}
	body, contentType := multipartBody(b.T, values, files)
	return b.send(http.MethodPost, action, body, contentType, page)
}

// Post sends fields to an address as a script would, with a token that fits unless the fields have one.
func (b *Browser) Post(path string, values url.Values) *Page {
	b.T.Helper()
	sent := url.Values{}
	for name, v := range values {
		sent[name] = v
	}
	if !sent.Has("csrf_token") {
		sent.Set("csrf_token", b.token())
	}
	return b.do(http.MethodPost, path, sent, nil)
}

// Raw sends a request as it is, with the browser's cookies.
func (b *Browser) Raw(method, path string, header http.Header, body io.Reader) *Page {
	b.T.Helper()
	req, err := http.NewRequest(method, b.School.URL+path, body)
	if err != nil {
		b.T.Fatal(err)
	}
	req.Header = header.Clone()
	if req.Header == nil {
		req.Header = http.Header{}
	}
	req.Header.Set("Sec-Fetch-Site", "same-origin")
	res, err := b.client.Do(req)
	if err != nil {
		b.T.Fatal(err)
	}
	return newPage(b, path, res)
}

func (b *Browser) token() string {
	b.T.Helper()
	token, _ := (&Browser{School: b.School, T: b.T, client: b.client}).Get("/login?next=/account").tokenOr(b).Attr("value")
	return token
}

// tokenOr finds a CSRF token: on the login page or, for who is signed in already, on the account's.
func (p *Page) tokenOr(b *Browser) *goquery.Selection {
	b.T.Helper()
	if p.Status == http.StatusSeeOther {
		p = (&Browser{School: b.School, T: b.T, client: b.client}).Get("/account")
	}
	return p.Doc.Find("input[name=csrf_token]").First()
}

func (b *Browser) do(method, path string, form url.Values, from *Page) *Page {
	b.T.Helper()
	if form == nil {
		return b.send(method, path, nil, "", from)
	}
	return b.send(method, path, strings.NewReader(form.Encode()), "application/x-www-form-urlencoded", from)
}

func (b *Browser) send(method, path string, body io.Reader, contentType string, from *Page) *Page {
	b.T.Helper()
	address := path
	if strings.HasPrefix(path, "/") {
		address = b.School.URL + path
	}
	req, err := http.NewRequest(method, address, body)
	if err != nil {
		b.T.Fatal(err)
	}
	req.Header.Set("Sec-Fetch-Site", "same-origin")
	req.Header.Set("User-Agent", "Mozilla/5.0 (Linux; Android 14) Chrome/156.0 Mobile")
	if contentType != "" {
		req.Header.Set("Content-Type", contentType)
		req.Header.Set("Origin", b.School.URL)
	}
	if from != nil {
		req.Header.Set("Referer", b.School.URL+from.Path)
	}
	if b.HTMX {
		req.Header.Set("HX-Request", "true")
		req.Header.Set("HX-Request-Type", "partial")
	}
	res, err := b.client.Do(req)
	if err != nil {
		b.T.Fatal(err)
	}
	return newPage(b, path, res)
}

// Cookies is the header with which the browser would send what it keeps.
func (b *Browser) Cookies() string {
	b.T.Helper()
	at, err := url.Parse(b.School.URL)
	if err != nil {
		b.T.Fatal(err)
	}
	var all []string
	for _, c := range b.client.Jar.Cookies(at) {
		all = append(all, c.Name+"="+c.Value)
	}
	return strings.Join(all, "; ")
}

// Fields are what a browser would send of a form of the page that nobody touched.
func (p *Page) Fields(form *goquery.Selection) url.Values {
	values := url.Values{}
	inputs := form.Find("input, select, textarea, button[name]")
	if id, ok := form.Attr("id"); ok {
		inputs = inputs.AddSelection(p.Doc.Find("[form='" + id + "']"))
	}
	inputs.Each(func(_ int, in *goquery.Selection) { addField(values, in) })
	return values
}

func addField(values url.Values, in *goquery.Selection) {
	name, named := in.Attr("name")
	kind, _ := in.Attr("type")
	_, disabled := in.Attr("disabled")
	if !named || disabled || goquery.NodeName(in) == "button" {
		return
	}
	switch goquery.NodeName(in) {
	case "select":
		chosen := in.Find("option[selected]")
		if chosen.Length() == 0 {
			chosen = in.Find("option").First()
		}
		value, _ := chosen.Attr("value")
		values.Add(name, value)
	case "textarea":
		values.Add(name, in.Text())
	default:
		if _, checked := in.Attr("checked"); (kind == "checkbox" || kind == "radio") && !checked {
			return
		}
		value, given := in.Attr("value")
		if !given && kind == "checkbox" {
			value = "on"
		}
		values.Add(name, value)
	}
}
