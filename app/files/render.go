package files

import (
	"image"
	"image/jpeg"
	"image/png"
	"io"

	"golang.org/x/image/draw"

	"lectern/app/files/picture"
)

// quality is where photos of people and screens still look like themselves.
const quality = 82

// rendering is one file of a picture, encoded when it is written.
type rendering struct {
	file   string
	encode func(w io.Writer) error
}

// renderings are a picture in its own width and in the smaller ones.
func renderings(img *image.RGBA, p picture.Picture) []rendering {
	var all []rendering
	for _, w := range append(p.Smaller(), p.Width) {
		h := max(1, (p.Height*w+p.Width/2)/p.Width)
		all = append(all, rendering{p.File(w), func(out io.Writer) error { return encode(out, scale(img, w, h), p.Ext) }})
	}
	return all
}

// icons are squares with the whole picture in their middle.
func icons(img *image.RGBA, p picture.Picture) []rendering {
	var all []rendering
	for _, size := range append(p.Smaller(), p.Width) {
		all = append(all, rendering{p.File(size), func(out io.Writer) error {
			w, h := size, size
			if b := img.Rect; b.Dx() > b.Dy() {
				h = max(1, size*b.Dy()/b.Dx())
			} else {
				w = max(1, size*b.Dx()/b.Dy())
			}
			square := image.NewRGBA(image.Rect(0, 0, size, size))
			place := image.Rect(0, 0, w, h).Add(image.Pt((size-w)/2, (size-h)/2))
			draw.Draw(square, place, scale(img, w, h), image.Point{}, draw.Src)
			return encode(out, square, p.Ext)
		}})
	}
	return all
}

// scale resizes what shrink left, a little and sharply; far smaller ones are shrunk first, for the same reason as there.
func scale(img *image.RGBA, w, h int) image.Image {
	b := img.Rect
	if b.Dx() == w && b.Dy() == h {
		return img
	}
	if b.Dx() >= 4*w && b.Dy() >= 4*h {
		img = shrink(img, 2*w, 2*h)
	}
	dst := image.NewRGBA(image.Rect(0, 0, w, h))
	draw.CatmullRom.Scale(dst, dst.Rect, img, img.Rect, draw.Src, nil)
	return dst
}

func encode(w io.Writer, img image.Image, ext string) error {
	if ext == "png" {
		return png.Encode(w, img)
	}
	return jpeg.Encode(w, img, &jpeg.Options{Quality: quality})
}
