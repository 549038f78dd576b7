package school

import (
	"os"
	"regexp"
	"slices"
	"testing"
)

// The grounds that colours are checked on are those of the stylesheet.
func TestColor_GroundsAreThoseOfThePages(t *testing.T) {
	css, err := os.ReadFile("../../static/app.css")
	if err != nil {
		t.Fatal(err)
	}
	var light, dark []string
	for _, name := range []string{"paper", "sheet", "tint", "wait-bg", "good-bg", "bad-bg"} {
		m := regexp.MustCompile(`--` + name + `: light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\)`).FindSubmatch(css)
		if m == nil {
			t.Fatalf("app.css has no --%s", name)
		}
		light, dark = append(light, string(m[1])), append(dark, string(m[2]))
	}
	if !slices.Equal(light, lightGrounds) || !slices.Equal(dark, darkGrounds) {
		t.Errorf("got %q and %q, app.css has %q and %q", lightGrounds, darkGrounds, light, dark)
	}
}

// Whatever colour is chosen: it is taken and can be read in both schemes, with its buttons' words, or the one named in
// its place is.
func TestColor_WhateverIsTakenCanBeRead(t *testing.T) {
	for n := range 1 << 9 {
		c := rgb{float64(n>>6) / 7, float64(n>>3&7) / 7, float64(n&7) / 7}
		text, wrong := checkColor(c.String())
		if wrong != nil {
			text = wrong.Args[1].(string)
			if _, wrong := checkColor(text); wrong != nil {
				t.Errorf("%s: %s is offered in its place, and isn't taken either", c, text)
				continue
			}
		}
		theme := ThemeOf(text)
		light, _ := parseColor(theme.Light)
		dark, ok := parseColor(theme.Dark)
		if got := leastContrast(light, lightGrounds); got < minContrast {
			t.Errorf("%s: %s has %.2f by day", c, theme.Light, got)
		}
		if got := leastContrast(dark, darkGrounds); got < darkContrast || !ok {
			t.Errorf("%s: %s has %.2f by night", c, theme.Dark, got)
		}
		for button, words := range map[rgb]string{light: onLight, dark: onDark} {
			if got := leastContrast(button, []string{words}); got < minContrast {
				t.Errorf("%s: a button of %s with words of %s has %.2f", c, button, words, got)
			}
		}
	}
}

func TestColor_HueStays(t *testing.T) {
	for accent, strongest := range map[string]int{"#9c2118": 0, "#2f6024": 1, "#1f4e8c": 2} {
		dark, _ := parseColor(ThemeOf(accent).Dark)
		if dark[strongest] != max(dark[0], dark[1], dark[2]) {
			t.Errorf("%s became %s by night", accent, dark)
		}
	}
	if ThemeOf("") != (Theme{}) || ThemeOf("red") != (Theme{}) || ThemeOf("").CSS() != "" || ThemeOf("").Hash() != "" {
		t.Error("no colour has a theme")
	}
}

func TestZones_AreAllThere(t *testing.T) {
	for _, name := range Zones {
		if _, wrong := (Descriptor{Kind: Zone}).check(name); wrong != nil {
			t.Errorf("%s is offered and not taken", name)
		}
	}
}
