package site_test

import (
	"bytes"
	"image/png"
	"net/url"
	"strings"
	"testing"

	"lectern/app/apptest"
)

const python = "programming-foundations-with-python"

// order lets somebody enrol in the Python course and returns the path of the order.
func order(b *apptest.Browser) string {
	b.T.Helper()
	p := b.Submit("/courses/"+python, "#enroll", nil).Want(303)
	if !strings.HasPrefix(p.Location(), "/orders/LN-") {
		b.T.Fatalf("enrolling leads to %q", p.Location())
	}
	return p.Location()
}

func TestEnroll(t *testing.T) {
	t.Parallel()
	s := apptest.New(t)
	t.Run("a visitor logs in first and comes back", func(t *testing.T) {
		p := s.Visitor().Submit("/courses/"+python, "#enroll", nil)
		p.Want(303, "/login?next="+url.QueryEscape("/courses/"+python))
		login := p.Follow().Want(200)
		if got := login.Value("input[name=next]"); got != "/courses/"+python {
			t.Errorf("the login form goes to %q", got)
		}
	})
	asha := s.SignIn("asha")
	path := order(asha)
	t.Run("again finds the same order", func(t *testing.T) {
		if again := order(asha); again != path {
			t.Errorf("got %s, want %s", again, path)
		}
	})
	t.Run("what a browser sends decides nothing", func(t *testing.T) {
		bala := s.SignIn("bala")
		p := bala.Post("/courses/"+python+"/enroll", url.Values{"price": {"1"}, "amount": {"1"}, "status": {"paid"}, "method": {"card"}, "payee": {"thief@examplebank"}, "payment_method": {""}}).Want(303)
		o := p.Follow().Want(200).WantText("h1", "Pay ₹499")
		o.WantText(".copy b", "school@examplebank").WantNoText("main", "thief")
		if n := s.Count(`SELECT count(*) FROM orders WHERE status <> 'open' OR price <> 49900`); n != 0 {
			t.Errorf("%d orders were changed by what was sent", n)
		}
	})
	t.Run("a payee in the address is not taken", func(t *testing.T) {
		p := asha.Get(path + "?payee=thief@examplebank").Want(200)
		p.WantNoText("main", "thief")
		if link, _ := p.Doc.Find("a[href^='upi:']").Attr("href"); !strings.Contains(link, "pa=school@examplebank&") {
			t.Errorf("link %q", link)
		}
	})
	t.Run("unknown course", func(t *testing.T) {
		s.Visitor().Post("/courses/nothing/enroll", nil).Want(404)
		asha.Post("/courses/nothing/enroll", nil).Want(404)
	})
	t.Run("a GET changes nothing", func(t *testing.T) {
		before := s.Count(`SELECT count(*) FROM orders`)
		asha.Get("/courses/" + python + "/enroll").Want(405)
		asha.Get(path + "/cancel").Want(405)
		if after := s.Count(`SELECT count(*) FROM orders WHERE status = 'open'`); after != before {
			t.Errorf("open orders: %d, before %d", after, before)
		}
	})
}

func TestOrder_Page(t *testing.T) {
	t.Parallel()
	s := apptest.New(t)
	asha := s.SignIn("asha")
	path := order(asha)
	p := asha.Get(path).Want(200)
	p.WantText("h1", "Pay ₹499 for Programming Foundations with Python")
	p.WantText(".whose", "For Asha.", "Not you? Switch", strings.TrimPrefix(path, "/orders/"))
	p.WantText("main", "Pay exactly ₹499", "school@examplebank", "499.00", "CHINAR & SONS EDUCATION", "Type the 12-digit number", "Google Pay: UPI transaction ID", "Do not pay again", "today by 21:00")
	p.WantText("details", "second@examplebank")

	href, _ := p.Doc.Find("a[href^='upi:']").Attr("href")
	link, err := url.Parse(href)
	if err != nil {
		t.Fatal(err)
	}
	q := link.Query()
	for name, want := range map[string]string{"pa": "school@examplebank", "pn": "CHINAR & SONS EDUCATION", "am": "499.00", "cu": "INR", "tr": ""} {
		if q.Get(name) != want {
			t.Errorf("%s=%q, want %q in %s", name, q.Get(name), want, href)
		}
	}
	if !strings.HasPrefix(q.Get("tn"), strings.TrimPrefix(path, "/orders/")) || strings.Contains(href, "+") {
		t.Errorf("link %s", href)
	}
	picture := asha.Get(path + "/qr.png").Want(200)
	if _, err := png.Decode(bytes.NewReader([]byte(picture.Body))); err != nil || picture.Header.Get("Content-Type") != "image/png" {
		t.Errorf("picture: %v, %s", err, picture.Header.Get("Content-Type"))
	}
	if p.Has("svg.qr path") != 1 {
		t.Error("no QR drawn in the page")
	}

	t.Run("strangers", func(t *testing.T) {
		bala := s.SignIn("bala")
		for _, below := range []string{"", "/qr.png"} {
			bala.Get(path + below).Want(404)
			s.Visitor().Get(path+below).Want(303, "/login?next="+url.QueryEscape(path+below))
		}
		bala.Post(path+"/claims", url.Values{"reference": {"412345678901"}}).Want(404)
		bala.Post(path+"/cancel", nil).Want(404)
		bala.Get("/pay/AAAAAAAAAAAAAAAAAAAAAA").Want(404)
	})
}

func TestClaim(t *testing.T) {
	t.Parallel()
	s := apptest.New(t)
	asha := s.SignIn("asha")
	path := order(asha)
	t.Run("unlike numbers come back with what was typed", func(t *testing.T) {
		for typed, want := range map[string]string{"41234567890": "has 11 digits", "CICAgIDf8vPxFQ": "12", "": "UTR", "hello": "UTR"} {
			p := asha.Submit(path, "#claim", apptest.Form{"reference": typed, "payer": "Meena Rao"}).Want(422)
			p.WantText("#reference-error", want)
			if p.Value("#reference") != typed || p.Value("#payer") != "Meena Rao" {
				t.Errorf("%q: typed values are gone: %q, %q", typed, p.Value("#reference"), p.Value("#payer"))
			}
			if part := asha.AsHTMX().Submit(path, "#claim", apptest.Form{"reference": typed}).Want(422); part.Has("html > head > title") != 0 {
				t.Error("htmx got the whole page")
			}
		}
	})
	sms := "Rs.499 debited from A/c XX1234 on 23-11-26 to VPA school@examplebank UPI Ref No 612345678901. Not you? Call 18001234567"
	asha.Submit(path, "#claim", apptest.Form{"reference": sms}).Want(303, path)
	p := asha.Get(path).Want(200)
	p.WantText("h1", "is being checked").WantText("main", "6123 4567 8901", "Nothing more to do.", "today by 21:00", "You can close this page", "asha@example.com")
	if n := s.Count(`SELECT count(*) FROM claims WHERE reference = '612345678901' AND payee = 'school@examplebank'`); n != 1 {
		t.Errorf("%d claims", n)
	}
	t.Run("the same number again is the same claim", func(t *testing.T) {
		asha.Submit(path, "#claim", apptest.Form{"reference": "6123 4567 8901"}).Want(303)
		if n := s.Count(`SELECT count(*) FROM claims`); n != 1 {
			t.Errorf("%d claims, want 1", n)
		}
	})
	t.Run("no cancelling while it waits", func(t *testing.T) {
		asha.Post(path+"/cancel", nil).Want(409)
	})
	t.Run("polling says nothing new until there is", func(t *testing.T) {
		poll, _ := p.Doc.Find("#poll").Attr("hx-get")
		same := asha.AsHTMX().Get(poll).Want(200)
		if same.Has("#poll") != 1 || same.Has("#order") != 0 {
			t.Errorf("got %s", same.Body)
		}
		changed := asha.AsHTMX().Get(strings.Replace(poll, "state=waiting", "state=open", 1)).Want(200)
		if changed.Has("#order") != 1 || changed.Header.Get("HX-Retarget") != "#order" {
			t.Errorf("got %s", changed.Body)
		}
	})
	t.Run("a payee that isn't the school's is ignored", func(t *testing.T) {
		asha.Post(path+"/claims", url.Values{"reference": {"612345678902"}, "payee": {"thief@examplebank"}}).Want(303)
		if n := s.Count(`SELECT count(*) FROM claims WHERE payee NOT IN ('', 'school@examplebank', 'second@examplebank')`); n != 0 {
			t.Errorf("%d claims with a foreign payee", n)
		}
	})
}

func TestPay_ByLink(t *testing.T) {
	t.Parallel()
	s := apptest.New(t)
	asha := s.SignIn("asha")
	p := asha.Get(order(asha))
	link := p.Text("#parent .copy b")
	parent := s.Visitor()
	page := parent.Get(link).Want(200).WantText("h1", "Pay ₹499").WantText(".whose", "For Asha.").WantNoText("main", "asha@example.com", "Switch", "Send to a parent")
	parent.Get(link + "/qr.png").Want(200)
	parent.Send(page, "#claim", apptest.Form{"reference": "612345678999", "payer": "Meena Rao"}).Want(303)
	parent.Get(link).Want(200).WantText("main", "…8999").WantNoText("main", "6123 4567 8999", "asha@example.com")
	asha.Get(p.Path).WantText("main", "6123 4567 8999")
}

func TestClaim_SessionRanOutWhileTyping(t *testing.T) {
	t.Parallel()
	s := apptest.New(t)
	asha := s.SignIn("asha")
	open := asha.Get(order(asha))
	asha.Post("/logout", nil).Want(303)
	p := asha.Send(open, "#claim", apptest.Form{"reference": "612345678901", "payer": "Meena Rao"}).Want(303)
	back := asha.Send(p.Follow().Want(200), "form[action='/login']", apptest.Form{"email": "asha@example.com", "password": apptest.Password}).Want(303).Follow().Want(200)
	if back.Value("#reference") != "612345678901" || back.Value("#payer") != "Meena Rao" {
		t.Errorf("after logging in the form has %q, %q: %s", back.Value("#reference"), back.Value("#payer"), back.Path)
	}
}

func TestOrder_Expired(t *testing.T) {
	t.Parallel()
	s := apptest.New(t)
	asha := s.SignIn("asha")
	path := order(asha)
	s.Clock.Move(72 * 3600e9)
	asha.Get(path).Want(200).WantText("main", "few days old")
	asha.Submit(path, "#claim", apptest.Form{"reference": "612345678901"}).Want(303)
}

func TestDashboardAndOrders(t *testing.T) {
	t.Parallel()
	s := apptest.New(t)
	asha := s.SignIn("asha")
	asha.Get("/dashboard").Want(200).WantText("main", "No course yet", "asha@example.com")
	asha.Get("/orders").Want(200).WantText("main", "No orders yet")
	order(asha)
	asha.Get("/dashboard").WantText("main", "To do next", "Pay ₹499, then type the number.")
	asha.Get("/orders").WantText("table", "Programming Foundations with Python", "Waiting for payment")
	asha.Get("/learn/"+python).Want(303, "/courses/"+python)
	asha.Get("/learn/nothing").Want(404)
	for _, path := range []string{"/dashboard", "/orders", "/learn/" + python, "/account"} {
		s.Visitor().Get(path).Want(303, "/login?next="+url.QueryEscape(path))
	}
}
