package account

import (
	"cmp"
	"context"
	"crypto/rand"
	"database/sql"
	"strings"

	"lectern/app/fault"
)

const (
	recoveryCodes  = 10
	recoveryLength = 10 // characters: the number of the code, and nine of 5 bits each
	crockford      = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
)

// RenewRecovery gives a user who has a second factor new recovery codes, to be shown once, in place of those before.
// Conflict where there is no second factor.
func (s *Service) RenewRecovery(ctx context.Context, u User) (codes []string, err error) {
	codes, hashes, err := s.newRecovery(ctx)
	if err != nil {
		return nil, err
	}
	err = s.DB.InTx(ctx, func(tx *sql.Tx) error {
		if ok, err := holdUser(ctx, tx, u.ID); err != nil || !ok {
			return cmp.Or[error](err, fault.New(fault.NotFound, "fault.not_found"))
		}
		if has, err := hasFactor(ctx, tx, u.ID); err != nil || !has {
			return cmp.Or[error](err, fault.New(fault.Conflict, "factor.none"))
		}
		if err := s.putRecovery(ctx, tx, u.ID, hashes); err != nil {
			return err
		}
		return s.factorChanged(ctx, tx, u.ID, u.ID, "account.recovery_codes", "")
	})
	return codes, err
}

// newRecovery makes codes and what is kept of them. They are short enough to be copied by hand, so they are hashed as
// passwords are.
func (s *Service) newRecovery(ctx context.Context) (codes, hashes []string, err error) {
	for n := range recoveryCodes {
		raw := make([]byte, recoveryLength-1)
		rand.Read(raw)
		code := string(crockford[n])
		for _, b := range raw {
			code += string(crockford[b%32])
		}
		hash, err := s.Hasher.Hash(ctx, code)
		if err != nil {
			return nil, nil, err
		}
		codes, hashes = append(codes, code[:5]+"-"+code[5:]), append(hashes, hash)
	}
	return codes, hashes, nil
}

func (s *Service) putRecovery(ctx context.Context, tx *sql.Tx, userID string, hashes []string) error {
	if len(hashes) == 0 {
		return nil
	}
	if err := deleteRecovery(ctx, tx, userID); err != nil {
		return err
	}
	for n, hash := range hashes {
		if err := insertRecovery(ctx, tx, userID, n, hash); err != nil {
			return err
		}
	}
	return nil
}

var likeDigits = strings.NewReplacer("O", "0", "I", "1", "L", "1")

// proveRecovery looks for the recovery code that was typed.
func (s *Service) proveRecovery(ctx context.Context, u User, typed string) (proof, bool, error) {
	code := likeDigits.Replace(strings.ToUpper(typed))
	n := strings.IndexByte(crockford[:recoveryCodes], code[0])
	if n < 0 {
		return proof{}, false, nil
	}
	hash, err := recoveryHash(ctx, s.DB.Read(), u.ID, n)
	if err != nil && !fault.Is(err, fault.NotFound) {
		return proof{}, false, err
	}
	ok, _, err := s.Hasher.VerifyFor(ctx, u.EmailNorm, hash, code)
	use := func(ctx context.Context, tx *sql.Tx) (bool, error) {
		return useRecovery(ctx, tx, u.ID, n, hash, s.Now())
	}
	return proof{kind: "recovery", use: use}, ok, err
}
