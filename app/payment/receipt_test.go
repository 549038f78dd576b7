package payment_test

import (
	"testing"

	"lectern/app/fault"
	"lectern/app/payment"
)

func (w *world) receipt(o payment.Order, f payment.ReceiptForm) payment.Result {
	w.Helper()
	r, err := w.pay.RecordReceipt(ctx, w.chitra, o.Code, f)
	w.must(err)
	return r
}

func TestRecordReceipt_Methods(t *testing.T) {
	for name, c := range map[string]struct {
		form              payment.ReceiptForm
		method, reference string
	}{
		"UPI":            {payment.ReceiptForm{Method: payment.UPI, Reference: "UTR 6123 4567 8901", Amount: 49900}, payment.UPI, ref1},
		"NEFT":           {payment.ReceiptForm{Method: payment.Transfer, Reference: "sbin523325123456", Amount: 49900}, payment.Transfer, "SBIN523325123456"},
		"NEFTCalledUPI":  {payment.ReceiptForm{Method: payment.UPI, Reference: "SBIN523325123456", Amount: 49900}, payment.Transfer, "SBIN523325123456"},
		"IMPS":           {payment.ReceiptForm{Method: payment.Transfer, Reference: ref1, Amount: 49900}, payment.Transfer, ref1},
		"Cash":           {payment.ReceiptForm{Method: payment.Cash, Amount: 49900}, payment.Cash, ""},
		"CashWithNumber": {payment.ReceiptForm{Method: payment.Cash, Reference: " 2026/ 17 ", Amount: 49900}, payment.Cash, "2026/17"},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			o := w.enroll(w.asha, "python")
			r := w.receipt(o, c.form)
			if r.Outcome() != payment.Verified || !r.Enrolled || r.Receipt.Method != c.method || r.Receipt.Reference != c.reference {
				t.Errorf("result: %+v", r)
			}
			w.wantOrder(o, payment.Paid, 49900)
			w.wantOpen(w.asha, w.python, true)
			w.wantLetters("enrolled", 1)
			if w.audits("payment.receipt") != 1 {
				t.Error("no audit row")
			}
		})
	}
}

func TestRecordReceipt_WhatCantBe(t *testing.T) {
	w := newWorld(t)
	o := w.enroll(w.asha, "python")
	for key, f := range map[string]payment.ReceiptForm{
		"payment.method.unknown":    {Method: "gateway", Reference: ref1, Amount: 1},
		"payment.reference.none":    {Method: payment.UPI, Amount: 1},
		"payment.reference.digits":  {Method: payment.Transfer, Reference: "12345", Amount: 1},
		"payment.reference.book":    {Method: payment.Cash, Reference: "no. १७", Amount: 1},
		"payment.amount.needed":     {Method: payment.Cash},
		"payment.reference.several": {Method: payment.UPI, Reference: ref1 + " " + ref2, Amount: 1},
	} {
		_, err := w.pay.RecordReceipt(ctx, w.chitra, o.Code, f)
		wantFault(t, err, fault.Invalid, key)
	}
	if n := w.count(`SELECT count(*) FROM receipts`); n != 0 {
		t.Errorf("%d receipts, want none", n)
	}
}

func TestRecordReceipt_AcceptsTheClaimThatWaits(t *testing.T) {
	w := newWorld(t)
	asha, bala := w.enroll(w.asha, "python"), w.enroll(w.bala, "python")
	mine, other, theirs := w.claim(asha, ref1), w.claim(asha, ref2), w.claim(bala, ref1)
	r := w.receipt(asha, payment.ReceiptForm{Method: payment.UPI, Reference: ref1, Amount: 49900})
	if r.Receipt.Payee != payee {
		t.Errorf("payee %q, want the claim's", r.Receipt.Payee)
	}
	w.wantStatus(mine, payment.Accepted)
	w.wantStatus(other, payment.Waiting)
	w.wantStatus(theirs, payment.Waiting)
}

func TestRecordReceipt_KnownReference(t *testing.T) {
	w := newWorld(t)
	asha, bala := w.enroll(w.asha, "python"), w.enroll(w.bala, "python")
	w.verify(w.claim(asha, ref1), 99800)
	_, err := w.pay.RecordReceipt(ctx, w.chitra, bala.Code, payment.ReceiptForm{Method: payment.UPI, Reference: ref1, Amount: 49900})
	wantFault(t, err, fault.Invalid, "payment.amount.known")
	if r := w.receipt(bala, payment.ReceiptForm{Method: payment.UPI, Reference: ref1, Amount: 99800}); !r.Enrolled || r.Outcome() != payment.Verified {
		t.Errorf("result: %+v", r)
	}
	_, err = w.pay.RecordReceipt(ctx, w.chitra, bala.Code, payment.ReceiptForm{Method: payment.UPI, Reference: ref1, Amount: 99800})
	wantFault(t, err, fault.Conflict, "payment.receipt.used_up")
}

func TestRecordReceipt_SentTwice(t *testing.T) {
	w := newWorld(t)
	o := w.enroll(w.asha, "python")
	form := payment.ReceiptForm{Method: payment.Cash, Amount: 20000, Once: "a1"}
	w.receipt(o, form)
	if again := w.receipt(o, form); !again.Repeated || again.Order.Paid != rupees(200) {
		t.Errorf("again: %+v", again)
	}
	w.wantOrder(o, payment.Open, 20000)
	form.Once = "a2"
	w.receipt(o, form)
	w.wantOrder(o, payment.Open, 40000)
	if other := w.receipt(w.enroll(w.bala, "python"), form); other.Repeated {
		t.Error("the key of one order's form stopped another's")
	}
	w.receipt(o, payment.ReceiptForm{Method: payment.Cash, Amount: 9900})
	_, err := w.pay.RecordReceipt(ctx, w.chitra, o.Code, payment.ReceiptForm{Method: payment.Cash, Amount: 9900})
	wantFault(t, err, fault.Conflict, "payment.order.paid")
	if n := w.count(`SELECT count(*) FROM receipts`); n != 4 {
		t.Errorf("%d receipts, want 4", n)
	}
}

func TestUseRest(t *testing.T) {
	w := newWorld(t)
	asha, bala := w.paid(w.asha, "python", ref1), w.enroll(w.bala, "python")
	r := w.verify(w.claim(asha, ref2), 40000) // paid twice, ₹400 of it
	got, err := w.pay.UseRest(ctx, w.chitra, bala.Code, r.Receipt.ID)
	w.must(err)
	if got.Outcome() != payment.Part || got.Drawn != 40000 {
		t.Errorf("result: %+v", got)
	}
	_, err = w.pay.UseRest(ctx, w.chitra, bala.Code, r.Receipt.ID)
	wantFault(t, err, fault.Conflict, "payment.receipt.used_up")
	_, err = w.pay.UseRest(ctx, w.chitra, asha.Code, r.Receipt.ID)
	wantFault(t, err, fault.Conflict, "payment.order.paid")
	w.wantOrder(bala, payment.Open, 40000)
	if w.audits("payment.use") != 1 {
		t.Error("audit rows are wrong")
	}
}

func TestUseRest_UndoesAReverse(t *testing.T) {
	w := newWorld(t)
	o := w.enroll(w.asha, "python")
	r := w.receipt(o, payment.ReceiptForm{Method: payment.Cash, Amount: 49900})
	w.must(w.pay.Reverse(ctx, w.chitra, o.Code, "slip", false))
	w.wantOpen(w.asha, w.python, false)
	_, err := w.pay.UseRest(ctx, w.chitra, o.Code, r.Receipt.ID)
	w.must(err)
	w.wantOrder(o, payment.Paid, 49900)
	w.wantOpen(w.asha, w.python, true)
	w.must(w.pay.Reverse(ctx, w.chitra, o.Code, "slip", true))
	_, err = w.pay.UseRest(ctx, w.chitra, o.Code, r.Receipt.ID)
	wantFault(t, err, fault.Conflict, "payment.receipt.used_up")
}

func TestVoid(t *testing.T) {
	w := newWorld(t)
	o := w.paid(w.asha, "python", ref1)
	c := w.claim(o, ref2)
	second := w.verify(c, 49900).Receipt
	first := w.money(o).Receipts[0].Receipt
	wantFault(t, w.pay.Void(ctx, w.chitra, o.Code, second.ID, ""), fault.Invalid, "payment.reason.needed")
	wantFault(t, w.pay.Void(ctx, w.chitra, o.Code, first.ID, "slip"), fault.Conflict, "payment.receipt.in_use")
	wantFault(t, w.pay.Void(ctx, w.chitra, w.enroll(w.bala, "web").Code, second.ID, "slip"), fault.NotFound, "payment.receipt.none")
	w.must(w.pay.Void(ctx, w.chitra, o.Code, second.ID, "slip"))
	wantFault(t, w.pay.Void(ctx, w.chitra, o.Code, second.ID, "slip"), fault.NotFound, "payment.receipt.none")
	if status, reason := w.statusOf(c); status != payment.Rejected || reason != "slip" {
		t.Errorf("claim is %s: %q", status, reason)
	}
	w.wantOrder(o, payment.Paid, 49900)
	w.wantOpen(w.asha, w.python, true)
	w.wantLetters("rejected", 1)
	if m := w.money(o); m.Free.Amount != 0 || m.Receipts[1].VoidedAt.IsZero() {
		t.Errorf("money: %+v", m)
	}
	w.must(w.pay.Reopen(ctx, w.chitra, c.ID))
	if again := w.verify(c, 10000); again.Receipt.ID == second.ID || again.Receipt.Amount != rupees(100) {
		t.Errorf("verified anew: %+v", again)
	}
}
