// Package config reads the settings that a process is started with, from the environment and a .env file, and refuses
// to go on with any that can't be right. Texts here are for operators on a terminal, so they are plain English and not
// in the catalogue.
package config

import (
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/caarlos0/env/v11"
)

// Config is everything that is fixed while a process runs. The names, defaults and meanings of the variables are
// those of .env.example; a test compares the two.
type Config struct {
	Env  string `env:"APP_ENV" envDefault:"development"` // development, testing or production
	Addr string `env:"ADDR" envDefault:"127.0.0.1:8080"` // host:port, or unix: and an absolute path
	Port int    `env:"PORT"`                             // 0, or what PORT said; Addr has it already

	BaseURL     string      `env:"BASE_URL"`                     // scheme and host, without a slash at its end
	DataDir     string      `env:"DATA_DIR" envDefault:"./data"` // absolute
	DatabaseURL DatabaseURL `env:"DATABASE_URL"`                 // sqlite: and an absolute path, or postgres://…
	SecretKey   Secret      `env:"SECRET_KEY"`                   // 32 characters or more, empty until EnsureSecret

	AdminEmail    string `env:"ADMIN_EMAIL"`
	AdminPassword Secret `env:"ADMIN_PASSWORD"`

	SMTPServer     string `env:"SMTP_SERVER" envDefault:"smtp.gmail.com"`
	SMTPPort       int    `env:"SMTP_PORT" envDefault:"587"`
	SMTPTLS        string `env:"SMTP_TLS" envDefault:"starttls"` // starttls, tls or none
	SenderEmail    string `env:"SENDER_EMAIL"`                   // empty: mail stays queued
	SenderPassword Secret `env:"SENDER_PASSWORD"`
	MailPerDay     int    `env:"MAIL_PER_DAY" envDefault:"450"`

	TrustedProxies Proxies        `env:"TRUSTED_PROXIES" envDefault:"127.0.0.0/8,::1,unix"`
	TimeZone       *time.Location `env:"TIME_ZONE" envDefault:"Asia/Kolkata"`
	Country        string         `env:"COUNTRY" envDefault:"IN"`   // ISO 3166-1 alpha-2
	Currency       string         `env:"CURRENCY" envDefault:"INR"` // ISO 4217

	LogLevel    slog.Level `env:"LOG_LEVEL" envDefault:"info"`
	LogFile     string     `env:"LOG_FILE"` // absolute, or empty for standard error
	LogFormat   string     `env:"LOG_FORMAT" envDefault:"text"`
	MetricsAddr string     `env:"METRICS_ADDR"` // as Addr, or empty
	SentryDSN   Secret     `env:"SENTRY_DSN"`

	SiteName          string `env:"SITE_NAME" envDefault:"Lectern"`
	SiteTagline       string `env:"SITE_TAGLINE"`
	ContactEmail      string `env:"CONTACT_EMAIL"`
	ContactPhone      string `env:"CONTACT_PHONE"`
	ContactLocation   string `env:"CONTACT_LOCATION"`
	InstagramURL      string `env:"INSTAGRAM_URL"`
	YouTubeURL        string `env:"YOUTUBE_URL"`
	FacebookURL       string `env:"FACEBOOK_URL"`
	LinkedInURL       string `env:"LINKEDIN_URL"`
	WhatsAppGroupLink string `env:"WHATSAPP_GROUP_LINK"`
	UPIID1            string `env:"UPI_ID_1"`
	UPIID2            string `env:"UPI_ID_2"`
	UPIID3            string `env:"UPI_ID_3"`
	UPIName           string `env:"UPI_NAME"`

	Warnings []string `env:"-"` // sentences for the operator, about what is odd but not wrong
}

// Options say where Load looks. Zero values mean the process's own; tests give all of them.
type Options struct {
	Dir     string   // the working directory, which relative paths start from
	BinDir  string   // the folder of the binary
	Environ []string // as os.Environ gives it
}

// Load reads the environment and the first .env file there is, in Dir or else in BinDir, and checks everything. Real
// variables win over the file; an empty one counts as unset. The error is of type Faults and names all that is wrong.
// Once nothing is, the folder of LOG_FILE is made.
func Load(o Options) (Config, error) {
	o, err := o.filled()
	if err != nil {
		return Config{}, err
	}
	file, path, bad := dotenv(o)
	if bad != nil {
		return Config{}, Faults{*bad} // half a file would be blamed for everything it lacks
	}
	var faults Faults
	vars, warnings := merge(file, o.Environ, &faults)
	c := Config{Warnings: warnings}
	faults.parsed(env.ParseWithOptions(&c, env.Options{Environment: vars, FuncMap: parsers}))
	if _, ok := vars["ADDR"]; !ok && c.Port > 0 && c.Port <= 65535 {
		c.Addr = fmt.Sprintf("0.0.0.0:%d", c.Port)
	}
	c.check(o.Dir, &faults)
	if c.Production() && worldReadable(path) {
		c.Warnings = append(c.Warnings, fmt.Sprintf("%s can be read by everybody on this machine. Say: chmod 600 %s", path, path))
	}
	if len(faults) == 0 && c.LogFile != "" {
		faults.folderOf("LOG_FILE", c.LogFile)
	}
	if len(faults) > 0 {
		faults.sort()
		return Config{}, faults
	}
	return c, nil
}

func (o Options) filled() (Options, error) {
	if o.Dir == "" {
		dir, err := os.Getwd()
		if err != nil {
			return o, fmt.Errorf("working directory: %w", err)
		}
		o.Dir = dir
	}
	if o.BinDir == "" {
		exe, err := os.Executable()
		if err != nil {
			return o, fmt.Errorf("folder of the binary: %w", err)
		}
		o.BinDir = filepath.Dir(exe)
	}
	if o.Environ == nil {
		o.Environ = os.Environ()
	}
	return o, nil
}

// Production reports whether unsafe settings are refused.
func (c Config) Production() bool { return c.Env == "production" }

// HTTPS reports whether the public address is https, and cookies so Secure.
func (c Config) HTTPS() bool { return strings.HasPrefix(c.BaseURL, "https://") }

// UPIIDs returns the payees that were given, each once.
func (c Config) UPIIDs() []string {
	var ids []string
	seen := map[string]bool{"": true}
	for _, id := range []string{c.UPIID1, c.UPIID2, c.UPIID3} {
		if !seen[strings.ToLower(id)] {
			seen[strings.ToLower(id)] = true
			ids = append(ids, id)
		}
	}
	return ids
}
