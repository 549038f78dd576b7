//go:build !postgres

package payment

import (
	"context"
	"strings"
	"testing"
	"time"

	"lectern/app/db"
	"lectern/app/dbtest"
)

// A line of a plan that begins with SCAN looks at every row: only what is bounded may.
func TestPlans(t *testing.T) {
	const (
		inOrder = "USING COVERING INDEX sqlite_autoindex" // of ids, as far as the page goes
		waiting = "SCAN claims USING INDEX claims_queue"
	)
	ctx, d := context.Background(), dbtest.New(t)
	list := func(q QueueQuery) func(db.Querier) error {
		return func(r db.Querier) error { _, err := queue(ctx, r, "INR", q); return err }
	}
	orders := func(q OrderQuery) func(db.Querier) error {
		return func(r db.Querier) error { _, err := adminOrders(ctx, r, "INR", q); return err }
	}
	at := func(l listed, price int64) func(db.Querier) error {
		return func(r db.Querier) error {
			for _, status := range l.statuses {
				if _, err := l.First(ctx, r, `price = $1 AND status = $2`, price, status); err != nil {
					return err
				}
			}
			return nil
		}
	}
	for name, tt := range map[string]struct {
		query func(db.Querier) error
		scan  string // how rows may be scanned
		sort  bool   // whether rows may be sorted: where they are few
	}{
		"waiting":          {query: list(QueueQuery{}), scan: waiting},
		"waiting, next":    {query: list(QueueQuery{After: "x"})},
		"not seen":         {query: list(QueueQuery{Status: NotSeen}), scan: waiting},
		"accepted":         {query: list(QueueQuery{Status: Accepted})},
		"rejected, next":   {query: list(QueueQuery{Status: Rejected, After: "x"})},
		"all":              {query: list(QueueQuery{Status: "all"}), scan: "SCAN claims " + inOrder},
		"all, next":        {query: list(QueueQuery{Status: "all", After: "x"})},
		"by code":          {query: list(QueueQuery{Q: "LN-7F3K-9QXZ"}), sort: true},
		"by reference":     {query: list(QueueQuery{Q: "612345678901", Status: "all"}), sort: true},
		"by last four":     {query: list(QueueQuery{Q: "8901", Status: Accepted}), sort: true},
		"by amount":        {query: list(QueueQuery{Q: "499", Status: "all"}), sort: true},
		"by name":          {query: list(QueueQuery{Q: "asha rao", Status: "all"}), sort: true},
		"at a price":       {query: at(listedClaims(Accepted, "", 50), 49900)},
		"waiting at it":    {query: at(listedClaims(Waiting, "x", 50), 49900)},
		"all at it":        {query: at(listedClaims("all", "x", 50), 49900)},
		"orders at it":     {query: at(listedOrders("", "", 50), 49900)},
		"orders":           {query: orders(OrderQuery{}), scan: "SCAN orders " + inOrder},
		"orders, next":     {query: orders(OrderQuery{After: "x"})},
		"orders paid":      {query: orders(OrderQuery{Status: Paid})},
		"orders by code":   {query: orders(OrderQuery{Q: "LN-7F3K-9QXZ"}), sort: true},
		"orders by number": {query: orders(OrderQuery{Q: "612345678901"}), sort: true},
		"orders by amount": {query: orders(OrderQuery{Q: "1499"}), sort: true},
		"orders by name":   {query: orders(OrderQuery{Q: "asha"}), sort: true},
		"rows of a page": {query: func(r db.Querier) error {
			of, args := db.In("c.id", []string{"x", "y"}, nil)
			_, err := claimRows(ctx, r, of+` ORDER BY c.id`, args...)
			return err
		}},
		"their orders": {query: func(r db.Querier) error { _, err := orderRows(ctx, r, []string{"x", "y"}); return err }},
		"to match":     {query: func(r db.Querier) error { _, err := claimRows(ctx, r, toMatch, maxMatch); return err }, scan: "SCAN c USING INDEX claims_queue"},
		"of a student": {query: func(r db.Querier) error {
			_, err := db.All(ctx, r, scanOrder, `SELECT `+orderColumns+` FROM orders o WHERE o.user_id = $1 ORDER BY o.id DESC`, "x")
			return err
		}},
		"open order":    {query: func(r db.Querier) error { openOrder(ctx, r, "x", Course, "y"); return nil }},
		"waiting count": {query: func(r db.Querier) error { _, err := waitingCount(ctx, r); return err }},
		"summary":       {query: func(r db.Querier) error { _, err := summary(ctx, r, "INR"); return err }, scan: "SCAN c USING INDEX claims_once", sort: true},
		"received":      {query: func(r db.Querier) error { _, _, err := received(ctx, r, "INR", time.Now(), time.Now()); return err }},
		"annotations":   {query: func(r db.Querier) error { return annotate(ctx, r, make([]QueueRow, 3), time.Now()) }, sort: true},
		"claims":        {query: func(r db.Querier) error { _, err := claimsOf(ctx, r, "x"); return err }},
		"claims of one": {query: func(r db.Querier) error { _, err := claimsOfUser(ctx, r, "x"); return err }, sort: true},
		"its receipts":  {query: func(r db.Querier) error { _, err := orderReceipts(ctx, r, "x"); return err }, sort: true},
		"its refunds":   {query: func(r db.Querier) error { _, err := refundsOf(ctx, r, "x"); return err }, sort: true},
		"standing":      {query: func(r db.Querier) error { standingClaim(ctx, r, "x", "y"); return nil }},
	} {
		lines := dbtest.Plans(t, d.Read(), tt.query)
		if len(lines) == 0 {
			t.Errorf("%s: no plan", name)
		}
		for _, line := range lines {
			scan := strings.HasPrefix(line, "SCAN") && !bounded(line) && (tt.scan == "" || !strings.HasPrefix(line, tt.scan))
			sort := strings.Contains(line, "FOR ORDER BY") && !tt.sort
			if scan || sort {
				t.Errorf("%s: %s", name, line)
			}
		}
		t.Logf("%s: %s", name, strings.Join(lines, " | "))
	}
}

// bounded reports scans of what a query has itself collected: m and p are few rows or counted to a limit.
func bounded(line string) bool {
	for _, rows := range []string{"SCAN m", "SCAN p", "SCAN CONSTANT ROW"} {
		if strings.HasPrefix(line, rows) {
			return true
		}
	}
	return false
}
