package payment_test

import (
	"testing"

	"lectern/app/fault"
	"lectern/app/learning"
	"lectern/app/payment"
)

func TestReverse(t *testing.T) {
	w := newWorld(t)
	o := w.enroll(w.asha, "python")
	c := w.claim(o, ref1)
	wantFault(t, w.pay.Reverse(ctx, w.chitra, o.Code, "nothing yet", false), fault.Conflict, "payment.reverse.nothing")
	r := w.verify(c, 49900)
	wantFault(t, w.pay.Reverse(ctx, w.chitra, o.Code, "", false), fault.Invalid, "payment.reason.needed")
	w.must(w.pay.Reverse(ctx, w.chitra, o.Code, "verified the wrong row", false))
	if now := w.order(o); now.Reason != "verified the wrong row" || !now.PaidAt.IsZero() || now.ClosedAt.IsZero() {
		t.Errorf("order: %+v", now)
	}
	w.wantOrder(o, payment.Reversed, 0)
	w.wantOpen(w.asha, w.python, false)
	w.wantLetters("reversed", 1)
	if status, reason := w.statusOf(c); status != payment.Rejected || reason != "verified the wrong row" {
		t.Errorf("claim is %s: %q", status, reason)
	}
	m := w.money(o)
	if len(m.Receipts) != 1 || m.Receipts[0].ID != r.Receipt.ID || m.Receipts[0].Used != 0 || !m.Receipts[0].VoidedAt.IsZero() || m.Free != rupees(499) {
		t.Errorf("money: %+v", m)
	}
	if uses := m.Receipts[0].Uses; len(uses) != 1 || uses[0].EndedAt.IsZero() {
		t.Errorf("uses: %+v", uses)
	}
	wantFault(t, w.pay.Reverse(ctx, w.chitra, o.Code, "again", false), fault.Conflict, "payment.reverse.nothing")
	if w.audits("payment.reverse") != 1 || w.audits("grant.end") != 1 {
		t.Error("audit rows are wrong")
	}
	if next := w.enroll(w.asha, "python"); next.ID == o.ID {
		t.Error("a reversed order was given out again")
	}
}

func TestReverse_TheMoneyWasAnotherOrders(t *testing.T) {
	w := newWorld(t)
	wrong, right := w.paid(w.asha, "python", ref1), w.enroll(w.bala, "python")
	c := w.claim(right, ref1)
	_, err := w.pay.Verify(ctx, w.chitra, c.ID, 49900)
	wantFault(t, err, fault.Conflict, "payment.receipt.used_up")
	w.must(w.pay.Reverse(ctx, w.chitra, wrong.Code, "it is Bala's", false))
	w.verify(c, 49900)
	w.wantOpen(w.asha, w.python, false)
	w.wantOpen(w.bala, w.python, true)
}

func TestReverse_NeverCame(t *testing.T) {
	w := newWorld(t)
	asha, bala := w.enroll(w.asha, "python"), w.enroll(w.bala, "python")
	first, second := w.claim(asha, ref1), w.claim(bala, ref1)
	w.verify(first, 99800)
	w.verify(second, 99800)
	w.must(w.pay.Reverse(ctx, w.chitra, asha.Code, "not mine", true))
	if n := w.count(`SELECT count(*) FROM receipts WHERE voided_at IS NULL`); n != 1 {
		t.Errorf("%d receipts stand, want the one that Bala lives on", n)
	}
	w.wantOpen(w.bala, w.python, true)
	w.must(w.pay.Reverse(ctx, w.chitra, bala.Code, "never came", true))
	if n := w.count(`SELECT count(*) FROM receipts WHERE voided_at IS NULL`); n != 0 {
		t.Errorf("%d receipts stand, want none", n)
	}
	w.must(w.pay.Reopen(ctx, w.chitra, first.ID))
	if r := w.verify(first, 49900); r.Outcome() != payment.Verified {
		t.Errorf("the number can't be written down anew: %+v", r)
	}
}

func TestReverse_PartlyPaid(t *testing.T) {
	w := newWorld(t)
	o := w.enroll(w.asha, "python")
	w.verify(w.claim(o, ref1), 20000)
	w.must(w.pay.Reverse(ctx, w.chitra, o.Code, "slip", true))
	w.wantOrder(o, payment.Reversed, 0)
	w.wantLetters("reversed", 1)
}

func TestReverse_AccessByAnotherGrantStays(t *testing.T) {
	w := newWorld(t)
	o := w.paid(w.asha, "python", ref1)
	hand := learning.New(learning.Options{DB: w.d, Now: w.now})
	w.must(hand.EnrollByHand(ctx, w.chitra, w.asha, w.python.ID, "scholarship"))
	w.must(w.pay.Reverse(ctx, w.chitra, o.Code, "slip", false))
	w.wantOpen(w.asha, w.python, true)
}

func (w *world) refund(o payment.Order, f payment.RefundForm) payment.RefundResult {
	w.Helper()
	r, err := w.pay.Refund(ctx, w.chitra, o.Code, f)
	w.must(err)
	return r
}

func TestRefund_WhatWasPaidTwice(t *testing.T) {
	w := newWorld(t)
	o := w.paid(w.asha, "python", ref1)
	w.verify(w.claim(o, ref2), 49900)
	form := payment.RefundForm{Amount: 49900, Reference: "sent back 7001", Once: "k1"}
	if r := w.refund(o, form); r.Reversed || r.Repeated {
		t.Errorf("result: %+v", r)
	}
	if r := w.refund(o, form); !r.Repeated {
		t.Errorf("sent again: %+v", r)
	}
	w.wantOrder(o, payment.Paid, 49900)
	w.wantOpen(w.asha, w.python, true)
	w.wantLetters("refunded", 1)
	m := w.money(o)
	if m.Free.Amount != 0 || len(m.Refunds) != 1 || m.Refunds[0].Amount != rupees(499) || m.Refunds[0].Reference != "sent back 7001" || m.Refunds[0].By != "Chitra Kaul" {
		t.Errorf("money: %+v", m)
	}
	if n := w.audits("payment.refund"); n != 1 {
		t.Errorf("%d audit rows, want 1", n)
	}
}

func TestRefund_EndsAccessWhenItTakesWhatPaid(t *testing.T) {
	w := newWorld(t)
	o := w.enroll(w.asha, "python")
	w.verify(w.claim(o, ref1), 20000)
	w.verify(w.claim(o, ref2), 40000) // ₹101 too much
	if r := w.refund(o, payment.RefundForm{Amount: 50000}); !r.Reversed {
		t.Errorf("result: %+v", r)
	}
	w.wantOrder(o, payment.Reversed, 0)
	w.wantOpen(w.asha, w.python, false)
	m := w.money(o)
	if m.Free != rupees(100) || len(m.Refunds) != 2 {
		t.Errorf("money: %+v, want ₹100 left and a refund for each receipt", m)
	}
	if sum := m.Refunds[0].Amount.Amount + m.Refunds[1].Amount.Amount; sum != 50000 {
		t.Errorf("refunded %d", sum)
	}
	if n := w.count(`SELECT count(*) FROM outbox WHERE kind = 'refunded' AND payload LIKE '%"AccessEnds":true%'`); n != 1 {
		t.Errorf("%d letters say that access ends, want 1", n)
	}
	w.wantLetters("reversed", 0)
}

func TestRefund_WhatCantBe(t *testing.T) {
	w := newWorld(t)
	o := w.enroll(w.asha, "python")
	refund := func(amount int64) error {
		_, err := w.pay.Refund(ctx, w.chitra, o.Code, payment.RefundForm{Amount: amount})
		return err
	}
	wantFault(t, refund(1), fault.Invalid, "payment.refund.nothing")
	w.verify(w.claim(o, ref1), 60000)
	wantFault(t, refund(0), fault.Invalid, "payment.amount.needed")
	wantFault(t, refund(60001), fault.Invalid, "payment.refund.most")
	w.wantOrder(o, payment.Paid, 49900)
	w.must(refund(60000))
	wantFault(t, refund(1), fault.Invalid, "payment.refund.nothing")
}

func TestRefund_NotOfMoneyThatPaysAnother(t *testing.T) {
	w := newWorld(t)
	wrong, right := w.paid(w.asha, "python", ref1), w.enroll(w.bala, "python")
	w.must(w.pay.Reverse(ctx, w.chitra, wrong.Code, "it is Bala's", false))
	w.verify(w.claim(right, ref1), 49900)
	_, err := w.pay.Refund(ctx, w.chitra, wrong.Code, payment.RefundForm{Amount: 49900})
	wantFault(t, err, fault.Invalid, "payment.refund.nothing")
	w.wantOrder(right, payment.Paid, 49900)
}

func TestUndoRefund(t *testing.T) {
	w := newWorld(t)
	o := w.paid(w.asha, "python", ref1)
	w.refund(o, payment.RefundForm{Amount: 49900, Reason: "moved away"})
	m := w.money(o)
	w.must(w.pay.UndoRefund(ctx, w.chitra, m.Refunds[0].ID))
	wantFault(t, w.pay.UndoRefund(ctx, w.chitra, m.Refunds[0].ID), fault.Conflict, "fault.conflict")
	w.wantOrder(o, payment.Reversed, 0)
	if m = w.money(o); m.Free != rupees(499) || m.Refunds[0].UndoneAt.IsZero() {
		t.Errorf("money: %+v", m)
	}
	_, err := w.pay.UseRest(ctx, w.chitra, o.Code, m.Receipts[0].ID)
	w.must(err)
	w.wantOrder(o, payment.Paid, 49900)
	w.wantOpen(w.asha, w.python, true)
	if n := w.audits("payment.undo_refund"); n != 1 {
		t.Errorf("%d audit rows, want 1", n)
	}
}

func TestClean_ForgetsOldForms(t *testing.T) {
	w := newWorld(t)
	o := w.enroll(w.asha, "python")
	w.receipt(o, payment.ReceiptForm{Method: payment.Cash, Amount: 100, Once: "a"})
	_, err := w.pay.VerifyMany(ctx, w.chitra, []string{"x"})
	w.must(err)
	w.must(w.pay.Clean(ctx))
	left := func() int {
		return w.count(`SELECT (SELECT count(*) FROM sent_once) + (SELECT count(*) FROM batches) + (SELECT count(*) FROM batch_items)`)
	}
	if n := left(); n != 3 {
		t.Errorf("%d rows, want all 3 of today", n)
	}
	w.pass(32 * 24 * 3600 * 1e9)
	w.must(w.pay.Clean(ctx))
	if n := left(); n != 0 {
		t.Errorf("%d rows after a month, want none", n)
	}
}
