package admin_test

import (
	"net/url"
	"strings"
	"testing"
	"time"

	"lectern/app/apptest"
)

// money is what somebody types who saw a transfer of ₹499.
func money(reference string) apptest.Form {
	return apptest.Form{"method": "upi", "reference": reference, "amount": "499"}
}

func TestOrders_ListSearchAndTabs(t *testing.T) {
	t.Parallel()
	s := apptest.New(t)
	chitra := s.SignIn("chitra")
	chitra.Get("/admin/orders").Want(200).WantText("#list", "No orders here")
	asha, bala := ordered(s.SignIn("asha"), "612345678901"), ordered(s.SignIn("bala"), "")
	p := chitra.Get("/admin/orders").Want(200)
	if first := p.Doc.Find("#list tbody tr").First().Text(); !strings.Contains(first, "Bala") {
		t.Errorf("first stands %q, want the newest", first)
	}
	p.WantText("#list", "To check", "Unpaid", "₹499")
	for q, want := range map[string]string{"bala@example.com": code(bala), "8901": code(asha), strings.ToLower(code(bala)): code(bala)} {
		got := chitra.Get("/admin/orders?q="+url.QueryEscape(q)).WantText("#list", want)
		if got.Has("#list tbody tr") != 1 {
			t.Errorf("%q finds %d orders", q, got.Has("#list tbody tr"))
		}
	}
	chitra.Get("/admin/orders?status=paid").WantText("#list", "No orders here")
	chitra.Get("/admin/orders?status=open&q=nobody").WantText("#list", "No order matches")
	if part := chitra.AsHTMX().Get("/admin/orders?q=Asha"); part.Has("header") != 0 || part.Has("#list tbody tr") != 1 {
		t.Error("htmx got something else than the list")
	}
}

func TestOrder_ShowsEverything(t *testing.T) {
	t.Parallel()
	s := apptest.New(t)
	chitra, asha := s.SignIn("chitra"), s.SignIn("asha")
	order := ordered(asha, "612345678901")
	s.Clock.Move(time.Hour)
	p := chitra.Get("/admin"+order).Want(200).WantText("h1", code(order)).WantText("main", "Programming Foundations with Python", "asha@example.com", "Still due", "To check", "6123 4567 8901")
	if link := p.Text("aside .copy b"); !strings.HasPrefix(link, s.URL+"/pay/") {
		t.Errorf("the pay link is %q", link)
	}
	chitra.Send(p, ".queue form[action$='/verify']", nil).Want(303, "/admin"+order)
	p = chitra.Get("/admin"+order).WantText(".head .state", "Paid").WantText(".queue", "Verified by").WantText("#money + ul", "₹499 came in", "UPI", "pays ₹499 of this order")
	p.WantText("aside", "Open", "since 23 Nov 2026, 15:05").WantText(".time", "Asha ordered for ₹499", "Asha typed the number of a payment", "verified ₹499", "23 Nov 2026, 15:05")
	if p.Has("aside .copy") != 0 {
		t.Error("a paid order still has a pay link")
	}
}

func TestOrder_CodesAreReadAsTheyAreTyped(t *testing.T) {
	t.Parallel()
	s := apptest.New(t)
	chitra := s.SignIn("chitra")
	order := ordered(s.SignIn("asha"), "")
	symbols := strings.ReplaceAll(code(order), "-", "")
	for _, typed := range []string{strings.ToLower(code(order)), symbols, strings.ToLower(symbols[2:])} {
		chitra.Get("/admin/orders/"+typed+"?open=record").Want(303, "/admin"+order+"?open=record")
	}
	for _, typed := range []string{"LN-0000-0000", "nothing", "x%00y"} {
		chitra.Get("/admin/orders/" + typed).Want(404)
		chitra.Post("/admin/orders/"+typed+"/reverse", url.Values{"reason": {"x"}}).Want(404)
	}
}

func TestOrder_RecordMoney(t *testing.T) {
	t.Parallel()
	s := apptest.New(t)
	chitra, asha := s.SignIn("chitra"), s.SignIn("asha")
	order := ordered(asha, "")
	page := "/admin" + order
	p := chitra.Get(page)
	if got := p.Value("#record [name=amount]"); got != "499" {
		t.Errorf("the amount is prefilled with %q", got)
	}
	bad := chitra.Send(p, "#record form", apptest.Form{"reference": "12 34", "amount": "much"}).Want(422)
	bad.WantText(".errors", "2 things").WantText("#record", "That has 4 digits", "Type the amount")
	if bad.Value("#record [name=reference]") != "12 34" || bad.Value("#record [name=amount]") != "much" || bad.Value("#record [name=once]") != p.Value("#record [name=once]") || bad.Has("#record[open]") != 1 {
		t.Error("what was typed is gone, or hidden")
	}
	chitra.Send(p, "#record form", apptest.Form{"method": "barter"}).Want(422).WantText("#record", "Choose how the money came")
	chitra.Send(bad, "#record form", money("6123 4567 8901")).Want(303, page).Follow().WantText(".flash", "₹499 verified").WantText(".head .state", "Paid")
	chitra.Send(bad, "#record form", money("6123 4567 8901")).Want(303, page).Follow().WantText(".flash", "counts once")
	chitra.Submit(page, "#record form", money("612345678901")).Want(409).WantText(".banner.bad", "Nothing is left of the money")
	asha.Get(order).WantText("main", "Received ₹499")
	if s.Count(`SELECT count(*) FROM receipts`) != 1 {
		t.Error("the money counts twice")
	}
}

func TestOrder_CashCountsOncePerForm(t *testing.T) {
	t.Parallel()
	s := apptest.New(t)
	chitra := s.SignIn("chitra")
	page := "/admin" + ordered(s.SignIn("asha"), "")
	p, cash := chitra.Get(page), apptest.Form{"method": "cash", "reference": "", "amount": "200"}
	chitra.Send(p, "#record form", cash).Want(303).Follow().WantText(".flash", "₹200 received. ₹299 still due")
	chitra.Send(p, "#record form", cash).Want(303).Follow().WantText(".flash", "recorded before").WantText(".head .state", "Partly paid")
	chitra.Submit(page, "#record form", cash).Want(303)
	if n := s.Count(`SELECT paid FROM orders`); n != 40000 {
		t.Errorf("paid %d, want two forms' worth", n)
	}
}

func TestOrder_ALineOfTheBankFillsTheForm(t *testing.T) {
	t.Parallel()
	s := apptest.New(t)
	p := s.SignIn("chitra").Get("/admin" + ordered(s.SignIn("asha"), "") + "?reference=612345678901&amount=490").Want(200)
	if p.Value("#record[open] [name=reference]") != "612345678901" || p.Value("#record [name=amount]") != "490" {
		t.Error("the form isn't open with what the line said")
	}
}

func TestOrder_ReverseAndTheWayBack(t *testing.T) {
	t.Parallel()
	s := apptest.New(t)
	chitra, asha := s.SignIn("chitra"), s.SignIn("asha")
	order := ordered(asha, "612345678901")
	page := "/admin" + order
	if chitra.Get(page).Has("#reverse form, #refund form") != 0 {
		t.Error("an order without money can be reversed")
	}
	chitra.Submit("/admin/payments", form(order, "verify"), nil).Want(303)
	link, _ := chitra.Get("/admin/payments?status=accepted").Doc.Find(claim(order) + " a:contains(Undo)").Attr("href")
	p := chitra.Get(link).Want(200)
	if p.Has("#reverse details[open] form") != 1 {
		t.Errorf("%s shows no open form", link)
	}
	chitra.Send(p, "#reverse form", nil).Want(422).WantText("#reverse", "Say why")
	chitra.Send(p, "#reverse form", apptest.Form{"reason": "It was Bala's"}).Want(303, page).Follow().
		WantText(".flash", "closed for Asha").WantText(".head .state", "Reversed").WantText("main", "Reason: It was Bala's", "₹499 free", "paid ₹499 of this order, until it was reversed").WantText("aside", "Ended")
	asha.Get("/learn/programming-foundations-with-python").Want(303)
	chitra.Send(p, "#reverse form", apptest.Form{"reason": "again"}).Want(409).WantText(".banner.bad", "nothing to reverse")
	chitra.Submit(page, "form[action$='/use']", nil).Want(303, page).Follow().WantText(".flash", "₹499 verified").WantText(".head .state", "Paid")
	asha.Get("/learn/programming-foundations-with-python").Want(200)
}

func TestOrder_MoneyThatNeverCame(t *testing.T) {
	t.Parallel()
	s := apptest.New(t)
	chitra := s.SignIn("chitra")
	asha, bala := ordered(s.SignIn("asha"), "612345678901"), ordered(s.SignIn("bala"), "")
	chitra.Submit("/admin/payments", form(asha, "verify"), nil).Want(303)
	chitra.Submit("/admin"+asha, "#reverse form", apptest.Form{"reason": "A slip", "never_came": "on"}).Want(303).Follow().WantText("#money + ul", "Taken back on 23 Nov 2026")
	chitra.Submit("/admin"+bala, "#record form", money("612345670022")).Want(303)
	chitra.Submit("/admin"+bala, "#reverse form", apptest.Form{"reason": "Not sure"}).Want(303)
	p := chitra.Submit("/admin"+bala, "form[action$='/void']", nil).Want(422).WantText("#money + ul", "Say why")
	if p.Has("details[open] form[action$='/void']") != 1 {
		t.Error("the form to correct isn't open")
	}
	chitra.Send(p, "form[action$='/void']", apptest.Form{"reason": "It never came"}).Want(303).Follow().WantText(".flash", "counts no more")
	chitra.Send(p, "form[action$='/void']", apptest.Form{"reason": "again"}).Want(404)
	if s.Count(`SELECT count(*) FROM receipts WHERE voided_at IS NULL`) != 0 {
		t.Error("money that never came is on the books")
	}
}

func TestOrder_RefundAndUndo(t *testing.T) {
	t.Parallel()
	s := apptest.New(t)
	chitra := s.SignIn("chitra")
	order := ordered(s.SignIn("asha"), "612345678901")
	page := "/admin" + order
	chitra.Submit("/admin/payments", form(order, "verify"), apptest.Form{"amount": "598"}).Want(303)
	p := chitra.Get(page).WantText("#refund", "Up to ₹99 is free, and Asha keeps access")
	if got := p.Value("#refund [name=amount]"); got != "99" {
		t.Errorf("prefilled with %q", got)
	}
	chitra.Send(p, "#refund form", apptest.Form{"amount": "599", "reason": "Changed his mind"}).Want(422).WantText("#refund", "At most ₹598")
	chitra.Send(p, "#refund form", apptest.Form{"reference": "612345670044"}).Want(303, page).Follow().WantText(".flash", "₹99 recorded as given back").WantText("#money + ul", "₹99 given back", "612345670044").WantText(".head .state", "Paid")
	chitra.Send(p, "#refund form", nil).Want(303).Follow().WantText(".flash", "counts once")
	p = chitra.Get(page).WantText("#refund", "This reverses the order: the course closes for Asha")
	chitra.Send(p, "#refund form", nil).Want(303).Follow().WantText(".flash", "closed for Asha").WantText(".head .state", "Reversed")
	p = chitra.Get(page)
	undo, _ := p.Doc.Find("form[action$='/undo']").Last().Attr("action")
	chitra.Post(undo, nil).Want(303, page).Follow().WantText(".flash", "free again").WantText("#money + ul", "Undone on 23 Nov 2026", "₹499 free")
	chitra.Post(undo, nil).Want(409)
	other := ordered(s.SignIn("bala"), "")
	chitra.Post(strings.Replace(undo, code(order), code(other), 1), nil).Want(404)
}

func TestOrder_ClaimsAreDecidedInPlace(t *testing.T) {
	t.Parallel()
	s := apptest.New(t)
	chitra := s.SignIn("chitra")
	order := ordered(s.SignIn("asha"), "612345678901")
	page := "/admin" + order
	p := chitra.Submit(page, ".queue form[action$='/verify']", apptest.Form{"amount": "x"}).Want(422).WantText("h1", code(order)).WantText(".queue", "Type the amount")
	if p.Value(".queue [name=amount]") != "x" || p.Has(".queue form[hx-post]") != 0 {
		t.Error("what was typed is gone, or only a part of the page would change")
	}
	chitra.Send(p, ".queue form[action$='/reject']", apptest.Form{"reason": "Not ours"}).Want(303, page).Follow().WantText(".queue", "Rejected by", "Not ours")
	chitra.Send(p, ".queue form[action$='/verify']", apptest.Form{"amount": "499"}).Want(409).WantText("h1", code(order)).WantText(".banner.bad", "already handled")
	chitra.Submit(page, ".queue form[action$='/reopen']", nil).Want(303, page).Follow().WantText(".queue", "Not seen")
	chitra.Post(action2(p, "verify"), url.Values{"amount": {"499"}, "back": {"https://evil.example/"}}).Want(303, "/admin/payments")
}

// action2 is where the only form on an order's page goes that takes a step on a claim.
func action2(p *apptest.Page, step string) string {
	to, _ := p.Doc.Find(".queue form[action$='/" + step + "']").Attr("action")
	return to
}

func TestOrder_WhatWasTypedSurvivesTheSession(t *testing.T) {
	t.Parallel()
	s := apptest.New(t)
	chitra := s.SignIn("chitra")
	order := ordered(s.SignIn("asha"), "612345678901")
	login := apptest.Form{"email": "chitra@example.com", "password": apptest.Password}
	for _, f := range []struct {
		path, selector string
		typed          apptest.Form
		field          string
	}{
		{"/admin" + order, "#record form", apptest.Form{"reference": "6123 4567"}, "#record[open] [name=reference]"},
		{"/admin/payments", form(order, "reject"), apptest.Form{"reason": "6123 4567"}, claim(order) + " details[open] form[action$='/reject'] [name=reason]"},
		{"/admin/payments", form(order, "verify"), apptest.Form{"amount": "6123 4567"}, claim(order) + " [name=amount]"},
	} {
		page := chitra.Get(f.path).Want(200)
		s.Clock.Move(31 * 24 * time.Hour)
		p := chitra.Send(page, f.selector, f.typed).Want(303)
		back := chitra.Submit(p.Location(), "form[action='/login']", login).Want(303).Follow().Want(200).WantText(".note", "What you typed is here again")
		if got := back.Value(f.field); got != "6123 4567" {
			t.Errorf("%s: %q is there again", f.selector, got)
		}
	}
	page := chitra.Get("/admin/payments")
	s.Clock.Move(31 * 24 * time.Hour)
	p := chitra.Send(page, "#paste form", apptest.Form{"text": "Rs 499 credited"}).Want(303)
	chitra.Submit(p.Location(), "form[action='/login']", login).Want(303).Follow().WantText("#paste[open] textarea", "Rs 499 credited")
}
