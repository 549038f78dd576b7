package account

import (
	"context"
	"errors"
	"regexp"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"golang.org/x/text/unicode/norm"

	"lectern/app/fault"
)

// key returns the key of the fault that err is, "" for nil.
func key(t *testing.T, err error) string {
	t.Helper()
	if err == nil {
		return ""
	}
	var f *fault.Fault
	if !errors.As(err, &f) {
		t.Fatalf("got %v, want a fault", err)
	}
	return f.Msg.Key
}

func TestHasher_RightPasswordOnly(t *testing.T) {
	h, ctx := NewHasher(HasherOptions{}), t.Context()
	const devanagari = "क़िला और ज़मीन"
	hash, err := h.Hash(ctx, norm.NFC.String(devanagari))
	if err != nil {
		t.Fatal(err)
	}
	if !regexp.MustCompile(`^\$argon2id\$v=19\$m=19456,t=2,p=1\$[A-Za-z0-9+/]{22}\$[A-Za-z0-9+/]{43}$`).MatchString(hash) {
		t.Errorf("got %s, want a PHC string of 16 bytes of salt and 32 of key", hash)
	}
	for _, x := range []struct {
		name, hash, password string
		ok, rehash           bool
	}{
		{"as it was typed", hash, norm.NFC.String(devanagari), true, false},
		{"by a keyboard that composes otherwise", hash, "\u0958िला और \u095bमीन", true, false},
		{"by one that doesn't compose", hash, norm.NFD.String(devanagari), true, false},
		{"another", hash, devanagari + "ा", false, false},
		{"empty", hash, "", false, false},
		{"account without password", "", devanagari, false, false},
		{"older cost", phcOf(t, h, hashCost{1024, 1, 1}, "asha likes chess"), "asha likes chess", true, true},
		{"older cost, wrong", phcOf(t, h, hashCost{1024, 1, 1}, "asha likes chess"), "asha likes chest", false, false},
	} {
		ok, rehash, err := h.Verify(ctx, x.hash, x.password)
		if err != nil || ok != x.ok || rehash != x.rehash {
			t.Errorf("%s: got %v, %v, %v, want %v, %v", x.name, ok, rehash, err, x.ok, x.rehash)
		}
	}
	if again, _ := h.Hash(ctx, devanagari); again == hash {
		t.Error("two hashes of one password are equal")
	}
}

func phcOf(t *testing.T, h *Hasher, c hashCost, password string) string {
	t.Helper()
	salt := []byte("sixteen bytes, 1")
	key, err := h.derive(t.Context(), "", c, []byte(password), salt, 32)
	if err != nil {
		t.Fatal(err)
	}
	return phc{c, salt, key}.String()
}

// A hash that is in some school's database must be checkable for ever.
func TestHasher_StoredHashesStayGood(t *testing.T) {
	const stored = "$argon2id$v=19$m=19456,t=2,p=1$7gOIL1Ejgz8my4R4mcawJg$aVS89WnI2Ygi0xwvCxusaUnnkhdr+WUy7LWYNjwXNWU"
	if ok, rehash, err := NewHasher(HasherOptions{}).Verify(t.Context(), stored, "एक दो तीन चार"); !ok || rehash || err != nil {
		t.Errorf("got %v, %v, %v, want a match", ok, rehash, err)
	}
}

func TestHasher_DamagedHashIsAnErrorNotAMismatch(t *testing.T) {
	h := NewHasher(HasherOptions{})
	for _, hash := range []string{
		"x", "$", "$$$$$", "$2b$12$abcdefghijklmnopqrstuv", "pbkdf2:sha256:600000$salt$00",
		strings.Replace(dummyHash, "argon2id", "argon2i", 1), strings.Replace(dummyHash, "v=19", "v=16", 1),
		strings.Replace(dummyHash, "m=19456", "m=4000000", 1), strings.Replace(dummyHash, "t=2", "t=200", 1),
		strings.Replace(dummyHash, "t=2", "t=0", 1), strings.Replace(dummyHash, "p=1", "p=0", 1), strings.Replace(dummyHash, "p=1", "p=1x", 1),
		strings.Replace(dummyHash, "m=19456", "m=019456", 1), dummyHash + "=", dummyHash[:len(dummyHash)-30], dummyHash + "$",
	} {
		ok, _, err := h.Verify(t.Context(), hash, "password")
		if ok || !errors.Is(err, errHash) {
			t.Errorf("%s: got %v, %v, want an error", hash, ok, err)
		}
	}
}

func TestHasher_RefusesWhatItCannotTake(t *testing.T) {
	h, ctx := NewHasher(HasherOptions{}), t.Context()
	for _, x := range []struct{ name, password, want string }{
		{"256 bytes", strings.Repeat("a", 256), ""},
		{"257 bytes", strings.Repeat("a", 257), "account.password.long"},
		{"128 composed letters, spelt in 384 bytes", strings.Repeat("e\u0301", 128), ""},
		{"86 Devanagari letters", strings.Repeat("अ", 86), "account.password.long"},
		{"broken text", "asha\xff likes chess", "account.password.text"},
	} {
		_, err := h.Hash(ctx, x.password)
		_, _, verifyErr := h.Verify(ctx, dummyHash, x.password)
		if got := []string{key(t, err), key(t, verifyErr), key(t, h.VerifyDummy(ctx, x.password))}; !slices.Equal(got, []string{x.want, x.want, x.want}) {
			t.Errorf("%s: got %q, want %q", x.name, got, x.want)
		}
	}
}

func TestHasher_DummyIsOfTodaysCost(t *testing.T) {
	p, err := parsePHC(dummyHash)
	if err != nil || p.hashCost != currentCost || len(p.salt) != 16 || len(p.key) != 32 {
		t.Fatalf("got %+v, %v, want what Hash makes", p, err)
	}
}

func TestHasher_DummyTakesAsLong(t *testing.T) {
	h, ctx := NewHasher(HasherOptions{}), t.Context()
	hash, err := h.Hash(ctx, "asha likes chess")
	if err != nil {
		t.Fatal(err)
	}
	var ratio float64
	for range 5 { // the machine may be busy with other things
		var real, dummy []time.Duration
		for range 9 {
			start := time.Now()
			h.Verify(ctx, hash, "asha likes chest")
			real = append(real, time.Since(start))
			start = time.Now()
			h.VerifyDummy(ctx, "asha likes chest")
			dummy = append(dummy, time.Since(start))
		}
		slices.Sort(real)
		slices.Sort(dummy)
		if ratio = float64(dummy[4]) / float64(real[4]); ratio > 0.7 && ratio < 1.3 {
			return
		}
	}
	t.Errorf("the dummy takes %.2f times as long as a real hash, want 0.7 to 1.3", ratio)
}

func TestHasher_NeverMoreAtOnceThanAllowed(t *testing.T) {
	h := NewHasher(HasherOptions{Parallel: 2, Queue: 50})
	var most atomic.Int64
	stop := make(chan struct{})
	watched := make(chan struct{})
	go func() {
		defer close(watched)
		for {
			select {
			case <-stop:
				return
			default:
				free, _ := h.turns.left()
				most.Store(max(most.Load(), int64(2-free)))
			}
		}
	}()
	var group sync.WaitGroup
	for range 20 {
		group.Go(func() {
			if _, err := h.Hash(context.Background(), "asha likes chess"); err != nil {
				t.Error(err)
			}
		})
	}
	group.Wait()
	close(stop)
	<-watched
	if free, room := h.turns.left(); most.Load() != 2 || free != 2 || room != 50 {
		t.Errorf("got %d at once, %d slots and room for %d afterwards, want 2, 2, 50", most.Load(), free, room)
	}
}

func TestHasher_TooMany(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := NewHasher(HasherOptions{Parallel: 1, Queue: 2})
		h.turns.take(context.Background(), "") // a hash that doesn't end
		results := make(chan error, 3)
		for range 2 {
			go func() {
				ctx, cancel := context.WithTimeout(context.Background(), time.Second)
				defer cancel()
				_, err := h.Hash(ctx, "asha likes chess")
				results <- err
			}()
		}
		synctest.Wait()
		_, err := h.Hash(context.Background(), "asha likes chess")
		for name, err := range map[string]error{"queue full": err, "waited too long": <-results, "waited too long, second": <-results} {
			var f *fault.Fault
			if !errors.As(err, &f) || f.Kind != fault.TooMany || f.After < time.Second {
				t.Errorf("%s: got %v, want TooMany with After", name, err)
			}
		}
		if free, room := h.turns.left(); free != 0 || room != 2 {
			t.Errorf("got %d slots and room for %d, want 0 and 2: who gave up has left the queue", free, room)
		}
	})
}

func TestHasher_FreesMemoryOnceAfterABurst(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := NewHasher(HasherOptions{Parallel: 2})
		var freed atomic.Int64
		h.free = func() { freed.Add(1) }
		hashes := func(n int) {
			for range n {
				if _, err := h.derive(t.Context(), "", hashCost{8, 1, 1}, nil, []byte("salt salt"), 16); err != nil {
					t.Fatal(err)
				}
			}
		}
		steps := []struct {
			hashes int
			sleep  time.Duration
			want   int64
		}{{hashBurst - 1, time.Minute, 0}, {1, hashQuiet / 2, 0}, {hashBurst, hashQuiet - time.Millisecond, 0}, {0, time.Millisecond, 1}, {0, time.Hour, 1}, {3 * hashBurst, time.Minute, 2}}
		for i, x := range steps {
			hashes(x.hashes)
			time.Sleep(x.sleep)
			synctest.Wait()
			if got := freed.Load(); got != x.want {
				t.Fatalf("step %d: freed %d times, want %d", i, got, x.want)
			}
		}
	})
}
