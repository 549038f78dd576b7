package lang

import (
	"errors"
	"strconv"
	"strings"
	"time"
)

// Money is an amount in the currency's minor unit (paise) with its ISO 4217 code.
type Money struct {
	Amount   int64
	Currency string
}

var symbols = map[string]string{"INR": "₹", "USD": "$", "EUR": "€", "GBP": "£", "JPY": "¥"}

func decimals(currency string) int {
	if currency == "JPY" {
		return 0
	}
	return 2
}

// Money writes an amount as people do: ₹1,499 or ₹1,499.50; rupees grouped the Indian way (₹1,00,000).
func (l *Lang) Money(m Money) string {
	sign, n := "", m.Amount
	if n < 0 {
		sign, n = "−", -n
	}
	symbol, known := symbols[m.Currency]
	if !known {
		symbol = m.Currency + "\u00a0"
	}
	whole, rest := strconv.FormatInt(n, 10), ""
	if d := decimals(m.Currency); d > 0 {
		unit := int64(100)
		whole = strconv.FormatInt(n/unit, 10)
		if c := n % unit; c != 0 {
			rest = "." + strconv.FormatInt(100+c, 10)[1:]
		}
	}
	return sign + symbol + group(whole, m.Currency == "INR") + rest
}

// Plain writes an amount as a bank app takes it, without symbol or grouping: 1499.00.
func (m Money) Plain() string {
	if decimals(m.Currency) == 0 {
		return strconv.FormatInt(m.Amount, 10)
	}
	if m.Amount < 0 {
		return "-" + Money{-m.Amount, m.Currency}.Plain()
	}
	return strconv.FormatInt(m.Amount/100, 10) + "." + strconv.FormatInt(m.Amount%100+100, 10)[1:]
}

// ErrMoney means that a text is no amount of money.
var ErrMoney = errors.New("not an amount")

// maxMoney keeps sums of many amounts far from overflow: 10 billion rupees.
const maxMoney = 1_000_000_000_000

// ParseMoney reads an amount as people type it (`499`, `₹1,499.50`, `Rs. 499/-`) into the minor unit.
func ParseMoney(s, currency string) (int64, error) {
	s = strings.TrimSpace(s)
	for _, cut := range []string{"₹", "Rs.", "Rs", "rs.", "rs", "RS", "INR", symbols[currency], currency} {
		if cut != "" {
			s = strings.TrimSpace(strings.TrimPrefix(s, cut))
		}
	}
	s = strings.TrimSuffix(s, "/-")
	s = strings.NewReplacer(",", "", " ", "", "\u00a0", "").Replace(s)
	whole, frac, point := strings.Cut(s, ".")
	d := decimals(currency)
	if len(frac) > d || point && d == 0 || whole == "" || len(whole) > 12 || !digits(whole) || !digits(frac) {
		return 0, ErrMoney
	}
	n, err := strconv.ParseInt(whole+frac+strings.Repeat("0", d-len(frac)), 10, 64)
	if err != nil || n > maxMoney {
		return 0, ErrMoney
	}
	return n, nil
}

func digits(s string) bool {
	for _, c := range s {
		if c < '0' || c > '9' {
			return false
		}
	}
	return true
}

// group puts commas into a run of digits, by threes or, the Indian way, by a three and then twos.
func group(s string, indian bool) string {
	sign := ""
	if strings.HasPrefix(s, "-") {
		sign, s = "−", s[1:]
	}
	if len(s) <= 3 {
		return sign + s
	}
	head, tail, size := s[:len(s)-3], s[len(s)-3:], 3
	if indian {
		size = 2
	}
	for len(head) > size {
		tail = head[len(head)-size:] + "," + tail
		head = head[:len(head)-size]
	}
	return sign + head + "," + tail
}

// DateTime writes "23 Nov 2026, 14:05" in the zone that t carries.
func (l *Lang) DateTime(t time.Time) string { return l.Date(t) + ", " + l.Clock(t) }

// Date writes "23 Nov 2026".
func (l *Lang) Date(t time.Time) string {
	return strconv.Itoa(t.Day()) + " " + l.T("month."+strconv.Itoa(int(t.Month()))) + " " + strconv.Itoa(t.Year())
}

// Day writes "23 Nov", with the year only where it isn't now's.
func (l *Lang) Day(now, t time.Time) string {
	if now.Year() == t.Year() {
		return strconv.Itoa(t.Day()) + " " + l.T("month."+strconv.Itoa(int(t.Month())))
	}
	return l.Date(t)
}

// Clock writes "14:05".
func (l *Lang) Clock(t time.Time) string { return t.Format("15:04") }

// Ago writes how long before now t was: "just now", "5 minutes ago", "3 hours ago", "2 days ago".
func (l *Lang) Ago(now, t time.Time) string {
	d := now.Sub(t)
	switch {
	case d < time.Minute:
		return l.T("ago.now")
	case d < time.Hour:
		return l.T("ago.minutes", "n", int(d/time.Minute))
	case d < 24*time.Hour:
		return l.T("ago.hours", "n", int(d/time.Hour))
	case d < 60*24*time.Hour:
		return l.T("ago.days", "n", int(d/(24*time.Hour)))
	}
	return l.T("ago.months", "n", int(d/(30*24*time.Hour)))
}
