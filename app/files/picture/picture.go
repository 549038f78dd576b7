// Package picture knows the names of uploaded pictures and nothing else, so that pages can show one without asking a
// store. "ID_1600x900.jpg" is a picture of that size; its smaller widths stand beside it as "ID_1600x900-640.jpg". "" is
// no picture.
package picture

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// Prefix is the path below which pictures are served.
const Prefix = "/files/"

// Widths are those in which a picture is kept, as far as it is that wide itself.
var Widths = []int{320, 640, 960, 1280, 1600}

// IconSizes are those of a square icon: for tabs, for iOS, and for Android's two.
var IconSizes = []int{32, 180, 192, 512}

// IDLen is the length of an id, of the letters a–z and digits 2–7.
const IDLen = 26

// Picture is what a name says.
type Picture struct {
	ID            string // "icon-" before it for an icon
	Width, Height int
	Ext           string // "jpg" or "png"
}

var shape = regexp.MustCompile(`^((?:icon-)?[a-z2-7]{26})_([1-9][0-9]{0,4})x([1-9][0-9]{0,4})\.(jpg|png)$`)

// Parse reads a name; false for what is none.
func Parse(name string) (Picture, bool) {
	m := shape.FindStringSubmatch(name)
	if m == nil {
		return Picture{}, false
	}
	w, _ := strconv.Atoi(m[2])
	h, _ := strconv.Atoi(m[3])
	return Picture{ID: m[1], Width: w, Height: h, Ext: m[4]}, true
}

// ParseFile reads the name of one of a picture's files, and gives the picture's own name.
func ParseFile(file string) (name string, ok bool) {
	stem, ext, _ := strings.Cut(file, ".")
	whole, width, smaller := cutLast(stem, "-")
	if !smaller || strings.HasSuffix(whole, "icon") { // the dash of an icon's id
		whole, width = stem, ""
	}
	name = whole + "." + ext
	p, ok := Parse(name)
	if ok && width != "" {
		w, err := strconv.Atoi(width)
		ok = err == nil && width == strconv.Itoa(w) && slices.Contains(p.Smaller(), w)
	}
	return name, ok
}

// Name is the picture's name.
func (p Picture) Name() string {
	return p.ID + "_" + strconv.Itoa(p.Width) + "x" + strconv.Itoa(p.Height) + "." + p.Ext
}

// Icon tells whether it is a square icon.
func (p Picture) Icon() bool { return strings.HasPrefix(p.ID, "icon-") }

// Smaller are the widths that stand beside the picture's own, smallest first.
func (p Picture) Smaller() []int {
	all := Widths
	if p.Icon() {
		all = IconSizes
	}
	i, _ := slices.BinarySearch(all, p.Width)
	return slices.Clip(all[:i])
}

// File is the name of the file with that width; the picture's own when no smaller one has it.
func (p Picture) File(width int) string {
	if !slices.Contains(p.Smaller(), width) {
		return p.Name()
	}
	stem, ext, _ := strings.Cut(p.Name(), ".")
	return stem + "-" + strconv.Itoa(width) + "." + ext
}

// Files are the names of all its files.
func (p Picture) Files() []string {
	files := []string{p.Name()}
	for _, w := range p.Smaller() {
		files = append(files, p.File(w))
	}
	return files
}

// URL is the address of the file that is at least that wide, as far as there is one; empty for what is no picture. It
// is what pages for machines want: a preview's, a manifest's, a feed's.
func URL(name string, width int) string {
	p, ok := Parse(name)
	if !ok {
		return ""
	}
	for _, w := range p.Smaller() {
		if w >= width {
			return Prefix + p.File(w)
		}
	}
	return Prefix + name
}

// Srcset lists the files with their widths, as the attribute wants them; empty where there is but one.
func Srcset(name string) string {
	p, ok := Parse(name)
	if !ok || len(p.Smaller()) == 0 {
		return ""
	}
	var all []string
	for _, w := range append(p.Smaller(), p.Width) {
		all = append(all, Prefix+p.File(w)+" "+strconv.Itoa(w)+"w")
	}
	return strings.Join(all, ", ")
}

func cutLast(s, sep string) (before, after string, found bool) {
	i := strings.LastIndex(s, sep)
	if i < 0 {
		return s, "", false
	}
	return s[:i], s[i+len(sep):], true
}
