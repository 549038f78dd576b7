package config

import (
	"slices"
	"strings"
	"unicode/utf8"
)

const needSecret = "Production needs one of 32 characters or more, from a good source of chance: openssl rand -base64 32"

func (c *Config) checkSecrets(faults *Faults) {
	switch key := c.SecretKey.Reveal(); {
	case key == "":
		if c.Production() {
			faults.add("SECRET_KEY", needSecret)
		}
	case utf8.RuneCountInString(key) < minSecret:
		faults.add("SECRET_KEY", "It must have %d characters or more: openssl rand -base64 32", minSecret)
	case sample(key) || poor(key):
		faults.add("SECRET_KEY", "It is a sample or easily guessed. Make one: openssl rand -base64 32")
	}
	if (c.AdminEmail == "") != (c.AdminPassword == "") {
		missing := "ADMIN_EMAIL"
		if c.AdminPassword == "" {
			missing = "ADMIN_PASSWORD"
		}
		faults.add(missing, "ADMIN_EMAIL and ADMIN_PASSWORD go together: set both or, to get a set-up link, none.")
	}
	faults.email("ADMIN_EMAIL", c.AdminEmail)
	least := 10
	if c.Production() {
		least = 15
	}
	switch password := c.AdminPassword.Reveal(); {
	case password == "":
	case utf8.RuneCountInString(password) < least || len(password) > 256:
		faults.add("ADMIN_PASSWORD", "It must have %d characters or more, and 256 bytes or less.", least)
	case c.Production() && (sample(password) || poor(password)):
		faults.add("ADMIN_PASSWORD", "It is a sample or easily guessed. Choose another: four words that nobody says together.")
	}
}

// samples are the beginnings of what stands where a secret belongs in guides and example files,
// in lower case, letters and digits only.
var samples = []string{"changeme", "changethis", "replaceme", "replacethis", "yoursecret", "yourkey",
	"yourpassword", "yourapppassword", "yourrandom", "examplesecret", "examplekey", "examplepassword", "secretkey", "supersecret", "topsecret",
	"devsecret", "devkey", "insecure", "djangoinsecure", "thisisasecret", "thisisnotsecret", "mysecret", "admin123", "password", "qwertyuiop",
	"abcdefghij", "1234567890", "0123456789"}

// sample reports whether a secret is one that was copied.
func sample(secret string) bool {
	bare := strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= '0' && r <= '9' {
			return r
		}
		return -1
	}, strings.ToLower(secret))
	return slices.ContainsFunc(samples, func(s string) bool { return strings.HasPrefix(bare, s) })
}

// poor reports whether a secret repeats very few characters, as no random key does.
func poor(secret string) bool {
	different := map[rune]bool{}
	for _, r := range secret {
		different[r] = true
	}
	return len(different) < 6
}
