package learning

import (
	"context"
	"database/sql"
	"strings"
	"unicode/utf8"

	"lectern/app/catalog"
	"lectern/app/db"
	"lectern/app/fault"
	"lectern/app/mail"
)

// maxReason is the number of characters that a reason may have.
const maxReason = 500

// EnrollFree enrols a student in a published course that costs nothing, and tells them. created is false when they
// enrolled so before. Conflict if the course isn't free, or not open to newcomers, by now.
func (s *Service) EnrollFree(ctx context.Context, userID string, course catalog.Course) (created bool, err error) {
	err = s.db.InTx(ctx, func(tx *sql.Tx) error {
		c, err := catalog.Lock(ctx, tx, course.ID, s.now())
		if err != nil {
			return err
		}
		if !c.Free() || c.Status != catalog.Published {
			return fault.New(fault.Conflict, "learning.free.not")
		}
		created, err = s.enroll(ctx, tx, GrantInput{UserID: userID, Source: Free, By: userID}, c)
		return err
	})
	return created, err
}

// EnrollByHand lets a student into a course for a reason that the admin gives, and tells them. NotFound where there is
// no such student, Invalid for a missing reason or a course that can't be opened yet, Conflict if it was done already.
func (s *Service) EnrollByHand(ctx context.Context, by, userID, courseID, reason string) error {
	reason, err := CheckReason(reason)
	if err != nil {
		return err
	}
	return s.db.InTx(ctx, func(tx *sql.Tx) error {
		if err := userExists(ctx, tx, userID); err != nil {
			return err
		}
		created, err := s.Admit(ctx, tx, GrantInput{UserID: userID, CourseID: courseID, Source: ByHand, Reason: reason, By: by}, true)
		if err == nil && !created {
			return fault.New(fault.Conflict, "learning.hand.already")
		}
		return err
	})
}

// CheckReason reads why somebody is let in. Invalid about the field reason.
func CheckReason(reason string) (string, error) {
	reason = strings.TrimSpace(reason)
	switch {
	case reason == "":
		return "", fault.Field("reason", "learning.reason.missing")
	case utf8.RuneCountInString(reason) > maxReason:
		return "", fault.Field("reason", "learning.reason.long", "max", maxReason)
	}
	return reason, nil
}

// Admissible returns a course that students can be let into. Invalid about the field course for a draft or none.
func Admissible(ctx context.Context, q db.Querier, courseID string) (catalog.Course, error) {
	return admissible(catalog.ByID(ctx, q, courseID))
}

func admissible(c catalog.Course, err error) (catalog.Course, error) {
	if fault.Is(err, fault.NotFound) || err == nil && c.Status == catalog.Draft {
		return c, fault.Field("course", "learning.course.wrong")
	}
	return c, err
}

// Admit lets a student into a course as part of tx, as in says; tell writes the letter about it. created is false where the
// same grant is in force, or any other for a student of an import. Invalid about the field course.
func (s *Service) Admit(ctx context.Context, tx *sql.Tx, in GrantInput, tell bool) (created bool, err error) {
	c, err := admissible(catalog.Lock(ctx, tx, in.CourseID, s.now())) // it doesn't become a draft meanwhile
	if err != nil {
		return false, err
	}
	if in.Source == Import {
		if open, err := mayOpen(ctx, tx, in.UserID, in.CourseID, s.now()); open || err != nil {
			return false, err
		}
	}
	if tell {
		return s.enroll(ctx, tx, in, c)
	}
	in.At = s.now()
	return Grant(ctx, tx, in)
}

// enroll gives the grant, and writes the letter if there was none yet.
func (s *Service) enroll(ctx context.Context, tx *sql.Tx, in GrantInput, c catalog.Course) (created bool, err error) {
	in.CourseID, in.At = c.ID, s.now()
	if created, err = Grant(ctx, tx, in); err != nil || !created {
		return false, err
	}
	return true, mail.Enqueue(ctx, tx, in.At, mail.To{UserID: in.UserID}, mail.Enrolled{
		Course: c.Title, Slug: c.Slug, Currency: c.Price.Currency, By: in.Source, Reason: in.Reason})
}
