package account

import (
	"cmp"
	"context"
	"database/sql"
	"slices"
	"time"

	"lectern/app/audit"
	"lectern/app/fault"
	"lectern/app/mail"
)

// StaffRow is somebody with powers.
type StaffRow struct {
	User
	LastSeen time.Time // in any session that is still remembered
	Factor   bool      // has a second one
}

// Staff returns everybody with powers, admins first, those who were deactivated too.
func (s *Service) Staff(ctx context.Context) ([]StaffRow, error) {
	return listStaff(ctx, s.DB.Read())
}

// SetRole gives a member of the staff another role; RoleStudent takes the powers away. It counts from his very next
// request. was is the role that by saw: Conflict where it isn't that any more. Forbidden for one's own role and for who
// is no admin any more, so that one always remains; Invalid about the field role; NotFound for who has no powers.
func (s *Service) SetRole(ctx context.Context, by, userID, was, role string) error {
	if by == userID {
		return fault.New(fault.Forbidden, "staff.self")
	}
	if role != RoleStudent && !slices.Contains(StaffRoles, role) {
		return fault.Field("role", "staff.role.choose")
	}
	return s.DB.InTx(ctx, func(tx *sql.Tx) error {
		if err := s.asAdmin(ctx, tx, by); err != nil {
			return err
		}
		u, err := userByID(ctx, tx, userID)
		if err != nil {
			return err
		}
		if !u.Staff() && was == RoleStudent { // who has no powers gets them by an invite
			return fault.New(fault.NotFound, "fault.not_found")
		}
		if ok, err := changeRole(ctx, tx, userID, was, role); err != nil || !ok {
			return cmp.Or[error](err, fault.New(fault.Conflict, "staff.conflict"))
		}
		return s.roleChanged(ctx, tx, by, u, role)
	})
}

// asAdmin takes the rows of all active admins until tx ends, so that those who change the staff take turns. Forbidden
// where by isn't one of them any more: of two who remove each other at once, one is told no.
func (s *Service) asAdmin(ctx context.Context, tx *sql.Tx, by string) error {
	ok, err := holdAdmins(ctx, tx, by)
	if err == nil && !ok {
		err = fault.New(fault.Forbidden, "fault.forbidden.admin")
	}
	return err
}

// roleChanged writes down what by did to u's powers, and tells him and the school.
func (s *Service) roleChanged(ctx context.Context, tx *sql.Tx, by string, u User, role string) error {
	now := s.Now()
	if role != RoleStudent {
		if err := voidLinks(ctx, tx, u.ID, LoginLink, "", now); err != nil { // they are for students only
			return err
		}
	}
	if err := mail.Enqueue(ctx, tx, now, mail.To{UserID: u.ID}, mail.RoleChanged{Role: role}); err != nil {
		return err
	}
	if err := s.tellStaff(ctx, tx, by, u.ID, role); err != nil {
		return err
	}
	return audit.Record(ctx, tx, audit.Entry{At: now, Actor: by, Action: "account.role", Kind: "user", Subject: u.ID,
		Detail: map[string]any{"role": role, "was": u.Role}})
}

// tellStaff tells the school that somebody has other powers than before.
func (s *Service) tellStaff(ctx context.Context, tx *sql.Tx, by, userID, role string) error {
	return mail.Enqueue(ctx, tx, s.Now(), mail.To{}, mail.StaffChanged{User: userID, Role: role, By: by})
}
