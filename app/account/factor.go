package account

import (
	"cmp"
	"context"
	"crypto/aes"
	"crypto/cipher"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"database/sql"
	"encoding/base64"
	"errors"
	"strings"
	"time"

	"lectern/app/audit"
	"lectern/app/db"
	"lectern/app/fault"
	"lectern/app/mail"
)

// Kinds of second factors.
const (
	TOTP    = "totp"    // an app that shows codes
	Passkey = "passkey" // a device that signs for who unlocks it
)

// factorGrace is how long somebody with powers may go on without a second factor, from the first login at which the
// school asks for one.
const factorGrace = 7 * 24 * time.Hour

// Factor is what somebody proves with, beside the password, who he is.
type Factor struct {
	ID, UserID, Kind  string
	Name              string // as its owner calls it
	CreatedAt, UsedAt time.Time

	credential, secret string
	counter            int64
}

// Factors returns a user's second factors, the oldest first, and how many recovery codes are left.
func (s *Service) Factors(ctx context.Context, userID string) (all []Factor, codes int, err error) {
	if all, err = factorsOf(ctx, s.DB.Read(), userID); err != nil {
		return nil, 0, err
	}
	codes, err = recoveryLeft(ctx, s.DB.Read(), userID)
	return all, codes, err
}

// addFactor keeps a factor that was proved to work, and gives the session that it was made in another token. With the
// first one come recovery codes, to be shown once.
func (s *Service) addFactor(ctx context.Context, u User, f Factor, sessionID string) (codes []string, token string, err error) {
	f.ID, f.UserID, f.CreatedAt = db.NewID(), u.ID, s.Now()
	has, err := hasFactor(ctx, s.DB.Read(), u.ID)
	if err != nil {
		return nil, "", err
	}
	var hashes []string
	if !has {
		if codes, hashes, err = s.newRecovery(ctx); err != nil {
			return nil, "", err
		}
	}
	err = s.DB.InTx(ctx, func(tx *sql.Tx) error {
		if ok, err := holdUser(ctx, tx, u.ID); err != nil || !ok {
			return cmp.Or[error](err, fault.New(fault.NotFound, "fault.not_found"))
		}
		if has, err := hasFactor(ctx, tx, u.ID); err != nil || has == (codes != nil) { // another tab was quicker
			return cmp.Or[error](err, fault.New(fault.Conflict, "fault.conflict"))
		}
		if err := putFactor(ctx, tx, f); err != nil {
			return err
		}
		if err := s.putRecovery(ctx, tx, u.ID, hashes); err != nil {
			return err
		}
		if token, err = s.renew(ctx, tx, u.ID, sessionID); err != nil {
			return err
		}
		return s.factorChanged(ctx, tx, u.ID, u.ID, "account.add_factor", f.Kind)
	})
	if err != nil {
		return nil, "", err
	}
	return codes, token, nil
}

// RemoveFactor removes a second factor of u's own, with the last one the recovery codes. The session goes on under a new
// token. NotFound where it isn't his, Conflict for the last one of somebody whom the school asks for one.
func (s *Service) RemoveFactor(ctx context.Context, u User, id, sessionID string) (token string, err error) {
	err = s.DB.InTx(ctx, func(tx *sql.Tx) error {
		if ok, err := holdUser(ctx, tx, u.ID); err != nil || !ok {
			return cmp.Or[error](err, fault.New(fault.NotFound, "fault.not_found"))
		}
		all, err := factorsOf(ctx, tx, u.ID)
		if err != nil {
			return err
		}
		last := len(all) == 1
		if last && all[0].ID == id && u.Staff() && s.Rules(ctx).SecondFactor {
			return fault.New(fault.Conflict, "factor.last")
		}
		if ok, err := deleteFactor(ctx, tx, u.ID, id); err != nil || !ok {
			return cmp.Or[error](err, fault.New(fault.NotFound, "fault.not_found"))
		}
		if last {
			if err := deleteRecovery(ctx, tx, u.ID); err != nil {
				return err
			}
		}
		if token, err = s.renew(ctx, tx, u.ID, sessionID); err != nil {
			return err
		}
		return s.factorChanged(ctx, tx, u.ID, u.ID, "account.remove_factor", "")
	})
	return token, err
}

// ResetFactors removes all second factors of a member of the staff who lost them, on the word of the admin by (empty: of
// the command line), ends his sessions, and gives him the grace anew. Forbidden for one's own, for which RemoveFactor
// wants a proof, and for who is no admin.
func (s *Service) ResetFactors(ctx context.Context, by, userID string) error {
	if by == userID {
		return fault.New(fault.Forbidden, "staff.self")
	}
	return s.DB.InTx(ctx, func(tx *sql.Tx) error {
		if by != "" {
			if err := s.asAdmin(ctx, tx, by); err != nil {
				return err
			}
		}
		if ok, err := holdUser(ctx, tx, userID); err != nil || !ok {
			return cmp.Or[error](err, fault.New(fault.NotFound, "fault.not_found"))
		}
		if ok, err := deleteFactors(ctx, tx, userID); err != nil || !ok {
			return cmp.Or[error](err, fault.New(fault.Conflict, "factor.none"))
		}
		now := s.Now()
		if err := cmp.Or(deleteRecovery(ctx, tx, userID), endSteps(ctx, tx, userID), endSessions(ctx, tx, userID, "", now),
			setFactorDue(ctx, tx, userID, now.Add(factorGrace))); err != nil {
			return err
		}
		return s.factorChanged(ctx, tx, by, userID, "account.reset_factors", "")
	})
}

// ResetFactorsOf is ResetFactors for the command line, by address; where there are none it does nothing.
func (s *Service) ResetFactorsOf(ctx context.Context, email string) error {
	_, norm, err := NormalEmail(email)
	if err != nil {
		return err
	}
	c, err := credentialsByEmail(ctx, s.DB.Read(), norm)
	if err != nil {
		return err
	}
	if err := s.ResetFactors(ctx, "", c.ID); err != nil && !fault.Is(err, fault.Conflict) {
		return err
	}
	return nil
}

// factorChanged writes down what by did to a user's factors, and tells the user.
func (s *Service) factorChanged(ctx context.Context, tx *sql.Tx, by, userID, action, kind string) error {
	if err := mail.Enqueue(ctx, tx, s.Now(), mail.To{UserID: userID}, mail.FactorChanged{Change: strings.TrimPrefix(action, "account.")}); err != nil {
		return err
	}
	e := audit.Entry{At: s.Now(), Actor: by, Action: action, Kind: "user", Subject: userID}
	if kind != "" {
		e.Detail = map[string]any{"factor": kind}
	}
	return audit.Record(ctx, tx, e)
}

// seal encrypts what only the program may read, for one use and one user. The first character says which key it was.
func (s *Service) seal(use, userID string, plain []byte) string {
	box := s.box()
	nonce := make([]byte, box.NonceSize())
	rand.Read(nonce)
	return "1" + base64.RawURLEncoding.EncodeToString(box.Seal(nonce, nonce, plain, []byte(use+"\x00"+userID)))
}

var errSealed = errors.New("sealed with another secret key, or damaged")

func (s *Service) unseal(use, userID, sealed string) ([]byte, error) {
	text, ok := strings.CutPrefix(sealed, "1")
	raw, err := base64.RawURLEncoding.DecodeString(text)
	box := s.box()
	if !ok || err != nil || len(raw) < box.NonceSize() {
		return nil, errSealed
	}
	plain, err := box.Open(nil, raw[:box.NonceSize()], raw[box.NonceSize():], []byte(use+"\x00"+userID))
	if err != nil {
		return nil, errSealed
	}
	return plain, nil
}

// box is AES-256 in Galois counter mode under a key made of the program's secret.
func (s *Service) box() cipher.AEAD {
	mac := hmac.New(sha256.New, s.Secret)
	mac.Write([]byte("seal of factors"))
	block, err := aes.NewCipher(mac.Sum(nil))
	if err != nil {
		panic(err) // of a key's length, which is fixed
	}
	box, err := cipher.NewGCM(block)
	if err != nil {
		panic(err)
	}
	return box
}
