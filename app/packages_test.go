package app_test

import (
	"go/ast"
	"strconv"
	"strings"
	"testing"
)

// guarded are packages of which a mistake would be a hole, with the files that may use them and what for.
var guarded = map[string]map[string]string{
	"os/exec":        {},
	"plugin":         {},
	"unsafe":         {},
	"encoding/gob":   {},
	"encoding/xml":   {},
	"html/template":  {},
	"net/rpc":        {},
	"crypto/md5":     {},
	"crypto/sha1":    {}, // pquerna/otp has it where TOTP asks for it
	"crypto/des":     {},
	"crypto/rc4":     {},
	"crypto/cipher":  {"app/account/factor.go": "AES-GCM over keys of apps"},
	"math/rand":      {},
	"math/rand/v2":   {"app/jobs/jobs.go": "when a failed job is tried again"},
	"text/template":  {"app/content/defaults.go": "our own texts, embedded"},
	"archive/zip":    {"app/privacy/export.go": "written only"},
	"net":            {"app/account/passkey.go": "takes a host apart", "app/config/check.go": "takes addresses apart", "app/mail/smtp.go": "the mail server", "app/serve.go": "listens"},
	"expvar":         {},
	"net/http/pprof": {},
}

// harmful is what no function may use.
var harmful = map[string]string{
	"regexp.MustCompile": compiles, "regexp.Compile": compiles,
	"http.Get": asks, "http.Head": asks, "http.Post": asks, "http.PostForm": asks, "http.NewRequest": asks, "http.NewRequestWithContext": asks,
	"http.DefaultClient": asks, "http.DefaultTransport": asks, "http.Client": asks,
}

const (
	compiles = "makes a regular expression while the program runs"
	asks     = "asks an address over http"
)

// TestSource_Packages holds what may be used where, and that nothing of a person's is compiled or called.
func TestSource_Packages(t *testing.T) {
	used := map[string]bool{}
	for dir, files := range goFiles(t) {
		if dir == "app/mail/mailtest" {
			continue
		}
		for path, file := range files {
			where := dir + path[strings.LastIndex(path, "/"):]
			for _, spec := range file.Imports {
				name, _ := strconv.Unquote(spec.Path.Value)
				if reasons, known := guarded[name]; known {
					if reasons[where] == "" {
						t.Errorf("%s imports %s: say in guarded what for", where, name)
					}
					used[name+" "+where] = true
				}
			}
			for _, decl := range file.Decls {
				if f, ok := decl.(*ast.FuncDecl); ok {
					ast.Inspect(f, func(node ast.Node) bool {
						if sel, ok := node.(*ast.SelectorExpr); ok {
							if pkg, ok := sel.X.(*ast.Ident); ok && harmful[pkg.Name+"."+sel.Sel.Name] != "" {
								t.Errorf("%s, %s: %s.%s %s", where, f.Name.Name, pkg.Name, sel.Sel.Name, harmful[pkg.Name+"."+sel.Sel.Name])
							}
						}
						return true
					})
				}
			}
		}
	}
	for name, reasons := range guarded {
		for where := range reasons {
			if !used[name+" "+where] {
				t.Errorf("%s doesn't import %s any more", where, name)
			}
		}
	}
}
