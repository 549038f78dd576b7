package report

import (
	"context"
	"sync"
	"time"
)

// tally is what came in a stretch of time: people, staff too, and money, what was taken back since too.
type tally struct {
	people, enrollments int64
	received            int64 // receipts less refunds, minor unit
}

// settle is how long after its end a stretch counts as past: longer than any transaction runs, so that no row of that time
// can still appear.
const settle = time.Minute

// past remembers what came on days that are over. A school of 100,000 students would be counted through on every look at
// the overview else.
type past struct {
	mu     sync.Mutex
	days   map[[2]int64]tally
	before time.Time // everything older than this is in all
	all    tally
}

// days returns what happened between borders.
func (s *Service) days(ctx context.Context, borders []time.Time) ([]Day, error) {
	days := make([]Day, len(borders)-1)
	for i := range days {
		t, err := s.came(ctx, borders[i], borders[i+1])
		if err != nil {
			return nil, err
		}
		days[i] = Day{Start: borders[i], SignUps: t.people, Enrollments: t.enrollments, Revenue: t.received}
	}
	back, err := takenBack(ctx, s.DB.Read(), borders, s.Currency)
	if err != nil {
		return nil, err
	}
	staff, err := staff(ctx, s.DB.Read())
	for i := range days {
		days[i].Revenue -= back[i]
		for _, at := range staff {
			if !at.Before(borders[i]) && at.Before(borders[i+1]) {
				days[i].SignUps--
			}
		}
	}
	return days, err
}

// came returns what came from one time until before another, from memory where that is over.
func (s *Service) came(ctx context.Context, from, until time.Time) (tally, error) {
	key := [2]int64{from.UnixMilli(), until.UnixMilli()}
	s.past.mu.Lock()
	t, known := s.past.days[key]
	s.past.mu.Unlock()
	if known {
		return t, nil
	}
	list, err := came(ctx, s.DB.Read(), []time.Time{from, until}, s.Currency)
	if err != nil {
		return tally{}, err
	}
	if s.over(until) {
		s.past.mu.Lock()
		defer s.past.mu.Unlock()
		if s.past.days == nil || len(s.past.days) > 1000 {
			s.past.days = map[[2]int64]tally{}
		}
		s.past.days[key] = list[0]
	}
	return list[0], nil
}

func (s *Service) over(t time.Time) bool { return s.Now().Sub(t) > settle }

// counts returns how many students and enrollments there are.
func (s *Service) counts(ctx context.Context) (students, enrollments int64, err error) {
	all, before, err := s.settled(ctx)
	if err != nil {
		return 0, 0, err
	}
	late, err := countFrom(ctx, s.DB.Read(), before)
	if err != nil {
		return 0, 0, err
	}
	staff, err := staff(ctx, s.DB.Read())
	return all.people + late.people - int64(len(staff)), all.enrollments + late.enrollments, err
}

// settled returns how much there is that is older than a time which is past: counted once, and then carried forward.
func (s *Service) settled(ctx context.Context) (tally, time.Time, error) {
	s.past.mu.Lock()
	all, before := s.past.all, s.past.before
	s.past.mu.Unlock()
	border := s.Now().Add(-settle)
	switch {
	case before.IsZero() || border.Before(before): // the first time, or the clock went back
		var err error
		if all, err = countBefore(ctx, s.DB.Read(), border); err != nil {
			return tally{}, border, err
		}
	case border.Sub(before) < 10*settle:
		return all, before, nil
	default:
		more, err := came(ctx, s.DB.Read(), []time.Time{before, border}, s.Currency)
		if err != nil {
			return tally{}, border, err
		}
		all.people += more[0].people
		all.enrollments += more[0].enrollments
	}
	s.past.mu.Lock()
	defer s.past.mu.Unlock()
	s.past.all, s.past.before = all, border
	return all, border, nil
}
