package payment_test

import (
	"slices"
	"testing"

	"lectern/app/fault"
	"lectern/app/payment"
)

func TestVerify_TheWholePrice(t *testing.T) {
	w := newWorld(t)
	o := w.enroll(w.asha, "python")
	c := w.claim(o, ref1)
	r := w.verify(c, 49900)
	if r.Outcome() != payment.Verified || !r.Enrolled || r.Drawn != 49900 || r.Receipt.Method != payment.UPI || r.Receipt.Payee != payee {
		t.Errorf("result: %+v", r)
	}
	if now := w.order(o); now != r.Order || !now.PaidAt.Equal(w.now()) {
		t.Errorf("order is %+v, result said %+v", now, r.Order)
	}
	w.wantOrder(o, payment.Paid, 49900)
	w.wantStatus(c, payment.Accepted)
	w.wantOpen(w.asha, w.python, true)
	w.wantOpen(w.asha, w.web, false)
	w.wantLetters("enrolled", 1)
	if w.audits("payment.verify") != 1 || w.audits("grant.create") != 1 {
		t.Error("audit rows are missing")
	}
	_, err := w.pay.Verify(ctx, w.chitra, c.ID, 49900)
	wantFault(t, err, fault.Conflict, "fault.conflict")
}

func TestVerify_AmountsThatDiffer(t *testing.T) {
	w := newWorld(t)
	o := w.enroll(w.asha, "python")
	for _, amount := range []int64{0, -1} {
		_, err := w.pay.Verify(ctx, w.chitra, w.claim(o, ref1).ID, amount)
		wantFault(t, err, fault.Invalid, "payment.amount.needed")
	}
	r := w.verify(w.claim(o, ref1), 49000)
	if r.Outcome() != payment.Part || r.Enrolled || r.Order.Due() != 900 {
		t.Errorf("₹490 of ₹499: %+v", r)
	}
	w.wantOrder(o, payment.Open, 49000)
	w.wantOpen(w.asha, w.python, false)
	w.wantLetters("part_received", 1)
	w.wantLetters("enrolled", 0)

	r = w.verify(w.claim(o, ref2), 1000)
	if r.Outcome() != payment.Over || !r.Enrolled || r.Drawn != 900 || r.Receipt.Rest() != 100 {
		t.Errorf("₹10 for ₹9: %+v", r)
	}
	w.wantOrder(o, payment.Paid, 49900)
	w.wantOpen(w.asha, w.python, true)
	w.wantLetters("enrolled", 1)
	if free := w.money(o).Free; free != rupees(1) {
		t.Errorf("free is %v, want ₹1", free)
	}
}

func TestVerify_TransferReference(t *testing.T) {
	w := newWorld(t)
	r := w.verify(w.claim(w.enroll(w.asha, "python"), "SBIN523325123456"), 49900)
	if r.Receipt.Method != payment.Transfer || r.Receipt.Reference != "SBIN523325123456" {
		t.Errorf("receipt: %+v", r.Receipt)
	}
}

func TestVerify_OneReferenceOnTwoOrders(t *testing.T) {
	w := newWorld(t)
	asha, bala := w.enroll(w.asha, "python"), w.enroll(w.bala, "python")
	first, second := w.claim(asha, ref1), w.claim(bala, ref1)
	w.verify(first, 49900)
	_, err := w.pay.Verify(ctx, w.chitra, second.ID, 49900)
	wantFault(t, err, fault.Conflict, "payment.receipt.used_up")
	_, err = w.pay.Verify(ctx, w.chitra, second.ID, 99800)
	wantFault(t, err, fault.Invalid, "payment.amount.known")
	w.wantOrder(bala, payment.Open, 0)
	w.wantStatus(second, payment.Waiting)
	w.wantOpen(w.bala, w.python, false)
	if n := w.count(`SELECT count(*) FROM receipts`); n != 1 {
		t.Errorf("%d receipts, want 1", n)
	}
}

func TestVerify_TwoSiblingsOneTransfer(t *testing.T) {
	w := newWorld(t)
	asha, bala := w.enroll(w.asha, "python"), w.enroll(w.bala, "web")
	first, second := w.claim(asha, ref1), w.claim(bala, ref1)
	if r := w.verify(first, 99800); r.Outcome() != payment.Over || r.Receipt.Rest() != 49900 {
		t.Errorf("first: %+v", r)
	}
	_, err := w.pay.Verify(ctx, w.chitra, second.ID, 49900)
	wantFault(t, err, fault.Invalid, "payment.amount.known")
	row, err := w.pay.QueueRowByID(ctx, second.ID)
	if err != nil || row.Prefill != rupees(998) || row.Known == nil || row.Known.Rest() != 49900 || !slices.Equal(row.Others, []string{asha.Code}) {
		t.Errorf("row of the second: %+v, %v", row, err)
	}
	if r := w.verify(second, 99800); r.Outcome() != payment.Verified || !r.Enrolled {
		t.Errorf("second: %+v", r)
	}
	w.wantOpen(w.bala, w.web, true)
	w.wantLetters("enrolled", 2)
}

func TestVerify_PaidTwice(t *testing.T) {
	w := newWorld(t)
	o := w.paid(w.asha, "python", ref1)
	c := w.claim(o, ref2)
	r := w.verify(c, 49900)
	if r.Outcome() != payment.Over || r.Enrolled || r.Drawn != 0 || r.Receipt.Rest() != 49900 {
		t.Errorf("result: %+v", r)
	}
	w.wantStatus(c, payment.Accepted)
	w.wantOrder(o, payment.Paid, 49900)
	w.wantLetters("enrolled", 1)
	if m := w.money(o); m.Free != rupees(499) || len(m.Receipts) != 2 {
		t.Errorf("money: %+v", m)
	}
}

func TestVerify_ClosedOrders(t *testing.T) {
	cancel := func(w *world, o payment.Order) { w.must(w.pay.Cancel(ctx, w.asha, o.Code)) }
	reverse := func(w *world, o payment.Order) {
		w.verify(w.claim(o, ref2), 49900)
		w.must(w.pay.Reverse(ctx, w.chitra, o.Code, "no", true))
	}
	for name, c := range map[string]struct {
		close  func(w *world, o payment.Order)
		newer  bool
		amount int64
		status string // after verifying; "" for a conflict
	}{
		"CancelledThenPaid":                {close: cancel, amount: 49900, status: payment.Paid},
		"CancelledThenPartlyPaid":          {close: cancel, amount: 100, status: payment.Open},
		"CancelledThenPaidBesideANewer":    {close: cancel, newer: true, amount: 49900, status: payment.Paid},
		"CancelledThenPartlyPaidBesideOne": {close: cancel, newer: true, amount: 100},
		"ReversedThenPaid":                 {close: reverse, amount: 49900, status: payment.Paid},
		"ReversedThenPartlyPaidBesideOne":  {close: reverse, newer: true, amount: 100},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			o := w.enroll(w.asha, "python")
			c.close(w, o)
			closed := w.order(o)
			if c.newer {
				w.enroll(w.asha, "python")
			}
			claim := w.claim(o, ref1)
			_, err := w.pay.Verify(ctx, w.chitra, claim.ID, c.amount)
			if c.status == "" {
				wantFault(t, err, fault.Conflict, "payment.order.newer")
				w.wantOrder(o, closed.Status, 0)
				w.wantStatus(claim, payment.Waiting)
				return
			}
			w.must(err)
			w.wantOrder(o, c.status, c.amount)
			if now := w.order(o); !now.ClosedAt.IsZero() || now.Reason != "" {
				t.Errorf("order still looks closed: %+v", now)
			}
			w.wantOpen(w.asha, w.python, c.status == payment.Paid)
		})
	}
}

func TestVerify_OtherCurrency(t *testing.T) {
	w := newWorld(t)
	w.verify(w.claim(w.enroll(w.asha, "python"), ref1), 99800)
	w.exec(`UPDATE courses SET currency = 'USD' WHERE slug = 'web'`)
	_, err := w.pay.Verify(ctx, w.chitra, w.claim(w.enroll(w.bala, "web"), ref1).ID, 99800)
	wantFault(t, err, fault.Conflict, "payment.receipt.currency")
}

func TestVerifyMany_OneBadRowSpoilsNoOther(t *testing.T) {
	w := newWorld(t)
	python, web, bala := w.enroll(w.asha, "python"), w.enroll(w.asha, "web"), w.enroll(w.bala, "python")
	whole, rejected, shared := w.claim(python, ref1), w.claim(web, ref2), w.claim(bala, ref1)
	w.must(w.pay.Reject(ctx, w.chitra, rejected.ID, "no"))
	part := w.claim(web, ref3)
	w.verify(w.claim(web, reference(4)), 40000) // what is due for web is ₹99 now

	ids := []string{whole.ID, rejected.ID, "unknown", whole.ID, part.ID, shared.ID, "\x00"}
	id, err := w.pay.VerifyMany(ctx, w.chitra, ids)
	w.must(err)
	rows, err := w.pay.Batch(ctx, id)
	w.must(err)
	want := []payment.BatchRow{
		{ClaimID: whole.ID, Outcome: payment.Verified, Amount: rupees(499), Reference: ref1, OrderCode: python.Code, Title: w.python.Title, Kind: payment.Course, UserID: w.asha, Name: "Asha Rao"},
		{ClaimID: rejected.ID, Outcome: "fault.conflict", Amount: rupees(0), Reference: ref2, OrderCode: web.Code, Title: w.web.Title, Kind: payment.Course, UserID: w.asha, Name: "Asha Rao"},
		{ClaimID: "unknown", Outcome: "payment.claim.none"},
		{ClaimID: part.ID, Outcome: payment.Verified, Amount: rupees(99), Reference: ref3, OrderCode: web.Code, Title: w.web.Title, Kind: payment.Course, UserID: w.asha, Name: "Asha Rao"},
		{ClaimID: shared.ID, Outcome: "payment.receipt.used_up", Amount: rupees(0), Reference: ref1, OrderCode: bala.Code, Title: w.python.Title, Kind: payment.Course, UserID: w.bala, Name: "Bala Subramanian"},
	}
	if !slices.Equal(rows, want) {
		t.Errorf("rows:\n%+v\nwant\n%+v", rows, want)
	}
	w.wantOpen(w.asha, w.python, true)
	w.wantOpen(w.asha, w.web, true)
	w.wantOpen(w.bala, w.python, false)
	w.wantLetters("enrolled", 2)

	_, err = w.pay.VerifyMany(ctx, w.chitra, nil)
	wantFault(t, err, fault.Invalid, "payment.batch.empty")
	_, err = w.pay.VerifyMany(ctx, w.chitra, manyIDs(501))
	wantFault(t, err, fault.Invalid, "payment.batch.large")
}

func TestVerifyMany_AnErrorOfTheDatabaseIsARowToo(t *testing.T) {
	w := newWorld(t)
	c := w.claim(w.enroll(w.asha, "python"), ref1)
	w.exec(`ALTER TABLE outbox RENAME TO elsewhere`)
	id, err := w.pay.VerifyMany(ctx, w.chitra, []string{c.ID})
	w.must(err)
	rows, err := w.pay.Batch(ctx, id)
	if err != nil || len(rows) != 1 || rows[0].OK() || rows[0].Outcome != "payment.batch.broke" {
		t.Errorf("rows: %+v, %v", rows, err)
	}
	w.wantStatus(c, payment.Waiting)
}

func manyIDs(n int) []string {
	ids := make([]string, n)
	for i := range ids {
		ids[i] = reference(i)
	}
	return ids
}
