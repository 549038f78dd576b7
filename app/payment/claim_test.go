package payment_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"lectern/app/fault"
	"lectern/app/payment"
)

func TestAddClaim_TakesWhatPeoplePaste(t *testing.T) {
	for name, c := range map[string]struct{ pasted, want string }{
		"Plain":  {ref1, ref1},
		"Groups": {"6123 4567 8901", ref1},
		"Text":   {"UPI transaction ID 612345678901, paid to school", ref1},
		"NEFT":   {"SBIN523325123456", "SBIN523325123456"},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			o := w.enroll(w.asha, "python")
			got := w.claim(o, c.pasted)
			if got.Reference != c.want || got.Status != payment.Waiting || got.OrderID != o.ID || got.Payee != payee {
				t.Errorf("claim: %+v", got)
			}
			if w.audits("claim.add") != 1 || w.letters("claims_digest") == 0 {
				t.Error("no audit row, or no letter to the school")
			}
		})
	}
}

func TestAddClaim_RefusesWhatIsNoReference(t *testing.T) {
	w := newWorld(t)
	o := w.enroll(w.asha, "python")
	for pasted, key := range map[string]string{
		"":                         "payment.reference.none",
		"I have paid":              "payment.reference.none",
		"61234567890":              "payment.reference.digits",
		"6123456789012":            "payment.reference.digits",
		ref1 + " or " + ref2:       "payment.reference.several",
		"CICAgIDwhsqnPA":           "payment.reference.google",
		"\x00\xff":                 "payment.reference.none",
		strings.Repeat("9", 10000): "payment.reference.digits",
	} {
		_, err := w.pay.AddClaim(ctx, o.ID, payment.ClaimForm{Reference: pasted})
		wantFault(t, err, fault.Invalid, key)
	}
	_, err := w.pay.AddClaim(ctx, o.ID, payment.ClaimForm{Reference: ref1, Payer: strings.Repeat("ஆ", 121)})
	wantFault(t, err, fault.Invalid, "payment.long")
	_, err = w.pay.AddClaim(ctx, "unknown", payment.ClaimForm{Reference: ref1})
	wantFault(t, err, fault.NotFound, "payment.order.none")
	if n := w.count(`SELECT count(*) FROM claims`); n != 0 {
		t.Errorf("%d claims, want none", n)
	}
}

func TestAddClaim_TrustsOnlyTheSchoolsPayees(t *testing.T) {
	w := newWorld(t)
	o := w.enroll(w.asha, "python")
	for i, c := range []struct{ typed, want string }{
		{payee, payee}, {" SCHOOL@ExampleBank ", payee}, {"thief@examplebank", ""}, {"", ""},
	} {
		got, err := w.pay.AddClaim(ctx, o.ID, payment.ClaimForm{Reference: reference(i), Payee: c.typed, Payer: "  S.\n Meenakshi\x00 "})
		w.must(err)
		if got.Payee != c.want || got.Payer != "S. Meenakshi" {
			t.Errorf("payee %q: claim %+v", c.typed, got)
		}
	}
}

func TestAddClaim_SameReferenceAgain(t *testing.T) {
	for name, c := range map[string]struct {
		before func(w *world, c payment.Claim)
		same   bool
	}{
		"Waits":        {same: true},
		"NotSeen":      {same: true, before: func(w *world, c payment.Claim) { w.must(w.pay.NotSeen(ctx, w.chitra, c.ID, "")) }},
		"Accepted":     {same: true, before: func(w *world, c payment.Claim) { w.verify(c, 49900) }},
		"AcceptedPart": {same: true, before: func(w *world, c payment.Claim) { w.verify(c, 100) }},
		"Rejected":     {before: func(w *world, c payment.Claim) { w.must(w.pay.Reject(ctx, w.chitra, c.ID, "no")) }},
		"Reversed": {before: func(w *world, c payment.Claim) {
			o := w.verify(c, 49900).Order
			w.must(w.pay.Reverse(ctx, w.chitra, o.Code, "wrong row", false))
		}},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			o := w.enroll(w.asha, "python")
			first := w.claim(o, ref1)
			if c.before != nil {
				c.before(w, first)
			}
			second := w.claim(o, ref1)
			if same := second.ID == first.ID; same != c.same {
				t.Errorf("same claim %v, want %v", same, c.same)
			}
			if want := map[bool]int{true: 1, false: 2}[c.same]; w.audits("claim.add") != want {
				t.Errorf("%d audit rows, want %d", w.audits("claim.add"), want)
			}
		})
	}
}

func TestAddClaim_WhateverTheOrdersStatus(t *testing.T) {
	for name, before := range map[string]func(w *world, o payment.Order){
		"Expired":   func(w *world, o payment.Order) { w.pass(100 * time.Hour) },
		"Paid":      func(w *world, o payment.Order) { w.verify(w.claim(o, ref1), 49900) },
		"Cancelled": func(w *world, o payment.Order) { w.must(w.pay.Cancel(ctx, w.asha, o.Code)) },
		"Reversed": func(w *world, o payment.Order) {
			w.verify(w.claim(o, ref1), 49900)
			w.must(w.pay.Reverse(ctx, w.chitra, o.Code, "no", true))
		},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			o := w.enroll(w.asha, "python")
			before(w, o)
			w.wantStatus(w.claim(o, ref2), payment.Waiting)
		})
	}
}

func TestNotSeen(t *testing.T) {
	w := newWorld(t)
	o := w.enroll(w.asha, "python")
	c := w.claim(o, ref1)
	w.must(w.pay.NotSeen(ctx, w.chitra, c.ID, "not in the list of\ntoday"))
	if status, reason := w.statusOf(c); status != payment.NotSeen || reason != "not in the list of today" {
		t.Errorf("claim is %s: %q", status, reason)
	}
	claims, err := w.pay.Claims(ctx, o.ID)
	if err != nil || len(claims) != 1 || !claims[0].LookedAt.Equal(w.now()) || !claims[0].DecidedAt.IsZero() {
		t.Errorf("claims: %+v, %v", claims, err)
	}
	w.pass(20 * time.Hour)
	w.must(w.pay.NotSeen(ctx, w.chitra, c.ID, ""))
	w.wantLetters("not_seen", 1)
	w.pass(5 * time.Hour)
	w.must(w.pay.NotSeen(ctx, w.chitra, c.ID, ""))
	w.wantLetters("not_seen", 2)
	if n := w.audits("payment.not_seen"); n != 3 {
		t.Errorf("%d audit rows, want 3", n)
	}
	w.verify(c, 49900)
	wantFault(t, w.pay.NotSeen(ctx, w.chitra, c.ID, ""), fault.Conflict, "fault.conflict")
	w.wantStatus(c, payment.Accepted)
}

func TestReject(t *testing.T) {
	w := newWorld(t)
	o := w.enroll(w.asha, "python")
	c := w.claim(o, ref1)
	wantFault(t, w.pay.Reject(ctx, w.chitra, c.ID, " \n "), fault.Invalid, "payment.reason.needed")
	wantFault(t, w.pay.Reject(ctx, w.chitra, c.ID, strings.Repeat("x", 501)), fault.Invalid, "payment.long")
	w.wantStatus(c, payment.Waiting)
	w.must(w.pay.Reject(ctx, w.chitra, c.ID, "another school's number"))
	if status, reason := w.statusOf(c); status != payment.Rejected || reason != "another school's number" {
		t.Errorf("claim is %s: %q", status, reason)
	}
	wantFault(t, w.pay.Reject(ctx, w.chitra, c.ID, "again"), fault.Conflict, "fault.conflict")
	_, err := w.pay.Verify(ctx, w.chitra, c.ID, 49900)
	wantFault(t, err, fault.Conflict, "fault.conflict")
	w.wantLetters("rejected", 1)
	w.wantOrder(o, payment.Open, 0)
	if n := w.audits("payment.reject"); n != 1 {
		t.Errorf("%d audit rows, want 1", n)
	}
}

func TestReopen(t *testing.T) {
	for name, c := range map[string]struct {
		before func(w *world, o payment.Order, c payment.Claim)
		ok     bool
	}{
		"Rejected": {ok: true, before: func(w *world, o payment.Order, c payment.Claim) { w.must(w.pay.Reject(ctx, w.chitra, c.ID, "slip")) }},
		"NotSeen":  {ok: true, before: func(w *world, o payment.Order, c payment.Claim) { w.must(w.pay.NotSeen(ctx, w.chitra, c.ID, "slip")) }},
		"Reversed": {ok: true, before: func(w *world, o payment.Order, c payment.Claim) {
			w.verify(c, 49900)
			w.must(w.pay.Reverse(ctx, w.chitra, o.Code, "slip", false))
		}},
		"Waits":    {before: func(w *world, o payment.Order, c payment.Claim) {}},
		"Accepted": {before: func(w *world, o payment.Order, c payment.Claim) { w.verify(c, 49900) }},
		"ClaimedAnew": {before: func(w *world, o payment.Order, c payment.Claim) {
			w.must(w.pay.Reject(ctx, w.chitra, c.ID, "slip"))
			w.claim(o, ref1)
		}},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			o := w.enroll(w.asha, "python")
			claim := w.claim(o, ref1)
			c.before(w, o, claim)
			before, _ := w.statusOf(claim)
			err := w.pay.Reopen(ctx, w.chitra, claim.ID)
			if !c.ok {
				wantFault(t, err, fault.Conflict, "fault.conflict")
				w.wantStatus(claim, before)
				return
			}
			w.must(err)
			if status, reason := w.statusOf(claim); status != payment.Waiting || reason != "" {
				t.Errorf("claim is %s: %q", status, reason)
			}
			w.verify(claim, 49900)
			w.wantOrder(o, payment.Paid, 49900)
			w.wantOpen(w.asha, w.python, true)
		})
	}
}

func TestSteps_UnknownIDs(t *testing.T) {
	w := newWorld(t)
	for _, id := range []string{"", "unknown", "\x00", "\xff", strings.Repeat("x", 1000)} {
		_, verify := w.pay.Verify(ctx, w.chitra, id, 1)
		_, batch := w.pay.Batch(ctx, id)
		_, row := w.pay.QueueRowByID(ctx, id)
		_, use := w.pay.UseRest(ctx, w.chitra, w.enroll(w.asha, "python").Code, id)
		for step, err := range map[string]error{
			"not seen": w.pay.NotSeen(ctx, w.chitra, id, ""), "reject": w.pay.Reject(ctx, w.chitra, id, "no"), "reopen": w.pay.Reopen(ctx, w.chitra, id),
			"undo refund": w.pay.UndoRefund(ctx, w.chitra, id), "verify": verify, "batch": batch, "row": row, "use": use,
			"void": w.pay.Void(ctx, w.chitra, w.enroll(w.asha, "python").Code, id, "no"),
		} {
			if !fault.Is(err, fault.NotFound) {
				t.Errorf("%s of %.10q: got %v", step, id, err)
			}
		}
	}
	for _, code := range []string{"", "LN-0000-0000", "\x00"} {
		_, receipt := w.pay.RecordReceipt(ctx, w.chitra, code, payment.ReceiptForm{Method: payment.Cash, Amount: 1})
		_, refund := w.pay.Refund(ctx, w.chitra, code, payment.RefundForm{Amount: 1})
		_, admin := w.pay.AdminOrder(ctx, code)
		for step, err := range map[string]error{"receipt": receipt, "refund": refund, "admin": admin, "reverse": w.pay.Reverse(ctx, w.chitra, code, "no", false)} {
			if !fault.Is(err, fault.NotFound) {
				t.Errorf("%s of %q: got %v", step, code, err)
			}
		}
	}
}

func TestAddClaim_FloodOfOneOrderEnds(t *testing.T) {
	w := newWorld(t)
	o := w.enroll(w.asha, "python")
	add := func(by string, from, n int) (made int) {
		for i := range n {
			_, err := w.pay.AddClaim(ctx, o.ID, payment.ClaimForm{Reference: fmt.Sprintf("6%011d", from+i), By: by})
			if err == nil {
				made++
			} else {
				wantFault(t, err, fault.Invalid, "payment.claims.many")
			}
		}
		return made
	}
	if made := add("", 0, 30); made != 10 {
		t.Errorf("by the pay link %d claims wait, want 10", made)
	}
	if made := add(w.bala, 100, 5); made != 0 {
		t.Errorf("another student added %d", made)
	}
	if made := add(w.asha, 200, 30); made != 10 {
		t.Errorf("the student, beside a flood: %d, want 10", made)
	}
	if made := add("", 0, 10); made != 10 {
		t.Errorf("sent again: %d of 10 are fine", made)
	}
	claims, err := w.pay.Claims(ctx, o.ID)
	w.must(err)
	for _, c := range claims[:15] {
		w.must(w.pay.Reject(ctx, w.chitra, c.ID, "not ours"))
	}
	if made := add("", 300, 10); made != 5 {
		t.Errorf("once the school has looked: %d, want 5", made)
	}
}

func TestAddClaim_PayerTurnsNothingAround(t *testing.T) {
	w := newWorld(t)
	o := w.enroll(w.asha, "python")
	c, err := w.pay.AddClaim(ctx, o.ID, payment.ClaimForm{Reference: ref1, Payer: "Bala\u202e 994\u2069 \u200fनेहा\u200d"})
	w.must(err)
	if c.Payer != "Bala 994 नेहा\u200d" {
		t.Errorf("%+q", c.Payer)
	}
}
