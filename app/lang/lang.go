// Package lang holds every text that a person sees, and how a language writes money, dates and plurals.
// A language is a folder of files with lines `key = text`, one file a room; English is complete, others fall back to it.
package lang

import (
	"embed"
	"fmt"
	"io/fs"
	"strconv"
	"strings"
	"time"
)

//go:embed en/*.txt
var files embed.FS

// Msg is a text not yet rendered: a key of the catalogue and alternating names and values for its {placeholders}.
type Msg struct {
	Key  string
	Args []any
}

// M makes a Msg.
func M(key string, args ...any) Msg { return Msg{key, args} }

// Lang renders texts of one language. Safe for concurrent use.
type Lang struct {
	Tag   string // BCP 47, such as "en"
	texts map[string]string
	base  *Lang
}

var english = mustLoad("en", nil)

// For returns the language with that tag, English where there is none.
func For(string) *Lang { return english }

// T returns the text of key. args alternate the names and values of its {placeholders}; the value named "n" chooses
// between `key[one]` and `key[other]`. Values may be strings, integers, Money, Msg or time.Time (printed in its own zone).
// An unknown key is returned as it is; a test sees to it that there is none.
func (l *Lang) T(key string, args ...any) string {
	text, ok := l.find(key, args)
	if !ok {
		return key
	}
	if len(args) == 0 || !strings.Contains(text, "{") {
		return text
	}
	pairs := make([]string, 0, len(args))
	for i := 0; i+1 < len(args); i += 2 {
		pairs = append(pairs, "{"+args[i].(string)+"}", l.value(args[i+1]))
	}
	return strings.NewReplacer(pairs...).Replace(text)
}

// Text renders a Msg.
func (l *Lang) Text(m Msg) string {
	if m.Key == "" {
		return ""
	}
	return l.T(m.Key, m.Args...)
}

// Keys returns all keys of the language, plural forms as `key[one]`.
func (l *Lang) Keys() []string {
	keys := make([]string, 0, len(l.texts))
	for k := range l.texts {
		keys = append(keys, k)
	}
	return keys
}

func (l *Lang) find(key string, args []any) (string, bool) {
	if text, ok := l.texts[key]; ok {
		return text, true
	}
	for i := 0; i+1 < len(args); i += 2 {
		if args[i] == "n" {
			form := key + "[other]"
			if n, ok := asInt(args[i+1]); ok && n == 1 {
				form = key + "[one]"
			}
			if text, ok := l.texts[form]; ok {
				return text, true
			}
		}
	}
	if l.base != nil {
		return l.base.find(key, args)
	}
	return "", false
}

func (l *Lang) value(v any) string {
	switch v := v.(type) {
	case string:
		return v
	case Money:
		return l.Money(v)
	case Msg:
		return l.Text(v)
	case time.Time:
		return l.DateTime(v)
	}
	if n, ok := asInt(v); ok {
		return l.Int(n)
	}
	return fmt.Sprint(v)
}

func asInt(v any) (int64, bool) {
	switch v := v.(type) {
	case int:
		return int64(v), true
	case int64:
		return v, true
	case int32:
		return int64(v), true
	}
	return 0, false
}

// Int writes a whole number with Indian grouping: 12,34,567.
func (l *Lang) Int(n int64) string { return group(strconv.FormatInt(n, 10), true) }

func mustLoad(tag string, base *Lang) *Lang {
	l := &Lang{Tag: tag, texts: map[string]string{}, base: base}
	names, err := fs.Glob(files, tag+"/*.txt")
	if err != nil || len(names) == 0 {
		panic(fmt.Sprintf("no texts of %s: %v", tag, err))
	}
	for _, name := range names {
		b, err := files.ReadFile(name)
		if err != nil {
			panic(err)
		}
		l.add(name, string(b))
	}
	return l
}

// add reads the lines of one file.
func (l *Lang) add(name, content string) {
	for i, line := range strings.Split(content, "\n") {
		line = strings.TrimSpace(line)
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		key, text, ok := strings.Cut(line, "=")
		key, text = strings.TrimSpace(key), strings.TrimSpace(text)
		if _, twice := l.texts[key]; !ok || twice || key == "" || text == "" {
			panic(fmt.Sprintf("%s:%d: no text, or a key that stands twice: %s", name, i+1, line))
		}
		l.texts[key] = strings.ReplaceAll(text, `\n`, "\n")
	}
}
