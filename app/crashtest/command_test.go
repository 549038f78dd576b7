package crashtest

import (
	"database/sql"
	"regexp"
	"strings"
	"testing"

	"lectern/app/db"
	"lectern/app/mail/mailtest"
)

func TestCommand(t *testing.T) {
	s := newSchool(t)
	delete(s.env, "ADMIN_EMAIL")
	delete(s.env, "ADMIN_PASSWORD")
	for _, c := range []struct {
		name, stdin, args string
		code              int
		out, err          string // regular expressions
	}{
		{"Version", "", "version", 0, `^lectern \S+ ` + db.Kind + ` go1\.\S+\n$`, `^$`},
		{"Help", "", "--help", 0, `lectern serve \[--demo\]`, `^$`},
		{"HelpOfACommand", "", "mail test --help", 0, `^lectern mail test ADDRESS\n`, `^$`},
		{"Migrate", "", "migrate", 0, `up to date`, ``},
		{"MigrateAgain", "", "migrate", 0, `up to date`, `^$`},
		{"UnknownCommand", "", "enrol everybody", 1, `^$`, `(?s)no command "enrol everybody".*lectern serve \[--demo\]`},
		{"UnknownFlag", "", "serve --dmeo", 1, ``, `-dmeo`},
		{"OperandMissing", "", "mail test", 1, `lectern mail test ADDRESS`, `1`},
		{"OperandTooMany", "", "migrate now", 1, `lectern migrate`, `1`},
		{"AdminWithoutPassword", "", "admin create --email chitra@example.com --name Chitra", 1, ``, `password: `},
		{"AdminWithAWeakPassword", "chitra\n", "admin create --email chitra@example.com --name Chitra", 1, ``, `password: `},
		{"Admin", password + "\n", "admin create --email chitra@example.com --name Chitra", 0, `Done`, `^$`},
		{"AdminTwice", password, "admin create --email=chitra@example.com --name=Chitra", 1, ``, `admin with this address`},
		{"PasswordOfNobody", password, "admin password --email bala@example.com", 1, ``, `No account has this address`},
		{"Password", "a-new-one-to-remember\r\n", "admin password -email chitra@example.com", 0, `Done`, `^$`},
		{"MailTest", "", "mail test asha@example.com", 0, `took the letter`, `^$`},
		{"FlagAfterTheOperand", "", "mail test asha@example.com --help", 0, `^lectern mail test ADDRESS\n`, `^$`},
	} {
		t.Run(c.name, func(t *testing.T) {
			code, out, log := s.run(c.stdin, strings.Fields(c.args)...)
			if code != c.code || !regexp.MustCompile(c.out).MatchString(out) || !regexp.MustCompile(c.err).MatchString(log) {
				t.Errorf("exit %d, want %d\nstandard output, want %s:\n%s\nstandard error, want %s:\n%s", code, c.code, c.out, out, c.err, log)
			}
			if strings.Contains(out+log, password) {
				t.Error("it says the password")
			}
		})
	}
	s.smtp.Be(mailtest.Mode{Rcpt: func(string) *mailtest.Answer { return mailtest.NoSuchUser }})
	if code, _, log := s.run("", "mail", "test", "bala@example.com"); code != 1 || !strings.Contains(log, "doesn't take mail for this address") || !strings.Contains(log, "550") {
		t.Errorf("a refused test letter: exit %d: %s", code, log)
	}
	if n := len(s.smtp.Messages()); n < 1 || s.smtp.Messages()[n-1].To[0] != "asha@example.com" {
		t.Errorf("the test letter didn't arrive")
	}
	s.start()
	if g, err := s.visitor().logIn("chitra@example.com"); err != nil || g.status != 422 {
		t.Errorf("the old password: %v, %v, want 422", g, err)
	}
	g, err := s.visitor().submit("/login", "/login", map[string]string{"email": "chitra@example.com", "password": "a-new-one-to-remember"})
	if _, err := leads("the new password", "/admin", g, err); err != nil {
		t.Error(err)
	}
}

// TestCommand_BadSettings wants all that is wrong named at once, by variable, and no secret repeated.
func TestCommand_BadSettings(t *testing.T) {
	s := newSchool(t)
	for name, value := range map[string]string{"APP_ENV": "production", "BASE_URL": "http://school.example.com", "SECRET_KEY": "hunter2", "SMTP_PORT": "many",
		"CONTACT_EMAIL": "nobody", "TIME_ZONE": "Asia/Atlantis", "MAIL_PER_DAY": "0"} {
		s.env[name] = value
	}
	for _, command := range []string{"serve", "migrate"} {
		code, _, log := s.run("", command)
		if code != 78 {
			t.Errorf("%s: exit %d, want 78", command, code)
		}
		for _, name := range []string{"BASE_URL", "SECRET_KEY", "SMTP_PORT", "CONTACT_EMAIL", "TIME_ZONE", "MAIL_PER_DAY", "UPI_ID_1"} {
			if !regexp.MustCompile(`(?m)^` + name + `: \S`).MatchString(log) {
				t.Errorf("%s: %s isn't named:\n%s", command, name, log)
			}
		}
		if strings.Contains(log, "hunter2") {
			t.Errorf("%s: it repeats a secret", command)
		}
	}
}

func TestCommand_RefusesANewerDatabase(t *testing.T) {
	s := newSchool(t)
	if code, _, log := s.run("", "migrate"); code != 0 {
		t.Fatal(log)
	}
	d := s.database()
	before := count(t, d, `SELECT count(*) FROM audit`)
	if err := d.InTx(ctx, func(tx *sql.Tx) error {
		return db.Exec(ctx, tx, `INSERT INTO goose_db_version (version_id, is_applied) VALUES (9999, TRUE)`)
	}); err != nil {
		t.Fatal(err)
	}
	for _, command := range []string{"serve", "migrate"} {
		code, _, log := s.run("", command)
		if code != 1 || !strings.Contains(log, "9999") || !strings.Contains(log, "install the newer program again") {
			t.Errorf("%s: exit %d: %s", command, code, log)
		}
	}
	if n := count(t, d, `SELECT count(*) FROM audit`); n != before {
		t.Errorf("it wrote %d audit rows all the same", n-before)
	}
}

// TestCommand_SetupLink: where there is no admin, a start prints a link that makes one, once.
func TestCommand_SetupLink(t *testing.T) {
	s := newSchool(t)
	delete(s.env, "ADMIN_EMAIL")
	delete(s.env, "ADMIN_PASSWORD")
	link := regexp.MustCompile(regexp.QuoteMeta(s.url) + `(/setup/\S+)`)
	s.start()
	found := link.FindAllStringSubmatch(s.out.String(), -1)
	if len(found) != 1 || strings.Contains(s.log.String(), "/setup/") {
		t.Fatalf("links: %v, want one, on standard output:\n%s\n%s", found, s.out.String(), s.log.String())
	}
	setup, chitra := found[0][1], s.visitor()
	g, err := chitra.submit(setup, setup, map[string]string{"name": "Chitra", "email": "chitra@example.com", "password": password})
	if _, err := leads("set up", "/admin", g, err); err != nil {
		t.Fatal(err)
	}
	if g, err := chitra.get("/admin"); err != nil || g.status != 200 {
		t.Errorf("/admin: %v, %v", g, err)
	}
	if g, err := s.visitor().get(setup); err != nil || g.status != 404 {
		t.Errorf("the link, used: %v, %v, want 404", g, err)
	}
	s.kill()
	s.start()
	if n := len(link.FindAllString(s.out.String(), -1)); n != 1 {
		t.Errorf("%d links after the next start, want no other", n)
	}
}

func TestCommand_DemoTwiceAddsNothing(t *testing.T) {
	s := newSchool(t)
	s.start()
	d := s.database()
	rows := func() (n [3]int) {
		for i, table := range []string{"courses", "sections", "lessons"} {
			n[i] = count(t, d, "SELECT count(*) FROM "+table)
		}
		return n
	}
	first := rows()
	s.kill()
	s.start()
	if second := rows(); first[0] != 6 || second != first {
		t.Errorf("courses, sections, lessons: %v, then %v, want six courses and the same again", first, second)
	}
	if !strings.Contains(s.out.String(), "nothing was added") {
		t.Errorf("it doesn't say so: %s", s.out.String())
	}
}
