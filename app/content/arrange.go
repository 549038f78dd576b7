package content

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"time"

	"lectern/app/db"
	"lectern/app/fault"
	"lectern/app/school"
)

// The lists that are changed as a whole.
const (
	homeList   = "home"
	headerMenu = "header"
	footerMenu = "footer"
)

// keptArrangements is how many earlier states of a list can be put back.
const keptArrangements = 50

// Arrangement is a state that a list had.
type Arrangement struct {
	Version int64
	Deed    string // what made it: add, edit, move, hide, show, remove, put_back, default
	At      time.Time
	By      string // a name
}

// errSame undoes a transaction that changed nothing.
var errSame = errors.New("nothing to change")

// arrange changes the list of that name. Of several who do it at once each sees what the one before has done.
func arrange[T any](ctx context.Context, s *Service, by, name, deed string, builtIn func() []T, change func(list []T) ([]T, error)) error {
	err := s.DB.InTx(ctx, func(tx *sql.Tx) error {
		if err := school.Bump(ctx, tx); err != nil { // first, as it makes others wait
			return err
		}
		list, version, err := arranged(ctx, tx, name, builtIn)
		if err != nil {
			return err
		}
		if list, err = change(list); err != nil {
			return err
		}
		return s.setArrangement(ctx, tx, by, name, deed, version+1, list)
	})
	if errors.Is(err, errSame) {
		return nil
	}
	return err
}

func (s *Service) setArrangement(ctx context.Context, tx *sql.Tx, by, name, deed string, version int64, list any) error {
	value := ""
	if list != nil {
		b, err := json.Marshal(list)
		if err != nil {
			return err
		}
		value = string(b)
	}
	added, err := insertArrangement(ctx, tx, name, version, value, deed, by, s.Now())
	if err != nil || !added {
		return orConflict(err)
	}
	kind := "menu"
	if name == homeList {
		kind = "home"
	}
	return s.record(ctx, tx, by, kind+"."+deed, kind, name)
}

// arranged reads the list of that name as it is in force.
func arranged[T any](ctx context.Context, q db.Querier, name string, builtIn func() []T) (list []T, version int64, err error) {
	value, version, err := readArrangement(ctx, q, name)
	if err == nil && value != "" {
		err = json.Unmarshal([]byte(value), &list)
		return list, version, err
	}
	return builtIn(), version, err
}

// Arrangements lists the states that a list had, the present one first.
func (s *Service) arrangements(ctx context.Context, name string) ([]Arrangement, error) {
	return listArrangements(ctx, s.DB.Read(), name, keptArrangements)
}

// putBack makes an earlier state of a list, or with version 0 the built-in one, its present one.
func (s *Service) putBack(ctx context.Context, by, name string, version int64) error {
	err := s.DB.InTx(ctx, func(tx *sql.Tx) error {
		if err := school.Bump(ctx, tx); err != nil {
			return err
		}
		now, last, err := readArrangement(ctx, tx, name)
		if err != nil {
			return err
		}
		value, deed := "", "default"
		if version > 0 {
			deed = "put_back"
			if value, err = arrangementOf(ctx, tx, name, version); err != nil {
				return err
			}
		}
		if value == now {
			return errSame
		}
		var list any
		if value != "" {
			list = json.RawMessage(value)
		}
		return s.setArrangement(ctx, tx, by, name, deed, last+1, list)
	})
	if errors.Is(err, errSame) {
		return nil
	}
	return err
}

// move brings the element at from to the place to, and the others closer together.
func move[T any](list []T, from, to int) ([]T, error) {
	to = max(0, min(to, len(list)-1))
	if from == to {
		return nil, errSame
	}
	moved := list[from]
	rest := append(append([]T{}, list[:from]...), list[from+1:]...)
	return append(append(append([]T{}, rest[:to]...), moved), rest[to:]...), nil
}

func readArrangement(ctx context.Context, q db.Querier, name string) (value string, version int64, err error) {
	err = q.QueryRowContext(ctx, `SELECT value, version FROM arrangements WHERE name = $1 ORDER BY version DESC LIMIT 1`, name).Scan(&value, &version)
	if errors.Is(err, sql.ErrNoRows) {
		return "", 0, nil
	}
	return value, version, err
}

func arrangementOf(ctx context.Context, q db.Querier, name string, version int64) (string, error) {
	value, err := db.Value[string](ctx, q, `SELECT value FROM arrangements WHERE name = $1 AND version = $2`, name, version)
	if errors.Is(err, sql.ErrNoRows) {
		return "", fault.New(fault.NotFound, "fault.not_found")
	}
	return value, err
}

func insertArrangement(ctx context.Context, tx *sql.Tx, name string, version int64, value, deed, by string, at time.Time) (bool, error) {
	if err := db.Exec(ctx, tx, `DELETE FROM arrangements WHERE name = $1 AND version < $2`, name, version-keptArrangements); err != nil {
		return false, err
	}
	return db.Changed(ctx, tx, `INSERT INTO arrangements (name, version, value, deed, at, by_id) VALUES ($1, $2, $3, $4, $5, $6)
		ON CONFLICT DO NOTHING`, name, version, value, deed, db.Millis(at), by)
}

func listArrangements(ctx context.Context, q db.Querier, name string, limit int) ([]Arrangement, error) {
	return db.All(ctx, q, func(row db.Scanner) (a Arrangement, err error) {
		var at int64
		err = row.Scan(&a.Version, &a.Deed, &at, &a.By)
		a.At = db.Time(at)
		return a, err
	}, `SELECT a.version, a.deed, a.at, COALESCE(u.name, '') FROM arrangements a LEFT JOIN users u ON u.id = a.by_id
		WHERE a.name = $1 ORDER BY a.version DESC LIMIT $2`, name, limit)
}
