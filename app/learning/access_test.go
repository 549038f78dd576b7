package learning_test

import (
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"lectern/app/catalog"
	"lectern/app/fault"
	"lectern/app/learning"
)

func TestMayOpen_UnionOfGrants(t *testing.T) {
	f := open(t)
	order := f.order("o1", "asha", f.python)
	f.grant(learning.GrantInput{UserID: "asha", CourseID: f.python.ID, Source: learning.ByOrder, OrderID: order})
	f.grant(learning.GrantInput{UserID: "asha", CourseID: f.python.ID, Source: learning.Scholarship, Reason: "best of her class"})
	end := func() (n int) {
		f.tx(func(tx *sql.Tx) (err error) {
			n, err = learning.EndOrderGrants(ctx, tx, order, "chitra", now)
			return err
		})
		return n
	}
	if n := end(); n != 1 {
		t.Fatalf("ended %d grants, want one", n)
	}
	f.wantOpen("asha", f.python, true)
	if n := end(); n != 0 {
		t.Errorf("ended %d grants the second time", n)
	}
	rows, err := f.learning.Grants(ctx, "asha")
	if err != nil || len(rows) != 2 {
		t.Fatalf("got %+v, %v", rows, err)
	}
	if err := f.learning.EndGrant(ctx, rows[0].ID, "chitra"); err != nil {
		t.Fatal(err)
	}
	f.wantOpen("asha", f.python, false)
	if !f.grant(learning.GrantInput{UserID: "asha", CourseID: f.python.ID, Source: learning.ByOrder, OrderID: order}) {
		t.Error("an order that was reversed can't be verified again")
	}
	f.wantOpen("asha", f.python, true)
	want := []string{"grant.create", "grant.create", "grant.end chitra", "grant.end chitra", "grant.create"}
	if got := f.actions(); !slices.Equal(got, want) {
		t.Errorf("audit: got %q, want %q", got, want)
	}
	if n := f.count(`SELECT count(*) FROM enrollments`); n != 1 {
		t.Errorf("got %d enrollments, want the one that stays", n)
	}
}

func TestMayOpen_Until(t *testing.T) {
	f := open(t)
	f.grant(learning.GrantInput{UserID: "asha", CourseID: f.python.ID, Source: learning.Gift, Until: now.Add(time.Hour)})
	for after, want := range map[time.Duration]bool{0: true, time.Hour - time.Millisecond: true, time.Hour: false, 48 * time.Hour: false} {
		got, err := learning.MayOpen(ctx, f.db.Read(), "asha", f.python.ID, now.Add(after))
		if err != nil || got != want {
			t.Errorf("after %s: got %v, %v, want %v", after, got, err, want)
		}
		list, err := f.learning.Enrolled(ctx, "asha", now.Add(after))
		if err != nil || len(list) != 1 || list[0].Open != want {
			t.Errorf("after %s, enrolled: got %+v, %v, want open %v", after, list, err, want)
		}
		rows, err := f.learning.Grants(ctx, "asha")
		if err != nil || len(rows) != 1 || rows[0].InForce(now.Add(after)) != want {
			t.Errorf("after %s, grants: got %+v, %v, want in force %v", after, rows, err, want)
		}
	}
	f.grant(learning.GrantInput{UserID: "asha", CourseID: f.python.ID, Source: learning.Import})
	if got, err := learning.MayOpen(ctx, f.db.Read(), "asha", f.python.ID, now.Add(48*time.Hour)); err != nil || !got {
		t.Errorf("with a second grant that has no end: got %v, %v", got, err)
	}
}

func TestEnrolled_LatestFirstWithWhatIsClosed(t *testing.T) {
	f := open(t)
	other := f.course("Other", catalog.Published, 0)
	for i, c := range []catalog.Course{f.archived, f.python, other} {
		f.tx(func(tx *sql.Tx) error {
			_, err := learning.Grant(ctx, tx, learning.GrantInput{UserID: "asha", CourseID: c.ID, Source: learning.Gift, At: now.Add(time.Duration(i) * time.Hour)})
			return err
		})
	}
	rows, err := f.learning.Grants(ctx, "asha")
	if err != nil || len(rows) != 3 || rows[1].Course != "Python" {
		t.Fatalf("got %+v, %v", rows, err)
	}
	if err := f.learning.EndGrant(ctx, rows[1].ID, "chitra"); err != nil {
		t.Fatal(err)
	}
	list, err := f.learning.Enrolled(ctx, "asha", now.Add(5*time.Hour))
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, e := range list {
		got = append(got, fmt.Sprint(e.Title, " ", e.Open, " ", e.Since.Sub(now)))
	}
	if want := []string{"Other true 2h0m0s", "Python false 1h0m0s", "Archived true 0s"}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	f.wantOpen("asha", f.archived, true)
	if list, err := f.learning.Enrolled(ctx, "bala", now); err != nil || len(list) != 0 {
		t.Errorf("bala: got %v, %v", list, err)
	}
}

func TestEndGrant_Refused(t *testing.T) {
	f := open(t)
	f.grant(learning.GrantInput{UserID: "asha", CourseID: f.python.ID, Source: learning.ByOrder, OrderID: f.order("o1", "asha", f.python)})
	f.grant(learning.GrantInput{UserID: "bala", CourseID: f.python.ID, Source: learning.Gift, Reason: "second"})
	paid, _ := f.learning.Grants(ctx, "asha")
	gift, _ := f.learning.Grants(ctx, "bala")
	if len(paid) != 1 || len(gift) != 1 || paid[0].Order != "LN-o1" {
		t.Fatalf("got %+v, %+v", paid, gift)
	}
	key := func(err error) string {
		var fa *fault.Fault
		if errors.As(err, &fa) {
			return fmt.Sprint(fa.Kind, fa.Msg.Key)
		}
		return fmt.Sprint(err)
	}
	if got, want := key(f.learning.EndGrant(ctx, paid[0].ID, "chitra")), fmt.Sprint(fault.Conflict, "learning.end.order"); got != want {
		t.Errorf("an order's: got %s, want %s", got, want)
	}
	if got, want := key(f.learning.EndGrant(ctx, "none", "chitra")), fmt.Sprint(fault.NotFound, "learning.end.none"); got != want {
		t.Errorf("unknown: got %s, want %s", got, want)
	}
	var ended atomic.Int32
	atOnce(t, func(int) error {
		err := f.learning.EndGrant(ctx, gift[0].ID, "chitra")
		if err == nil {
			ended.Add(1)
		} else if got, want := key(err), fmt.Sprint(fault.Conflict, "learning.end.ended"); got != want {
			t.Errorf("ended already: got %s, want %s", got, want)
		}
		return nil
	})
	if ended.Load() != 1 {
		t.Errorf("%d ended the one grant", ended.Load())
	}
	f.wantOpen("asha", f.python, true)
	f.wantOpen("bala", f.python, false)
	gift, _ = f.learning.Grants(ctx, "bala")
	if g := gift[0]; g.EndedBy != "chitra" || !g.EndedAt.Equal(now) || g.InForce(now) {
		t.Errorf("got %+v", g)
	}
}
