package web

import (
	"context"
	"errors"
	"net/http"
	"strconv"
	"time"

	"lectern/app/fault"
	"lectern/views"
)

var (
	errCrossSite = fault.New(fault.Forbidden, "fault.cross_site")
	errTooBig    = fault.New(fault.TooBig, "fault.too_big")
	errNoPage    = fault.New(fault.NotFound, "fault.not_found")
)

var statuses = map[fault.Kind]int{
	fault.Invalid: 422, fault.Forbidden: 403, fault.NotFound: 404, fault.Conflict: 409, fault.TooMany: 429, fault.TooBig: 413, fault.Method: 405,
}

func asFault(err error) *fault.Fault {
	var f *fault.Fault
	if errors.As(err, &f) {
		return f
	}
	var tooBig *http.MaxBytesError
	if errors.As(err, &tooBig) {
		return errTooBig
	}
	return nil
}

// serve runs a handler and turns its error into a page.
func (k *Kit) serve(w http.ResponseWriter, r *http.Request, h Handler) {
	if err := h(w, r); err != nil {
		k.fail(w, r, err)
	}
}

// statusLeft stands in the log for answers that nobody waited for, as nginx has it.
const statusLeft = 499

// left reports whether the browser went away before it was answered: what fails then is no fault of ours.
func left(r *http.Request) bool { return errors.Is(context.Cause(r.Context()), context.Canceled) }

// failLimit is the time for the page that tells of a request which took too long.
const failLimit = 2 * time.Second

// fail answers with the page, or to htmx the toast, of an error. What isn't a fault is logged under a reference, and the
// reference is all that is shown of it.
func (k *Kit) fail(w http.ResponseWriter, r *http.Request, err error) {
	status, title, text, ref := http.StatusInternalServerError, "", "", ""
	if errors.Is(err, errCutOff) {
		w.WriteHeader(http.StatusRequestTimeout)
		return
	}
	if r.Context().Err() != nil {
		if left(r) {
			w.WriteHeader(statusLeft)
			return
		}
		ctx, cancel := context.WithTimeout(context.WithoutCancel(r.Context()), failLimit)
		defer cancel()
		r = r.WithContext(ctx)
	}
	r = k.withPage(w, r)
	ctx := r.Context()
	if f := asFault(err); f != nil {
		status, text = statuses[f.Kind], views.Text(ctx, f.Msg)
		if f.Kind == fault.TooMany {
			w.Header().Set("Retry-After", strconv.Itoa(int(max(f.After, time.Second)/time.Second)))
		}
	} else {
		ref = of(r).id
		k.log(r).Error("failed", "err", err)
		text = views.T(ctx, "fault.broke", "ref", ref)
	}
	title = views.T(ctx, "fault.title."+strconv.Itoa(status))
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Del("ETag")
	page, toast := views.ErrorPage(status, title, text, ref), views.Toast("bad", text)
	if Partial(r) {
		w.Header().Set("HX-Retarget", "#toast")
		w.Header().Set("HX-Reswap", "innerHTML")
	}
	if err := Render(w, r, status, page, toast); err != nil {
		if left(r) {
			w.WriteHeader(statusLeft)
			return
		}
		k.log(r).Error("error page failed", "err", err)
		http.Error(w, "Something broke, reference "+of(r).id, http.StatusInternalServerError)
	}
}

// NotFound is the handler for addresses that nothing answers.
func NotFound(http.ResponseWriter, *http.Request) error { return errNoPage }
