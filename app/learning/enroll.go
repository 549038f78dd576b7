package learning

import (
	"context"
	"database/sql"
	"strings"
	"unicode/utf8"

	"lectern/app/catalog"
	"lectern/app/fault"
	"lectern/app/mail"
)

// maxReason is the number of characters that a reason may have.
const maxReason = 500

// EnrollFree enrols a student in a published course that costs nothing, and tells them. created is false when they
// enrolled so before. Conflict if the course isn't free, or not open to newcomers, by now.
func (s *Service) EnrollFree(ctx context.Context, userID string, course catalog.Course) (created bool, err error) {
	err = s.db.InTx(ctx, func(tx *sql.Tx) error {
		c, err := catalog.ByID(ctx, tx, course.ID)
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
	reason = strings.TrimSpace(reason)
	var wrong fault.Fields
	if reason == "" {
		wrong.Add("reason", "learning.reason.missing")
	}
	if utf8.RuneCountInString(reason) > maxReason {
		wrong.Add("reason", "learning.reason.long", "max", maxReason)
	}
	if err := wrong.Err(); err != nil {
		return err
	}
	return s.db.InTx(ctx, func(tx *sql.Tx) error {
		if err := userExists(ctx, tx, userID); err != nil {
			return err
		}
		c, err := catalog.ByID(ctx, tx, courseID)
		if fault.Is(err, fault.NotFound) || err == nil && c.Status == catalog.Draft {
			return fault.Field("course", "learning.course.wrong")
		}
		if err != nil {
			return err
		}
		created, err := s.enroll(ctx, tx, GrantInput{UserID: userID, Source: ByHand, Reason: reason, By: by}, c)
		if err == nil && !created {
			return fault.New(fault.Conflict, "learning.hand.already")
		}
		return err
	})
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
