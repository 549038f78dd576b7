package account

import (
	"context"
	"crypto/rand"
	"database/sql"
	"encoding/base32"
	"net/url"
	"strconv"
	"strings"
	"time"
	"unicode"

	"github.com/pquerna/otp"
	"github.com/pquerna/otp/hotp"

	"lectern/app/fault"
)

// An app's codes: RFC 6238 with what every app takes, SHA-1, six digits, a new one every 30 seconds.
const (
	totpPeriod = 30 // seconds
	totpSkew   = 1  // codes before and after the present one that are taken too
	totpBytes  = 20
	offerLife  = time.Hour
)

// TOTPOffer is a new key for an app that shows codes. It is kept when a code of it was given.
type TOTPOffer struct {
	Secret string // base32, to be typed into the app
	URI    string // otpauth://, to be shown as QR code
	Sealed string // for a hidden field, to come back with the code
}

// OfferTOTP makes a key for u's app.
func (s *Service) OfferTOTP(ctx context.Context, u User) TOTPOffer {
	key := make([]byte, totpBytes)
	rand.Read(key)
	sealed := s.seal("offer", u.ID, append(key, strconv.FormatInt(s.Now().Add(offerLife).UnixMilli(), 10)...))
	return s.offer(ctx, u, key, sealed)
}

// SameTOTP is the offer of a form that came back. False where it is none, or an hour old.
func (s *Service) SameTOTP(ctx context.Context, u User, sealed string) (TOTPOffer, bool) {
	plain, err := s.unseal("offer", u.ID, sealed)
	if err != nil || len(plain) < totpBytes {
		return TOTPOffer{}, false
	}
	until, err := strconv.ParseInt(string(plain[totpBytes:]), 10, 64)
	if err != nil || s.Now().UnixMilli() >= until {
		return TOTPOffer{}, false
	}
	return s.offer(ctx, u, plain[:totpBytes], sealed), true
}

// offer spells a key. https://github.com/google/google-authenticator/wiki/Key-Uri-Format
func (s *Service) offer(ctx context.Context, u User, key []byte, sealed string) TOTPOffer {
	secret := base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(key)
	site := s.SiteName(ctx)
	uri := url.URL{Scheme: "otpauth", Host: "totp", Path: "/" + site + ":" + u.Email,
		RawQuery: "secret=" + secret + "&issuer=" + url.PathEscape(site)}
	return TOTPOffer{Secret: secret, URI: uri.String(), Sealed: sealed}
}

// AddTOTP keeps the key of an offer whose app showed the code, in place of the app before. codes are recovery codes to be
// shown once, where it is the first factor; the session goes on under the token. Invalid about the field code.
func (s *Service) AddTOTP(ctx context.Context, u User, sealed, code, sessionID string) (codes []string, token string, err error) {
	offer, ok := s.SameTOTP(ctx, u, sealed)
	if !ok {
		return nil, "", fault.Field("code", "factor.offer.old")
	}
	if err := s.mayTryCode(ctx, s.DB.Read(), u.ID); err != nil {
		return nil, "", err
	}
	step, ok := codeStep(offer.Secret, code, s.Now())
	if !ok {
		return nil, "", s.codeFailed(ctx, u.ID, "factor.code.wrong")
	}
	key, _ := base32.StdEncoding.WithPadding(base32.NoPadding).DecodeString(offer.Secret)
	f := Factor{Kind: TOTP, secret: s.seal(TOTP, u.ID, key), counter: step}
	return s.addFactor(ctx, u, f, sessionID)
}

// codeStep returns the time step that a code is of, if it is of one near now.
func codeStep(secret, code string, now time.Time) (int64, bool) {
	opts := hotp.ValidateOpts{Digits: otp.DigitsSix, Algorithm: otp.AlgorithmSHA1}
	at := now.Unix() / totpPeriod
	for step := at - totpSkew; step <= at+totpSkew; step++ {
		if ok, err := hotp.ValidateCustom(code, uint64(step), secret, opts); err == nil && ok { // #nosec G115 -- a time after 1970
			return step, true
		}
	}
	return 0, false
}

// proveCode looks for the app whose code it is.
func (s *Service) proveCode(u User, all []Factor, code string) (proof, bool) {
	for _, f := range all {
		if f.Kind != TOTP {
			continue
		}
		key, err := s.unseal(TOTP, u.ID, f.secret)
		if err != nil {
			s.Log.Error("an app's key can't be read: was SECRET_KEY changed?", "factor", f.ID)
			continue
		}
		secret := base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(key)
		step, ok := codeStep(secret, code, s.Now())
		clear(key)
		if ok {
			use := func(ctx context.Context, tx *sql.Tx) (bool, error) { return useCode(ctx, tx, f.ID, step, s.Now()) }
			return proof{kind: TOTP, use: use}, true
		}
	}
	return proof{}, false
}

// digitsOf is a code as it is meant: people type spaces into it.
func digitsOf(code string) string {
	return strings.Map(func(r rune) rune {
		if r == '-' || unicode.IsSpace(r) {
			return -1
		}
		return r
	}, code)
}
