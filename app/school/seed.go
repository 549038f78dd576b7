package school

import (
	"context"
	"database/sql"
	"strings"
)

// Seed writes the first values: of settings that aren't set, and payees where there is none. It may run at every start,
// in several copies at once.
func (s *Service) Seed(ctx context.Context) error {
	defer s.epoch.Store(nil)
	return s.db.InTx(ctx, func(tx *sql.Tx) error {
		settings, err := s.seedSettings(ctx, tx)
		if err != nil {
			return err
		}
		payees, err := s.seedPayees(ctx, tx)
		if err != nil || settings+payees == 0 {
			return err
		}
		return bumpEpoch(ctx, tx)
	})
}

func (s *Service) seedSettings(ctx context.Context, tx *sql.Tx) (n int, err error) {
	values := s.first.values()
	for _, d := range Descriptors { // in one order, or two copies that start at once could wait for each other
		value, given := values[d.Name]
		if !given {
			continue
		}
		added, err := addSetting(ctx, tx, d.Name, value, s.now())
		if err != nil {
			return n, err
		}
		if !added {
			continue
		}
		n++
		if err := s.record(ctx, tx, "", "setting.seed", "setting", d.Name); err != nil {
			return n, err
		}
	}
	return n, nil
}

func (s *Service) seedPayees(ctx context.Context, tx *sql.Tx) (n int, err error) {
	if has, err := hasPayees(ctx, tx); err != nil || has {
		return 0, err
	}
	for i, vpa := range s.first.UPIIDs {
		vpa = strings.ToLower(strings.TrimSpace(vpa))
		if vpa == "" {
			continue
		}
		id, added, err := addPayee(ctx, tx, PayeeForm{VPA: vpa}, i+1, s.now())
		if err != nil {
			return n, err
		}
		if !added {
			continue
		}
		n++
		if err := s.record(ctx, tx, "", "payee.seed", "payee", id); err != nil {
			return n, err
		}
	}
	return n, nil
}
