package school

import (
	"math"
	"strconv"
	"strings"

	"lectern/app/lang"
)

// paper is the ground of the light scheme, --paper in static/app.css, on which the accent writes links.
const paper = "#faf6ee"

// minContrast is what WCAG 2.2 asks of text (1.4.3).
const minContrast = 4.5

// checkColor takes #rrggbb and nothing that couldn't be read on paper.
func checkColor(text string) (string, *lang.Msg) {
	text = strings.ToLower(text)
	l, ok := luminance(text)
	if !ok {
		return text, wrong("school.color")
	}
	ground, _ := luminance(paper)
	if (ground+0.05)/(l+0.05) < minContrast {
		return text, wrong("school.pale")
	}
	return text, nil
}

// luminance is the relative luminance that WCAG 2.2 defines, 0 for black to 1 for white, of a colour #rrggbb.
func luminance(hex string) (float64, bool) {
	n, err := strconv.ParseUint(strings.TrimPrefix(hex, "#"), 16, 32)
	if err != nil || len(hex) != 7 || hex[0] != '#' {
		return 0, false
	}
	linear := func(shift uint) float64 {
		c := float64(n>>shift&0xff) / 255
		if c <= 0.04045 {
			return c / 12.92
		}
		return math.Pow((c+0.055)/1.055, 2.4)
	}
	return 0.2126*linear(16) + 0.7152*linear(8) + 0.0722*linear(0), true
}
