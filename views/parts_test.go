package views

import (
	"bytes"
	"context"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/a-h/templ"

	"lectern/app/lang"
)

var noon = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)

func page(change func(*Page)) context.Context {
	p := &Page{Site: Site{Name: "Chinar & Co", Email: "office@example.com", Phone: "+91 (194) 555-0100", BaseURL: "https://school.example.com", Menu: []MenuLink{{"/courses", "Courses"}}}, Lang: lang.For("en"), Now: noon, Zone: time.UTC, Path: "/"}
	if change != nil {
		change(p)
	}
	return With(context.Background(), p)
}

func render(t *testing.T, ctx context.Context, c templ.Component) string {
	t.Helper()
	var b bytes.Buffer
	if err := c.Render(ctx, &b); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// has and lacks assert on the HTML of a part, which is short enough to be read whole.
func has(t *testing.T, html string, wants ...string) {
	t.Helper()
	for _, want := range wants {
		if !strings.Contains(html, want) {
			t.Errorf("no %q in %s", want, html)
		}
	}
}

func lacks(t *testing.T, html string, rejects ...string) {
	t.Helper()
	for _, reject := range rejects {
		if strings.Contains(html, reject) {
			t.Errorf("%q stands in %s", reject, html)
		}
	}
}

func child(text string) context.Context {
	return templ.WithChildren(page(nil), templ.Raw(text))
}

func TestRich(t *testing.T) {
	ctx := page(nil)
	for name, c := range map[string]struct {
		key  string // an unknown key is its own text
		args []any
		want string
	}{
		"Plain":        {"Just <text>", nil, "Just &lt;text&gt;"},
		"Bold":         {"Pay *exactly* this", nil, "Pay <b>exactly</b> this"},
		"Links":        {"[One] and [two].", []any{"href", "/a", "href2", "https://example.com/?a=1&b=2"}, `<a href="/a">One</a> and <a href="https://example.com/?a=1&amp;b=2">two</a>.`},
		"Mail":         {"[Write]", []any{"href", "mailto:office@example.com"}, `<a href="mailto:office@example.com">Write</a>`},
		"MarksInValue": {"nav.waiting", []any{"n", 3, "x", "*[y]*"}, "3 to check"},
	} {
		t.Run(name, func(t *testing.T) {
			if got := strings.TrimSpace(render(t, ctx, Rich(c.key, c.args...))); got != c.want {
				t.Errorf("got %s, want %s", got, c.want)
			}
		})
	}
}

func TestRich_ValuesMakeNoMarkup(t *testing.T) {
	// A text of the catalogue with a value in it, whatever it is.
	pieces, err := richPieces(page(nil), "fault.broke", []any{"ref", "*A* [B](x)"})
	if err != nil || len(pieces) != 1 || !strings.Contains(pieces[0].text, "*A* [B](x)") {
		t.Errorf("pieces %+v, error %v", pieces, err)
	}
}

func TestRich_RefusesAddresses(t *testing.T) {
	for _, href := range []string{"", "javascript:alert(1)", "//evil.example.com", `/\evil.example.com`, "http://example.com", "upi://pay", "JAVASCRIPT:x", " /a"} {
		if err := Rich("[here]", "href", href).Render(page(nil), &bytes.Buffer{}); err == nil {
			t.Errorf("%q passed", href)
		}
	}
	for _, text := range []string{"an *open one", "a [link", "[two] [links]"} {
		if err := Rich(text, "href", "/a").Render(page(nil), &bytes.Buffer{}); err == nil {
			t.Errorf("%q passed", text)
		}
	}
}

func TestLayout_Head(t *testing.T) {
	ctx := page(func(p *Page) { p.CSRF = `a"b` })
	html := render(t, ctx, Layout(Meta{Title: "Courses", Description: "What we teach", Canonical: "/courses", NoIndex: true, Narrow: true}))
	has(t, html, "<!doctype html>", `<html lang="en">`, "<title>Courses · Chinar &amp; Co</title>", `content="What we teach"`,
		`href="https://school.example.com/courses"`, `content="noindex"`, `class="wrap narrow"`, `hx-headers:inherited="{&#34;X-CSRF-Token&#34;:&#34;a\&#34;b&#34;}"`)
	html = render(t, page(nil), Layout(Meta{}))
	has(t, html, "<title>Chinar &amp; Co</title>")
	lacks(t, html, "hx-headers", "noindex", "canonical", "csrf_token", `name="description"`)
}

func TestLayout_Menus(t *testing.T) {
	asha := &Viewer{Name: "Asha <Rao>"}
	chitra := &Viewer{Name: "Chitra Kaul", Admin: true, Waiting: Waiting{Payments: 7}}
	for name, c := range map[string]struct {
		viewer       *Viewer
		path         string
		has, hasNone []string
	}{
		"Visitor":     {nil, "/courses/x", []string{`href="/login"`, `href="/courses" aria-current="page"`}, []string{"/logout", "/dashboard", "/admin"}},
		"Student":     {asha, "/orders/LN-1", []string{`href="/dashboard"`, `href="/orders" aria-current="page"`, `action="/logout"`, "Asha &lt;Rao&gt;", "csrf_token"}, []string{"/login", "/admin"}},
		"AdminAbroad": {chitra, "/", []string{`href="/admin"`, `href="/admin/payments"`, "7 to check"}, []string{`href="/admin/students"`}},
		"Admin":       {chitra, "/admin/payments", []string{`href="/admin/payments" aria-current="page"`, `href="/admin/audit"`, `action="/logout"`}, []string{`href="/admin" aria-current`, `href="/dashboard"`}},
	} {
		t.Run(name, func(t *testing.T) {
			html := render(t, page(func(p *Page) {
				p.Viewer, p.Path = c.viewer, c.path
				if c.viewer != nil {
					p.CSRF = "token"
				}
			}), Layout(Meta{}))
			has(t, html, c.has...)
			lacks(t, html, c.hasNone...)
		})
	}
}

func TestLayout_TellsFlashAndContact(t *testing.T) {
	html := render(t, page(func(p *Page) { p.Flash = &Flash{"good", "Saved & sent."} }), Layout(Meta{}))
	has(t, html, `<p class="flash good" role="status">Saved &amp; sent.</p>`, `href="mailto:office@example.com"`, `href="tel:+911945550100"`)
}

func TestErrorPage(t *testing.T) {
	html := render(t, page(nil), ErrorPage(500, "Something broke", "It is written down.", "ABC123"))
	has(t, html, "<h1>Something broke</h1>", "ABC123", `href="/"`, "noindex")
	lacks(t, html, "<nav")
	has(t, render(t, page(nil), ErrorPage(404, "Page not found", "No such page.", "")), "<nav", "<h1>Page not found</h1>", `href="/"`)
}

func TestNumbers(t *testing.T) {
	for _, c := range []struct {
		page, pages int
		want        []int
	}{
		{1, 1, []int{1}},
		{1, 3, []int{1, 2, 3}},
		{5, 12, []int{1, 0, 4, 5, 6, 0, 12}},
		{12, 12, []int{1, 0, 11, 12}},
		{2, 4, []int{1, 2, 3, 4}},
	} {
		if got := numbers(c.page, c.pages); !slices.Equal(got, c.want) {
			t.Errorf("page %d of %d: %v, want %v", c.page, c.pages, got, c.want)
		}
	}
}

func TestPagers(t *testing.T) {
	ctx := page(nil)
	if html := render(t, ctx, Pager("", "")); html != "" {
		t.Errorf("a list of one page has a pager: %s", html)
	}
	has(t, render(t, ctx, Pager("", "/x?after=1")), `rel="next"`)
	lacks(t, render(t, ctx, Pager("", "/x?after=1")), `rel="prev"`)
	html := render(t, ctx, NumberPager(2, 3, func(n int) string { return "/x?page=" + itoa(n) }))
	has(t, html, `href="/x?page=2" aria-current="page"`, `href="/x?page=3"`)
}

func TestSearchBox_WorksWithoutScripts(t *testing.T) {
	html := render(t, page(nil), SearchBox("/courses", `"q"`, "Search", "", map[string]string{"sort": "price", "level": "x"}, "#list"))
	has(t, html, `method="get"`, `action="/courses"`, `hx-get="/courses"`, `hx-target="#list"`, `value="&#34;q&#34;"`, `type="submit"`)
	if strings.Index(html, `name="level"`) > strings.Index(html, `name="sort"`) {
		t.Error("hidden fields stand in no fixed order")
	}
}

func TestBarChart(t *testing.T) {
	bars := []Bar{{"Mon", 0, "₹0"}, {"Tue", 1, "₹1"}, {"Wed", 1000, "₹1,000"}}
	if got, want := heights(bars), []int{0, 2, 100}; !slices.Equal(got, want) {
		t.Errorf("heights %v, want %v", got, want)
	}
	html := render(t, page(nil), BarChart("Revenue", bars))
	has(t, html, `role="img"`, "Highest: Wed, ₹1,000", `<th scope="row">Mon</th>`, `height="100"`)
	has(t, render(t, page(nil), BarChart("Nothing", []Bar{{"Mon", 0, "0"}})), `height="0"`)
	lacks(t, render(t, page(nil), BarChart("Nothing", nil)), "<svg")
}

func TestQR_IsDarkOnLightInBothSchemes(t *testing.T) {
	has(t, render(t, page(nil), QR("M4 4h1v1h-1z", 33, "Code")), `<rect width="33" height="33" fill="#fff">`, `d="M4 4h1v1h-1z" fill="#000"`, `aria-label="Code"`)
}

func TestTimeline(t *testing.T) {
	at := noon.Add(-3 * time.Hour)
	html := render(t, page(nil), Timeline([]Step{{"done", "Ordered", "", &at}, {"now", "Paid", "type the number", nil}, {"todo", "Checked", "", nil}}))
	has(t, html, `<li class="now" aria-current="step">`, `datetime="2026-11-23T09:00:00Z"`, `title="23 Nov 2026, 09:00"`, "3 hours ago", "type the number")
}

// Every part, as one text: what holds for each is asserted once.
func TestParts_KeepThePolicy(t *testing.T) {
	f := &Form{Values: url.Values{"a": {`"><script>`}}, Errors: map[string]lang.Msg{"a": lang.M("fault.form")}}
	in := Input{Name: "a", Label: "<zz>", Hint: "<zz>", List: []string{"<zz>"}}
	all := ""
	for _, c := range []templ.Component{
		Layout(Meta{Title: "<zz>"}), Bare(Meta{}), FormTag(FormAttrs{Action: "/x", HX: true}), ErrorSummary(f, nil), Field(f, in), Area(f, in, 3),
		Field(nil, Input{Name: "p", Type: "password"}), Select(f, in, []Option{{"<zz>", "<zz>"}}), Radios(f, in, []Option{{"<zz>", "<zz>"}}), Check(f, in),
		Button("main", "<zz>"), LinkButton("", "javascript:x", "<zz>"), Confirm("<zz>"), Copy("<zz>", "<zz>"), State("wait", "<zz>"), When(noon),
		Amount(lang.Money{Amount: 49900, Currency: "INR"}), PageHead("<zz>"), Empty("<zz>", "<zz>"), Banner("bad"), Toast("good", "<zz>"), ToastAside("bad", "<zz>"),
		Tabs("<zz>", []Tab{{"/a", "<zz>", true, 1}}), Stat("<zz>", "<zz>", "<zz>"), Progress("<zz>", 1, 2), Cover("<zz>", "Advanced"),
		BarChart("<zz>", []Bar{{"<zz>", 1, "<zz>"}}), ErrorPage(403, "<zz>", "<zz>", "<zz>"),
	} {
		all += render(t, child("child"), c)
	}
	for _, forbidden := range []string{`\sstyle=`, `\son[a-z]+=`, `<script>`, `javascript:`, `<style`, `<zz`} {
		if found := regexp.MustCompile(forbidden).FindString(all); found != "" {
			t.Errorf("%s: %q", forbidden, found)
		}
	}
	if key := regexp.MustCompile(`>\s*(nav|form|copy|toast|pager|chart|error|search|timeline|footer)\.[a-z_]+\s*<`).FindString(all); key != "" {
		t.Errorf("a text without its words: %s", key)
	}
}
