package markdown_test

import (
	"strings"
	"testing"
	"time"

	"lectern/app/markdown"
)

func TestRender(t *testing.T) {
	for name, tt := range map[string]struct{ source, want string }{
		"paragraph":         {"Hello *you* and **you**", `<p dir="auto">Hello <em>you</em> and <strong>you</strong></p>`},
		"typed tags":        {`<b onclick="x()">hi</b>`, `<p dir="auto">&lt;b onclick=&#34;x()&#34;&gt;hi&lt;/b&gt;</p>`},
		"a typed script":    {"<script>alert(1)</script>", `<p dir="auto">&lt;script&gt;alert(1)&lt;/script&gt;</p>`},
		"typed table":       {"<table>\n\nx", "<p dir=\"auto\">&lt;table&gt;</p>\n<p dir=\"auto\">x</p>"},
		"link inside":       {"[us](/about)", `<p dir="auto"><a href="/about">us</a></p>`},
		"link out":          {"[it](https://example.com/x?a=1&b=2)", `<p dir="auto"><a href="https://example.com/x?a=1&amp;b=2" rel="noopener">it</a></p>`},
		"bare link":         {"https://example.com/x", `<p dir="auto"><a href="https://example.com/x" rel="noopener">https://example.com/x</a></p>`},
		"mail":              {"[write](mailto:asha@example.com)", `<p dir="auto"><a href="mailto:asha@example.com">write</a></p>`},
		"script address":    {"[x](javascript:alert(1))", `<p dir="auto">x</p>`},
		"hidden script":     {"[x](java&#10;script:alert(1))", `<p dir="auto">x</p>`},
		"data address":      {"[x](data:text/html,hi)", `<p dir="auto">x</p>`},
		"payment address":   {"[pay](upi://pay?pa=x@y)", `<p dir="auto">pay</p>`},
		"picture of ours":   {"![Asha](/files/abc_10x10.jpg)", `<p dir="auto"><img src="/files/abc_10x10.jpg" alt="Asha" loading="lazy"></p>`},
		"picture elsewhere": {"![Asha](https://example.com/a.png)", `<p dir="auto"><a href="https://example.com/a.png" rel="noopener">Asha</a></p>`},
		"highest heading":   {"# One\n\n### Two\n\n# Three", "<h2 id=\"h-one\" dir=\"auto\">One</h2>\n<h3 id=\"h-two\" dir=\"auto\">Two</h3>\n<h2 id=\"h-three\" dir=\"auto\">Three</h2>"},
		"same heading":      {"## A\n\n## A", "<h2 id=\"h-a\" dir=\"auto\">A</h2>\n<h2 id=\"h-a-2\" dir=\"auto\">A</h2>"},
		"Devanagari":        {"## हमारे बारे में", `<h2 id="h-हमारे-बारे-में" dir="auto">हमारे बारे में</h2>`},
		"heading of signs":  {"## ₹ & %", `<h2 id="h-part" dir="auto">₹ &amp; %</h2>`},
		"table": {"| a | b |\n|---|--:|\n| 1 | 2 |", `<div class="scroll" tabindex="0"><table class="table">
<thead>
<tr>
<th dir="auto">a</th>
<th dir="auto" class="end">b</th>
</tr>
</thead>
<tbody>
<tr>
<td dir="auto">1</td>
<td dir="auto" class="end">2</td>
</tr>
</tbody>
</table></div>`},
		"code":      {"```\n<pre>\n```", "<pre tabindex=\"0\"><code>&lt;pre&gt;\n</code></pre>"},
		"struck":    {"~~no~~", `<p dir="auto"><del>no</del></p>`},
		"from four": {"4. four", "<ol start=\"4\">\n<li dir=\"auto\">four</li>\n</ol>"},
	} {
		t.Run(name, func(t *testing.T) {
			if got := strings.TrimSpace(markdown.Render(tt.source).HTML); got != tt.want {
				t.Errorf("got\n%s\nwant\n%s", got, tt.want)
			}
		})
	}
}

func TestParts(t *testing.T) {
	parts := markdown.Render("before\n\n## How & why?\n\nLike *this*.\n\n### More\n\nx\n\n## कब?\n\nNow").Parts()
	if len(parts) != 2 || parts[0].Text != "How & why?" || parts[1].Text != "कब?" || !strings.Contains(parts[0].HTML, "<em>this</em>") ||
		!strings.Contains(parts[0].HTML, "More") || parts[1].HTML != `<p dir="auto">Now</p>` {
		t.Errorf("got %+v", parts)
	}
}

// Whatever is pasted, rendering ends soon.
func TestRender_Bounded(t *testing.T) {
	if testing.Short() {
		t.Skip("a measurement, which the race detector would spoil")
	}
	start := time.Now()
	for _, s := range []string{strings.Repeat("> ", 5000) + "x", strings.Repeat("[", 20000), strings.Repeat("*a_", 10000), strings.Repeat("- ", 5000), strings.Repeat("# A\n", 2000), strings.Repeat("|a", 5000) + "\n" + strings.Repeat("|-", 5000)} {
		markdown.Render(s)
	}
	if d := time.Since(start); d > 5*time.Second {
		t.Errorf("took %s", d)
	}
}

func FuzzRender(f *testing.F) {
	for _, s := range []string{"# a", "<script>", "[x](javascript:y)", "![a](/files/x)", "|a|\n|:-:|\n|<td onclick=x>|", "`<pre>`", "&lt;script&gt;"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got := strings.ToLower(markdown.Render(s).HTML)
		for _, bad := range []string{"<script", "<style", "<iframe", "<svg", "<b ", " style=\"", "href=\"javascript", "href=\"data"} {
			if strings.Contains(got, bad) {
				t.Errorf("%q gives %q", s, got)
			}
		}
	})
}
