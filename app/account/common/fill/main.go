// Command fill makes the filter of package common anew:
//
//	go run ./app/account/common/fill LIST… > app/account/common/passwords.bloom
//
// LIST is a file with a password a line. The committed filter was made of 10_million_password_list_top_1M.txt of the SecLists
// project (SHA-256 eac6323842b3261da0ef4c180c8e23f4d056522ea97c2925b8687f453b40a2be), whose passwords Mark Burnett gave to
// the public domain, and of local.txt, those that are common in India.
package main

import (
	"bufio"
	"fmt"
	"os"
	"strings"
	"unicode/utf8"

	"lectern/app/account/common"
)

// least is the length in runes under which no password is taken anyway.
const least = 10

func main() {
	all := map[string]bool{}
	for _, name := range os.Args[1:] {
		if err := read(name, all); err != nil {
			fmt.Fprintln(os.Stderr, "fill:", err)
			os.Exit(1)
		}
	}
	f := common.NewFilter(len(all))
	for p := range all {
		f.Add(p)
	}
	if _, err := os.Stdout.Write(f); err != nil {
		fmt.Fprintln(os.Stderr, "fill:", err)
		os.Exit(1)
	}
	fmt.Fprintf(os.Stderr, "%d passwords, %d bytes\n", len(all), len(f))
}

func read(name string, all map[string]bool) error {
	file, err := os.Open(name) // #nosec G304 G703 -- what its user names
	if err != nil {
		return err
	}
	defer file.Close()
	lines := bufio.NewScanner(file)
	for lines.Scan() {
		for _, p := range strings.Fields(strings.ToLower(lines.Text())) {
			if utf8.RuneCountInString(p) >= least {
				all[p] = true
			}
		}
	}
	return lines.Err()
}
