package ops_test

import (
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"

	"lectern/app/dbtest"
	"lectern/app/ops"
)

func get(h http.Handler, path string) *http.Response {
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequest("GET", "http://10.0.0.7:8080"+path, nil))
	return w.Result()
}

func TestHealth(t *testing.T) {
	d := dbtest.New(t)
	var draining atomic.Bool
	h := ops.Health{DB: d, Draining: &draining}.Wrap(http.NotFoundHandler())
	want := func(path string, status int, connection string) {
		t.Helper()
		if res := get(h, path); res.StatusCode != status || res.Header.Get("Connection") != connection {
			t.Errorf("%s: got %d, Connection %q, want %d, %q", path, res.StatusCode, res.Header.Get("Connection"), status, connection)
		}
	}
	want("/healthz", 200, "")
	want("/readyz", 200, "")
	want("/courses", 404, "")
	draining.Store(true)
	want("/healthz", 200, "")
	want("/readyz", 503, "")
	want("/courses", 404, "close")
	draining.Store(false)
	if err := d.MigrateTo(t.Context(), 1); err != nil {
		t.Fatal(err)
	}
	want("/readyz", 503, "")
	d.Close()
	want("/healthz", 200, "")
	want("/readyz", 503, "")
}

func TestHealth_AnswerThatBeganBeforeDrainingSaysCloseToo(t *testing.T) {
	var draining atomic.Bool
	h := ops.Health{Draining: &draining}.Wrap(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		draining.Store(true)
		w.Write([]byte("done"))
	}))
	if got := get(h, "/courses").Header.Get("Connection"); got != "close" {
		t.Errorf("Connection %q, want close", got)
	}
}
