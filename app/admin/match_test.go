package admin_test

import (
	"strings"
	"testing"

	"lectern/app/apptest"
)

func TestMatch_TicksWhatIsSureAndChangesNothing(t *testing.T) {
	t.Parallel()
	s := apptest.New(t)
	chitra := s.SignIn("chitra")
	asha, bala := ordered(s.SignIn("asha"), "612345678901"), ordered(s.SignIn("bala"), "612345670022")
	text := strings.Join([]string{
		"Rs.499.00 credited to A/c XX1234 on 23-11-26 by UPI Ref No 612345678901. -Example Bank", "",
		"INR 490.00 credited UPI/612345670022/BALA", "",
		"Rs 250 credited UPI Ref 612345670099 note " + code(bala), "",
		"Rs 300 received from RAVI",
	}, "\n")
	p := chitra.Submit("/admin/payments", "#paste form", apptest.Form{"text": text}).Want(200)
	p.WantText("#found", "2 payments found").WantText(claim(asha), "Bank:", "612345678901").WantText(claim(bala), "INR 490.00")
	if p.Has(claim(asha)+" input[name=id][checked]") != 1 || p.Has("input[name=id][checked]") != 1 {
		t.Error("not exactly the sure one is ticked")
	}
	if p.Has(claim(bala)+" input[name=id]") != 0 || p.Value(claim(bala)+" [name=amount]") != "490" {
		t.Error("an amount that the bank doesn't show could be verified by a tick")
	}
	for _, href := range []string{"/admin" + bala + "?amount=250&reference=612345670099#record", "/admin/orders?status=open"} {
		if p.Has("#list .results a[href='"+href+"']") != 1 {
			t.Errorf("no line leads to %s: %s", href, p.Text("#list .results"))
		}
	}
	p.WantText("#paste textarea", "credited UPI/612345670022/BALA").WantText("#list .results", "RAVI")
	if s.Count(`SELECT count(*) FROM receipts`) != 0 {
		t.Error("matching wrote something down")
	}
	chitra.Send(p, "#bulk", nil).Want(303).Follow().WantText(".batch", "1 of 1 verified", "Asha")
	again := chitra.Submit("/admin/payments", "#paste form", apptest.Form{"text": text}).Want(200)
	again.WantText("#list .results", "₹499, recorded on 23 Nov 2026")
}

func TestMatch_NothingFoundAsksForAnotherText(t *testing.T) {
	t.Parallel()
	chitra := apptest.New(t).SignIn("chitra")
	for _, text := range []string{"", "hello", strings.Repeat("x ", 5000)} {
		p := chitra.Submit("/admin/payments", "#paste form", apptest.Form{"text": text}).Want(200).WantText("#list", "No money found in this text")
		if text != "" && p.Has("#paste[open]") != 1 {
			t.Error("the text can't be corrected")
		}
	}
	chitra.Submit("/admin/payments", "#paste form", apptest.Form{"text": "\x01"}).Want(422).WantText(".errors", "characters")
}
