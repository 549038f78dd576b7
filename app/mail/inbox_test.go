package mail

import (
	"strings"
	"testing"
)

func TestReplies_HangInOneThread(t *testing.T) {
	o := newOffice(t)
	o.message()
	for _, body := range []string{"One.", "Two.", "Three."} {
		o.enqueue(To{ID: o.reply(body), Address: "asha@example.com"}, MessageReply{Message: theMessage})
	}
	got := o.sendDue()
	if len(got) != 3 {
		t.Fatalf("%d letters, want 3", len(got))
	}
	for i, m := range got {
		if m.Subject != "Re: The Python course" || !strings.Contains(m.Text, []string{"One.", "Two.", "Three."}[i]) {
			t.Errorf("letter %d: %q\n%s", i, m.Subject, m.Text)
		}
		var before []string
		for _, b := range got[:i] {
			before = append(before, b.ID)
		}
		last := ""
		if i > 0 {
			last = before[i-1]
		}
		if m.Header.Get("In-Reply-To") != last || strings.Join(strings.Fields(m.Header.Get("References")), " ") != strings.Join(before, " ") {
			t.Errorf("letter %d answers %q, in the thread %q; want %q", i, m.Header.Get("In-Reply-To"), m.Header.Get("References"), before)
		}
	}
}

func TestReplies_NothingLeftToTell(t *testing.T) {
	o := newOffice(t)
	o.message()
	id := o.reply("One.")
	o.enqueue(To{ID: id, Address: "asha@example.com"}, MessageReply{Message: theMessage})
	o.enqueue(To{}, NewMessage{ID: theMessage})
	o.enqueue(To{}, MessagesDigest{})
	o.exec(`DELETE FROM message_entries`)
	o.exec(`DELETE FROM messages`)
	if got := o.sendDue(); len(got) != 0 || len(o.rows(Filter{})) != 0 {
		t.Errorf("%d letters about what is gone, %d in the outbox", len(got), len(o.rows(Filter{})))
	}
}

func TestNewMessage_ToEachAdminUnderItsOwnID(t *testing.T) {
	o := newOffice(t)
	o.site.Email = ""
	o.user("Chitra", "chitra@example.com", "admin")
	o.user("Devi", "devi@example.com", "admin")
	o.message()
	o.enqueue(To{ID: "thesamelettersid"}, NewMessage{ID: theMessage})
	if got := o.sendDue(); len(got) != 2 || got[0].ID == got[1].ID {
		t.Errorf("%+v", got)
	}
}

func TestApplications_WhatHasChangedIsNotTold(t *testing.T) {
	o := newOffice(t)
	o.application("Asha")
	for _, status := range []string{"rejected", "accepted"} {
		o.enqueue(To{Address: "asha@example.com"}, ApplicationDecided{ID: theApplication, Status: status})
	}
	if got := o.sendDue(); len(got) != 1 || got[0].Subject != "You are accepted: Writing Intern" {
		t.Errorf("%+v", got)
	}
}

func TestApplications_TheConfirmationRelaysNothing(t *testing.T) {
	o := newOffice(t)
	o.application("You won, see evil.example/win")
	o.enqueue(To{Address: "victim@example.com"}, ApplicationReceived{ID: theApplication})
	got := o.sendDue()
	if len(got) != 1 || strings.Contains(got[0].Text+got[0].HTML, "evil") || strings.Contains(got[0].Text, "I can write") {
		t.Errorf("%s", got[0].Text)
	}
}

func TestPlacePaid_SaysHowTheApplicationStands(t *testing.T) {
	o := newOffice(t)
	asha := o.user("Asha", "asha@example.com")
	o.application("Asha")
	o.exec(`UPDATE applications SET user_id = $1`, asha)
	l := PlacePaid{OrderCode: "LN-7F3K-9QXZ", Title: "Writing Intern", Post: "post1", Amount: 99900, Currency: "INR"}
	if m := o.send(asha, l); !strings.Contains(m.Text, "Your place is confirmed") {
		t.Errorf("accepted: %s", m.Text)
	}
	o.exec(`UPDATE applications SET status = 'new'`)
	if m := o.send(asha, l); strings.Contains(m.Text, "confirmed") || !strings.Contains(m.Text, "writes to you when it is decided") {
		t.Errorf("not decided: %s", m.Text)
	}
}

// internshipLetters has each kind that is about an internship, in each of its forms.
func internshipLetters() map[string]Letter {
	const title, code = "Writing Intern", "LN-7F3K-9QXZ"
	return map[string]Letter{
		"application_received":  ApplicationReceived{ID: theApplication},
		"new_application":       NewApplication{ID: theApplication},
		"applications_digest":   ApplicationsDigest{},
		"application_accepted":  ApplicationDecided{ID: theApplication, Status: "accepted"},
		"application_corrected": ApplicationDecided{ID: theApplication, Status: "accepted", Before: "rejected"},
		"place_paid":            PlacePaid{OrderCode: code, Title: title, Post: "post1", Amount: 99900, Currency: "INR"},
		"part_of_a_fee":         PartReceived{OrderCode: code, Course: title, Received: 90000, Due: 9900, Currency: "INR", Kind: "internship"},
		"fee_not_seen":          NotSeen{OrderCode: code, Course: title, Reference: "412345678901", Kind: "internship"},
		"fee_reversed":          Reversed{OrderCode: code, Course: title, Reason: "Another school's", Kind: "internship"},
		"fee_refunded":          Refunded{OrderCode: code, Course: title, Amount: 99900, Currency: "INR", AccessEnds: true, Kind: "internship"},
		"fee_refunded_a_part":   Refunded{OrderCode: code, Course: title, Amount: 900, Currency: "INR", Kind: "internship"},
	}
}

func TestInternshipLetters_SayWhatMatters(t *testing.T) {
	o := newOffice(t)
	asha := o.user("Asha Rao", "asha@example.com")
	o.application("Asha Rao")
	for name, wants := range map[string][]string{
		"application_received":  {"You applied for Writing Intern", "₹999", "https://school.example.com/internships/writing-intern"},
		"new_application":       {"Asha Rao applied for Writing Intern", "I can write.\n\nAnd read.", "/admin/applications/" + theApplication},
		"application_accepted":  {"we are glad to accept you", "Bring paper.\n\nSee you.", "To confirm your place, pay the fee of ₹999"},
		"application_corrected": {"takes that one's place", "we are glad to accept you"},
		"place_paid":            {"We have received ₹999 for your internship, Writing Intern", "LN-7F3K-9QXZ"},
		"part_of_a_fee":         {"Internship: Writing Intern", "₹99 is still due"},
		"fee_refunded":          {"counts as unpaid now"},
	} {
		text := o.send(asha, internshipLetters()[name]).Text
		for _, want := range wants {
			if !strings.Contains(text, want) {
				t.Errorf("%s lacks %q:\n%s", name, want, text)
			}
		}
		if strings.Contains(text, "ourse") {
			t.Errorf("%s speaks of a course:\n%s", name, text)
		}
	}
}
