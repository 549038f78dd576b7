// Package account holds the people of the school: who they are, how they prove it, and for how long.
//
// Passwords are argon2id and are checked outside of transactions. A session is a row that is inserted once, at the
// login; from then on it is only changed by updates guarded by `ended_at IS NULL`, and it holds nothing but ids and
// times. So no slow request can revive a session that was ended meanwhile, and parallel ones have nothing to overwrite.
// Role and deactivation are read with it on every request. Cookies and links carry random or keyed tokens of 256 bits,
// the tables only their hashes: who steals a backup can't log in with it.
//
// It owns the tables users, sessions, devices, factors, recovery_codes, steps, tokens, invites, throttle, kept_forms, tags, user_tags and user_notes.
package account

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"log/slog"
	"strings"
	"sync"
	"time"
	"unicode"

	"lectern/app/db"
)

// Roles, as users.role has them.
const (
	RoleStudent    = "student"
	RoleInstructor = "instructor" // texts, pictures and outlines of courses
	RoleCashier    = "cashier"    // payments and orders, and nothing else
	RoleAdmin      = "admin"
)

// StaffRoles are the roles that come with powers, the greatest last.
var StaffRoles = []string{RoleInstructor, RoleCashier, RoleAdmin}

// User is a person with an account. The zero time stands for never.
type User struct {
	ID        string
	Email     string // as typed, for sending
	EmailNorm string // for finding; unique
	Name      string
	Phone     string // E.164, or empty
	Role      string
	Lang      string // BCP 47

	VerifiedAt    time.Time // when the mail address was confirmed
	CreatedAt     time.Time
	DeactivatedAt time.Time
	ErasedAt      time.Time // when all that tells who it was was deleted
}

// Admin reports whether u may do everything.
func (u User) Admin() bool { return u.Role == RoleAdmin }

// Staff reports whether u is more than a student.
func (u User) Staff() bool { return u.Role != RoleStudent }

// Client is where a request comes from.
type Client struct {
	IP    string // as netip.Addr prints it
	Agent string // the User-Agent header

	Device string // token of the browser's cookie, or empty
	user   string // who is signed in there, where that is what counts
}

// agent returns what is kept of the User-Agent: text that both databases take, and not much of it.
func (c Client) agent() string {
	const most = 200 // bytes
	text := strings.Map(func(r rune) rune {
		if r == unicode.ReplacementChar || !unicode.IsPrint(r) {
			return -1
		}
		return r
	}, c.Agent)
	if len(text) > most {
		text = strings.ToValidUTF8(text[:most], "")
	}
	return text
}

// Options is what the package needs. SiteName and Log may be nil.
type Options struct {
	DB       *db.DB
	Hasher   *Hasher
	Now      func() time.Time
	Secret   []byte                           // key of the tokens in mailed links
	BaseURL  string                           // links begin with it; no slash at its end
	Country  string                           // ISO 3166-1 alpha-2, of phone numbers without a country code
	SiteName func(ctx context.Context) string // passwords may not be made of it
	Rules    func(ctx context.Context) Rules  // what the school decides; DefaultRules where nil
	Log      *slog.Logger
}

// Service is the account domain. Safe for concurrent use.
type Service struct {
	Options
	touches  sync.WaitGroup
	touching chan struct{} // a place for each touch of a session that is under way
}

// New returns a Service.
func New(o Options) *Service {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.SiteName == nil {
		o.SiteName = func(context.Context) string { return "" }
	}
	if o.Rules == nil {
		o.Rules = func(context.Context) Rules { return DefaultRules }
	}
	return &Service{Options: o, touching: make(chan struct{}, 2)}
}

// Wait returns when nothing runs behind the requests any more: to be called before the database is closed.
func (s *Service) Wait() { s.touches.Wait() }

// newToken makes a secret for a cookie or a link: 256 random bits in base64url.
func newToken() string {
	b := make([]byte, 32)
	rand.Read(b)
	return base64.RawURLEncoding.EncodeToString(b)
}

// hashed is what the tables keep of a token.
func hashed(token string) string {
	sum := sha256.Sum256([]byte(token))
	return hex.EncodeToString(sum[:])
}

// keyed returns 256 bits in base64url that only the holder of the secret can make out of parts. The purpose comes first,
// so that no use of the key can pass for another.
func (s *Service) keyed(parts ...string) string {
	mac := hmac.New(sha256.New, s.Secret)
	mac.Write([]byte(strings.Join(parts, "\x00")))
	return base64.RawURLEncoding.EncodeToString(mac.Sum(nil))
}
