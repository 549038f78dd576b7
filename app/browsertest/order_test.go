package browsertest

import (
	"testing"

	"github.com/chromedp/cdproto/browser"
	"github.com/chromedp/chromedp"

	"lectern/app/apptest"
)

// ordering brings a new student to the page of an order.
func ordering(t *testing.T, s *apptest.School, on screen, course string) *person {
	t.Helper()
	p := visit(t, s, on)
	p.logInNew()
	p.open(course)
	p.press("#enroll button")
	p.sees("#reference")
	p.open(p.path()) // without what was said about logging in
	return p
}

// What one pays by is seen at once on a phone, without a finger moved, for the course with the longest name too.
func TestOrderPage_Phone(t *testing.T) {
	t.Parallel()
	p := ordering(t, apptest.New(t), phone, "/courses/microsoft-office-automation-and-digital-tools")
	needed := map[string]string{
		"the amount":                  ".step h2",
		"the payee":                   ".copy b",
		"its copy button":             ".copy [data-copy]",
		"copy amount":                 ".copy ~ .copy [data-copy]",
		"open UPI app":                `a[href^="upi:"]`,
		"the field for the number":    "#reference",
		"how it is called in the app": "#reference-hint",
	}
	for name, selector := range needed {
		bottom := value[float64](p, `(e => e?.checkVisibility() ? e.getBoundingClientRect().bottom + scrollY : 1e6)(document.querySelector(%q))`, selector)
		if bottom > float64(phone.height) {
			t.Errorf("%s ends at %g px, want it within %d", name, bottom, phone.height)
		}
	}
	if qr := value[float64](p, `document.querySelector("svg.qr").getBoundingClientRect().top`); qr < float64(phone.height) {
		t.Errorf("the QR code, which a phone can't scan from itself, begins at %g px", qr)
	}
	p.fits(360)
	p.resize(desk)
	if qr := value[float64](p, `document.querySelector("svg.qr").getBoundingClientRect().bottom`); qr > float64(desk.height) {
		t.Errorf("at a desk, where a phone scans it, the QR code ends at %g px", qr)
	}
}

func TestOrderPage_Copies(t *testing.T) {
	t.Parallel()
	s := apptest.New(t)
	for name, allowed := range map[string]browser.PermissionSetting{
		"with the clipboard":                     browser.PermissionSettingGranted,
		"in a browser that keeps it from a page": browser.PermissionSettingDenied,
	} {
		t.Run(name, func(t *testing.T) {
			p := ordering(t, s, phone, python)
			p.permit("clipboard-write", allowed)
			for i, want := range []string{"school@examplebank", "499.00"} {
				button := []string{".copy [data-copy]", ".copy ~ .copy [data-copy]"}[i]
				p.press(button)
				p.sees(button, "Copied")
				p.sees("#toast .toast", "Copied: "+want)
				// Pasted where it is needed, as no page may read the clipboard.
				p.press("#payer")
				p.until(`document.activeElement.id === "payer" && (document.activeElement.value = "", true)`)
				p.permit("clipboard-read", browser.PermissionSettingGranted)
				if got := value[string](p, "navigator.clipboard.readText()"); got != want {
					t.Errorf("the clipboard holds %q, want %q", got, want)
				}
			}
		})
	}
}

// permit answers for the browser what a page may do.
func (p *person) permit(what string, setting browser.PermissionSetting) {
	p.Helper()
	_, err := chromedp.CallBrowser(p.ctx, browser.SetPermission, browser.SetPermissionParams{
		Permission: &browser.PermissionDescriptor{Name: what}, Setting: setting, Origin: p.school.URL,
		BrowserContextID: chromedp.FromContext(p.ctx).BrowserContextID})
	p.do(err)
}
