package views

import (
	"context"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/a-h/templ"

	"lectern/app/lang"
)

// piece is a run of a rich text: plain, bold, or a link.
type piece struct {
	text, href string
	bold       bool
}

// The marks of a catalogue text that have a meaning, and what stands for them inside a value that is filled in, so that
// nobody's name makes a link.
var (
	maskMarks   = strings.NewReplacer("*", "\ue000", "[", "\ue001", "]", "\ue002")
	unmaskMarks = strings.NewReplacer("\ue000", "*", "\ue001", "[", "\ue002", "]")
)

// Rich writes a text of the catalogue in which *x* is bold and [x] a link. The addresses of the links are the args
// "href", "href2" and so on, in the order of the text; they begin with "/", "https://", "mailto:" or "tel:".
// Rendering fails on any other address and on a link without one.
func Rich(key string, args ...any) templ.Component {
	return templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
		pieces, err := richPieces(ctx, key, args)
		if err != nil {
			return err
		}
		return richText(pieces).Render(ctx, w)
	})
}

// emphasised writes a text that is rendered already, in which *x* is bold.
func emphasised(text string) templ.Component {
	return templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
		pieces, err := marked(text, text, nil)
		if err != nil {
			return err
		}
		return richText(pieces).Render(ctx, w)
	})
}

func richPieces(ctx context.Context, key string, args []any) ([]piece, error) {
	hrefs, masked := map[string]string{}, make([]any, len(args))
	copy(masked, args)
	for i := 0; i+1 < len(args); i += 2 {
		switch v := args[i+1].(type) {
		case string:
			if name := args[i].(string); strings.HasPrefix(name, "href") {
				hrefs[name] = v
			}
			masked[i+1] = maskMarks.Replace(v)
		case lang.Msg:
			masked[i+1] = maskMarks.Replace(Text(ctx, v))
		}
	}
	return marked(key, T(ctx, key, masked...), hrefs)
}

// marked reads the marks of a text.
func marked(key, text string, hrefs map[string]string) ([]piece, error) {
	var pieces []piece
	links := 0
	for rest := text; rest != ""; {
		at := strings.IndexAny(rest, "*[")
		if at < 0 {
			at = len(rest)
		}
		if at > 0 {
			pieces = append(pieces, piece{text: unmaskMarks.Replace(rest[:at])})
		}
		if rest = rest[at:]; rest == "" {
			break
		}
		end := strings.IndexByte(rest[1:], map[byte]byte{'*': '*', '[': ']'}[rest[0]]) + 1
		if end == 0 {
			return nil, fmt.Errorf("views: text %q leaves a %c open", key, rest[0])
		}
		p := piece{text: unmaskMarks.Replace(rest[1:end]), bold: rest[0] == '*'}
		if !p.bold {
			links++
			name := "href"
			if links > 1 {
				name += strconv.Itoa(links)
			}
			if p.href = hrefs[name]; !safeHref(p.href) {
				return nil, fmt.Errorf("views: text %q has %q for %s", key, p.href, name)
			}
		}
		pieces, rest = append(pieces, p), rest[end+1:]
	}
	return pieces, nil
}

// safeHref tells whether a link in a text may lead there: a path of this site, or a known scheme.
func safeHref(s string) bool {
	if strings.HasPrefix(s, "/") {
		return !strings.HasPrefix(s, "//") && !strings.HasPrefix(s, `/\`)
	}
	return strings.HasPrefix(s, "https://") || strings.HasPrefix(s, "mailto:") || strings.HasPrefix(s, "tel:")
}
