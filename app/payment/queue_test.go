package payment_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"lectern/app/payment"
)

func (w *world) queue(q payment.QueueQuery) []payment.QueueRow {
	w.Helper()
	rows, err := w.pay.Queue(ctx, q)
	w.must(err)
	return rows
}

// names are the names of rows, with the last four of their references.
func names(rows []payment.QueueRow) string {
	var all []string
	for _, r := range rows {
		all = append(all, strings.Fields(r.Student.Name)[0]+" "+r.Reference[len(r.Reference)-4:])
	}
	return strings.Join(all, ", ")
}

func TestQueue_StatusesAndTheirOrder(t *testing.T) {
	w := newWorld(t)
	python, web := w.enroll(w.asha, "python"), w.enroll(w.bala, "web")
	w.claim(python, ref1)
	w.must(w.pay.NotSeen(ctx, w.chitra, w.claim(web, ref2).ID, ""))
	w.claim(web, ref3)
	w.must(w.pay.Reject(ctx, w.chitra, w.claim(python, reference(4)).ID, "no"))
	w.must(w.pay.Reject(ctx, w.chitra, w.claim(web, reference(5)).ID, "no"))
	w.verify(w.claim(web, reference(6)), 100)
	for status, want := range map[string]string{
		"":                     "Asha 8901, Bala 8902, Bala 8903",
		payment.Waiting:        "Asha 8901, Bala 8902, Bala 8903",
		"nonsense":             "Asha 8901, Bala 8902, Bala 8903",
		payment.NotSeen:        "Bala 8902",
		payment.Rejected:       "Bala 0005, Asha 0004",
		payment.Accepted:       "Bala 0006",
		"all":                  "Bala 0006, Bala 0005, Asha 0004, Bala 8903, Bala 8902, Asha 8901",
		"' OR 1 = 1 --":        "Asha 8901, Bala 8902, Bala 8903",
		payment.Accepted + " ": "Asha 8901, Bala 8902, Bala 8903",
	} {
		if got := names(w.queue(payment.QueueQuery{Status: status})); got != want {
			t.Errorf("status %q: %s, want %s", status, got, want)
		}
	}
}

func TestQueue_Search(t *testing.T) {
	w := newWorld(t)
	w.course("Long Course", "long", 149900)
	python, long := w.enroll(w.asha, "python"), w.enroll(w.bala, "long")
	w.claim(python, ref1)
	w.claim(long, ref2)
	w.claim(long, "612345671499") // ends like an amount
	w.verify(w.claim(long, reference(4)), 49000)
	for q, want := range map[string]string{
		"":          "Asha 8901, Bala 8902, Bala 1499",
		"  ":        "Asha 8901, Bala 8902, Bala 1499",
		python.Code: "Asha 8901",
		strings.ToLower(python.Code[3:7]) + " " + python.Code[8:]: "Asha 8901",
		ref1:                         "Asha 8901",
		"6123 4567 8902":             "Bala 8902",
		"UTR 612345678902 ₹499":      "Bala 8902",
		"8901":                       "Asha 8901",
		"499":                        "Asha 8901",
		"₹499.00":                    "Asha 8901",
		"1499":                       "Bala 8902, Bala 1499",
		"1009":                       "Bala 8902, Bala 1499", // what is still due
		"1,009.00":                   "Bala 8902, Bala 1499",
		"asha":                       "Asha 8901",
		"ASHA@example.com":           "Asha 8901",
		"bala sub":                   "Bala 8902, Bala 1499",
		"919876543210":               "Asha 8901",
		"asha subramanian":           "",
		"nobody":                     "",
		"0000":                       "",
		"%":                          "",
		"\x00'":                      "",
		strings.Repeat("long ", 500): "",
	} {
		if got := names(w.queue(payment.QueueQuery{Q: q})); got != want {
			t.Errorf("%q: %s, want %s", q, got, want)
		}
	}
	if got := names(w.queue(payment.QueueQuery{Q: "1499", Status: payment.Accepted})); got != "Bala 0004" {
		t.Errorf("1499 among the accepted: %s", got)
	}
}

func TestQueue_Pages(t *testing.T) {
	w := newWorld(t)
	orders := []payment.Order{w.enroll(w.asha, "python"), w.enroll(w.asha, "web")}
	for i := range 23 {
		w.claim(orders[i%2], reference(i))
	}
	for status, first := range map[string]string{payment.Waiting: "0000", "all": "0022"} {
		for _, q := range []string{"", "asha", "499"} {
			var all []string
			query := payment.QueueQuery{Q: q, Status: status, Limit: 10}
			for range 5 {
				rows := w.queue(query)
				page := rows[:min(len(rows), 10)]
				for _, r := range page {
					all = append(all, r.Reference)
				}
				if len(rows) <= 10 {
					break
				}
				query.After = page[9].ID
			}
			if len(all) != 23 || !strings.HasSuffix(all[0], first) || len(slices.Compact(slices.Sorted(slices.Values(all)))) != 23 {
				t.Errorf("%s, %q: %v", status, q, all)
			}
		}
	}
	if rows := w.queue(payment.QueueQuery{After: "\x00' --"}); len(rows) != 23 {
		t.Errorf("a key that can't be one: %d rows, want the first page", len(rows))
	}
}

func TestQueue_WhatARowTells(t *testing.T) {
	w := newWorld(t)
	asha, bala := w.enroll(w.asha, "python"), w.enroll(w.bala, "web")
	w.claim(asha, ref1)
	w.claim(bala, ref1)
	w.claim(bala, "919876543210") // a mobile number
	w.claim(asha, "212345678901") // neither this year's nor last year's
	w.claim(asha, "SBIN523325123456")
	w.verify(w.claim(w.enroll(w.asha, "web"), ref1), 120000)
	rows := w.queue(payment.QueueQuery{})
	if len(rows) != 5 {
		t.Fatalf("%d rows", len(rows))
	}
	first := rows[0]
	if first.Student != (payment.Person{ID: w.asha, Name: "Asha Rao", Email: "asha@example.com", Phone: "+919876543210"}) ||
		first.OrderCode != asha.Code || first.OrderStatus != payment.Open || first.Title != w.python.Title || first.Due != rupees(499) {
		t.Errorf("row: %+v", first)
	}
	if first.Prefill != rupees(1200) || first.Known == nil || first.Known.Rest() != 120000-49900 || len(first.Others) != 2 || first.Others[0] != bala.Code {
		t.Errorf("row: %+v", first)
	}
	var doubtful []bool
	for _, r := range rows {
		doubtful = append(doubtful, r.Doubtful)
	}
	if !slices.Equal(doubtful, []bool{false, false, true, true, false}) {
		t.Errorf("doubtful: %v", doubtful)
	}
	if rows[2].Others != nil || rows[2].Known != nil || rows[2].Prefill != rupees(499) {
		t.Errorf("row of a number nobody else has: %+v", rows[2])
	}
	paid := w.paid(w.bala, "python", ref2)
	again := w.claim(paid, ref3)
	if row, err := w.pay.QueueRowByID(ctx, again.ID); err != nil || row.Due.Amount != 0 || row.Prefill != rupees(499) || row.OrderStatus != payment.Paid {
		t.Errorf("a claim of a paid order: %+v, %v", row, err)
	}
}

func TestSummaryAndOverview(t *testing.T) {
	w := newWorld(t)
	if s, err := w.pay.Summary(ctx); err != nil || s.Count != 0 || !s.Oldest.IsZero() || s.Sum != rupees(0) {
		t.Errorf("empty: %+v, %v", s, err)
	}
	python, web := w.enroll(w.asha, "python"), w.enroll(w.bala, "web")
	oldest := w.now()
	w.claim(python, ref1)
	w.pass(time.Hour)
	w.verify(w.claim(web, ref2), 40000)
	w.must(w.pay.NotSeen(ctx, w.chitra, w.claim(web, ref3).ID, ""))
	_, err := w.pay.AddClaim(ctx, web.ID, payment.ClaimForm{Reference: reference(4)})
	w.must(err)
	s, err := w.pay.Summary(ctx)
	want := []payment.PayeeSum{{Payee: payee, Count: 2, Sum: rupees(499 + 99)}, {Payee: "", Count: 1, Sum: rupees(99)}}
	if err != nil || s.Count != 3 || s.Sum != rupees(499+99+99) || !s.Oldest.Equal(oldest) || !slices.Equal(s.Payees, want) {
		t.Errorf("summary: %+v, %v", s, err)
	}
	if n, err := w.pay.WaitingCount(ctx); err != nil || n != 3 {
		t.Errorf("%d wait, %v", n, err)
	}

	kolkata, err := time.LoadLocation("Asia/Kolkata")
	w.must(err)
	w.ms.Store(time.Date(2026, 11, 24, 0, 10, 0, 0, kolkata).UnixMilli()) // still the 23rd in UTC
	w.verify(w.claim(python, reference(5)), 60000)
	c := w.claim(web, reference(6))
	w.verify(c, 100)
	for zone, want := range map[*time.Location]payment.Overview{
		kolkata:  {Today: 2, TodaySum: rupees(601)},
		time.UTC: {Today: 3, TodaySum: rupees(1001)},
	} {
		got, err := w.pay.Overview(ctx, w.now().In(zone))
		w.must(err)
		if got.Count != 3 || got.Today != want.Today || got.TodaySum != want.TodaySum {
			t.Errorf("%s: %+v, want 3 waiting and %+v", zone, got, want)
		}
	}
	w.must(w.pay.Reverse(ctx, w.chitra, python.Code, "never came", true))
	if got, err := w.pay.Overview(ctx, w.now().In(kolkata)); err != nil || got.Today != 1 || got.TodaySum != rupees(1) {
		t.Errorf("after taking one back: %+v, %v", got, err)
	}
}

func TestQueue_CommonAmountsAreWalked(t *testing.T) {
	w := city(t, 750)
	common := w.queue(payment.QueueQuery{Q: "499", Status: "all", Limit: 10})
	if len(common) != 11 || common[0].ID < common[10].ID {
		t.Errorf("%d rows", len(common))
	}
	for _, r := range common {
		if r.Due.Amount != 0 && r.Due != rupees(499) {
			t.Errorf("row: %+v", r)
		}
	}
	w.exec(`UPDATE claims SET tail = '0499' WHERE id = 'c00000049'`) // an old one, whose order has another price
	w.exec(`UPDATE orders SET price = 100, paid = 100 WHERE id = 'o00000049'`)
	found := false
	q := payment.QueueQuery{Q: "0499", Status: "all", Limit: 1000}
	for rows := w.queue(q); ; rows = w.queue(q) {
		found = found || slices.ContainsFunc(rows, func(r payment.QueueRow) bool { return r.Claim.ID == "c00000049" })
		if len(rows) <= q.Limit {
			break
		}
		q.After = rows[q.Limit-1].Claim.ID
	}
	if !found {
		t.Error("four digits that are a common amount too don't find the reference that ends in them")
	}
	orders, err := w.pay.AdminOrders(ctx, payment.OrderQuery{Q: "499", Status: payment.Open, Limit: 10})
	if err != nil || len(orders) != 11 {
		t.Errorf("%d orders, %v", len(orders), err)
	}
}
