package payment_test

import (
	"fmt"
	"strings"
	"testing"

	"lectern/app/fault"
	"lectern/app/payment"
)

func TestOrders_StrangersFindNothing(t *testing.T) {
	w := newWorld(t)
	o := w.enroll(w.asha, "python")
	if _, err := w.pay.OrderFor(ctx, w.bala, o.Code); !fault.Is(err, fault.NotFound) {
		t.Errorf("Bala reads Asha's order: %v", err)
	}
	if err := w.pay.Cancel(ctx, w.bala, o.Code); !fault.Is(err, fault.NotFound) {
		t.Errorf("Bala cancels Asha's order: %v", err)
	}
	w.wantOrder(o, payment.Open, 0)
	for _, code := range []string{"", "LN-0000-0000", "\x00", "\xff", "LN-7F3K-9QX"} {
		if _, err := w.pay.OrderFor(ctx, w.asha, code); !fault.Is(err, fault.NotFound) {
			t.Errorf("code %q: got %v", code, err)
		}
	}
	for _, token := range []string{"", "x", "\x00", "\xff", o.PayToken[1:], o.ID} {
		if _, err := w.pay.OrderByToken(ctx, token); !fault.Is(err, fault.NotFound) {
			t.Errorf("token %q: got %v", token, err)
		}
	}
	if got, err := w.pay.OrderByToken(ctx, o.PayToken); err != nil || got != w.order(o) {
		t.Errorf("by token: %+v, %v", got, err)
	}
	list, err := w.pay.Orders(ctx, w.bala)
	if err != nil || len(list) != 0 {
		t.Errorf("Bala's orders: %v, %v", list, err)
	}
	web := w.enroll(w.asha, "web")
	first, second := w.claim(web, ref1), w.claim(o, ref2)
	w.claim(w.enroll(w.bala, "web"), ref1)
	claims, err := w.pay.ClaimsOfUser(ctx, w.asha)
	if err != nil || len(claims) != 2 || claims[0].ID != first.ID || claims[1].ID != second.ID {
		t.Errorf("Asha's claims: %+v, %v", claims, err)
	}
	if got, err := w.pay.OpenOrder(ctx, w.asha, payment.Course, w.web.ID); err != nil || got != w.order(web) {
		t.Errorf("Asha's open order for the course: %+v, %v", got, err)
	}
	if _, err := w.pay.OpenOrder(ctx, w.bala, payment.Course, w.python.ID); !fault.Is(err, fault.NotFound) {
		t.Errorf("Bala's open order for a course without one: %v", err)
	}
	list, err = w.pay.Orders(ctx, w.asha)
	if err != nil || len(list) != 2 || list[1].ID != o.ID {
		t.Errorf("Asha's orders: %v, %v, want the newest first", list, err)
	}
}

func TestAdminOrders(t *testing.T) {
	w := newWorld(t)
	w.course("Long Course", "long", 149900)
	python, web := w.paid(w.asha, "python", ref1), w.enroll(w.bala, "web")
	long := w.enroll(w.asha, "long")
	w.claim(web, ref2)
	w.must(w.pay.Cancel(ctx, w.asha, long.Code))
	codes := func(q payment.OrderQuery) string {
		rows, err := w.pay.AdminOrders(ctx, q)
		w.must(err)
		var all []string
		for _, r := range rows {
			all = append(all, map[string]string{python.Code: "python", web.Code: "web", long.Code: "long"}[r.Code])
			if r.Waiting != (r.Code == web.Code) || r.Student.Name == "" {
				t.Errorf("row: %+v", r)
			}
		}
		return strings.Join(all, " ")
	}
	for want, queries := range map[string][]payment.OrderQuery{
		"long web python": {{}, {Status: "nonsense"}, {Q: "example"}},
		"python":          {{Status: payment.Paid}, {Q: python.Code}, {Q: ref1}, {Q: "8901"}, {Q: "asha", Status: payment.Paid}, {After: web.ID}},
		"web":             {{Status: payment.Open}, {Q: "bala"}, {Q: ref2}, {Q: "499", Status: payment.Open}},
		"long":            {{Status: payment.Cancelled}, {Q: "1499"}, {Q: "₹1,499"}},
		"long python":     {{Q: "asha"}, {Q: "asha rao"}},
		"web python":      {{Q: "499"}, {After: long.ID}},
		"":                {{Status: payment.Reversed}, {Q: "nobody"}, {Q: reference(9)}},
	} {
		for _, q := range queries {
			if got := codes(q); got != want {
				t.Errorf("%+v: %s, want %s", q, got, want)
			}
		}
	}
	if rows, err := w.pay.AdminOrders(ctx, payment.OrderQuery{Limit: 1}); err != nil || len(rows) != 2 {
		t.Errorf("%d rows for a page of one, %v, want one more", len(rows), err)
	}
}

func TestAdminOrders_ReferenceOfMoneyWithoutAClaim(t *testing.T) {
	w := newWorld(t)
	o := w.enroll(w.asha, "python")
	w.receipt(o, payment.ReceiptForm{Method: payment.UPI, Reference: ref1, Amount: 49900})
	rows, err := w.pay.AdminOrders(ctx, payment.OrderQuery{Q: ref1})
	if err != nil || len(rows) != 1 || rows[0].Code != o.Code {
		t.Errorf("rows: %+v, %v", rows, err)
	}
}

func TestAdminOrder_TellsTheWholeStory(t *testing.T) {
	w := newWorld(t)
	o := w.enroll(w.asha, "python")
	c := w.claim(o, ref1)
	w.must(w.pay.NotSeen(ctx, w.chitra, c.ID, ""))
	w.verify(c, 99800)
	w.verify(w.claim(w.enroll(w.bala, "web"), ref1), 99800)
	w.verify(w.claim(o, ref2), 10000)
	w.refund(o, payment.RefundForm{Amount: 5000, Reference: "back"})
	w.must(w.pay.Reverse(ctx, w.chitra, o.Code, "slip", false))

	a, err := w.pay.AdminOrder(ctx, strings.ToLower(o.Code))
	w.must(err)
	if a.Code != o.Code || a.Student.Name != "Asha Rao" || len(a.Claims) != 2 || a.Claims[0].ID != c.ID || len(a.Claims[0].Others) != 1 {
		t.Errorf("order: %+v", a)
	}
	if len(a.Receipts) != 2 || len(a.Receipts[0].Uses) != 2 || a.Receipts[0].By != "Chitra Kaul" || len(a.Refunds) != 1 || a.Free != rupees(499+50) {
		t.Errorf("money: %+v", a.Ledger)
	}
	if len(a.Grants) != 1 || a.Grants[0].EndedAt.IsZero() {
		t.Errorf("grants: %+v", a.Grants)
	}
	var actions []string
	for _, e := range a.History {
		actions = append(actions, e.Action)
	}
	want := "order.create claim.add payment.not_seen payment.verify claim.add payment.verify payment.refund payment.reverse"
	if got := strings.Join(actions, " "); got != want {
		t.Errorf("history: %s, want %s", got, want)
	}
	if a.Names[w.chitra] != "Chitra Kaul" || a.Names[w.asha] != "Asha Rao" || len(a.Names) != 2 {
		t.Errorf("names: %v", a.Names)
	}
	for _, e := range a.History {
		if text := fmt.Sprint(e.Detail); strings.Contains(text, "slip") || strings.Contains(text, "back") || strings.Contains(text, ref1) {
			t.Errorf("what people typed stands in the audit log: %s", text)
		}
	}
}
