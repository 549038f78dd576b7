package payment_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"lectern/app/payment"
)

func TestMatch(t *testing.T) {
	w := newWorld(t)
	asha, bala := w.enroll(w.asha, "python"), w.enroll(w.bala, "web")
	w.claim(asha, ref1)
	_, err := w.pay.AddClaim(ctx, bala.ID, payment.ClaimForm{Reference: "612345674242", Payer: "S. Meenakshi"})
	w.must(err)
	w.paid(w.bala, "python", ref3)

	for name, c := range map[string]struct {
		pasted string
		want   []string // certainty, last four of the claim's reference, rupees to verify it for
	}{
		"Reference":                  {"Rs.499.00 credited to A/c XX1234 by UPI Ref No 612345678901", []string{"sure 8901 499"}},
		"ReferenceWithoutAmount":     {"UPI Ref No 612345678901", []string{"likely 8901 499"}},
		"ReferenceWithAnotherAmount": {"Rs.490.00 credited UPI Ref No 612345678901", []string{"likely 8901 490"}},
		"SameLineTwice":              {"Rs.499 credited UPI Ref No 612345678901\n\nINR 499.00 received, UTR 612345678901", []string{"sure 8901 499"}},
		"UnknownReference":           {"Rs.499.00 credited from ASHA RAO UPI Ref No 699999999999", []string{"none"}},
		"LastFourAndName":            {"Rs.499.00 credited by S MEENAKSHI ref XXXXXXXX4242", []string{"sure 4242 499"}},
		"LastFour":                   {"Rs.499.00 credited ref XXXXXXXX4242", []string{"likely 4242 499"}},
		"LastFourOtherAmount":        {"Rs.490.00 credited by S MEENAKSHI ref XXXXXXXX4242", []string{"none"}},
		"StudentsName":               {"INR 499.00 received from ASHA RAO", []string{"likely 8901 499"}},
		"NameRunTogether":            {"Received Rs 499.00 from asharao@examplebank", []string{"likely 8901 499"}},
		"PayersName":                 {"INR 499.00 received from S MEENAKSHI", []string{"likely 4242 499"}},
		"NameAndAnotherAmount":       {"INR 599.00 received from ASHA RAO", []string{"none"}},
		"HalfAName":                  {"INR 499.00 received from ASHA KHAN", []string{"none"}},
		"AmountAlone":                {"INR 499.00 received", []string{"none"}},
		"Several":                    {"Rs.499.00 credited UPI Ref No 612345678901\nRs.499.00 credited UPI Ref No 612345674242", []string{"sure 8901 499", "sure 4242 499"}},
		"Debit":                      {"Rs.499.00 debited from A/c XX1234 UPI Ref No 612345678901", nil},
		"Nothing":                    {"", nil},
	} {
		t.Run(name, func(t *testing.T) {
			rows, err := w.pay.Match(ctx, c.pasted)
			w.must(err)
			var got []string
			for _, r := range rows {
				if r.Claim == nil {
					got = append(got, r.Certainty)
					continue
				}
				got = append(got, fmt.Sprintf("%s %s %d", r.Certainty, r.Claim.Reference[8:], r.Amount.Amount/100))
			}
			if !slices.Equal(got, c.want) {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
	rows, err := w.pay.Match(ctx, "Rs.499.00 credited UPI Ref No "+ref3)
	if err != nil || len(rows) != 1 || rows[0].Certainty != payment.None || rows[0].Recorded == nil || rows[0].Recorded.Reference != ref3 {
		t.Errorf("a line that is written down already: %+v, %v", rows, err)
	}
}

func TestMatch_OneReferenceClaimedTwiceIsNotSure(t *testing.T) {
	w := newWorld(t)
	w.claim(w.enroll(w.asha, "python"), ref1)
	w.claim(w.enroll(w.bala, "python"), ref1)
	for _, amount := range []string{"499.00", "998.00"} {
		rows, err := w.pay.Match(ctx, "Rs."+amount+" credited UPI Ref No "+ref1)
		if err != nil || len(rows) != 2 || rows[0].Certainty != payment.Likely || rows[1].Certainty != payment.Likely {
			t.Errorf("%s: %+v, %v", amount, rows, err)
		}
	}
}

// What is sure can be ticked and verified together: the receipts must say what the bank said.
func TestMatch_SureOnesVerifyForWhatTheBankShows(t *testing.T) {
	w := newWorld(t)
	python, web := w.enroll(w.asha, "python"), w.enroll(w.asha, "web")
	w.verify(w.claim(web, ref3), 40000)
	w.claim(python, ref1)
	w.claim(web, ref2)
	rows, err := w.pay.Match(ctx, "Rs.499.00 credited UPI Ref No "+ref1+"\nRs.99.00 credited UPI Ref No "+ref2)
	w.must(err)
	var ids []string
	for _, r := range rows {
		if r.Certainty == payment.Sure {
			ids = append(ids, r.Claim.ID)
		}
	}
	id, err := w.pay.VerifyMany(ctx, w.chitra, ids)
	w.must(err)
	batch, err := w.pay.Batch(ctx, id)
	w.must(err)
	var amounts []string
	for _, b := range batch {
		amounts = append(amounts, fmt.Sprint(b.Outcome, " ", b.Amount.Amount))
	}
	if got := strings.Join(amounts, ", "); got != "verified 49900, verified 9900" {
		t.Errorf("batch: %s", got)
	}
}
