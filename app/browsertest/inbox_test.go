package browsertest

import (
	"strings"

	"lectern/app/inbox"
	"lectern/app/internship"
	"lectern/app/lang"
)

// letterbox is what people wrote and applied for, by names that the views below know.
type letterbox struct {
	message, answered string // messages.id
	post, closed      internship.Post
	decided           map[string]string // of applications, by their status
}

// receive fills the school's inbox and its internships with the longest that people write.
func (c *crowd) receive() {
	c.T.Helper()
	send := func(name, email, subject, body string) string {
		m, err := c.Inbox.Send(c.ctx, inbox.Form{Name: name, Email: email, Phone: "98765 43210", Subject: subject, Body: body})
		c.must(err)
		return m.ID
	}
	c.post = letterbox{decided: map[string]string{}}
	c.post.answered = send(longDevanagari, "bala@example.com", "", longDevanagari+"\n\n"+longReason)
	send(longUrdu, longEmail, longUrdu, longUrdu+"\n"+longWord)
	c.post.message = send(longWord, longEmail, longWord+" "+longWord, longReason+"\n\n"+strings.Repeat(longWord, 3))
	_, err := c.Inbox.Reply(c.ctx, c.chitra, c.post.answered, inbox.EntryForm{Body: longReason + "\n\n" + longDevanagari})
	c.must(err)
	_, err = c.Inbox.Note(c.ctx, c.chitra, c.post.answered, inbox.EntryForm{Body: longWord})
	c.must(err)
	c.post.post = c.offer(internship.Post{Title: longWord + " " + longDevanagari, Summary: longReason, Description: longReason + "\n\n" + longWord, Duration: "3 months and a half, on weekends",
		Place: longDevanagari, Stipend: "₹5,000 a month and " + longWord, Fee: lang.Money{Amount: 12345600, Currency: "INR"}, Seats: 12, LastDay: "2099-12-31"})
	c.post.closed = c.offer(internship.Post{Title: "Closed"})
	c.must(c.Internships.Move(c.ctx, c.chitra, c.post.closed.ID, internship.Published, internship.Closed))
	for i, status := range internship.ApplicationStatuses {
		email := []string{longEmail, "bala@example.com", "devi@example.com", "long." + longEmail}[i]
		_, err := c.Internships.Apply(c.ctx, c.post.post.Slug, internship.ApplyForm{Name: []string{longWord, longDevanagari, longUrdu, longLatin}[i], Email: email, Phone: "98765 43210",
			CoverLetter: longReason + "\n\n" + strings.Repeat(longWord, 3)})
		c.must(err)
		rows, err := c.Internships.List(c.ctx, internship.Query{Limit: 1})
		c.must(err)
		id := rows[0].Application.ID
		c.post.decided[status] = id
		if status != internship.Applied {
			c.must(c.Internships.Decide(c.ctx, c.chitra, id, internship.Decision{From: internship.Applied, To: status, Line: longReason, Tell: true}))
		}
		c.must(c.Internships.AddNote(c.ctx, c.chitra, id, longReason, ""))
	}
}

func (c *crowd) offer(p internship.Post) internship.Post {
	c.T.Helper()
	p, err := c.Internships.Create(c.ctx, c.chitra, p)
	c.must(err)
	c.must(c.Internships.Move(c.ctx, c.chitra, p.ID, internship.Draft, internship.Published))
	return p
}

// writeViews are where visitors write to the school.
func (c *crowd) writeViews() []view {
	post := "/internships/" + c.post.post.Slug
	return []view{
		{"contact", "/contact", nil},
		{"contact, wrong", "/contact", send("#contact", map[string]string{"[name=email]": "asha", "[name=phone]": "12"})},
		{"contact, sent", "/contact?sent=M-7F3K9Q", nil},
		{"internships", "/internships", nil},
		{"internship", post, nil},
		{"internship, wrong", post, send("#apply", map[string]string{"[name=name]": longWord, "[name=email]": "asha"})},
		{"internship, applied", post + "?sent=1", nil},
		{"internship, closed", "/internships/" + c.post.closed.Slug, nil},
	}
}

// feeViews are what an applicant sees who has to pay.
func (c *crowd) feeViews() []view {
	c.T.Helper()
	made, err := c.Payments.Place(c.ctx, c.ids[longEmail], c.post.post.Slug)
	c.must(err)
	return []view{
		{"order of a fee", "/orders/" + made.Order.Code, nil},
		{"internship, fee unpaid", "/internships/" + c.post.post.Slug, nil},
		{"contact, signed in", "/contact", nil},
	}
}

// deskViews are where the school reads what was written.
func (c *crowd) deskViews() []view {
	message, application := "/admin/messages/", "/admin/applications/"
	return []view{
		{"messages", "/admin/messages", nil},
		{"messages, closed", "/admin/messages?status=closed", nil},
		{"messages, none found", "/admin/messages?q=zzzz", nil},
		{"message", message + c.post.message, nil},
		{"message, answered", message + c.post.answered, (*person).unfold},
		{"message, answer wrong", message + c.post.message, send("#reply", nil)},
		{"applications", "/admin/applications", nil},
		{"applications, accepted", "/admin/applications?status=accepted", nil},
		{"applications, none found", "/admin/applications?q=zzzz", nil},
		{"applications, none ticked", "/admin/applications", send("#bulk", nil)},
		{"application", application + c.post.decided[internship.Applied], (*person).unfold},
		{"application, accepted", application + c.post.decided[internship.Accepted], (*person).unfold},
		{"application, declined", application + c.post.decided[internship.Rejected], nil},
		{"application, note wrong", application + c.post.decided[internship.Shortlisted], send("#note", nil)},
		{"internships of the school", "/admin/internships", nil},
		{"internships, published", "/admin/internships?status=published", nil},
		{"internships, drafts", "/admin/internships?status=draft", nil},
		{"internship, edited", "/admin/internships/" + c.post.post.ID, nil},
		{"internship, new and wrong", "/admin/internships/new", send("#post", map[string]string{"[name=fee]": "much", "[name=seats]": "few"})},
	}
}
