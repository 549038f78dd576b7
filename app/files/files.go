// Package files keeps the pictures that people upload, in DATA_DIR/uploads, never beside the program. There is one way in:
//
//	name, err := s.Picture(ctx, by, r)       // decoded, turned upright, stripped, scaled, written; "" stands for no picture
//	err = files.Use(ctx, tx, now, "course:"+id, name) // in the transaction that stores the name; the one before is let go
//
// Handlers get name from a form with web.PictureField, whose field views.PictureField draws; the route takes web.Pictures
// bytes (see app/routes.go). Pages show name with views.Picture, machines get its address from picture.URL. Who duplicates
// something calls Use for the copy too: a picture may serve several.
//
// A picture that nothing uses is kept for a while, a day after it came and a month after it was let go, so that forms can
// be corrected and slips undone; then Sweep deletes it.
package files

import (
	"context"
	"crypto/rand"
	"database/sql"
	"encoding/base32"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"runtime/debug"
	"slices"
	"strings"
	"time"

	"lectern/app/db"
	"lectern/app/fault"
	"lectern/app/files/picture"
)

// Limits that are checked before a picture is decoded.
const (
	MaxBytes     = 12 << 20
	maxDimension = 30_000
)

// How long what nothing uses is kept.
const (
	unusedFor   = 24 * time.Hour
	releasedFor = 30 * 24 * time.Hour
)

// Options is what the room needs.
type Options struct {
	DB  *db.DB
	Dir string // made when the first picture comes
	Now func() time.Time
	Log *slog.Logger // nil: slog.Default
}

// Service keeps pictures. Safe for concurrent use.
type Service struct {
	Options
	turn chan struct{} // held by who decodes: one picture at a time, or a few would fill a small server's memory
}

// New returns a Service.
func New(o Options) *Service {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Log == nil {
		o.Log = slog.Default()
	}
	return &Service{Options: o, turn: make(chan struct{}, 1)}
}

// Picture takes the picture in r from the person by (empty: the program itself) and returns its name. It is kept for a
// day, by then something should Use it. Invalid, with what to do, for what is no picture that we can show.
func (s *Service) Picture(ctx context.Context, by string, r io.Reader) (name string, err error) {
	if err := s.wait(ctx); err != nil {
		return "", err
	}
	defer func() { <-s.turn }()
	b, err := io.ReadAll(io.LimitReader(r, MaxBytes+1))
	if err != nil {
		return "", err
	}
	if len(b) > MaxBytes {
		return "", invalid("files.too_big", "mb", MaxBytes>>20)
	}
	img, err := decode(b)
	defer debug.FreeOSMemory() // the hundreds of megabytes that a large one took, which the collector would keep in reserve
	if err != nil {
		return "", err
	}
	debug.FreeOSMemory()
	p := picture.Picture{ID: newID(), Width: img.Rect.Dx(), Height: img.Rect.Dy(), Ext: "jpg"}
	if !img.Opaque() {
		p.Ext = "png"
	}
	return s.keep(ctx, by, p, renderings(img, p))
}

// Icons makes square icons of all picture.IconSizes out of the picture with that name, a logo, and returns their name:
// picture.URL(name, 180) is the one for iOS. NotFound for a picture that isn't there.
func (s *Service) Icons(ctx context.Context, by, logo string) (name string, err error) {
	if err := s.wait(ctx); err != nil {
		return "", err
	}
	defer func() { <-s.turn }()
	f, err := s.Open(logo)
	if err != nil {
		return "", err
	}
	defer f.Close()
	b, err := io.ReadAll(f)
	if err != nil {
		return "", err
	}
	img, err := decode(b)
	if err != nil {
		return "", err
	}
	size := picture.IconSizes[len(picture.IconSizes)-1]
	p := picture.Picture{ID: "icon-" + newID(), Width: size, Height: size, Ext: "png"}
	return s.keep(ctx, by, p, icons(img, p))
}

func (s *Service) wait(ctx context.Context) error {
	select {
	case s.turn <- struct{}{}:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// keep stores the renderings of a picture: files first, then the row, so that every row has its files.
func (s *Service) keep(ctx context.Context, by string, p picture.Picture, all []rendering) (string, error) {
	bytes, err := s.write(all)
	if err != nil {
		s.Log.Error("a picture could not be written", "dir", s.Dir, "err", err)
		return "", invalid("files.not_stored")
	}
	now := s.Now()
	err = s.DB.InTx(ctx, func(tx *sql.Tx) error { return insert(ctx, tx, p.Name(), bytes, by, now, now.Add(unusedFor)) })
	if err != nil {
		s.remove(p)
		return "", err
	}
	return p.Name(), nil
}

// Mine tells whether a picture is there that this person brought, so that a form may name it.
func (s *Service) Mine(ctx context.Context, by, name string) (bool, error) {
	return broughtBy(ctx, s.DB.Read(), by, name)
}

// Open opens one of the files of a picture for serving. NotFound for all else.
func (s *Service) Open(file string) (*os.File, error) {
	if _, ok := picture.ParseFile(file); !ok {
		return nil, fault.New(fault.NotFound, "fault.not_found")
	}
	f, err := os.Open(filepath.Join(s.Dir, file)) // #nosec G304 -- a name that parses leads nowhere else
	if os.IsNotExist(err) {
		return nil, fault.New(fault.NotFound, "fault.not_found")
	}
	return f, err
}

// Use makes name the picture of a use ("course:ID", "setting:logo", …) and lets go of the one before; "" is Release.
// Invalid when the picture is gone meanwhile.
func Use(ctx context.Context, tx *sql.Tx, now time.Time, use, name string) error {
	old, err := lockUse(ctx, tx, use, name)
	if err != nil {
		return err
	}
	if old == "" {
		if name == "" {
			return nil
		}
		return invalid("files.gone")
	}
	pictures := []string{old}
	if name != "" && name != old {
		pictures = append(pictures, name)
	}
	slices.Sort(pictures) // in one order for everybody, so that no two wait for each other
	for _, p := range pictures {
		if ok, err := hold(ctx, tx, p); err != nil {
			return err
		} else if !ok && p == name {
			return invalid("files.gone")
		}
	}
	if old == name {
		return nil
	}
	if err := setUse(ctx, tx, use, name); err != nil {
		return err
	}
	return letGo(ctx, tx, old, now.Add(releasedFor))
}

// Release lets go of the picture of a use; it is kept for a month.
func Release(ctx context.Context, tx *sql.Tx, now time.Time, use string) error {
	return Use(ctx, tx, now, use, "")
}

func invalid(key string, args ...any) error { return fault.New(fault.Invalid, key, args...) }

// newID makes an id that nobody guesses: 128 bits.
func newID() string {
	var b [16]byte
	rand.Read(b[:])
	return strings.ToLower(base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(b[:]))
}
