package browsertest

import (
	"strings"
	"testing"

	"github.com/chromedp/cdproto/webauthn"
	"github.com/chromedp/chromedp"

	"lectern/app/apptest"
	"lectern/app/config"
)

// named starts a school under a name, as passkeys want it.
func named(t *testing.T) *apptest.School {
	t.Helper()
	local := func(url string) string { return strings.Replace(url, "127.0.0.1", "localhost", 1) }
	s := apptest.New(t, func(c *config.Config) { c.BaseURL = local(c.BaseURL) })
	s.URL = local(s.URL)
	return s
}

// authenticator is a phone's own, which its owner has unlocked, or not.
func (p *person) authenticator(unlocked bool) webauthn.AuthenticatorID {
	p.Helper()
	_, err := chromedp.Call(p.ctx, webauthn.Enable, webauthn.EnableParams{})
	p.do(err)
	made, err := chromedp.Call(p.ctx, webauthn.AddVirtualAuthenticator, webauthn.AddVirtualAuthenticatorParams{Options: &webauthn.VirtualAuthenticatorOptions{
		Protocol: webauthn.AuthenticatorProtocolCtap2, Transport: webauthn.AuthenticatorTransportInternal,
		HasResidentKey: true, HasUserVerification: true, IsUserVerified: unlocked, AutomaticPresenceSimulation: true,
	}})
	p.do(err)
	return made.AuthenticatorID
}

func (p *person) unlocks(id webauthn.AuthenticatorID, yes bool) {
	p.Helper()
	_, err := chromedp.Call(p.ctx, webauthn.SetUserVerified, webauthn.SetUserVerifiedParams{AuthenticatorID: id, IsUserVerified: yes})
	p.do(err)
}

// A passkey is made, is the second step of a login, stands for a whole login, and proves who is there before a change.
func TestPasskey(t *testing.T) {
	t.Parallel()
	s := named(t)
	asha := visit(t, s, phone)
	device := asha.authenticator(true)
	asha.logInNew()
	email := "asha." + s.One(`SELECT CAST(count(*) - 1 AS TEXT) FROM users`) + "@example.com"

	asha.open("/account")
	asha.press("#factors details.js summary")
	asha.fill("#passkey-name", "आशा का फ़ोन")
	asha.press("#passkeys [data-passkey]")
	asha.sees("h1", "Write these codes down")
	if n := value[int](asha, `document.querySelectorAll(".codes li").length`); n != 10 {
		t.Errorf("%d recovery codes", n)
	}
	asha.press("main .btn.main")
	asha.sees("#factors .lines", "आशा का फ़ोन")

	asha.logsOut()
	asha.open("/login?next=/orders")
	asha.fill("#email", email)
	asha.fill("#password", apptest.Password)
	asha.press("#login button.main")
	asha.sees("h1", "One more step")
	asha.unlocks(device, false)
	asha.press("#by-passkey [data-passkey]")
	asha.sees("#passkey-failed", "didn't work")
	asha.unlocks(device, true)
	asha.press("#by-passkey [data-passkey]")
	asha.at("/orders")

	asha.logsOut()
	asha.open("/login")
	asha.press("#by-passkey [data-passkey]")
	asha.at("/dashboard")
	if s.Count(`SELECT count(*) FROM audit WHERE action = 'account.login_by_passkey'`) != 1 {
		t.Error("the login isn't written down as one by passkey")
	}

	asha.open("/confirm?next=/account")
	asha.press("#by-passkey [data-passkey]")
	asha.at("/account")
	asha.sees(".flash", "You can go on")

	asha.press("#factors details.confirm summary")
	asha.press("#factors details.confirm .btn.danger")
	asha.sees(".flash", "Taken away")
	asha.logsOut()
	asha.open("/login")
	asha.press("#by-passkey [data-passkey]") // the device still has it
	asha.sees("#by-passkey .error", "didn't work")
}

func (p *person) logsOut() {
	p.Helper()
	value[bool](p, `document.querySelector("form[action='/logout']").submit(), true`)
	p.at("/")
}
