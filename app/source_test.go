package app_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// These tests read the source for what no review may overlook: SQL put together at run time, HTML that nothing escapes,
// expressions of templ where a browser takes them for something else. Each allows only what is listed, with its reason.

// queries are the functions that take SQL, with the place of the text among their arguments.
var queries = map[string]int{
	"ExecContext": 1, "QueryContext": 1, "QueryRowContext": 1, "PrepareContext": 1, // of database/sql
	"Exec": 2, "Changed": 2, "Value": 2, "All": 3, // of app/db
}

func TestSource_SQLIsFixed(t *testing.T) {
	reasons := reasonsOf(t, "testdata/built_sql.txt")
	used := map[string]bool{}
	n := 0
	all, others := goFiles(t), map[string]bool{}
	for _, files := range all {
		for _, file := range files {
			for name := range newRoom(map[string]*ast.File{"": file}, nil).consts {
				others[file.Name.Name+"."+name] = true
			}
		}
	}
	for dir, files := range all {
		if dir == "app/db" { // queries of the others go through it
			continue
		}
		room := newRoom(files, others)
		for name, file := range files {
			room.queries(file, func(f *ast.FuncDecl, text ast.Expr) {
				n++
				if room.fixed(f, text, 0) {
					return
				}
				where := dir + "/" + filepath.Base(name) + " " + f.Name.Name
				if _, ok := reasons[where]; !ok {
					t.Errorf("%s: a query is put together at run time; say in testdata/built_sql.txt why nothing of a person's can be in it", where)
				}
				used[where] = true
			})
		}
	}
	for where := range reasons {
		if !used[where] {
			t.Errorf("testdata/built_sql.txt: nothing is put together in %s any more", where)
		}
	}
	if n < 200 {
		t.Errorf("only %d queries were found", n)
	}
}

// The check finds what it is for.
func TestSource_SQLIsFixed_Itself(t *testing.T) {
	for src, want := range map[string]bool{
		`db.Exec(ctx, tx, "DELETE FROM x WHERE id = $1", id)`:                                 true,
		"db.Exec(ctx, tx, `SELECT `+columns+` FROM x`)":                                       true,
		`in, args := db.In("id", ids, args); db.Exec(ctx, tx, "DELETE FROM x WHERE "+in)`:     true,
		`w := "a"; if x { w += fmt.Sprintf(" AND b = $%d", len(args)) }; db.Exec(ctx, tx, w)`: true,
		`g("a")`: true,
		`db.Exec(ctx, tx, "DELETE FROM x WHERE id = '" + id + "'")`:      false,
		`db.Exec(ctx, tx, fmt.Sprintf("DELETE FROM %s", table))`:         false,
		`w := "a"; w += r.FormValue("by"); db.Exec(ctx, tx, w)`:          false,
		`q.QueryRowContext(ctx, query)`:                                  false,
		`db.All(ctx, q, scan, "SELECT 1 ORDER BY " + r.FormValue("by"))`: false,
		`g(r.FormValue("by"))`:                                           false,
	} {
		what := src
		src = "package x\nconst columns = `a`\nfunc f() { " + src + " }\nfunc g(by string) { db.Exec(ctx, tx, by) }\nfunc h() { g(`a`) }"
		file, err := parser.ParseFile(token.NewFileSet(), "x.go", src, 0)
		if err != nil {
			t.Fatal(err)
		}
		room := newRoom(map[string]*ast.File{"x.go": file}, nil)
		got := true
		room.queries(file, func(f *ast.FuncDecl, text ast.Expr) { got = got && room.fixed(f, text, 0) })
		if got != want {
			t.Errorf("%s: fixed is %v", what, got)
		}
	}
}

func reasonsOf(t *testing.T, file string) map[string]string {
	t.Helper()
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]string{}
	for line := range strings.Lines(string(b)) {
		where, why, ok := strings.Cut(strings.TrimSpace(line), ": ")
		if strings.HasPrefix(line, "#") || strings.TrimSpace(line) == "" {
			continue
		}
		if !ok || len(why) < 10 {
			t.Errorf("%s: no reason: %s", file, line)
		}
		all[where] = why
	}
	return all
}

// goFiles parses the program's source, by folder; tests and what templ makes are left out.
func goFiles(t *testing.T) map[string]map[string]*ast.File {
	t.Helper()
	all := map[string]map[string]*ast.File{}
	err := filepath.WalkDir("..", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") || strings.HasSuffix(path, "_templ.go") {
			return err
		}
		dir := strings.TrimPrefix(filepath.ToSlash(filepath.Dir(path)), "../")
		if strings.HasPrefix(dir, ".") || slices.Contains([]string{"app/bench", "app/dbtest", "app/apptest"}, dir) {
			return nil
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.ParseComments)
		if all[dir] == nil {
			all[dir] = map[string]*ast.File{}
		}
		all[dir][path] = file
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// room is a package, for asking whether a text in it is known when the program is built.
type room struct {
	consts map[string]bool
	others map[string]bool   // constants of all packages, as they are written elsewhere
	calls  map[string][]call // of its functions, by name
}

type call struct {
	from *ast.FuncDecl
	args []ast.Expr
}

func newRoom(files map[string]*ast.File, others map[string]bool) *room {
	r := &room{map[string]bool{}, others, map[string][]call{}}
	for _, file := range files {
		for _, decl := range file.Decls {
			switch d := decl.(type) {
			case *ast.GenDecl:
				for _, spec := range d.Specs {
					if v, ok := spec.(*ast.ValueSpec); ok && d.Tok == token.CONST {
						for _, name := range v.Names {
							r.consts[name.Name] = true
						}
					}
				}
			case *ast.FuncDecl:
				ast.Inspect(d, func(node ast.Node) bool {
					if c, ok := node.(*ast.CallExpr); ok {
						r.calls[called(c)] = append(r.calls[called(c)], call{d, c.Args})
					}
					return true
				})
			}
		}
	}
	return r
}

// queries visits the texts of a file's queries.
func (r *room) queries(file *ast.File, see func(f *ast.FuncDecl, text ast.Expr)) {
	for _, decl := range file.Decls {
		f, ok := decl.(*ast.FuncDecl)
		if !ok {
			continue
		}
		ast.Inspect(f, func(node ast.Node) bool {
			if c, ok := node.(*ast.CallExpr); ok {
				if at, ok := queries[called(c)]; ok && len(c.Args) > at {
					see(f, c.Args[at])
				}
			}
			return true
		})
	}
}

func called(c *ast.CallExpr) string {
	fun := c.Fun
	switch f := fun.(type) { // of a generic function
	case *ast.IndexExpr:
		fun = f.X
	case *ast.IndexListExpr:
		fun = f.X
	}
	switch f := fun.(type) {
	case *ast.SelectorExpr:
		return f.Sel.Name
	case *ast.Ident:
		return f.Name
	}
	return ""
}

// fixed reports whether a text in f is known when the program is built, but for the numbers of its parameters.
func (r *room) fixed(f *ast.FuncDecl, e ast.Expr, depth int) bool {
	if depth > 6 {
		return false
	}
	switch e := e.(type) {
	case *ast.BasicLit:
		return true
	case *ast.Ident:
		return r.consts[e.Name] || r.local(f, e.Name, depth+1)
	case *ast.SelectorExpr: // a constant of another package
		x, ok := e.X.(*ast.Ident)
		return ok && r.others[x.Name+"."+e.Sel.Name]
	case *ast.ParenExpr:
		return r.fixed(f, e.X, depth)
	case *ast.BinaryExpr:
		return e.Op == token.ADD && r.fixed(f, e.X, depth) && r.fixed(f, e.Y, depth)
	case *ast.CallExpr:
		switch called(e) {
		case "List": // db.List writes the numbers of parameters, db.In a column's name too
			return true
		case "len", "In":
			return called(e) == "len" || r.fixed(f, e.Args[0], depth)
		case "Sprintf", "Sprint", "Itoa", "string":
			return !slices.ContainsFunc(e.Args, func(arg ast.Expr) bool { return !r.fixed(f, arg, depth) })
		}
	}
	return false
}

// local reports whether all that a variable of f is ever given is fixed; of a parameter, what all callers give.
func (r *room) local(f *ast.FuncDecl, name string, depth int) bool {
	at := 0
	for _, field := range f.Type.Params.List {
		for _, param := range field.Names {
			if param.Name == name {
				calls := r.calls[f.Name.Name]
				return len(calls) > 0 && !ast.IsExported(f.Name.Name) && !slices.ContainsFunc(calls, func(c call) bool {
					return len(c.args) <= at || !r.fixed(c.from, c.args[at], depth)
				})
			}
			at++
		}
	}
	given, all := false, true
	ast.Inspect(f, func(node ast.Node) bool {
		switch n := node.(type) {
		case *ast.AssignStmt:
			for i, left := range n.Lhs {
				if id, ok := left.(*ast.Ident); ok && id.Name == name {
					given = true
					right := n.Rhs[min(i, len(n.Rhs)-1)]
					all = all && r.fixed(f, right, depth) && (i < len(n.Rhs) || i == 0)
				}
			}
		case *ast.ValueSpec:
			for i, id := range n.Names {
				if id.Name == name && i < len(n.Values) {
					given = true
					all = all && r.fixed(f, n.Values[i], depth)
				}
			}
		case *ast.RangeStmt:
			for _, left := range []ast.Expr{n.Key, n.Value} {
				if id, ok := left.(*ast.Ident); ok && id.Name == name {
					given = true
					list, ok := n.X.(*ast.CompositeLit)
					all = all && ok && !slices.ContainsFunc(list.Elts, func(x ast.Expr) bool { return !r.fixed(f, x, depth) })
				}
			}
		}
		return true
	})
	return given && all
}

// doors lead past the escaping of templ, html/template, or Go itself.
var doors = regexp.MustCompile(`templ\.(Raw|SafeURL|SafeCSS|SafeScript|JSUnsafe\w*|JSExpression|ComponentFunc|ComponentScript)\b|template\.(HTML|JS|CSS|URL|HTMLAttr)\b|"unsafe"|"html/template"|"text/template"`)

func TestSource_DoorsPastEscaping(t *testing.T) {
	reasons := reasonsOf(t, "testdata/doors.txt")
	used := map[string]bool{}
	eachSource(t, func(path, text string) {
		for _, m := range doors.FindAllString(text, -1) {
			where := path + " " + m
			if _, ok := reasons[where]; !ok {
				t.Errorf("%s: say in testdata/doors.txt why nothing of a person's comes through it", where)
			}
			used[where] = true
		}
	})
	for where := range reasons {
		if !used[where] {
			t.Errorf("testdata/doors.txt: %s isn't there any more", where)
		}
	}
}

// Within back-ticks, scripts and styles templ writes what stands in braces as it is, or lets a browser run it.
func TestSource_NothingIsPutIntoScripts(t *testing.T) {
	bad := []*regexp.Regexp{
		regexp.MustCompile("`[^`\n]*\\{\\{[^`\n]*`"),
		regexp.MustCompile(`<script[^>]*[^/>]>|<script>`),
		regexp.MustCompile(`<style[^>]*>`),
		regexp.MustCompile(`\son[a-z]+=`),
		regexp.MustCompile(`hx-(on|vals|headers)[^=\s]*=\{ *[^c\s]`), // csrfHeader writes a constant and a token
	}
	find := func(text string) string {
		for _, re := range bad {
			if m := re.FindString(strings.ReplaceAll(text, "></script>", "/>")); m != "" {
				return m
			}
		}
		return ""
	}
	for _, planted := range []string{"`x = {{ name }}`", "<script>let a = 1</script>", "<style>", `<a onclick="x()">`, `<p hx-vals={ name }>`} {
		if find(planted) == "" {
			t.Errorf("%s is not found", planted)
		}
	}
	eachSource(t, func(path, text string) {
		if strings.HasSuffix(path, ".templ") {
			if m := find(text); m != "" {
				t.Errorf("%s: %s", path, m)
			}
		}
	})
}

// eachSource reads the program's Go and templ files, without what templ makes of them.
func eachSource(t *testing.T, see func(path, text string)) {
	t.Helper()
	n := 0
	err := filepath.WalkDir("..", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || strings.HasSuffix(path, "_test.go") || strings.HasSuffix(path, "_templ.go") || !strings.HasSuffix(path, ".go") && !strings.HasSuffix(path, ".templ") {
			return err
		}
		b, err := os.ReadFile(path)
		n++
		see(strings.TrimPrefix(filepath.ToSlash(path), "../"), string(b))
		return err
	})
	if err != nil || n < 200 {
		t.Fatalf("%d files, %v", n, err)
	}
}
