// Package app wires every room by hand and runs the whole: New opens, migrates and connects, Run serves until it is told
// to stop.
package app

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"path/filepath"
	"sync/atomic"
	"time"

	"lectern/app/account"
	"lectern/app/admin"
	"lectern/app/catalog"
	"lectern/app/config"
	"lectern/app/content"
	"lectern/app/db"
	"lectern/app/files"
	"lectern/app/inbox"
	"lectern/app/internship"
	"lectern/app/jobs"
	"lectern/app/learning"
	"lectern/app/mail"
	"lectern/app/ops"
	"lectern/app/payment"
	"lectern/app/report"
	"lectern/app/school"
	"lectern/app/site"
	"lectern/app/students"
	"lectern/app/web"
	"lectern/views"
)

// Options are what a test puts in place of the world.
type Options struct {
	Config config.Config
	Log    *slog.Logger
	Now    func() time.Time // nil: time.Now
	Sender mail.Sender      // nil: SMTP as the settings say
}

// App is a school, open.
type App struct {
	Accounts *account.Service
	School   *school.Service
	Catalog  *catalog.Service
	Content  *content.Service
	Learning *learning.Service
	Payments *payment.Service
	Inbox    *inbox.Service
	Students *students.Service
	Jobs     *jobs.Runner
	Mail     *mail.Worker
	Files    *files.Service
	DB       *db.DB

	Internships *internship.Service

	cfg      config.Config
	log      *slog.Logger
	now      func() time.Time
	handler  http.Handler
	draining atomic.Bool
}

// New opens the database, brings it up to date and connects the rooms. Close it when Run is over.
func New(ctx context.Context, o Options) (*App, error) {
	if o.Now == nil {
		o.Now = time.Now
	}
	if c := o.Config; o.Sender == nil && c.SenderEmail != "" {
		o.Sender = mail.NewSMTP(mail.SMTPOptions{Host: c.SMTPServer, Port: c.SMTPPort, TLS: c.SMTPTLS, Sender: c.SenderEmail, Password: c.SenderPassword.Reveal(), BaseURL: c.BaseURL})
	}
	a := &App{cfg: o.Config, log: o.Log, now: o.Now}
	if err := a.open(ctx); err != nil {
		return nil, err
	}
	if err := a.connect(ctx, o); err != nil {
		return nil, errors.Join(err, a.Close())
	}
	return a, nil
}

func (a *App) open(ctx context.Context) error {
	d, err := db.Open(ctx, a.cfg.DatabaseURL.Reveal())
	if err != nil {
		return err
	}
	a.DB = d
	err = d.Migrate(ctx, db.MigrateOptions{BackupDir: filepath.Join(a.cfg.DataDir, "backups"), Now: a.now, Log: a.log})
	if err != nil {
		return errors.Join(fmt.Errorf("migrate: %w", err), d.Close())
	}
	return nil
}

func (a *App) connect(ctx context.Context, o Options) error {
	c := a.cfg
	a.School = school.New(school.Options{DB: a.DB, Now: a.now, First: first(c), EpochAge: epochAge(c)})
	if err := a.School.Seed(ctx); err != nil {
		return err
	}
	a.Files = files.New(files.Options{DB: a.DB, Dir: filepath.Join(c.DataDir, "uploads"), Now: a.now, Log: a.log})
	a.Catalog = catalog.New(catalog.Options{DB: a.DB, Now: a.now, Currency: c.Currency})
	a.Internships = internship.New(internship.Options{DB: a.DB, School: a.School, Country: c.Country, Currency: c.Currency, Now: a.now})
	a.Content = content.New(content.Options{DB: a.DB, School: a.School, Now: a.now, Country: c.Country, Places: a.places()})
	a.Learning = learning.New(learning.Options{DB: a.DB, Now: a.now})
	a.Accounts = account.New(account.Options{DB: a.DB, Hasher: account.NewHasher(account.HasherOptions{}), Now: a.now,
		Secret: []byte(c.SecretKey.Reveal()), BaseURL: c.BaseURL, Country: c.Country, SiteName: a.siteName, Rules: a.rules, Log: a.log})
	a.Payments = payment.New(payment.Options{DB: a.DB, School: a.School, Catalog: a.Catalog, Learning: a.Learning, Places: a.Internships,
		Currency: c.Currency, Now: a.now, Log: a.log})
	a.Inbox = inbox.New(inbox.Options{DB: a.DB, Country: c.Country, Now: a.now})
	a.Students = students.New(students.Options{DB: a.DB, Accounts: a.Accounts, Learning: a.Learning, Now: a.now,
		Erased: []func(context.Context, *sql.Tx, account.User) error{inbox.Forget, internship.Forget}})
	a.Jobs = jobs.NewRunner(jobs.RunnerOptions{DB: a.DB, Kinds: a.Students.Kinds(), GaveUp: a.tellOfJob, Now: a.now, Log: a.log})
	a.Mail = mail.NewWorker(mail.WorkerOptions{DB: a.DB, Send: o.Sender, Sender: c.SenderEmail, Links: a.Accounts, Site: a.site,
		BaseURL: c.BaseURL, PerDay: c.MailPerDay, Now: a.now, Log: a.log})
	if c.AdminEmail != "" {
		if _, err := a.Accounts.FirstAdmin(ctx, c.AdminEmail, c.AdminPassword.Reveal()); err != nil {
			return fmt.Errorf("ADMIN_EMAIL: %w", err)
		}
	}
	a.handler = a.serveAll()
	return nil
}

func (a *App) serveAll() http.Handler {
	c := a.cfg
	kit := web.New(web.Options{
		BaseURL: c.BaseURL, Production: c.Production(), Trusts: c.TrustedProxies.Trusts, Log: a.log, Now: a.now,
		Session: a.identity, Site: a.site, Epoch: a.School.Epoch, Waiting: a.waiting, Keep: a.Accounts.KeepForm,
	})
	s := site.New(site.Options{Kit: kit, DB: a.DB, Accounts: a.Accounts, School: a.School, Catalog: a.Catalog, Content: a.Content, Learning: a.Learning,
		Payments: a.Payments, Inbox: a.Inbox, Internships: a.Internships, Files: a.Files, Wake: a.Mail.Wake, Now: a.now})
	ad := admin.New(admin.Options{Kit: kit, DB: a.DB, Mail: a.Mail, Accounts: a.Accounts, School: a.School, Catalog: a.Catalog, Content: a.Content, Learning: a.Learning,
		Payments: a.Payments, Inbox: a.Inbox, Internships: a.Internships, Roster: a.Students, Jobs: a.Jobs, Report: report.New(report.Options{DB: a.DB, Currency: c.Currency, Zone: a.zone, Now: a.now}),
		Files: a.Files, Wake: a.Mail.Wake, Now: a.now})
	return kit.Headers(ops.Health{DB: a.DB, Draining: &a.draining}.Wrap(routes(kit, s, ad)))
}

// Handler is the whole school, for tests that serve it themselves.
func (a *App) Handler() http.Handler { return a.handler }

// Close ends what runs behind the requests and closes the database.
func (a *App) Close() error {
	if a.Accounts != nil {
		a.Accounts.Wait()
	}
	return a.DB.Close()
}

// identity is what package web needs to know of a session.
func (a *App) identity(ctx context.Context, token string) (web.Identity, error) {
	s, u, err := a.Accounts.Session(ctx, token)
	if err != nil {
		return web.Identity{}, err
	}
	return web.Identity{SessionID: s.ID, AuthAt: s.AuthAt, Factor: s.Factor, Viewer: views.Viewer{
		FactorDue: s.FactorDue,
		ID:        u.ID, Name: u.Name, Email: u.Email, Verified: !u.VerifiedAt.IsZero(), Admin: u.Admin(), Cashier: u.Role == account.RoleCashier, Instructor: u.Role == account.RoleInstructor,
	}}, nil
}

// waiting counts what waits for the school, for its menu.
func (a *App) waiting(ctx context.Context) (w views.Waiting, err error) {
	if w.Payments, err = a.Payments.WaitingCount(ctx); err != nil {
		return w, err
	}
	if w.Messages, err = a.Inbox.Unread(ctx); err != nil {
		return w, err
	}
	w.Applications, err = a.Internships.Unseen(ctx)
	return w, err
}

// site is what every page and every letter may say about the school.
func (a *App) site(ctx context.Context) (views.Site, error) {
	s, err := a.School.Get(ctx)
	if err != nil {
		return views.Site{BaseURL: a.cfg.BaseURL}, err
	}
	payees, err := a.School.Payees(ctx)
	if err != nil {
		return views.Site{BaseURL: a.cfg.BaseURL}, err
	}
	shown, err := a.Content.Shown(ctx)
	return views.Site{
		Theme: siteTheme(s.Theme), Accent: s.Accent, Logo: s.Logo, Icon: s.Icon,
		Name: s.SiteName, Tagline: s.Tagline, Email: s.ContactEmail, Phone: s.ContactPhone, Location: s.ContactLocation,
		Instagram: s.Instagram, YouTube: s.YouTube, Facebook: s.Facebook, LinkedIn: s.LinkedIn, WhatsAppGroup: s.WhatsAppGroup, Zone: s.Zone,
		BaseURL: a.cfg.BaseURL, MailReady: a.cfg.SenderEmail != "", OnlinePayment: len(payees) > 0,
		Menu: menuLinks(shown.Header), FooterMenu: menuLinks(shown.Footer), Terms: shown.Terms, Privacy: shown.Privacy,
	}, err
}

// siteTheme is the address of the files of a theme, without their endings.
func siteTheme(t school.Theme) string {
	if t.Hash() == "" {
		return ""
	}
	return "/theme/" + t.Hash()
}

// places are the program's own addresses that menus offer.
func (a *App) places() []content.Place {
	return []content.Place{
		{Path: "/courses", Key: "nav.courses"},
		{Path: "/internships", Key: "nav.internships", Open: a.Internships.Any},
		{Path: "/contact", Key: "nav.contact"},
	}
}

func menuLinks(links []content.Link) []views.MenuLink {
	list := make([]views.MenuLink, len(links))
	for i, l := range links {
		list[i] = views.MenuLink(l)
	}
	return list
}

// zone is the school's, UTC where the settings can't be read.
func (a *App) zone(ctx context.Context) *time.Location {
	s, err := a.School.Get(ctx)
	if err != nil {
		return time.UTC
	}
	return s.Zone
}

// tellOfJob writes to the school that a job gave up.
func (a *App) tellOfJob(ctx context.Context, tx *sql.Tx, j jobs.Job) error {
	return mail.Enqueue(ctx, tx, a.now(), mail.To{}, mail.WorkStopped{Work: j.ID, Kind: j.Kind})
}

// rules are what the school decides about accounts.
func (a *App) rules(ctx context.Context) account.Rules {
	s, err := a.School.Get(ctx)
	if err != nil {
		return account.DefaultRules // and the session itself fails for the same reason
	}
	return account.Rules{
		SecondFactor: s.SecondFactor,
		Idle:         s.SessionIdle, Life: s.SessionLife, IdleKept: s.KeptIdle, LifeKept: s.KeptLife, LifeKeptByPowers: s.StaffLife,
	}
}

func (a *App) siteName(ctx context.Context) string {
	s, _ := a.School.Get(ctx)
	return s.SiteName
}

// epochAge is how long a copy trusts an epoch that it has read; tests see every change at once.
func epochAge(c config.Config) time.Duration {
	if c.Env == "testing" {
		return 0
	}
	return school.EpochAge
}

// first are the settings that the environment gives a new school.
func first(c config.Config) school.First {
	return school.First{
		SiteName: c.SiteName, Tagline: c.SiteTagline,
		ContactEmail: c.ContactEmail, ContactPhone: c.ContactPhone, ContactLocation: c.ContactLocation,
		Instagram: c.InstagramURL, YouTube: c.YouTubeURL, Facebook: c.FacebookURL, LinkedIn: c.LinkedInURL,
		SecondFactor: c.Production(), WhatsAppGroup: c.WhatsAppGroupLink, TimeZone: c.TimeZone.String(), UPIName: c.UPIName, UPIIDs: c.UPIIDs(),
	}
}
