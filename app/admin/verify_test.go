package admin_test

import (
	"net/url"
	"sync"
	"testing"

	"lectern/app/apptest"
)

func TestVerify_OneTapEnrols(t *testing.T) {
	t.Parallel()
	s := apptest.New(t)
	chitra, asha := s.SignIn("chitra"), s.SignIn("asha")
	order := ordered(asha, "612345678901")
	p := chitra.Submit("/admin/payments", form(order, "verify"), nil).Want(303, "/admin/payments").Follow()
	p.WantText(".flash", "Asha", code(order), "₹499 verified").WantText("#figures", "0 · ₹0", "1 · ₹499").WantText("#list", "Nothing to check")
	asha.Get(order).WantText("main", "Received ₹499")
	if n := len(s.MailTo("asha@example.com")); n != 2 { // welcome, enrolled
		t.Errorf("Asha got %d letters", n)
	}
}

func TestVerify_HTMXReplacesTheRow(t *testing.T) {
	t.Parallel()
	s := apptest.New(t)
	chitra, asha, bala := s.SignIn("chitra"), s.SignIn("asha"), s.SignIn("bala")
	order, other := ordered(asha, "612345678901"), ordered(bala, "612345670022")
	p := chitra.AsHTMX().Submit("/admin/payments", form(order, "verify"), nil).Want(200)
	p.WantText("li.gone", "Asha", "₹499 verified. Enrolled and told.", "Undo").WantText("hx-partial[hx-target='#toast']", "Asha", "₹499 verified")
	p.WantText("hx-partial[hx-target='#figures']", "1 · ₹499").WantText("hx-partial[hx-target='.due']", "1 to check").WantText("hx-partial[hx-target^='#sum-']", "1 payment, ₹499")
	if p.Has("header") != 0 || p.Has("li.gone input") != 0 || p.Has("li.gone a[href='/admin"+order+"?open=reverse#reverse']") != 1 {
		t.Error("the answer is more than the row, or has no way back")
	}
	unseen := chitra.AsHTMX().Submit("/admin/payments", form(other, "not-seen"), nil).Want(200).WantText("li.gone", "Not seen", "Undo")
	undo, _ := unseen.Doc.Find("li.gone form").Attr("action")
	chitra.AsHTMX().Post(undo, nil).Want(200).WantText("li:not(.gone)", "Bala", "Verify")
	if s.Count(`SELECT count(*) FROM claims WHERE status = 'waiting'`) != 1 {
		t.Error("what was marked by a slip doesn't wait again")
	}
}

func TestVerify_LessAndMoreThanDue(t *testing.T) {
	t.Parallel()
	s := apptest.New(t)
	chitra := s.SignIn("chitra")
	asha, bala := ordered(s.SignIn("asha"), "612345678901"), ordered(s.SignIn("bala"), "612345670022")
	chitra.AsHTMX().Submit("/admin/payments", form(asha, "verify"), apptest.Form{"amount": "490"}).Want(200).WantText("li.gone", "₹490 received. ₹9 still due, the student has been told.")
	chitra.Submit("/admin/payments", form(bala, "verify"), apptest.Form{"amount": "₹500.00"}).Want(303).Follow().WantText(".flash", "₹499 verified", "₹1 over: free for another order or a refund")
	chitra.Get("/admin"+asha).WantText("main", "Partly paid", "₹490", "Still due", "₹9")
	chitra.Get("/admin"+bala).WantText("main", "Free on its receipts", "₹1")
}

func TestVerify_ASecondPaymentIsUndoneByItself(t *testing.T) {
	t.Parallel()
	s := apptest.New(t)
	chitra, asha := s.SignIn("chitra"), s.SignIn("asha")
	order := ordered(asha, "612345678901")
	chitra.Submit("/admin/payments", form(order, "verify"), nil).Want(303)
	asha.Submit(order, "form[action='"+order+"/claims']", apptest.Form{"reference": "612345670022"}).Want(303)
	p := chitra.Get("/admin/payments").WantText(claim(order), "paid already: a second payment", "₹0 due")
	p = chitra.AsHTMX().Send(p, form(order, "verify"), nil).Want(200).WantText("li.gone", "₹499 received, and nothing of it was due.", "₹499 over")
	link, _ := p.Doc.Find("li.gone a:contains(Undo)").Attr("href")
	p = chitra.Get(link).Want(200)
	if p.Has("#money + ul details[open] form[action$='/void']") != 1 || p.Has("#reverse details[open]") != 0 {
		t.Errorf("%s opens the wrong form", link)
	}
	chitra.Send(p, "form[action$='/void']", apptest.Form{"reason": "A slip"}).Want(303).Follow().WantText(".head .state", "Paid").WantText(".queue", "Rejected by")
}

func TestVerify_WrongAmountComesBackAsTyped(t *testing.T) {
	t.Parallel()
	s := apptest.New(t)
	chitra := s.SignIn("chitra")
	order := ordered(s.SignIn("asha"), "612345678901")
	for _, typed := range []string{"", "0", "-5", "four", "1.234", "999999999999999999"} {
		p := chitra.Submit("/admin/payments", form(order, "verify"), apptest.Form{"amount": typed}).Want(422)
		p.WantText(".errors", "Type the amount").WantText(claim(order), "Type the amount that the bank shows")
		if got := p.Value(claim(order) + " input[name=amount][aria-invalid=true]"); got != typed || p.Has(claim(order)) != 1 {
			t.Errorf("%q came back as %q, in %d rows", typed, got, p.Has(claim(order)))
		}
		part := chitra.AsHTMX().Submit("/admin/payments", form(order, "verify"), apptest.Form{"amount": typed}).Want(422)
		if part.Has("header") != 0 || part.Has("li [aria-invalid=true][autofocus]") != 1 {
			t.Errorf("%q: htmx got no row to correct", typed)
		}
	}
	if s.Count(`SELECT count(*) FROM receipts`) != 0 {
		t.Error("money was written down")
	}
}

func TestVerify_WhoComesSecondIsToldWhoWasFirst(t *testing.T) {
	t.Parallel()
	s := apptest.New(t)
	chitra := s.SignIn("chitra")
	order := ordered(s.SignIn("asha"), "612345678901")
	page := chitra.Get("/admin/payments")
	chitra.Send(page, form(order, "verify"), nil).Want(303)
	for _, step := range []string{"verify", "not-seen"} {
		p := chitra.Send(page, form(order, step), nil).Want(409)
		p.WantText(".banner.bad", "Somebody has already handled this").WantText(claim(order), "Verified by", "Undo")
	}
	chitra.Send(page, form(order, "reject"), apptest.Form{"reason": "x"}).Want(409)
	part := chitra.AsHTMX().Send(page, form(order, "verify"), nil).Want(409).WantText("li", "already handled", "Verified by")
	if part.Header.Get("HX-Retarget") == "" || part.Has("header") != 0 {
		t.Error("htmx got no row")
	}
	if s.Count(`SELECT count(*) FROM receipts`) != 1 {
		t.Error("the money counts twice")
	}
}

func TestVerify_OneOfManyAtOnceWins(t *testing.T) {
	t.Parallel()
	s := apptest.New(t)
	chitra := s.SignIn("chitra")
	order := ordered(s.SignIn("asha"), "612345678901")
	page := chitra.Get("/admin/payments")
	values := url.Values{"amount": {"499"}, "csrf_token": {page.Value("input[name=csrf_token]")}}
	var mu sync.Mutex
	got := map[int]int{}
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			status := chitra.Post(action(page, order, "verify"), values).Status
			mu.Lock()
			got[status]++
			mu.Unlock()
		})
	}
	all.Wait()
	if got[303] != 1 || got[409] != 7 {
		t.Errorf("answers: %v", got)
	}
}

func TestReject_NeedsAReasonAndCanBeUndone(t *testing.T) {
	t.Parallel()
	s := apptest.New(t)
	chitra, asha := s.SignIn("chitra"), s.SignIn("asha")
	order := ordered(asha, "612345678901")
	p := chitra.Submit("/admin/payments", form(order, "reject"), nil).Want(422).WantText(".errors", "Say why")
	if p.Has(claim(order)+" details[open] details[open] form[action$='/reject']") != 1 {
		t.Error("the form to correct isn't open")
	}
	chitra.Submit("/admin/payments", form(order, "reject"), apptest.Form{"quick": "Chosen", "reason": "Typed"}).Want(303, "/admin/payments").Follow().WantText(".flash", "Rejected")
	asha.Get(order).WantText("main", "could not accept the number", "Typed")
	p = chitra.Get("/admin/payments?status=rejected").WantText(claim(order), "Rejected", "Typed", "Check again")
	chitra.Send(p, form(order, "reopen"), nil).Want(303)
	chitra.Submit("/admin/payments", form(order, "reject"), apptest.Form{"quick": "Chosen"}).Want(303)
	chitra.Get("/admin/payments?status=rejected").WantText(claim(order), "Chosen")
}

func TestPayments_KnownReceiptFixesTheAmount(t *testing.T) {
	t.Parallel()
	s := apptest.New(t)
	chitra := s.SignIn("chitra")
	asha, bala := ordered(s.SignIn("asha"), "612345678901"), ordered(s.SignIn("bala"), "612345678901")
	chitra.Submit("/admin/payments", form(asha, "verify"), apptest.Form{"amount": "998"}).Want(303)
	p := chitra.Get("/admin/payments").WantText(claim(bala), "₹998 came in under this number, ₹499 of it is free", "₹499 due")
	if got := p.Value(claim(bala) + " input[name=amount][readonly]"); got != "998" {
		t.Errorf("prefilled with %q", got)
	}
	chitra.Send(p, form(bala, "verify"), apptest.Form{"amount": "499"}).Want(422).WantText(claim(bala), "₹998 is already recorded for this number")
	chitra.Send(p, form(bala, "verify"), nil).Want(303)
	if s.Count(`SELECT count(*) FROM orders WHERE status = 'paid'`) != 2 || s.Count(`SELECT count(*) FROM receipts`) != 1 {
		t.Error("one transfer for two didn't pay both")
	}
}

func TestPayments_StrangersAndNobody(t *testing.T) {
	t.Parallel()
	s := apptest.New(t)
	asha, visitor, chitra := s.SignIn("asha"), s.Visitor(), s.SignIn("chitra")
	order := ordered(asha, "612345678901")
	page := chitra.Get("/admin/payments")
	paths := []string{"/admin/payments/verify", "/admin/payments/match", "/admin" + order + "/receipts", "/admin" + order + "/reverse", "/admin" + order + "/refund",
		"/admin" + order + "/refunds/x/undo", "/admin" + order + "/receipts/x/use", "/admin" + order + "/receipts/x/void"}
	for _, step := range []string{"verify", "not-seen", "reject"} {
		paths = append(paths, action(page, order, step))
	}
	for _, path := range paths {
		asha.Post(path, url.Values{"amount": {"499"}, "reason": {"x"}}).Want(403)
		asha.AsHTMX().Post(path, nil).Want(403)
		visitor.Post(path, nil).Want(303)
		visitor.AsHTMX().Post(path, nil).Want(204)
		chitra.Post(path, url.Values{"csrf_token": {"wrong"}}).Want(403)
	}
	for _, path := range []string{"/admin/payments", "/admin/orders", "/admin" + order} {
		asha.Get(path).Want(403)
		visitor.Get(path).Want(303)
	}
	for _, id := range []string{"nothing", "x%00y", "verify"} {
		chitra.Post("/admin/payments/"+id+"/verify", url.Values{"amount": {"499"}}).Want(404)
	}
	if s.Count(`SELECT count(*) FROM claims WHERE status <> 'waiting'`)+s.Count(`SELECT count(*) FROM receipts`) != 0 {
		t.Error("something has changed")
	}
}
