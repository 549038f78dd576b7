package markdown

import (
	"html"
	"regexp"
	"strings"

	"github.com/yuin/goldmark/ast"
	extast "github.com/yuin/goldmark/extension/ast"
)

// Part is a stretch of a document under one of its highest headings.
type Part struct {
	Heading
	HTML string // what stands under the heading
}

var h2 = regexp.MustCompile(`<h2 id="([^"]*)"[^>]*>`)

// Parts cuts a document at its highest headings; what stands before the first is left out.
func (d Doc) Parts() []Part {
	var parts []Part
	cuts := h2.FindAllStringSubmatchIndex(d.HTML, -1)
	for i, c := range cuts {
		end := len(d.HTML)
		if i+1 < len(cuts) {
			end = cuts[i+1][0]
		}
		title, body, _ := strings.Cut(d.HTML[c[1]:end], "</h2>")
		parts = append(parts, Part{Heading{2, d.HTML[c[2]:c[3]], Text(title)}, strings.TrimSpace(body)})
	}
	return parts
}

var names = regexp.MustCompile(`(<h[2-6]) id="[^"]*"`)

// Nameless takes the ids out of rendered HTML, for a page that shows several documents.
func Nameless(rendered string) string { return names.ReplaceAllString(rendered, "$1") }

var tag = regexp.MustCompile(`<[^>]*>`)

// Text takes the tags out of rendered HTML.
func Text(rendered string) string {
	return strings.Join(strings.Fields(html.UnescapeString(tag.ReplaceAllString(rendered, " "))), " ")
}

// direct lets the script of a block say where its lines begin, and names the columns that aren't at the beginning.
func direct(n ast.Node) {
	switch n := n.(type) {
	case *ast.Paragraph, *ast.Heading, *ast.ListItem:
		n.SetAttributeString("dir", []byte("auto"))
	case *extast.TableCell:
		n.SetAttributeString("dir", []byte("auto"))
		switch n.Alignment {
		case extast.AlignRight:
			n.SetAttributeString("class", []byte("end"))
		case extast.AlignCenter:
			n.SetAttributeString("class", []byte("middle"))
		}
	}
}
