package app_test

import (
	"flag"
	"fmt"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"

	"lectern/app/apptest"
)

var update = flag.Bool("update", false, "write testdata/access.txt anew instead of comparing with it")

// roles are who may come to an address. Orders, claims and links of the world are the owner's; the stranger is another
// student.
var roles = []string{"visitor", "owner", "stranger", "cashier", "teacher", "admin"}

func (w *world) as(role string) *apptest.Browser {
	switch role {
	case "owner":
		return w.asha
	case "stranger":
		return w.SignIn("gita")
	case "cashier":
		return w.bala
	case "teacher":
		return w.devi
	case "admin":
		return w.chitra
	}
	return w.Visitor()
}

// TestAccess asks for every address as everybody, and sends every form empty but with its token: what comes back must be
// what testdata/access.txt says. After a change that is meant: go test ./app -run TestAccess -update
func TestAccess(t *testing.T) {
	all := routeTable(t)
	slices.SortStableFunc(all, func(a, b route) int { return stage(a) - stage(b) })
	seen := map[string]map[route]string{}
	var mu sync.Mutex
	t.Run("roles", func(t *testing.T) {
		for _, role := range roles {
			t.Run(role, func(t *testing.T) {
				t.Parallel()
				w := newWorld(t) // one each: what an admin's empty forms do must not change what others see
				b := w.as(role)
				answers := map[route]string{}
				for _, r := range all {
					answers[r] = answer(b, r, w.fill(r.path))
				}
				mu.Lock()
				seen[role] = answers
				mu.Unlock()
			})
		}
	})
	line := func(guard, method, address string, cells func(role string) string) string {
		text := fmt.Sprintf("%-8s %-4s %-60s", guard, method, address)
		for _, role := range roles {
			text += fmt.Sprintf(" %-8s", cells(role))
		}
		return strings.TrimRight(text, " ") + "\n"
	}
	table := line("guard", "", "address", func(role string) string { return role })
	for _, r := range all {
		table += line(r.guard, r.method, r.path, func(role string) string { return seen[role][r] })
	}
	compare(t, "testdata/access.txt", table)
}

// stage puts what changes nothing first, and what ends the session last.
func stage(r route) int {
	switch {
	case r.path == "/logout":
		return 2
	case r.method == "POST":
		return 1
	}
	return 0
}

// answer is the status of an address, or login where one is sent to log in.
func answer(b *apptest.Browser, r route, path string) string {
	var page *apptest.Page
	if r.method == "POST" {
		page = b.Post(path, nil)
	} else {
		page = b.Get(path)
	}
	if page.Status == 303 && strings.HasPrefix(page.Location(), "/login?next=") {
		return "login"
	}
	return fmt.Sprint(page.Status)
}

// compare looks line by line for what is different from a file.
func compare(t *testing.T, file, got string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	committed, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	have, want := strings.Split(got, "\n"), strings.Split(string(committed), "\n")
	for _, line := range have {
		if !slices.Contains(want, line) {
			t.Errorf("not in %s: %s", file, line)
		}
	}
	for _, line := range want {
		if !slices.Contains(have, line) {
			t.Errorf("only in %s: %s", file, line)
		}
	}
}
