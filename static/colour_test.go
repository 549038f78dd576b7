package static

import (
	"math"
	"regexp"
	"strconv"
	"testing"
)

// tokens reads the colours of :root for one scheme: 0 is light, 1 is dark.
func tokens(t *testing.T, scheme int) map[string]string {
	t.Helper()
	all := map[string]string{}
	for _, m := range regexp.MustCompile(`--([a-z-]+): light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\)`).FindAllStringSubmatch(string(mustRead("app.css")), -1) {
		all[m[1]] = m[2+scheme]
	}
	return all
}

// luminance is the relative luminance of WCAG 2.2 of a colour #rrggbb.
func luminance(t *testing.T, hex string) float64 {
	t.Helper()
	sum := 0.0
	for i, weight := range []float64{.2126, .7152, .0722} {
		n, err := strconv.ParseUint(hex[1+2*i:3+2*i], 16, 8)
		if err != nil {
			t.Fatal(err)
		}
		c := float64(n) / 255
		if c <= .04045 {
			c /= 12.92
		} else {
			c = math.Pow((c+.055)/1.055, 2.4)
		}
		sum += weight * c
	}
	return sum
}

func TestContrast(t *testing.T) {
	const text, control = 4.5, 3.0 // WCAG 2.2, 1.4.3 and 1.4.11
	pairs := []struct {
		front []string
		back  []string
		least float64
	}{
		{[]string{"ink", "soft", "accent", "wait", "good", "bad"}, []string{"paper", "sheet", "tint"}, text},
		{[]string{"on-accent"}, []string{"accent"}, text},
		{[]string{"wait", "ink", "accent"}, []string{"wait-bg"}, text},
		{[]string{"good", "ink", "accent"}, []string{"good-bg"}, text},
		{[]string{"bad", "ink", "accent"}, []string{"bad-bg"}, text},
		{[]string{"sheet"}, []string{"good"}, text},
		{[]string{"edge", "accent"}, []string{"paper", "sheet", "tint"}, control},
	}
	for scheme, name := range []string{"Light", "Dark"} {
		t.Run(name, func(t *testing.T) {
			colours := tokens(t, scheme)
			for _, p := range pairs {
				for _, front := range p.front {
					for _, back := range p.back {
						a, b := luminance(t, colours[front]), luminance(t, colours[back])
						if got := (math.Max(a, b) + .05) / (math.Min(a, b) + .05); got < p.least {
							t.Errorf("%s on %s has %.2f, want %.1f", front, back, got, p.least)
						}
					}
				}
			}
		})
	}
}
