package school_test

import (
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"

	"lectern/app/fault"
	"lectern/app/school"
)

func TestSaveOver_LeavesWhatWasNotTouched(t *testing.T) {
	t.Parallel()
	s, _ := seeded(t)
	shown := map[string]string{"site_name": "Asha's School", "site_tagline": ""}
	if err := s.Save(ctx, "bala", map[string]string{"site_tagline": "Learn by doing"}); err != nil {
		t.Fatal(err)
	}
	err := s.SaveOver(ctx, chitra, map[string]string{"site_name": "Chinar Academy", "site_tagline": ""}, shown)
	if err != nil {
		t.Fatal(err)
	}
	if got := settings(t, s); got.SiteName != "Chinar Academy" || got.Tagline != "Learn by doing" {
		t.Errorf("got %q, %q: what the other admin wrote was lost", got.SiteName, got.Tagline)
	}
}

func TestSaveOver_Clash(t *testing.T) {
	t.Parallel()
	s, d := seeded(t)
	shown := map[string]string{"site_name": "Asha's School", "order_note": ""}
	if err := s.Save(ctx, "bala", map[string]string{"site_name": "Bala's School"}); err != nil {
		t.Fatal(err)
	}
	typed := map[string]string{"site_name": "Chinar Academy", "order_note": "We are closed\r\non Sunday"}
	err := s.SaveOver(ctx, chitra, typed, shown)
	var clash *school.Clash
	if !errors.As(err, &clash) || clash.Values["site_name"] != "Bala's School" || len(clash.Values) != 1 || !fault.Is(err, fault.Conflict) {
		t.Fatalf("got %v, want a clash about the name", err)
	}
	if got := settings(t, s); got.SiteName != "Bala's School" || got.OrderNote != "" || len(actions(t, d, chitra)) != 0 {
		t.Errorf("something changed: %+v", got)
	}
	shown["site_name"] = "Bala's School"
	if err := s.SaveOver(ctx, chitra, typed, shown); err != nil {
		t.Fatal(err)
	}
	if got := settings(t, s); got.SiteName != "Chinar Academy" || got.OrderNote != "We are closed\non Sunday" {
		t.Errorf("got %q, %q", got.SiteName, got.OrderNote)
	}
	shown = map[string]string{"order_note": "We are closed\r\non Sunday"} // as a form sends what it showed
	if err := s.SaveOver(ctx, chitra, map[string]string{"order_note": "Open again"}, shown); err != nil {
		t.Error(err)
	}
	if err := s.SaveOver(ctx, "bala", map[string]string{"order_note": "Open again"}, map[string]string{"order_note": "x"}); err != nil {
		t.Errorf("%v: both wrote the same, which is no clash", err)
	}
}

func TestSaveOver_OneOfMany(t *testing.T) {
	t.Parallel()
	s, _ := seeded(t)
	for _, name := range []string{"site_name", "site_tagline"} { // one that was set before, one that wasn't
		values, err := s.Values(ctx)
		if err != nil {
			t.Fatal(err)
		}
		var won atomic.Int64
		var wg sync.WaitGroup
		for i := range 12 {
			wg.Go(func() {
				err := s.SaveOver(ctx, chitra, map[string]string{name: fmt.Sprint("Name ", i)}, values)
				switch {
				case err == nil:
					won.Add(1)
				case !fault.Is(err, fault.Conflict):
					t.Error(err)
				}
			})
		}
		wg.Wait()
		if won.Load() != 1 {
			t.Errorf("%s: %d of 12 were told that theirs is saved", name, won.Load())
		}
		if all, err := s.Changes(ctx); err != nil || len(all[name]) != 1 {
			t.Errorf("%s: %v, %v", name, all[name], err)
		}
	}
}

func TestPutBack(t *testing.T) {
	t.Parallel()
	s, d := seeded(t)
	for _, name := range []string{"One", "Two", "Three"} {
		if err := s.Save(ctx, chitra, map[string]string{"site_name": name}); err != nil {
			t.Fatal(err)
		}
	}
	all, err := s.Changes(ctx)
	if err != nil {
		t.Fatal(err)
	}
	list := all["site_name"]
	if len(list) != 3 || list[0].Was != "Two" || list[0].Became != "Three" || list[2].Was != "Asha's School" || list[2].By != chitra || list[2].At.IsZero() {
		t.Fatalf("got %+v", list)
	}
	if _, err := s.PutBack(ctx, chitra, list[2].ID, "Two"); !fault.Is(err, fault.Conflict) {
		t.Errorf("got %v, want a clash: it isn't what was shown any more", err)
	}
	if name, err := s.PutBack(ctx, "bala", list[2].ID, "Three"); err != nil || name != "site_name" {
		t.Fatal(name, err)
	}
	if got := settings(t, s).SiteName; got != "Asha's School" {
		t.Errorf("got %q", got)
	}
	if got := actions(t, d, "bala"); len(got) != 1 || got[0] != "setting.change site_name" {
		t.Errorf("audit: %q", got)
	}
	if _, err := s.PutBack(ctx, chitra, "nothing", ""); !fault.Is(err, fault.NotFound) {
		t.Errorf("got %v, want NotFound", err)
	}
	for i := range 9 {
		if err := s.Save(ctx, chitra, map[string]string{"site_name": fmt.Sprint(i)}); err != nil {
			t.Fatal(err)
		}
	}
	if all, _ = s.Changes(ctx); len(all["site_name"]) != 5 || all["site_name"][0].Became != "8" {
		t.Errorf("got %+v", all["site_name"])
	}
}
