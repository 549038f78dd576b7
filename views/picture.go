package views

import (
	"strconv"

	"github.com/a-h/templ"

	"lectern/app/files/picture"
)

// MaxPictureMB is the most that an uploaded picture may have, for its field's hint and for the check where scripts run.
const MaxPictureMB = 12

// pictureAccept are the types that a file dialog offers.
const pictureAccept = "image/jpeg,image/png,image/webp,image/gif"

// pictureScript stands once on a page, however many fields there are.
var pictureScript = templ.NewOnceHandle()

// kept is the name of the hidden field that holds a picture which came with an earlier try of the form.
func kept(in Input) string { return in.Name + "_kept" }

// shownPicture is the picture that a field shows: the one of an earlier try, else the current one.
func shownPicture(f *Form, in Input, current string) string { return f.Value(kept(in), current) }

func pictureHint(in Input, limits string) string {
	if in.Hint == "" {
		return limits
	}
	return in.Hint + " " + limits
}

// sized gives the width and height of a picture as attributes; empty for what is no picture.
func sized(name string) (width, height string) {
	p, ok := picture.Parse(name)
	if !ok {
		return "", ""
	}
	return strconv.Itoa(p.Width), strconv.Itoa(p.Height)
}

func pictureWidth(name string) string  { w, _ := sized(name); return w }
func pictureHeight(name string) string { _, h := sized(name); return h }
