package web

import (
	"errors"
	"io"
	"io/fs"
	"mime"
	"mime/multipart"
	"net/http"
	"net/url"
	"time"

	"lectern/app/fault"
)

// The bodies that Allow lets a route take, each with room for the form around its file. The proxy's limit is above them.
const (
	Pictures = MaxPicture + 1<<20
	Tables   = MaxTable + 1<<20
)

// The most that one file may have.
const (
	MaxPicture = 12 << 20
	MaxTable   = 8 << 20
)

// uploadLimit bounds a request with a file in it, which a slow phone takes long to send.
const uploadLimit = 3 * time.Minute

// fileMemory is how much of the files of one request is held in memory; more of them goes to the disk meanwhile.
const fileMemory = 1 << 20

// allowance is the body that a route may take.
type allowance int64

func (allowance) ServeHTTP(http.ResponseWriter, *http.Request) {}

// Allow lets a pattern of the mux take forms with files, up to so many bytes. Forms without files stay within maxBody.
func (k *Kit) Allow(pattern string, body int64) { k.allowed.Handle(pattern, allowance(body)) }

// bodyLimit is known before anything of the body is read.
func (k *Kit) bodyLimit(r *http.Request) int64 {
	if isMultipart(r) {
		h, _ := k.allowed.Handler(r)
		if a, ok := h.(allowance); ok {
			return int64(a)
		}
	}
	return maxBody
}

// timeLimit is for the work on a request, and so for every query in it.
func (k *Kit) timeLimit(r *http.Request) time.Duration {
	if k.bodyLimit(r) > maxBody {
		return uploadLimit
	}
	return requestLimit
}

func isMultipart(r *http.Request) bool {
	kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	return err == nil && kind == "multipart/form-data"
}

// readMultipart reads a form with files, if r has one; its text is then in r.PostForm like any other's. remove takes away
// what of it lies on the disk: the server doesn't, since it knows only the request that it made itself.
// Without files, which strangers could fill the disk with, only the text is kept.
func readMultipart(r *http.Request, files bool) (remove func(), err error) {
	remove = func() {
		if r.MultipartForm != nil {
			_ = r.MultipartForm.RemoveAll()
		}
	}
	if r.Method != http.MethodPost || !isMultipart(r) || r.MultipartForm != nil {
		return remove, nil
	}
	read := readText
	if files {
		read = func(r *http.Request) error { return r.ParseMultipartForm(fileMemory) } // #nosec G120 -- the body is bounded by limitBody
	}
	if err := read(r); err != nil {
		return remove, multipartFault(err)
	}
	text := 0
	for name, values := range r.MultipartForm.Value {
		for _, v := range values {
			text += len(name) + len(v)
		}
	}
	if text > maxBody {
		return remove, errTooBig
	}
	return remove, nil
}

// readText reads the text of a form with files, and throws the files away.
func readText(r *http.Request) error {
	if err := r.ParseForm(); err != nil {
		return err
	}
	parts, err := r.MultipartReader()
	if err != nil {
		return err
	}
	text, left := url.Values{}, int64(maxBody)
	for {
		part, err := parts.NextPart()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return err
		}
		if part.FileName() != "" {
			if _, err := io.Copy(io.Discard, part); err != nil {
				return err
			}
			continue
		}
		value, err := io.ReadAll(io.LimitReader(part, left+1))
		if left -= int64(len(value)); left < 0 {
			return errTooBig
		}
		if err != nil {
			return err
		}
		text.Add(part.FormName(), string(value))
		r.Form.Add(part.FormName(), string(value))
	}
	r.PostForm, r.MultipartForm = text, &multipart.Form{Value: text}
	return nil
}

var errCutOff = errors.New("the body ended too early")

func multipartFault(err error) error {
	switch {
	case asFault(err) != nil:
		return asFault(err)
	case errors.Is(err, multipart.ErrMessageTooLarge):
		return errTooBig
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return errCutOff
	case errors.As(err, new(*fs.PathError)): // the disk's
		return err
	}
	return fault.New(fault.Invalid, "fault.form")
}

// File opens the file that a form brought under that name; ok is false where none was chosen. Close it. Its name on the
// sender's device, and the type that he claims, are nobody's business.
func File(r *http.Request, name string) (file io.ReadCloser, size int64, ok bool, err error) {
	if r.MultipartForm == nil || len(r.MultipartForm.File[name]) == 0 {
		return nil, 0, false, nil
	}
	h := r.MultipartForm.File[name][0]
	f, err := h.Open()
	return f, h.Size, err == nil, err
}

func hasFiles(r *http.Request) bool { return r.MultipartForm != nil && len(r.MultipartForm.File) > 0 }
