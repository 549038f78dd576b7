package payment_test

import (
	"fmt"
	"testing"

	"lectern/app/fault"
	"lectern/app/payment"
)

const crowd = 24

func TestRace_EnrollMakesOneOrder(t *testing.T) {
	w := newWorld(t)
	codes := make([]string, crowd)
	for _, err := range together(crowd, func(i int) error {
		r, err := w.pay.Enroll(ctx, w.asha, "python")
		if err == nil {
			codes[i] = r.Order.Code
		}
		return err
	}) {
		w.must(err)
	}
	for _, code := range codes {
		if code != codes[0] {
			t.Fatalf("different orders were given out: %v", codes)
		}
	}
	if n := w.count(`SELECT count(*) FROM orders`); n != 1 || w.audits("order.create") != 1 {
		t.Errorf("%d orders, %d audit rows, want one of each", n, w.audits("order.create"))
	}
}

func TestRace_EnrollWhileTheOrderIsVerified(t *testing.T) {
	w := newWorld(t)
	for i := range 12 {
		user := w.user("student", fmt.Sprint("Student ", i), fmt.Sprintf("s%d@example.com", i), "")
		c := w.claim(w.enroll(user, "python"), reference(i))
		for _, err := range together(4, func(n int) error {
			if n == 0 {
				_, err := w.pay.Verify(ctx, w.chitra, c.ID, 49900)
				return err
			}
			_, err := w.pay.Enroll(ctx, user, "python")
			return err
		}) {
			w.must(err)
		}
	}
	if n := w.count(`SELECT count(*) FROM orders`); n != 12 {
		t.Errorf("%d orders, want 12: a second one was made beside one that was being paid", n)
	}
}

func TestRace_SameClaimOnce(t *testing.T) {
	w := newWorld(t)
	o := w.enroll(w.asha, "python")
	for _, err := range together(crowd, func(int) error {
		_, err := w.pay.AddClaim(ctx, o.ID, payment.ClaimForm{Reference: ref1})
		return err
	}) {
		w.must(err)
	}
	if n := w.count(`SELECT count(*) FROM claims`); n != 1 || w.audits("claim.add") != 1 {
		t.Errorf("%d claims, %d audit rows, want one of each", n, w.audits("claim.add"))
	}
}

func TestRace_VerifyHasOneWinner(t *testing.T) {
	w := newWorld(t)
	c := w.claim(w.enroll(w.asha, "python"), ref1)
	wantOne(t, together(crowd, func(int) error {
		_, err := w.pay.Verify(ctx, w.chitra, c.ID, 49900)
		return err
	}))
	if n := w.count(`SELECT count(*) FROM grants`); n != 1 {
		t.Errorf("%d grants, want 1", n)
	}
	w.wantLetters("enrolled", 1)
	if n := w.audits("payment.verify"); n != 1 {
		t.Errorf("%d audit rows, want 1", n)
	}
}

func TestRace_OneReferencePaysOneOrder(t *testing.T) {
	w := newWorld(t)
	claims := w.familyOf(crowd)
	wantOne(t, together(crowd, func(i int) error {
		_, err := w.pay.Verify(ctx, w.chitra, claims[i].ID, 49900)
		return err
	}))
	if n := w.count(`SELECT count(*) FROM orders WHERE status = 'paid'`); n != 1 {
		t.Errorf("%d orders paid, want 1", n)
	}
	w.wantLetters("enrolled", 1)
}

func TestRace_OneReferencePaysAsManyAsItCovers(t *testing.T) {
	w := newWorld(t)
	claims := w.familyOf(crowd)
	wins := 0
	for _, err := range together(crowd, func(i int) error {
		_, err := w.pay.Verify(ctx, w.chitra, claims[i].ID, 2*49900)
		return err
	}) {
		if err == nil {
			wins++
		} else if !fault.Is(err, fault.Conflict) {
			t.Errorf("a loser got %v", err)
		}
	}
	if n := w.count(`SELECT count(*) FROM orders WHERE status = 'paid'`); n != 2 || wins != 2 {
		t.Errorf("%d orders paid, %d successes, want 2", n, wins)
	}
	w.wantLetters("enrolled", 2)
}

// familyOf makes n students whose claims all name the same reference.
func (w *world) familyOf(n int) []payment.Claim {
	claims := make([]payment.Claim, n)
	for i := range claims {
		user := w.user("student", fmt.Sprint("Student ", i), fmt.Sprintf("s%d@example.com", i), "")
		claims[i] = w.claim(w.enroll(user, "python"), ref1)
	}
	return claims
}

func TestRace_TwoClaimsOfOneOrder(t *testing.T) {
	w := newWorld(t)
	o := w.enroll(w.asha, "python")
	claims := make([]payment.Claim, 8)
	for i := range claims {
		claims[i] = w.claim(o, reference(i))
	}
	for _, err := range together(len(claims), func(i int) error {
		_, err := w.pay.Verify(ctx, w.chitra, claims[i].ID, 49900)
		return err
	}) {
		w.must(err)
	}
	w.wantOrder(o, payment.Paid, 49900)
	w.wantLetters("enrolled", 1)
	if free := w.money(o).Free.Amount; free != 7*49900 {
		t.Errorf("%d is free, want all but one payment", free)
	}
}

func TestRace_DecisionsHaveOneWinner(t *testing.T) {
	w := newWorld(t)
	o := w.enroll(w.asha, "python")
	c := w.claim(o, ref1)
	wantOne(t, together(crowd, func(i int) error {
		if i%2 == 0 {
			return w.pay.Reject(ctx, w.chitra, c.ID, "no")
		}
		_, err := w.pay.Verify(ctx, w.chitra, c.ID, 49900)
		return err
	}))
	status, _ := w.statusOf(c)
	w.wantOpen(w.asha, w.python, status == payment.Accepted)
	w.wantLetters("rejected", map[bool]int{true: 1}[status == payment.Rejected])
}

func TestRace_MoneyGoesBackOnce(t *testing.T) {
	w := newWorld(t)
	o := w.paid(w.asha, "python", ref1)
	errs := together(crowd, func(i int) error {
		switch i % 3 {
		case 0:
			return w.pay.Reverse(ctx, w.chitra, o.Code, "no", true)
		case 1:
			_, err := w.pay.Refund(ctx, w.chitra, o.Code, payment.RefundForm{Amount: 49900, Once: "k"})
			return err
		}
		_, err := w.pay.Refund(ctx, w.chitra, o.Code, payment.RefundForm{Amount: 49900})
		return err
	})
	for _, err := range errs {
		if err != nil && !fault.Is(err, fault.Conflict) && !fault.Is(err, fault.Invalid) {
			t.Errorf("got %v", err)
		}
	}
	w.wantOrder(o, payment.Reversed, 0)
	w.wantOpen(w.asha, w.python, false)
	if n := w.letters("reversed") + w.letters("refunded"); n < 1 || n > 2 {
		t.Errorf("%d letters", n)
	}
	w.wantSound()
}

func TestRace_CashSentTwice(t *testing.T) {
	w := newWorld(t)
	o := w.enroll(w.asha, "python")
	for _, err := range together(crowd, func(int) error {
		_, err := w.pay.RecordReceipt(ctx, w.chitra, o.Code, payment.ReceiptForm{Method: payment.Cash, Amount: 100, Once: "k"})
		return err
	}) {
		w.must(err)
	}
	w.wantOrder(o, payment.Open, 100)
	wantOne(t, together(crowd, func(int) error {
		_, err := w.pay.RecordReceipt(ctx, w.chitra, o.Code, payment.ReceiptForm{Method: payment.Cash, Amount: 49800})
		return err
	}))
}

func TestRace_CancelAndPay(t *testing.T) {
	w := newWorld(t)
	for i := range 12 {
		user := w.user("student", fmt.Sprint("Student ", i), fmt.Sprintf("s%d@example.com", i), "")
		o := w.enroll(user, "python")
		together(3, func(n int) error {
			switch n {
			case 0:
				return w.pay.Cancel(ctx, user, o.Code)
			case 1:
				_, err := w.pay.RecordReceipt(ctx, w.chitra, o.Code, payment.ReceiptForm{Method: payment.Cash, Amount: 49900})
				return err
			}
			_, err := w.pay.Enroll(ctx, user, "python")
			return err
		})
		w.wantOrder(o, payment.Paid, 49900)
	}
	w.wantSound()
}
