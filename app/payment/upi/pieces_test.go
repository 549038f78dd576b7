package upi

import (
	"math/rand/v2"
	"strings"
	"testing"
)

// Banks put the same few pieces together in ways that a fuzzer of bytes rarely reaches.
func TestPiecesInAnyOrderGiveSoundValues(t *testing.T) {
	if testing.Short() {
		t.Skip("20,000 texts, in which no race is found: it is one goroutine")
	}
	pieces := strings.Split("REF|NO|ID|UTR|UPI|IMPS|4123|4567|8901|412345678901|CIC|CICA|SBIN|HDFC|HDFCN|N325|R520|-|-| | | |+|91|98765|43210|@|\n|A/C|XX|RS|99|499|.00|"+
		",|\t|0000|A|7|LN|7F3K9QXZ|23/11/26|Cr|Dr|₹|…|४|_|SBIN523325123456|HDFCR52026112312345678|debit|credit|\"", "|")
	random := rand.New(rand.NewPCG(1, 2))
	references, codes := 0, 0
	for range 20_000 {
		var b strings.Builder
		for range 1 + random.IntN(9) {
			b.WriteString(pieces[random.IntN(len(pieces))])
		}
		text := b.String()
		if r, err := ParseReference(text); err == nil {
			references++
			checkValue(t, text, r.Value)
		}
		for _, c := range Credits(text) {
			if c.Reference != "" {
				checkValue(t, text, c.Reference)
			}
		}
		if code, ok := FindCode(text); ok {
			codes++
			if again, ok := ParseCode(code); !ok || again != code {
				t.Fatalf("%q gave %q, which gives %q", text, code, again)
			}
		}
	}
	if references < 1000 || codes < 20 {
		t.Errorf("only %d references and %d codes: the pieces are no longer like a bank's", references, codes)
	}
}
