package app_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// asked are the requirements of ASVS 5.0 at levels 1 and 2, by section, without chapters 10 and 17.
const asked = `
1.1: 1 2
1.2: 1 2 3 4 5 6 7 8 9
1.3: 1 2 3 4 5 6 7 8 9 10 11
1.4: 1 2 3
1.5: 1 2
2.1: 1 2 3
2.2: 1 2 3
2.3: 1 2 3 4
2.4: 1
3.2: 1 2
3.3: 1 2 3 4
3.4: 1 2 3 4 5 6
3.5: 1 2 3 4 5
3.7: 1 2
4.1: 1 2 3
4.2: 1
4.3: 1 2
4.4: 1 2 3 4
5.1: 1
5.2: 1 2 3
5.3: 1 2
5.4: 1 2 3
6.1: 1 2 3
6.2: 1 2 3 4 5 6 7 8 9 10 11
6.3: 1 2 3 4
6.4: 1 2 3 4
6.5: 1 2 3 4 5
6.6: 1 2 3
6.8: 1 2 3 4
7.1: 1 2 3
7.2: 1 2 3 4
7.3: 1 2
7.4: 1 2 3 4 5
7.5: 1 2
7.6: 1 2
8.1: 1 2
8.2: 1 2 3
8.3: 1
8.4: 1
9.1: 1 2 3
9.2: 1 2 3 4
11.1: 1 2
11.2: 1 2 3
11.3: 1 2 3
11.4: 1 2 3
11.5: 1
11.6: 1
12.1: 1 2 3
12.2: 1 2
12.3: 1 2 3 4
13.1: 1
13.2: 1 2 3 4 5
13.3: 1 2
13.4: 1 2 3 4 5
14.1: 1 2
14.2: 1 2 3 4
14.3: 1 2 3
15.1: 1 2 3
15.2: 1 2 3
15.3: 1 2 3 4 5 6 7
16.1: 1
16.2: 1 2 3 4 5
16.3: 1 2 3 4
16.4: 1 2 3
16.5: 1 2 3
`

// Every requirement stands in the table, and is met, with a test that exists, or doesn't apply, with a reason.
func TestASVS(t *testing.T) {
	b, err := os.ReadFile("web/ASVS.md")
	if err != nil {
		t.Fatal(err)
	}
	tests := testNames(t)
	rows := map[string][]string{}
	for _, m := range regexp.MustCompile(`(?m)^\| (\d+\.\d+\.\d+) \| ([12]) \| (.+?) \| (.+?) \|(.*)\|$`).FindAllStringSubmatch(string(b), -1) {
		if rows[m[1]] != nil {
			t.Errorf("%s stands twice", m[1])
		}
		rows[m[1]] = m
	}
	n := 0
	for line := range strings.Lines(strings.TrimSpace(asked)) {
		section, numbers, _ := strings.Cut(strings.TrimSpace(line), ": ")
		for _, last := range strings.Fields(numbers) {
			n++
			number := section + "." + last
			row := rows[number]
			delete(rows, number)
			if row == nil {
				t.Errorf("%s isn't in the table", number)
				continue
			}
			named := regexp.MustCompile("`(Test\\w+)`").FindAllStringSubmatch(row[5], -1)
			if strings.Contains(row[4], "does not apply, because ") {
				continue
			}
			if len(named) == 0 {
				t.Errorf("%s: no test holds it", number)
			}
			for _, name := range named {
				if !tests[name[1]] {
					t.Errorf("%s: there is no %s", number, name[1])
				}
			}
		}
	}
	for number := range rows {
		t.Errorf("%s is none of levels 1 and 2", number)
	}
	t.Logf("%d requirements", n)
}

// testNames are all tests there are.
func testNames(t *testing.T) map[string]bool {
	t.Helper()
	names := map[string]bool{}
	re := regexp.MustCompile(`(?m)^func (Test\w+)\(t \*testing\.T\)`)
	err := filepath.WalkDir("..", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, "_test.go") {
			return err
		}
		src, err := os.ReadFile(path)
		for _, m := range re.FindAllStringSubmatch(string(src), -1) {
			names[m[1]] = true
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return names
}
