package school

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"math"
	"strconv"
	"strings"

	"lectern/app/lang"
)

// grounds are what the accent is read on, of each scheme: --paper, --sheet, --tint and the grounds of remarks in
// static/app.css. A test compares them.
var (
	lightGrounds = []string{"#faf6ee", "#fffdf8", "#f1eadc", "#fbeed6", "#e2f1e4", "#fae4df"}
	darkGrounds  = []string{"#15140f", "#1d1b16", "#28251e", "#35270f", "#14301d", "#3a1814"}
)

const (
	minContrast  = 4.5 // what WCAG 2.2 asks of text (1.4.3)
	darkContrast = 6   // what the companion for the dark scheme gets
	onLight      = "#fffdf8"
	onDark       = "#15140f"
)

// checkColor takes #rrggbb and nothing that couldn't be read on the page; it names the nearest one that can.
func checkColor(text string) (string, *lang.Msg) {
	text = strings.ToLower(text)
	c, ok := parseColor(text)
	if !ok {
		return text, wrong("school.color")
	}
	if leastContrast(c, lightGrounds) < minContrast {
		return text, wrong("school.pale", "color", c.until(-.005, lightGrounds, minContrast).String())
	}
	return text, nil
}

// Theme are the colours of an accent: the one that was chosen, for the light scheme, and its companion for the dark one.
type Theme struct{ Light, Dark string }

// ThemeOf derives the colours of an accent, the zero Theme where there is none or it is no colour.
func ThemeOf(accent string) Theme {
	c, ok := parseColor(accent)
	if !ok {
		return Theme{}
	}
	return Theme{accent, c.until(.005, darkGrounds, darkContrast).String()}
}

// CSS is the stylesheet that puts the theme in place of the built-in colours.
func (t Theme) CSS() string {
	if t.Light == "" {
		return ""
	}
	return fmt.Sprintf(":root { --accent: light-dark(%s, %s); --on-accent: light-dark(%s, %s); }\n", t.Light, t.Dark, onLight, onDark)
}

// Hash names the stylesheet by its content; empty where there is none.
func (t Theme) Hash() string {
	if t.Light == "" {
		return ""
	}
	sum := sha256.Sum256([]byte(t.CSS()))
	return hex.EncodeToString(sum[:4])
}

// rgb is a colour, each part from 0 to 1.
type rgb [3]float64

func parseColor(hex string) (c rgb, ok bool) {
	n, err := strconv.ParseUint(strings.TrimPrefix(hex, "#"), 16, 32)
	if err != nil || len(hex) != 7 || hex[0] != '#' {
		return c, false
	}
	for i := range c {
		c[i] = float64(n>>(16-8*i)&0xff) / 255
	}
	return c, true
}

func (c rgb) String() string {
	text := "#"
	for _, v := range c {
		text += fmt.Sprintf("%02x", int(math.Round(min(max(v, 0), 1)*255)))
	}
	return text
}

// linear undoes the curve of sRGB.
func (c rgb) linear() rgb {
	for i, v := range c {
		if c[i] = v / 12.92; v > 0.04045 {
			c[i] = math.Pow((v+0.055)/1.055, 2.4)
		}
	}
	return c
}

// luminance is the relative luminance that WCAG 2.2 defines, 0 for black to 1 for white.
func (c rgb) luminance() float64 {
	l := c.linear()
	return 0.2126*l[0] + 0.7152*l[1] + 0.0722*l[2]
}

// leastContrast is the contrast of c to that of the grounds on which it is read worst.
func leastContrast(c rgb, grounds []string) float64 {
	least := 21.0
	for _, g := range grounds {
		ground, _ := parseColor(g)
		a, b := c.luminance(), ground.luminance()
		least = min(least, (max(a, b)+0.05)/(min(a, b)+0.05))
	}
	return least
}

// until makes c lighter or darker step by step, its hue kept, until it is read on all of the grounds.
func (c rgb) until(step float64, grounds []string, contrast float64) rgb {
	lab := c.oklab()
	light, a, b := lab[0], lab[1], lab[2]
	for light >= 0 && light <= 1 {
		if now, _ := parseColor(fromOklab(light, a, b).String()); leastContrast(now, grounds) >= contrast { // as it will be written
			return now
		}
		light += step
	}
	return fromOklab(min(max(light, 0), 1), 0, 0)
}

// oklab gives lightness and two axes of colour, in which a step looks like a step (bottosson.github.io/posts/oklab).
func (c rgb) oklab() [3]float64 {
	v := c.linear()
	l := math.Cbrt(0.4122214708*v[0] + 0.5363325363*v[1] + 0.0514459929*v[2])
	m := math.Cbrt(0.2119034982*v[0] + 0.6806995451*v[1] + 0.1073969566*v[2])
	s := math.Cbrt(0.0883024619*v[0] + 0.2817188376*v[1] + 0.6299787005*v[2])
	return [3]float64{
		0.2104542553*l + 0.7936177850*m - 0.0040720468*s,
		1.9779984951*l - 2.4285922050*m + 0.4505937099*s,
		0.0259040371*l + 0.7827717662*m - 0.8086757660*s,
	}
}

// fromOklab is the way back. What no screen can show becomes greyer until one can.
func fromOklab(light, a, b float64) rgb {
	for share := 1.0; ; share -= .05 {
		l := light + share*(0.3963377774*a+0.2158037573*b)
		m := light + share*(-0.1055613458*a-0.0638541728*b)
		s := light + share*(-0.0894841775*a-1.2914855480*b)
		l, m, s = l*l*l, m*m*m, s*s*s
		c := rgb{
			4.0767416621*l - 3.3077115913*m + 0.2309699292*s,
			-1.2684380046*l + 2.6097574011*m - 0.3413193965*s,
			-0.0041960863*l - 0.7034186147*m + 1.7076147010*s,
		}
		if share <= 0 || c.shown() {
			return c.curved()
		}
	}
}

func (c rgb) shown() bool {
	for _, v := range c {
		if v < -1e-6 || v > 1+1e-6 {
			return false
		}
	}
	return true
}

// curved puts the curve of sRGB on.
func (c rgb) curved() rgb {
	for i, v := range c {
		v = min(max(v, 0), 1)
		if c[i] = v * 12.92; v > 0.0031308 {
			c[i] = 1.055*math.Pow(v, 1/2.4) - 0.055
		}
	}
	return c
}

// Readable tells whether the text is a colour that would be taken as accent.
func Readable(text string) bool {
	_, wrong := checkColor(text)
	return wrong == nil
}
