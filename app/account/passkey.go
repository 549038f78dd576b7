package account

import (
	"context"
	"database/sql"
	"encoding/base64"
	"encoding/json"
	"net"
	"net/url"
	"strings"
	"unicode/utf8"

	"github.com/go-webauthn/webauthn/protocol"
	"github.com/go-webauthn/webauthn/webauthn"

	"lectern/app/db"
	"lectern/app/fault"
)

const maxFactorName = 60 // characters

// PasskeysWork reports whether browsers take passkeys for the school's address: they want a name, not a number, and https
// but on the machine itself. https://www.w3.org/TR/webauthn-3/#rp-id
func (s *Service) PasskeysWork() bool {
	u, err := url.Parse(s.BaseURL)
	return err == nil && u.Hostname() != "" && net.ParseIP(u.Hostname()) == nil && (u.Scheme == "https" || u.Hostname() == "localhost")
}

// relyingParty is the school as passkeys know it. Whoever uses one has to unlock it, so that it stands for two factors.
func (s *Service) relyingParty(ctx context.Context) (*webauthn.WebAuthn, error) {
	if !s.PasskeysWork() {
		return nil, fault.New(fault.NotFound, "fault.not_found")
	}
	u, err := url.Parse(s.BaseURL)
	if err != nil {
		return nil, err
	}
	return webauthn.New(&webauthn.Config{
		RPID: u.Hostname(), RPDisplayName: s.SiteName(ctx), RPOrigins: []string{u.Scheme + "://" + u.Host},
		AttestationPreference: protocol.PreferNoAttestation,
		AuthenticatorSelection: protocol.AuthenticatorSelection{
			ResidentKey: protocol.ResidentKeyRequirementRequired, RequireResidentKey: protocol.ResidentKeyRequired(),
			UserVerification: protocol.VerificationRequired,
		},
	})
}

// holder is a user as the library sees him.
type holder struct {
	User
	keys []webauthn.Credential
}

func (h holder) WebAuthnID() []byte                         { return []byte(h.ID) }
func (h holder) WebAuthnName() string                       { return h.Email }
func (h holder) WebAuthnDisplayName() string                { return h.Name }
func (h holder) WebAuthnCredentials() []webauthn.Credential { return h.keys }

// holds reads the records of a user's passkeys.
func (s *Service) holds(u User, all []Factor) holder {
	h := holder{User: u}
	for _, f := range all {
		if f.Kind != Passkey {
			continue
		}
		var key webauthn.Credential
		plain, err := s.unseal(Passkey, u.ID, f.secret)
		if err == nil {
			err = json.Unmarshal(plain, &key)
		}
		if err != nil {
			s.Log.Error("a passkey can't be read: was SECRET_KEY changed?", "factor", f.ID, "err", err)
			continue
		}
		h.keys = append(h.keys, key)
	}
	return h
}

// NewPasskey asks u's browser to make a passkey. options is what its script hands to navigator.credentials.create, token
// is for the cookie of the step. NotFound where passkeys don't work.
func (s *Service) NewPasskey(ctx context.Context, u User) (options []byte, token string, err error) {
	rp, err := s.relyingParty(ctx)
	if err != nil {
		return nil, "", err
	}
	all, err := factorsOf(ctx, s.DB.Read(), u.ID)
	if err != nil {
		return nil, "", err
	}
	h := s.holds(u, all)
	creation, question, err := rp.BeginRegistration(h, webauthn.WithExclusions(webauthn.Credentials(h.keys).CredentialDescriptors()))
	if err != nil {
		return nil, "", err
	}
	return s.ask(ctx, step{kind: registerStep, userID: u.ID}, "", creation.Response, question)
}

// AddPasskey keeps the passkey that u's browser made, under a name. codes and the new token as in AddTOTP. Invalid about the
// field passkey.
func (s *Service) AddPasskey(ctx context.Context, u User, token, answer, name, sessionID string) (codes []string, session string, err error) {
	name, err = cleanFactorName(name)
	if err != nil {
		return nil, "", err
	}
	st, question, err := s.answered(ctx, token, registerStep)
	if err != nil || st.userID != u.ID {
		return nil, "", passkeyWrong(err)
	}
	rp, err := s.relyingParty(ctx)
	if err != nil {
		return nil, "", err
	}
	parsed, err := protocol.ParseCredentialCreationResponseBytes([]byte(answer))
	if err != nil {
		return nil, "", passkeyWrong(nil)
	}
	key, err := rp.CreateCredential(holder{User: u}, question, parsed)
	if err != nil {
		s.Log.Info("passkey not taken", "user", u.ID, "err", err)
		return nil, "", passkeyWrong(nil)
	}
	sealed, err := s.sealKey(u.ID, key)
	if err != nil {
		return nil, "", err
	}
	f := Factor{Kind: Passkey, Name: name, credential: base64.RawURLEncoding.EncodeToString(key.ID), secret: sealed}
	codes, session, err = s.addFactor(ctx, u, f, sessionID)
	if db.IsUnique(err) {
		err = fault.Field("passkey", "factor.passkey.known")
	}
	return codes, session, err
}

func (s *Service) sealKey(userID string, key *webauthn.Credential) (string, error) {
	record, err := json.Marshal(key)
	return s.seal(Passkey, userID, record), err
}

// cleanFactorName reads what a passkey is called; empty where it has no name.
func cleanFactorName(name string) (string, error) {
	if name = strings.Join(strings.Fields(name), " "); name == "" {
		return "", nil
	}
	if utf8.RuneCountInString(name) > maxFactorName {
		return "", fault.Field("name", "factor.name.long", "n", maxFactorName)
	}
	return CleanName(name)
}

func passkeyWrong(err error) error {
	if err == nil || fault.Is(err, fault.NotFound) {
		return fault.Field("passkey", "factor.passkey.wrong")
	}
	return err
}

// AskPasskey asks a browser to answer with a passkey. With the token of a login that waits for its second factor, or of
// who is signed in (userID), one of that account's is meant; else any, whose owner is let in by it. options is what the
// script hands to navigator.credentials.get, next is for the cookie of the step. NotFound where passkeys don't work or the
// account has none.
func (s *Service) AskPasskey(ctx context.Context, token, userID string, via Client) (options []byte, next string, err error) {
	rp, err := s.relyingParty(ctx)
	if err != nil {
		return nil, "", err
	}
	st := step{kind: passkeyStep, how: "account.login_by_passkey"}
	if userID != "" {
		st, token = step{kind: confirmStep, userID: userID}, ""
	} else if waits, err := s.Waiting(ctx, token); err == nil {
		st.kind, userID = loginStep, waits.ID
	} else if !fault.Is(err, fault.NotFound) {
		return nil, "", err
	}
	if userID == "" {
		if err := s.Allow(ctx, passkeyAsks, via.IP); err != nil {
			return nil, "", err
		}
		assertion, question, err := rp.BeginDiscoverableLogin()
		if err != nil {
			return nil, "", err
		}
		return s.ask(ctx, st, "", assertion.Response, question)
	}
	u, err := userByID(ctx, s.DB.Read(), userID)
	if err != nil {
		return nil, "", err
	}
	all, err := factorsOf(ctx, s.DB.Read(), userID)
	if err != nil {
		return nil, "", err
	}
	h := s.holds(u, all)
	if len(h.keys) == 0 {
		return nil, "", fault.New(fault.NotFound, "fault.not_found")
	}
	assertion, question, err := rp.BeginLogin(h)
	if err != nil {
		return nil, "", err
	}
	return s.ask(ctx, st, token, assertion.Response, question)
}

// ask writes a question into the step of the token, or into a new one.
func (s *Service) ask(ctx context.Context, st step, token string, options any, question *webauthn.SessionData) ([]byte, string, error) {
	text, err := json.Marshal(question)
	if err != nil {
		return nil, "", err
	}
	st.question = string(text)
	if st.kind != loginStep {
		token = newToken()
	}
	err = s.DB.InTx(ctx, func(tx *sql.Tx) error {
		if st.kind == loginStep {
			ok, err := askStep(ctx, tx, hashed(token), st.question)
			if err == nil && !ok {
				err = fault.New(fault.NotFound, "fault.not_found")
			}
			return err
		}
		st.expires = s.Now().Add(stepLife)
		return insertStep(ctx, tx, st, hashed(token))
	})
	if err != nil {
		return nil, "", err
	}
	shown, err := json.Marshal(options)
	return shown, token, err
}

// answered takes the question out of a step of that kind, so that it is answered once, rightly or wrongly.
func (s *Service) answered(ctx context.Context, token, kind string) (st step, question webauthn.SessionData, err error) {
	st, err = stepByToken(ctx, s.DB.Read(), hashed(token), s.Now())
	if err == nil && (st.kind != kind || st.question == "") {
		err = fault.New(fault.NotFound, "fault.not_found")
	}
	if err != nil {
		return step{}, question, err
	}
	err = s.DB.InTx(ctx, func(tx *sql.Tx) error {
		ok, err := answerStep(ctx, tx, st)
		if err == nil && !ok {
			err = fault.New(fault.NotFound, "fault.not_found")
		}
		return err
	})
	if err != nil {
		return step{}, question, err
	}
	return st, question, json.Unmarshal([]byte(st.question), &question)
}

// provePasskey checks the answer of a passkey of u's.
func (s *Service) provePasskey(u User, all []Factor, question webauthn.SessionData, answer string) (p proof, err error) {
	_, p, err = s.checkPasskey(question, answer, func(string) (User, []Factor, error) { return u, all, nil })
	return p, err
}

// checkPasskey checks the answer to a question. owner finds who has the id that the passkey names, with his factors.
func (s *Service) checkPasskey(question webauthn.SessionData, answer string, owner func(id string) (User, []Factor, error)) (User, proof, error) {
	rp, err := s.relyingParty(context.Background())
	if err != nil {
		return User{}, proof{}, err
	}
	parsed, err := protocol.ParseCredentialRequestResponseBytes([]byte(answer))
	if err != nil {
		return User{}, proof{}, passkeyWrong(nil)
	}
	var h holder
	var all []Factor
	find := func(id string) (webauthn.User, error) {
		u, factors, err := owner(id)
		h, all = s.holds(u, factors), factors
		return h, err
	}
	var key *webauthn.Credential
	if len(question.UserID) > 0 {
		if _, err = find(string(question.UserID)); err == nil {
			key, err = rp.ValidateLogin(h, question, parsed)
		}
	} else {
		_, key, err = rp.ValidatePasskeyLogin(func(_, id []byte) (webauthn.User, error) { return find(string(id)) }, question, parsed)
	}
	if err == nil && key.Authenticator.CloneWarning {
		s.Log.Warn("a passkey counts backwards: it may have been copied", "user", h.ID)
		err = fault.New(fault.NotFound, "fault.not_found")
	}
	if err != nil {
		s.Log.Info("wrong passkey", "user", h.ID, "err", err)
		return User{}, proof{}, passkeyWrong(nil)
	}
	for _, f := range all {
		if f.Kind == Passkey && f.credential == base64.RawURLEncoding.EncodeToString(key.ID) {
			sealed, err := s.sealKey(h.ID, key)
			use := func(ctx context.Context, tx *sql.Tx) (bool, error) { return usePasskey(ctx, tx, f, sealed, s.Now()) }
			return h.User, proof{kind: Passkey, use: use}, err
		}
	}
	return User{}, proof{}, passkeyWrong(nil)
}
