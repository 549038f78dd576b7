package config

import (
	"slices"
	"strings"
	"testing"
)

func TestLoad_Refuses(t *testing.T) {
	for _, x := range []struct{ name, environ, blamed string }{
		{"unknown environment", "APP_ENV=prod", "APP_ENV"},
		{"port out of range", "PORT=70000", "PORT"},
		{"negative port", "PORT=-1", "PORT"},
		{"port that is no number", "PORT=http", "PORT"},
		{"address without port", "ADDR=localhost", "ADDR"},
		{"address with a strange port", "ADDR=localhost:http", "ADDR"},
		{"address with a strange host", "ADDR=a b:80", "ADDR"},
		{"socket without path", "ADDR=unix:", "ADDR"},
		{"metrics on the public address", "METRICS_ADDR=127.0.0.1:8080", "METRICS_ADDR"},
		{"metrics without port", "METRICS_ADDR=9090", "METRICS_ADDR"},
		{"address with a path", "BASE_URL=https://school.test/learn", "BASE_URL"},
		{"address with a query", "BASE_URL=https://school.test?", "BASE_URL"},
		{"address with a user", "BASE_URL=https://asha:pw@school.test", "BASE_URL"},
		{"address without scheme", "BASE_URL=school.test", "BASE_URL"},
		{"address of another kind", "BASE_URL=ftp://school.test", "BASE_URL"},
		{"address with port 0", "BASE_URL=https://school.test:0", "BASE_URL"},
		{"address in other letters", "BASE_URL=https://विद्यालय.भारत", "BASE_URL"},
		{"home folder", "DATA_DIR=~/lectern", "DATA_DIR"},
		{"database of another kind", "DATABASE_URL=mysql://u:p@db/school", "DATABASE_URL"},
		{"database in memory", "DATABASE_URL=sqlite:///:memory:", "DATABASE_URL"},
		{"database without path", "DATABASE_URL=sqlite://", "DATABASE_URL"},
		{"database with a host", "DATABASE_URL=sqlite://host/a.db", "DATABASE_URL"},
		{"database with options", "DATABASE_URL=sqlite:///a.db?mode=ro", "DATABASE_URL"},
		{"postgres without database", "DATABASE_URL=postgres://u:p@db", "DATABASE_URL"},
		{"postgres with a raw password", "DATABASE_URL=postgres://u:p#w%@db/school", "DATABASE_URL"},
		{"short secret", "SECRET_KEY=only-thirty-one-characters-long", "SECRET_KEY"},
		{"sample secret", "SECRET_KEY=Change_me_in_production_1234567890", "SECRET_KEY"},
		{"secret of one character", "SECRET_KEY=" + strings.Repeat("x", 40), "SECRET_KEY"},
		{"admin without password", "ADMIN_EMAIL=chitra@example.com", "ADMIN_PASSWORD"},
		{"admin without mail", "ADMIN_PASSWORD=purple kettle", "ADMIN_EMAIL"},
		{"admin with a short password", "ADMIN_EMAIL=chitra@example.com|ADMIN_PASSWORD=123456789", "ADMIN_PASSWORD"},
		{"admin with no address", "ADMIN_EMAIL=chitra|ADMIN_PASSWORD=purple kettle", "ADMIN_EMAIL"},
		{"admin with a name", "ADMIN_EMAIL=Chitra <chitra@example.com>|ADMIN_PASSWORD=purple kettle", "ADMIN_EMAIL"},
		{"mail server with port", "SMTP_SERVER=smtp.example.com:25", "SMTP_SERVER"},
		{"mail without TLS over a network", "SMTP_TLS=none|SMTP_SERVER=10.0.0.5", "SMTP_TLS"},
		{"mail port out of range", "SMTP_PORT=0", "SMTP_PORT"},
		{"unknown TLS", "SMTP_TLS=ssl", "SMTP_TLS"},
		{"sender without password", "SENDER_EMAIL=school@example.com", "SENDER_PASSWORD"},
		{"password without sender", "SENDER_PASSWORD=wxyzwxyzwxyzwxyz", "SENDER_EMAIL"},
		{"no mail a day", "MAIL_PER_DAY=0", "MAIL_PER_DAY"},
		{"proxy by name", "TRUSTED_PROXIES=127.0.0.1,caddy", "TRUSTED_PROXIES"},
		{"proxies with an empty item", "TRUSTED_PROXIES=127.0.0.1,", "TRUSTED_PROXIES"},
		{"the machine's zone", "TIME_ZONE=Local", "TIME_ZONE"},
		{"country of three letters", "COUNTRY=IND", "COUNTRY"},
		{"currency by sign", "CURRENCY=₹", "CURRENCY"},
		{"unknown level", "LOG_LEVEL=loud", "LOG_LEVEL"},
		{"unknown format", "LOG_FORMAT=xml", "LOG_FORMAT"},
		{"log in a folder that can't be", "LOG_FILE=/dev/null/a.log", "LOG_FILE"},
		{"log that is a folder", "LOG_FILE=/tmp", "LOG_FILE"},
		{"reports without key", "SENTRY_DSN=https://sentry.example.com/1", "SENTRY_DSN"},
		{"reports in the clear", "SENTRY_DSN=http://key@sentry.example.com/1", "SENTRY_DSN"},
		{"endless name", "SITE_NAME=" + strings.Repeat("अ", 201), "SITE_NAME"},
		{"name on two lines", "SITE_NAME=a\nb", "SITE_NAME"},
		{"broken text", "SITE_TAGLINE=\xff", "SITE_TAGLINE"},
		{"phone with words", "CONTACT_PHONE=call me", "CONTACT_PHONE"},
		{"plain link", "YOUTUBE_URL=http://youtube.example.com/x", "YOUTUBE_URL"},
		{"script as link", "WHATSAPP_GROUP_LINK=javascript:alert(1)", "WHATSAPP_GROUP_LINK"},
		{"payee without handle", "UPI_ID_1=school", "UPI_ID_1"},
		{"payee that is a mail address", "UPI_ID_2=school@example.com", "UPI_ID_2"},
	} {
		t.Run(x.name, func(t *testing.T) {
			_, err := load(t, strings.Split(x.environ, "|")...)
			if err == nil {
				t.Fatal("got no fault")
			}
			if got, want := names(t, err), strings.Fields(x.blamed); !slices.Equal(got, want) {
				t.Errorf("got %q, want %q", got, want)
			}
		})
	}
}

func TestLoad_ProductionRefuses(t *testing.T) {
	for _, x := range []struct{ name, environ, blamed string }{
		{"plain address", "BASE_URL=http://learn.school.test", "BASE_URL"},
		{"no address", "BASE_URL=", "BASE_URL"},
		{"no secret", "SECRET_KEY=", "SECRET_KEY"},
		{"short admin password", "ADMIN_EMAIL=chitra@example.com|ADMIN_PASSWORD=purple kettle", "ADMIN_PASSWORD"},
		{"sample admin password", "ADMIN_EMAIL=chitra@example.com|ADMIN_PASSWORD=change-me-now-please", "ADMIN_PASSWORD"},
		{"sample mail password", "SENDER_EMAIL=school@example.com|SENDER_PASSWORD=abcd efgh ijkl mnop", "SENDER_PASSWORD"},
		{"sample payee", "UPI_ID_1=school@ExampleBank", "UPI_ID_1"},
		{"mail in the clear", "SMTP_TLS=none", "SMTP_TLS"},
	} {
		t.Run(x.name, func(t *testing.T) {
			safe := slices.DeleteFunc(slices.Clone(production), func(pair string) bool { return strings.HasPrefix(pair, x.blamed+"=") })
			_, err := load(t, append(safe, strings.Split(x.environ, "|")...)...)
			if err == nil {
				t.Fatal("got no fault")
			}
			if got, want := names(t, err), strings.Fields(x.blamed); !slices.Equal(got, want) {
				t.Errorf("got %q, want %q", got, want)
			}
		})
	}
}

func TestProxies_Trusts(t *testing.T) {
	for _, x := range []struct {
		list, peer string
		want       bool
	}{
		{"127.0.0.0/8,::1,unix", "127.0.0.1:5", true},
		{"127.0.0.0/8,::1,unix", "[::1]:5", true},
		{"127.0.0.0/8,::1,unix", "[::ffff:127.0.0.1]:5", true},
		{"127.0.0.0/8,::1,unix", "@", true},
		{"127.0.0.0/8,::1,unix", "", true},
		{"127.0.0.0/8,::1,unix", "10.0.0.5:5", false},
		{"127.0.0.0/8,::1,unix", "nonsense", false},
		{"10.0.0.5, 192.168.0.0/16", "10.0.0.5:5", true},
		{"10.0.0.5, 192.168.0.0/16", "192.168.7.7:5", true},
		{"10.0.0.5, 192.168.0.0/16", "10.0.0.6:5", false},
		{"10.0.0.5, 192.168.0.0/16", "127.0.0.1:5", false},
		{"10.0.0.5, 192.168.0.0/16", "@", false},
		{"none", "127.0.0.1:5", false},
		{"none", "@", false},
	} {
		c := mustLoad(t, "TRUSTED_PROXIES="+x.list)
		if got := c.TrustedProxies.Trusts(x.peer); got != x.want {
			t.Errorf("%s trusts %q: got %v, want %v", x.list, x.peer, got, x.want)
		}
	}
}

func TestLoad_WarnsOfWhatIsOdd(t *testing.T) {
	for _, x := range []struct{ environ, warning string }{
		{"SMTP_PORT=465", "465 with tls"},
		{"TRUSTED_PROXIES=0.0.0.0/0", "every address"},
	} {
		if got := mustLoad(t, x.environ).Warnings; len(got) != 1 || !strings.Contains(got[0], x.warning) {
			t.Errorf("%s: got %q, want one with %q", x.environ, got, x.warning)
		}
	}
}
