package upi

import (
	"errors"
	"fmt"
	"regexp"
	"strings"
	"testing"
	"time"
)

const rrn = "412345678901"

func TestParseReference_Found(t *testing.T) {
	phonePe := "Transaction Successful\n02:05 PM on 23 Nov 2026\nPaid to\nExample School\n₹499\nTransaction ID\nT2611231405121234567890\n" +
		"Debited from\nXXXXXX1234\n₹499\nUTR: 412345678901"
	googlePay := "UPI transaction ID\n412345678901\nTo: EXAMPLE SCHOOL\nschool@examplebank\nFrom: ASHA RAO (Example Bank)\n" +
		"asha@okexample\nGoogle transaction ID\nCICAgKDq1b2cDw"
	tests := map[string]struct{ pasted, want string }{
		"Plain":               {"412345678901", rrn},
		"SpacesAround":        {"\n  412345678901\t", rrn},
		"GroupsOfFour":        {"4123 4567 8901", rrn},
		"GroupsWithDashes":    {"4123-4567-8901", rrn},
		"GroupsOfThree":       {"UTR 412-345-678-901 paid", rrn},
		"OddGroupsTypedAlone": {"UTR no. 41234 5678901", rrn},
		"NoBreakSpaces":       {"4123\u00a04567\u202f8901", rrn},
		"EnDashes":            {"4123–4567–8901", rrn},
		"ZeroWidthWithin":     {"4123\u200b4567\u200d8901\u2069", rrn},
		"Fullwidth":           {"ＵＴＲ：４１２３４５６７８９０１", rrn},
		"Devanagari":          {"यूटीआर ४१२३४५६७८९०१", rrn},
		"UrduDigits":          {"۴۱۲۳۴۵۶۷۸۹۰۱", rrn},
		"KeycapEmoji":         {"4️⃣1️⃣2️⃣3️⃣4️⃣5️⃣6️⃣7️⃣8️⃣9️⃣0️⃣1️⃣", rrn},
		"LabelGluedToNumber":  {"UTR412345678901", rrn},
		"ImpsGluedToNumber":   {"IMPS412345678901", rrn}, // sixteen characters, yet no NEFT
		"RefNoGlued":          {"UPIRefNo412345678901", rrn},
		"SlashNarration":      {"UPI/412345678901/ASHA RAO/asha@okexample", rrn},
		"HdfcNarration":       {"UPI-ASHA RAO-ASHA@OKEXAMPLE-EXMP0001234-412345678901-LN7F3K9QXZ", rrn},
		"HdfcPaddedRef":       {"0000412345678901", rrn},
		"Parentheses":         {"Paid Rs 499 (UPI Ref no 412345678901).", rrn},
		"SentenceEnd":         {"my number is 412345678901.", rrn},
		"SmsWithHelpline": {"Rs.499 debited from A/c XX1234 on 23-11-26 to VPA school@examplebank UPI Ref No 412345678901. " +
			"Not you? Call 18001234567", rrn},
		"SmsStateBank": {"Dear UPI user A/C X1234 debited by 499.0 on date 23Nov26 trf to EXAMPLE SCHOOL Refno 412345678901. " +
			"If not u? call 1800111109. -Bank", rrn},
		"SmsWithFullAccount":     {"Acct 123456789012 debited Rs 499; EXAMPLE SCHOOL credited. UPI:412345678901", rrn},
		"SmsWithPhone":           {"Paid 499 to +919876543210, 412345678901", rrn},
		"SmsWithForeignPhone":    {"+447700900123 412345678901", rrn},
		"SmsWithBarePhone":       {"412345678901 asha 919876543210", rrn},
		"NamedBeatsUnnamed":      {"Order 202611231405 UTR: 412345678901", rrn},
		"NameAfter":              {"202611231405 (order)\n412345678901 (UTR)\n", rrn},
		"NameOnLineAbove":        {"Order ID\n202611231405\nBank reference ID\n412345678901", rrn},
		"SameTwice":              {"412345678901 412345678901", rrn},
		"PhonePePage":            {phonePe, rrn},
		"GooglePayPage":          {googlePay, rrn},
		"DateBefore":             {"23-11-2026 1405 412345678901", rrn},
		"AmountBeforeGroups":     {"499 4123 4567 8901", rrn},
		"WordBeforeGroups":       {"PAID 4123 4567 8901", rrn},
		"NameAndNumber":          {"Asha 412345678901", rrn},
		"PriceGluedToRs":         {"Rs99 412345678901", rrn},
		"PhoneInUpiID":           {"919876543210@examplebank 412345678901", rrn},
		"OnlyAPhoneIsTaken":      {"+919876543210", "919876543210"}, // Doubtful asks
		"NamedPhoneShapeIsTaken": {"UTR 919876543210, also 412345678901", "919876543210"},
		"Neft":                   {"neft exmpn23325123456", "EXMPN23325123456"},
		"NeftTwelveDigits":       {"SBIN523325123456", "SBIN523325123456"},
		"NeftGrouped":            {"HDFC N233 2512 3456", "HDFCN23325123456"},
		"NeftGroupedKnownBank":   {"UTR: SBIN 5233 2512 3456", "SBIN523325123456"},
		"NeftInNarration":        {"NEFT-SBIN523325123456-ASHA RAO-EXMP0001234", "SBIN523325123456"},
		"Rtgs":                   {"RTGS UTR No: HDFCR52026112312345678 dated 23-11-2026", "HDFCR52026112312345678"},
		"RtgsGrouped":            {"HDFC R520 2611 2312 3456 78", "HDFCR52026112312345678"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			got, err := ParseReference(test.pasted)
			if err != nil || got.Value != test.want {
				t.Fatalf("got %q, %v, want %q", got.Value, err, test.want)
			}
			if kind := map[int]Kind{12: UPI, 16: NEFT, 22: RTGS}[len(got.Value)]; got.Kind != kind {
				t.Errorf("kind is %s, want %s", got.Kind, kind)
			}
		})
	}
}

func TestParseReference_Refused(t *testing.T) {
	tests := map[string]struct {
		pasted string
		want   error
	}{
		"Empty":                  {"", ErrNotReference},
		"Words":                  {"I have paid the money", ErrNotReference},
		"LongWord":               {"acknowledgements", ErrNotReference},
		"UpiID":                  {"asha@okexample", ErrNotReference},
		"UpiIDOfTwelveDigits":    {"412345678901@examplebank", ErrNotReference},
		"PhonePeOwnID":           {"T2611231405121234567890", ErrNotReference},
		"AccountNumber":          {"from A/c no. 123456789012 to school", ErrNotReference},
		"Helpline":               {"Not you? Call 919876543210", ErrNotReference},
		"Aadhaar":                {"Aadhaar: 1234 5678 9012", ErrNotReference},
		"MaskedCard":             {"XXXXXXXXXX123456", ErrNotReference},
		"TwoReferences":          {"412345678901 412345678902", ErrSeveral},
		"TwoNamed":               {"UTR 412345678901 UTR 412345678902", ErrSeveral},
		"GooglePay":              {"CICAgKDq1b2cDw", ErrGooglePayID},
		"GooglePayInWords":       {"google transaction id: CICAgOCgxp_nPA paid", ErrGooglePayID},
		"GooglePaySixteen":       {"CIC1234567890123", ErrGooglePayID},
		"GooglePayBesideAPhone":  {"CICAgKDq1b2cDw +919876543210", ErrGooglePayID},
		"OneShort":               {"41234567890", &DigitsError{11}},
		"OneShortGrouped":        {"4123 4567 890", &DigitsError{11}},
		"OneLong":                {"UTR: 4123456789012", &DigitsError{13}},
		"CardNumber":             {"4111 1111 1111 1111", &DigitsError{16}},
		"PhoneAlone":             {"98765 43210", &DigitsError{10}},
		"AmountAlone":            {"499", &DigitsError{3}},
		"OneShortInASentence":    {"Paid 499, UPI Ref No 41234567890. Not you? Call 18001234567", &DigitsError{11}},
		"OneShortInDevanagari":   {"४१२३४५६७८९०", &DigitsError{11}},
		"ShortNumberAfterRef":    {"Ref No 23 of my uncle", ErrNotReference},
		"NumbersInARow":          {"seats 4123, 4567, 8901 paid", ErrNotReference},
		"FifteenOfANeft":         {"SBIN52332512345", ErrNotReference},
		"SixteenLettersOneDigit": {"abcdefghijklmno1", ErrNotReference},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			got, err := ParseReference(test.pasted)
			var digits, wantDigits *DigitsError
			if errors.As(test.want, &wantDigits) {
				if !errors.As(err, &digits) || digits.Got != wantDigits.Got || err.Error() != test.want.Error() {
					t.Errorf("got %q, %v, want %v", got.Value, err, test.want)
				}
			} else if !errors.Is(err, test.want) {
				t.Errorf("got %q, %v, want %v", got.Value, err, test.want)
			}
			if got != (Reference{}) {
				t.Errorf("refused, and gave %v", got)
			}
		})
	}
}

func TestMuchTextIsReadInTime(t *testing.T) {
	if testing.Short() {
		t.Skip("a measurement, which the race detector would spoil")
	}
	const size = 64 << 10
	texts := map[string]string{}
	for _, piece := range []string{"412345678901 ", "4123 ", "UTR UPI REF NO ", "A/C ", "4", "4.", "-", "CIC", "X", "\n499", "\nRs 499 ", "words\n"} {
		texts[piece] = strings.Repeat(piece, size/len(piece))
	}
	var different strings.Builder
	for i := range size / 13 {
		fmt.Fprintf(&different, "4%011d ", i)
	}
	texts["different references"] = different.String()
	for name, text := range texts {
		start := time.Now()
		_, _ = ParseReference(text)
		Credits(text)
		if took := time.Since(start); took > 5*time.Second {
			t.Errorf("%d bytes of %q took %s", size, name, took)
		}
	}
}

func TestReference_Doubtful(t *testing.T) {
	november := time.Date(2026, 11, 23, 14, 5, 0, 0, time.UTC)
	tests := map[string]struct {
		value string
		now   time.Time
		want  bool
	}{
		"ThisYear":           {"632712345678", november, false},
		"LastYear":           {"532712345678", november, false},
		"NextYear":           {"732712345678", november, true},
		"OtherYear":          {"412345678901", november, true},
		"NewDecade":          {"012345678901", time.Date(2030, 1, 1, 0, 0, 0, 0, time.UTC), false},
		"DecadeBefore":       {"932712345678", time.Date(2030, 1, 1, 0, 0, 0, 0, time.UTC), false},
		"PhoneInItsOwnYear":  {"919876543210", time.Date(2029, 6, 1, 0, 0, 0, 0, time.UTC), true},
		"NoPhoneInYear":      {"912345678901", time.Date(2029, 6, 1, 0, 0, 0, 0, time.UTC), false},
		"NeftHasNoYearDigit": {"SBIN523325123456", november, false},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			r, err := ParseReference(test.value)
			if err != nil {
				t.Fatal(err)
			}
			if got := r.Doubtful(test.now); got != test.want {
				t.Errorf("Doubtful = %v", got)
			}
		})
	}
	if (Reference{}).Doubtful(november) {
		t.Error("nothing is doubtful")
	}
}

func TestGroup(t *testing.T) {
	for value, want := range map[string]string{
		"": "", "412": "412", rrn: "4123 4567 8901", "SBIN523325123456": "SBIN 5233 2512 3456", "HDFCR52026112312345678": "HDFC R520 2611 2312 3456 78", "आशाआशा": "आशाआ शा",
	} {
		if got := Group(value); got != want {
			t.Errorf("Group(%q) = %q, want %q", value, got, want)
		}
		if r, err := ParseReference(Group(value)); len(value) >= 12 && value[0] < 0x80 && (err != nil || r.Value != value) {
			t.Errorf("Group(%q) reads back as %q, %v", value, r.Value, err)
		}
	}
}

// Fold's arithmetic rests on every script's digits standing in tens, from zero up.
func TestFold_DigitsOfEveryScript(t *testing.T) {
	for text, want := range map[string]string{
		"०१२३४५६७८९": "0123456789", "٠١٢٣٤٥٦٧٨٩": "0123456789", "۰۱۲۳۴۵۶۷۸۹": "0123456789", "০১২৩৪৫৬৭৮৯": "0123456789",
		"੦੧੨੩੪੫੬੭੮੯": "0123456789", "૦૧૨૩૪૫૬૭૮૯": "0123456789", "௦௧௨௩௪௫௬௭௮௯": "0123456789", "౦౧౨౩౪౫౬౭౮౯": "0123456789",
		"೦೧೨೩೪೫೬೭೮೯": "0123456789", "൦൧൨൩൪൫൬൭൮൯": "0123456789", "０１２３４５６７８９": "0123456789", "𝟘𝟙𝟚𝟛𝟜𝟝𝟞𝟟𝟠𝟡": "0123456789", "𝟬𝟭𝟮": "012",
		"utr\u00a0no—1−2…": "UTR NO-1-2*", "a\u200b\ufeffb\x07\r\nc\td": "AB \nC\tD", "\xff1": " 1",
	} {
		if got := fold(text); got != want {
			t.Errorf("fold(%q) = %q, want %q", text, got, want)
		}
	}
}

var valueForm = regexp.MustCompile(`^(?:[0-9]{12}|[A-Z][A-Z0-9]{15}|[A-Z][A-Z0-9]{21})$`)

// checkValue holds what every reference promises, wherever it was found.
func checkValue(t *testing.T, from, value string) {
	t.Helper()
	if !valueForm.MatchString(value) {
		t.Fatalf("%q gave %q", from, value)
	}
	if again, err := ParseReference(value); err != nil || again.Value != value {
		t.Fatalf("%q gave %q, which gives %q, %v", from, value, again.Value, err)
	}
	if r, err := ParseReference(strings.ToLower(value) + "\n"); err != nil || r.Value != value {
		t.Fatalf("%q in lower case gives %q, %v", value, r.Value, err)
	}
}

func FuzzParseReference(f *testing.F) {
	for _, s := range []string{
		rrn, "4123 4567 8901", "UTR: ４１２３-4567-8901", "UPI/412345678901/ASHA", "SBIN 5233 2512 3456", "HDFCR52026112312345678",
		"Rs.499 debited from A/c XX1234 on 23-11-26 to VPA school@examplebank UPI Ref No 412345678901. Not you? Call 18001234567",
		"CICAgKDq1b2cDw", "+919876543210", "0000412345678901", "IMPS412345678901", "N325 2321 2345 6789", "41234567890", "\xff४१२३", "REF1REFNOID2 345678901234",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		r, err := ParseReference(s)
		var digits *DigitsError
		switch {
		case err == nil:
			checkValue(t, s, r.Value)
			if r.Kind != map[int]Kind{12: UPI, 16: NEFT, 22: RTGS}[len(r.Value)] {
				t.Errorf("%q is %s", r.Value, r.Kind)
			}
			if strings.ReplaceAll(Group(r.Value), " ", "") != r.Value {
				t.Errorf("Group(%q) = %q", r.Value, Group(r.Value))
			}
			r.Doubtful(time.Now())
		case r != Reference{}:
			t.Errorf("%q gave %v and %v", s, r, err)
		case errors.As(err, &digits):
			if digits.Got <= 0 || digits.Got == 12 {
				t.Errorf("%q: %d digits", s, digits.Got)
			}
		case !errors.Is(err, ErrNotReference) && !errors.Is(err, ErrSeveral) && !errors.Is(err, ErrGooglePayID):
			t.Errorf("%q: %v", s, err)
		}
	})
}
