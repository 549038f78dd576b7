package content

import "strings"

// Change is a stretch of two texts: in both, only in the old one ("-"), or only in the new one ("+").
type Change struct {
	Op   string // "", "-" or "+"
	Text string
}

// maxDiff bounds the table that comparing takes.
const maxDiff = 4_000_000

// Diff compares two texts by their lines.
func Diff(old, new string) []Change {
	a, b := strings.Split(old, "\n"), strings.Split(new, "\n")
	start := 0
	for start < len(a) && start < len(b) && a[start] == b[start] {
		start++
	}
	end := 0
	for end < len(a)-start && end < len(b)-start && a[len(a)-1-end] == b[len(b)-1-end] {
		end++
	}
	var all []Change
	add := func(op string, lines []string) {
		for _, l := range lines {
			if n := len(all); n > 0 && all[n-1].Op == op {
				all[n-1].Text += "\n" + l
			} else {
				all = append(all, Change{op, l})
			}
		}
	}
	add("", a[:start])
	between(a[start:len(a)-end], b[start:len(b)-end], add)
	add("", a[len(a)-end:])
	return all
}

// between adds what turns a into b by their longest common subsequence; too long ones as a whole.
func between(a, b []string, add func(op string, lines []string)) {
	if len(a)*len(b) > maxDiff {
		add("-", a)
		add("+", b)
		return
	}
	common := make([][]int32, len(a)+1) // of what is left from i and j on
	for i := range common {
		common[i] = make([]int32, len(b)+1)
	}
	for i := len(a) - 1; i >= 0; i-- {
		for j := len(b) - 1; j >= 0; j-- {
			if a[i] == b[j] {
				common[i][j] = common[i+1][j+1] + 1
			} else {
				common[i][j] = max(common[i+1][j], common[i][j+1])
			}
		}
	}
	i, j := 0, 0
	for i < len(a) || j < len(b) {
		switch {
		case i < len(a) && j < len(b) && a[i] == b[j]:
			add("", a[i:i+1])
			i, j = i+1, j+1
		case j == len(b) || i < len(a) && common[i+1][j] >= common[i][j+1]:
			add("-", a[i:i+1])
			i++
		default:
			add("+", b[j:j+1])
			j++
		}
	}
}
