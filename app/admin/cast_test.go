package admin_test

import (
	"context"
	"fmt"

	"github.com/PuerkitoBio/goquery"

	"lectern/app/apptest"
	"lectern/app/payment"
)

type selection = goquery.Selection

// orderID is the id of the order at a student's address.
func orderID(s *apptest.School, order string) string {
	s.T.Helper()
	var id string
	if err := s.DB.Read().QueryRowContext(context.Background(), `SELECT id FROM orders WHERE code = $1`, code(order)).Scan(&id); err != nil {
		s.T.Fatal(err)
	}
	return id
}

func claimForm(i int) payment.ClaimForm {
	return payment.ClaimForm{Reference: fmt.Sprintf("6123%08d", i)}
}
