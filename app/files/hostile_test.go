package files_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"image"
	"image/color"
	"image/color/palette"
	"image/gif"
	"image/jpeg"
	"image/png"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"testing/iotest"

	"lectern/app/fault"
	"lectern/app/files/picture"
)

// others are pictures that Go's own tests and those of x/image use: of kinds that nothing here writes.
func others(t *testing.T, file string) []byte {
	t.Helper()
	args, dir := []string{"env", "GOROOT"}, "src/image/testdata"
	if strings.HasSuffix(file, ".webp") {
		args, dir = []string{"list", "-m", "-f", "{{.Dir}}", "golang.org/x/image"}, "testdata"
	}
	root, err := exec.Command("go", args...).Output()
	if err != nil {
		t.Fatal(err)
	}
	b, err := os.ReadFile(filepath.Join(strings.TrimSpace(string(root)), dir, file))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func jpegOf(img image.Image) []byte {
	var b bytes.Buffer
	if err := jpeg.Encode(&b, img, &jpeg.Options{Quality: 95}); err != nil {
		panic(err)
	}
	return b.Bytes()
}

// pngHead is a PNG of which only the head is there: it says how large it is.
func pngHead(w, h uint32) []byte {
	chunk := append([]byte("IHDR"), make([]byte, 13)...)
	binary.BigEndian.PutUint32(chunk[4:], w)
	binary.BigEndian.PutUint32(chunk[8:], h)
	chunk[12], chunk[13] = 8, 6
	b := append([]byte("\x89PNG\r\n\x1a\n\x00\x00\x00\x0d"), chunk...)
	return binary.BigEndian.AppendUint32(b, crc32.ChecksumIEEE(chunk))
}

func TestPicture_Refused(t *testing.T) {
	t.Parallel()
	r := newRoom(t)
	photo, drawing := jpegOf(image.NewGray(image.Rect(0, 0, 64, 64))), shot(64, 64, glass)
	for _, c := range []struct {
		name    string
		content []byte
		key     string
	}{
		{"nothing", nil, "files.empty"},
		{"a word", []byte("x"), "files.unknown"},
		{"a page", []byte("<!doctype html><script>alert(1)</script>"), "files.unknown"},
		{"a drawing", []byte("\ufeff \n<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>"), "files.svg"},
		{"a drawing as XML", []byte("<?xml version='1.0'?><svg/>"), "files.svg"},
		{"HEIC", []byte("\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic"), "files.heic"},
		{"HEIC of another brand", []byte("\x00\x00\x00\x18ftypmif1\x00\x00\x00\x00mif1heic"), "files.heic"},
		{"AVIF", []byte("\x00\x00\x00\x18ftypavif"), "files.avif"},
		{"a video", []byte("\x00\x00\x00\x18ftypisom"), "files.video"},
		{"a PDF", []byte("%PDF-1.7"), "files.pdf"},
		{"a BMP", []byte("BM\x00\x00"), "files.unknown"},
		{"a program", []byte("\x7fELF"), "files.unknown"},
		{"too many bytes", append(bytes.Clone(photo), make([]byte, 12<<20)...), "files.too_big"},
		{"20,000 × 20,000", pngHead(20_000, 20_000), "files.too_many_pixels"},
		{"30,001 × 1", pngHead(30_001, 1), "files.too_many_pixels"},
		{"2³¹ wide", pngHead(1<<31, 1), "files.broken"},
		{"nothing wide", pngHead(0, 5), "files.broken"},
		{"only a head", pngHead(10, 10), "files.broken"},
		{"a JPEG cut off", photo[:len(photo)/2], "files.broken"},
		{"three bytes of a JPEG", photo[:3], "files.broken"},
		{"a PNG cut off", drawing[:len(drawing)-20], "files.broken"},
		{"a GIF cut off", []byte("GIF89a\xff\x00\xff\x00\x00\x00\x00"), "files.broken"},
		{"a WebP that moves", []byte("RIFF\x1e\x00\x00\x00WEBPVP8X\x0a\x00\x00\x00\x02\x00\x00\x00\x07\x00\x00\x07\x00\x00ANIM\x06\x00\x00\x00"), "files.webp"},
		{"a WebP cut off", others(t, "video-001.lossy.webp")[:2000], "files.webp"},
	} {
		name, err := r.Picture(t.Context(), "", bytes.NewReader(c.content))
		var f *fault.Fault
		if !errors.As(err, &f) || f.Kind != fault.Invalid || f.Msg.Key != c.key || name != "" {
			t.Errorf("%s: got %q, %v; want %s", c.name, name, err, c.key)
		}
	}
	if left := r.onDisk(); len(left) != 0 {
		t.Errorf("left on the disk: %v", left)
	}
	broken := errors.New("the line broke")
	if _, err := r.Picture(t.Context(), "", io.MultiReader(bytes.NewReader(photo), iotest.ErrReader(broken))); !errors.Is(err, broken) {
		t.Errorf("a line that broke: %v", err)
	}
}

// A few kilobytes that unfold to 1.6 GB must not be unfolded.
func TestPicture_Bomb(t *testing.T) {
	r := newRoom(t)
	bomb := append(pngHead(20_000, 20_000), bytes.Repeat([]byte{0}, 1<<20)...)
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	const bombs = 50
	for range bombs {
		if _, err := r.Picture(t.Context(), "", bytes.NewReader(bomb)); !fault.Is(err, fault.Invalid) {
			t.Fatal(err)
		}
	}
	runtime.ReadMemStats(&after)
	if each := (after.TotalAlloc - before.TotalAlloc) / bombs; each > 32<<20 {
		t.Errorf("a bomb took %d MB", each>>20)
	}
}

func TestPicture_ManyKinds(t *testing.T) {
	t.Parallel()
	r := newRoom(t)
	var sixteen, moving bytes.Buffer
	deep := image.NewNRGBA64(image.Rect(0, 0, 40, 30))
	for i := range 40 * 30 {
		deep.Set(i%40, i/40, color.NRGBA64{0xc800, 0x6400, 0x3200, 0xffff})
	}
	if err := png.Encode(&sixteen, deep); err != nil {
		t.Fatal(err)
	}
	first, second := image.NewPaletted(image.Rect(0, 0, 40, 30), palette.Plan9), image.NewPaletted(image.Rect(0, 0, 40, 30), palette.Plan9)
	for i := range first.Pix {
		first.Pix[i] = uint8(first.Palette.Index(color.NRGBA{0xff, 0, 0, 0xff}))
	}
	if err := gif.EncodeAll(&moving, &gif.GIF{Image: []*image.Paletted{first, second}, Delay: []int{5, 5}}); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name    string
		content []byte
		shape   string
		at      color.Color // its middle; nil: not looked at
	}{
		{"16 bits", sixteen.Bytes(), "_40x30.jpg", opaque},
		{"moving GIF", moving.Bytes(), "_40x30.jpg", color.NRGBA{0xff, 0, 0, 0xff}},
		{"CMYK", others(t, "video-001.cmyk.jpeg"), "_150x103.jpg", nil},
		{"RGB", others(t, "video-001.rgb.jpeg"), "_150x103.jpg", nil},
		{"gray", others(t, "video-005.gray.jpeg"), "_150x103.jpg", nil},
		{"progressive", others(t, "video-001.progressive.jpeg"), "_150x103.jpg", nil},
		{"interlaced GIF", others(t, "video-001.interlaced.gif"), "_150x103.jpg", nil},
		{"WebP", others(t, "video-001.lossy.webp"), "_150x103.jpg", nil},
		{"WebP with glass", others(t, "gopher-doc.with-alpha.lossless.webp"), "_512x512.png", nil},
	} {
		name, err := r.Picture(t.Context(), "", bytes.NewReader(c.content))
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		p, _ := picture.Parse(name)
		if got := name[picture.IDLen:]; got != c.shape && c.name != "WebP with glass" || p.Ext != c.shape[len(c.shape)-3:] {
			t.Errorf("%s: %s, want …%s", c.name, name, c.shape)
		}
		img := r.read(name)
		if c.at == nil {
			continue
		}
		got, want := color.NRGBAModel.Convert(img.At(20, 15)).(color.NRGBA), c.at.(color.NRGBA)
		if far(got.R, want.R) || far(got.G, want.G) || far(got.B, want.B) {
			t.Errorf("%s: %v, want %v", c.name, got, want)
		}
	}
	// CMYK means paint, not light, and the other way round in half of the files.
	paint, light := r.read(r.picture(others(t, "video-001.cmyk.jpeg"))), r.read(r.picture(others(t, "video-001.cmyk.png")))
	for _, at := range []image.Point{{20, 20}, {75, 50}, {130, 90}} {
		a, b := color.GrayModel.Convert(paint.At(at.X, at.Y)).(color.Gray), color.GrayModel.Convert(light.At(at.X, at.Y)).(color.Gray)
		if d := int(a.Y) - int(b.Y); d > 40 || d < -40 {
			t.Errorf("CMYK at %v: %v, want about %v", at, a, b)
		}
	}
}

func (r *room) read(file string) image.Image {
	r.t.Helper()
	f, err := r.Open(file)
	if err != nil {
		r.t.Fatal(err)
	}
	defer f.Close()
	img, _, err := image.Decode(f)
	if err != nil {
		r.t.Fatal(file, err)
	}
	return img
}

// withExif puts an orientation and a place into a JPEG, as cameras do.
func withExif(b []byte, order binary.AppendByteOrder, held uint16) []byte {
	name := map[binary.AppendByteOrder]string{binary.BigEndian: "MM", binary.LittleEndian: "II"}[order]
	tiff := append([]byte(name), order.AppendUint16(nil, 42)...)
	tiff = order.AppendUint32(tiff, 8)
	tiff = order.AppendUint16(tiff, 2)
	for _, tag := range [][2]uint16{{0x010f, 7}, {0x0112, held}} {
		tiff = order.AppendUint16(tiff, tag[0])
		tiff = order.AppendUint16(tiff, 3)
		tiff = order.AppendUint32(tiff, 1)
		tiff = order.AppendUint16(order.AppendUint16(tiff, tag[1]), 0)
	}
	content := append([]byte("Exif\x00\x00"), append(tiff, "GPS 34.0837 N 74.7973 E"...)...)
	out := append(bytes.Clone(b[:2]), 0xff, 0xe0, 0, 4, 'J', 'F', 0xff, 0xe1)
	out = binary.BigEndian.AppendUint16(out, uint16(len(content)+2))
	return append(append(out, content...), b[2:]...)
}

// Corners of a picture are red, green, blue and white from its top left on, clockwise, whichever way it was taken.
func TestPicture_Upright(t *testing.T) {
	t.Parallel()
	r := newRoom(t)
	corners := [4]color.NRGBA{{255, 0, 0, 255}, {0, 255, 0, 255}, {0, 0, 255, 255}, {255, 255, 255, 255}}
	// where the four corners of the scene lie in the file, by orientation (TIFF 6.0, page 36)
	lies := [9][4]int{1: {0, 1, 2, 3}, 2: {1, 0, 3, 2}, 3: {2, 3, 0, 1}, 4: {3, 2, 1, 0}, 5: {0, 3, 2, 1}, 6: {3, 0, 1, 2}, 7: {2, 1, 0, 3}, 8: {1, 2, 3, 0}}
	for held := 1; held <= 8; held++ {
		w, h := 64, 32
		if held > 4 {
			w, h = 32, 64
		}
		img := image.NewNRGBA(image.Rect(0, 0, w, h))
		for y := range h {
			for x := range w {
				corner := 0
				switch right, low := x >= w/2, y >= h/2; {
				case right && low:
					corner = 2
				case right:
					corner = 1
				case low:
					corner = 3
				}
				for scene, place := range lies[held] {
					if place == corner {
						img.Set(x, y, corners[scene])
					}
				}
			}
		}
		for _, order := range []binary.AppendByteOrder{binary.BigEndian, binary.LittleEndian} {
			name := r.picture(withExif(jpegOf(img), order, uint16(held)))
			if !strings.HasSuffix(name, "_64x32.jpg") {
				t.Errorf("held %d: %s", held, name)
				continue
			}
			got := r.read(name)
			for i, at := range []image.Point{{12, 8}, {52, 8}, {52, 24}, {12, 24}} {
				c := color.NRGBAModel.Convert(got.At(at.X, at.Y)).(color.NRGBA)
				if want := corners[i]; far2(c.R, want.R) || far2(c.G, want.G) || far2(c.B, want.B) {
					t.Errorf("held %d, corner %d: %v, want %v", held, i, c, want)
				}
			}
		}
	}
	for _, held := range []uint16{0, 9, 65535} {
		if name := r.picture(withExif(jpegOf(image.NewGray(image.Rect(0, 0, 64, 32))), binary.BigEndian, held)); !strings.HasSuffix(name, "_64x32.jpg") {
			t.Errorf("held %d: %s", held, name)
		}
	}
}

func far2(a, b uint8) bool { return int(a)-int(b) > 40 || int(b)-int(a) > 40 }

// What isn't the picture doesn't stay: places, programs that hide behind it, thumbnails.
func TestPicture_NothingElseStays(t *testing.T) {
	t.Parallel()
	r := newRoom(t)
	photo := withExif(jpegOf(image.NewGray(image.Rect(0, 0, 400, 300))), binary.BigEndian, 1)
	for what, content := range map[string][]byte{
		"script":  append(bytes.Clone(photo), "<script>alert(1)</script><?php system('id');"...),
		"archive": append(bytes.Clone(photo), "PK\x03\x04 an archive PK\x05\x06"...),
		"drawing": append(shot(40, 40, glass), "<svg onload=alert(1)>"...),
		"GIFAR":   append([]byte("GIF89a\x01\x00\x01\x00\x80\x00\x00\xff\xff\xff\x00\x00\x00,\x00\x00\x00\x00\x01\x00\x01\x00\x00\x02\x02D\x01\x00;"), "PK\x03\x04 alert"...),
	} {
		p, _ := picture.Parse(r.picture(content))
		for _, file := range p.Files() {
			b, err := os.ReadFile(filepath.Join(r.dir, file))
			if err != nil {
				t.Fatal(err)
			}
			for _, trace := range []string{"GPS", "Exif", "script", "alert", "php", "PK\x03\x04"} {
				if bytes.Contains(b, []byte(trace)) {
					t.Errorf("%s: %s has %q in it", what, file, trace)
				}
			}
			if info, err := os.Stat(filepath.Join(r.dir, file)); err != nil || info.Mode().Perm() != 0o600 {
				t.Errorf("%s: %v, %v", file, info.Mode(), err)
			}
		}
	}
}

func TestPicture_ManyAtOnce(t *testing.T) {
	t.Parallel()
	r := newRoom(t)
	content := shot(500, 300, opaque)
	var wg sync.WaitGroup
	names := make([]string, 8)
	for i := range names {
		wg.Go(func() {
			name, err := r.Picture(t.Context(), "chitra", bytes.NewReader(content))
			if err != nil {
				t.Error(err)
			}
			names[i] = name
		})
	}
	wg.Wait()
	seen := map[string]bool{}
	for _, name := range names {
		if seen[name] || !r.has(name) {
			t.Errorf("%s: twice %v", name, seen[name])
		}
		seen[name] = true
	}
	if left := r.onDisk(); len(left) != 16 {
		t.Errorf("on the disk: %v", left)
	}
}

func TestPicture_NoRoom(t *testing.T) {
	t.Parallel()
	r := newRoom(t)
	if err := os.WriteFile(r.dir, nil, 0o600); err != nil { // where the folder should be
		t.Fatal(err)
	}
	_, err := r.Picture(t.Context(), "", bytes.NewReader(shot(10, 10, opaque)))
	var f *fault.Fault
	if !errors.As(err, &f) || f.Msg.Key != "files.not_stored" {
		t.Errorf("got %v", err)
	}
	var n int
	if err := r.db.Read().QueryRowContext(t.Context(), `SELECT count(*) FROM files`).Scan(&n); err != nil || n != 0 {
		t.Errorf("%d rows, %v", n, err)
	}
	if err := r.Sweep(t.Context()); err == nil {
		t.Error("the sweep found nothing wrong")
	}
}

func Example_names() {
	p, ok := picture.Parse("aaaaaaaaaaaaaaaaaaaaaaaaaa_1000x500.jpg")
	fmt.Println(ok, p.Files())
	fmt.Println(picture.URL("aaaaaaaaaaaaaaaaaaaaaaaaaa_1000x500.jpg", 600))
	// Output:
	// true [aaaaaaaaaaaaaaaaaaaaaaaaaa_1000x500.jpg aaaaaaaaaaaaaaaaaaaaaaaaaa_1000x500-320.jpg aaaaaaaaaaaaaaaaaaaaaaaaaa_1000x500-640.jpg aaaaaaaaaaaaaaaaaaaaaaaaaa_1000x500-960.jpg]
	// /files/aaaaaaaaaaaaaaaaaaaaaaaaaa_1000x500-640.jpg
}
