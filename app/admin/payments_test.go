package admin_test

import (
	"context"
	"net/url"
	"strings"
	"testing"
	"time"

	"lectern/app/apptest"
)

// code is that of the order at a student's address.
func code(order string) string { return strings.TrimPrefix(order, "/orders/") }

// claim is the selector of the row of an order's only claim.
func claim(order string) string {
	return ".queue > li:has(.claimant a[href='/admin" + order + "'])"
}

// form is the selector of the form of a row that takes a step.
func form(order, step string) string { return claim(order) + " form[action$='/" + step + "']" }

// action is where that form goes.
func action(p *apptest.Page, order, step string) string {
	p.Browser.T.Helper()
	to, ok := p.Doc.Find(form(order, step)).Attr("action")
	if !ok {
		p.Browser.T.Fatalf("no form to %s on %s", step, p.Path)
	}
	return to
}

func TestPayments_EmptyQueueSaysWhatWillBeThere(t *testing.T) {
	t.Parallel()
	chitra := apptest.New(t).SignIn("chitra")
	p := chitra.Get("/admin/payments").Want(200).WantText("h1", "Payments to check").WantText("#list", "Nothing to check").WantText("#figures", "0 · ₹0")
	if p.Has("a[href='/admin/orders?status=open']") != 1 {
		t.Error("nothing leads to recording money")
	}
}

func TestPayments_RowHoldsEverythingThatDecides(t *testing.T) {
	t.Parallel()
	s := apptest.New(t)
	chitra, asha, bala := s.SignIn("chitra"), s.SignIn("asha"), s.SignIn("bala")
	first, second := ordered(asha, "612345678901"), ordered(bala, "6123 4567 8901")
	p := chitra.Get("/admin/payments").Want(200)
	p.WantText("#figures", "2 · ₹998", "oldest just now").WantText(".group", "school@examplebank", "2 payments, ₹998")
	p.WantText(claim(first), "Asha", "Programming Foundations with Python", code(first), "just now", "6123 4567 8901", "Number also on", code(second))
	p.WantText(claim(first)+" .ref b", "8901").WantText(claim(second), "Bala", code(first))
	if got := p.Value(claim(first) + " input[name=amount]"); got != "499" {
		t.Errorf("the amount is prefilled with %q", got)
	}
	for selector, want := range map[string]int{
		" .claimant a[href='/admin" + first + "']":               1,
		" a[href='/admin/students/" + userID(s, "asha") + "']":   1,
		" input[name=id][form=bulk]:not([checked])":              1,
		" input[name=amount][form]":                              1,
		" form[action$='/not-seen']":                             1,
		" details details form[action$='/reject'] [name=reason]": 1,
		" a[href*='wa.me']":                                      0, // Asha gave no number
	} {
		if got := p.Has(claim(first) + selector); got != want {
			t.Errorf("%s: %d, want %d", selector, got, want)
		}
	}
	if p.Doc.Find("[onclick], [style], script:not([src])").Length() != 0 {
		t.Error("the page has something inline")
	}
}

func TestPayments_ChatIsReadyForWhoHasAPhone(t *testing.T) {
	t.Parallel()
	s := apptest.New(t)
	asha := s.SignIn("asha")
	asha.Submit("/account", "#profile", apptest.Form{"name": "Asha Rao", "phone": "98765 43210"}).Want(303)
	order := ordered(asha, "612345678901")
	link := s.SignIn("chitra").Get("/admin/payments").Doc.Find(claim(order) + " a[target=_blank]")
	href, _ := link.Attr("href")
	u, err := url.Parse(href)
	if err != nil || u.Host != "wa.me" || u.Path != "/919876543210" {
		t.Errorf("the chat is at %q", href)
	}
	for _, want := range []string{"Hello Asha,", "Chinar Academy", "8901", code(order)} {
		if text := u.Query().Get("text"); !strings.Contains(text, want) {
			t.Errorf("the text %q lacks %q", text, want)
		}
	}
	if rel, _ := link.Attr("rel"); rel != "noopener" {
		t.Errorf("rel is %q", rel)
	}
}

func TestPayments_DoubtsAreMarked(t *testing.T) {
	t.Parallel()
	s := apptest.New(t)
	chitra := s.SignIn("chitra")
	phone := ordered(s.SignIn("asha"), "919876543210")
	p := chitra.Get("/admin/payments")
	p.WantText(claim(phone), "Doesn't look like a payment's number")
	chitra.Send(p, form(phone, "not-seen"), apptest.Form{"reason": "Not in today's list"}).Want(303, "/admin/payments")
	p = chitra.Get("/admin/payments").WantText(claim(phone), "Not seen on 23 Nov 2026", "Not in today's list")
	chitra.Get("/admin/payments?status=not_seen").WantText("#list", "Asha")
	if p.Has(form(phone, "verify")) != 1 {
		t.Error("what wasn't seen can't be verified any more")
	}
}

func TestPayments_SearchAndTabs(t *testing.T) {
	t.Parallel()
	s := apptest.New(t)
	chitra := s.SignIn("chitra")
	asha, bala := ordered(s.SignIn("asha"), "612345678901"), ordered(s.SignIn("bala"), "612345670022")
	for q, want := range map[string]string{
		"0022": "Bala", "612345678901": "Asha", code(asha): "Asha", "bala@example.com": "Bala", "Ash": "Asha", strings.ToLower(code(bala)): "Bala",
	} {
		p := chitra.Get("/admin/payments?q=" + url.QueryEscape(q)).Want(200)
		if p.WantText("#list", want).Has(".queue > li") != 1 {
			t.Errorf("%q finds %d rows", q, p.Has(".queue > li"))
		}
	}
	chitra.Get("/admin/payments?q=499").WantText("#list", "Asha", "Bala")
	chitra.Get("/admin/payments?q=nobody").WantText("#list", "No payment matches")
	part := chitra.AsHTMX().Get("/admin/payments?q=0022").Want(200)
	if part.Has("header") != 0 || part.Has("#list .queue > li") != 1 {
		t.Error("htmx got something else than the list")
	}
	chitra.Submit("/admin/payments", form(bala, "verify"), nil).Want(303)
	for status, want := range map[string]string{"": "Asha", "accepted": "Bala", "all": "Asha", "nonsense": "Asha"} {
		chitra.Get("/admin/payments?status="+status).Want(200).WantText("#list", want)
	}
	chitra.Get("/admin/payments?status=accepted").WantNoText("#list", "Asha").WantText("#list", "Verified", "₹499", "Undo")
	chitra.Get("/admin/payments?status=rejected").WantText("#list", "Nothing here")
}

func TestPayments_PagesByKey(t *testing.T) {
	t.Parallel()
	s := apptest.New(t)
	chitra, asha := s.SignIn("chitra"), s.SignIn("asha")
	var orders []string // six, each with the ten claims that it takes by its pay link
	for _, course := range []string{"programming-foundations-with-python", "web-development-foundations", "computer-science-foundations",
		"microsoft-office-automation-and-digital-tools", "ai-machine-learning-foundations", "data-science-and-analytics"} {
		orders = append(orders, asha.Submit("/courses/"+course, "form#enroll", nil).Want(303).Location())
	}
	for i := range 60 {
		claimNumber(asha, orders[i%len(orders)], i)
		s.Clock.Move(time.Minute)
	}
	first := chitra.Get("/admin/payments").Want(200)
	if first.Has(".queue > li") != 50 {
		t.Fatalf("%d rows on the first page", first.Has(".queue > li"))
	}
	next, _ := first.Doc.Find("a[rel=next]").Attr("href")
	second := chitra.Get(next).Want(200)
	if second.Has(".queue > li") != 10 || second.Has("a[rel=next]") != 0 {
		t.Errorf("%d rows on the second page", second.Has(".queue > li"))
	}
	if second.WantText("#list", "First page"); strings.Contains(first.Text("#list"), "First page") {
		t.Error("the first page leads to itself")
	}
	chitra.Get("/admin/payments?after=" + url.QueryEscape("x'; --")).Want(200)
}

// claimNumber adds the i-th claim to an order, past the limit that one address has.
func claimNumber(b *apptest.Browser, order string, i int) {
	b.T.Helper()
	if _, err := b.School.Payments.AddClaim(context.Background(), orderID(b.School, order), claimForm(i)); err != nil {
		b.T.Fatal(err)
	}
}

func TestPayments_BatchTellsRowByRow(t *testing.T) {
	t.Parallel()
	s := apptest.New(t)
	chitra := s.SignIn("chitra")
	asha, bala := ordered(s.SignIn("asha"), "612345678901"), ordered(s.SignIn("bala"), "612345678901")
	page := chitra.Get("/admin/payments")
	var ids []string
	page.Doc.Find("input[name=id]").Each(func(_ int, in *selection) { ids = append(ids, in.AttrOr("value", "")) })
	p := chitra.Post("/admin/payments/verify", url.Values{"id": append(ids, "nonsense"), "unknown": {"x"}}).Want(303)
	if !strings.HasPrefix(p.Location(), "/admin/payments?batch=") {
		t.Fatalf("leads to %q", p.Location())
	}
	told := p.Follow().Want(200).WantText(".batch h2", "1 of 3 verified")
	told.WantText(".batch", "₹499 verified", "Asha", code(asha), "Bala", code(bala), "Nothing is left of the money under this number", "reject this one", "There is no such payment to check")
	if first := told.Doc.Find(".batch .results li").First().Text(); !strings.Contains(first, "Not verified") {
		t.Errorf("first stands %q", first)
	}
	if s.Count(`SELECT count(*) FROM orders WHERE status = 'paid'`) != 1 {
		t.Error("not exactly one order is paid")
	}
	chitra.Get("/admin/payments?batch=nonsense").Want(200)
	for _, values := range []url.Values{nil, {"id": {""}}} {
		chitra.Post("/admin/payments/verify", values).Want(422).WantText(".errors", "Tick at least one payment").WantText("#list", "Bala")
	}
}
