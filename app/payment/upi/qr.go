package upi

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"strings"

	"rsc.io/qr"
)

// quiet is the light margin, in modules, that ISO/IEC 18004 asks for on each side.
const quiet = 4

// Code is a QR code with its quiet zone, to be drawn as SVG or PNG. Made by QR.
type Code struct{ modules *qr.Code }

// QR encodes text at error correction level M, which bears a scratched or folded print. It fails when text has more than
// some 2,300 bytes; a Link is far below.
func QR(text string) (Code, error) {
	modules, err := qr.Encode(text, qr.M)
	if err != nil {
		return Code{}, fmt.Errorf("upi: %w", err)
	}
	return Code{modules}, nil
}

// Size is the length of a side in modules, quiet zone included: the viewBox is "0 0 Size Size".
func (c Code) Size() int { return c.modules.Size + 2*quiet }

// dark tells of the module at column x and row y, counted from the corner of the quiet zone.
func (c Code) dark(x, y int) bool { return c.modules.Black(x-quiet, y-quiet) }

// Path is the d attribute of an SVG path that fills the dark modules, one unit each. Moves are relative and neighbours in
// a row are one rectangle, which halves the bytes.
func (c Code) Path() string {
	var b strings.Builder
	fromX, fromY := 0, 0
	for y := range c.Size() {
		for x := 0; x < c.Size(); x++ {
			start := x
			for c.dark(x, y) {
				x++
			}
			if run := x - start; run > 0 {
				fmt.Fprintf(&b, "m%d %dh%dv1h-%dz", start-fromX, y-fromY, run, run)
				fromX, fromY = start, y
			}
		}
	}
	return b.String()
}

// PNG is the code in black and white, one bit a pixel, each module scale pixels wide (at least 1). It can be saved and
// forwarded, which no phone does with an SVG.
func (c Code) PNG(scale int) []byte {
	scale = max(scale, 1)
	side := c.Size() * scale
	img := image.NewPaletted(image.Rect(0, 0, side, side), color.Palette{color.White, color.Black})
	for y := range side {
		for x := range side {
			if c.dark(x/scale, y/scale) {
				img.SetColorIndex(x, y, 1)
			}
		}
	}
	var b bytes.Buffer
	if err := png.Encode(&b, img); err != nil {
		panic(err) // memory takes every byte, and no scale that fits in memory is too large for PNG
	}
	return b.Bytes()
}
