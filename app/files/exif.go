package files

import (
	"bytes"
	"encoding/binary"
	"image"
)

// segments calls f with the marker and the content of each part of a JPEG's head, until f returns false.
func segments(b []byte, f func(marker byte, content []byte) bool) {
	for i := 2; i+4 <= len(b) && b[i] == 0xff; {
		marker := b[i+1]
		if marker == 0xff { // a filler
			i++
			continue
		}
		n := int(binary.BigEndian.Uint16(b[i+2:]))
		if marker == 0xda || n < 2 || i+2+n > len(b) || !f(marker, b[i+4:i+2+n]) {
			return
		}
		i += 2 + n
	}
}

// baseline tells whether a JPEG can be decoded in one pass, which takes far less memory than a progressive one.
func baseline(b []byte) (yes bool) {
	segments(b, func(marker byte, _ []byte) bool {
		start := marker >= 0xc0 && marker <= 0xcf && marker != 0xc4 && marker != 0xc8 && marker != 0xcc
		yes = start && marker <= 0xc1
		return !start
	})
	return yes
}

// orientation reads from a JPEG's EXIF how the camera was held: 1 (upright) to 8; 1 where it doesn't say.
func orientation(b []byte) int {
	held := 1
	segments(b, func(marker byte, c []byte) bool {
		if tiff, ok := bytes.CutPrefix(c, []byte("Exif\x00\x00")); marker == 0xe1 && ok {
			held = tiffOrientation(tiff)
			return false
		}
		return true
	})
	return held
}

// tiffOrientation looks for tag 0x0112 in the first directory.
func tiffOrientation(b []byte) int {
	var order binary.ByteOrder = binary.BigEndian
	if bytes.HasPrefix(b, []byte("II")) {
		order = binary.LittleEndian
	}
	if len(b) < 8 {
		return 1
	}
	at := int64(order.Uint32(b[4:]))
	if at < 8 || at+2 > int64(len(b)) {
		return 1
	}
	dir := b[at+2:]
	for n := order.Uint16(b[at:]); n > 0 && len(dir) >= 12; n, dir = n-1, dir[12:] {
		if order.Uint16(dir) == 0x0112 {
			if v := int(order.Uint16(dir[8:])); v >= 1 && v <= 8 {
				return v
			}
			return 1
		}
	}
	return 1
}

// upright turns a picture the way that it was seen through a camera held like that.
func upright(src *image.RGBA, held int) *image.RGBA {
	w, h := src.Rect.Dx(), src.Rect.Dy()
	if held == 1 {
		return src
	}
	dst := image.NewRGBA(image.Rect(0, 0, w, h))
	if held > 4 {
		dst = image.NewRGBA(image.Rect(0, 0, h, w))
	}
	for y := range h {
		for x := range w {
			to := [...]image.Point{2: {w - 1 - x, y}, 3: {w - 1 - x, h - 1 - y}, 4: {x, h - 1 - y},
				5: {y, x}, 6: {h - 1 - y, x}, 7: {h - 1 - y, w - 1 - x}, 8: {y, w - 1 - x}}[held]
			copy(dst.Pix[dst.PixOffset(to.X, to.Y):][:4], src.Pix[src.PixOffset(x, y):][:4])
		}
	}
	return dst
}
