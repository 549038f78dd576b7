package school_test

import (
	"errors"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"lectern/app/db"
	"lectern/app/fault"
	"lectern/app/school"
)

func vpas(t *testing.T, s *school.Service) []string {
	t.Helper()
	list, err := s.Payees(ctx)
	if err != nil {
		t.Fatal(err)
	}
	var all []string
	for _, p := range list {
		all = append(all, p.VPA)
	}
	return all
}

func allPayees(t *testing.T, s *school.Service) []school.Payee {
	t.Helper()
	list, err := s.AllPayees(ctx)
	if err != nil {
		t.Fatal(err)
	}
	return list
}

func letters(t *testing.T, d *db.DB) int64 {
	t.Helper()
	n, err := db.Value[int64](ctx, d.Read(), `SELECT count(*) FROM outbox WHERE kind = 'payee'`)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func TestPayees_Change(t *testing.T) {
	t.Parallel()
	s, d := seeded(t)
	before := epoch(t, s)
	id, err := s.AddPayee(ctx, chitra, school.PayeeForm{Label: " Savings  account ", VPA: " Third@ExampleBank ", Merchant: true})
	if err != nil {
		t.Fatal(err)
	}
	third := allPayees(t, s)[2]
	if third.ID != id || third.Label != "Savings account" || third.VPA != "third@examplebank" || !third.Merchant || !third.Active {
		t.Errorf("got %+v", third)
	}
	if err := s.MovePayee(ctx, chitra, id, third.Version, true); err != nil {
		t.Fatal(err)
	}
	if err := s.MovePayee(ctx, chitra, id, third.Version, true); !fault.Is(err, fault.Conflict) {
		t.Errorf("got %v: the second click moved it again", err)
	}
	if got := vpas(t, s); !slices.Equal(got, []string{"school@examplebank", "third@examplebank", "second@examplebank"}) {
		t.Errorf("got %q", got)
	}
	moved := allPayees(t, s)[1]
	if err := s.ChangePayee(ctx, chitra, id, moved.Version, school.PayeeForm{VPA: "fourth@examplebank"}); err != nil {
		t.Fatal(err)
	}
	if err := s.ChangePayee(ctx, chitra, id, moved.Version, school.PayeeForm{VPA: "fifth@examplebank"}); !fault.Is(err, fault.Conflict) {
		t.Errorf("got %v: one admin's change was written over another's", err)
	}
	if err := s.SwitchPayee(ctx, chitra, id, false); err != nil {
		t.Fatal(err)
	}
	if got := vpas(t, s); !slices.Equal(got, []string{"school@examplebank", "second@examplebank"}) {
		t.Errorf("got %q", got)
	}
	if err := s.SwitchPayee(ctx, chitra, id, true); err != nil {
		t.Fatal(err)
	}
	want := []string{"payee.add " + id, "payee.change " + id, "payee.move " + id, "payee.off " + id, "payee.on " + id}
	if got := actions(t, d, chitra); !slices.Equal(got, want) {
		t.Errorf("audit: got %q, want %q", got, want)
	}
	if n := letters(t, d); n != 5 || epoch(t, s) != before+5 {
		t.Errorf("%d letters, epoch %d more, want 5 of each", n, epoch(t, s)-before)
	}
}

func TestPayees_WrongOnesChangeNothing(t *testing.T) {
	t.Parallel()
	s, d := seeded(t)
	before, list := epoch(t, s), allPayees(t, s)
	for form, field := range map[school.PayeeForm]string{
		{VPA: ""}: "vpa", {VPA: "school"}: "vpa", {VPA: "a@b"}: "vpa", {VPA: "scho ol@bank"}: "vpa", {VPA: "school@example.com"}: "vpa", {VPA: "विद्यालय@bank"}: "vpa",
		{VPA: "second@examplebank"}: "vpa", {VPA: "new@bank", Label: strings.Repeat("a", 61)}: "label", {VPA: "new@bank", Label: "a\x00"}: "label",
	} {
		_, err := s.AddPayee(ctx, chitra, form)
		changed := s.ChangePayee(ctx, chitra, list[0].ID, list[0].Version, form)
		for _, err := range []error{err, changed} {
			var f *fault.Fault
			if !errors.As(err, &f) || f.Kind != fault.Invalid || len(f.Fields) != 1 || f.Fields[field].Key == "" {
				t.Errorf("%+v: got %v, want something about %s", form, err, field)
			}
		}
	}
	for name, err := range map[string]error{
		"change": s.ChangePayee(ctx, chitra, "nothing", 1, school.PayeeForm{VPA: "new@bank"}), "switch": s.SwitchPayee(ctx, chitra, "nothing", false),
		"move": s.MovePayee(ctx, chitra, "nothing", 1, true),
	} {
		if !fault.Is(err, fault.NotFound) {
			t.Errorf("%s: got %v, want NotFound", name, err)
		}
	}
	for name, err := range map[string]error{
		"on, on already": s.SwitchPayee(ctx, chitra, list[0].ID, true), "first up": s.MovePayee(ctx, chitra, list[0].ID, list[0].Version, true),
		"last down": s.MovePayee(ctx, chitra, list[1].ID, list[1].Version, false),
	} {
		if !fault.Is(err, fault.Conflict) {
			t.Errorf("%s: got %v, want Conflict", name, err)
		}
	}
	if epoch(t, s) != before || letters(t, d) != 0 || len(actions(t, d, chitra)) != 0 || !slices.Equal(allPayees(t, s), list) {
		t.Error("something changed")
	}
}

func TestPayees_OneOfMany(t *testing.T) {
	t.Parallel()
	s, d := seeded(t)
	one := allPayees(t, s)[0]
	for name, do := range map[string]func() error{
		"add": func() error { _, err := s.AddPayee(ctx, chitra, school.PayeeForm{VPA: "race@bank"}); return err },
		"change": func() error {
			return s.ChangePayee(ctx, chitra, one.ID, one.Version, school.PayeeForm{VPA: "raced@bank"})
		},
	} {
		var won atomic.Int64
		var wg sync.WaitGroup
		for range 10 {
			wg.Go(func() {
				err := do()
				if err == nil {
					won.Add(1)
				} else if !fault.Is(err, fault.Conflict) && !fault.Is(err, fault.Invalid) {
					t.Errorf("%s: %v", name, err)
				}
			})
		}
		wg.Wait()
		if won.Load() != 1 {
			t.Errorf("%s: %d won", name, won.Load())
		}
	}
	if n := letters(t, d); n != 2 {
		t.Errorf("%d letters, want 2", n)
	}
}
