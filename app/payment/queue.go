package payment

import (
	"context"
	"slices"
	"time"

	"lectern/app/db"
	"lectern/app/fault"
	"lectern/app/lang"
	"lectern/app/payment/upi"
)

// QueueQuery chooses claims.
type QueueQuery struct {
	Q      string // order code, reference or its last four, amount, words of the student's name, address or number
	Status string // Waiting (those not seen too; also for ""), NotSeen, Accepted, Rejected, "all"
	After  string // claim id of the last row of the page before
	Limit  int    // 0: 50
}

// Person is a student as admins see them.
type Person struct{ ID, Name, Email, Phone string }

// QueueRow is a claim with what an admin needs to decide it.
type QueueRow struct {
	Claim
	OrderCode, OrderStatus, Title string
	Student                       Person
	Due                           lang.Money
	Prefill                       lang.Money // the amount to verify it for: the known receipt's, or what is due
	Doubtful                      bool       // the reference deserves a second look, see upi.Reference.Doubtful
	Others                        []string   // codes of other orders whose claims name the same reference
	Known                         *Receipt   // what is already written down under this reference
}

// Queue lists claims: those to decide oldest first, decided ones and all newest first. It returns one row more than Limit
// where there is a next page.
func (s *Service) Queue(ctx context.Context, q QueueQuery) ([]QueueRow, error) {
	rows, err := queue(ctx, s.db.Read(), s.currency, q)
	if err != nil {
		return nil, err
	}
	return rows, annotate(ctx, s.db.Read(), rows, s.now())
}

func queue(ctx context.Context, r db.Querier, currency string, q QueueQuery) ([]QueueRow, error) {
	l := listedClaims(q.Status, q.After, q.Limit)
	ids, err := l.find(ctx, r, currency, q.Q)
	if err != nil || len(ids) == 0 {
		return nil, err
	}
	of, args := db.In("c.id", ids, nil)
	order := ` ORDER BY c.id DESC`
	if l.Oldest {
		order = ` ORDER BY c.id`
	}
	return claimRows(ctx, r, of+order, args...)
}

// annotate adds what the references of rows tell about other claims and receipts.
func annotate(ctx context.Context, q db.Querier, rows []QueueRow, now time.Time) error {
	if len(rows) == 0 {
		return nil
	}
	references := make([]string, len(rows))
	for i, r := range rows {
		references[i] = r.Reference
	}
	slices.Sort(references)
	references = slices.Compact(references)
	known, err := receiptsBy(ctx, q, references)
	if err != nil {
		return err
	}
	claimed, err := ordersByReference(ctx, q, references)
	if err != nil {
		return err
	}
	for i := range rows {
		r := &rows[i]
		r.Doubtful = upi.Reference{Value: r.Reference, Kind: kindOf(r.Reference)}.Doubtful(now)
		if receipt, ok := known[r.Reference]; ok {
			r.Known, r.Prefill = &receipt, receipt.Amount
		}
		for _, code := range claimed[r.Reference] {
			if code != r.OrderCode {
				r.Others = append(r.Others, code)
			}
		}
	}
	return nil
}

func kindOf(reference string) upi.Kind {
	switch len(reference) {
	case 12:
		return upi.UPI
	case 16:
		return upi.NEFT
	}
	return upi.RTGS
}

// QueueRowByID returns one row as Queue does: what a row is replaced by after a step. NotFound for an unknown claim.
func (s *Service) QueueRowByID(ctx context.Context, claimID string) (QueueRow, error) {
	if !isKey(claimID) {
		return QueueRow{}, fault.New(fault.NotFound, "payment.claim.none")
	}
	rows, err := claimRows(ctx, s.db.Read(), `c.id = $1`, claimID)
	if err != nil {
		return QueueRow{}, err
	}
	if len(rows) == 0 {
		return QueueRow{}, fault.New(fault.NotFound, "payment.claim.none")
	}
	err = annotate(ctx, s.db.Read(), rows, s.now())
	return rows[0], err
}

// PayeeSum is what waits for one of the school's addresses; Payee is empty where the payer didn't say.
type PayeeSum struct {
	Payee string
	Count int
	Sum   lang.Money
}

// Summary is what waits to be checked.
type Summary struct {
	Count  int
	Sum    lang.Money
	Oldest time.Time // zero if nothing waits
	Payees []PayeeSum
}

// Summary counts and adds up the claims to decide, by payee; amounts in another currency than the school's are left out of the sums.
func (s *Service) Summary(ctx context.Context) (Summary, error) {
	return summary(ctx, s.db.Read(), s.currency)
}

// WaitingCount is the number of claims to decide.
func (s *Service) WaitingCount(ctx context.Context) (int, error) {
	return waitingCount(ctx, s.db.Read())
}

// Overview is the state of payments at a glance: what waits, and what came in today.
type Overview struct {
	Summary
	Today    int // receipts written down today, and not taken back
	TodaySum lang.Money
}

// Overview tells what waits and what came in on now's day, in now's zone.
func (s *Service) Overview(ctx context.Context, now time.Time) (Overview, error) {
	waiting, err := s.Summary(ctx)
	if err != nil {
		return Overview{}, err
	}
	o := Overview{Summary: waiting, TodaySum: lang.Money{Currency: s.currency}}
	y, m, d := now.Date()
	o.Today, o.TodaySum.Amount, err = received(ctx, s.db.Read(), s.currency, time.Date(y, m, d, 0, 0, 0, 0, now.Location()), time.Date(y, m, d+1, 0, 0, 0, 0, now.Location()))
	return o, err
}

// claimStatus is a status filter as SQL on claims, with the statuses it leaves and whether the oldest come first. What looks
// said twice names the partial index: SQLite uses one only where the query has its very condition.
func claimStatus(status string) (where string, statuses []string, oldest bool) {
	const waiting = `status IN ('waiting', 'not_seen')`
	switch status {
	case NotSeen:
		return waiting + ` AND status = 'not_seen'`, []string{NotSeen}, true
	case Accepted, Rejected:
		return `status IN ('accepted', 'rejected') AND status = '` + status + `'`, []string{status}, false
	case "all":
		return `1 = 1`, []string{Waiting, NotSeen, Accepted, Rejected}, false
	}
	return waiting, []string{Waiting, NotSeen}, true
}
