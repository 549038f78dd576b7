package mail

import (
	"encoding/json"
	"html"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"lectern/app/lang"
	"lectern/app/mail/mailtest"
)

// everyLetter has each kind in each of its forms, by a name for it.
func everyLetter() map[string]Letter {
	const course, code = "Programming Foundations with Python", "LN-7F3K-9QXZ"
	all := map[string]Letter{
		"welcome":          Welcome{},
		"verify":           VerifyAddress{Address: "asha@example.com"},
		"reset":            Reset{},
		"password_changed": PasswordChanged{},
		"factor_added":     FactorChanged{Change: "add_factor"},
		"factor_removed":   FactorChanged{Change: "remove_factor"},
		"factors_reset":    FactorChanged{Change: "reset_factors"},
		"recovery_codes":   FactorChanged{Change: "recovery_codes"},
		"deletion_asked":   DeletionAsked{At: time.Date(2026, 11, 30, 14, 5, 0, 0, time.UTC)},
		"new_device":       NewDevice{Device: "Firefox on Android"},
		"address_changed":  AddressChanged{Old: "asha@example.com", New: "asha.rao@example.com"},
		"enrolled_order":   Enrolled{OrderCode: code, Course: course, Slug: "python", Amount: 49900, Currency: "INR", By: "order"},
		"enrolled_free":    Enrolled{Course: course, Slug: "python", By: "free"},
		"enrolled_hand":    Enrolled{Course: course, Slug: "python", By: "hand", Reason: "Scholarship 2026"},
		"part_received":    PartReceived{OrderCode: code, Course: course, Received: 49000, Due: 900, Currency: "INR"},
		"not_seen":         NotSeen{OrderCode: code, Course: course, Reference: "412345678901", Reason: "Not in the account on 23 Nov, 20:40"},
		"rejected":         Rejected{OrderCode: code, Course: course, Reference: "412345678901", Reason: "This number belongs to another payment"},
		"reversed":         Reversed{OrderCode: code, Course: course, Reason: "The payment was for another school"},
		"refunded_ends":    Refunded{OrderCode: code, Course: course, Amount: 49900, Currency: "INR", Reference: "512345678901", AccessEnds: true},
		"refunded_stays":   Refunded{OrderCode: code, Course: course, Amount: 10000, Currency: "INR"},
		"claims_digest":    ClaimsDigest{},
		"job_failed":       JobFailed{Kind: "enrolled", Error: "550 5.1.1 <asha@example.com>: no such user"},
		"new_message":      NewMessage{ID: theMessage},
		"messages_digest":  MessagesDigest{},
		"message_reply":    MessageReply{Message: theMessage},
		"payee_add":        Payee{Change: PayeeAdded, Is: "school@examplebank", By: "nobody"},
		"payee_change":     Payee{Change: PayeeChanged, Was: "school@examplebank", Is: "other@examplebank"},
		"payee_on":         Payee{Change: PayeeOn, Is: "school@examplebank"},
		"payee_off":        Payee{Change: PayeeOff, Is: "school@examplebank"},
		"payee_move":       Payee{Change: PayeesMoved, Is: "school@examplebank"},
		"staff_invited":    StaffInvited{Seed: "d3invite", Role: "cashier"},
		"role_cashier":     RoleChanged{Role: "cashier"},
		"role_student":     RoleChanged{Role: "student"},
		"staff_changed":    StaffChanged{Role: "admin"},
		"staff_removed":    StaffChanged{Role: "student"},
		"test":             Test{},
		"written":          Written{Notice: "notice"},
		"circular":         Circular{Notice: "notice"},
		"invited":          Invited{Course: course},
		"work_stopped":     WorkStopped{Work: "job", Kind: "import"},
	}
	maps.Copy(all, internshipLetters())
	return all
}

// notice is something that an admin wrote to a student.
func (o *office) notice(to, subject, text string) {
	o.t.Helper()
	o.exec(`INSERT INTO notices (id, subject, text, created_at, created_by) VALUES ('notice', $1, $2, 1, $3)`, subject, text, to)
	o.exec(`INSERT INTO notice_readers (notice_id, user_id, created_at) VALUES ('notice', $1, 1)`, to)
}

// send sends one letter to Asha, or to the school, and returns it.
func (o *office) send(asha string, l Letter) mailtest.Message {
	o.t.Helper()
	to := To{UserID: asha}
	if kinds[l.kind()].toSchool {
		to = To{}
	}
	switch l.(type) {
	case ApplicationReceived, ApplicationDecided:
		to = To{Address: "asha@example.com"}
	case MessageReply:
		to = To{ID: o.reply("It begins on Monday.\n\nBring paper,\nand a pen."), Address: "asha@example.com"}
	}
	if s, is := l.(StaffChanged); is {
		s.User, s.By = asha, asha
		l = s
	}
	before := len(o.srv.Messages())
	o.enqueue(to, l)
	got := o.sendDue()
	if len(got) != before+1 {
		o.t.Fatalf("%T: %d messages, want one", l, len(got)-before)
	}
	return got[before]
}

var unresolved = regexp.MustCompile(`\{[a-z_]*\}|mail\.[a-z_]+\.[a-z_.]+|%!|<nil>|about:invalid`)

func TestLetters_AreWholeInEveryKind(t *testing.T) {
	o := newOffice(t)
	asha := o.user("Asha Rao", "asha@example.com")
	o.claims(3)
	o.message()
	o.application("Asha Rao")
	o.notice(asha, "A word to {name}", "Dear {name},\n\nclasses begin\nat six.")
	seen := map[string]bool{}
	for name, l := range everyLetter() {
		t.Run(name, func(t *testing.T) {
			o.t = t
			seen[l.kind()] = true
			m := o.send(asha, l)
			for part, text := range map[string]string{"subject": m.Subject, "text": m.Text, "HTML": m.HTML} {
				if found := unresolved.FindString(text); found != "" {
					t.Errorf("%s has %q:\n%s", part, found, text)
				}
				if part != "subject" && !strings.Contains(text, "The Coding Science") {
					t.Errorf("%s doesn't say who writes", part)
				}
			}
			if m.Subject == "" || len([]rune(m.Subject)) > 100 {
				t.Errorf("subject %q", m.Subject)
			}
			if !strings.Contains(m.HTML, "<title>"+html.EscapeString(m.Subject)+"</title>") {
				t.Error("no title")
			}
			for _, bad := range []string{"style=", "<style", "<script", "<img", "src="} {
				if strings.Contains(m.HTML, bad) {
					t.Errorf("HTML has %s", bad)
				}
			}
			for _, href := range regexp.MustCompile(`href="([^"]*)"`).FindAllStringSubmatch(m.HTML, -1) {
				if !strings.HasPrefix(href[1], "https://school.example.com/") && href[1] != o.site.WhatsAppGroup {
					t.Errorf("a link to %s", href[1])
				}
				if href[1] != "https://school.example.com/" && !strings.Contains(m.Text, href[1]) {
					t.Errorf("the text part lacks %s", href[1])
				}
			}
			learns := strings.Contains(m.Text+m.HTML, "/learn/")
			if learns != (l.kind() == "enrolled") {
				t.Errorf("links to the lessons: %v", learns)
			}
			if !kinds[l.kind()].toSchool != strings.HasPrefix(m.Text, "Hello Asha Rao,") {
				t.Errorf("greeting: %.40q", m.Text)
			}
			if m.From != "The Coding Science <sender@example.com>" && m.From != `"The Coding Science" <sender@example.com>` {
				t.Errorf("from %q", m.From)
			}
			answerTo, auto := "<school@example.com>", "auto-generated"
			switch l.(type) {
			case NewMessage, NewApplication:
				answerTo = "<asha@example.com>"
			case MessageReply, ApplicationDecided:
				auto = ""
			}
			if m.Header.Get("Reply-To") != answerTo || m.Header.Get("Auto-Submitted") != auto {
				t.Errorf("header %v", m.Header)
			}
			keep(t, name, m)
		})
	}
	for kind := range kinds {
		if !seen[kind] {
			t.Errorf("no letter of kind %s was tried", kind)
		}
		if KindName(lang.For("en"), kind) == "mail.kind."+kind {
			t.Errorf("kind %s has no name", kind)
		}
	}
}

// keep writes the letter where LETTERS_DIR says, for eyes to look at.
func keep(t *testing.T, name string, m mailtest.Message) {
	if dir := os.Getenv("LETTERS_DIR"); dir != "" {
		err := os.WriteFile(filepath.Join(dir, name+".html"), []byte(m.HTML), 0o600)
		if err == nil {
			err = os.WriteFile(filepath.Join(dir, name+".txt"), []byte("Subject: "+m.Subject+"\n\n"+m.Text), 0o600)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
}

func TestLetters_SayWhatMatters(t *testing.T) {
	o := newOffice(t)
	asha := o.user("Asha Rao", "asha@example.com")
	o.claims(3)
	o.message()
	for name, wants := range map[string][]string{
		"enrolled_order":   {"₹499", "Programming Foundations with Python", "LN-7F3K-9QXZ", "https://chat.whatsapp.com/AbCdEf", "https://school.example.com/learn/python", "+91 98765 43210"},
		"enrolled_hand":    {"The Coding Science has enrolled you", "Scholarship 2026"},
		"part_received":    {"₹490", "₹9 is still due", "https://school.example.com/orders/LN-7F3K-9QXZ"},
		"not_seen":         {"4123 4567 8901", "Not in the account on 23 Nov, 20:40", "/orders/LN-7F3K-9QXZ"},
		"rejected":         {"4123 4567 8901", "This number belongs to another payment", "/orders/LN-7F3K-9QXZ"},
		"reversed":         {"The payment was for another school", "has ended"},
		"refunded_ends":    {"₹499", "5123 4567 8901", "has ended"},
		"refunded_stays":   {"₹100", "stays as it is"},
		"reset":            {"https://school.example.com/password/reset/token-of-"},
		"welcome":          {"https://school.example.com/email/verify/token-of-"},
		"password_changed": {"23 Nov 2026, 19:35", "https://school.example.com/password/forgot"},
		"factor_added":     {"second step", "23 Nov 2026, 19:35", "https://school.example.com/account"},
		"factors_reset":    {"An admin"},
		"deletion_asked":   {"30 Nov 2026, 19:35", "https://school.example.com/account"},
		"new_device":       {"Firefox on Android", "23 Nov 2026, 19:35", "https://school.example.com/account"},
		"address_changed":  {"a…@example.com to a…@example.com"},
		"claims_digest":    {"3 payments wait", "https://school.example.com/admin/payments"},
		"new_message":      {"Asha Rao wrote", "Does it run\nin the evening?\n\nThank you.", "M-7F3K9Q", "/admin/messages/" + theMessage},
		"message_reply":    {"Hello Asha Rao,\n\nIt begins on Monday.\n\nBring paper,\nand a pen.\n\nThis answers the message M-7F3K9Q"},
		"staff_invited":    {"as a cashier", "https://school.example.com/setup/token-of-d3invite"},
		"role_cashier":     {"as a cashier", "23 Nov 2026, 19:35", "https://school.example.com/admin"},
		"role_student":     {"no longer", "23 Nov 2026, 19:35"},
		"staff_changed":    {"Asha Rao", "asha@example.com", "an admin", "https://school.example.com/admin/staff"},
		"job_failed":       {"Enrolled", "550 5.1.1 <a…@example.com>: no such user", "/admin/mail?status=failed"},
	} {
		text := o.send(asha, everyLetter()[name]).Text
		for _, want := range wants {
			if !strings.Contains(text, want) {
				t.Errorf("%s lacks %q:\n%s", name, want, text)
			}
		}
	}
}

func TestLetters_TheSameLinkAtEveryTry(t *testing.T) {
	o := newOffice(t)
	o.enqueue(To{UserID: o.user("Asha", "asha@example.com")}, Reset{})
	o.srv.Be(mailtest.Mode{CutAtData: true})
	o.sendDue()
	o.srv.Be(mailtest.Mode{})
	o.Add(20 * lease)
	got := o.sendDue()
	if len(got) != 2 || got[0].ID != got[1].ID || got[0].Link("/password/reset/") == "" || got[0].Link("/password/reset/") != got[1].Link("/password/reset/") {
		t.Errorf("messages %+v", got)
	}
}

func TestLetters_HarmlessNames(t *testing.T) {
	o := newOffice(t)
	o.site.Name = `Rao's "School" <b>&</b>` + "\r\nBcc: everybody@example.com"
	o.site.Email = "school@example.com\r\nBcc: x@example.com"
	greetings := map[string]string{
		`<img src=x onerror=alert(1)>`:           "Hello,",
		"Asha\r\nBcc: everybody@example.com\r\n": "Hello,",
		`Asha "A" O'Neil & Söhne`:                `Hello Asha "A" O'Neil & Söhne,`,
		"You won 10000, see evil.example/win":    "Hello,",
		"You won, call 9876543210":               "Hello,",
		"Visit Evil.Com now":                     "Hello,",
		strings.Repeat("long ", 40):              "Hello,",
		"":                                       "Hello,",
		"A":                                      "Hello A,",
		"A. P. J. Abdul Kalam":                   "Hello A. P. J. Abdul Kalam,",
		"आशा राव":                                "Hello आशा राव,",
		"Asha\u202eevil\x00\x07  Rao":            "Hello Ashaevil Rao,",
		"{school}":                               "Hello {school},",
	}
	i := 0
	for name, want := range greetings {
		i++
		m := o.send(o.user(strings.ReplaceAll(name, "\x00", "\x01"), strings.Repeat("a", i)+"@example.com"), Enrolled{
			OrderCode: "LN-1", Course: "Tags <i>&</i> \"quotes\"\r\nX-Evil: 1", Slug: "a/../b?c", By: "hand", Reason: "<script>alert(1)</script>\n\nHello"})
		if first, _, _ := strings.Cut(m.Text, "\n"); first != want {
			t.Errorf("%q is greeted %q, want %q", name, first, want)
		}
		for _, bad := range []string{"<img", "<b>&</b>", "<i>", "<script", "onerror=alert(1)>", "\u202e"} {
			if strings.Contains(m.HTML, bad) {
				t.Errorf("HTML has %s", bad)
			}
		}
		if !strings.Contains(m.HTML, "Tags &lt;i&gt;&amp;&lt;/i&gt;") {
			t.Error("the course isn't in the HTML as it is named")
		}
		if m.Header.Get("Bcc") != "" || m.Header.Get("X-Evil") != "" || len(m.To) != 1 {
			t.Errorf("header %v to %v", m.Header, m.To)
		}
		if m.Subject != `You are enrolled: Tags <i>&</i> "quotes" X-Evil: 1` {
			t.Errorf("subject %q", m.Subject)
		}
		if !strings.Contains(m.From, `Rao's`) || !strings.HasSuffix(m.From, "<sender@example.com>") {
			t.Errorf("from %q", m.From)
		}
		if !strings.Contains(m.Text, "/learn/a%2F..%2Fb%3Fc\n") {
			t.Errorf("the slug isn't escaped:\n%s", m.Text)
		}
	}
}

func TestLetters_PayloadsStayReadable(t *testing.T) {
	for name, l := range everyLetter() {
		payload, err := json.Marshal(l)
		if err != nil {
			t.Fatal(err)
		}
		back, err := kinds[l.kind()].read(string(payload))
		if err != nil || back != l {
			t.Errorf("%s comes back as %+v, %v", name, back, err)
		}
		if _, err := kinds[l.kind()].read(`{"Unknown":1}`); err != nil {
			t.Errorf("%s of a newer version: %v", name, err)
		}
	}
}

func TestProblems_HaveTheirWords(t *testing.T) {
	codes := []string{codeSetup}
	for code := range remedies {
		codes = append(codes, code)
	}
	slices.Sort(codes)
	for _, code := range codes {
		if text := lang.For("en").Text((&Problem{Code: code}).Msg()); strings.HasPrefix(text, "mail.problem") {
			t.Errorf("no words for %s", code)
		}
	}
}

func TestNotice_IsToTheReaderAlone(t *testing.T) {
	o := newOffice(t)
	asha := o.user("Asha Rao", "asha@example.com")
	o.notice(asha, "Hello {name}", "Dear {name},\r\n \r\n\r\nclasses begin\r\nat six.\u202e")
	m := o.send(asha, Circular{Notice: "notice"})
	if m.Subject != "Hello Asha Rao" || !strings.Contains(m.Text, "Dear Asha Rao,\n\nclasses begin\nat six.\n\n") || !strings.Contains(m.HTML, "classes begin<br> at six.") {
		t.Errorf("%q\n%s\n%s", m.Subject, m.Text, m.HTML)
	}
	o.enqueue(To{UserID: o.user("Bala", "bala@example.com")}, Written{Notice: "notice"})
	if got := o.sendDue(); len(got) != 1 {
		t.Errorf("what was written to Asha went to Bala: %v", got[1:])
	}
	for kind, want := range map[string]int{Written{}.kind(): rest, Circular{}.kind(): bulk, Invited{}.kind(): bulk} {
		if kinds[kind].priority != want {
			t.Errorf("%s has priority %d", kind, kinds[kind].priority)
		}
	}
}

func TestDoneBy(t *testing.T) {
	now := time.Date(2026, 11, 23, 14, 0, 0, 0, time.UTC)
	for _, tt := range []struct{ queued, sent, n, days int }{{0, 0, 1, 1}, {0, 0, 405, 1}, {0, 0, 406, 2}, {0, 450, 1, 2}, {100, 0, 305, 1}, {100, 0, 306, 2}, {0, 405, 810, 3}, {0, 0, 10000, 25}} {
		days, at := Status{PerDay: 450, Queued: tt.queued, SentToday: tt.sent}.DoneBy(now, tt.n)
		if days != tt.days || !at.Equal(now.AddDate(0, 0, tt.days-1)) {
			t.Errorf("%+v: %d days, %v", tt, days, at)
		}
	}
}
