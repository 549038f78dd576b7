package upi

import (
	"bytes"
	"image/color"
	"image/png"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"rsc.io/qr"
)

var qrTexts = map[string]string{
	"Personal": Link{Payee: "school@examplebank", Name: "Example School", Amount: 49900, Note: "LN-7F3K-9QXZ"}.String(),
	"LongDevanagari": Link{Payee: strings.Repeat("school", 10) + "@examplebank", Name: "आशा राव का विद्यालय", Amount: 149900,
		Note: "LN-7F3K-9QXZ " + strings.Repeat("पाठ ", 15), Ref: "LN7F3K9QXZ01"}.String(),
	"Digits":      "0123456789",
	"TwoHundredB": "https://example.com/" + strings.Repeat("aZ9-", 45),
}

// want is what rsc.io/qr says of a module, counted from the corner of the quiet zone.
func want(c *qr.Code, x, y int) bool { return c.Black(x-4, y-4) }

func eachCode(t *testing.T, check func(t *testing.T, got Code, ref *qr.Code)) {
	for name, text := range qrTexts {
		t.Run(name, func(t *testing.T) {
			code, err := QR(text)
			if err != nil {
				t.Fatal(err)
			}
			ref, err := qr.Encode(text, qr.M)
			if err != nil {
				t.Fatal(err)
			}
			if code.Size() != ref.Size+8 {
				t.Fatalf("Size() = %d for %d modules", code.Size(), ref.Size)
			}
			check(t, code, ref)
		})
	}
}

var step = regexp.MustCompile(`m(-?\d+) (\d+)h(\d+)v1h-(\d+)z`)

func TestCode_PathDrawsTheModules(t *testing.T) {
	eachCode(t, func(t *testing.T, code Code, ref *qr.Code) {
		path, size := code.Path(), code.Size()
		if rest := step.ReplaceAllString(path, ""); rest != "" {
			t.Fatalf("path has more than rectangles: %q", rest)
		}
		drawn := make([]int, size*size)
		x, y := 0, 0
		for _, m := range step.FindAllStringSubmatch(path, -1) {
			dx, _ := strconv.Atoi(m[1])
			dy, _ := strconv.Atoi(m[2])
			width, _ := strconv.Atoi(m[3])
			if m[3] != m[4] {
				t.Fatalf("%q is not closed", m[0])
			}
			x, y = x+dx, y+dy // z returns to where the rectangle began
			for i := range width {
				drawn[y*size+x+i]++
			}
		}
		for i, n := range drawn {
			if dark := want(ref, i%size, i/size); dark && n != 1 || !dark && n != 0 {
				t.Fatalf("module %d,%d drawn %d times, dark is %v", i%size, i/size, n, dark)
			}
		}
	})
}

func TestCode_PNGHasTheModules(t *testing.T) {
	eachCode(t, func(t *testing.T, code Code, ref *qr.Code) {
		for _, scale := range []int{1, 3, 8} {
			data := code.PNG(scale)
			// IHDR: bit depth and colour type stand 24 bytes in; type 3 is a palette.
			if data[24] != 1 || data[25] != 3 {
				t.Errorf("bit depth %d, colour type %d", data[24], data[25])
			}
			img, err := png.Decode(bytes.NewReader(data))
			if err != nil {
				t.Fatal(err)
			}
			if side := img.Bounds().Dx(); side != code.Size()*scale || side != img.Bounds().Dy() {
				t.Fatalf("side is %d at scale %d", side, scale)
			}
			for y := range code.Size() * scale {
				for x := range code.Size() * scale {
					dark := color.GrayModel.Convert(img.At(x, y)).(color.Gray).Y == 0
					if dark != want(ref, x/scale, y/scale) {
						t.Fatalf("scale %d: pixel %d,%d is dark: %v", scale, x, y, dark)
					}
				}
			}
		}
	})
}

func TestCode_PNGWithoutScaleIsSmallest(t *testing.T) {
	code, err := QR("LN-7F3K-9QXZ")
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(code.PNG(0), code.PNG(1)) || !bytes.Equal(code.PNG(-3), code.PNG(1)) {
		t.Error("a scale under 1 is not 1")
	}
}

func TestCode_IsSmall(t *testing.T) {
	code, err := QR(qrTexts["Personal"])
	if err != nil {
		t.Fatal(err)
	}
	if n := len(code.Path()); n > 8<<10 {
		t.Errorf("path has %d bytes", n)
	}
	if n := len(code.PNG(8)); n > 4<<10 {
		t.Errorf("PNG has %d bytes", n)
	}
}

func TestQR_TooLongIsAnError(t *testing.T) {
	if _, err := QR(strings.Repeat("a", 3000)); err == nil {
		t.Error("3000 bytes were encoded")
	}
}

// A reader that is not ours has the last word.
func TestCode_IsReadByZbar(t *testing.T) {
	zbarimg, err := exec.LookPath("zbarimg")
	if err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatal("zbarimg (package zbar-tools) is missing")
		}
		t.Skip("zbarimg (package zbar-tools) is missing")
	}
	for name, text := range qrTexts {
		t.Run(name, func(t *testing.T) {
			code, err := QR(text)
			if err != nil {
				t.Fatal(err)
			}
			file := filepath.Join(t.TempDir(), "qr.png")
			if err := os.WriteFile(file, code.PNG(4), 0o600); err != nil {
				t.Fatal(err)
			}
			out, err := exec.Command(zbarimg, "--quiet", "--raw", "-Sdisable", "-Sqrcode.enable", file).Output()
			if err != nil {
				t.Fatal(err)
			}
			if got := strings.TrimSuffix(string(out), "\n"); got != text {
				t.Errorf("read %q, want %q", got, text)
			}
		})
	}
}
