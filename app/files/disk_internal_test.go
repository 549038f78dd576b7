package files

import (
	"bytes"
	"image"
	"io"
	"os"
	"syscall"
	"testing"
)

// A disk that fills up while the third file is written leaves nothing of the first two.
func TestWrite_DiskFull(t *testing.T) {
	s := New(Options{Dir: t.TempDir()})
	fine := func(w io.Writer) error { _, err := w.Write(make([]byte, 100<<10)); return err }
	full := func(w io.Writer) error { w.Write([]byte("half")); return syscall.ENOSPC }
	if _, err := s.write([]rendering{{"a.jpg", fine}, {"b.jpg", fine}, {"c.jpg", full}}); err == nil {
		t.Error("no error")
	}
	if left, _ := os.ReadDir(s.Dir); len(left) != 0 {
		t.Errorf("left: %v", left)
	}
}

// FuzzDecode looks for uploads that make a decoder panic, hang or take what its size doesn't warrant.
func FuzzDecode(f *testing.F) {
	for _, img := range []image.Image{image.NewGray(image.Rect(0, 0, 9, 5)), image.NewNRGBA(image.Rect(0, 0, 5, 9))} {
		for _, ext := range []string{"jpg", "png"} {
			var b bytes.Buffer
			if err := encode(&b, img, ext); err != nil {
				f.Fatal(err)
			}
			f.Add(b.Bytes())
		}
	}
	f.Add([]byte("GIF89a\x01\x00\x01\x00\x80\x00\x00\xff\xff\xff\x00\x00\x00,\x00\x00\x00\x00\x01\x00\x01\x00\x00\x02\x02D\x01\x00;"))
	f.Add([]byte("RIFF\x24\x00\x00\x00WEBPVP8L\x18\x00\x00\x00\x2f\x00\x00\x00\x00"))
	f.Add([]byte("\xff\xd8\xff\xe1\x00\x16Exif\x00\x00II*\x00\x08\x00\x00\x00\x01\x00\x12\x01"))
	f.Add([]byte("\xff\xd8\xff\xe1\xff\xffExif\x00\x00MM\x00*\xff\xff\xff\xff"))
	f.Fuzz(func(t *testing.T, b []byte) {
		if len(b) > 1<<16 {
			return
		}
		img, err := decode(b)
		if err == nil && (img.Rect.Dx() < 1 || img.Rect.Dy() < 1 || img.Rect.Dx() > maxWidth || img.Rect.Dy() > maxHeight) {
			t.Errorf("a picture of %v", img.Rect)
		}
	})
}
