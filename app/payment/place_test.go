package payment_test

import (
	"database/sql"
	"testing"

	"lectern/app/db"
	"lectern/app/fault"
	"lectern/app/internship"
	"lectern/app/payment"
)

// post adds an internship with a fee of ₹999, for which Asha has applied.
func (w *world) post() internship.Post {
	w.Helper()
	p, err := w.places().Create(ctx, w.chitra, internship.Post{Title: "Writing Intern", Fee: rupees(999)})
	w.must(err)
	w.must(w.places().Move(ctx, w.chitra, p.ID, internship.Draft, internship.Published))
	w.apply("asha@example.com")
	return p
}

func (w *world) apply(email string) {
	w.Helper()
	_, err := w.places().Apply(ctx, "writing-intern", internship.ApplyForm{Name: "Somebody", Email: email, CoverLetter: "I can write."})
	w.must(err)
}

func (w *world) place(user string) payment.Order {
	w.Helper()
	r, err := w.pay.Place(ctx, user, "writing-intern")
	w.must(err)
	return *r.Order
}

func TestPlace_OneOrderForTheFee(t *testing.T) {
	w := newWorld(t)
	p := w.post()
	_, err := w.pay.Place(ctx, w.bala, p.Slug)
	wantFault(t, err, fault.NotFound, "internship.application.none")
	_, err = w.pay.Place(ctx, w.asha, "nothing")
	wantFault(t, err, fault.NotFound, "internship.none")
	codes := make([]string, crowd)
	for _, err := range together(crowd, func(i int) error {
		r, err := w.pay.Place(ctx, w.asha, p.Slug)
		if err == nil {
			codes[i] = r.Order.Code
		}
		return err
	}) {
		w.must(err)
	}
	for _, c := range codes {
		if c != codes[0] {
			t.Fatalf("different orders: %v", codes)
		}
	}
	o := w.place(w.asha)
	if o.ItemKind != payment.Internship || o.ItemID != p.ID || o.Title != "Writing Intern" || o.Price != rupees(999) || w.audits("order.create") != 1 {
		t.Errorf("%+v", o)
	}
	if n := w.count(`SELECT count(*) FROM applications WHERE user_id = '` + w.asha + `'`); n != 1 {
		t.Error("the application isn't tied to who pays")
	}
	w.must(w.d.InTx(ctx, func(tx *sql.Tx) error { return db.Exec(ctx, tx, `UPDATE internships SET fee = 1000`) }))
	if again := w.place(w.asha); again.Price != rupees(999) {
		t.Errorf("an open order keeps its price, not %v", again.Price)
	}
}

func TestPlace_FromPaidToRefunded(t *testing.T) {
	w := newWorld(t)
	p := w.post()
	o := w.place(w.asha)
	c := w.claim(o, ref1)
	r, err := w.pay.Verify(ctx, w.chitra, c.ID, 99900)
	w.must(err)
	if !r.Enrolled || r.Order.Status != payment.Paid {
		t.Errorf("%+v", r)
	}
	w.wantLetters("place_paid", 1)
	w.wantLetters("enrolled", 0)
	if w.count(`SELECT count(*) FROM grants`) != 0 || w.count(`SELECT count(*) FROM enrollments`) != 0 {
		t.Error("an internship opens no course")
	}
	if paid, err := w.pay.PaidFor(ctx, w.asha, payment.Internship, p.ID); err != nil || !paid {
		t.Errorf("%v, %v", paid, err)
	}
	if r, err := w.pay.Place(ctx, w.asha, p.Slug); err != nil || !r.AlreadyIn {
		t.Errorf("%+v, %v", r, err)
	}
	w.must(w.pay.Reverse(ctx, w.chitra, o.Code, "Another school's", false))
	if again := w.place(w.asha); again.Code == o.Code {
		t.Error("a reversed order is reused")
	}
	w.must(w.pay.Cancel(ctx, w.asha, w.place(w.asha).Code))
	w.must(w.pay.Reopen(ctx, w.chitra, c.ID))
	_, err = w.pay.Verify(ctx, w.chitra, c.ID, 99900)
	w.must(err)
	refund, err := w.pay.Refund(ctx, w.chitra, o.Code, payment.RefundForm{Amount: 99900})
	w.must(err)
	if !refund.Reversed || w.count(`SELECT count(*) FROM outbox WHERE kind = 'refunded' AND payload LIKE '%"AccessEnds":true%' AND payload LIKE '%"Kind":"internship"%'`) != 1 {
		t.Errorf("%+v", refund)
	}
}

func TestPlace_NotForTheRejected(t *testing.T) {
	w := newWorld(t)
	p := w.post()
	a, err := w.places().Of(ctx, w.asha, p.ID)
	w.must(err)
	w.must(w.places().Decide(ctx, w.chitra, a.ID, internship.Decision{From: internship.Applied, To: internship.Rejected}))
	_, err = w.pay.Place(ctx, w.asha, p.Slug)
	wantFault(t, err, fault.Conflict, "payment.place.rejected")
	w.must(w.d.InTx(ctx, func(tx *sql.Tx) error { return db.Exec(ctx, tx, `UPDATE internships SET fee = 0`) }))
	w.apply("bala@example.com")
	if r, err := w.pay.Place(ctx, w.bala, p.Slug); err != nil || !r.Free || w.count(`SELECT count(*) FROM orders`) != 0 {
		t.Errorf("%+v, %v", r, err)
	}
}
