package account

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"
	"runtime"
	"runtime/debug"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	"golang.org/x/crypto/argon2"
	"golang.org/x/text/unicode/norm"

	"lectern/app/fault"
)

const maxPassword = 256 // bytes, after NFC

// hashCost is what one argon2id hash takes. https://www.rfc-editor.org/rfc/rfc9106
type hashCost struct {
	memory  uint32 // KiB
	time    uint32 // passes
	threads uint8
}

// currentCost is the least that OWASP's Password Storage Cheat Sheet names: 19 MiB and two passes.
var currentCost = hashCost{memory: 19456, time: 2, threads: 1}

// dummyHash is of a password that nobody knows, at currentCost. It is a constant, so that a process which never checks
// a password never takes the memory.
const dummyHash = "$argon2id$v=19$m=19456,t=2,p=1$DT/L518qyy9JC0w316xO8w$q0F/jRDKrf3CR67Rp8i8Klb1BROXIo1JTftCpXOhi+4"

// HasherOptions bound what password checks may take of the machine.
type HasherOptions struct {
	Parallel int // hashes at once, 19 MiB each; 0 means half the cores
	Queue    int // requests that wait for one; 0 means 200
}

// Hasher hashes passwords, a few at a time: the rest of the machine belongs to pages. Safe for concurrent use.
type Hasher struct {
	turns    *turns
	parallel int
	free     func() // gives memory back to the system

	mu     sync.Mutex
	hashes int         // since free was last due
	idle   *time.Timer // runs free, once things are quiet
}

const (
	hashBurst = 4               // hashes that leave memory worth giving back
	hashQuiet = 3 * time.Second // without a hash, before memory is given back
	hashRetry = 5 * time.Second
	hashWait  = 8 * time.Second // for one's turn: what comes after a hash needs some of the request's time too
)

// NewHasher returns a Hasher.
func NewHasher(o HasherOptions) *Hasher {
	if o.Parallel <= 0 {
		o.Parallel = max(1, runtime.GOMAXPROCS(0)/2)
	}
	if o.Queue <= 0 {
		o.Queue = 200
	}
	return &Hasher{
		turns:    newTurns(o.Parallel, o.Queue),
		parallel: o.Parallel,
		free:     debug.FreeOSMemory, // argon2's blocks stay with the process otherwise
	}
}

// Hash returns the password's argon2id hash as a PHC string. Invalid if the password can't be taken at all, TooMany if
// the queue is full or ctx ends while waiting.
func (h *Hasher) Hash(ctx context.Context, password string) (string, error) {
	text, err := canonical(password)
	if err != nil {
		return "", err
	}
	salt := make([]byte, 16)
	rand.Read(salt)
	key, err := h.derive(ctx, "", currentCost, text, salt, 32)
	if err != nil {
		return "", err
	}
	return phc{currentCost, salt, key}.String(), nil
}

// Verify reports whether password is the one that hash was made of and, if so, whether it should be hashed again because
// the cost has changed. An empty hash, of an account without a password, is compared with the dummy. Faults as of Hash;
// any other error means that hash is damaged.
func (h *Hasher) Verify(ctx context.Context, hash, password string) (ok, rehash bool, err error) {
	return h.VerifyFor(ctx, "", hash, password)
}

// VerifyFor is Verify in the turn of who: those who wait under the same name wait for each other.
func (h *Hasher) VerifyFor(ctx context.Context, who, hash, password string) (ok, rehash bool, err error) {
	if hash == "" {
		_, _, err := h.VerifyFor(ctx, who, dummyHash, password)
		return false, false, err
	}
	want, err := parsePHC(hash)
	if err != nil {
		return false, false, err
	}
	text, err := canonical(password)
	if err != nil {
		return false, false, err
	}
	key, err := h.derive(ctx, who, want.hashCost, text, want.salt, len(want.key))
	if err != nil {
		return false, false, err
	}
	ok = subtle.ConstantTimeCompare(key, want.key) == 1
	return ok, ok && want.hashCost != currentCost, nil
}

// VerifyDummy takes the time and the memory of Verify, for an account that doesn't exist. Faults as of Hash.
func (h *Hasher) VerifyDummy(ctx context.Context, password string) error {
	_, _, err := h.Verify(ctx, dummyHash, password)
	return err
}

// canonical returns the bytes to hash: NFC, so that every keyboard's spelling of a password is the same.
func canonical(password string) ([]byte, error) {
	if !utf8.ValidString(password) {
		return nil, fault.Field("password", "account.password.text")
	}
	text := norm.NFC.Bytes([]byte(password))
	if len(text) > maxPassword {
		return nil, fault.Field("password", "account.password.long")
	}
	return text, nil
}

// derive runs argon2id for a key of size bytes, when who has his turn.
func (h *Hasher) derive(ctx context.Context, who string, c hashCost, text, salt []byte, size int) ([]byte, error) {
	wait, cancel := context.WithTimeout(ctx, hashWait)
	defer cancel()
	if !h.turns.take(wait, who) {
		busy := fault.New(fault.TooMany, "account.password.busy")
		busy.After = hashRetry
		return nil, busy
	}
	defer h.release()
	return argon2.IDKey(text, salt, c.time, c.memory, c.threads, uint32(size)), nil // #nosec G115 -- the length of a key, at most 64
}

// release gives the slot back and, after a burst, sets the clock for giving memory back. Each further burst sets it anew,
// so that memory is freed when things are quiet and never more often than every few seconds.
func (h *Hasher) release() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.turns.give()
	free, _ := h.turns.left()
	if h.hashes++; h.hashes < hashBurst || free < h.parallel {
		return
	}
	h.hashes = 0
	if h.idle == nil {
		h.idle = time.AfterFunc(hashQuiet, h.free)
	} else {
		h.idle.Reset(hashQuiet)
	}
}

// phc is a hash in the PHC string format, $argon2id$v=19$m=…,t=…,p=…$salt$key, the last two in base64 without padding.
// https://github.com/P-H-C/phc-string-format/blob/master/phc-sf-spec.md
type phc struct {
	hashCost
	salt, key []byte
}

func (p phc) String() string {
	b64 := base64.RawStdEncoding
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version, p.memory, p.time, p.threads,
		b64.EncodeToString(p.salt), b64.EncodeToString(p.key))
}

var errHash = errors.New("not an argon2id hash that can be checked here")

// parsePHC reads what String writes, nothing else. Costs far beyond currentCost are refused: one damaged row must not take
// the machine.
func parsePHC(s string) (phc, error) {
	var p phc
	parts := strings.Split(s, "$")
	if len(parts) != 6 {
		return phc{}, errHash
	}
	fmt.Sscanf(parts[3], "m=%d,t=%d,p=%d", &p.memory, &p.time, &p.threads)
	p.salt, _ = base64.RawStdEncoding.DecodeString(parts[4])
	p.key, _ = base64.RawStdEncoding.DecodeString(parts[5])
	if p.String() != s || len(p.salt) < 8 || len(p.key) < 16 || len(p.key) > 64 || p.threads < 1 ||
		p.time < 1 || p.time > 16 || p.memory < 8*uint32(p.threads) || p.memory > 8*currentCost.memory {
		return phc{}, errHash
	}
	return p, nil
}
