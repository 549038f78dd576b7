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
