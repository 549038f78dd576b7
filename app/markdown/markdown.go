// Package markdown turns what an admin writes into HTML that can be shown to everybody: CommonMark with tables, struck
// out words and bare addresses as links. Tags that somebody types are text. What comes out went through an allow list
// and holds no style, no script, no picture from elsewhere.
package markdown

import (
	"bytes"
	"fmt"
	"net/url"
	"regexp"
	"strings"
	"unicode"

	"github.com/microcosm-cc/bluemonday"
	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/text"
	"github.com/yuin/goldmark/util"
)

// Heading is a heading of a document, for a table of contents. The highest ones have Level 2, since the page's title is
// the h1.
type Heading struct {
	Level    int
	ID, Text string
}

// Doc is a document as a page shows it.
type Doc struct {
	HTML     string // safe to print as it is
	Headings []Heading
}

// md knows no raw HTML, whose tags so become text.
var md = goldmark.New(
	goldmark.WithParser(parser.NewParser(
		parser.WithBlockParsers(
			util.Prioritized(parser.NewSetextHeadingParser(), 100),
			util.Prioritized(parser.NewThematicBreakParser(), 200),
			util.Prioritized(parser.NewListParser(), 300),
			util.Prioritized(parser.NewListItemParser(), 400),
			util.Prioritized(parser.NewCodeBlockParser(), 500),
			util.Prioritized(parser.NewATXHeadingParser(), 600),
			util.Prioritized(parser.NewFencedCodeBlockParser(), 700),
			util.Prioritized(parser.NewBlockquoteParser(), 800),
			util.Prioritized(parser.NewParagraphParser(), 1000),
		),
		parser.WithInlineParsers(
			util.Prioritized(parser.NewCodeSpanParser(), 100),
			util.Prioritized(parser.NewLinkParser(), 200),
			util.Prioritized(parser.NewAutoLinkParser(), 300),
			util.Prioritized(parser.NewEmphasisParser(), 500),
		),
		parser.WithParagraphTransformers(parser.DefaultParagraphTransformers()...),
	)),
	goldmark.WithExtensions(
		extension.NewTable(extension.WithTableCellAlignMethod(extension.TableCellAlignNone)),
		extension.Strikethrough,
		extension.NewLinkify(extension.WithLinkifyAllowedProtocols([]string{"http:", "https:"})),
	),
	goldmark.WithParserOptions(parser.WithASTTransformers(util.Prioritized(transformer{}, 900))),
)

// policy is what may come out, whatever the parser makes.
var policy = func() *bluemonday.Policy {
	p := bluemonday.NewPolicy()
	p.AllowElements("p", "br", "hr", "em", "strong", "del", "code", "pre", "blockquote", "ul", "ol", "li",
		"h2", "h3", "h4", "h5", "h6", "table", "thead", "tbody", "tr", "th", "td", "a", "img")
	p.AllowAttrs("id").Matching(regexp.MustCompile(`^h-[\p{L}\p{N}\p{M}-]+$`)).OnElements("h2", "h3", "h4", "h5", "h6")
	p.AllowAttrs("dir").Matching(regexp.MustCompile(`^auto$`)).OnElements("p", "li", "h2", "h3", "h4", "h5", "h6", "th", "td")
	p.AllowAttrs("class").Matching(regexp.MustCompile(`^(end|middle)$`)).OnElements("th", "td")
	p.AllowAttrs("start").Matching(bluemonday.Integer).OnElements("ol")
	p.AllowAttrs("href").OnElements("a")
	p.AllowAttrs("rel").Matching(regexp.MustCompile(`^noopener$`)).OnElements("a")
	p.AllowURLSchemes("http", "https", "mailto", "tel")
	p.AllowRelativeURLs(true)
	p.RequireParseableURLs(true)
	p.AllowAttrs("src").Matching(regexp.MustCompile(`^` + ownPictures + `[\w.-]+$`)).OnElements("img")
	p.AllowAttrs("alt", "title").OnElements("img")
	p.AllowAttrs("loading").Matching(regexp.MustCompile(`^lazy$`)).OnElements("img")
	return p
}()

// ownPictures is where the school's uploads lie. A picture from anywhere else would be a request to a third party.
const ownPictures = "/files/"

// Wide things scroll by themselves, with the keyboard too. Typed tags are text by now, so that these are all ours.
var scrolling = strings.NewReplacer("<table>", `<div class="scroll" tabindex="0"><table class="table">`, "</table>", "</table></div>",
	"<pre>", `<pre tabindex="0">`)

// Render makes a document out of what was written.
func Render(source string) Doc {
	var doc Doc
	ctx := parser.NewContext()
	src := []byte(source)
	tree := md.Parser().Parse(text.NewReader(src), parser.WithContext(ctx))
	doc.Headings, _ = ctx.Get(headingsKey).([]Heading)
	var b bytes.Buffer
	if err := md.Renderer().Render(&b, src, tree); err != nil {
		return Doc{} // a buffer takes everything
	}
	doc.HTML = scrolling.Replace(policy.Sanitize(b.String()))
	return doc
}

var headingsKey = parser.NewContextKey()

type transformer struct{}

// Transform gives the tree what our pages need: levels without gaps below the h1, ids of our own, the direction of each
// paragraph by its script, classes for columns.
func (transformer) Transform(tree *ast.Document, reader text.Reader, ctx parser.Context) {
	var all []Heading
	var foreign []*ast.Image
	seen, count, levels := map[string]bool{}, map[string]int{}, []int{}
	ast.Walk(tree, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		if !entering {
			return ast.WalkContinue, nil
		}
		switch n := n.(type) {
		case *ast.Heading:
			h := Heading{Text: plain(n, reader.Source())}
			levels = nested(levels, n.Level)
			h.Level, h.ID = min(len(levels)+1, 6), headingID(h.Text, seen, count)
			n.Level = h.Level
			n.SetAttributeString("id", []byte(h.ID))
			all = append(all, h)
		case *ast.Link:
			outward(n, n.Destination)
		case *ast.AutoLink:
			outward(n, n.URL(reader.Source()))
		case *ast.Image:
			if !bytes.HasPrefix(n.Destination, []byte(ownPictures)) {
				foreign = append(foreign, n)
			}
			n.SetAttributeString("loading", []byte("lazy"))
		}
		direct(n)
		return ast.WalkContinue, nil
	})
	for _, img := range foreign {
		toLink(img)
	}
	ctx.Set(headingsKey, all)
}

// nested is the way down to a heading of that level: those above it that are higher, and itself.
func nested(levels []int, level int) []int {
	for len(levels) > 0 && levels[len(levels)-1] >= level {
		levels = levels[:len(levels)-1]
	}
	return append(levels, level)
}

// headingID makes an address within the page that nothing else on it has.
func headingID(heading string, seen map[string]bool, count map[string]int) string {
	words := strings.FieldsFunc(strings.ToLower(heading), func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r) && !unicode.IsMark(r)
	})
	id := "h-" + strings.Join(words, "-")
	if r := []rune(id); len(r) > 60 {
		id = strings.TrimRight(string(r[:60]), "-")
	}
	if len(words) == 0 {
		id = "h-part"
	}
	base := id
	for seen[id] {
		count[base]++
		id = fmt.Sprintf("%s-%d", base, count[base]+1)
	}
	seen[id] = true
	return id
}

// plain is the text of a node without its marks.
func plain(n ast.Node, source []byte) string {
	var b strings.Builder
	ast.Walk(n, func(c ast.Node, entering bool) (ast.WalkStatus, error) {
		if t, ok := c.(*ast.Text); ok && entering {
			b.Write(util.UnescapePunctuations(t.Segment.Value(source)))
			if t.SoftLineBreak() {
				b.WriteByte(' ')
			}
		}
		return ast.WalkContinue, nil
	})
	return strings.TrimSpace(b.String())
}

func outward(n ast.Node, address []byte) {
	if u, err := url.Parse(string(address)); err == nil && u.Host != "" && strings.HasPrefix(u.Scheme, "http") {
		n.SetAttributeString("rel", []byte("noopener"))
	}
}

// toLink puts a link with the picture's description in its place.
func toLink(img *ast.Image) {
	link := ast.NewLink()
	link.Destination = img.Destination
	for c := img.FirstChild(); c != nil; {
		next := c.NextSibling()
		link.AppendChild(link, c)
		c = next
	}
	outward(link, link.Destination)
	img.Parent().ReplaceChild(img.Parent(), img, link)
}
