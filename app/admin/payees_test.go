package admin_test

import (
	"net/url"
	"strings"
	"testing"
	"time"

	"lectern/app/apptest"
)

func TestPayees_AddChangeSwitchMove(t *testing.T) {
	t.Parallel()
	s := apptest.New(t)
	chitra := s.SignIn("chitra")
	p := chitra.Submit("/admin/settings", "#add-payee", apptest.Form{"vpa": "Third@ExampleBank", "label": "Savings", "merchant": "on"}).Want(303).Follow()
	p.WantText(".flash", "Scan the code").WantText("#payees", "third@examplebank", "Savings", "Merchant")
	if p.Has("#payees details[open] svg.qr") != 1 {
		t.Error("the code to test it isn't shown at once")
	}
	third := p.Doc.Find("#payees .payees > li").Last().AttrOr("id", "")
	chitra.Submit("/admin/settings", "#"+third+" [id^=up-]", nil).Want(303).Follow().WantText(".flash", "Moved")
	chitra.Submit("/admin/settings", "#"+third+" [id^=edit-]", apptest.Form{"vpa": "fourth@examplebank"}).Want(303).Follow().WantText("#"+third, "fourth@examplebank")
	chitra.Submit("/admin/settings", "#"+third+" [id^=off-]", nil).Want(303).Follow().WantText("#"+third, "Switched off")
	asha := s.SignIn("asha")
	order := asha.Submit(python, "#enroll", nil).Want(303).Location()
	asha.Get(order).WantText("#order", "school@examplebank", "second@examplebank").WantNoText("#order", "fourth@examplebank")
	chitra.Submit("/admin/settings", "#"+third+" [id^=on-]", nil).Want(303)
	asha.Get(order).WantText("#order", "fourth@examplebank")

	letters := s.MailTo("office@example.com")
	if len(letters) != 5 {
		t.Fatalf("the school got %d letters, want one for each change", len(letters))
	}
	all := ""
	for _, m := range letters {
		all += m.Text
	}
	for _, want := range []string{"was added", "third@examplebank", "Before: third@examplebank", "UPI ID: fourth@examplebank", "chitra@example.com", "switched off", "If it wasn't"} {
		if !strings.Contains(all, want) {
			t.Errorf("no letter says %q", want)
		}
	}
}

func TestPayees_Invalid(t *testing.T) {
	t.Parallel()
	s := apptest.New(t)
	chitra := s.SignIn("chitra")
	for _, b := range []*apptest.Browser{chitra, chitra.AsHTMX()} {
		p := b.Submit("/admin/settings", "#add-payee", apptest.Form{"vpa": "98765 43210", "label": "Savings"}).Want(422).WantText("#add-payee .error", "name@handle")
		if p.Value("#add-payee [name=vpa]") != "98765 43210" || p.Value("#add-payee [name=label]") != "Savings" || p.Has("#payee-add[open]") != 1 || p.Has("#add-payee .errors a[href='#payee--vpa']") != 1 {
			t.Error("what was typed isn't there, or not seen")
		}
		b.Submit("/admin/settings", "#add-payee", apptest.Form{"vpa": "Second@examplebank"}).Want(422).WantText("#add-payee .error", "already")
		b.Submit("/admin/settings", ".payees > li:first-child [id^=edit-]", apptest.Form{"vpa": ""}).Want(422).WantText(".payees > li:first-child .error", "can't be empty")
	}
	page := chitra.Get("/admin/settings")
	first := ".payees > li:first-child "
	chitra.Send(page, first+"[id^=down-]", nil).Want(303)
	chitra.Send(page, first+"[id^=down-]", nil).Want(409).WantText("#payees .banner", "already handled")
	chitra.Send(page, first+"[id^=edit-]", apptest.Form{"label": "Old"}).Want(409)
	chitra.Send(page, first+"[id^=off-]", nil).Want(303)
	chitra.AsHTMX().Send(page, first+"[id^=off-]", nil).Want(409).WantText("#payees .banner", "already handled")
	chitra.Post("/admin/payees/nothing", url.Values{"vpa": {"new@bank"}}).Want(404)
	chitra.Post("/admin/payees/nothing/off", nil).Want(404)
	if n := len(s.MailTo("office@example.com")); n != 2 {
		t.Errorf("%d letters, want those of the two changes", n)
	}
}

func TestPayees_TakeAFreshPassword(t *testing.T) {
	t.Parallel()
	s := apptest.New(t)
	chitra := s.SignIn("chitra")
	s.Clock.Move(9 * time.Minute)
	chitra.Submit("/admin/settings", "#add-payee", apptest.Form{"vpa": "soon@examplebank"}).Want(303)
	s.Clock.Move(2 * time.Minute)
	for _, b := range []*apptest.Browser{chitra, chitra.AsHTMX()} {
		status := map[bool]int{false: 303, true: 204}[b.HTMX]
		to := b.Submit("/admin/settings", "#add-payee", apptest.Form{"vpa": "late@examplebank", "label": "Late"}).Want(status).Location()
		if !strings.HasPrefix(to, "/confirm?next=") || s.Count(`SELECT count(*) FROM payees WHERE vpa = 'late@examplebank'`) != 0 {
			t.Fatalf("an old login leads to %s", to)
		}
	}
	to := chitra.Submit("/admin/settings", "#add-payee", apptest.Form{"vpa": "late@examplebank", "label": "Late"}).Location()
	p := chitra.Get(to).Want(200).WantText("h1", "Confirm it's you").WantText(".note", "is kept")
	chitra.Send(p, "#confirm", apptest.Form{"password": "not this one"}).Want(422).WantText("#confirm .error", "isn't your current password")
	p = chitra.Send(p, "#confirm", apptest.Form{"password": apptest.Password}).Want(303).Follow().WantText(".flash", "send it once more")
	if p.Value("#add-payee [name=vpa]") != "late@examplebank" || p.Value("#add-payee [name=label]") != "Late" {
		t.Error("what was typed is gone")
	}
	chitra.Send(p, "#add-payee", nil).Want(303).Follow().WantText("#payees", "late@examplebank")
	if s.Count(`SELECT count(*) FROM audit WHERE action = 'account.confirm'`) != 1 {
		t.Error("the audit log doesn't tell of it")
	}
}

func TestConfirm_IsThrottledAsLoginsAre(t *testing.T) {
	t.Parallel()
	s := apptest.New(t)
	chitra := s.SignIn("chitra")
	p := chitra.Get("/confirm?next=https://example.com/")
	for range 10 {
		chitra.Send(p, "#confirm", apptest.Form{"password": "not this one"}).Want(422)
	}
	chitra.Send(p, "#confirm", apptest.Form{"password": apptest.Password}).Want(429)
	s.Clock.Move(16 * time.Minute)
	chitra.Send(p, "#confirm", apptest.Form{"password": apptest.Password}).Want(303, "/admin")
	s.Visitor().Get("/confirm").Want(303, "/login?next=%2Fconfirm")
}
