package crashtest

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"lectern/app/db"
	"lectern/app/lang"
	"lectern/app/mail/mailtest"
)

// TestTrouble lets the mail server fail in every way that servers do. Pages must answer as if nothing was, /admin/mail
// must say what is wrong, and when the server is well again every letter must arrive, once.
func TestTrouble(t *testing.T) {
	refuse := func(string) *mailtest.Answer { return mailtest.NoSuchUser }
	for _, c := range []struct {
		name  string
		mode  mailtest.Mode
		away  bool
		says  string // on /admin/mail: a text of the catalogue
		twice bool   // the server took letters without a word, so that they come again
		again bool   // an admin has to say when to try again
		ends  bool   // letters are given up at once
	}{
		{name: "HangsAtConnect", mode: mailtest.Mode{HangAtConnect: true}, says: "mail.problem.unreachable"},
		{name: "HangsAtData", mode: mailtest.Mode{HangAtData: true}, says: "mail.problem.broken", twice: true},
		{name: "RefusesForGood", mode: mailtest.Mode{Rcpt: refuse}, says: "mail.problem.refused", again: true, ends: true},
		{name: "Away", away: true, says: "mail.problem.unreachable"},
		{name: "DailyQuota", mode: mailtest.Mode{Data: mailtest.DailyQuota}, says: "mail.problem.quota", again: true},
	} {
		if testing.Short() && !c.again {
			continue // the others wait for a time-out or for the next try
		}
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			o := newOffice(t)
			o.compare(func() {
				if c.away {
					o.smtp.Stop()
				} else {
					o.smtp.Be(c.mode)
				}
			})
			o.reads(t, c.says)
			if c.ends { // or one that is under way would be given up after all were to be sent again
				d := o.database()
				waitFor(t, 15*time.Second, "all letters to be given up", func() bool {
					return count(t, d, `SELECT count(*) FROM outbox WHERE status = 'queued' AND user_id IS NOT NULL`) == 0
				})
			}
			if o.smtp.Be(mailtest.Mode{}); c.away {
				o.smtp.Start()
			}
			if c.again {
				o.retryAll(t)
			}
			o.delivers(t, c.twice)
		})
	}
}

// office is a school at work, with its admin logged in.
type office struct {
	*school
	chitra   *person
	students int
}

func newOffice(t *testing.T) *office {
	o := &office{school: newSchool(t)}
	o.start()
	o.chitra = o.visitor()
	g, err := o.chitra.logIn("chitra@example.com")
	if _, err := leads("log in", "/admin", g, err); err != nil {
		t.Fatal(err)
	}
	return o
}

// measuring lets one school at a time be measured, while others wait for their mail.
var measuring sync.Mutex

// compare measures the main pages and forms, once as things are and once after the trouble began.
func (o *office) compare(begin func()) {
	o.t.Helper()
	measuring.Lock()
	defer measuring.Unlock()
	o.medians() // the first of everything takes longer
	before := o.medians()
	begin()
	after := o.medians()
	for step, usual := range before {
		if limit := 3*usual + 50*time.Millisecond; after[step] > limit {
			o.t.Errorf("%s takes %v without a mail server and %v with one, want %v at most", step, after[step], usual, limit)
		}
	}
	o.t.Logf("with %v\nwithout %v", before, after)
}

// medians takes every step some times, and returns the time in the middle for each.
func (o *office) medians() map[string]time.Duration {
	o.t.Helper()
	times := map[string][]time.Duration{}
	for range 5 {
		o.round(func(step, to string, g page, err error) page {
			if g.status != 200 {
				_, err = leads(step, to, g, err)
			}
			if err != nil {
				o.t.Fatal(err)
			}
			times[step] = append(times[step], g.took)
			return g
		})
	}
	middle := map[string]time.Duration{}
	for step, all := range times {
		slices.Sort(all)
		middle[step] = all[len(all)/2].Round(100 * time.Microsecond)
	}
	return middle
}

// round is all that happens around one enrolment.
func (o *office) round(note func(step, to string, g page, err error) page) {
	o.t.Helper()
	o.students++
	stranger, asha := o.visitor(), o.visitor()
	defer stranger.http.CloseIdleConnections()
	defer asha.http.CloseIdleConnections()
	take := func(step, to string) func(page, error) page {
		return func(g page, err error) page { return note(step, to, g, err) }
	}
	take("home", "")(stranger.get("/"))
	take("register", "/dashboard")(asha.register(fmt.Sprintf("asha%d@example.com", o.students)))
	take("course", "")(asha.get("/courses/" + courses[0]))
	code := strings.TrimPrefix(take("enrol", "/orders/")(asha.enroll(courses[0])).location, "/orders/")
	take("claim", "/orders/")(asha.claim(code, fmt.Sprint(400000000000+o.students)))
	take("order", "")(asha.get("/orders/" + code))
	queue, claims, err := o.chitra.waiting()
	if take("admin payments", "")(queue, err); len(claims) != 1 {
		o.t.Fatalf("%d claims wait, want one", len(claims))
	}
	take("verify", "/admin")(o.chitra.verify(queue, claims[0]))
	take("dashboard", "")(asha.get("/dashboard"))
}

// reads waits until the admin's page about mail says it.
func (o *office) reads(t *testing.T, key string) {
	t.Helper()
	var said string
	want := lang.For("en").Text(lang.M(key))
	defer func() {
		if t.Failed() {
			t.Logf("/admin/mail says %q, want %q in it", said, want)
		}
	}()
	waitFor(t, 15*time.Second, "/admin/mail to say what is wrong", func() bool {
		g, err := o.chitra.get("/admin/mail?status=all")
		if err != nil {
			t.Fatal(err)
		}
		doc, err := g.parse()
		if err != nil {
			t.Fatal(err)
		}
		said = text(doc, "main")
		return strings.Contains(said, want)
	})
}

// retryAll says that the server is well again.
func (o *office) retryAll(t *testing.T) {
	t.Helper()
	g, err := o.chitra.get("/admin/mail")
	if err != nil {
		t.Fatal(err)
	}
	doc, err := g.parse()
	if err != nil {
		t.Fatal(err)
	}
	token := doc.Find("input[name=csrf_token]").First().AttrOr("value", "")
	g, err = o.chitra.do(http.MethodPost, "/admin/mail/retry", url.Values{"csrf_token": {token}})
	if _, err := leads("send again", "/admin/mail", g, err); err != nil {
		t.Fatal(err)
	}
}

// delivers waits for all mail, and counts what arrived.
func (o *office) delivers(t *testing.T, twice bool) {
	t.Helper()
	d, begin := o.database(), time.Now()
	waitFor(t, 30*time.Second, "all mail to be sent", func() bool { return unsent(t, d) == 0 })
	t.Logf("all mail was sent after %v", time.Since(begin).Round(time.Second))
	letters := map[string]int{}
	for id, to := range arrived(o.school) {
		if len(to) > 1 && !twice {
			t.Errorf("%s arrived %d times", id, len(to))
		}
		letters[to[0]]++
	}
	for i := range o.students {
		if to := fmt.Sprintf("asha%d@example.com", i+1); letters[to] != 2 {
			t.Errorf("%s got %d letters, want welcome and enrolled", to, letters[to])
		}
	}
	if n := letters["office@example.com"]; n > 2 {
		t.Errorf("the school got %d letters, want a digest and word of a failure at most", n)
	}
}

// unsent counts the letters that students still wait for. Those to the school keep their distance from each other.
func unsent(t *testing.T, d *db.DB) int {
	t.Helper()
	return count(t, d, `SELECT count(*) FROM outbox WHERE status <> 'sent' AND user_id IS NOT NULL`)
}
