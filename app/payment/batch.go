package payment

import (
	"context"
	"database/sql"
	"errors"

	"lectern/app/db"
	"lectern/app/fault"
	"lectern/app/lang"
)

// maxBatch bounds what one form may verify.
const maxBatch = 500

// BatchRow is what "verify selected" did with one claim.
type BatchRow struct {
	ClaimID, Reference, OrderCode, Title string // all but ClaimID are empty where there is no such claim
	UserID, Name                         string
	Kind                                 string     // of what was ordered
	Outcome                              string     // Verified, Part or Over, or the catalogue's key of what went wrong
	Amount                               lang.Money // what the order took; 0 where it went wrong or took nothing
}

// OK reports whether the claim was accepted.
func (b BatchRow) OK() bool { return b.Outcome == Verified || b.Outcome == Part || b.Outcome == Over }

// VerifyMany verifies each of the claims for the amount that its form would be prefilled with, each in a transaction of
// its own, so that one that can't be verified spoils no other. It returns the id under which Batch tells the outcomes.
func (s *Service) VerifyMany(ctx context.Context, by string, claimIDs []string) (string, error) {
	ids := unique(claimIDs)
	if len(ids) == 0 {
		return "", fault.Field("id", "payment.batch.empty")
	}
	if len(ids) > maxBatch {
		return "", fault.Field("id", "payment.batch.large", "n", maxBatch)
	}
	batch := db.NewID()
	err := s.db.InTx(ctx, func(tx *sql.Tx) error { return insertBatch(ctx, tx, batch, by, s.now()) })
	if err != nil {
		return "", err
	}
	for i, id := range ids {
		if err := s.verifyItem(ctx, by, batch, i, id); err != nil {
			return batch, err
		}
	}
	return batch, nil
}

// verifyItem verifies one claim of a batch and notes the outcome with it. An error means that not even that was possible.
func (s *Service) verifyItem(ctx context.Context, by, batch string, position int, claimID string) error {
	err := s.inTx(ctx, func(tx *sql.Tx) error {
		r, err := s.verify(ctx, tx, by, claimID, 0)
		if err != nil {
			return err
		}
		return insertBatchItem(ctx, tx, batch, position, claimID, r.Outcome(), r.Drawn)
	})
	if err == nil {
		return nil
	}
	outcome := "payment.batch.broke"
	if f := (*fault.Fault)(nil); errors.As(err, &f) {
		outcome = f.Msg.Key
	} else {
		s.log.ErrorContext(ctx, "verify selected", "claim", claimID, "err", err)
	}
	return s.db.InTx(ctx, func(tx *sql.Tx) error {
		return insertBatchItem(ctx, tx, batch, position, claimID, outcome, 0)
	})
}

func unique(ids []string) []string {
	seen, kept := map[string]bool{}, []string(nil)
	for _, id := range ids {
		if isKey(id) && !seen[id] {
			seen[id] = true
			kept = append(kept, id)
		}
	}
	return kept
}

// Batch tells what VerifyMany did, in the order in which the claims were given. NotFound for an unknown batch.
func (s *Service) Batch(ctx context.Context, id string) ([]BatchRow, error) {
	if !isKey(id) {
		return nil, fault.New(fault.NotFound, "payment.batch.none")
	}
	return batchRows(ctx, s.db.Read(), id)
}
