package learning

import (
	"cmp"
	"context"
	"slices"
	"time"

	"lectern/app/db"
	"lectern/app/search"
)

// The states of an enrollment, for EnrollmentQuery.
const (
	Open  = "open"  // the course may be opened
	Ended = "ended" // access has ended; the enrollment stays
)

// EnrollmentQuery chooses enrollments, the latest first.
type EnrollmentQuery struct {
	Q      string // beginnings of words of the student's name, address or number, or else of the course's title
	Course string // its id; empty: all
	Status string // Open, Ended, anything else: all
	After  string // id of the last enrollment of the page before
	Limit  int
}

// EnrollmentRow is a student in a course, as admins see it.
type EnrollmentRow struct {
	ID                  string
	UserID, Name, Email string
	CourseID, Course    string // Course is its title
	Since               time.Time
	Open                bool
	Grants              []GrantRow // that he has or had for it, the latest first
}

// Enrollments returns a page, and one row more where there is a next.
func (s *Service) Enrollments(ctx context.Context, f EnrollmentQuery) ([]EnrollmentRow, error) {
	q, now := s.db.Read(), s.now()
	sources, err := enrollmentSources(ctx, q, f)
	if err != nil {
		return nil, err
	}
	var ids []string
	for _, src := range sources {
		more, err := enrollmentIDs(ctx, q, f, src, now)
		if err != nil {
			return nil, err
		}
		ids = append(ids, more...)
	}
	slices.SortFunc(ids, func(a, b string) int { return cmp.Compare(b, a) })
	ids = slices.Compact(ids)
	if ids = ids[:min(len(ids), f.Limit+1)]; len(ids) == 0 {
		return nil, nil
	}
	rows, err := enrollmentRows(ctx, q, ids, now)
	if err != nil {
		return nil, err
	}
	return rows, addGrants(ctx, q, rows)
}

// source is a part of the enrollments in which matches are looked for: those of the students found, or of one course.
type source struct {
	students search.Matches
	course   string // empty: any
}

// enrollmentSources are where a query's words may be: in the students, or in the titles of courses.
func enrollmentSources(ctx context.Context, q db.Querier, f EnrollmentQuery) ([]source, error) {
	found, err := search.Match(ctx, q, "student", f.Q)
	if err != nil || found.All {
		return []source{{found, f.Course}}, err
	}
	var sources []source
	if found.Many || len(found.IDs) > 0 {
		sources = append(sources, source{found, f.Course})
	}
	courses, err := search.Match(ctx, q, "course", f.Q)
	for _, id := range courses.IDs { // a school has few, so that there are never too many to list
		if f.Course == "" || f.Course == id {
			sources = append(sources, source{search.Matches{All: true}, id})
		}
	}
	return sources, err
}
