package files_test

import (
	"bytes"
	"context"
	"database/sql"
	"image"
	"image/color"
	"image/png"
	"log/slog"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"lectern/app/db"
	"lectern/app/dbtest"
	"lectern/app/fault"
	"lectern/app/files"
	"lectern/app/files/picture"
)

// room is a Service with its own database, folder and clock.
type room struct {
	*files.Service
	db  *db.DB
	dir string
	now time.Time
	t   *testing.T
}

func newRoom(t *testing.T) *room {
	r := &room{db: dbtest.New(t), dir: t.TempDir() + "/uploads", now: time.Now().Truncate(time.Millisecond), t: t}
	r.Service = files.New(files.Options{DB: r.db, Dir: r.dir, Now: func() time.Time { return r.now }, Log: slog.New(slog.DiscardHandler)})
	return r
}

func (r *room) picture(b []byte) string {
	r.t.Helper()
	name, err := r.Picture(r.t.Context(), "chitra", bytes.NewReader(b))
	if err != nil {
		r.t.Fatal(err)
	}
	return name
}

func (r *room) use(use, name string) error {
	return r.db.InTx(r.t.Context(), func(tx *sql.Tx) error { return files.Use(r.t.Context(), tx, r.now, use, name) })
}

func (r *room) mustUse(use, name string) {
	r.t.Helper()
	if err := r.use(use, name); err != nil {
		r.t.Fatal(err)
	}
}

// sweep moves the clock and sweeps.
func (r *room) sweep(after time.Duration) {
	r.t.Helper()
	r.now = r.now.Add(after)
	if err := r.Sweep(r.t.Context()); err != nil {
		r.t.Fatal(err)
	}
}

func (r *room) has(name string) bool {
	f, err := r.Open(name)
	if err != nil {
		return false
	}
	f.Close()
	return true
}

func (r *room) onDisk() []string {
	entries, _ := os.ReadDir(r.dir)
	var names []string
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return names
}

func shot(w, h int, c color.Color) []byte {
	img := image.NewNRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			img.Set(x, y, c)
		}
	}
	var b bytes.Buffer
	if err := png.Encode(&b, img); err != nil {
		panic(err)
	}
	return b.Bytes()
}

var (
	opaque = color.NRGBA{200, 100, 50, 255}
	glass  = color.NRGBA{200, 100, 50, 120}
)

func TestPicture_LadderOfWidths(t *testing.T) {
	t.Parallel()
	r := newRoom(t)
	for _, c := range []struct {
		w, h   int
		c      color.Color
		shape  string
		widths []int
	}{
		{1, 1, opaque, "_1x1.jpg", nil},
		{320, 200, opaque, "_320x200.jpg", nil},
		{700, 400, opaque, "_700x400.jpg", []int{320, 640}},
		{700, 400, glass, "_700x400.png", []int{320, 640}},
		{2000, 1000, opaque, "_1600x800.jpg", []int{320, 640, 960, 1280}},
		{500, 5000, opaque, "_240x2400.jpg", nil},
	} {
		name := r.picture(shot(c.w, c.h, c.c))
		if !strings.HasSuffix(name, c.shape) {
			t.Errorf("%d×%d: %s, want …%s", c.w, c.h, name, c.shape)
		}
		p, _ := picture.Parse(name)
		if got := p.Smaller(); len(got) != len(c.widths) {
			t.Errorf("%s: widths %v, want %v", name, got, c.widths)
		}
		for _, file := range p.Files() {
			f, err := r.Open(file)
			if err != nil {
				t.Fatal(err)
			}
			img, _, err := image.Decode(f)
			f.Close()
			if err != nil {
				t.Fatalf("%s: %v", file, err)
			}
			got := color.NRGBAModel.Convert(img.At(img.Bounds().Dx()/2, img.Bounds().Dy()/2)).(color.NRGBA)
			want := c.c.(color.NRGBA)
			if far(got.R, want.R) || far(got.G, want.G) || far(got.B, want.B) || far(got.A, want.A) {
				t.Errorf("%s: colour %v, want %v", file, got, want)
			}
		}
	}
	if n, err := db.Value[int](t.Context(), r.db.Read(), `SELECT count(*) FROM files WHERE bytes > 0 AND created_by = 'chitra'`); err != nil || n != 6 {
		t.Errorf("%d rows, %v", n, err)
	}
}

func far(a, b uint8) bool { return int(a)-int(b) > 4 || int(b)-int(a) > 4 }

func TestUse_KeepsReleasesAndUndoes(t *testing.T) {
	t.Parallel()
	r := newRoom(t)
	unused, first, second := r.picture(shot(10, 10, opaque)), r.picture(shot(10, 10, opaque)), r.picture(shot(400, 10, glass))
	r.mustUse("course:a", first)
	r.mustUse("course:b", first) // duplicated
	r.mustUse("course:a", second)
	r.sweep(25 * time.Hour)
	if r.has(unused) || !r.has(first) || !r.has(second) {
		t.Fatal("after a day only what was never used goes")
	}
	r.sweep(40 * 24 * time.Hour)
	if !r.has(first) {
		t.Fatal("another course still used it")
	}
	r.mustUse("course:b", "")
	r.sweep(29 * 24 * time.Hour)
	r.mustUse("course:b", first) // undone
	r.sweep(60 * 24 * time.Hour)
	if !r.has(first) {
		t.Fatal("undone within the month, and gone")
	}
	r.mustUse("course:a", "")
	r.mustUse("course:b", "")
	r.sweep(31 * 24 * time.Hour)
	if got := r.onDisk(); len(got) != 0 {
		t.Errorf("left on the disk: %v", got)
	}
	if err := r.use("course:a", first); !fault.Is(err, fault.Invalid) {
		t.Errorf("using what is gone: %v", err)
	}
}

func TestUse_ManyAtOnce(t *testing.T) {
	t.Parallel()
	r := newRoom(t)
	names := []string{r.picture(shot(10, 10, opaque)), r.picture(shot(10, 10, opaque)), ""}
	var wg sync.WaitGroup
	for i := range 24 {
		wg.Go(func() {
			use := []string{"course:a", "course:b"}[i%2]
			if err := r.use(use, names[i/2%3]); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	r.mustUse("course:a", names[0])
	r.mustUse("course:b", names[0])
	r.sweep(40 * 24 * time.Hour)
	if !r.has(names[0]) || r.has(names[1]) {
		t.Errorf("used %v, not used %v", r.has(names[0]), r.has(names[1]))
	}
}

func TestIcons(t *testing.T) {
	t.Parallel()
	r := newRoom(t)
	name, err := r.Icons(t.Context(), "chitra", r.picture(shot(300, 100, opaque)))
	if err != nil {
		t.Fatal(err)
	}
	for _, size := range picture.IconSizes {
		f, err := r.Open(strings.TrimPrefix(picture.URL(name, size), picture.Prefix))
		if err != nil {
			t.Fatal(size, err)
		}
		img, err := png.Decode(f)
		f.Close()
		if err != nil || img.Bounds().Dx() != size || img.Bounds().Dy() != size {
			t.Fatalf("%d: %v, %v", size, img.Bounds(), err)
		}
		if _, _, _, a := img.At(size/2, 0).RGBA(); a != 0 {
			t.Errorf("%d: the room above a wide logo isn't empty", size)
		}
		if _, _, _, a := img.At(size/2, size/2).RGBA(); a>>8 < 250 {
			t.Errorf("%d: the middle is empty", size)
		}
	}
	if _, err := r.Icons(context.Background(), "", "../../secret"); !fault.Is(err, fault.NotFound) {
		t.Errorf("got %v", err)
	}
}
