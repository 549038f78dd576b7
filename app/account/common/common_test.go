package common_test

import (
	"bufio"
	"fmt"
	"os"
	"strings"
	"testing"

	"lectern/app/account/common"
)

func TestHas_NoneIsMissed(t *testing.T) {
	file, err := os.Open("fill/local.txt")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	n := 0
	for lines := bufio.NewScanner(file); lines.Scan(); {
		for _, p := range strings.Fields(lines.Text()) {
			if n++; !common.Has(p) {
				t.Errorf("%q is missed", p)
			}
		}
	}
	for _, p := range []string{"vladimir2522", "6789067890", "tachometer", "wiosna2003", "big1big2big3"} { // of the other list
		if n++; !common.Has(p) {
			t.Errorf("%q is missed", p)
		}
	}
	if n < 200 {
		t.Errorf("only %d were looked for", n)
	}
}

func TestHas_OthersAreSeldomTakenForOne(t *testing.T) {
	const tries = 200_000
	wrong := 0
	for i := range tries {
		if common.Has(fmt.Sprintf("a password of nobody %d", i)) {
			wrong++
		}
	}
	if wrong > tries/5_000 {
		t.Errorf("%d of %d were taken for common ones", wrong, tries)
	}
}
