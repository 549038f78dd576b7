package account

import (
	"context"
	"strings"
	"testing"
	"time"
)

func TestCheckPassword(t *testing.T) {
	for _, x := range []struct{ password, want string }{
		{"asha likes chess", ""},
		{"कमल किताब पहाड़", ""},
		{"k7$Wq2!pLx", ""},
		{"asha98317264", ""},
		{"correct horse asha battery", ""},
		{"nine chars"[:9], "account.password.short"},
		{"अआइईउऊएऐओ", "account.password.short"},
		{"कमल नदी दीप", ""},
		{"अआइईउऊएऐओऔ", "account.password.guessable"},
		{strings.Repeat("ab cd ef ", 30), "account.password.long"},
		{"asha\xfflikes chess", "account.password.text"},
		{"aaaaaaaaaaaa", "account.password.repeated"},
		{"1212121212", "account.password.repeated"},
		{"password123", "account.password.common"},
		{"1234567890", "account.password.common"},
		{"qwertyuiop", "account.password.common"},
		{"QwertyUiop", "account.password.common"},
		{"Pass-word 123!", "account.password.common"},
		{"P@ssword123", "account.password.common"},
		{"P@$$w0rd123", "account.password.common"},
		{"Asha Kumari", "account.password.own"},
		{"ashakumari1", "account.password.own"},
		{"Kumari.Asha", "account.password.own"},
		{"asha.k@example.com", "account.password.own"},
		{"asha.kumari.26", "account.password.own"},
		{"bright-school", "account.password.own"},
		{"abcabcabcabc1", "account.password.guessable"},
		{"aaaabbbbcccc1999", "account.password.guessable"},
		{"asdfgh1998qwerty", "account.password.guessable"},
		{"jaishreeram123", "account.password.common"},
		{"Vladimir2522", "account.password.common"}, // of the list
		{"BrightSchool12", "account.password.own"},
	} {
		err := CheckPassword(x.password, 10, "Asha Kumari", "asha.k@example.com", "Bright School")
		if got := key(t, err); got != x.want {
			t.Errorf("%q: got %q, want %q", x.password, got, x.want)
		}
	}
	if got := key(t, CheckPassword("asha likes chess", 15, "", "", "")); got != "" {
		t.Errorf("without name, mail and site: got %q", got)
	}
	if got := key(t, CheckPassword("asha likes it!", 15, "", "", "")); got != "account.password.short" {
		t.Errorf("14 of 15: got %q", got)
	}
}

// What is said while somebody types is what is said when the form is sent.
func TestJudge_AgreesWithTheForm(t *testing.T) {
	s := newSchool(t)
	for _, password := range []string{"", "short", "password123", "aaaabbbbcccc1999", "asha likes chess", "lotus river candle", "asha.k@example.com", strings.Repeat("x", 400)} {
		err := CheckPassword(password, 10, "Asha", "asha.k@example.com", "")
		got, said := s.Judge(context.Background(), password, 10, "Asha", "asha.k@example.com")
		if (err == nil) != (got >= weakest) || said.Key == "" || err != nil && key(t, err) != said.Key {
			t.Errorf("%.20q: %v, and %d %q while typing", password, err, got, said.Key)
		}
	}
}

func TestStrength_LongOnesCostLittle(t *testing.T) {
	began := time.Now()
	for range 10 {
		strength(strings.Repeat("ab1 Xy9!", 32))
	}
	if took := time.Since(began); took > 5*time.Second {
		t.Errorf("ten took %v", took)
	}
}
