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
	"slices"
	"strings"
	"sync"
	"time"
	"unicode"
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
	if !h.turns.take(ctx, who) {
		busy := fault.New(fault.TooMany, "account.password.busy")
		busy.After = hashRetry
		return nil, busy
	}
	defer h.release()
	return argon2.IDKey(text, salt, c.time, c.memory, c.threads, uint32(size)), nil
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

// CheckPassword refuses a new password that is shorter than least runes or easy to guess: one of the most common ones, one
// or two characters repeated, or mostly made of the owner's name, the mail address or the site's name. Anything else
// goes; there are no rules of composition. Invalid, about the field password.
func CheckPassword(password string, least int, name, email, site string) error {
	if _, err := canonical(password); err != nil {
		return err
	}
	password = norm.NFC.String(password)
	different := map[rune]bool{}
	for _, r := range password {
		different[r] = true
	}
	switch {
	case utf8.RuneCountInString(password) < least:
		return fault.Field("password", "account.password.short", "n", least)
	case len(different) < 3:
		return fault.Field("password", "account.password.repeated")
	case popular(password):
		return fault.Field("password", "account.password.common")
	case mostly(password, name, email, site):
		return fault.Field("password", "account.password.own")
	}
	return nil
}

// bareText folds a text to its letters and digits, in lower case.
func bareText(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.In(r, unicode.L, unicode.M, unicode.Nd) {
			return unicode.ToLower(r)
		}
		return -1
	}, norm.NFC.String(s))
}

var letterSigns = strings.NewReplacer("@", "a", "$", "s", "!", "i")

// popular reports whether a password is on the list, as it is or with signs between or for its letters.
func popular(password string) bool {
	return slices.Contains(commonPasswords, bareText(password)) || slices.Contains(commonPasswords, bareText(letterSigns.Replace(password)))
}

// mostly reports whether the words of the texts make more than half of a password.
func mostly(password string, texts ...string) bool {
	var words []string
	for _, text := range texts {
		words = append(words, bareText(text))
		for _, word := range strings.FieldsFunc(text, func(r rune) bool { return bareText(string(r)) == "" }) {
			words = append(words, bareText(word))
		}
		if local, _, ok := strings.Cut(text, "@"); ok {
			words = append(words, bareText(local))
		}
	}
	slices.SortFunc(words, func(a, b string) int { return len(b) - len(a) })
	all := bareText(password)
	rest := all
	for _, word := range words {
		if utf8.RuneCountInString(word) >= 3 {
			rest = strings.ReplaceAll(rest, word, "")
		}
	}
	return 2*(utf8.RuneCountInString(all)-utf8.RuneCountInString(rest)) > utf8.RuneCountInString(password)
}

// commonPasswords holds passwords of ten characters and more that are tried first: rows of the keyboard, counting, and the words
// that people put a number behind, some as they are used in India.
var commonPasswords = strings.Fields(`
1234567890 0123456789 12345678910 123456789012 1234567891 1234567899 0987654321 9876543210 9876543211 1122334455
1112223334 1231231234 123123123123 1234512345 12345123456 123456123456 1234567812345678 123456789a 123456789q
123456789abc 1234567890a 1234567890q 12345678900 1234567890qwertyuiop a123456789 a1234567890 q1234567890 abc123456789
abcd123456 abcd1234567 abcd12345678 abcde12345 abcdef1234 abcdef12345 abcdef123456 abcdefghij abcdefghijk abcdefghijkl
abcdefghijklmnop abcdefghijklmnopqrstuvwxyz abcabcabcabc abcd1234abcd aabbccddee 1q2w3e4r5t 1q2w3e4r5t6y
1q2w3e4r5t6y7u 1qaz2wsx3edc 1qazxsw23edc 1qaz2wsx1qaz2wsx q1w2e3r4t5 q1w2e3r4t5y6 qazwsxedcrfv qazwsx1234 qazwsx123456
zaq12wsxcde3 zaq1xsw2cde3 qwerty1234 qwerty12345 qwerty123456 qwerty1234567 qwerty123456789 qwertyqwerty qwertyuiop
qwertyuiop1 qwertyuiop12 qwertyuiop123 qwertyuiopasdfghjkl qwertyasdf qwertyasdfgh qwertzuiop qweasdzxc123
qwe123qwe123 qweqweqweqwe poiuytrewq asdfghjkl1 asdfghjkl12 asdfghjkl123 asdfghjklqwertyuiop asdf123456 asdfasdfasdf
asdf1234asdf zxcvbnm123 zxcvbnm1234 zxcvbnmasdfghjkl zxcvbnm12345 mnbvcxzasdf password12 password123 password1234
password12345 password123456 password123456789 password01 password001 password007 password2020 password2021
password2022 password2023 password2024 password2025 password2026 passwordpassword mypassword mypassword1 mypassword123
newpassword newpassword1 newpassword123 thepassword yourpassword yourpassword123 thisismypassword nopassword
passw0rd123 passw0rd1234 pass123456 pass12345678 pass1234567 passpasspass passphrase changeme12 changeme123
changeme1234 changemenow changepassword letmein123 letmein1234 letmeinnow welcome123 welcome1234 welcome12345
welcome2020 welcome2021 welcome2022 welcome2023 welcome2024 welcome2025 welcome2026 welcomehome admin12345 admin123456
admin1234567 adminadmin admin123admin administrator administrator1 superadmin superadmin123 root123456 rootroot123
test123456 test1234567 test12345678 testtest123 testing123 testing1234 testpassword guest12345 user123456 username123
demo123456 default123 login12345 login123456 secret1234 secret12345 secret123456 topsecret1 topsecret123 computer12
computer123 internet123 samsung123 samsung1234 iphone12345 android123 google1234 google12345 google123456 facebook12
facebook123 whatsapp123 instagram1 instagram123 youtube123 microsoft1 microsoft123 developer123 coding1234 coding12345
student123 student1234 student12345 teacher123 school1234 school12345 college123 academy123 course1234 learning123
education1 education123 python12345 python123456 java123456 iloveyou12 iloveyou123 iloveyou1234 iloveyou143
iloveyouforever iloveu1234 loveyou123 loveyou143 lovelove123 forever123 sweetheart beautiful1 princess12 princess123
sunshine12 sunshine123 football12 football123 baseball123 cricket123 cricket1234 superman123 batman1234 batman12345
spiderman1 spiderman123 pokemon123 dragon1234 dragon12345 monkey1234 monkey12345 shadow12345 master1234 master12345
michael123 charlie123 jordan2323 liverpool1 liverpool123 barcelona1 barcelona10 manchester manchesterunited chocolate1
chocolate123 butterfly1 blink182blink trustno1trustno1 starwars123 whatever123 anonymous123 india12345 india123456
india1234567 india11111 indian1234 indian12345 bharat1234 bharat12345 bharatmata bharatmatakijai jaihind123
jaihind1234 jaihind12345 jaishriram jaishriram1 jaishriram123 jaishreeram jaishreeram123 jaimatadi1 jaimatadi123
harekrishna harekrishna108 radheradhe radheradhe1 radhakrishna radhakrishna1 omnamahshivaya omsairam123 omsairam1234
sairam1234 sairam12345 krishna123 krishna1234 krishna12345 ganesh1234 ganesh12345 lakshmi123 lakshmi1234 hanuman123
mahadev123 mahakal123 shivshankar waheguru123 waheguru1234 inshallah123 bismillah786 bismillah1 bismillah123
allahuakbar allah786786 muhammad123 mohammed123 mumbai1234 mumbai12345 delhi12345 bangalore1 bangalore123 hyderabad1
hyderabad123 chennai123 kolkata123 rahul12345 rahul123456 priya12345 sachin1234 sachin10dulkar virat18kohli
viratkohli18 dhoni77777 9999999999a 0000000000a 1111111111a
`)
