package views

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"math"
	"strconv"
	"strings"
	"sync"
)

// A cover is a lattice in the manner of Kashmiri khatamband ceilings: stars {n/skip} stand on a square or a triangular
// grid so that their points meet, facets between their lines are inlaid by the even-odd rule, a rosette sits in the
// middle of each. The slug's hash chooses the star, the grid, the wood and the size.

// starKind is a star polygon: n points, each joined to the one skip further on.
type starKind struct {
	n, skip   int
	triangles bool    // on a triangular grid, which suits multiples of 6
	reach     float64 // its radius, as a share of the tile's width
}

var starKinds = []starKind{
	{n: 8, skip: 3, reach: .5},
	{n: 8, skip: 2, reach: .5412}, // neighbours overlap and share an octagon's side
	{n: 12, skip: 5, reach: .5},
	{n: 12, skip: 4, reach: .5, triangles: true},
	{n: 6, skip: 2, reach: .5774, triangles: true}, // points meet three at a time
	{n: 16, skip: 6, reach: .5},
}

// woods are the grounds: hue, saturation and lightness, and the hue of the inlay.
var woods = [][4]int{{176, 58, 19, 42}, {22, 42, 21, 40}, {348, 44, 23, 36}, {214, 46, 23, 40}, {92, 30, 20, 46}, {262, 28, 25, 38}}

const (
	coverWidth, coverHeight = 640, 320
	maxCovers               = 512 // as many as are kept; a school has fewer courses
)

var covers struct {
	sync.Mutex
	drawn map[[2]string]string
}

// cover returns the drawing for a course; it is made once and kept.
func cover(slug, level string) string {
	key := [2]string{slug, level}
	covers.Lock()
	defer covers.Unlock()
	svg, ok := covers.drawn[key]
	if !ok {
		if covers.drawn == nil || len(covers.drawn) >= maxCovers {
			covers.drawn = map[[2]string]string{}
		}
		svg = drawCover(slug, level)
		covers.drawn[key] = svg
	}
	return svg
}

// drawCover draws what cover keeps. Each property is chosen by a byte of its own.
func drawCover(slug, level string) string {
	sum := sha256.Sum256([]byte(slug))
	pick := func(at, n int) int { return int(sum[at]) % n }
	kind, wood := starKinds[pick(13, len(starKinds))], woods[pick(18, len(woods))]
	ground := func(lighter int) string { return fmt.Sprintf("hsl(%d %d%% %d%%)", wood[0], wood[1], wood[2]+lighter) }
	inlay := func(light int) string { return fmt.Sprintf("hsl(%d 55%% %d%%)", wood[3], light) }
	id := "c" + hex.EncodeToString(sum[:4])

	width := float64(112 + pick(2, 3)*16)
	height := width
	if kind.triangles {
		height = math.Round(width * math.Sqrt(3))
	}
	turn := float64(pick(3, 2)) / 2 // the star stands on a point, or on a side
	centre := [2]float64{width / 2, height / 2}
	var lines, core strings.Builder
	starLines(&lines, centre, width*kind.reach, kind, turn)
	rosette(&core, centre, width*kind.reach*.3, kind.n, turn)

	var svg strings.Builder
	fmt.Fprintf(&svg, `<svg class="cover" viewBox="0 0 %d %d" preserveAspectRatio="xMidYMid slice" aria-hidden="true">`, coverWidth, coverHeight)
	fmt.Fprintf(&svg, `<pattern id="%s" width="%g" height="%g" patternUnits="userSpaceOnUse" patternTransform="rotate(%d)">`, id, width, height, pick(4, 2)*45)
	fmt.Fprintf(&svg, `<g id="%ss"><path d="%s" fill="%s" fill-rule="evenodd" stroke="%s" stroke-width="2"/>`, id, lines.String(), ground(7), inlay(62))
	fmt.Fprintf(&svg, `<path d="%s" fill="%s"/></g>`, core.String(), inlay(76))
	if kind.triangles { // the second star of the tile, a quarter of it at each corner
		for _, x := range []float64{-centre[0], centre[0]} {
			for _, y := range []float64{-centre[1], centre[1]} {
				fmt.Fprintf(&svg, `<use href="#%ss" x="%g" y="%g"/>`, id, x, y)
			}
		}
	}
	sheet := fmt.Sprintf("M0 0h%dv%dH0z", coverWidth, coverHeight)
	fmt.Fprintf(&svg, `</pattern><path d="%s" fill="%s"/><path d="%s" fill="url(#%s)"/>`, sheet, ground(0), sheet, id)
	svg.WriteString(levelMark(level, ground(-7), inlay(82)) + "</svg>")
	return svg.String()
}

// levelMark draws one, two or three small stars on a tag in the lower corner; nothing for a level unknown.
func levelMark(level, ground, ink string) string {
	n := map[string]int{"foundational": 1, "intermediate": 2, "advanced": 3}[strings.ToLower(level)]
	if n == 0 {
		return ""
	}
	var stars strings.Builder
	for i := range n {
		rosette(&stars, [2]float64{float64(coverWidth - 32 - 28*i), coverHeight - 30}, 11, 8, 0)
	}
	return fmt.Sprintf(`<path d="M%d %dh%dv44h-%dz" fill="%s"/><path d="%s" fill="%s"/>`,
		coverWidth-8-28*n-12, coverHeight-52, 28*n+12, 28*n+12, ground, stars.String(), ink)
}

// starLines adds the closed lines of one star polygon to path.
func starLines(path *strings.Builder, c [2]float64, radius float64, kind starKind, turn float64) {
	seen := make([]bool, kind.n)
	for start := range kind.n {
		if seen[start] {
			continue
		}
		var corners [][2]float64
		for k := start; !seen[k]; k = (k + kind.skip) % kind.n {
			seen[k] = true
			corners = append(corners, onCircle(c, radius, float64(k)+turn, kind.n))
		}
		polygon(path, corners)
	}
}

// rosette adds a filled star of n points to path.
func rosette(path *strings.Builder, c [2]float64, radius float64, n int, turn float64) {
	var corners [][2]float64
	for k := range n {
		corners = append(corners, onCircle(c, radius, float64(k)+turn, n), onCircle(c, radius*.6, float64(k)+turn+.5, n))
	}
	polygon(path, corners)
}

// onCircle is the k-th of n corners around c.
func onCircle(c [2]float64, radius, k float64, n int) [2]float64 {
	sin, cos := math.Sincos(2 * math.Pi * k / float64(n))
	return [2]float64{c[0] + radius*cos, c[1] + radius*sin}
}

// polygon adds a closed line to path in whole units, each corner relative to the one before, which is the shortest way
// to write it; what is rounded away is less than half a pixel.
func polygon(path *strings.Builder, corners [][2]float64) {
	x, y := 0, 0
	for i, c := range corners {
		cx, cy := int(math.Round(c[0])), int(math.Round(c[1]))
		switch i {
		case 0:
			path.WriteString("M" + strconv.Itoa(cx) + pair(cy))
		case 1:
			path.WriteString("l" + strconv.Itoa(cx-x) + pair(cy-y))
		default:
			path.WriteString(pair(cx-x) + pair(cy-y))
		}
		x, y = cx, cy
	}
	path.WriteString("z")
}

// pair writes a number that follows another one: a minus sign parts them, else a blank.
func pair(n int) string {
	if n < 0 {
		return strconv.Itoa(n)
	}
	return " " + strconv.Itoa(n)
}
