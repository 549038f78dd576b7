package admin

import (
	"context"
	"net/http"
	"strconv"

	"github.com/a-h/templ"

	"lectern/app/content"
	"lectern/app/fault"
	"lectern/app/lang"
	"lectern/app/web"
	"lectern/views"
	adminview "lectern/views/admin"
)

// arranged is a list that the school puts into order, for the steps that all such lists have in common.
type arranged struct {
	path string                                                                          // of its page
	show func(r *http.Request, trouble lang.Msg) (page, list templ.Component, err error) // how it stands now
}

// step runs a step on a list and says under key what was done: to htmx with the list as it stands now. What can't be done
// is said above the list.
func (p *Pages) step(w http.ResponseWriter, r *http.Request, a arranged, key string, do func(ctx context.Context, by string) error) error {
	err := web.ParseForm(r)
	if err == nil {
		err = do(r.Context(), web.UserID(r))
	}
	status, trouble := http.StatusOK, lang.Msg{}
	switch {
	case err == nil && !web.Partial(r):
		return p.Kit.Done(w, r, a.path, key)
	case fault.Is(err, fault.Conflict):
		status, trouble = http.StatusConflict, message(err)
		onPage(w, r, status, "arranged")
	case err != nil:
		return err
	}
	page, list, err := a.show(r, trouble)
	if err != nil {
		return err
	}
	if trouble.Key == "" {
		list = templ.Join(list, views.ToastAside("good", views.T(r.Context(), key)))
	}
	return web.Render(w, r, status, page, list)
}

// to is the place that a step brings a line to.
func to(r *http.Request) (int, error) {
	n, err := strconv.Atoi(r.PostForm.Get("to"))
	if err != nil || n < 0 {
		return 0, fault.New(fault.Invalid, "fault.form")
	}
	return n, nil
}

// shown says whether a step switches a line on, and the text for it.
func shown(r *http.Request) (on bool, key string) {
	if r.PostFormValue("on") == "1" {
		return true, "arrange.shown"
	}
	return false, "arrange.hidden"
}

func pastStates(all []content.Arrangement) []adminview.PastState {
	list := make([]adminview.PastState, len(all))
	for i, a := range all {
		list[i] = adminview.PastState{Version: a.Version, Deed: a.Deed, At: a.At, By: a.By}
	}
	return list
}

// past is the state that a form wants back.
func past(r *http.Request) (int64, error) {
	n, err := strconv.ParseInt(r.PostForm.Get("version"), 10, 64)
	if err != nil || n < 0 {
		return 0, fault.New(fault.NotFound, "fault.not_found")
	}
	return n, nil
}

// targets are what a menu or a button can lead to.
func (p *Pages) targets(ctx context.Context, first ...views.Option) ([]views.Option, error) {
	choices, err := p.Content.Choices(ctx)
	for _, c := range choices {
		first = append(first, views.Option{Value: c.Target, Label: c.Label})
	}
	return first, err
}
