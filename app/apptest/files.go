package apptest

import (
	"bytes"
	"image"
	"image/color"
	"image/png"
	"io"
	"mime/multipart"
	"net/http"
	"net/url"
	"testing"
)

const multipartForm = "multipart/form-data"

// File is one that is chosen in a form's field.
type File struct {
	Field, Name string
	Content     []byte
}

// PostFiles is Post of a form with files.
func (b *Browser) PostFiles(path string, values url.Values, files ...File) *Page {
	b.T.Helper()
	sent := url.Values{}
	for name, v := range values {
		sent[name] = v
	}
	if !sent.Has("csrf_token") {
		sent.Set("csrf_token", b.token())
	}
	body, contentType := multipartBody(b.T, sent, files)
	return b.send(http.MethodPost, path, body, contentType, nil)
}

func multipartBody(t testing.TB, values url.Values, files []File) (body io.Reader, contentType string) {
	t.Helper()
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	chosen := map[string]bool{}
	for _, f := range files {
		chosen[f.Field] = true
	}
	for name, all := range values {
		for _, v := range all {
			if chosen[name] {
				continue
			}
			if err := w.WriteField(name, v); err != nil {
				t.Fatal(err)
			}
		}
	}
	for _, f := range files {
		part, err := w.CreateFormFile(f.Field, f.Name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := part.Write(f.Content); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return &b, w.FormDataContentType()
}

// PNG is a picture of that size, a different one for every shade.
func PNG(width, height int, shade uint8) []byte {
	img := image.NewGray(image.Rect(0, 0, width, height))
	for i := range img.Pix {
		img.Pix[i] = shade + uint8(i%width/8)
	}
	img.Set(0, 0, color.Gray{Y: ^shade})
	var b bytes.Buffer
	_ = png.Encode(&b, img) // a buffer takes everything
	return b.Bytes()
}
