package browsertest

import (
	"context"
	"errors"
	"flag"
	"os"
	"os/exec"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
)

func TestMain(m *testing.M) {
	flag.Parse()
	if f := flag.Lookup("test.parallel"); f.Value.String() == f.DefValue {
		f.Value.Set("3") // some of them wait for a page that asks every ten seconds
	}
	code := m.Run()
	if running != nil {
		chromedp.Cancel(running)
	}
	os.Exit(code)
}

var errNoChromium = errors.New("there is no Chromium here: these tests need one")

var running context.Context // of the browser, once there is one

// chromium starts the one browser of the test binary, which reaches nothing but this machine.
var chromium = sync.OnceValues(func() (context.Context, error) {
	path := ""
	for _, name := range []string{"chromium-headless-shell", "chromium", "chromium-browser", "google-chrome"} {
		if found, err := exec.LookPath(name); err == nil && path == "" {
			path = found
		}
	}
	if path == "" {
		return nil, errNoChromium
	}
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(path),
		chromedp.Flag("no-sandbox", true), // it opens our own pages only, and containers forbid it its namespaces
		chromedp.Flag("disable-gpu", true),
		chromedp.Flag("disable-quic", true),
		chromedp.Flag("disable-component-update", true),
		chromedp.Flag("no-proxy-server", true),
		chromedp.Flag("host-resolver-rules", "MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost"))
	allocator, _ := chromedp.NewExecAllocator(context.Background(), options...)
	running, _ = chromedp.NewContext(allocator)
	return running, chromedp.Do(running) // the first call binds the browser's life to that context
})

// profile returns a context of a new profile of the browser, without cookies. It ends with the test, or when a walk
// takes far too long.
func profile(t *testing.T) context.Context {
	t.Helper()
	browser, err := chromium()
	if errors.Is(err, errNoChromium) && os.Getenv("CI") == "" {
		t.Skip(err)
	}
	if err != nil {
		t.Fatal(err)
	}
	limited, cancel := context.WithTimeout(browser, 15*time.Minute)
	t.Cleanup(cancel)
	ctx, closeTab := chromedp.NewContext(limited, chromedp.WithNewBrowserContext())
	t.Cleanup(closeTab)
	return ctx
}
