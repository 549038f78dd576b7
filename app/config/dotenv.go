package config

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/joho/godotenv"
)

// merge lays the real variables over those of the file, trims them, drops the empty ones, and warns of names that look
// like a slip for one of ours.
func merge(file map[string]string, environ []string, faults *Faults) (vars map[string]string, warnings []string) {
	vars = maps.Clone(file)
	for _, pair := range environ {
		if name, value, ok := strings.Cut(pair, "="); ok && value != "" {
			vars[name] = value
		}
	}
	known := variables()
	for _, name := range slices.Sorted(maps.Keys(vars)) {
		secret, ours := known[name]
		if !ours {
			if meant := nearMiss(name, known); meant != "" {
				warnings = append(warnings, fmt.Sprintf("%s is no setting of Lectern and has no effect. Is %s meant?", name, meant))
			}
			continue
		}
		value := strings.TrimRight(vars[name], "\r\n")
		if !secret { // a space may be part of a password
			value = strings.TrimSpace(value)
		}
		if !utf8.ValidString(value) || strings.ContainsFunc(value, unicode.IsControl) {
			faults.add(name, "It contains a control character or broken text. Type it again, on one line.")
		}
		if vars[name] = value; value == "" {
			delete(vars, name)
		}
	}
	return vars, warnings
}

// variables gives the name of every variable and whether it is a secret.
func variables() map[string]bool {
	names := map[string]bool{}
	for _, field := range reflect.VisibleFields(reflect.TypeFor[Config]()) {
		if name := field.Tag.Get("env"); name != "-" {
			names[name] = field.Type == reflect.TypeFor[Secret]()
		}
	}
	return names
}

// dotenv reads the first .env file that exists. Where none does, vars is empty and so is path.
func dotenv(o Options) (vars map[string]string, path string, bad *Fault) {
	for _, dir := range []string{o.Dir, o.BinDir} {
		path = filepath.Join(dir, ".env")
		src, err := os.ReadFile(path) // #nosec G304 -- beside the program, or where it was started
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return nil, path, &Fault{path, "It can't be read. Give it to the user that runs Lectern, with mode 600."}
		}
		if vars, err = parse(src); err != nil {
			return nil, path, &Fault{path, fmt.Sprintf("Line %d is not of the form NAME=value. Put a value with quotes, # or $ in it between "+
				"'single quotes', and comments behind a #.", badLine(src))}
		}
		maps.DeleteFunc(vars, func(_, value string) bool { return value == "" })
		return vars, path, nil
	}
	return map[string]string{}, "", nil
}

var variable = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_.]*$`)

// parse is godotenv's, which would also take names with spaces and, on the last line, none at all. Its error quotes the
// file, passwords and all, and must not be shown.
func parse(src []byte) (map[string]string, error) {
	src = bytes.TrimPrefix(src, []byte("\ufeff")) // some editors begin a text with it
	vars, err := godotenv.UnmarshalBytes(append(slices.Clip(src), '\n'))
	for name := range vars {
		if !variable.MatchString(name) {
			return nil, errors.New("not a name")
		}
	}
	return vars, err
}

// badLine returns the number, from 1, of the line where src goes wrong: the one after the longest run of lines that is
// a good file.
func badLine(src []byte) int {
	lines := bytes.SplitAfter(src, []byte("\n"))
	for n := len(lines) - 1; n > 0; n-- {
		if _, err := parse(bytes.Join(lines[:n], nil)); err == nil {
			return n + 1
		}
	}
	return 1
}

func worldReadable(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.Mode().Perm()&0o004 != 0
}

// nearMiss returns the variable that name is most likely a misspelling of, or "".
func nearMiss(name string, known map[string]bool) string {
	best, least := "", 3
	for _, candidate := range slices.Sorted(maps.Keys(known)) {
		if len(candidate) < 6 {
			continue
		}
		if d := distance(strings.ToUpper(name), candidate); d < least {
			best, least = candidate, d
		}
	}
	return best
}

// distance counts the insertions, deletions, replacements and swaps of neighbours that make b of a (optimal string
// alignment).
func distance(a, b string) int {
	before, prev, row := make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range prev {
		prev[j] = j
	}
	for i := 1; i <= len(a); i++ {
		row[0] = i
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			row[j] = min(prev[j]+1, row[j-1]+1, prev[j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				row[j] = min(row[j], before[j-2]+1)
			}
		}
		before, prev, row = prev, row, before
	}
	return prev[len(b)]
}
