package account

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/pquerna/otp/totp"

	"lectern/app/fault"
)

// app is an authenticator app on u's phone, set up from a session; codes are the recovery codes that came with it.
func (s *school) app(u User, sessionID string) (secret string, codes []string, token string) {
	s.t.Helper()
	ctx := context.Background()
	offer := s.OfferTOTP(ctx, u)
	codes, token, err := s.AddTOTP(ctx, u, offer.Sealed, s.shown(offer.Secret), sessionID)
	wantOK(s.t, err)
	return offer.Secret, codes, token
}

// shown is what the app shows now.
func (s *school) shown(secret string) string {
	s.t.Helper()
	code, err := totp.GenerateCode(secret, s.Now())
	wantOK(s.t, err)
	return code
}

// waits is the token of a login that was right so far.
func waits(t testing.TB, err error) string {
	t.Helper()
	var second *SecondStep
	if !errors.As(err, &second) {
		t.Fatalf("got %v, want a second step", err)
	}
	return second.Token
}

func (s *school) firstStep(u User) string {
	s.t.Helper()
	_, token, err := s.LogIn(context.Background(), u.Email, ashaPassword, true, phone)
	if token != "" {
		s.t.Fatal("let in with the password alone")
	}
	return waits(s.t, err)
}

func TestTOTP(t *testing.T) {
	s, ctx := newSchool(t), context.Background()
	asha, first := s.register("asha")
	session := s.signedIn(first)
	offer := s.OfferTOTP(ctx, asha)
	if again, ok := s.SameTOTP(ctx, asha, offer.Sealed); !ok || again != offer {
		t.Errorf("the form that came back has %+v, was %+v", again, offer)
	}
	bala, _ := s.register("bala")
	if _, ok := s.SameTOTP(ctx, bala, offer.Sealed); ok {
		t.Error("somebody else took the offer")
	}
	_, _, err := s.AddTOTP(ctx, asha, offer.Sealed, "000000", session.ID)
	wantField(t, err, "code", "factor.code.wrong")
	codes, token, err := s.AddTOTP(ctx, asha, offer.Sealed, s.shown(offer.Secret), session.ID)
	wantOK(t, err)
	if len(codes) != recoveryCodes || s.letters("factor_changed", asha.ID) != 1 || s.audited("account.add_factor", asha.ID) != 1 {
		t.Errorf("codes %v", codes)
	}
	_, _, err = s.Session(ctx, first)
	wantFault(t, err, fault.NotFound) // its token was renewed
	if !s.signedIn(token).Factor {
		t.Error("the session doesn't know")
	}

	step := s.firstStep(asha)
	_, _, err = s.Continue(ctx, step, Answer{Code: s.shown(offer.Secret)}, phone)
	wantField(t, err, "code", "factor.code.wrong") // it set the app up
	s.pass(totpPeriod * time.Second)
	code := s.shown(offer.Secret)
	u, token, err := s.Continue(ctx, step, Answer{Code: " " + code[:3] + " " + code[3:]}, phone)
	wantOK(t, err)
	if one := s.signedIn(token); u.ID != asha.ID || !one.Remember {
		t.Errorf("%s is in, with %+v", u.ID, one)
	}
	_, _, err = s.Continue(ctx, step, Answer{Code: code}, phone)
	wantFault(t, err, fault.NotFound) // a step is gone once
	_, _, err = s.Continue(ctx, s.firstStep(asha), Answer{Code: code}, phone)
	wantField(t, err, "code", "factor.code.wrong") // and so is a code
	s.pass(-totpPeriod * time.Second)
	_, _, err = s.Continue(ctx, s.firstStep(asha), Answer{Code: s.shown(offer.Secret)}, phone)
	wantField(t, err, "code", "factor.code.wrong") // and all before it, should the clock go back
}

func TestTOTP_KeysAreSealed(t *testing.T) {
	s, ctx := newSchool(t), context.Background()
	asha, first := s.register("asha")
	secret, _, _ := s.app(asha, s.signedIn(first).ID)
	all, _, err := s.Factors(ctx, asha.ID)
	wantOK(t, err)
	if strings.Contains(all[0].secret, secret) {
		t.Error("the key lies open in the database")
	}
	if _, err := s.unseal(TOTP, "another", all[0].secret); err == nil {
		t.Error("a key moved to another account opens there")
	}
}

func TestTOTP_OnceAtOnce(t *testing.T) {
	s, ctx := newSchool(t), context.Background()
	asha, first := s.register("asha")
	secret, _, _ := s.app(asha, s.signedIn(first).ID)
	s.pass(totpPeriod * time.Second)
	code := s.shown(secret)
	steps := make([]string, 4)
	for i := range steps {
		steps[i] = s.firstStep(asha)
	}
	wantWinners(t, race(len(steps), func(i int) error {
		_, _, err := s.Continue(ctx, steps[i], Answer{Code: code}, phone)
		return err
	}), 1, fault.Invalid)
}

func TestSecondStep_GuessesAreFew(t *testing.T) {
	s, ctx := newSchool(t), context.Background()
	asha, first := s.register("asha")
	secret, codes, _ := s.app(asha, s.signedIn(first).ID)
	s.pass(time.Minute)
	step := s.firstStep(asha)
	for range codeFailures.Max {
		_, _, err := s.Continue(ctx, step, Answer{Code: "000000"}, phone)
		wantField(t, err, "code", "factor.code.wrong")
	}
	for _, right := range []string{s.shown(secret), codes[0]} {
		_, _, err := s.Continue(ctx, step, Answer{Code: right}, phone)
		wantFault(t, err, fault.TooMany)
	}
	s.pass(codeFailures.Per)
	_, _, err := s.Continue(ctx, s.firstStep(asha), Answer{Code: s.shown(secret)}, phone)
	wantOK(t, err)
}

func TestRecovery_EachCodeOnce(t *testing.T) {
	s, ctx := newSchool(t), context.Background()
	asha, first := s.register("asha")
	_, codes, token := s.app(asha, s.signedIn(first).ID)
	typed := []string{strings.ToLower(codes[3]), strings.ReplaceAll(codes[7], "-", " ")}
	for i, code := range typed {
		_, _, err := s.Continue(ctx, s.firstStep(asha), Answer{Code: code}, phone)
		wantOK(t, err)
		if _, left, err := s.Factors(ctx, asha.ID); err != nil || left != recoveryCodes-1-i {
			t.Errorf("%d codes left, %v", left, err)
		}
		_, _, err = s.Continue(ctx, s.firstStep(asha), Answer{Code: code}, phone)
		wantField(t, err, "code", "factor.code.wrong")
	}
	newer, err := s.RenewRecovery(ctx, asha)
	wantOK(t, err)
	_, _, err = s.Continue(ctx, s.firstStep(asha), Answer{Code: codes[1]}, phone)
	wantField(t, err, "code", "factor.code.wrong")
	steps := []string{s.firstStep(asha), s.firstStep(asha), s.firstStep(asha)}
	wantWinners(t, race(len(steps), func(i int) error {
		_, _, err := s.Continue(ctx, steps[i], Answer{Code: newer[0]}, phone)
		return err
	}), 1, fault.Invalid)

	all, _, err := s.Factors(ctx, asha.ID)
	wantOK(t, err)
	_, err = s.RemoveFactor(ctx, asha, all[0].ID, s.signedIn(token).ID)
	wantOK(t, err)
	if s.rows(`SELECT count(*) FROM recovery_codes WHERE user_id = $1`, asha.ID) != 0 {
		t.Error("codes to nothing are left")
	}
	_, err = s.RenewRecovery(ctx, asha)
	wantFault(t, err, fault.Conflict)
	s.logIn("asha", false)
}

// Every way in asks for the second factor, and what takes the first one away ends the steps that it began.
func TestSecondStep_NoWayAround(t *testing.T) {
	s, ctx := newSchool(t), context.Background()
	chitra := s.admin("chitra")
	asha, first := s.register("asha")
	secret, _, _ := s.app(asha, s.signedIn(first).ID)
	s.pass(time.Minute)

	_, token, err := s.Register(ctx, RegisterForm{Name: "Asha", Email: asha.Email, Password: ashaPassword}, phone)
	waits(t, err)
	link, err := s.LoginLink(ctx, chitra.ID, asha.ID)
	wantOK(t, err)
	_, byLink, err := s.LoginByLink(ctx, link[strings.LastIndex(link, "=")+1:], phone)
	waits(t, err)
	if token+byLink != "" {
		t.Error("let in with one factor")
	}

	step := s.firstStep(asha)
	wantOK(t, s.RequestReset(ctx, asha.Email, phone))
	wantOK(t, s.ResetPassword(ctx, s.mailed(ResetLink, asha, "seed"), otherPassword))
	_, _, err = s.Continue(ctx, step, Answer{Code: s.shown(secret)}, phone)
	wantFault(t, err, fault.NotFound)
	_, _, err = s.LogIn(ctx, asha.Email, otherPassword, false, phone)
	step = waits(t, err)
	wantOK(t, s.Deactivate(ctx, chitra.ID, asha.ID))
	if _, _, err = s.Continue(ctx, step, Answer{Code: s.shown(secret)}, phone); err == nil {
		t.Error("a deactivated account was let in")
	}
	wantOK(t, s.Activate(ctx, chitra.ID, asha.ID))
	_, _, err = s.LogIn(ctx, asha.Email, otherPassword, false, phone)
	step = waits(t, err)
	s.pass(stepLife)
	_, _, err = s.Continue(ctx, step, Answer{Code: s.shown(secret)}, phone)
	wantFault(t, err, fault.NotFound)
	wantOK(t, s.Clean(ctx))
	if s.rows(`SELECT count(*) FROM steps`) != 0 {
		t.Error("steps are left over")
	}
}

func TestConfirm_WantsTheFactorToo(t *testing.T) {
	s, ctx := newSchool(t), context.Background()
	asha, first := s.register("asha")
	secret, _, token := s.app(asha, s.signedIn(first).ID)
	s.pass(time.Hour)
	session := s.signedIn(token)
	_, err := s.Confirm(ctx, asha.ID, session.ID, Proof{Password: ashaPassword}, phone)
	wantField(t, err, "code", "factor.code.missing")
	_, err = s.Confirm(ctx, asha.ID, session.ID, Proof{Password: otherPassword, Answer: Answer{Code: s.shown(secret)}}, phone)
	wantField(t, err, "password", "account.password.wrong")
	token, err = s.Confirm(ctx, asha.ID, session.ID, Proof{Password: ashaPassword, Answer: Answer{Code: s.shown(secret)}}, phone)
	wantOK(t, err)
	if s.signedIn(token).AuthAt != s.Now() {
		t.Error("not fresh")
	}
}

func TestFactors_AskedOfStaff(t *testing.T) {
	s, ctx := newSchool(t), context.Background()
	rules := DefaultRules
	rules.SecondFactor = true
	s.Rules = func(context.Context) Rules { return rules }
	chitra := s.admin("chitra")
	_, token, err := s.LogIn(ctx, chitra.Email, adminPassword, true, phone)
	wantOK(t, err)
	due := s.Now().Add(factorGrace)
	if one := s.signedIn(token); !one.FactorDue.Equal(due) {
		t.Errorf("due %v, want %v", one.FactorDue, due)
	}
	s.pass(touchEvery)
	s.signedIn(token)
	s.Wait()
	s.pass(6 * 24 * time.Hour)
	if one := s.signedIn(token); !one.FactorDue.Equal(due.Add(touchEvery)) {
		t.Errorf("due %v, want %v", one.FactorDue, due)
	}
	asha, first := s.register("asha")
	if !s.signedIn(first).FactorDue.IsZero() {
		t.Error("asked of a student")
	}
	session := s.signedIn(token)
	_, _, token = s.app(chitra, session.ID)
	if !s.signedIn(token).FactorDue.IsZero() {
		t.Error("asked of who has one")
	}
	all, _, err := s.Factors(ctx, chitra.ID)
	wantOK(t, err)
	_, err = s.RemoveFactor(ctx, chitra, all[0].ID, session.ID)
	wantFault(t, err, fault.Conflict)
	_, err = s.RemoveFactor(ctx, asha, all[0].ID, s.signedIn(first).ID)
	wantFault(t, err, fault.NotFound)

	bala := s.admin("bala")
	wantFault(t, s.ResetFactors(ctx, chitra.ID, chitra.ID), fault.Forbidden)
	wantFault(t, s.ResetFactors(ctx, asha.ID, chitra.ID), fault.Forbidden)
	wantFault(t, s.ResetFactors(ctx, chitra.ID, bala.ID), fault.Conflict)
	wantOK(t, s.ResetFactors(ctx, bala.ID, chitra.ID))
	_, _, err = s.Session(ctx, token)
	wantFault(t, err, fault.NotFound)
	_, token, err = s.LogIn(ctx, chitra.Email, adminPassword, true, phone)
	wantOK(t, err)
	if one := s.signedIn(token); !one.FactorDue.Equal(s.Now().Add(factorGrace)) {
		t.Errorf("after the reset due %v", one.FactorDue)
	}
}

// The last six digits of the test vectors in RFC 6238, appendix B, for SHA-1.
func TestTOTP_VectorsOfTheRFC(t *testing.T) {
	const secret = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ" // 12345678901234567890
	for at, code := range map[int64]string{59: "287082", 1111111109: "081804", 1111111111: "050471", 1234567890: "005924", 2000000000: "279037", 20000000000: "353130"} {
		if step, ok := codeStep(secret, code, time.Unix(at, 0)); !ok || step != at/totpPeriod {
			t.Errorf("%s at %d: %v, step %d", code, at, ok, step)
		}
	}
}
