package browsertest

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
	"testing"
	"time"

	"lectern/app/account"
	"lectern/app/apptest"
	"lectern/app/catalog"
	"lectern/app/config"
	"lectern/app/content"
	"lectern/app/lang"
	"lectern/app/mail/mailtest"
	"lectern/app/payment"
	"lectern/app/school"
	roster "lectern/app/students"
)

// Names as long as people's may be, in three scripts, and one without a gap to break a line at.
const (
	longLatin      = "Asha Venkatanarasimharajuvaripeta Subrahmanyeswara Raghunathan Iyer"
	longDevanagari = "बालकृष्णमूर्ति वेङ्कटसुब्रह्मण्यम् श्रीनिवासराघवाचार्य चक्रवर्ती शास्त्री"
	longUrdu       = "محمد عبدالرحمٰن صدیقی انصاری گیلانی قادری نقشبندی کشمیری ابن محمد عبداللہ"
	longWord       = "Llanfairpwllgwyngyllgogerychwyrndrobwllllantysiliogogogochers"
	longEmail      = "asha.venkatanarasimharajuvaripeta.raghunathan@students.example.com"
	longReason     = "The bank shows this number with another amount and another name: " + longWord + ", ₹4,990 instead of ₹499."
)

// begin is the first runes of a text: cut by bytes, it would be none that PostgreSQL takes.
func begin(text string, runes int) string { r := []rune(text); return string(r[:min(len(r), runes)]) }

// crowd is a school that lives: courses on two pages, an order in every state there is, and long names everywhere.
type crowd struct {
	*apptest.School
	ctx    context.Context
	chitra string            // id of the admin
	ids    map[string]string // of the students, by address
	orders map[string]payment.Order
	claims map[string]payment.Claim
	batch  string            // results of "verify selected"
	work   map[string]string // jobs, by how they stand
	slugs  []string
	pages  []content.Page // in Devanagari, of one word, a draft, a deleted one
	story  string         // id
	invite string         // id of one that waits

	post letterbox
}

// the students: asha and bala have orders, devi is in the third script, gone is deactivated, fresh has nothing.
var students = []struct{ email, name, phone string }{
	{longEmail, longLatin, "9876543210"},
	{"bala@example.com", longDevanagari, ""},
	{"devi@example.com", longUrdu, "9876543211"},
	{"gone@example.com", longWord, ""},
	{"fresh@example.com", "Q", ""},
	{"erased@example.com", longLatin, ""},
}

func newCrowd(t *testing.T) *crowd {
	t.Helper()
	s := apptest.New(t, func(c *config.Config) {
		c.SiteName = "Government Polytechnic Alumni Association Evening Academy of Srinagar"
		c.SiteTagline = "Evening courses for those who work by day, in English, हिन्दी and اردو, since the year nineteen hundred and ninety-eight"
		c.ContactEmail = "office@evening-academy.polytechnic-alumni.example.com"
		c.UPIID1 = "governmentpolytechnicalumni.eveningacademy@examplebank"
		c.UPIName = "GOVERNMENT POLYTECHNIC ALUMNI ASSOCIATION EVENING ACADEMY SRINAGAR"
		c.InstagramURL, c.YouTubeURL = "https://instagram.example.com/academy", "https://youtube.example.com/academy"
	})
	c := &crowd{School: s, ctx: context.Background(), ids: map[string]string{}, orders: map[string]payment.Order{}, claims: map[string]payment.Claim{}}
	if err := s.DB.Read().QueryRowContext(c.ctx, `SELECT id FROM users WHERE role = 'admin'`).Scan(&c.chitra); err != nil {
		t.Fatal(err)
	}
	c.fillCatalogue()
	for _, st := range students {
		u, _, err := s.Accounts.Register(c.ctx, account.RegisterForm{Name: st.name, Email: st.email, Phone: st.phone, Password: apptest.Password}, clientOfTest)
		c.must(err)
		c.ids[st.email] = u.ID
	}
	var err error
	c.invite, err = s.Accounts.Invite(c.ctx, c.chitra, account.InviteForm{Name: longDevanagari, Email: "invited." + longEmail, Role: account.RoleAdmin})
	c.must(err)
	c.order()
	c.decide()
	c.rename()
	c.write()
	c.workOn()
	c.tell()
	c.receive()
	return c
}

func (c *crowd) must(err error) {
	c.T.Helper()
	if err != nil {
		c.T.Fatal(err)
	}
}

// fillCatalogue gives courses long titles, and adds a free one, an archived one and enough for a second page.
func (c *crowd) fillCatalogue() {
	c.T.Helper()
	title := []string{"Introduction to " + longWord, "वेब विकास और कृत्रिम बुद्धिमत्ता की आधारभूत अवधारणाएँ हिन्दी में, आरम्भ से", "ویب ڈویلپمنٹ اور مصنوعی ذہانت کی بنیادی باتیں اردو میں، شروع سے آخر تک سیکھیں"}
	for i := range 12 {
		course := catalog.Course{Title: fmt.Sprintf("%s %d", title[i%3], i), Summary: title[(i+1)%3], Description: longReason + "\n\n" + title[i%3], Audience: longReason,
			Outcomes: []string{longReason, longWord}, Teacher: longLatin, Level: catalog.Levels[i%3], Duration: "3 months and a half, on weekends", Price: lang.Money{Amount: 12345600, Currency: "INR"}, Featured: i == 0}
		if i == 10 {
			course.Price.Amount = 0
		}
		var made catalog.Course
		c.must(c.DB.InTx(c.ctx, func(tx *sql.Tx) (err error) {
			made, err = c.Catalog.Create(c.ctx, tx, c.chitra, course, []catalog.Section{{Title: longWord, Lessons: []string{longWord, longReason}}})
			return err
		}))
		c.must(c.Catalog.Publish(c.ctx, c.chitra, made.ID))
		c.slugs = append(c.slugs, made.Slug)
	}
	c.exec(`UPDATE courses SET status = 'archived' WHERE slug = $1`, c.slugs[11])
}

func (c *crowd) exec(query string, args ...any) {
	c.T.Helper()
	c.must(c.DB.InTx(c.ctx, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(c.ctx, query, args...)
		return err
	}))
}

// states are those that an order's page tells apart, beside an old one.
var states = []string{"open", "waiting", "not_seen", "rejected", "part", "paid", "cancelled", "reversed"}

// order lets students order, one course for each state that an order can be in.
func (c *crowd) order() {
	c.T.Helper()
	asha, bala := c.ids[longEmail], c.ids["bala@example.com"]
	c.enroll("expired", asha, 0)
	c.Clock.Move(49 * time.Hour)
	for i, state := range states {
		c.enroll(state, asha, i+1)
	}
	c.enroll("first", bala, 0)
	c.enroll("second", bala, 1)
	c.enroll("third", bala, 2)
	c.enroll("fourth", bala, 3)
	c.enroll("other", c.ids["devi@example.com"], 3)
}

func (c *crowd) enroll(name, user string, course int) {
	c.T.Helper()
	made, err := c.Payments.Enroll(c.ctx, user, c.slugs[course])
	c.must(err)
	c.orders[name] = *made.Order
}

func (c *crowd) claim(order, reference, payer string) payment.Claim {
	c.T.Helper()
	claim, err := c.Payments.AddClaim(c.ctx, c.orders[order].ID, payment.ClaimForm{Reference: reference, Payee: c.Config.UPIID1, Payer: payer})
	c.must(err)
	c.claims[order] = claim
	return claim
}

// decide brings each order into the state that it is named for, and leaves a queue of all kinds of payments.
func (c *crowd) decide() {
	c.T.Helper()
	bala, price := c.ids["bala@example.com"], c.orders["open"].Price.Amount
	c.claim("waiting", "632712345601", longUrdu)
	c.must(c.Payments.NotSeen(c.ctx, c.chitra, c.claim("not_seen", "412345678902", "").ID, longReason))
	c.must(c.Payments.Reject(c.ctx, c.chitra, c.claim("rejected", "412345678903", longWord).ID, longReason))
	c.verify(c.claim("part", "412345678904", ""), price/2)
	c.verify(c.claim("paid", "632712345605", longDevanagari), price)
	c.must(c.Payments.Cancel(c.ctx, c.orders["cancelled"].UserID, c.orders["cancelled"].Code))
	c.verify(c.claim("reversed", "412345678906", ""), price)
	c.must(c.Payments.Reverse(c.ctx, c.chitra, c.orders["reversed"].Code, longReason, false))

	c.claim("first", "632712345601", longWord)     // the number of another claim
	c.claim("second", "632712345605", "")          // all of it is used
	c.claim("third", "HDFCR52026112312345678", "") // a bank transfer's
	c.must(c.Payments.Cancel(c.ctx, bala, c.orders["fourth"].Code))
	c.claim("fourth", "412345678907", "") // for an order that was cancelled
	_, err := c.Payments.RecordReceipt(c.ctx, c.chitra, c.orders["other"].Code, payment.ReceiptForm{Method: payment.Transfer, Reference: "412345678908", Amount: 3 * price})
	c.must(err)
	_, err = c.Payments.Refund(c.ctx, c.chitra, c.orders["other"].Code, payment.RefundForm{Amount: price, Reference: "412345678909", Reason: longReason})
	c.must(err)
	c.enroll("batch", c.ids["devi@example.com"], 4)
	c.batch, err = c.Payments.VerifyMany(c.ctx, c.chitra, []string{c.claim("batch", "412345678911", "").ID, c.claims["paid"].ID, c.claims["second"].ID})
	c.must(err)
	c.enroll("urdu", c.ids["devi@example.com"], 5)
}

func (c *crowd) verify(claim payment.Claim, amount int64) {
	c.T.Helper()
	_, err := c.Payments.Verify(c.ctx, c.chitra, claim.ID, amount)
	c.must(err)
}

// write fills what is left: a course by hand, a student shut out, letters sent, refused and waiting.
func (c *crowd) write() {
	c.T.Helper()
	free, err := c.Catalog.BySlug(c.ctx, c.slugs[11])
	c.must(err)
	c.must(c.Learning.EnrollByHand(c.ctx, c.chitra, c.ids[longEmail], free.ID, longReason))
	c.must(c.Accounts.Deactivate(c.ctx, c.chitra, c.ids["gone@example.com"]))
	c.SMTP.Be(mailtest.Mode{Rcpt: func(to string) *mailtest.Answer {
		if strings.HasPrefix(to, "bala") {
			return mailtest.NoSuchUser
		}
		if strings.HasPrefix(to, "devi") {
			return mailtest.MailboxFull
		}
		return nil
	}})
	for range 4 {
		c.SendMail()
		c.Clock.Move(time.Minute)
	}
}

// workOn leaves imports and drafts of what is done to several in every state, and much about one student.
func (c *crowd) workOn() {
	c.T.Helper()
	table := "Name,Email,Phone,Tags,Course\n" + longDevanagari + ",new@example.com,9876543219,\"" + begin(longUrdu, 60) + ", evening\",\n" + longWord + ",,," + "\n" +
		longLatin + "," + longEmail + ",,,\nX,x@gmial.com,,,\nY,y@example.com,,," + longReason + "\nZ,new@example.com,,,\n"
	c.work = map[string]string{}
	for _, state := range []string{"draft", "done", "open"} {
		id, err := c.Students.Upload(c.ctx, c.chitra, longWord+".xlsx", []byte(table))
		c.must(err)
		c.work[state] = id
		if state != "draft" {
			c.must(c.Students.StartImport(c.ctx, c.chitra, id))
		}
		if state == "done" {
			c.must(c.Jobs.RunDue(c.ctx))
		}
	}
	all := roster.Selection{All: &account.StudentQuery{}}
	for _, action := range roster.Actions {
		id, err := c.Students.Select(c.ctx, c.chitra, action, all)
		c.must(err)
		c.work[action] = id
	}
	c.must(c.Students.Sketch(c.ctx, c.work["message"], roster.BulkOptions{Subject: begin(longReason, 100), Text: longReason + "\n\nDear {name},\n" + longUrdu}))
	asha := c.ids[longEmail]
	c.must(c.Accounts.AddTags(c.ctx, c.chitra, asha, "evening, "+begin(longWord, 40)+", शाम की कक्षा"))
	c.must(c.Accounts.AddNote(c.ctx, c.chitra, asha, longReason+"\n"+longUrdu))
	c.must(c.Accounts.AddNote(c.ctx, c.chitra, asha, longWord))
	notes, err := c.Accounts.Notes(c.ctx, asha)
	c.must(err)
	c.must(c.Accounts.DeleteNote(c.ctx, c.chitra, asha, notes[0].ID))
	c.must(c.Students.Write(c.ctx, c.chitra, asha, "", begin(longReason, 100), longReason))
	c.must(c.Students.Erase(c.ctx, c.chitra, c.ids["erased@example.com"], true))
}

var clientOfTest = account.Client{IP: "127.0.0.1", Agent: "Mozilla/5.0 (Linux; Android 14) Chrome/156.0 Mobile"}

// rename changes what the school says about itself, so that there is something to put back, and adds a payee that is off.
func (c *crowd) rename() {
	c.T.Helper()
	c.must(c.School.App.School.Save(c.ctx, c.chitra, map[string]string{"order_note": longReason + "\n" + longUrdu, "paid_note": longDevanagari, "contact_location": longWord}))
	id, err := c.School.App.School.AddPayee(c.ctx, c.chitra, school.PayeeForm{VPA: strings.Repeat("evening.academy-", 6) + "@examplebank", Label: "सावधि जमा खाता", Merchant: true})
	c.must(err)
	c.must(c.School.App.School.SwitchPayee(c.ctx, c.chitra, id, false))
}

// newEmpty is a school on its first day: no course, no payee, nobody but its admin and one student.
func newEmpty(t *testing.T) *crowd {
	t.Helper()
	s := apptest.New(t, func(c *config.Config) {
		c.UPIID1, c.UPIID2, c.SiteTagline, c.ContactPhone, c.ContactEmail, c.SenderEmail, c.WhatsAppGroupLink = "", "", "", "", "", "", ""
	})
	c := &crowd{School: s, ctx: context.Background(), orders: map[string]payment.Order{}}
	u, _, err := s.Accounts.Register(c.ctx, account.RegisterForm{Name: "Asha", Email: "asha@example.com", Password: apptest.Password}, clientOfTest)
	c.must(err)
	made, err := c.Payments.Enroll(c.ctx, u.ID, strings.TrimPrefix(python, "/courses/"))
	c.must(err)
	c.orders["unpayable"] = *made.Order
	for _, table := range []string{"lessons", "sections", "courses"} {
		c.exec(`DELETE FROM ` + table)
	}
	return c
}
