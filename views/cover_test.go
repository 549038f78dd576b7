package views

import (
	"encoding/xml"
	"io"
	"strings"
	"testing"
)

var demoSlugs = []string{
	"web-development-foundations", "computer-science-foundations", "ai-machine-learning-foundations",
	"programming-foundations-with-python", "data-science-and-analytics", "microsoft-office-automation-and-digital-tools",
}

func TestCover(t *testing.T) {
	seen := map[string]string{}
	for _, slug := range append(demoSlugs, "", `"><script>`, "हिन्दी", strings.Repeat("x", 300)) {
		for _, level := range []string{"Foundational", "Intermediate", "Advanced", "None"} {
			svg := drawCover(slug, level)
			if svg != drawCover(slug, level) || svg != cover(slug, level) {
				t.Errorf("%s, %s: two drawings differ", slug, level)
			}
			if len(svg) > 1600 {
				t.Errorf("%s, %s: %d bytes, want at most 1600", slug, level, len(svg))
			}
			if twin, ok := seen[svg]; ok {
				t.Errorf("%s, %s looks like %s", slug, level, twin)
			}
			seen[svg] = slug + ", " + level
			if strings.Contains(svg, "style=") || strings.Contains(svg, "script") {
				t.Errorf("%s: %s", slug, svg)
			}
			for d := xml.NewDecoder(strings.NewReader(svg)); ; {
				if _, err := d.Token(); err == io.EOF {
					break
				} else if err != nil {
					t.Fatalf("%s, %s: %v in %s", slug, level, err, svg)
				}
			}
		}
	}
}

func TestCover_KeptOnesAreBounded(t *testing.T) {
	for i := range 3 * maxCovers {
		cover("course-"+itoa(i), "Advanced")
	}
	if n := len(covers.drawn); n > maxCovers {
		t.Errorf("%d covers kept, want at most %d", n, maxCovers)
	}
}
