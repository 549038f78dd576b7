package main

import (
	"fmt"
	"slices"
	"time"

	"lectern/app/db"
	"lectern/app/mail"
)

// story is what became of an order.
type story struct {
	student student
	course  course
	at      time.Time
	end     func(t *town, out rows, o *order)
}

// perStudent are the numbers of orders that students have: three, taken all together.
var perStudent = []int{0, 1, 2, 2, 3, 3, 4, 4, 5, 6}

// stories draws all orders, the oldest first. Nobody orders a course twice.
func (t *town) stories(everybody []student) []story {
	var all []story
	for i, s := range everybody {
		order := t.r.Perm(len(t.courses))
		for _, c := range order[:min(perStudent[i%len(perStudent)], len(order))] {
			all = append(all, story{student: s, course: t.courses[c], at: t.between(s.since, t.now)})
		}
	}
	slices.SortStableFunc(all, func(a, b story) int { return a.at.Compare(b.at) })
	waiting := max(len(all)/600, 12)
	for i := range all {
		all[i].end = t.ending()
		if rest := len(all) - i; rest <= waiting { // the newest are still to be looked at
			all[i].end = (*town).waits
			if rest%6 == 0 {
				all[i].end = (*town).notSeen
			}
		}
	}
	return all
}

// ending draws what became of an order that is no news any more.
func (t *town) ending() func(*town, rows, *order) {
	switch n := t.r.IntN(1000); {
	case n < 810:
		return (*town).paid
	case n < 840:
		return (*town).paidCash
	case n < 850:
		return (*town).paidInPart
	case n < 890:
		return (*town).lapsed
	case n < 910:
		return (*town).turnedDown
	case n < 970:
		return (*town).cancelled
	case n < 985:
		return (*town).neverCame
	}
	return (*town).refunded
}

// order is the row of an order, written once its story is told.
type order struct {
	story
	id, code    string
	price, paid int64
	status      string
	reason      string
	paidAt      any
	closedAt    any
}

// prices grow over the years, and of some courses there was an edition for more.
func (t *town) price(s story) int64 {
	switch {
	case s.at.Before(t.start.AddDate(1, 0, 0)):
		return 39900
	case t.r.IntN(40) == 0:
		return 149900
	case t.r.IntN(2000) == 0:
		return 79900
	}
	return 49900
}

// tell writes what an order's story leaves behind.
func (t *town) tell(out rows, s story) {
	o := &order{story: s, id: id(s.at), code: t.code(), price: t.price(s), status: "open"}
	t.recordOrder(out, s.at, s.student.id, "order.create", o, map[string]any{"course": s.course.id, "price": o.price})
	s.end(t, out, o)
	out.add("orders", o.id, o.code, token(), s.student.id, "course", s.course.id, s.course.title, o.price, "INR", o.paid, o.status, o.reason,
		db.Millis(s.at), db.Millis(s.at.Add(48*time.Hour)), o.paidAt, o.closedAt)
}

func (t *town) recordOrder(out rows, at time.Time, by, action string, o *order, detail map[string]any) {
	t.record(out, at, by, action, "order", o.id, detail)
}

// soon is a while after, but not in the future.
func (t *town) soon(after time.Time, within time.Duration) time.Time {
	at := after.Add(time.Duration(t.r.Int64N(int64(within)))).Truncate(time.Second)
	if at.After(t.now) {
		return t.now
	}
	return at
}

// reference is as a bank writes one: of UPI mostly, which begins with the last digit of the year.
func (t *town) reference(at time.Time) string {
	n := t.next(1e11)
	if t.r.IntN(25) == 0 {
		return fmt.Sprintf("EXMB%d%011d", at.Year()%10, n)
	}
	return fmt.Sprintf("%d%011d", at.Year()%10, n)
}

func method(reference string) string {
	if len(reference) == 12 {
		return "upi"
	}
	return "transfer"
}

// claim is a row of claims that may change until it is written.
type claim struct {
	id, reference, payee, status, reason string
	at                                   time.Time
	looked, decided, by, receipt         any
}

func (t *town) claim(out rows, o *order) claim {
	c := claim{at: t.soon(o.at, 3*time.Hour), payee: t.payees[t.r.IntN(len(t.payees))], status: "waiting"}
	c.id, c.reference = id(c.at), t.reference(c.at)
	t.recordOrder(out, c.at, o.student.id, "claim.add", o, map[string]any{"claim": c.id})
	return c
}

func (c claim) write(out rows, o *order) {
	out.add("claims", c.id, o.id, o.student.id, o.price, c.reference, c.reference[len(c.reference)-4:], c.payee, "", c.status, c.reason, db.Millis(c.at), c.looked, c.looked,
		c.decided, c.by, c.receipt)
}

func (c *claim) decide(status, reason, by string, at time.Time) {
	c.status, c.reason, c.decided, c.by = status, reason, db.Millis(at), by
}

func (t *town) waits(out rows, o *order) { t.claim(out, o).write(out, o) }

func (t *town) notSeen(out rows, o *order) {
	c := t.claim(out, o)
	c.status, c.looked = "not_seen", db.Millis(t.soon(c.at, time.Hour))
	c.write(out, o)
}

func (t *town) turnedDown(out rows, o *order) {
	c := t.claim(out, o)
	c.decide("rejected", "No such transfer", t.admin, t.soon(c.at, 24*time.Hour))
	c.write(out, o)
}

func (t *town) lapsed(rows, *order) {}

func (t *town) cancelled(out rows, o *order) {
	at := t.soon(o.at, 24*time.Hour)
	o.status, o.closedAt = "cancelled", db.Millis(at)
	t.recordOrder(out, at, o.student.id, "order.cancel", o, nil)
}

func (t *town) paid(out rows, o *order) {
	c := t.claim(out, o)
	at := t.soon(c.at, 24*time.Hour)
	c.receipt = t.receipt(out, o, at, receipt{method: method(c.reference), reference: c.reference, payee: c.payee, amount: o.price, used: o.price, claim: c.id})
	c.decide("accepted", "", t.admin, at)
	c.write(out, o)
	t.enrolled(out, o, at, nil)
}

func (t *town) paidCash(out rows, o *order) {
	at := t.soon(o.at, 72*time.Hour)
	t.receipt(out, o, at, receipt{method: "cash", amount: o.price, used: o.price})
	t.enrolled(out, o, at, nil)
}

func (t *town) paidInPart(out rows, o *order) {
	c := t.claim(out, o)
	at := t.soon(c.at, 24*time.Hour)
	o.paid = o.price - 10000*(1+t.r.Int64N(3))
	c.receipt = t.receipt(out, o, at, receipt{method: method(c.reference), reference: c.reference, payee: c.payee, amount: o.paid, used: o.paid, claim: c.id})
	c.decide("accepted", "", t.admin, at)
	c.write(out, o)
	t.letter(out, at, "part_received", 2, o.student.id, mail.PartReceived{OrderCode: o.code, Course: o.course.title, Received: o.paid, Due: o.price - o.paid, Currency: "INR"})
}

// neverCame is an order that was verified by a slip and reversed.
func (t *town) neverCame(out rows, o *order) {
	const reason = "The money never came"
	c := t.claim(out, o)
	at := t.soon(c.at, 24*time.Hour)
	end := t.soon(at, 24*time.Hour)
	c.receipt = t.receipt(out, o, at, receipt{method: method(c.reference), reference: c.reference, payee: c.payee, amount: o.price, claim: c.id, ended: db.Millis(end), void: reason})
	c.decide("rejected", reason, t.admin, end)
	c.write(out, o)
	t.enrolled(out, o, at, &end)
	o.reason = reason
	t.recordOrder(out, end, t.admin, "payment.reverse", o, map[string]any{"amount": o.price, "claims": 1, "never_came": true})
	t.letter(out, end, "reversed", 2, o.student.id, mail.Reversed{OrderCode: o.code, Course: o.course.title, Reason: reason})
}

// refunded is an order whose student thought better of it.
func (t *town) refunded(out rows, o *order) {
	const reason = "Changed plans"
	c := t.claim(out, o)
	at := t.soon(c.at, 24*time.Hour)
	end := t.soon(at, 240*time.Hour)
	r := t.receipt(out, o, at, receipt{method: method(c.reference), reference: c.reference, payee: c.payee, amount: o.price, used: o.price, claim: c.id, ended: db.Millis(end)})
	c.receipt = r
	c.decide("accepted", "", t.admin, at)
	c.write(out, o)
	t.enrolled(out, o, at, &end)
	o.reason = reason
	out.add("refunds", id(end), o.id, r, o.price, t.reference(end), reason, db.Millis(end), t.admin)
	t.recordOrder(out, end, t.admin, "payment.refund", o, map[string]any{"amount": o.price, "reversed": true})
	t.letter(out, end, "refunded", 2, o.student.id, mail.Refunded{OrderCode: o.code, Course: o.course.title, Amount: o.price, Currency: "INR", AccessEnds: true})
}

// receipt is money that came in for an order.
type receipt struct {
	method, reference, payee string
	amount, used             int64
	claim                    string // empty: there was none
	ended                    any    // when it stopped paying the order
	void                     string // why it was taken back
}

// receipt writes one down, with what it pays of the order, and returns its id.
func (t *town) receipt(out rows, o *order, at time.Time, r receipt) string {
	key := id(at)
	var voided any
	if r.void != "" {
		voided = r.ended
	}
	out.add("receipts", key, r.method, r.reference, r.amount, r.used, "INR", r.payee, db.Millis(at), t.admin, voided, r.void)
	out.add("allocations", id(at), key, o.id, r.amount, db.Millis(at), t.admin, r.ended)
	detail, action := map[string]any{"receipt": key, "amount": r.amount, "drawn": r.amount}, "payment.receipt"
	if r.claim != "" {
		detail["claim"], action = r.claim, "payment.verify"
	}
	t.recordOrder(out, at, t.admin, action, o, detail)
	return key
}

// enrolled lets the student in, until end where that isn't nil.
func (t *town) enrolled(out rows, o *order, at time.Time, end *time.Time) {
	grant := id(at)
	var ended, by any
	openUntil := int64(1<<53 - 1)
	if end == nil {
		o.status, o.paid, o.paidAt = "paid", o.price, db.Millis(at)
	} else {
		ended, by, openUntil = db.Millis(*end), t.admin, 0
		o.status, o.closedAt = "reversed", ended
		t.record(out, *end, t.admin, "grant.end", "grant", grant, map[string]any{"order": o.id})
	}
	out.add("grants", grant, o.student.id, o.course.id, "order", o.id, db.Millis(at), t.admin, ended, by)
	t.record(out, at, t.admin, "grant.create", "grant", grant, map[string]any{"user": o.student.id, "course": o.course.id, "source": "order", "order": o.id})
	var learner any
	if !t.learns[o.student.id] {
		t.learns[o.student.id] = true
		t.learners++
		learner = t.learners
	}
	out.add("enrollments", id(at), o.student.id, o.course.id, db.Millis(at), learner, openUntil)
	t.letter(out, at, "enrolled", 2, o.student.id, mail.Enrolled{OrderCode: o.code, Course: o.course.title, Slug: o.course.slug, Amount: o.price, Currency: "INR", By: "order"})
}
