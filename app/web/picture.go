package web

import (
	"context"
	"errors"
	"io"
	"net/http"

	"lectern/app/fault"
	"lectern/app/lang"
)

// PictureStore keeps pictures; package files is one.
type PictureStore interface {
	Picture(ctx context.Context, by string, r io.Reader) (name string, err error)
	Mine(ctx context.Context, by, name string) (bool, error)
}

// PictureField reads what a views.PictureField sent: the name of the picture that was chosen now, or with an earlier try
// of the same form; else "" where its removal is ticked; else current. What is wrong with the picture is an error beside
// the field. The form that Failed makes still has a picture that was good.
func PictureField(r *http.Request, store PictureStore, field, current string) (string, error) {
	by, kept := UserID(r), field+"_kept"
	file, _, chosen, err := File(r, field)
	if err != nil {
		return "", err
	}
	if chosen {
		defer file.Close()
		name, err := store.Picture(r.Context(), by, file)
		if err != nil {
			return "", beside(field, err)
		}
		r.PostForm.Set(kept, name)
		r.PostForm.Del(field + "_remove")
		return name, nil
	}
	if r.PostFormValue(field+"_remove") != "" {
		return "", nil
	}
	if name := r.PostFormValue(kept); name != "" {
		switch mine, err := store.Mine(r.Context(), by, name); {
		case err != nil:
			return "", err
		case mine:
			return name, nil
		}
		r.PostForm.Del(kept)
	}
	return current, nil
}

// beside makes a fault about input one about a field.
func beside(field string, err error) error {
	var f *fault.Fault
	if errors.As(err, &f) && f.Kind == fault.Invalid && len(f.Fields) == 0 {
		return &fault.Fault{Kind: fault.Invalid, Msg: f.Msg, Fields: map[string]lang.Msg{field: f.Msg}}
	}
	return err
}
