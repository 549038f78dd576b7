package files

import (
	"bytes"
	"fmt"
	"image"
	"image/draw"
	"image/gif"
	"image/jpeg"
	"image/png"
	"io"

	"golang.org/x/image/webp"

	"lectern/app/files/picture"
)

// The largest rendering of a picture fits into this, so that a tall one isn't 20,000 pixels long.
var (
	maxWidth  = picture.Widths[len(picture.Widths)-1]
	maxHeight = maxWidth * 3 / 2
)

// The most pixels of a picture, by what its decoder needs for each, so that one takes 240 MB at most.
const (
	maxBaseline    = 50_000_000 // JPEG as cameras write it: 1.5 to 3 bytes
	maxProgressive = 16_000_000 // JPEG that comes in several passes: up to 15
	maxPixels      = 25_000_000 // the others: up to 8
)

// format is a kind of picture that we take, known by its first bytes; names and declared types are not asked.
type format struct {
	magic  string // "?" is any byte
	config func(io.Reader) (image.Config, error)
	decode func(io.Reader) (image.Image, error)
}

var formats = []format{
	{"\xff\xd8\xff", jpeg.DecodeConfig, jpeg.Decode},
	{"\x89PNG\r\n\x1a\n", png.DecodeConfig, png.Decode},
	{"RIFF????WEBP", webp.DecodeConfig, webp.Decode},
	{"GIF8?a", gif.DecodeConfig, gif.Decode}, // its first frame
}

// others are kinds that people send and we can't take, each with what to do instead.
var others = []struct{ magic, key string }{
	{"????ftypheic", "files.heic"}, {"????ftypheix", "files.heic"}, {"????ftypheim", "files.heic"}, {"????ftypheis", "files.heic"},
	{"????ftyphev", "files.heic"}, {"????ftypmif1", "files.heic"}, {"????ftypmsf1", "files.heic"},
	{"????ftypavi", "files.avif"}, {"????ftyp", "files.video"}, {"%PDF-", "files.pdf"},
	{"<svg", "files.svg"}, {"<?xml", "files.svg"}, {"<!DOCTYPE svg", "files.svg"},
}

func matches(b []byte, magic string) bool {
	if len(b) < len(magic) {
		return false
	}
	for i := range magic {
		if magic[i] != '?' && magic[i] != b[i] {
			return false
		}
	}
	return true
}

// sniff finds the format of b, or says why it can't be taken.
func sniff(b []byte) (format, error) {
	if len(b) == 0 {
		return format{}, invalid("files.empty")
	}
	for _, f := range formats {
		if matches(b, f.magic) {
			return f, nil
		}
	}
	text := bytes.TrimLeft(bytes.TrimPrefix(b[:min(len(b), 1<<10)], []byte("\xef\xbb\xbf")), " \t\r\n")
	for _, o := range others {
		if matches(b, o.magic) || matches(text, o.magic) {
			return format{}, invalid(o.key)
		}
	}
	return format{}, invalid("files.unknown")
}

// decode turns an uploaded picture into pixels: upright, no larger than its largest rendering, and nothing else of what
// was in the file. Its size is looked at first, since a few bytes can unfold to gigabytes.
func decode(b []byte) (img *image.RGBA, err error) {
	f, err := sniff(b)
	if err != nil {
		return nil, err
	}
	defer func() { // a decoder that panics has met a broken picture
		if p := recover(); p != nil {
			img, err = nil, fmt.Errorf("%w: %v", invalid("files.broken"), p)
		}
	}()
	c, err := f.config(bytes.NewReader(b))
	if err != nil || c.Width < 1 || c.Height < 1 {
		return nil, broken(f)
	}
	most, turned := maxPixels, 1
	if f.magic == formats[0].magic {
		turned = orientation(b)
		if most = maxProgressive; baseline(b) {
			most = maxBaseline
		}
	}
	if c.Width > maxDimension || c.Height > maxDimension || c.Width*c.Height > most {
		return nil, invalid("files.too_many_pixels", "width", c.Width, "height", c.Height, "most", most/1_000_000)
	}
	src, err := f.decode(bytes.NewReader(b))
	if err != nil {
		return nil, broken(f)
	}
	w, h := src.Bounds().Dx(), src.Bounds().Dy()
	if w < 1 || h < 1 {
		return nil, broken(f)
	}
	if turned > 4 {
		h, w = fit(h, w)
	} else {
		w, h = fit(w, h)
	}
	return upright(shrink(src, w, h), turned), nil
}

// broken says that a picture can't be read: of WebP, moving ones can't.
func broken(f format) error {
	if f.magic == formats[2].magic {
		return invalid("files.webp")
	}
	return invalid("files.broken")
}

// fit returns the size of the largest rendering of a picture; never larger than the picture.
func fit(w, h int) (int, int) {
	if w > maxWidth {
		w, h = maxWidth, max(1, (h*maxWidth+w/2)/w)
	}
	if h > maxHeight {
		w, h = max(1, (w*maxHeight+h/2)/h), maxHeight
	}
	return w, h
}

// shrink makes src w wide and h high, no larger than it is. Each pixel is the mean of the area that it covers; src is
// read row by row, so that a large picture isn't in memory a second time.
func shrink(src image.Image, w, h int) *image.RGBA {
	b := src.Bounds()
	dst := image.NewRGBA(image.Rect(0, 0, w, h))
	if b.Dx() == w && b.Dy() == h {
		draw.Draw(dst, dst.Rect, src, b.Min, draw.Src)
		return dst
	}
	row := image.NewRGBA(image.Rect(0, 0, b.Dx(), 1))
	across, sums := areas(b.Dx(), w), make([]float32, 4*w)
	y := 0
	for out, down := range areas(b.Dy(), h) {
		clear(sums)
		for i, share := range down.shares {
			if y = down.from + i; i > 0 || out == 0 || down.fresh {
				draw.Draw(row, row.Rect, src, image.Pt(b.Min.X, b.Min.Y+y), draw.Src)
			}
			addRow(sums, row.Pix, across, share)
		}
		for i, v := range sums {
			dst.Pix[out*dst.Stride+i] = uint8(min(v+.5, 255))
		}
	}
	return dst
}

// area is what one pixel of the smaller picture covers of a line of the larger one: pixels from `from` on, each by its
// share of the whole.
type area struct {
	from   int
	shares []float32
	fresh  bool // its first pixel isn't the last one of the area before
}

func areas(large, small int) []area {
	all := make([]area, small)
	step := float64(large) / float64(small)
	last := -1
	for i := range all {
		start, end := float64(i)*step, float64(i+1)*step
		a := area{from: min(int(start), large-1)}
		a.fresh = a.from != last
		for p := a.from; p < large && float64(p) < end-1e-6; p++ {
			a.shares = append(a.shares, float32((min(end, float64(p+1))-max(start, float64(p)))/step))
			last = p
		}
		all[i] = a
	}
	return all
}

func addRow(sums []float32, pix []uint8, across []area, share float32) {
	for x := range across {
		a := &across[x]
		var r, g, b, o float32
		for i, s := range a.shares {
			p := pix[4*(a.from+i) : 4*(a.from+i)+4 : 4*(a.from+i)+4]
			r, g, b, o = r+s*float32(p[0]), g+s*float32(p[1]), b+s*float32(p[2]), o+s*float32(p[3])
		}
		sum := sums[4*x : 4*x+4 : 4*x+4]
		sum[0], sum[1], sum[2], sum[3] = sum[0]+share*r, sum[1]+share*g, sum[2]+share*b, sum[3]+share*o
	}
}
