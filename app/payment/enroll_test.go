package payment_test

import (
	"sync"
	"testing"
	"time"

	"lectern/app/fault"
	"lectern/app/payment"
	"lectern/app/payment/upi"
)

func TestEnroll_MakesAnOrderAtTheCoursesPrice(t *testing.T) {
	w := newWorld(t)
	o := w.enroll(w.asha, "python")
	if o.Price != rupees(499) || o.Due() != 49900 || o.Title != w.python.Title || o.Status != payment.Open || o.UserID != w.asha {
		t.Errorf("order: %+v", o)
	}
	if code, ok := upi.ParseCode(o.Code); !ok || code != o.Code {
		t.Errorf("code %q isn't one", o.Code)
	}
	if len(o.PayToken) < 22 { // 128 bits in base64
		t.Errorf("pay token %q is too short", o.PayToken)
	}
	if !o.ExpiresAt.Equal(o.CreatedAt.Add(48 * time.Hour)) {
		t.Errorf("expires at %v", o.ExpiresAt)
	}
	if again := w.enroll(w.asha, "python"); again != o {
		t.Errorf("enrolling again gave %+v, want %+v", again, o)
	}
	if other := w.enroll(w.bala, "python"); other.ID == o.ID || other.Code == o.Code || other.PayToken == o.PayToken {
		t.Errorf("Bala got Asha's order %+v", other)
	}
	if n := w.audits("order.create"); n != 2 {
		t.Errorf("%d audit rows, want 2", n)
	}
}

func TestEnroll_WhereNoOrderIsMade(t *testing.T) {
	w := newWorld(t)
	w.course("Old Course", "old", 100)
	w.exec(`UPDATE courses SET status = 'archived' WHERE slug = 'old'`)
	w.course("Coming Course", "coming", 100)
	w.exec(`UPDATE courses SET status = 'draft' WHERE slug = 'coming'`)
	for slug, want := range map[string]fault.Kind{"nothing": fault.NotFound, "coming": fault.NotFound, "old": fault.Conflict} {
		if _, err := w.pay.Enroll(ctx, w.asha, slug); !fault.Is(err, want) {
			t.Errorf("%s: got %v, want a fault %d", slug, err, want)
		}
	}
	free := payment.EnrollResult{Free: true}
	if r, err := w.pay.Enroll(ctx, w.asha, "free"); err != nil || r != free {
		t.Errorf("free: got %+v, %v", r, err)
	}
	in := payment.EnrollResult{AlreadyIn: true}
	if r, err := w.pay.Enroll(ctx, w.asha, "free"); err != nil || r != in {
		t.Errorf("free again: got %+v, %v", r, err)
	}
	w.paid(w.asha, "python", ref1)
	if r, err := w.pay.Enroll(ctx, w.asha, "python"); err != nil || r != in {
		t.Errorf("paid: got %+v, %v", r, err)
	}
	w.exec(`UPDATE courses SET status = 'archived' WHERE slug = 'python'`)
	if r, err := w.pay.Enroll(ctx, w.asha, "python"); err != nil || r != in {
		t.Errorf("paid and archived: got %+v, %v", r, err)
	}
	if n := w.count(`SELECT count(*) FROM orders`); n != 1 {
		t.Errorf("%d orders, want the paid one", n)
	}
}

func TestEnroll_ExpiredOrder(t *testing.T) {
	for name, c := range map[string]struct {
		before  func(w *world, o payment.Order)
		age     time.Duration
		renewed bool
	}{
		"NotYetExpired":    {age: 47 * time.Hour},
		"Untouched":        {age: 49 * time.Hour, renewed: true},
		"Claimed":          {age: 49 * time.Hour, before: func(w *world, o payment.Order) { w.claim(o, ref1) }},
		"PartlyPaid":       {age: 49 * time.Hour, before: func(w *world, o payment.Order) { w.verify(w.claim(o, ref1), 100) }},
		"ClaimWasRejected": {age: 49 * time.Hour, renewed: true, before: func(w *world, o payment.Order) { w.must(w.pay.Reject(ctx, w.chitra, w.claim(o, ref1).ID, "no")) }},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			o := w.enroll(w.asha, "python")
			if c.before != nil {
				c.before(w, o)
			}
			w.exec(`UPDATE courses SET price = 59900 WHERE slug = 'python'`)
			w.pass(c.age)
			again := w.enroll(w.asha, "python")
			if again.ID != o.ID || again.Code != o.Code {
				t.Fatalf("another order was made: %+v", again)
			}
			if renewed := again.Price == rupees(599) && !again.Expired(w.now()); renewed != c.renewed {
				t.Errorf("order %+v, want renewed %v", again, c.renewed)
			}
			if got := w.audits("order.renew"); got != map[bool]int{true: 1}[c.renewed] {
				t.Errorf("%d audit rows", got)
			}
		})
	}
}

func TestCancel(t *testing.T) {
	for name, c := range map[string]struct {
		before func(w *world, o payment.Order)
		ok     bool
	}{
		"Fresh":            {ok: true},
		"ClaimWaits":       {before: func(w *world, o payment.Order) { w.claim(o, ref1) }},
		"ClaimNotSeen":     {before: func(w *world, o payment.Order) { w.must(w.pay.NotSeen(ctx, w.chitra, w.claim(o, ref1).ID, "")) }},
		"ClaimRejected":    {ok: true, before: func(w *world, o payment.Order) { w.must(w.pay.Reject(ctx, w.chitra, w.claim(o, ref1).ID, "no")) }},
		"PartlyPaid":       {before: func(w *world, o payment.Order) { w.verify(w.claim(o, ref1), 100) }},
		"Paid":             {before: func(w *world, o payment.Order) { w.verify(w.claim(o, ref1), 49900) }},
		"AlreadyCancelled": {before: func(w *world, o payment.Order) { w.must(w.pay.Cancel(ctx, w.asha, o.Code)) }},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			o := w.enroll(w.asha, "python")
			if c.before != nil {
				c.before(w, o)
			}
			before := w.order(o).Status
			err := w.pay.Cancel(ctx, w.asha, o.Code)
			if c.ok {
				w.must(err)
				w.wantOrder(o, payment.Cancelled, 0)
				if next := w.enroll(w.asha, "python"); next.ID == o.ID {
					t.Error("a cancelled order was given out again")
				}
				return
			}
			if !fault.Is(err, fault.Conflict) || w.order(o).Status != before {
				t.Errorf("got %v, order %s, want a conflict and %s", err, w.order(o).Status, before)
			}
		})
	}
}

// repeating gives the same 23 bytes, a code's 5 and a token's 18, a number of times, then others.
type repeating struct{ times, read int }

func (r *repeating) Read(b []byte) (int, error) {
	for i := range b {
		b[i] = 7
		if r.read >= 23*r.times {
			b[i] = byte(r.read)
		}
		r.read++
	}
	return len(b), nil
}

func TestEnroll_CodeThatIsTaken(t *testing.T) {
	for name, c := range map[string]struct {
		times int
		ok    bool
	}{"Twice": {2, true}, "Always": {1000, false}} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			w.pay = w.service(&repeating{times: c.times})
			first := w.enroll(w.asha, "python")
			r, err := w.pay.Enroll(ctx, w.bala, "python")
			if !c.ok {
				if err == nil {
					t.Errorf("got an order with code %s", r.Order.Code)
				}
				return
			}
			w.must(err)
			if r.Order.Code == first.Code || r.Order.UserID != w.bala {
				t.Errorf("order: %+v", r.Order)
			}
		})
	}
}

// A course becomes a draft only while nobody has ordered it, however close both come.
func TestEnroll_WhileTheCourseIsTakenBack(t *testing.T) {
	w := newWorld(t)
	for round := range 6 {
		slug := "short-" + string(rune('a'+round))
		c := w.course("Short", slug, 100)
		var wg sync.WaitGroup
		for _, user := range []string{w.asha, w.bala} {
			wg.Go(func() {
				_, err := w.pay.Enroll(ctx, user, slug)
				if err != nil && !fault.Is(err, fault.Conflict) && !fault.Is(err, fault.NotFound) {
					t.Error(err)
				}
			})
		}
		wg.Go(func() {
			if err := w.catalog.Unpublish(ctx, w.chitra, c.ID); err != nil && !fault.Is(err, fault.Conflict) {
				t.Error(err)
			}
		})
		wg.Wait()
		if n := w.count(`SELECT count(*) FROM orders o JOIN courses c ON c.id = o.item_id WHERE c.id = $1 AND c.status = 'draft' AND o.status = 'open'`, c.ID); n != 0 {
			t.Errorf("a draft with %d open orders", n)
		}
	}
}
