package config

import (
	"fmt"
	"net"
	"net/mail"
	"net/netip"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// check completes c and notes all that is wrong with it. Relative paths start from dir.
func (c *Config) check(dir string, faults *Faults) {
	faults.oneOf("APP_ENV", &c.Env, "development", "testing", "production")
	c.checkAddresses(dir, faults)
	c.checkStorage(dir, faults)
	c.checkSecrets(faults)
	c.checkMail(faults)
	c.checkPlace(faults)
	c.checkSchool(faults)
}

// oneOf lowers *value and notes a fault where it is none of the words.
func (f *Faults) oneOf(name string, value *string, words ...string) {
	*value = strings.ToLower(*value)
	if !slices.Contains(words, *value) {
		f.add(name, "Write one of: %s.", strings.Join(words, ", "))
	}
}

func (c *Config) checkAddresses(dir string, faults *Faults) {
	if c.Port < 0 || c.Port > 65535 {
		faults.add("PORT", "%s", unparsable["PORT"])
	}
	port := faults.listen("ADDR", dir, &c.Addr)
	if c.MetricsAddr != "" {
		faults.listen("METRICS_ADDR", dir, &c.MetricsAddr)
		if c.MetricsAddr == c.Addr {
			faults.add("METRICS_ADDR", "It must differ from ADDR, or everybody could read the metrics.")
		}
	}
	if c.BaseURL == "" {
		if c.Production() {
			faults.add("BASE_URL", "Production needs the school's public address, such as https://school.example.com")
		}
		c.BaseURL = "http://localhost"
		if port != "" && port != "80" {
			c.BaseURL += ":" + port
		}
		return
	}
	u, err := url.Parse(strings.ToLower(c.BaseURL))
	if err != nil || !publicAddress(u) {
		faults.add("BASE_URL", "Write scheme and host only, such as https://school.example.com, without path, query or user. "+
			"A host in other letters than a to z is written in its xn-- form.")
		return
	}
	if c.Production() && u.Scheme != "https" {
		faults.add("BASE_URL", "Production needs https: logins and payments must not travel in the clear.")
	}
	host := u.Host
	for scheme, usual := range map[string]string{"http": ":80", "https": ":443"} {
		if u.Scheme == scheme { // a browser's Origin header leaves the usual port out
			host = strings.TrimSuffix(host, usual)
		}
	}
	c.BaseURL = u.Scheme + "://" + host
}

// listen checks an address to listen on, makes the path of a Unix socket absolute, and returns the port, "" for a socket.
func (f *Faults) listen(name, dir string, addr *string) (port string) {
	if socket, ok := strings.CutPrefix(*addr, "unix:"); ok && socket != "" {
		*addr = "unix:" + f.path(name, dir, socket)
		return ""
	}
	host, port, err := net.SplitHostPort(*addr)
	n, numErr := strconv.ParseUint(port, 10, 16)
	if err != nil || numErr != nil || host != "" && !goodHost(host) {
		f.add(name, "Write host:port, such as 127.0.0.1:8080, or unix: and the path of a socket.")
	}
	return strconv.FormatUint(n, 10)
}

var hostname = regexp.MustCompile(`^[A-Za-z0-9]([A-Za-z0-9.-]{0,251}[A-Za-z0-9])?$`)

func goodHost(host string) bool {
	_, err := netip.ParseAddr(host)
	return err == nil || hostname.MatchString(host) && !strings.Contains(host, "..")
}

func publicAddress(u *url.URL) bool {
	port, err := strconv.ParseUint("0"+u.Port(), 10, 16)
	return (u.Scheme == "http" || u.Scheme == "https") && goodHost(u.Hostname()) && err == nil && (port > 0 || u.Port() == "") &&
		!strings.HasSuffix(u.Host, ":") && strings.Trim(u.Path, "/") == "" && u.RawQuery == "" && !u.ForceQuery && u.Fragment == "" && u.User == nil
}

func (c *Config) checkStorage(dir string, faults *Faults) {
	c.DataDir = faults.path("DATA_DIR", dir, c.DataDir)
	if c.LogFile != "" {
		c.LogFile = faults.path("LOG_FILE", dir, c.LogFile)
	}
	raw := c.DatabaseURL.Reveal()
	switch scheme, _, _ := strings.Cut(raw, ":"); scheme {
	case "":
		c.DatabaseURL = DatabaseURL("sqlite:" + filepath.Join(c.DataDir, "lectern.db"))
	case "sqlite":
		file, ok := sqliteFile(raw)
		if !ok {
			faults.add("DATABASE_URL", "Write sqlite: and the path of a file. A database in memory or with options after a ? isn't taken.")
			return
		}
		c.DatabaseURL = DatabaseURL("sqlite:" + faults.path("DATABASE_URL", dir, file))
	case "postgres", "postgresql":
		u, err := url.Parse(raw)
		if err != nil || u.Opaque != "" || strings.Trim(u.Path, "/") == "" || u.Host == "" && !u.Query().Has("host") {
			faults.add("DATABASE_URL", "Write postgres://user:password@host/database; signs such as @ : / # in the password are written "+
				"as %%40 %%3A %%2F %%23.")
		}
	default:
		faults.add("DATABASE_URL", "Write sqlite: and the path of a file, or postgres://user:password@host/database.")
	}
}

// folderOf makes the folder of a file that is to be written.
func (f *Faults) folderOf(name, file string) {
	if err := os.MkdirAll(filepath.Dir(file), 0o750); err != nil {
		f.add(name, "Its folder can't be made. Choose a place that the service may write to.")
	}
	if info, err := os.Stat(file); err == nil && info.IsDir() {
		f.add(name, "It is a folder. Name a file in it.")
	}
}

// sqliteFile reads `sqlite:PATH`, and `sqlite:///PATH` as SQLAlchemy writes it, where a fourth slash begins an absolute
// path. https://docs.sqlalchemy.org/en/20/dialects/sqlite.html#connect-strings
func sqliteFile(raw string) (path string, ok bool) {
	path, alchemy := strings.CutPrefix(raw, "sqlite:///")
	if !alchemy {
		path = strings.TrimPrefix(raw, "sqlite:")
	}
	return path, path != "" && !strings.HasPrefix(path, "//") && !strings.HasSuffix(path, "/") &&
		!strings.Contains(path, ":memory:") && !strings.Contains(path, "?")
}

// path makes a path absolute.
func (f *Faults) path(name, dir, path string) string {
	if strings.HasPrefix(path, "~") {
		f.add(name, "Write the full path: ~ is understood by shells only.")
	}
	if !filepath.IsAbs(path) {
		path = filepath.Join(dir, path)
	}
	return filepath.Clean(path)
}

func (f *Faults) email(name, address string) {
	if address == "" {
		return
	}
	a, err := mail.ParseAddress(address)
	if err != nil || a.Address != address || len(address) > 254 || !strings.Contains(address[strings.LastIndex(address, "@"):], ".") {
		f.add(name, "Write a bare mail address, such as school@example.com")
	}
}

func loopback(host string) bool {
	ip, err := netip.ParseAddr(host)
	return strings.EqualFold(host, "localhost") || err == nil && ip.Unmap().IsLoopback()
}

var appPassword = regexp.MustCompile(`^[a-z]{4} [a-z]{4} [a-z]{4} [a-z]{4}$`)

func (c *Config) checkMail(faults *Faults) {
	if !goodHost(c.SMTPServer) {
		faults.add("SMTP_SERVER", "Write the name of a host alone, such as smtp.gmail.com; the port goes into SMTP_PORT.")
	}
	if c.SMTPPort < 1 || c.SMTPPort > 65535 {
		faults.add("SMTP_PORT", "%s", unparsable["SMTP_PORT"])
	}
	faults.oneOf("SMTP_TLS", &c.SMTPTLS, "starttls", "tls", "none")
	if c.SMTPTLS == "none" && !loopback(c.SMTPServer) {
		faults.add("SMTP_TLS", "none is for a server on this machine only. Write starttls (port 587) or tls (port 465).")
	}
	if c.SMTPPort == 465 && c.SMTPTLS == "starttls" || c.SMTPPort == 587 && c.SMTPTLS == "tls" {
		c.Warnings = append(c.Warnings, fmt.Sprintf("SMTP_PORT %d with SMTP_TLS %s is unusual: 587 goes with starttls, 465 with tls.", c.SMTPPort, c.SMTPTLS))
	}
	faults.email("SENDER_EMAIL", c.SenderEmail)
	// Google shows an app password in four groups; some browsers copy the gaps as no-break spaces.
	if words := strings.Join(strings.Fields(c.SenderPassword.Reveal()), " "); appPassword.MatchString(words) {
		c.SenderPassword = Secret(strings.ReplaceAll(words, " ", ""))
	}
	switch {
	case c.SenderPassword != "" && c.SenderEmail == "":
		faults.add("SENDER_EMAIL", "SENDER_PASSWORD is set, so say whose it is.")
	case c.SenderPassword == "" && c.SenderEmail != "" && c.SMTPTLS != "none":
		faults.add("SENDER_PASSWORD", "The mail server wants one. For Gmail make an app password in the Google account, under security.")
	case c.Production() && c.SenderPassword != "" && sample(c.SenderPassword.Reveal()):
		faults.add("SENDER_PASSWORD", "It is the sample of .env.example. Write the app password of SENDER_EMAIL.")
	}
	if c.MailPerDay < 1 {
		faults.add("MAIL_PER_DAY", "%s", unparsable["MAIL_PER_DAY"])
	}
}

var (
	country  = regexp.MustCompile(`^[A-Z]{2}$`)
	currency = regexp.MustCompile(`^[A-Z]{3}$`)
)

func (c *Config) checkPlace(faults *Faults) {
	if c.Country = strings.ToUpper(c.Country); !country.MatchString(c.Country) {
		faults.add("COUNTRY", "Write the two letters of the country, such as IN.")
	}
	if c.Currency = strings.ToUpper(c.Currency); !currency.MatchString(c.Currency) {
		faults.add("CURRENCY", "Write the three letters of the currency, such as INR.")
	}
	faults.oneOf("LOG_FORMAT", &c.LogFormat, "text", "json")
	if dsn := c.SentryDSN.Reveal(); dsn != "" {
		u, err := url.Parse(dsn)
		if err != nil || u.Scheme != "https" && !(u.Scheme == "http" && loopback(u.Hostname())) || u.User == nil || strings.Trim(u.Path, "/") == "" {
			faults.add("SENTRY_DSN", "Write the address as Sentry shows it, https://key@host/project.")
		}
	}
	if c.TrustedProxies.everybody() {
		c.Warnings = append(c.Warnings, "TRUSTED_PROXIES takes in every address, so that anybody can pretend to be anybody. Name your proxies only.")
	}
}
