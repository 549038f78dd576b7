// Package browsertest walks through the school as people do: with a real Chromium, on a phone and at a desk, with
// scripts and without, by finger and by keyboard alone. Every walk also fails on an error in the console, on something
// that the content security policy had to stop, and on a request to any other host. Nothing here is in the binary.
//
// Where Chromium is missing the tests are skipped, in CI they fail. One browser serves all of them; each person has a
// profile of their own in it.
package browsertest
