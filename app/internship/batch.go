package internship

import (
	"context"
	"database/sql"
	"errors"
	"slices"

	"lectern/app/db"
	"lectern/app/fault"
)

// Done is the outcome of a row that was changed; another outcome is the key of what went wrong.
const Done = "done"

// mostAtOnce is how many applications are changed together, each in a transaction of its own.
const mostAtOnce = 200

// Result is what a change of many did to one.
type Result struct {
	ID, Name, Post, Outcome string // Name and Post are empty for an unknown application
}

// DecideMany changes the status of many applications, whatever they had; one bad row spoils no other. It returns the id
// under which its results are kept for a month. Invalid, by fields id and status.
func (s *Service) DecideMany(ctx context.Context, by string, ids []string, to string, tell bool) (batch string, err error) {
	ids = slices.DeleteFunc(slices.Compact(slices.Sorted(slices.Values(ids))), func(id string) bool { return id == "" })
	var wrong fault.Fields
	switch {
	case len(ids) == 0:
		wrong.Add("id", "internship.batch.empty")
	case len(ids) > mostAtOnce:
		wrong.Add("id", "internship.batch.large", "n", mostAtOnce)
	}
	if !slices.Contains(ApplicationStatuses, to) {
		wrong.Add("status", "internship.application.status")
	}
	if err := wrong.Err(); err != nil {
		return "", err
	}
	batch = db.NewID()
	if err := s.db.InTx(ctx, func(tx *sql.Tx) error { return insertBatch(ctx, tx, batch, by, to, s.now()) }); err != nil {
		return "", err
	}
	for i, id := range ids {
		outcome := s.one(ctx, by, id, to, tell)
		if err := s.db.InTx(ctx, func(tx *sql.Tx) error { return insertBatchItem(ctx, tx, batch, i, id, outcome) }); err != nil {
			return "", err
		}
	}
	return batch, nil
}

// one changes the status of one application and says how that went.
func (s *Service) one(ctx context.Context, by, id, to string, tell bool) string {
	var a Application
	err := error(noApplication())
	if isKey(id) {
		a, err = applicationBy(ctx, s.db.Read(), `a.id = $1`, id)
	}
	if err == nil && a.Status == to {
		return "internship.batch.same"
	}
	if err == nil {
		err = s.db.InTx(ctx, func(tx *sql.Tx) error { return s.decide(ctx, tx, by, id, Decision{From: a.Status, To: to, Tell: tell}) })
	}
	if err == nil {
		return Done
	}
	var f *fault.Fault
	if errors.As(err, &f) {
		return f.Msg.Key
	}
	return "internship.batch.broke"
}

// Batch returns what DecideMany did, and to which status. NotFound where it isn't remembered.
func (s *Service) Batch(ctx context.Context, id string) (to string, rows []Result, err error) {
	if !isKey(id) {
		return "", nil, noApplication()
	}
	return batchRows(ctx, s.db.Read(), id)
}

// Clean forgets results of a month ago.
func (s *Service) Clean(ctx context.Context) error {
	return s.db.InTx(ctx, func(tx *sql.Tx) error { return deleteBatches(ctx, tx, s.now().AddDate(0, -1, 0)) })
}
