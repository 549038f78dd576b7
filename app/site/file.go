package site

import (
	"net/http"
	"path"
	"time"

	"lectern/app/fault"
)

var pictureTypes = map[string]string{".jpg": "image/jpeg", ".png": "image/png"}

// File serves one file of an uploaded picture, without a look at sessions: who has its address may see it. A name is
// never used twice, so browsers keep it for ever. Should one be opened by itself, it is still nothing but a picture.
func (p *Pages) File(w http.ResponseWriter, r *http.Request) {
	file, h := r.PathValue("file"), w.Header()
	f, err := p.Files.Open(file)
	if err != nil {
		status := http.StatusInternalServerError
		if fault.Is(err, fault.NotFound) {
			status = http.StatusNotFound
		}
		h.Set("Cache-Control", "no-cache")
		http.Error(w, http.StatusText(status), status)
		return
	}
	defer f.Close()
	h.Set("Content-Security-Policy", "default-src 'none'; sandbox")
	h.Set("Content-Type", pictureTypes[path.Ext(file)])
	h.Set("Content-Disposition", `inline; filename="`+file+`"`) // a name that parses has nothing to escape
	h.Set("Cache-Control", "public, max-age=31536000, immutable")
	h.Set("ETag", `"`+file+`"`)
	http.ServeContent(w, r, "", time.Time{}, f)
}
