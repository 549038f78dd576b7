package account

import (
	"context"
	"slices"
	"testing"
	"time"

	"lectern/app/fault"
)

// invited is the token of an invite's link.
func (s *school) invited(by User, email, role string) (id, link string) {
	s.t.Helper()
	id, err := s.Invite(context.Background(), by.ID, InviteForm{Name: "Bala Nair", Email: email, Role: role})
	if err != nil {
		s.t.Fatal(err)
	}
	return id, s.inviteLinkOf(id)
}

func (s *school) inviteLinkOf(id string) string {
	s.t.Helper()
	url, err := s.InviteURL(context.Background(), id)
	if err != nil {
		s.t.Fatal(err)
	}
	return token(s.t.(*testing.T), url, "/setup/")
}

// cashier makes a cashier NAME@example.com with adminPassword.
func (s *school) cashier(by User, name string) (User, string) {
	s.t.Helper()
	_, link := s.invited(by, name+"@example.com", RoleCashier)
	u, session, err := s.AcceptInvite(context.Background(), link, SetupForm{Name: name, Password: adminPassword}, phone)
	if err != nil {
		s.t.Fatal(err)
	}
	return u, session
}

func TestInvite_MakesACashier(t *testing.T) {
	s, ctx := newSchool(t), context.Background()
	chitra := s.admin("chitra")
	id, link := s.invited(chitra, "Bala@example.com", RoleCashier)
	i, known, err := s.OpenInvite(ctx, link)
	if err != nil || i.Email != "Bala@example.com" || i.Role != RoleCashier || i.By != "chitra" || known.ID != "" {
		t.Fatalf("%+v, %+v, %v", i, known, err)
	}
	if s.rows(`SELECT count(*) FROM invites WHERE hash = $1 OR hash LIKE '%' || $1 || '%'`, link) != 0 {
		t.Error("the table holds the link")
	}
	if s.rows(`SELECT count(*) FROM outbox WHERE kind = 'staff_invited' AND recipient = 'Bala@example.com' AND payload NOT LIKE '%' || $1 || '%'`, link) != 1 {
		t.Error("no letter, or one with the link in it")
	}
	_, _, err = s.AcceptInvite(ctx, link, SetupForm{Name: "Bala", Password: ashaPassword[:14]}, phone)
	wantField(t, err, "password", "account.password.short")
	u, session, err := s.AcceptInvite(ctx, link, SetupForm{Name: "Bala", Password: adminPassword}, phone)
	wantOK(t, err)
	if _, got, err := s.Session(ctx, session); err != nil || got != u || !u.Staff() || u.Admin() || u.Email != "Bala@example.com" {
		t.Errorf("made %+v; the session says %+v, %v", u, got, err)
	}
	if !u.VerifiedAt.IsZero() || s.letters("verify", u.ID) != 1 {
		t.Error("a link that may have come by chat confirms no address")
	}
	_, _, err = s.AcceptInvite(ctx, link, SetupForm{Name: "Bala", Password: adminPassword}, phone)
	wantFault(t, err, fault.NotFound)
	_, err = s.InviteURL(ctx, id)
	wantFault(t, err, fault.NotFound)
	if all, err := s.Invites(ctx); err != nil || len(all) != 0 {
		t.Errorf("%+v, %v", all, err)
	}
	if s.audited("invite.create", id)+s.audited("invite.accept", id) != 2 || s.rows(`SELECT count(*) FROM outbox WHERE kind = 'staff_changed'`) != 1 {
		t.Error("nobody was told")
	}
}

func TestInvite_RaisesAnAccount(t *testing.T) {
	s, ctx := newSchool(t), context.Background()
	chitra := s.admin("chitra")
	asha, session := s.register("asha")
	other, _, err := s.LogIn(ctx, asha.Email, ashaPassword, false, phone)
	wantOK(t, err)
	bala, balas := s.register("bala")
	_, link := s.invited(chitra, "ASHA@example.com", RoleAdmin)
	_, _, err = s.AcceptInvite(ctx, link, SetupForm{Name: "Asha", Password: adminPassword}, phone)
	wantFault(t, err, fault.Conflict) // its password is known to its owner only
	_, err = s.JoinStaff(ctx, link, bala.ID, s.signedIn(balas).ID)
	wantFault(t, err, fault.NotFound)
	renewed, err := s.JoinStaff(ctx, link, asha.ID, s.signedIn(session).ID)
	wantOK(t, err)
	if _, u, err := s.Session(ctx, renewed); err != nil || !u.Admin() {
		t.Errorf("%+v, %v", u, err)
	}
	_, _, err = s.Session(ctx, session)
	wantFault(t, err, fault.NotFound) // the session goes on under another token
	if n := s.rows(`SELECT count(*) FROM sessions WHERE user_id = $1 AND ended_at IS NULL`, other.ID); n != 1 {
		t.Errorf("%d sessions, want the one that accepted", n)
	}
	_, err = s.JoinStaff(ctx, link, asha.ID, s.signedIn(renewed).ID)
	wantFault(t, err, fault.NotFound)
	if s.letters("role_changed", asha.ID) != 1 || s.audited("account.role", asha.ID) != 1 {
		t.Error("not told, or not written down")
	}
}

func TestInvite_WhoCanBeAsked(t *testing.T) {
	s, ctx := newSchool(t), context.Background()
	chitra := s.admin("chitra")
	asha, _ := s.register("asha")
	_, err := s.Invite(ctx, chitra.ID, InviteForm{Role: "student"})
	if f := wantFault(t, err, fault.Invalid); len(f.Fields) != 3 {
		t.Errorf("wrong fields %v", f.Fields)
	}
	_, err = s.Invite(ctx, chitra.ID, InviteForm{Name: "B", Email: "bala@gmial.com", Role: RoleAdmin})
	wantField(t, err, "email", "account.email.slip")
	_, err = s.Invite(ctx, chitra.ID, InviteForm{Name: "C", Email: "Chitra@example.com", Role: RoleAdmin})
	wantField(t, err, "email", "staff.invite.member")
	wantOK(t, s.Deactivate(ctx, chitra.ID, asha.ID))
	_, err = s.Invite(ctx, chitra.ID, InviteForm{Name: "A", Email: "asha@example.com", Role: RoleAdmin})
	wantField(t, err, "email", "staff.invite.deactivated")
	bala, _ := s.cashier(chitra, "bala")
	_, err = s.Invite(ctx, bala.ID, InviteForm{Name: "D", Email: "devi@example.com", Role: RoleAdmin})
	wantFault(t, err, fault.Forbidden)
}

func TestInvite_AgainRenewRevoke(t *testing.T) {
	s, ctx := newSchool(t), context.Background()
	chitra := s.admin("chitra")
	id, link := s.invited(chitra, "bala@example.com", RoleCashier)
	again, same := s.invited(chitra, "BALA@example.com", RoleCashier)
	if again != id || same != link {
		t.Error("asked twice, two links")
	}
	_, higher := s.invited(chitra, "bala@example.com", RoleAdmin)
	_, _, err := s.OpenInvite(ctx, link)
	if wantFault(t, err, fault.NotFound); higher == link {
		t.Error("the link of a cashier makes an admin")
	}
	wantOK(t, s.RenewInvite(ctx, chitra.ID, id))
	newest := s.inviteLinkOf(id)
	_, _, err = s.OpenInvite(ctx, higher)
	wantFault(t, err, fault.NotFound)
	if _, err := s.Link(ctx, InviteLink, "", "bala@example.com", id+".2"); !fault.Is(err, fault.NotFound) {
		t.Errorf("a letter would still bring a void link: %v", err)
	}
	s.pass(InviteLife)
	_, _, err = s.OpenInvite(ctx, newest)
	wantFault(t, err, fault.NotFound)
	wantOK(t, s.RenewInvite(ctx, chitra.ID, id))
	newest = s.inviteLinkOf(id)
	wantOK(t, s.RevokeInvite(ctx, chitra.ID, id))
	_, _, err = s.OpenInvite(ctx, newest)
	wantFault(t, err, fault.NotFound)
	wantFault(t, s.RevokeInvite(ctx, chitra.ID, id), fault.NotFound)
	wantFault(t, s.RenewInvite(ctx, chitra.ID, id), fault.NotFound)
	s.pass(InviteLife + 31*24*time.Hour)
	wantOK(t, s.Clean(ctx))
	if s.rows(`SELECT count(*) FROM invites`) != 0 {
		t.Error("the name of who never came is kept")
	}
}

func TestInvite_IsTheWordOfAnAdmin(t *testing.T) {
	s, ctx := newSchool(t), context.Background()
	chitra := s.admin("chitra")
	devi := s.admin("devi")
	id, link := s.invited(devi, "bala@example.com", RoleAdmin)
	wantOK(t, s.SetRole(ctx, chitra.ID, devi.ID, RoleAdmin, RoleStudent))
	_, _, err := s.AcceptInvite(ctx, link, SetupForm{Name: "Bala", Password: adminPassword}, phone)
	wantFault(t, err, fault.NotFound)
	if all, err := s.Invites(ctx); err != nil || len(all) != 1 || !all[0].Void {
		t.Errorf("%+v, %v", all, err)
	}
	wantOK(t, s.RenewInvite(ctx, chitra.ID, id))
	_, _, err = s.OpenInvite(ctx, s.inviteLinkOf(id))
	wantOK(t, err)
}

func TestInvite_AcceptedOnce(t *testing.T) {
	s, ctx := newSchool(t), context.Background()
	chitra := s.admin("chitra")
	_, link := s.invited(chitra, "bala@example.com", RoleAdmin)
	won := slices.DeleteFunc(race(4, func(int) error {
		_, _, err := s.AcceptInvite(ctx, link, SetupForm{Name: "Bala", Password: adminPassword}, phone)
		return err
	}), func(err error) bool { return fault.Is(err, fault.Conflict) || fault.Is(err, fault.NotFound) })
	if len(won) != 1 || won[0] != nil {
		t.Errorf("told %v, want one success", won)
	}
	if n := s.rows(`SELECT count(*) FROM users WHERE role = 'admin'`); n != 2 {
		t.Errorf("%d admins", n)
	}
}

func TestSetRole(t *testing.T) {
	s, ctx := newSchool(t), context.Background()
	chitra := s.admin("chitra")
	bala, session := s.cashier(chitra, "bala")
	asha, _ := s.register("asha")
	wantFault(t, s.SetRole(ctx, chitra.ID, chitra.ID, RoleAdmin, RoleCashier), fault.Forbidden)
	wantFault(t, s.SetRole(ctx, bala.ID, chitra.ID, RoleAdmin, RoleCashier), fault.Forbidden)
	wantFault(t, s.SetRole(ctx, chitra.ID, asha.ID, RoleStudent, RoleAdmin), fault.NotFound)
	wantFault(t, s.SetRole(ctx, chitra.ID, "nobody", RoleCashier, RoleAdmin), fault.NotFound)
	wantField(t, s.SetRole(ctx, chitra.ID, bala.ID, RoleCashier, "owner"), "role", "staff.role.choose")
	wantOK(t, s.SetRole(ctx, chitra.ID, bala.ID, RoleCashier, RoleAdmin))
	wantFault(t, s.SetRole(ctx, chitra.ID, bala.ID, RoleCashier, RoleStudent), fault.Conflict) // from a page that is old
	if _, u, err := s.Session(ctx, session); err != nil || !u.Admin() {
		t.Errorf("%+v, %v", u, err)
	}
	wantOK(t, s.SetRole(ctx, chitra.ID, bala.ID, RoleAdmin, RoleStudent))
	if _, u, err := s.Session(ctx, session); err != nil || u.Staff() {
		t.Errorf("his next request: %+v, %v", u, err)
	}
	if s.letters("role_changed", bala.ID) != 2 || s.audited("account.role", bala.ID) != 2 {
		t.Error("not told, or not written down")
	}
	all, err := s.Staff(ctx)
	if err != nil || len(all) != 1 || all[0].ID != chitra.ID {
		t.Errorf("%+v, %v", all, err)
	}
}

// Of admins who remove, demote or deactivate each other all at once, one remains.
func TestSetRole_OneAdminRemains(t *testing.T) {
	s, ctx := newSchool(t), context.Background()
	admins := []User{s.admin("asha"), s.admin("bala"), s.admin("chitra"), s.admin("devi")}
	n := len(admins)
	race(12, func(i int) error {
		by, of := admins[i%n], admins[(i+1+i/n)%n]
		switch i % 3 {
		case 0:
			return s.SetRole(ctx, by.ID, of.ID, RoleAdmin, RoleStudent)
		case 1:
			return s.SetRole(ctx, by.ID, of.ID, RoleAdmin, RoleCashier)
		}
		return s.Deactivate(ctx, by.ID, of.ID)
	})
	if left := s.rows(`SELECT count(*) FROM users WHERE role = 'admin' AND deactivated_at IS NULL`); left < 1 {
		t.Errorf("%d admins are left", left)
	}
	two := []User{s.admin("farah"), s.admin("gita")}
	race(2, func(i int) error { return s.SetRole(ctx, two[i].ID, two[1-i].ID, RoleAdmin, RoleStudent) })
	if left := s.rows(`SELECT count(*) FROM users WHERE role = 'admin' AND email_norm IN ('farah@example.com', 'gita@example.com')`); left != 1 {
		t.Errorf("of two who demote each other %d are left", left)
	}
}
