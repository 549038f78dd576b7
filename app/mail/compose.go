package mail

import (
	"bytes"
	"context"
	"errors"
	"regexp"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"lectern/app/db"
	"lectern/app/fault"
	"lectern/app/lang"
	"lectern/views"
	"lectern/views/mail"
)

// Message is a letter ready to be sent to one address.
type Message struct {
	Kind           string // of the letter
	ID             string // Message-ID, without its angle brackets: the same at every try
	Date           time.Time
	FromName, From string
	ReplyTo, To    string   // ReplyTo may be empty
	Thread         []string // Message-IDs of the letters that this one follows, the oldest first
	Personal       bool     // a person wrote it, to somebody who wrote first: an automatic answer to it is welcome
	Subject        string
	Text, HTML     string
}

var (
	errObsolete  = errors.New("nothing left to tell")
	errEachAdmin = errors.New("the school has no contact address: to each admin")
)

// desk is what the writer of a letter has at hand.
type desk struct {
	row   row
	to    reader // zero where the letter isn't to a user
	lang  *lang.Lang
	site  views.Site
	base  string
	zone  *time.Location
	now   time.Time
	q     db.Querier
	links Links

	// What a letter may ask for beyond its words.
	answerTo string   // whom an answer goes to, where that isn't the school
	thread   []string // ids of the letters that it follows, the oldest first
	personal bool
}

// compose renders a letter as it is to be told now.
func (w *Worker) compose(ctx context.Context, r row) (Message, error) {
	s, known := kinds[r.kind]
	if !known {
		return Message{}, errors.New("a letter of unknown kind " + r.kind)
	}
	letter, err := s.read(r.payload)
	if err != nil {
		return Message{}, err
	}
	d := &desk{row: r, base: w.o.BaseURL, zone: time.UTC, now: w.o.Now(), q: w.o.DB.Read(), links: w.o.Links}
	if d.site, err = w.o.Site(ctx); err != nil {
		return Message{}, err
	}
	if d.site.Zone != nil {
		d.zone = d.site.Zone
	}
	if r.userID != "" {
		if d.to, err = findReader(ctx, d.q, r.userID); err != nil {
			return Message{}, err
		}
	}
	to := r.recipient
	switch {
	case to != "":
	case r.userID != "":
		to = d.to.email
	case !s.toSchool:
		return Message{}, errObsolete // the account is gone
	case d.site.Email == "":
		return Message{}, errEachAdmin
	default:
		to = d.site.Email
	}
	d.lang = lang.For(d.to.lang)
	m, err := letter.write(ctx, d)
	if err != nil {
		return Message{}, err
	}
	d.frame(&m, s.toSchool)
	var html bytes.Buffer
	if err := mailview.HTML(m).Render(ctx, &html); err != nil {
		return Message{}, err
	}
	msg := Message{Kind: r.kind, ID: r.id + "@" + domain(wire(w.o.Sender)), Date: d.now, FromName: m.School, From: w.o.Sender, To: to,
		Subject: m.Subject, Text: mailview.Text(m), HTML: html.String()}
	if !strings.EqualFold(d.site.Email, w.o.Sender) {
		msg.ReplyTo = d.site.Email
	}
	if d.answerTo != "" {
		msg.ReplyTo = d.answerTo
	}
	for _, id := range d.thread {
		msg.Thread = append(msg.Thread, id+"@"+domain(wire(w.o.Sender)))
	}
	msg.Personal = d.personal
	return msg, nil
}

// frame adds what all letters have.
func (d *desk) frame(m *mailview.Letter, toSchool bool) {
	m.Lang, m.School, m.SchoolURL = d.lang.Tag, clean(d.site.Name), d.base+"/"
	m.Accent = d.site.Accent
	if toSchool {
		return
	}
	m.Greeting = d.text("mail.greeting")
	if name := clean(d.to.name); looksLikeName(name) {
		m.Greeting = d.text("mail.greeting.name", "name", name)
	}
	ask := d.text("mail.footer.reply")
	if d.site.Phone != "" {
		ask = d.text("mail.footer.phone", "phone", d.site.Phone)
	}
	m.Footer = append(m.Footer, ask)
	if d.site.Location != "" {
		m.Footer = append(m.Footer, clean(d.site.Location))
	}
}

func (d *desk) text(key string, args ...any) string {
	for i := 1; i < len(args); i += 2 {
		if s, ok := args[i].(string); ok {
			args[i] = clean(s)
		}
	}
	return d.lang.T(key, args...)
}

// paragraphs splits a text of the catalogue at its empty lines.
func (d *desk) paragraphs(key string, args ...any) []string {
	return strings.Split(d.text(key, args...), "\n\n")
}

// facts takes pairs of a label's key and a value. Pairs without a value are left out.
func (d *desk) facts(pairs ...string) []mailview.Fact {
	var facts []mailview.Fact
	for i := 0; i+1 < len(pairs); i += 2 {
		if v := clean(pairs[i+1]); v != "" {
			facts = append(facts, mailview.Fact{Label: d.lang.T(pairs[i]), Value: v})
		}
	}
	return facts
}

func (d *desk) steps(keys ...string) []mailview.Step {
	var steps []mailview.Step
	for _, key := range keys {
		steps = append(steps, mailview.Step{Text: d.lang.T(key)})
	}
	return steps
}

// button leads to a path of the school's own site.
func (d *desk) button(key, path string) mailview.Link {
	return mailview.Link{Label: d.lang.T(key), URL: d.base + path}
}

// link asks for an address that works once. What nobody may have a link for any more, there is nothing to tell about.
func (d *desk) link(ctx context.Context, kind, email string) (string, error) {
	return d.linkFor(ctx, kind, email, d.row.id)
}

func (d *desk) linkFor(ctx context.Context, kind, email, seed string) (string, error) {
	url, err := d.links.Link(ctx, kind, d.row.userID, email, seed)
	if fault.Is(err, fault.NotFound) {
		err = errObsolete
	}
	return url, err
}

// when is the time of what the letter tells, in the school's zone.
func (d *desk) when() string { return d.lang.DateTime(d.row.createdAt.In(d.zone)) }

// KindName names a kind of letter for people.
func KindName(l *lang.Lang, kind string) string { return l.T("mail.kind." + kind) }

// clean makes a text that people wrote fit for one line of a header or a letter: no line breaks or other control
// characters, and none that turn the direction of what follows.
func clean(s string) string {
	s = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsControl(r) || r == '\u2028' || r == '\u2029':
			return ' '
		case r >= '\u202a' && r <= '\u202e' || r >= '\u2066' && r <= '\u2069' || r == utf8.RuneError:
			return -1
		}
		return r
	}, s)
	return strings.Join(strings.Fields(s), " ")
}

var noName = regexp.MustCompile(`[/@<>:\\]|\.\pL{2,}|\d{5}`)

// looksLikeName keeps a stranger from using "Hello {name}" to send words and addresses of his own to somebody else.
func looksLikeName(s string) bool {
	return s != "" && utf8.RuneCountInString(s) <= 60 && !noName.MatchString(s)
}

var address = regexp.MustCompile(`([^\s<>"'(),;:@])[^\s<>"'(),;:@]*@([^\s<>"'(),;:@]+)`)

// Mask hides most of every mail address in a text: asha@example.com becomes a…@example.com.
func Mask(text string) string { return address.ReplaceAllString(text, "$1…@$2") }

func domain(address string) string { return address[strings.LastIndexByte(address, '@')+1:] }

// grouped writes a bank's reference in groups of four.
func grouped(reference string) string {
	reference = clean(reference)
	if strings.ContainsRune(reference, ' ') {
		return reference
	}
	var b strings.Builder
	for i, r := range []rune(reference) {
		if i > 0 && i%4 == 0 {
			b.WriteByte(' ')
		}
		b.WriteRune(r)
	}
	return b.String()
}
