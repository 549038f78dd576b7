package app_test

import (
	"net/url"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"

	"lectern/app/apptest"
	"lectern/app/config"
	"lectern/app/content"
)

type route struct{ guard, method, path string }

// routeTable reads the table as it stands in routes.go, so that no address is forgotten here.
func routeTable(t *testing.T) []route {
	t.Helper()
	b, err := os.ReadFile("routes.go")
	if err != nil {
		t.Fatal(err)
	}
	var all []route
	for _, m := range regexp.MustCompile(`(public|anyone|student|cashier|teacher|panel|staff)\("(GET|POST) ([^"]+)"`).FindAllStringSubmatch(string(b), -1) {
		all = append(all, route{m[1], m[2], m[3]})
	}
	if len(all) < 60 {
		t.Fatalf("only %d routes were found", len(all))
	}
	return all
}

// world is a school in which every address of the table leads somewhere.
type world struct {
	*apptest.School
	visitor, asha, bala, chitra *apptest.Browser
	devi                        *apptest.Browser // who teaches
	halfway                     *apptest.Browser // of who gave the password, and not yet the code
	params                      map[string]string
}

func newWorld(t *testing.T, change ...func(*config.Config)) *world {
	s := apptest.New(t, change...)
	w := &world{School: s, visitor: s.Visitor(), asha: s.SignIn("asha"), bala: s.SignInStaff("bala", "cashier"), devi: s.SignInStaff("devi", "instructor"), chitra: s.SignIn("chitra")}
	code := strings.TrimPrefix(w.asha.Submit("/courses/programming-foundations-with-python", "#enroll", nil).Want(303).Location(), "/orders/")
	w.asha.Submit("/orders/"+code, "#claim", apptest.Form{"reference": "612345678901"}).Want(303)
	w.visitor.Submit("/internships/web-development-intern", "#apply", apptest.Form{"name": "Bala", "email": "bala@example.com", "cover_letter": "Hello"}).Want(303)
	w.visitor.Submit("/contact", "#contact", apptest.Form{"name": "Bala", "email": "bala@example.com", "message": "Hello"}).Want(303)
	one := func(query string) string {
		var v string
		if err := s.DB.Read().QueryRowContext(t.Context(), query).Scan(&v); err != nil {
			t.Fatal(err)
		}
		return v
	}
	reset := ""
	w.visitor.Submit("/password/forgot", "form[action='/password/forgot']", apptest.Form{"email": "asha@example.com"})
	for _, m := range s.MailTo("asha@example.com") {
		if link := m.Link("/password/reset/"); link != "" {
			reset = link[strings.LastIndex(link, "/")+1:]
		}
	}
	s.SignIn("esha").SetUpApp()
	w.halfway = s.FirstStep("esha")
	page, err := s.Content.CreatePage(t.Context(), "", content.PageForm{Title: "Teachers", Body: "Us"})
	if err != nil {
		t.Fatal(err)
	}
	story, err := s.Content.CreateStory(t.Context(), "", content.StoryForm{Name: "Bala", Text: "I learned it."})
	if err != nil {
		t.Fatal(err)
	}
	w.params = map[string]string{
		"/{page}": "about", "/admin/pages/{id}": page.ID, "/versions/{n}": "1", "/admin/home/{id}": "opening", "/admin/stories/{id}": story.ID,
		"/courses/{slug}": "programming-foundations-with-python", "/learn/{slug}": "programming-foundations-with-python",
		"/admin/start/{step}": "name",
		"{code}":              code, "/pay/{token}": one(`SELECT pay_token FROM orders`), "/admin/students/{id}": one(`SELECT min(id) FROM users WHERE role = 'student'`),
		"/admin/staff/{id}": one(`SELECT id FROM users WHERE role = 'cashier'`), "/admin/payments/{id}": one(`SELECT id FROM claims`), "/admin/jobs/{id}": w.job(),
		"/admin/messages/{id}": one(`SELECT id FROM messages`), "/password/reset/{token}": reset,
		"/internships/{slug}": "web-development-intern", "/admin/internships/{id}": one(`SELECT min(id) FROM internships`), "/admin/applications/{id}": one(`SELECT id FROM applications`),
		"/admin/courses/{id}": one(`SELECT min(id) FROM courses`), "{section}": one(`SELECT min(id) FROM sections`), "{lesson}": one(`SELECT min(id) FROM lessons`),
	}
	return w
}

// job is an import that is through.
func (w *world) job() string {
	w.T.Helper()
	path := w.chitra.Submit("/admin/students/import", "#upload", apptest.Form{"text": "name,email\nBala,bala@example.com\nNobody,nobody"}).Want(303).Location()
	w.chitra.Submit(path, "#import", apptest.Form{"do": "go"}).Want(303)
	if err := w.Jobs.RunDue(w.T.Context()); err != nil {
		w.T.Fatal(err)
	}
	return path[strings.LastIndex(path, "/")+1:]
}

// fill puts what there is into the braces of a pattern.
func (w *world) fill(pattern string) string {
	pattern = strings.ReplaceAll(pattern, "{$}", "")
	for where, value := range w.params {
		name := where[strings.Index(where, "{"):]
		if strings.Contains(pattern, where) {
			pattern = strings.Replace(pattern, name, value, 1)
		}
	}
	return regexp.MustCompile(`\{[^}]*\}`).ReplaceAllString(pattern, "x")
}

// within are addresses of the panel that are shown within one of its pages.
var within = map[string]bool{"/admin/settings/preview": true}

func TestRoutes_EveryPage(t *testing.T) {
	w := newWorld(t)
	dead := map[string]bool{"/setup/{token}": true, "/email/verify/{token}": true} // no such links in this world
	for _, r := range routeTable(t) {
		if r.method != "GET" {
			continue
		}
		path := w.fill(r.path)
		b := map[string]*apptest.Browser{"public": w.visitor, "anyone": w.visitor, "student": w.asha, "cashier": w.bala, "panel": w.bala, "teacher": w.devi, "staff": w.chitra}[r.guard]
		if r.path == "/login/code" {
			b = w.halfway
		}
		p := b.Get(path)
		switch {
		case dead[r.path]:
			p.Want(404)
		case r.path == "/learn/{slug}":
			p.Want(303) // not enrolled yet
			continue
		default:
			p.Want(200)
		}
		if !strings.HasPrefix(p.Header.Get("Content-Type"), "text/html") {
			continue
		}
		wellFormed(t, p)
		if r.guard == "student" {
			w.visitor.Get(path).Want(303, "/login?next="+url.QueryEscape(path))
		}
		if r.guard == "staff" || r.guard == "cashier" {
			w.visitor.Get(path).Want(303, "/login?next="+url.QueryEscape(path))
			w.asha.Get(path).Want(403)
			if !within[r.path] && (p.Has(".help") != 1 || p.Text(".help > p") == "" || p.Has(".help details p") == 0) {
				t.Errorf("%s doesn't say what it is for", path)
			}
		}
		if r.guard == "cashier" {
			w.chitra.Get(path).Want(200)
			w.leadsNowhereClosed(t, p)
		}
		if r.guard == "staff" {
			w.bala.Get(path).Want(403)
		}
	}
}

// leadsNowhereClosed follows the links of a cashier's page, and looks at its forms: all that he sees, he may do.
func (w *world) leadsNowhereClosed(t *testing.T, p *apptest.Page) {
	t.Helper()
	closed := map[string]bool{}
	for _, r := range routeTable(t) {
		if r.guard == "staff" {
			closed[r.method+" "+w.fill(r.path)] = true
		}
	}
	p.Doc.Find("a[href], form[action]").Each(func(_ int, e *goquery.Selection) {
		href, method := e.AttrOr("href", ""), "GET"
		if href == "" {
			href, method = e.AttrOr("action", ""), strings.ToUpper(e.AttrOr("method", "get"))
		}
		path, _, _ := strings.Cut(href, "?")
		if closed[method+" "+path] || strings.HasPrefix(path, "/admin/students") || strings.HasPrefix(path, "/admin/audit") {
			t.Errorf("%s leads a cashier to %s %s", p.Path, method, href)
		}
	})
}

// wellFormed looks for what every page must have.
func wellFormed(t *testing.T, p *apptest.Page) {
	t.Helper()
	if n := p.Has("h1"); n != 1 {
		t.Errorf("%s: %d h1", p.Path, n)
	}
	if title := p.Text("head > title"); title == "" || strings.Contains(title, "{") {
		t.Errorf("%s: title %q", p.Path, title)
	}
	if regexp.MustCompile(`\{[a-z]+\}`).MatchString(p.Text("body")) {
		t.Errorf("%s: an unfilled placeholder: %s", p.Path, regexp.MustCompile(`.{20}\{[a-z]+\}.{20}`).FindString(p.Text("body")))
	}
	seen := map[string]bool{}
	p.Doc.Find("[id]").Each(func(_ int, e *goquery.Selection) {
		id, _ := e.Attr("id")
		if seen[id] {
			t.Errorf("%s: two elements have the id %q", p.Path, id)
		}
		seen[id] = true
	})
	p.Doc.Find("form").Each(func(_ int, f *goquery.Selection) {
		action, _ := f.Attr("action")
		method, _ := f.Attr("method")
		if post, ok := f.Attr("hx-post"); ok && post != action {
			t.Errorf("%s: hx-post %q, action %q", p.Path, post, action)
		}
		// Pages that are the same for all visitors have no token; what they send is protected by its origin.
		visitors := (strings.HasSuffix(action, "/enroll") || action == "/contact" || strings.HasPrefix(action, "/internships/")) && p.Has("form[action='/logout']") == 0
		if strings.EqualFold(method, "post") && !visitors && f.Find("input[name=csrf_token]").Length() != 1 {
			t.Errorf("%s: the form to %q has no token", p.Path, action)
		}
	})
	p.Doc.Find("input[type=password]").Each(func(_ int, in *goquery.Selection) { // managers fill it in, and what is pasted isn't cut
		if a := in.AttrOr("autocomplete", ""); a != "current-password" && a != "new-password" || in.AttrOr("maxlength", "") != "" {
			t.Errorf("%s: the password field %q has autocomplete %q, maxlength %q", p.Path, in.AttrOr("name", ""), a, in.AttrOr("maxlength", ""))
		}
	})
	if p.Has("[style], style, [onclick], [onsubmit], [onpaste]") != 0 {
		t.Errorf("%s: inline style or script", p.Path)
	}
}

func TestRoutes_EveryChangeIsGuarded(t *testing.T) {
	w := newWorld(t)
	before := w.snapshot()
	for _, r := range routeTable(t) {
		if r.method != "POST" {
			continue
		}
		path := w.fill(r.path)
		switch r.guard {
		case "student":
			if to := w.visitor.Post(path, nil).Want(303).Location(); !strings.HasPrefix(to, "/login?next=") {
				t.Errorf("%s: a visitor goes to %q", path, to)
			}
		case "staff", "cashier":
			if to := w.visitor.Post(path, nil).Want(303).Location(); !strings.HasPrefix(to, "/login?next=") {
				t.Errorf("%s: a visitor goes to %q", path, to)
			}
			w.asha.Post(path, nil).Want(403)
			if r.guard == "staff" {
				w.bala.Post(path, nil).Want(403)
			}
		case "anyone":
			w.visitor.Post(path, url.Values{"csrf_token": {"forged"}}).Want(403)
		}
		if r.guard != "anyone" {
			w.asha.Post(path, url.Values{"csrf_token": {"forged"}}).Want(403)
		}
	}
	if after := w.snapshot(); after != before {
		t.Errorf("something changed: %v, before %v", after, before)
	}
}

// snapshot sums up everything that a forged request would love to change.
func (w *world) snapshot() [6]int {
	return [6]int{w.Count(`SELECT count(*) FROM orders WHERE status = 'open'`), w.Count(`SELECT count(*) FROM claims WHERE status = 'waiting'`),
		w.Count(`SELECT count(*) FROM receipts`), w.Count(`SELECT count(*) FROM grants`), w.Count(`SELECT count(*) FROM users WHERE deactivated_at IS NULL`), w.Count(`SELECT count(*) FROM outbox`)}
}
